"""Replies to verdicts: is it the style, and does it still say what belongs there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.checker.verdict import Verdict, unjudged
from harness.core import Output, Sample, Score, Suite
from harness.judges.rating import Criterion, Rated, Rating
from harness.metrics.measure import Confusion, Graded, Measure
from harness.metrics.replies import overlap_measures, share, variety_measures
from harness.metrics.reply_faults import fault, heard
from harness.text.language import language_of
from suites.style.content import content
from suites.style.options import Options
from suites.style.reply import take_apart
from suites.style.tone import Tone, tone_from

if TYPE_CHECKING:
    from harness.judges.judge import Judge
    from harness.judges.request import Language

NO_STYLE = "names no style"
_ADHERENCE, _CONTENT = "adherence", "content"
_CRITERIA: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    "zh": {
        _ADHERENCE: ("风格", "回答的语气是“{style}”。"),
        _CONTENT: ("内容", "回答接着用户的话说，意思和参考答案相近，没有跑题。"),
    },
    "en": {
        _ADHERENCE: ("style", "The tone of the answer is: {style}."),
        _CONTENT: ("content", "It answers what the user says, and means what the reference means."),
    },
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer taken apart; one that failed says nothing.

    Args:
        sample: what was asked.
        style: the style that it names, if any.
        wanted: the style that was asked for; `None` where the model chooses.
        words: the reply without its style.
        references: replies to the user line, likewise: those of the style that it should have,
            where there are any.
        fault: why it is worth nothing whatever it says.
    """

    sample: Sample
    style: str | None
    wanted: str | None
    words: str
    references: tuple[str, ...]
    fault: str | None

    @property
    def aim(self) -> str | None:
        """The style that it should be in: the one asked for, or else the one that it names."""
        return self.wanted if self.wanted is not None else self.style


@dataclass(frozen=True, slots=True)
class Marks:
    """What one reply is worth, each in [0, 1]; `None` where a judge did not say."""

    adherence: float | None
    content: float | None
    note: str


def grade(
    options: Options,
    suite: Suite,
    outputs: Sequence[Output],
    judge: Judge | None,
) -> Graded:
    """Judge all answers of a run; see `PROFILE.means`.

    A judge rates tone and content; `None` leaves both to rules.
    """
    answered = list(zip(suite.test, outputs, strict=True))
    replies = [read_reply(options, sample, output) for sample, output in answered]
    tone = tone_from(suite.known)
    marks = _by_rule(replies, tone) if judge is None else _by_judge(judge, replies)
    verdicts = [
        None if output.failed else _verdict(reply, marks[reply.sample.id])
        for reply, output in zip(replies, outputs, strict=True)
    ]
    scores = [
        Score(reply.sample.id, name, value, marks[reply.sample.id].note)
        for reply in replies
        for name, value in (
            (_ADHERENCE, marks[reply.sample.id].adherence),
            (_CONTENT, marks[reply.sample.id].content),
        )
    ]
    measures = [*_of_all(replies, marks), *_of_styles(options, replies, marks), tone.measure]
    return Graded(verdicts, scores, measures, _confusions(options, replies))


def read_reply(options: Options, sample: Sample, output: Output) -> Reply:
    """Take an answer apart, and find the references that it is held against."""
    read = take_apart(heard(output), options.names)
    wanted = sample.family if options.prompt == "asked" else None
    value = sample.gold.value
    whole = [value] if isinstance(value, str) else value if isinstance(value, tuple) else []
    known = [take_apart(text, options.names) for text in whole]
    aim = wanted if wanted is not None else read.style
    near = [one.words for one in known if one.style == aim] or [one.words for one in known]
    problem = fault(read.words, sample.question)
    return Reply(sample, read.style, wanted, read.words, tuple(near), problem)


def _by_rule(replies: Sequence[Reply], tone: Tone) -> dict[str, Marks]:
    return {reply.sample.id: _ruled(reply, tone) for reply in replies}


def _ruled(reply: Reply, tone: Tone) -> Marks:
    if reply.fault is not None:
        return Marks(0.0, 0.0, reply.fault)
    kept = content(reply.words, reply.sample.question, reply.references)
    if reply.style is None:
        return Marks(0.0, kept, NO_STYLE)
    if reply.wanted not in (None, reply.style):
        return Marks(0.0, kept, f"names {reply.style}, not {reply.wanted}")
    heard = tone.of(reply.words)
    if tone.told and heard != reply.style:
        sounds = f"sounds {heard}" if heard else "sounds like no style"
        return Marks(0.0, kept, f"names {reply.style}, {sounds}")
    return Marks(1.0, kept, f"{reply.style}, content {kept:.2f}")


def _by_judge(judge: Judge, replies: Sequence[Reply]) -> dict[str, Marks]:
    """Marks of a judge; a reply that says nothing, or could be in any style, is not shown."""
    shown = [reply for reply in replies if reply.fault is None and reply.aim is not None]
    ratings = judge.rate([_case(reply) for reply in shown])
    rated = {
        reply.sample.id: _marks(reply, rating) for reply, rating in zip(shown, ratings, strict=True)
    }
    return {
        reply.sample.id: rated.get(reply.sample.id)
        or Marks(0.0, 0.0, NO_STYLE if reply.fault is None else reply.fault)
        for reply in replies
    }


def _language(reply: Reply) -> Language:
    return "en" if language_of(reply.sample.question) == "en" else "zh"


def _case(reply: Reply) -> Rated:
    language = _language(reply)
    criteria = tuple(
        Criterion(name, means.format(style=reply.aim))
        for name, means in _CRITERIA[language].values()
    )
    return Rated(
        reply.sample.id, reply.sample.question, reply.words, criteria,
        reference=reply.references[0] if reply.references else "", language=language,
    )  # fmt: skip


def _marks(reply: Reply, rating: Rating) -> Marks:
    names = _CRITERIA[_language(reply)]
    return Marks(rating.marks[names[_ADHERENCE][0]], rating.marks[names[_CONTENT][0]], rating.note)


def _verdict(reply: Reply, marks: Marks) -> Verdict:
    found = () if reply.style is None else (reply.style,)
    if marks.adherence is None or marks.content is None:
        return unjudged(marks.note, found)
    return Verdict(marks.adherence * marks.content, marks.note, found)


def _of_all(replies: Sequence[Reply], marks: Mapping[str, Marks]) -> list[Measure]:
    references = [reply.references[0] for reply in replies]
    return [
        *_marked(replies, marks, ""),
        share("names_a_style", [float(reply.style is not None) for reply in replies]),
        *overlap_measures([r.words for r in replies], [r.references for r in replies]),
        *variety_measures([reply.words for reply in replies], references),
    ]


def _of_styles(
    options: Options, replies: Sequence[Reply], marks: Mapping[str, Marks]
) -> list[Measure]:
    """The same of the replies in each style: those asked for it, or else those that name it."""
    measures: list[Measure] = []
    for style in options.names:
        own = [reply for reply in replies if reply.aim == style]
        measures += _marked(own, marks, style)
        measures += overlap_measures([r.words for r in own], [r.references for r in own], style)
    return measures


def _marked(replies: Sequence[Reply], marks: Mapping[str, Marks], group: str) -> list[Measure]:
    found: list[tuple[str, Callable[[Marks], float | None]]] = [
        (_ADHERENCE, lambda one: one.adherence),
        (_CONTENT, lambda one: one.content),
    ]
    own = [marks[reply.sample.id] for reply in replies]
    return [
        share(name, [value for one in own if (value := get(one)) is not None], group)
        for name, get in found
    ]


def _confusions(options: Options, replies: Sequence[Reply]) -> list[Confusion]:
    """Which style was named where which one was asked for."""
    if options.prompt == "bare":
        return []
    styles, columns = options.names, (*options.names, NO_STYLE)
    named = [(reply.wanted, reply.style or NO_STYLE) for reply in replies]
    counts = tuple(tuple(named.count((one, other)) for other in columns) for one in styles)
    return [Confusion("", styles, columns, counts)]
