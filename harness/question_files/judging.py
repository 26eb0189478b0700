"""Answers to the questions of a file judged by rule: by the checker, or free ones by a metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.checker.parse.options import options_in
from harness.checker.verdict import Verdict, open_question
from harness.core import Domain, Output, Sample
from harness.metrics.measure import Graded
from harness.metrics.registry import EACH
from harness.question_files.letters import spelled_out
from harness.text.normalize import answer_part

NO_ANSWER = "no right answer in the file"
_ANYTHING = Domain()


def is_free(sample: Sample) -> bool:
    """Whether no rule can judge its answers."""
    return sample.gold.kind == "free" and not sample.gold.is_open


def checked(sample: Sample, output: Output, domains: Mapping[str, Domain]) -> Verdict | None:
    """What the checker says of an answer to a typed question; `None` where there is no answer.

    An answer to an open question is unjudged, whatever it says.
    """
    if sample.gold.is_open:
        return open_question(NO_ANSWER)
    if output.failed:
        return None
    # The checker compiles hundreds of patterns: a rerun that judges nothing does without.
    from harness.checker.check import check

    options = options_in(sample.question) if sample.gold.kind == "set" else {}
    if options and isinstance(sample.gold.value, tuple) and {*sample.gold.value} <= {*options}:
        # Any of them could be named, not only those that are right somewhere in the file.
        text, could_be = spelled_out(output.text, options), Domain(frozenset(options))
    else:
        text, could_be = output.text, domains.get(sample.domain, _ANYTHING)
    return check(text, sample.gold, sample.question, could_be)


def check_file(
    samples: Sequence[Sample], outputs: Sequence[Output], domains: Mapping[str, Domain]
) -> Graded:
    """Judge all answers to typed questions of a file."""
    asked = zip(samples, outputs, strict=True)
    return Graded([checked(sample, output, domains) for sample, output in asked])


def measured(
    metric: str, samples: Sequence[Sample], outputs: Sequence[Output]
) -> list[Verdict | None]:
    """What a metric says of answers to free questions; `None` where there is no answer."""
    texts = ["" if output.failed else answer_part(output.text) for output in outputs]
    values = EACH[metric](texts, [right(sample) for sample in samples])
    return [
        None if output.failed else Verdict(value, f"{metric} {value:.2f}")
        for output, value in zip(outputs, values, strict=True)
    ]


def right(sample: Sample) -> tuple[str, ...]:
    """The answers of which any would do."""
    value = sample.gold.value
    if isinstance(value, tuple):
        return value
    return ("" if value is None else str(value),)
