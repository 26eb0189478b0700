"""Answers to the questions of a file judged by rule: by the checker, or free ones by a metric."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from harness.checker.parse.options import options_in
from harness.checker.verdict import Verdict, open_question
from harness.core import Domain, Output, Sample
from harness.metrics.measure import Graded
from harness.metrics.registry import EACH
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
    letters = isinstance(sample.gold.value, tuple) and {*sample.gold.value} <= {*options}
    text = spelled_out(output.text, options) if letters else output.text
    return check(text, sample.gold, sample.question, domains.get(sample.domain, _ANYTHING))


def check_file(
    samples: Sequence[Sample], outputs: Sequence[Output], domains: Mapping[str, Domain]
) -> Graded:
    """Judge all answers to typed questions of a file."""
    asked = zip(samples, outputs, strict=True)
    return Graded([checked(sample, output, domains) for sample, output in asked])


def spelled_out(text: str, options: Mapping[str, str]) -> str:
    """An answer that names several options with its letters apart: AC and 苹果和梨 are A、C.

    Words of options become their letters where no letter of an option stands in the answer.
    """
    said = answer_part(text)
    run = re.compile(rf"(?<![A-Za-z0-9])[{''.join(options)}]{{2,{len(options)}}}(?![A-Za-z0-9])")
    apart = run.sub(lambda match: "、".join(dict.fromkeys(match[0])), said)
    if re.search(rf"(?<![A-Za-z])[{''.join(options)}](?![A-Za-z])", apart):
        return apart
    for letter, words in sorted(options.items(), key=lambda pair: -len(pair[1])):
        if words:
            apart = apart.replace(words, f" {letter} ")
    return apart


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
