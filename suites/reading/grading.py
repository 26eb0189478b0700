"""All answers of a run, judged: verdicts, the five criteria of each, and their means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from harness.checker.verdict import CORRECT, EMPTY, Verdict, unjudged, wrong
from harness.core import Output, Refusal, Sample, Score
from harness.metrics.measure import Graded, Measure
from harness.metrics.points import points
from harness.metrics.reply_faults import heard
from harness.text.normalize import answer_part, is_empty
from suites.reading.quiz import Language, language_of, passage_of
from suites.reading.rubric import CRITERIA, Appraisal, Context, appraise, mark_by_rules

if TYPE_CHECKING:
    from harness.judges.judge import Judge

_RULES = "rules:1"
_NO_ANSWER = "no answer to measure"
_MOST_NOTES = 3


def grade_all(
    samples: Sequence[Sample],
    outputs: Sequence[Output],
    judge: Judge | None,
    taught: Mapping[str, Sequence[str]],
    wanted: int,
) -> Graded:
    """Judge all answers of a run.

    Args:
        samples: what was asked.
        outputs: the answers, in the same order.
        judge: judges what is answerable and unique; rules do where it is `None`.
        taught: stems of training questions, each with its passages.
        wanted: how many questions were asked for.
    """
    contexts = [context_of(sample, wanted, taught) for sample in samples]
    found = _appraise(outputs, contexts, judge)
    answered = list(zip(outputs, found, strict=True))
    verdicts = [None if output.failed else _verdict(output, one) for output, one in answered]
    scores = [score for output, one in answered for score in _scores(output, one)]
    signature = _RULES if judge is None else f"{_RULES}|{judge.signature}"
    families = list(dict.fromkeys(sample.family for sample in samples))
    measures = _measures(found, signature, "")
    for family in families if len(families) > 1 else ():
        of_family = [
            one for one, sample in zip(found, samples, strict=True) if sample.family == family
        ]
        measures += _measures(of_family, signature, family)
    return Graded(verdicts, scores, measures)


def refusal(sample: Sample, answer: str, wanted: int) -> Refusal | None:
    """Why questions cannot be taught.

    What a teacher writes must keep the form to the letter, for it is taught as it is.
    """
    context = context_of(sample, wanted, {})
    marks = mark_by_rules(answer, context)
    appraisal = appraise(answer, context, marks)
    if not appraisal.kept_form:
        notes = iter(appraisal.notes)
        return Refusal("form", next(notes, "more than the questions, or not numbered from 1"))
    reasons = (
        ("other language", [mark.language for mark in marks]),
        ("key not borne out", [mark.answerable != 0.0 for mark in marks]),
        ("not unique", [mark.unique == 1.0 for mark in marks]),
    )
    for reason, fine in reasons:
        if not all(fine):
            number = fine.index(False) + 1
            return Refusal(reason, f"question {number}: {marks[number - 1].note}")
    return None


def context_of(sample: Sample, wanted: int, taught: Mapping[str, Sequence[str]]) -> Context:
    """What the answers to a sample are held against."""
    passage = passage_of(sample)
    language: Language = "en" if sample.family == "en" else "zh"
    if sample.family not in ("zh", "en"):
        language = language_of(passage) or "zh"
    return Context(passage, language, wanted, taught)


def _appraise(
    outputs: Sequence[Output], contexts: Sequence[Context], judge: Judge | None
) -> list[Appraisal]:
    """What each answer is worth; one that failed is as good as an empty one."""
    texts = [heard(output) for output in outputs]
    pairs = list(zip(texts, contexts, strict=True))
    marks = [mark_by_rules(text, context) for text, context in pairs]
    if judge is not None:
        from suites.reading.judging import Judged, mark_by_judge

        asked = [
            Judged(output.sample_id, text, context, some)
            for output, (text, context), some in zip(outputs, pairs, marks, strict=True)
        ]
        marks = mark_by_judge(asked, judge)
    return [
        appraise(text, context, some) for (text, context), some in zip(pairs, marks, strict=True)
    ]


def _verdict(output: Output, appraisal: Appraisal) -> Verdict:
    if is_empty(answer_part(output.text)):
        return wrong(EMPTY)
    if appraisal.value is None:  # the rules leave nothing open: a judge was asked
        return unjudged("the judge's marks cannot be read")
    notes = "; ".join(appraisal.notes[:_MOST_NOTES])
    if appraisal.value > 1 - 1e-9:
        return Verdict(1.0, CORRECT)
    return Verdict(appraisal.value, notes or "not every aspect is asked about")


def _scores(output: Output, appraisal: Appraisal) -> list[Score]:
    note = output.error or ""
    return [Score(output.sample_id, name, appraisal.criteria[name], note) for name in CRITERIA]


def _measures(found: Sequence[Appraisal], signature: str, group: str) -> list[Measure]:
    """The mean of each criterion, and how many answers kept the form throughout."""
    measures = [
        _measure("form kept", [float(one.kept_form) for one in found], _RULES, group),
    ]
    for name in CRITERIA:
        values = [one.criteria[name] for one in found]
        judged = name in ("answerable", "unique")
        measures.append(_measure(name, values, signature if judged else _RULES, group))
    return measures


def _measure(name: str, values: Sequence[float | None], signature: str, group: str) -> Measure:
    known = [value for value in values if value is not None]
    mean = round(points(sum(known), len(known)), 2) if known else None
    note = "" if known else _NO_ANSWER
    return Measure(name, mean, len(known), signature=signature, group=group, note=note)
