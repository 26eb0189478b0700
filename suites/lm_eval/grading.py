"""Answers back into lm-eval's instances, through its filters and metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from harness.checker.verdict import CORRECT, WRONG, Verdict
from harness.core import Output, Sample, Score
from harness.errors import InputError, RunError
from harness.metrics.measure import Graded, Measure
from harness.models.foreign import told
from suites.lm_eval.known import revived
from suites.lm_eval.tasks import silenced

# What an answer without likelihoods is worth, such as that of the engine that knows the answers:
# everything to the label that it says, next to nothing to the others. A number, as tasks divide it.
_SAID, _UNSAID = 0.0, -1e9
# A document's values by metric and filter, as lm-eval prints them: `exact_match,strict-match`.
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Marked:
    """What lm-eval makes of the answers to one task.

    Args:
        values: by the ids of the samples that were answered.
        read: what was read out of the answer, by the same ids, under the filter that scores.
        measures: the task's metrics over all those documents.
    """

    values: Mapping[str, Values]
    read: Mapping[str, str]
    measures: Sequence[Measure]


def grade(
    tasks: Mapping[str, Mapping[str, Any]], samples: Sequence[Sample], outputs: Sequence[Output]
) -> Graded:
    """Judge all answers of a run.

    Args:
        tasks: what is known of each, by name.
        samples: the questions.
        outputs: one a question, in their order.

    Raises:
        InputError: the metric that scores a task gives no number between 0 and 1.
    """
    said = {output.sample_id: output for output in outputs}
    marked = {}
    for name, data in tasks.items():
        own = [(sample, said[sample.id]) for sample in samples if sample.family == name]
        cannot = f"lm-eval could not judge the answers to {name}"
        with silenced(), told(cannot, RunError, reading=True):
            marked[name] = _mark(data, own)
    return Graded(
        verdicts=[_verdict(s, tasks[s.family], marked[s.family]) for s in samples],
        scores=[
            score
            for sample in samples
            for score in _scores(sample, tasks[sample.family], marked[sample.family])
        ],
        measures=[measure for found in marked.values() for measure in found.measures],
    )


def _mark(data: Mapping[str, Any], answered: Sequence[tuple[Sample, Output]]) -> Marked:
    """Filter and score the answers to a task.

    One that failed is left out of lm-eval's metrics, which know no such thing; it earns nothing.
    """
    task = revived(data)
    asked = [
        (sample, doc, _instances(sample, number, doc, output))
        for number, ((sample, output), doc) in enumerate(zip(answered, data["docs"], strict=True))
        if not output.failed
    ]
    if not asked:
        return Marked({}, {}, ())
    task._instances = [instance for _, _, group in asked for instance in group]
    task.apply_filters()
    values: dict[str, dict[str, Any]] = {sample.id: {} for sample, _, _ in asked}
    read: dict[str, str] = {}
    for key in task._instances[0].filtered_resps:
        for sample, doc, group in asked:
            results = [instance.filtered_resps[key] for instance in group]
            found = task.process_results(doc, results)
            values[sample.id] |= {f"{metric},{key}": value for metric, value in found.items()}
            if key == data["filter"]:
                read[sample.id] = _read(sample, results)
    return Marked(values, read, tuple(_measures(task, data, values, len(answered))))


def _instances(sample: Sample, number: int, doc: Mapping[str, Any], output: Output) -> list[Any]:
    """What lm-eval asked about a document, answered."""
    from lm_eval.api.instance import Instance

    kind = "loglikelihood" if sample.candidates else "generate_until"
    replies = [_likelihood(c.label, output) for c in sample.candidates]
    return [
        Instance(kind, doc, (), place, (sample.family, number, 1), [reply])
        for place, reply in enumerate(replies if sample.candidates else [output.text])
    ]


def _likelihood(label: str, output: Output) -> tuple[float, bool]:
    if output.loglikelihood is None:
        said = label == output.text.strip()
        return (_SAID if said else _UNSAID), said
    return output.loglikelihood[label], label in output.greedy


def _read(sample: Sample, results: Sequence[Any]) -> str:
    if sample.candidates:
        best = max(range(len(results)), key=lambda place: float(results[place][0]))
        return sample.candidates[best].text.strip()
    return str(results[0])


def _measures(
    task: Any, data: Mapping[str, Any], values: Mapping[str, Values], n: int
) -> Iterator[Measure]:
    """Each metric of a task over its documents, by lm-eval's own aggregation."""
    from lm_eval.api.metrics import mean

    for key in dict.fromkeys(key for found in values.values() for key in found):
        metric = key.partition(",")[0]
        items = [found[key] for found in values.values() if key in found]
        value = task.aggregation().get(metric, mean)(items)
        lacking = n - len(items)
        yield Measure(
            key,
            None if (number := _number(value)) is None else round(number, 4),
            len(items),
            better="higher" if task.higher_is_better().get(metric, True) else "lower",
            signature=_signature(data),
            note=f"{lacking} without an answer" if lacking else "",
            group=str(task.task_name),
            scale="number",
        )


def _signature(data: Mapping[str, Any]) -> str:
    chat = "|chat" if data["chat"] else ""
    return f"lm-eval:{data['lm_eval']}|version:{data['version']}|shots:{data['shots']}{chat}"


def _scoring(data: Mapping[str, Any]) -> str:
    return f"{data['metric']},{data['filter']}"


def _verdict(sample: Sample, data: Mapping[str, Any], marked: Marked) -> Verdict | None:
    if sample.id not in marked.values:
        return None
    key = _scoring(data)
    value = marked.values[sample.id].get(key)
    worth = _number(value)
    if worth is None or not 0 <= worth <= 1:
        raise InputError(
            f"suite.metric: {key} of {sample.id} is {value!r}, no number between 0 and 1: name "
            f"another metric of {sample.family}"
        )
    found = marked.read[sample.id]
    note = {1.0: CORRECT, 0.0: WRONG}.get(worth, key)
    return Verdict(worth, note, (found,) if found else ())


def _number(value: object) -> float | None:
    """A metric's value as a number, whatever of Python's or numpy's it is; `None` where none."""
    plain = value.item() if isinstance(value, np.generic) else value
    return float(plain) if isinstance(plain, Real) else None


def _scores(sample: Sample, data: Mapping[str, Any], marked: Marked) -> Iterator[Score]:
    """The other values of a document; that which is its correctness is the verdict's."""
    for key, value in marked.values.get(sample.id, {}).items():
        number = _number(value)
        if key != _scoring(data) and number is not None:
            yield Score(sample.id, key, number)
