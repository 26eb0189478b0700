"""Engines shared among entries: starting one is the cost, so it is put off and then shared."""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from harness.config.engines import AUTO, BASELESS, COUNTING, ENGINES, REMOTE
from harness.core import Model, Output, Sample
from harness.errors import InputError, PodiumError, RunError, StoreError
from harness.experiment.experiment import Experiment
from harness.metrics.latency import repeats_within
from harness.models import (
    Address,
    Engine,
    EngineRequest,
    engine_request,
    lora_rank_step,
    open_engine,
    resolve_engine,
    with_less,
)
from harness.models.adapter import is_dora
from harness.models.decoding import decoding_of, drawn
from harness.models.foreign import EngineFailed
from harness.models.hardware import fits_together, machine
from harness.models.merge import merge
from harness.models.quiet import quiet
from harness.models.response_cache import RESPONSES
from harness.stages.latency import REFERENCE, write_session
from harness.store.codec import read_samples
from harness.timing.session import Opener, Openers, time_session

if TYPE_CHECKING:
    from harness.distill.distillation import Teaching
    from harness.judges.judge import Judge

log = logging.getLogger("podium")

# Questions that a timed engine may have under way: its loaded level needs room.
_AT_ONCE = 64


class MemberFailed(RunError):
    """One member of a session cannot be timed; the others can, without it."""

    def __init__(self, member: Experiment, error: PodiumError) -> None:
        super().__init__(f"{member.label}: {error}")
        self.member = member
        self.error = error


class Answering(AbstractContextManager["Answering"]):
    """Who answers: one engine at a time for all entries that can share it, teachers and judges."""

    def __init__(self, experiments: Sequence[Experiment]) -> None:
        self._experiments = experiments
        self._stack = ExitStack()
        self._request: EngineRequest | None = None
        self._engine: Engine | None = None
        self._merged: Path | None = None  # the adapter that is folded into what is up
        self._less: list[EngineRequest] = []  # bases whose engine failed, and is asked for less

    def __exit__(self, *error: object) -> None:
        self.close()

    def leave_out(self, experiments: Sequence[Experiment]) -> None:
        """Answer for these no more; an engine that one of them may have broken ends."""
        self.close()
        self._experiments = [e for e in self._experiments if e not in experiments]

    def model(self, experiment: Experiment) -> tuple[Model, dict[str, str]]:
        """The experiment's model on a started engine, with the engine's signature."""
        engine, adapter = self._serving(experiment)
        return engine.model(adapter), engine.signature()

    def first_of_many(self, experiment: Experiment) -> tuple[Model, dict[str, str]]:
        """The same, where the entries that come next are asked behind it, as one job."""
        engine, adapter = self._serving(experiment)
        if not engine.queues:
            return engine.model(adapter), engine.signature()
        batch = experiment.spec.runtime.batch
        job = _Job(engine, adapter, batch, partial(self.following, experiment))
        return job, engine.signature()

    def with_less(self, experiment: Experiment) -> tuple[Model, dict[str, str]]:
        """The same on an engine that is started anew and asked for less, from now on."""
        self.close()
        self._less.append(_request(experiment))
        return self.model(experiment)

    def base(self, experiment: Experiment) -> Model | None:
        """The untuned base on the engine that answers; `None` where that has merged weights."""
        engine, adapter = self._serving(experiment)
        return None if adapter is None else engine.model()

    @contextmanager
    def merged(self, experiment: Experiment, scratch: Path) -> Iterator[Model]:
        """The experiment's adapter folded into its base, on an engine of its own.

        Args:
            experiment: one that is tuned.
            scratch: where the merged weights may lie; removed in the end.
        """
        self.close()  # it needs the memory
        shutil.rmtree(scratch, ignore_errors=True)
        request = _merged_request(experiment, scratch)
        log.info("%s: starting %s on merged weights", experiment.label, request.engine)
        with open_engine(request) as engine:
            yield engine.model()
        shutil.rmtree(scratch, ignore_errors=True)

    def here(self, experiment: Experiment, *, tuned: bool) -> AbstractContextManager[Engine]:
        """Whole weights on transformers: those that all of a base became, or the base's."""
        self.close()  # it needs the memory
        base = experiment.weights if tuned else experiment.base_path
        return open_engine(replace(_request(experiment), engine="hf", base=base))

    @contextmanager
    def beside(self, experiment: Experiment, *, as_trained: bool = False) -> Iterator[Engine]:
        """transformers, with the experiment's adapter beside its base.

        Args:
            experiment: one that is tuned.
            as_trained: over the base in the few bits that it was trained in.
        """
        from harness.finetune.recipe import load_base
        from harness.models import hf

        adapter, spec = experiment.adapter, experiment.spec
        base, section = experiment.base_path, spec.finetune
        if adapter is None or base is None or section is None:
            raise ValueError(f"{experiment.label} has no adapter")
        self.close()  # it needs the memory
        request = replace(_request(experiment), engine="hf", adapters=(adapter,))
        if not as_trained:
            with open_engine(request) as engine:
                yield engine
            return
        with quiet():
            network = load_base(section, base)
        with hf.over(network, base, request) as engine:
            yield engine

    def teacher(self, experiment: Experiment) -> AbstractContextManager[Teaching]:
        """The experiment's teacher, started when it is first asked."""
        from harness.experiment.teachers import open_teacher

        return open_teacher(experiment)

    def judge(self, experiment: Experiment) -> AbstractContextManager[Judge | None]:
        """The judge of its open answers, where it has one, started when it is first asked."""
        section = experiment.spec.score.judge
        if section is None:
            return nullcontext()
        from harness.experiment.teachers import open_judge  # all of teaching comes with it

        return open_judge(experiment, section)

    def hold_session(self, members: Sequence[Experiment], work: Path) -> None:
        """Time the merged models of a session; all its rows are written together, or none.

        They are up side by side where they fit into memory, else one after the other.

        Args:
            members: experiments of one session.
            work: the stage's folder.

        Raises:
            MemberFailed: one of them cannot be merged or started.
        """
        self.close()  # they need the memory of all engines
        section = members[0].spec.latency
        if section is None:
            raise ValueError("a session without a latency section has nothing to time")
        scratch = work / ".merged"
        shutil.rmtree(scratch, ignore_errors=True)  # what a killed attempt left may be cut short
        samples = list(read_samples(members[0].folder("questions") / "test.jsonl"))
        try:
            openers, together = _openers({e.key("infer"): e for e in members}, scratch)
            started = datetime.now(UTC)
            timed = time_session(section, openers, samples, together=together)
        except MemberFailed:  # the others are another session, which merges them elsewhere
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        within = [w for rows in timed.rows.values() if (w := repeats_within(rows)) is not None]
        about = {
            "id": secrets.token_hex(8),  # the same spec on another machine is another session
            "started": started.isoformat(timespec="seconds"),
            **machine(),
            "together": together,
            "reference": members[0].reference_digest or None,
            "repeats_within": round(max(within), 6) if within else None,
        }
        write_session(timed, about, work)

    def close(self) -> None:
        """End the engine, so that another may have its memory."""
        self._stack.close()
        self._engine = self._request = self._merged = None

    def _serving(self, experiment: Experiment) -> tuple[Engine, Path | None]:
        """The engine that answers for an experiment, started, and the adapter to answer with.

        An adapter that the engine cannot lay beside its base is folded into it.
        """
        adapter, kind = experiment.adapter, ENGINES[experiment.engine]
        if adapter is None or kind.takes_dora or not is_dora(adapter):
            return self._started(self._shared_request(experiment)), adapter
        return self._on_merged(experiment, adapter), None

    def following(self, experiment: Experiment) -> Iterator[Experiment]:
        """Entries that are still to be answered on the engine that answers for one, in order."""
        request, adapted = _request(experiment), experiment.adapter is not None
        for other in by_engine(self._experiments):
            adapter = other.adapter
            if other is experiment or (adapter is not None) != adapted:
                continue  # the base is never asked beside adapters
            if adapter is not None and is_dora(adapter):
                continue  # merged weights will answer
            if _request(other) == request and other.find("infer") is None:
                yield other

    def _on_merged(self, experiment: Experiment, adapter: Path) -> Engine:
        """An engine on merged weights, which lie in a folder that ends with it."""
        if self._engine is not None and self._merged == adapter:
            return self._engine
        self.close()
        log.info("%s: %s takes no DoRA: merged weights answer", experiment.label, experiment.engine)
        folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="podium-merged-")))
        engine = self._started(_merged_request(experiment, folder / "model"))
        self._merged = adapter
        return engine

    def _started(self, request: EngineRequest) -> Engine:
        """The engine of a request: the one that is up, where it serves that too."""
        if self._engine is None or request != self._request:
            if self._request is not None:
                self.close()
            log.info("starting %s", request.engine)
            self._engine = self._stack.enter_context(open_engine(request))
            self._request = request
        return self._engine

    def _shared_request(self, experiment: Experiment) -> EngineRequest:
        """The request that serves this entry and all others that could share its engine."""
        alike = [e for e in self._experiments if _request(e) == _request(experiment)]
        adapted = {a: e.spec.finetune for e in alike if (a := e.adapter) is not None}
        ranks = [section.rank for section in adapted.values() if section is not None]
        request = _request(experiment, tuple(adapted), lora_rank_step(ranks))
        return with_less(request) if _request(experiment) in self._less else request


@dataclass(frozen=True, slots=True)
class _Job:
    """A model whose engine is given the questions of the next entries too, behind its own.

    So the batch stays full where one entry's questions run out. Their answers are handed out when
    those entries ask for them.
    """

    engine: Engine
    adapter: Path | None
    batch: int
    following: Callable[[], Iterator[Experiment]]

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Answer as the model does.

        Raises:
            EngineFailed: it failed with others' questions beside; it may go well without.
        """
        asked = tuple(samples)
        self.engine.begin(self.adapter, asked)
        beside = self._begin_others()
        try:
            yield from self.engine.model(self.adapter).generate(asked)
        except RunError as error:
            if not beside:
                raise
            raise EngineFailed(str(error)) from error

    def _begin_others(self) -> int:
        """Hand over the next entries' questions, until a batch of them waits; how many wait."""
        waiting = 0
        for other in self.following():
            if waiting >= self.batch:
                break
            asked = read_samples(other.folder("questions") / "test.jsonl")
            samples = tuple(drawn(asked, other.spec.generate.samples))
            try:
                self.engine.begin(other.adapter, samples)
            except (RunError, InputError) as error:  # its own turn tells it, and whose it is
                log.debug("%s: not asked ahead: %s", other.label, error)
                continue
            waiting += len(samples)
        return waiting


def _openers(members: Mapping[str, Experiment], scratch: Path) -> tuple[Openers, bool]:
    """What starts the engine of each member, and whether all may be up at once."""
    requests: dict[str, EngineRequest] = {}
    first = next(iter(members.values()))
    if first.reference_path is not None:  # it goes first, and paces the loaded level
        members = {REFERENCE: first, **members}
        requests[REFERENCE] = _reference_request(first, first.reference_path)
    for key, member in members.items():
        if key not in requests:
            with _of(member):
                requests[key] = _merged_request(member, scratch / key)
    together = fits_together([r.base for r in requests.values() if r.base is not None])

    def start(key: str) -> Engine:
        experiment, request = members[key], requests[key]
        log.info("%s: starting %s for timing", experiment.label, experiment.engine)
        # Engines that are up together share what one may take of a GPU.
        share = request.gpu_share / (len(requests) if together else 1)
        with _of(experiment):
            return open_engine(replace(request, batch=_AT_ONCE, gpu_share=share))

    openers = {
        key: Opener(partial(start, key), forgets=request.engine not in REMOTE)
        for key, request in requests.items()
    }
    return openers, together


def _reference_request(member: Experiment, base: Path) -> EngineRequest:
    """The model that is timed along, on the engine of a member.

    Where that is an address, on one of this machine.
    """
    engine = resolve_engine(AUTO) if member.engine in REMOTE else member.engine
    return replace(_request(member), engine=engine, base=base, address=None)


@contextmanager
def _of(member: Experiment) -> Iterator[None]:
    """Say of an error whose it is.

    Raises:
        MemberFailed: in the place of what a member's own model or adapter caused.
    """
    try:
        yield
    except StoreError:
        raise
    except (RunError, InputError) as error:
        raise MemberFailed(member, error) from error


def by_engine(experiments: Sequence[Experiment]) -> list[Experiment]:
    """The experiments in their order, but those that can share an engine side by side."""
    requests = [_request(experiment) for experiment in experiments]
    return sorted(experiments, key=lambda e: requests.index(_request(e)))


def _request(
    experiment: Experiment, adapters: tuple[Path, ...] = (), max_lora_rank: int = 0
) -> EngineRequest:
    spec, engine = experiment.spec, experiment.engine
    base = None if engine in BASELESS else experiment.weights
    training = experiment.folder("dataset") / "train.jsonl" if engine in COUNTING else None
    return replace(
        engine_request(engine, spec.model, base, spec.runtime),
        max_tokens=spec.generate.max_tokens,
        adapters=adapters,
        max_lora_rank=max_lora_rank,
        training=training,
        decoding=decoding_of(spec.generate),
        address=_address(experiment),
    )


def _address(experiment: Experiment) -> Address | None:
    """Whom an entry asks, where it is an address; `None` where it is not."""
    section, run = experiment.spec.model, experiment.spec.runtime
    if section.base_url is None or section.model is None or experiment.engine not in REMOTE:
        return None
    return Address(
        section.base_url, section.model, section.key_env, section.extra, run.concurrency,
        run.timeout_s, run.budget, experiment.store.root / RESPONSES, experiment.key("infer"),
    )  # fmt: skip


def _merged_request(experiment: Experiment, scratch: Path) -> EngineRequest:
    """The entry as it would be served: its adapter folded into its base."""
    adapter, base = experiment.adapter, experiment.weights
    request = _request(experiment)
    if request.address is not None:  # a kept reply takes no time
        return replace(request, address=replace(request.address, remembers=False))
    if adapter is None or base is None:
        return request
    merge(base, adapter, scratch)
    return replace(request, base=scratch)
