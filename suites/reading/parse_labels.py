"""Where four options begin: labels A to D in any order, in any punctuation, among other capitals.

Every letter that could be a label is a candidate with a weight: how it is set off from what stands
before it, and how it is closed. Four candidates with one letter each that outweigh all others, and
that have words between them, are a set.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from suites.reading.parse_fold import is_wide

LETTERS = "ABCD"
_KNOWN = "ABCDEFGH"
_RINGS = {chr(0x24B6 + n): letter for n, letter in enumerate(_KNOWN)}
_RINGS |= {chr(0x249C + n): letter for n, letter in enumerate(_KNOWN)}
_CANDIDATE = re.compile("[A-Ha-hⒶ-Ⓗ⒜-⒣]")
_OPEN, _CLOSE = "([【", ")]】"
# How a label is closed, from sure to doubtful. The last three are no punctuation at all.
_CLOSED = {"bracket": 3.0, ".": 3.0, "、": 3.0, ")": 3.0, ":": 2.5, ",": 1.5, "·": 1.5, "。": 1.5}
_BARE = {"blank": 1.0, "glued": 0.7, "capital": 0.7}
_WEIGHTS = {**_CLOSED, **_BARE}
_STRONG = 2.5
_LINE, _WIDE_GAP, _GAP, _TIGHT = 3.0, 2.0, 1.0, 0.5
_SAME_CLOSE, _IN_ORDER, _SKIPPED, _ECHO = 4.0, 3.0, 2.0, 2.0
_SKIPPED_WORSE = 0.5  # for one that is set off less than all of the set, as in `D. Plan B.`
_MOST_OF_ONE = 4
_WINDOW = 32  # labels that are looked at together
_WEAKER = 9.0  # how much weaker a set may be than the surest one beside it
_ASKS_FOR_WORDS = re.compile(
    "请|简要|简述|概括|试分析|谈谈|比较|说说|为什么|如何|\\b(?:why|how|explain|discuss|compare)\\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Label:
    """One letter that may begin an option: its text runs from `end`."""

    start: int
    end: int
    letter: str
    before: float
    close: str
    small: bool

    @property
    def weight(self) -> float:
        """How sure it is."""
        return self.before + _WEIGHTS[self.close]

    @property
    def strong(self) -> bool:
        """Whether punctuation closes it."""
        return _WEIGHTS[self.close] >= _STRONG


def find_labels(text: str) -> list[Label]:
    """All candidates of a shadow text, in order."""
    return list(filter(None, (_label(text, match.start()) for match in _CANDIDATE.finditer(text))))


def find_sets(text: str, labels: Sequence[Label], low: int, high: int) -> list[tuple[Label, ...]]:
    """Sets of four labels within `text[low:high]`, each in the order of the text."""
    found: list[tuple[Label, ...]] = []
    inside = _between(labels, low, high)
    while len(inside) > _WINDOW:
        some = _sets(text, inside[:_WINDOW], low, inside[_WINDOW].start)
        # The last set of a window may go on behind it.
        some = some[:-1] if len(some) > 1 else some
        found += some
        low = some[-1][-1].end if some else inside[_WINDOW // 2].start
        inside = _between(inside, low, high)
    return [*found, *_sets(text, inside, low, high)]


def _sets(
    text: str, labels: Sequence[Label], low: int, high: int, least: float = 0
) -> list[tuple[Label, ...]]:
    """The surest set of all and, before and behind it, others that are not much weaker."""
    inside = _between(labels, low, high)
    best = max(_scored(text, inside, low, high), key=lambda pair: pair[0], default=None)
    if best is None or best[0] < least:
        return []
    weight, chosen = best
    least = max(least, weight - _WEAKER)
    before = _sets(text, inside, low, chosen[0].start, least)
    return [*before, chosen, *_sets(text, inside, chosen[-1].end, high, least)]


def _between(labels: Sequence[Label], low: int, high: int) -> list[Label]:
    return [label for label in labels if low <= label.start and label.end <= high]


def broken_set(text: str, labels: Sequence[Label], low: int, high: int) -> str:
    """The letters of labels that are no set of four, such as `ABC`; empty where there are none."""
    strong = [one for one in _between(labels, low, high) if one.strong and one.before >= _GAP]
    ends = [*(label.start for label in strong[1:]), high]
    said = [one for one, end in zip(strong, ends, strict=False) if text[one.end : end].strip()]
    if {"A", "B"} <= {label.letter for label in strong if label.before == _LINE}:
        said = strong
    letters = "".join(label.letter for label in said)
    return letters if said is strong or len(set(letters)) > 2 else ""


def beyond(text: str, chosen: Sequence[Label], labels: Sequence[Label], high: int) -> str:
    """Letters of labels behind a set that go on from it: `E` where there is a fifth option."""
    last, expected, found = chosen[-1], "E", ""
    for label in labels:
        if label.start < last.end or label.start >= high or label.letter != expected:
            continue
        alike = label.close == last.close and label.small == last.small
        if alike and label.strong and label.before >= _GAP and text[last.end : label.start].strip():
            found += expected
            last, expected = label, chr(ord(expected) + 1)
    return found


def doubtful(chosen: Sequence[Label], labels: Sequence[Label]) -> str:
    """What is wrong with a set on one line, set off by single blanks, that other letters rival."""
    if any(label.before > _GAP for label in chosen[1:]):
        return ""
    rivals = [
        label.letter
        for label in labels
        if chosen[0].end < label.start < chosen[-1].start and label not in chosen
        if label.strong and label.before >= _GAP and label.letter in LETTERS
    ]
    return f"more letters than four could be labels: {', '.join(rivals)}" if rivals else ""


def _label(text: str, at: int) -> Label | None:
    """The candidate at a letter, unless it stands within a word."""
    letter = text[at]
    if letter in _RINGS:
        end = _skip(text, at + 1, ".、:")
        return Label(at, end, _RINGS[letter], max(_before(text, at, "A"), _GAP), "bracket", False)
    start, opened = _opening(text, at)
    found = _closing(text, at, opened)
    if found is None:
        return None
    close, end = found
    before = _before(text, start, letter) if not opened else max(_before(text, start, "A"), _GAP)
    if before == 0 or (before < _GAP and _WEIGHTS[close] < _STRONG):
        return None
    if letter.islower() and (_WEIGHTS[close] < _STRONG or before < _GAP):
        return None
    if close == "capital" and before != _LINE:
        return None
    return Label(start, end, letter.upper(), before, close, letter.islower())


def _opening(text: str, at: int) -> tuple[int, bool]:
    """Where a label begins, and whether with a bracket."""
    back = at - 1
    if back > 0 and text[back] == " ":
        back -= 1
    return (back, True) if back >= 0 and text[back] in _OPEN else (at, False)


def _closing(text: str, at: int, opened: bool) -> tuple[str, int] | None:  # noqa: PLR0911 - cases
    """How the letter at `at` is closed, and where its option begins."""
    after = at + 1
    mark = after
    while mark < len(text) and text[mark] == " " and mark - after < 3:
        mark += 1
    sign = text[mark : mark + 1]
    if opened:
        return ("bracket", _skip(text, mark + 1, ".、:")) if sign and sign in _CLOSE else None
    if sign and sign in "])】":
        return ")", _skip(text, mark + 1, ".、:")
    if sign and sign in _CLOSED:
        return sign, _skip(text, mark + 1, ".、")
    following = text[after : after + 1]
    if following in ("", " ", "\n"):
        return "blank", after
    if following.isdigit() or following in '"$' or is_wide(following) or "①" <= following <= "⑳":
        return "glued", after
    if following.isupper() and text[after + 1 : after + 2].islower() and text[at].isupper():
        return "capital", after
    return None


def _skip(text: str, at: int, signs: str) -> int:
    """Step over one sign that was typed twice, as in `A．.` or `(A).`."""
    return at + 1 if text[at : at + 1] and text[at : at + 1] in signs else at


def _before(text: str, start: int, letter: str) -> float:
    """How a label is set off from what stands before it; 0 where it is part of a word."""
    bare = text[:start].rstrip(" ")
    if not bare or bare[-1] == "\n":
        return _LINE
    gap = start - len(bare)
    if gap:
        return _WIDE_GAP if gap > 1 else _GAP
    sign = bare[-1]
    if sign in "-/&+@#'":
        return 0
    if sign.isascii() and sign.isalnum():
        joined = sign.isdigit() or (sign.islower() and letter.isupper())
        return _TIGHT if joined else 0
    return _GAP


def _scored(
    text: str, labels: Sequence[Label], low: int, high: int
) -> Iterator[tuple[float, tuple[Label, ...]]]:
    """Every set that a person could mean, with its weight."""
    for small in (False, True):
        of_case = [label for label in labels if label.small == small]
        by_letter = [
            sorted((one for one in of_case if one.letter == letter), key=lambda x: -x.weight)
            for letter in LETTERS
        ]
        echoes = _echoes(text, of_case)
        for four in itertools.product(*(found[:_MOST_OF_ONE] for found in by_letter)):
            chosen = tuple(sorted(four, key=lambda label: label.start))
            if _stands(text, chosen, low, high):
                echoed = sum(label.start in echoes for label in chosen)
                yield _weight(chosen, of_case) - _ECHO * echoed, chosen


def _echoes(text: str, labels: Sequence[Label]) -> set[int]:
    """Where labels stand right behind another: in `A. A. Milne` the second is the option's."""
    return {
        label.start
        for before, label in itertools.pairwise(labels)
        if not text[before.end : label.start].strip()
    }


def _stands(text: str, chosen: tuple[Label, ...], low: int, high: int) -> bool:
    """Whether four labels are set off well enough, with different words behind each."""
    ends = [*(label.start for label in chosen[1:]), high]
    said = [text[one.end : end].strip() for one, end in zip(chosen, ends, strict=True)]
    if not all(said) or any(one.end > end for one, end in zip(chosen, ends, strict=True)):
        return False
    if sum(label.strong for label in chosen) > 2:
        return True
    if all(label.before >= _WIDE_GAP for label in chosen):
        return True
    in_order = "".join(label.letter for label in chosen) == LETTERS
    stem = text[low : chosen[0].start]
    alike = len({label.close for label in chosen[1:]}) == 1
    return in_order and alike and len(set(said)) == 4 and not _ASKS_FOR_WORDS.search(stem)


def _weight(chosen: tuple[Label, ...], labels: Sequence[Label]) -> float:
    """The sum of the labels' weights, more where they look alike, less where some are skipped."""
    weight = sum(label.weight for label in chosen)
    if len({label.close for label in chosen}) == 1:
        weight += _SAME_CLOSE
    if "".join(label.letter for label in chosen) == LETTERS:
        weight += _IN_ORDER
    least = min(label.before for label in chosen)
    for label in labels:
        skipped = chosen[0].start < label.start < chosen[-1].start and label not in chosen
        if skipped and label.strong and label.letter in LETTERS:
            weight -= _SKIPPED if label.before >= least else _SKIPPED_WORSE
    return weight
