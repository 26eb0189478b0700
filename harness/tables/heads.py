"""The names of columns, where they may stand in two rows: 上午 over 第一节 and 第二节.

A name that the lower row has once stands by itself. One that it repeats, or that is a mere number,
is joined to the one above: 上学期 and 语文 are 上学期语文, Home and Won are Home Won.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.rows.grid import Grid
from harness.text.display import fold

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a header, in the order of the columns, and what of the row above is not in them.

    `two_rows` says whether there is such a row, `joined` which names are made of both.
    """

    names: tuple[str, ...]
    two_rows: bool = False
    left_out: tuple[str, ...] = ()
    joined: frozenset[str] = frozenset()


def plain_names(grid: Grid, row: int) -> list[str]:
    """The cells of a row as names, empty where nothing stands."""
    return [fold("" if cell is None else str(cell)) for cell in grid.rows[row]]


def names_at(grid: Grid, row: int) -> Names:
    """The names of the columns whose lowest header row is the one of that number, from 0."""
    lower = plain_names(grid, row)
    upper = _upper(grid, row, lower)
    if upper is None:
        return Names(tuple(lower))
    pairs = list(itertools.zip_longest(upper, lower, fillvalue=""))
    names = tuple(_joined(above, own, lower) for above, own in pairs)
    lost = [above for (above, own), name in zip(pairs, names, strict=True) if above not in name]
    joined = {name for pair, name in zip(pairs, names, strict=True) if name not in pair}
    return Names(names, True, tuple(dict.fromkeys(filter(None, lost))), frozenset(joined))


def _joined(above: str, own: str, lower: Sequence[str]) -> str:
    if not above or not own or above == own:
        return own or above
    if lower.count(own) == 1 and not own.isdecimal():
        return own
    if _YEAR.fullmatch(above):
        return f"{above}年{own}" if own.endswith("月") else f"{above} {own}"
    apart = above[-1].isascii() and own[0].isascii()
    return f"{above} {own}" if apart else above + own


def _upper(grid: Grid, row: int, lower: Sequence[str]) -> list[str] | None:
    """The names above a row, each over all of its columns; `None` where there are none."""
    if row == 0:
        return None
    upper = plain_names(grid, row - 1)
    if len({*upper} - {""}) < 2:  # a title, or nothing
        return None
    spans = [s for s in grid.merged if s.top <= row - 1 <= s.bottom and s.right > s.left]
    if spans:
        ends = all(span.bottom == row - 1 for span in spans)
        beside = [c for c in range(len(upper)) if not any(s.left <= c <= s.right for s in spans)]
        named = all(_is_one(upper, lower, place) for place in beside)
        return upper if ends and named else None
    return upper if _repeated(upper, lower) else _spread(upper, lower)


def _repeated(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether names stand over each of several columns, as an export has them that merges none."""
    pairs = list(enumerate(itertools.pairwise(upper)))
    twice = {place + step for place, (one, two) in pairs if one == two != "" for step in (0, 1)}
    named = all(place < len(lower) and lower[place] for place in twice)
    others = (place for place in range(len(upper)) if place not in twice)
    return bool(twice) and named and all(_is_one(upper, lower, place) for place in others)


def _is_one(upper: Sequence[str], lower: Sequence[str], place: int) -> bool:
    """Whether a column has one name over both rows, in one of them or in both, or a part of one.

    A part of one stands under another name as well.
    """
    below = lower[place] if place < len(lower) else ""
    return not below or upper[place] in ("", below) or lower.count(below) > 1


def _spread(upper: list[str], lower: Sequence[str]) -> list[str] | None:
    """Names that stand once over several columns, as text files have them, over each of those.

    The lower row must name what the upper one leaves out, and leave out the first.
    """
    width = max(len(upper), len(lower))
    above = [*upper, *([""] * (width - len(upper)))]
    below = [*lower, *([""] * (width - len(lower)))]
    gaps = [place for place in range(width) if not above[place] and below[place]]
    first = next(place for place in range(width) if above[place] or below[place])
    if not gaps or below[first]:
        return None
    for place in range(first + 1, width):
        if not above[place] and below[place]:
            above[place] = above[place - 1] if below[place - 1] else ""
    return above
