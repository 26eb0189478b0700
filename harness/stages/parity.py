"""Is the model that was trained the one that is served? See `harness.parity`.

The reference is the adapter beside its base on transformers. Against it stand the adapter on the
engine, the merged weights on the engine, and, where the base was trained in few bits, that base.
Where all weights were learned, those on transformers are held against those on the engine.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from harness.core import Model, Output, Sample, Suite
from harness.metrics.summary import grade
from harness.models import LocalModel
from harness.models.chat import load_tokenizer, text_ids
from harness.models.generation import decoded_anew
from harness.parity.answers import Rights, agreement
from harness.parity.tokens import Scores, bounded
from harness.parity.verdict import Base, Heard, judge
from harness.spec import chosen_suite
from harness.stages.served import SERVED, belongs
from harness.stages.stage import Inputs, Stage
from harness.store.codec import read_outputs, read_suite
from harness.store.files import read_json, write_json

if TYPE_CHECKING:
    from harness.checker.verdict import Verdict
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment

log = logging.getLogger("podium")

PARITY = "parity.json"
# Right answers of a suite whose answers are graded in shares.
_RIGHT = 0.5
# The untuned base, the reference, and what each path made of the probe.
Compared = tuple[Base, Scores, list[Heard]]


@dataclass(frozen=True, slots=True)
class Said:
    """What one path answers to the probe's questions, and what each token scored, if asked."""

    scores: Scores | None
    outputs: tuple[Output, ...]


def ask(model: Model, samples: Sequence[Sample], rows: Sequence[Sequence[int]]) -> Said:
    """Have a model answer the questions and score the conversations."""
    return Said(score(model, rows), tuple(model.generate(samples)))


def score(model: Model, rows: Sequence[Sequence[int]]) -> Scores:
    """Have a model score the conversations; an engine that loads weights can."""
    return bounded(cast("LocalModel", model).logprobs(rows))


def _reads(experiment: Experiment) -> Inputs:
    return {"served": experiment.key("served"), **decoded_anew("hf", experiment.spec.base_path)}


def _build(experiment: Experiment, answering: Answering, work: Path) -> None:
    served = read_json(experiment.folder("served") / SERVED)
    probe = _probe(read_suite(experiment.folder("questions")), served["questions"])
    if experiment.adapter is None:
        bases, reference, heard = _of_weights(experiment, answering, probe)
    else:
        bases, reference, heard = _of_adapter(experiment, answering, probe, work / ".merged")
    found = judge(bases, reference, heard, len(probe.test))
    (log.info if found.verdict == "pass" else log.warning)(
        "%s: parity: %s: %s", experiment.label, found.verdict, found.said
    )
    write_json(work / PARITY, found.as_json())


def _of_weights(experiment: Experiment, answering: Answering, probe: Suite) -> Compared:
    """Whole weights: transformers against the engine that answered."""
    served = read_json(experiment.folder("served") / SERVED)
    with answering.here(experiment, tuned=False) as engine:
        base = score(engine.model(), served["rows"])
    with answering.here(experiment, tuned=True) as engine:
        reference = score(engine.model(), served["rows"])
        compare = _Comparison(experiment, probe, tuple(engine.model().generate(probe.test)))
    said = Said(served["adapter"], _answers(experiment.folder("infer"), probe.test))
    heard = compare.heard(f"weights on {experiment.engine}", said)
    # The engine never had the untuned base: that both load it alike shows in the weights' path.
    return Base(base, base), reference, [heard]


def _of_adapter(
    experiment: Experiment, answering: Answering, probe: Suite, scratch: Path
) -> Compared:
    """An adapter: beside its base on transformers, against it and merged weights on the engine."""
    served = read_json(experiment.folder("served") / SERVED)
    rows = served["rows"]
    with answering.merged(experiment, scratch) as model:
        merged = ask(model, probe.test, rows)
    with answering.beside(experiment) as engine:
        tuned = engine.model(experiment.adapter)
        base, reference = score(engine.model(), rows), score(tuned, rows)
        compare = _Comparison(experiment, probe, tuple(tuned.generate(probe.test)))
    heard = list(_heard(experiment, answering, compare, merged))
    return Base(base, base if served["base"] is None else served["base"]), reference, heard


def _heard(
    experiment: Experiment, answering: Answering, compare: _Comparison, merged: Said
) -> Iterator[Heard]:
    """What each path made of the probe, the adapter beside its base first, where it can lie."""
    served, samples = read_json(experiment.folder("served") / SERVED), compare.samples
    if served["base"] is not None:
        said = Said(served["adapter"], _answers(experiment.folder("infer"), samples))
        yield compare.heard(f"adapter on {experiment.engine}", said)
    yield compare.heard(f"merged weights on {experiment.engine}", merged)
    if experiment.quantized:
        with answering.beside(experiment, as_trained=True) as engine:
            trained = tuple(engine.model(experiment.adapter).generate(samples))
        yield compare.heard("adapter on the base in few bits, as trained", Said(None, trained))


def _probe(suite: Suite, ids: Sequence[str]) -> Suite:
    """The suite with the probe's questions alone."""
    by_id = {sample.id: sample for sample in suite.test}
    return replace(suite, test=tuple(by_id[name] for name in ids))


def _answers(inferred: Path, samples: Sequence[Sample]) -> tuple[Output, ...]:
    found = {output.sample_id: output for output in read_outputs(inferred / "predictions.jsonl")}
    return tuple(found[sample.id] for sample in samples)


class _Comparison:
    """Compares what a path answers with the reference's answers."""

    def __init__(self, experiment: Experiment, probe: Suite, reference: Sequence[Output]) -> None:
        self._chosen = chosen_suite(experiment.spec)
        self._probe = probe
        self._reference = reference
        self._rights = self._right(reference)
        base = experiment.base_path
        if base is None:
            raise ValueError(f"{experiment.label} has no base")
        self._tokenizer: Any = load_tokenizer(base)

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The probe's questions."""
        return self._probe.test

    def heard(self, name: str, said: Said) -> Heard:
        """What a path made of the probe, against the reference."""
        rights = self._rights, self._right(said.outputs)
        found = agreement(
            self._reference, said.outputs, rights, lambda text: text_ids(self._tokenizer, text)
        )
        return Heard(name, said.scores, found)

    def _right(self, outputs: Sequence[Output]) -> Rights:
        """Whether each answer is right, by rule alone; `None` where no rule can tell."""
        graded = grade(self._chosen, self._probe, outputs)
        return [_is_right(verdict) for verdict in graded.verdicts]


def _is_right(verdict: Verdict | None) -> bool | None:
    """Whether an answer is right: not where there is none, unknown where a judge could not say."""
    if verdict is not None and verdict.unjudged:
        return None
    return verdict is not None and verdict.value is not None and verdict.value >= _RIGHT


def _shown(_: Experiment) -> Mapping[str, str]:
    return {PARITY: PARITY}


STAGE = Stage(
    name="parity", version=2, reads=_reads, build=_build, belongs=belongs, shown=_shown,
    loads_base=True,
)  # fmt: skip
