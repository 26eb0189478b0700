"""Two tables side by side in a sheet, with an empty column between them."""

from __future__ import annotations

from collections.abc import Sequence

from harness.rows.grid import Grid
from harness.rows.labels import ends_in_colon, is_label, is_total
from harness.starter.cells import letter, texts_of
from harness.starter.headers import subject_of

_Block = tuple[int, int]


def two_tables(grid: Grid, filled: Sequence[int]) -> str:
    """Where two tables stand, as `columns A to B and D to E`; empty where there is one.

    An empty column alone makes no two: it may part the columns of one table. They are two where
    they name a column alike, do not have the same rows, both begin with names of things, or the
    second has values that its first row gives no name.
    """
    rows = [grid.rows[r] for r in filled if len({*texts_of(grid.rows[r])}) > 1]
    blocks = [block for block in _blocks(rows) if block[1] > block[0]]
    if len(blocks) < 2:
        return ""
    left, right = blocks[:2]
    both = [row for row in rows if _half(row, left) and _half(row, right)]
    while both and all(len({*_cut(both[0], block)}) == 1 for block in (left, right)):
        both.pop(0)  # a title above each
    if not both:
        return ""
    two = _alike(both[0], left, right) or _apart(rows, left, right) or _unnamed(both, right)
    if not two:
        return ""
    said = [f"{letter(start)} to {letter(end)}" for start, end in (left, right)]
    return f"columns {said[0]} and {said[1]}"


def _blocks(rows: Sequence[Sequence[object]]) -> list[_Block]:
    """Runs of columns with anything in them, first and last."""
    width = max(map(len, rows), default=0)
    blocks: list[_Block] = []
    for place in range(width):
        if not any(texts_of(row[place : place + 1]) for row in rows):
            continue
        if blocks and blocks[-1][1] == place - 1:
            blocks[-1] = (blocks[-1][0], place)
        else:
            blocks.append((place, place))
    return blocks


def _cut(row: Sequence[object], block: _Block) -> list[str]:
    return texts_of(row[block[0] : block[1] + 1])


def _half(row: Sequence[object], block: _Block) -> bool:
    """Whether at least half of a block's columns hold something in a row."""
    return 2 * len(_cut(row, block)) > block[1] - block[0]


def _alike(header: Sequence[object], left: _Block, right: _Block) -> bool:
    """Whether the headers share a name, or both begin with one of things that rows are."""
    names = _cut(header, left), _cut(header, right)
    subjects = [subject_of(found[:1]) for found in names]
    return bool({*names[0]} & {*names[1]}) or all(subjects)


def _apart(rows: Sequence[Sequence[object]], left: _Block, right: _Block) -> bool:
    """Whether a row holds several cells of one of the two only, and is no total."""
    alone = [row for row in rows if _half(row, left) != _half(row, right)]
    firsts = [texts[0] for row in alone if len(texts := texts_of(row)) > 1]
    return any(not (is_total(f) or is_label(f) or ends_in_colon(f)) for f in firsts)


def _unnamed(rows: Sequence[Sequence[object]], block: _Block) -> bool:
    """Whether most rows under the first have a value in a column of a block that has no name."""
    header, *below = rows
    return any(
        not texts_of(header[place : place + 1])
        and 2 * sum(bool(texts_of(row[place : place + 1])) for row in below) > len(below)
        for place in range(block[0], block[1] + 1)
    )
