"""Which numbers of a cell begin a question, and which stand in a stem, an option or a list.

The numbers of one style lead: those whose pieces hold most sets of four options. A number of
another style begins a question only where the one before it is complete, and a number within a
line only where it goes on from the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from suites.reading.parse_headings import HEADING
from suites.reading.parse_labels import LETTERS, Label, find_sets
from suites.reading.parse_numbers import Mark, find_marks

_ASKS = ("?", "分)", "分】")


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    labels: Sequence[Label]
    marks: Sequence[Mark]

    def whole(self, low: int, high: int) -> bool:
        """Whether there are four options in a piece."""
        return bool(find_sets(self.text, self.labels, low, high))

    def next_at_line(self, mark: Mark) -> int:
        """Where the next number at the start of a line stands."""
        later = (one.start for one in self.marks if one.start > mark.start and one.rank == 3)
        return next(later, len(self.text))


def find_starts(text: str, labels: Sequence[Label]) -> list[Mark]:
    """The numbers that begin the questions of a shadow text, in order."""
    known = _Text(text, labels, find_marks(text))
    style = _leading_style(known)
    starts: list[Mark] = []
    for mark in known.marks:
        if _begins(known, starts, mark, style):
            starts.append(mark)
    return starts


def _leading_style(known: _Text) -> str:
    """The style whose pieces hold most sets of options; the first of those that hold as many."""
    at_lines = [mark for mark in known.marks if mark.rank == 3]
    held: dict[str, int] = {}
    for style in dict.fromkeys(mark.style for mark in at_lines):
        alike = [mark for mark in at_lines if mark.style == style]
        ends = [*(mark.start for mark in alike[1:]), len(known.text)]
        pieces = zip(alike, ends, strict=True)
        held[style] = sum(known.whole(mark.end, end) for mark, end in pieces)
    best = max(held, key=lambda style: held[style], default="plain")
    for mark in at_lines:
        # A number before a heading leads nothing: the numbers under it do.
        heading = known.text[mark.start : known.next_at_line(mark)]
        if not HEADING.search(heading) and held[mark.style] == held[best]:
            return mark.style
    return best


def _begins(known: _Text, starts: Sequence[Mark], mark: Mark, style: str) -> bool:
    last = starts[-1] if starts else None
    low = last.end if last is not None else 0
    complete = known.whole(low, mark.start)
    if mark.rank == 3:
        if not mark.sure and not _fits(known, last, mark, complete):
            return False
        if mark.style != style:
            return _other_style(known, mark, complete)
        if last is not None and not complete and _lists(known, last, mark):
            return False
        return complete or not _within_options(known, low, mark)
    if mark.style != style or not mark.sure:
        return False
    return complete and _goes_on(known, last, mark)


def _lists(known: _Text, last: Mark, mark: Mark) -> bool:
    """Whether a number below an unfinished question lists what it is about, from 1 to its labels.

    Nothing in such a list asks.
    """
    labels = (one.start for one in known.labels if one.start > mark.start and one.strong)
    below = next(labels, len(known.text))
    listed = [one for one in known.marks if last.start < one.start < below]
    counted = [one.number for one in listed] == list(range(1, len(listed) + 1))
    if len(listed) < 2 or not counted or mark not in listed:
        return False
    words = known.text[listed[0].start : below]
    return not any(sign in words for sign in _ASKS) and known.whole(below, len(known.text))


def _fits(known: _Text, last: Mark | None, mark: Mark, complete: bool) -> bool:
    """Whether a number without punctuation is one: options follow, or it is the next."""
    if last is None:
        return known.whole(mark.end, len(known.text))
    if mark.number == last.number + 1:
        return complete or known.whole(mark.end, known.next_at_line(mark))
    return complete and known.whole(mark.end, known.next_at_line(mark))


def _other_style(known: _Text, mark: Mark, complete: bool) -> bool:
    """Whether a number of another style begins a question: never within an unfinished one."""
    if not complete:
        return False
    following = known.text[mark.end : known.next_at_line(mark)]
    return known.whole(mark.end, known.next_at_line(mark)) or following.rstrip().endswith(_ASKS)


def _within_options(known: _Text, low: int, mark: Mark) -> bool:
    """Whether a number stands between the options of one question, as in a wrapped line."""
    seen = {one.letter for one in known.labels if low <= one.start < mark.start and one.strong}
    if "A" not in seen or set(LETTERS) <= seen:
        return False
    later = (one for one in known.labels if one.start >= mark.end and one.strong)
    following = next(later, None)
    if following is None or following.letter in seen:
        return False
    return known.whole(low, known.next_at_line(mark))


def _goes_on(known: _Text, last: Mark | None, mark: Mark) -> bool:
    """Whether a number within a line begins the next question."""
    following = known.whole(mark.end, known.next_at_line(mark))
    if mark.number == (last.number if last is not None else 1) + 1:
        if mark.rank == 0:
            return following
        words = known.text[mark.end : known.next_at_line(mark)].strip()
        return following or (bool(words) and (mark.rank == 2 or words.endswith(_ASKS)))
    return mark.rank > 0 and following and (last is None or mark.rank == 2)
