"""Metrics that are asked for by name, over the answers of a prediction file."""

from __future__ import annotations

from collections.abc import Sequence

from harness.core import Output, Sample
from harness.metrics.measure import Measure
from harness.metrics.registry import Against, measure, metric_named, require_fit
from harness.text.language import language_of_all


def measure_named(
    names: Sequence[str], samples: Sequence[Sample], outputs: Sequence[Output]
) -> list[Measure]:
    """Measure the answers of a run by each of some metrics.

    Args:
        names: of `harness.metrics.registry.METRICS`.
        samples: what was asked.
        outputs: one a sample, in order.

    Raises:
        InputError: there is no such metric, or it is unfit for what the answers are held against.
    """
    answers = [None if output.failed else output.text for output in outputs]
    return [_measure(name, samples, answers) for name in names]


def _measure(name: str, samples: Sequence[Sample], answers: Sequence[str | None]) -> Measure:
    metric = metric_named(name)
    if not metric.compares:
        return measure(name, answers, [])
    references = [_held_against(sample, metric.against) for sample in samples]
    language = language_of_all([text for several in references for text in several])
    require_fit(name, language)
    return measure(name, answers, references, language)


def _held_against(sample: Sample, against: Against) -> tuple[str, ...]:
    """The sentence that says the right answer, where one is given, or the right values."""
    if against == "sentence" and sample.reference:
        return (sample.reference,)
    value = sample.gold.value
    if isinstance(value, tuple) and sample.gold.kind == "set":
        return ("、".join(value),)
    if isinstance(value, float):
        return (f"{value:.15g}",)
    return value if isinstance(value, tuple) else ("" if value is None else str(value),)
