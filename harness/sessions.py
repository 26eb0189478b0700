"""Engines shared among entries: starting one is the cost, so it is put off and then shared."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from harness.core import Model
from harness.experiment import Experiment
from harness.hardware import fits_together
from harness.models import Engine, EngineRequest, lora_rank_step, open_engine
from harness.models.merge import merge
from harness.records import read_samples
from harness.sections import WEIGHTLESS
from harness.stages.latency import time_session

log = logging.getLogger("podium")


Timings = tuple[list[dict[str, Any]], dict[str, str]]


class _Session:
    """Engines that end with the session."""

    def __init__(self, experiments: Sequence[Experiment]) -> None:
        self._experiments = experiments
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()


class Answering(_Session):
    """One engine at a time, for all entries that share its base and settings."""

    def __init__(self, experiments: Sequence[Experiment]) -> None:
        super().__init__(experiments)
        self._request: EngineRequest | None = None
        self._engine: Engine | None = None

    def model(self, experiment: Experiment) -> tuple[Model, dict[str, str]]:
        """The experiment's model on a started engine, with the engine's signature."""
        request = self._shared_request(experiment)
        if self._engine is None or request != self._request:
            self.close()
            log.info("starting %s", request.engine)
            self._engine = self._stack.enter_context(open_engine(request))
            self._request = request
        return self._engine.model(_adapter(experiment)), self._engine.signature()

    def close(self) -> None:
        """End the engine, so that another may have its memory."""
        self._stack.close()
        self._engine = None

    def _shared_request(self, experiment: Experiment) -> EngineRequest:
        """The request that serves this entry and all others that could share its engine."""
        alike = [e for e in self._experiments if _request(e) == _request(experiment)]
        tuned = [e for e in alike if e.spec.finetune is not None]
        ranks = [e.spec.finetune.rank for e in tuned if e.spec.finetune is not None]
        adapters = tuple(a for e in tuned if (a := _adapter(e)) is not None)
        return _request(experiment, adapters, lora_rank_step(ranks))


class Timing(_Session):
    """Merged models, timed side by side where they fit into memory together."""

    def __init__(self, experiments: Sequence[Experiment]) -> None:
        super().__init__(experiments)
        self._done: dict[str, Timings] = {}

    def rows(self, experiment: Experiment, work: Path) -> Timings:
        """Timings of one entry with its engine's signature; the first call times its group."""
        key = experiment.key("latency")
        if key not in self._done:
            self._time(self._group(experiment), work / ".merged")
        return self._done[key]

    def _group(self, experiment: Experiment) -> list[Experiment]:
        """The entries still to be timed on the same questions, if all fit; else this one alone."""
        missing = {
            e.key("latency"): e
            for e in (experiment, *self._experiments)
            if e.is_timed
            and e.spec.latency == experiment.spec.latency
            and e.key("questions") == experiment.key("questions")
            and e.find("latency") is None
        }
        group = list(missing.values())
        together = fits_together([e.spec.base_path for e in group if e.spec.base_path is not None])
        return group if together else [experiment]

    def _time(self, group: Sequence[Experiment], scratch: Path) -> None:
        section = group[0].spec.latency
        if section is None:
            raise ValueError("an entry without a latency section has nothing to time")
        samples = list(read_samples(group[0].folder("questions") / "test.jsonl"))
        with ExitStack() as stack:
            engines = {}
            for experiment in group:
                key = experiment.key("latency")
                log.info("%s: starting %s for timing", experiment.label, experiment.engine)
                request = _merged_request(experiment, scratch / key)
                # Engines that are up together share what one may take of a GPU.
                request = replace(request, gpu_share=request.gpu_share / len(group))
                engines[key] = stack.enter_context(open_engine(request))
            rows = time_session(section, engines, samples)
            self._done |= {key: (rows[key], engine.signature()) for key, engine in engines.items()}


def by_engine(experiments: Sequence[Experiment]) -> list[Experiment]:
    """The experiments in their order, but those that can share an engine side by side."""
    requests = [_request(experiment) for experiment in experiments]
    return sorted(experiments, key=lambda e: requests.index(_request(e)))


def _adapter(experiment: Experiment) -> Path | None:
    """The entry's LoRA folder, absolute, for engines compare folders by name."""
    if experiment.spec.finetune is None:
        return None
    return (experiment.folder("finetune") / "adapter").absolute()


def _request(
    experiment: Experiment, adapters: tuple[Path, ...] = (), max_lora_rank: int = 0
) -> EngineRequest:
    spec = experiment.spec
    needs_base = experiment.engine not in WEIGHTLESS
    counts = experiment.engine == "floor"
    training = experiment.folder("dataset") / "train.jsonl" if counts else None
    return EngineRequest(
        engine=experiment.engine,
        base=spec.base_path if needs_base else None,
        adapters=adapters,
        max_lora_rank=max_lora_rank,
        dtype=spec.model.dtype,
        max_length=spec.model.max_length,
        max_tokens=spec.generate.max_tokens,
        batch=spec.runtime.batch,
        memory_gib=spec.runtime.memory_gib,
        gpu_share=spec.runtime.gpu_share,
        skill=spec.model.skill,
        training=training,
    )


def _merged_request(experiment: Experiment, scratch: Path) -> EngineRequest:
    """The entry as it would be served: its adapter folded into its base."""
    adapter, base = _adapter(experiment), experiment.spec.base_path
    request = replace(_request(experiment), batch=1)
    if adapter is None or base is None:
        return request
    merge(base, adapter, scratch)
    return replace(request, base=scratch)
