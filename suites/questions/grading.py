"""Answers to verdicts: typed ones by the checker, free ones by a metric or a judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness.checker.verdict import Verdict, unjudged
from harness.core import Output, Refusal, Sample, Suite
from harness.judges.rating import Criterion, Rated
from harness.judges.request import context_of
from harness.metrics.measure import Graded, Measure
from harness.metrics.registry import measure
from harness.metrics.reply_faults import fault, heard, said
from harness.question_files.judging import checked, is_free, measured, right
from harness.text.language import language_of
from suites.questions.options import Options

if TYPE_CHECKING:
    from harness.judges.judge import Judge
    from harness.judges.request import Language

_CRITERION: Mapping[Language, Criterion] = {
    "zh": Criterion("正确", "回答的意思和参考答案一致，没有与它矛盾的内容。"),
    "en": Criterion("correct", "The answer means what the reference means and contradicts none."),
}
_NO_JUDGE = "no judge was asked"


def grade(options: Options, suite: Suite, outputs: Sequence[Output], judge: Judge | None) -> Graded:
    """Judge all answers of a run; see `profile`.

    A judge, where there is one, marks the free answers; the metric then stands beside.
    """
    asked = list(zip(suite.test, outputs, strict=True))
    free = [(sample, output) for sample, output in asked if is_free(sample)]
    found = dict(zip((sample.id for sample, _ in free), _free(options, free, judge), strict=True))
    verdicts = [
        found[sample.id] if sample.id in found else checked(sample, output, suite.domains)
        for sample, output in asked
    ]
    return Graded(verdicts, measures=_measures(options, free))


def _free(
    options: Options, free: Sequence[tuple[Sample, Output]], judge: Judge | None
) -> list[Verdict | None]:
    samples, outputs = [sample for sample, _ in free], [output for _, output in free]
    if judge is not None:
        return _judged(judge, free)
    if options.metric is None or options.metric == "judge":
        return [None if output.failed else unjudged(_NO_JUDGE) for output in outputs]
    return measured(options.metric, samples, outputs)


def _judged(judge: Judge, free: Sequence[tuple[Sample, Output]]) -> list[Verdict | None]:
    """The judge's marks; what says nothing, or nothing but the question, is not shown."""
    faults = {sample.id: fault(heard(output), sample.question) for sample, output in free}
    shown = [_case(sample, output) for sample, output in free if faults[sample.id] is None]
    ratings = {rating.id: rating for rating in judge.rate(shown)}
    verdicts: list[Verdict | None] = []
    for sample, output in free:
        problem = faults[sample.id]
        if output.failed:
            verdicts.append(None)
        elif problem is not None:
            verdicts.append(Verdict(0.0, problem))
        else:
            rating = ratings[sample.id]
            mark = next(iter(rating.marks.values()))
            verdicts.append(unjudged(rating.note) if mark is None else Verdict(mark, rating.note))
    return verdicts


def _case(sample: Sample, output: Output) -> Rated:
    language: Language = "en" if language_of(sample.question) == "en" else "zh"
    return Rated(
        sample.id, sample.question, said(heard(output)), (_CRITERION[language],),
        reference=right(sample)[0], context=context_of(sample), language=language,
    )  # fmt: skip


def _measures(options: Options, free: Sequence[tuple[Sample, Output]]) -> list[Measure]:
    """The metric over all free answers, as anyone would compute it."""
    if options.metric in (None, "judge") or not free:
        return []
    answers = [None if output.failed else output.text for _, output in free]
    return [measure(str(options.metric), answers, [right(sample) for sample, _ in free])]


def accept(
    options: Options,  # noqa: ARG001 - every suite's `accept` is called alike
    sample: Sample,
    question: str,  # noqa: ARG001 - the question is the sample's
    answer: str,
) -> Refusal | None:
    """Why an answer that a teacher gives cannot be taught: it is wrong."""
    if sample.gold.is_open or is_free(sample):
        return None
    verdict = checked(sample, Output(sample.id, answer), {})
    if verdict is not None and verdict.value == 1.0:
        return None
    return Refusal("answer is wrong", answer[:80])
