"""Replies to verdicts: are they the persona's, and how near do they come to what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from harness.checker.verdict import Verdict, unjudged
from harness.core import Output, Sample, Score, Suite
from harness.judges.rating import Criterion, Rated
from harness.judges.request import context_of
from harness.metrics.diversity import distinct
from harness.metrics.intervals import proportion
from harness.metrics.measure import Better, Graded, Measure
from harness.metrics.overlap import rouge
from harness.metrics.points import points
from harness.metrics.replies import NO_REPLY, overlap_measures
from harness.metrics.reply_faults import heard, said
from harness.text.language import language_of_all
from harness.text.normalize import fold, information_length
from suites.roleplay.character import LOOPS, character_of
from suites.roleplay.options import Options

if TYPE_CHECKING:
    from harness.judges.judge import Judge
    from harness.judges.request import Language

IN_CHARACTER, CONSISTENCY, ROUGE_L = "in_character", "persona_consistency", "rouge_l"
_NO_JUDGE = "no judge was asked"
_SILENT = "the judge said nothing readable"
_CRITERIA: Mapping[Language, tuple[str, str]] = {
    "zh": ("人设", "这句话像是{persona}本人说的：身份、口吻和用词都合得上，也接得住上一句话。"),
    "en": (
        "persona",
        "{persona} could have said this: it fits who they are and how they talk, and it answers "
        "what was said.",
    ),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; one that failed says nothing.

    Args:
        sample: what was asked.
        words: what was said, thinking left out.
        references: replies that would do.
        fault: why it is not the persona's; `None` where nothing is wrong.
        likeness: ROUGE-L to the nearest reference, in [0, 1].
    """

    sample: Sample
    words: str
    references: tuple[str, ...]
    fault: str | None
    likeness: float


def grade(
    options: Options,
    suite: Suite,
    outputs: Sequence[Output],
    judge: Judge | None,
) -> Graded:
    """Judge all answers of a run; see `PROFILE.means`.

    A judge rates how consistent with the persona a reply is; `None` leaves it to likeness.
    """
    character = character_of(
        options.out_of_character, (text for s in suite.test for text in references_of(s))
    )
    replies: list[Reply] = []
    for sample, output in zip(suite.test, outputs, strict=True):
        words, references = said(heard(output)), references_of(sample)
        problem = character.fault(words, sample.question, references)
        likeness = rouge(_read(words, references), references).rouge_l
        replies.append(Reply(sample, words, references, problem, likeness))
    rated = {} if judge is None else _rated(options, replies, judge)
    verdicts = [
        None if output.failed else _verdict(reply, rated, judge is not None)
        for reply, output in zip(replies, outputs, strict=True)
    ]
    scores = [score for reply in replies for score in _scores(reply, rated, judge is not None)]
    return Graded(verdicts, scores, _measures(options, replies, rated, judge))


def references_of(sample: Sample) -> tuple[str, ...]:
    """Every reply that would do."""
    value = sample.gold.value
    return value if isinstance(value, tuple) else (str(value),)


def _read(words: str, references: Sequence[str]) -> str:
    """As much of a reply as is compared: one twenty times as long as it should be is like nothing.

    Comparing takes the product of both lengths.
    """
    return words[: 1000 + 20 * max(map(len, references))]


def _rated(options: Options, replies: Sequence[Reply], judge: Judge) -> dict[str, float | None]:
    """Marks of a judge by sample; a reply that is out of character by rule is not shown."""
    shown = [reply for reply in replies if reply.fault is None]
    language: Language = (
        "en" if language_of_all(t for r in shown for t in r.references) == "en" else "zh"
    )
    name, means = _CRITERIA[language]
    criterion = Criterion(name, means.format(persona=options.persona))
    cases = [
        Rated(
            reply.sample.id, reply.sample.question, reply.words, (criterion,),
            reply.references[0], context_of(reply.sample), language,
        )
        for reply in shown
    ]  # fmt: skip
    ratings = zip(shown, judge.rate(cases), strict=True)
    return {reply.sample.id: rating.marks[name] for reply, rating in ratings}


def _verdict(reply: Reply, rated: Mapping[str, float | None], judged: bool) -> Verdict:
    if reply.fault is not None:
        return Verdict(0.0, reply.fault)
    if not judged:
        return Verdict(reply.likeness, f"likeness {reply.likeness:.2f}")
    mark = rated.get(reply.sample.id)
    return unjudged(_SILENT) if mark is None else Verdict(mark, f"judge {mark:.2f}")


def _scores(reply: Reply, rated: Mapping[str, float | None], judged: bool) -> Iterator[Score]:
    name, note = reply.sample.id, reply.fault if reply.fault is not None else ""
    yield Score(name, IN_CHARACTER, float(reply.fault is None), note)
    yield Score(name, ROUGE_L, round(reply.likeness, 6))
    if judged:
        yield Score(name, CONSISTENCY, 0.0 if reply.fault is not None else rated.get(name), note)


def _measures(
    options: Options,
    replies: Sequence[Reply],
    rated: Mapping[str, float | None],
    judge: Judge | None,
) -> list[Measure]:
    words = [reply.words for reply in replies]
    measures = [
        _share(IN_CHARACTER, [reply.fault is None for reply in replies]),
        _consistency(replies, rated, judge),
        *(_distinct(words, n) for n in (1, 2)),
        *_lengths(replies),
        _share("loops", [reply.fault == LOOPS for reply in replies], "lower"),
    ]
    if options.manner:
        marks = [fold(word).lower() for word in options.manner]
        marked = [any(mark in fold(text).lower() for mark in marks) for text in words]
        measures.append(_share("manner", marked))
    read = [_read(reply.words, reply.references) for reply in replies]
    return [*measures, *overlap_measures(read, [reply.references for reply in replies])]


def _share(name: str, marks: Sequence[bool], better: Better = "higher") -> Measure:
    """A share of the replies, in percent, with its Wilson interval."""
    found = proportion(name, sum(marks), len(marks), better=better)
    return found if marks else replace(found, note=NO_REPLY)


def _consistency(
    replies: Sequence[Reply], rated: Mapping[str, float | None], judge: Judge | None
) -> Measure:
    """The judge's mean mark in percent; a reply that is out of character by rule counts as 0."""
    if judge is None:
        return Measure(CONSISTENCY, None, 0, note=_NO_JUDGE)
    marks = [0.0 if r.fault is not None else rated.get(r.sample.id) for r in replies]
    known = [mark for mark in marks if mark is not None]
    missing = len(marks) - len(known)
    note = f"{missing} replies without a mark" if missing else ""
    value = points(sum(known), len(known)) if known else None
    return Measure(CONSISTENCY, value, len(known), signature=judge.signature, note=note)


def _distinct(words: Sequence[str], size: int) -> Measure:
    value = distinct(words, size)
    note = "" if value is not None else f"no reply of {size} words"
    return Measure(
        f"distinct_{size}", None if value is None else 100 * value, len(words), note=note
    )


def _lengths(replies: Sequence[Reply]) -> list[Measure]:
    """The median length of replies, in characters that inform, and its ratio to the references'."""
    if not replies:
        return [
            Measure(name, None, 0, "neither", note=NO_REPLY, scale="number")
            for name in ("length_median", "length_ratio")
        ]
    length = median(information_length(reply.words) for reply in replies)
    wanted = median(information_length(text) for r in replies for text in r.references)
    n = len(replies)
    return [
        Measure("length_median", float(length), n, "neither", scale="number"),
        Measure(
            "length_ratio", length / wanted if wanted else None, n, "neither", scale="number",
            note="" if wanted else "the references say nothing",
        ),
    ]  # fmt: skip
