"""Which rows under a header are none of the table: totals, signatures, notes, the header again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.rows.grid import Grid
from harness.rows.labels import ends_in_colon, is_label, is_role, is_starred, is_total
from harness.starter.cells import texts_of
from harness.tables.heads import plain_names
from harness.tables.units import split_unit

_MOST_AT_END, _LONGEST_NAME = 12, 10


def no_rows(grid: Grid, header: int, below: Sequence[int]) -> tuple[str, ...]:
    """What tells rows that are none of the table, by their first cells, as the loader takes it.

    Args:
        grid: the sheet.
        header: the row with the names, from 0.
        below: the rows under it that hold anything.
    """
    widths = sorted(len(texts_of(grid.rows[r])) for r in below)
    typical = widths[len(widths) // 2] if widths else 0
    found: dict[str, None] = {}
    for r in below:
        texts = texts_of(grid.rows[r])
        if typical >= 3 and len({*texts}) == 1:
            found[ends_in_colon(texts[0]) or texts[0]] = None
        elif is_total(texts[0]) or texts == texts_of(grid.rows[header]):
            found[texts[0]] = None
    for r in _at_end(grid, header, below, typical):
        found[_mark(texts_of(grid.rows[r])[0])] = None
    return tuple(found)


def _at_end(grid: Grid, header: int, below: Sequence[int], typical: int) -> Iterator[int]:
    """The rows at the end that say who made the table, when and from what, or sum it up.

    From the last one up to the first that is a row of the table.
    """
    first = next((c for c, name in enumerate(plain_names(grid, header)) if name), 0)
    for r in list(reversed(below))[:_MOST_AT_END]:
        texts = texts_of(grid.rows[r])
        after_gap = r - 1 > header and not texts_of(grid.rows[r - 1])
        alone = len(texts) == 1 and (after_gap or _is_sentence(texts[0]))
        narrow = typical >= 3 and 2 * len(texts) < typical + (1 if after_gap else 0)
        named = is_label(texts[0]) or is_starred(texts[0]) or _is_remark(texts, typical)
        if named or alone or (narrow and after_gap) or _is_bare_sum(grid, r, first, typical):
            yield r
        elif not (is_total(texts[0]) or len({*texts}) == 1):
            return


def _is_sentence(text: str) -> bool:
    """Whether a text is what one writes below a table: a sentence, as no name of a thing is."""
    return text.endswith(("。", "！", ".")) or ("，" in text and len(text) > _LONGEST_NAME)


def _is_remark(texts: Sequence[str], typical: int) -> bool:
    """Whether a row that is not full begins with a word and a colon, or with one for a person."""
    begins = bool(ends_in_colon(texts[0])) or is_role(texts[0])
    return begins and len(texts) < max(typical, 2)


def _is_bare_sum(grid: Grid, row: int, first: int, typical: int) -> bool:
    """Whether a row has numbers alone, and nothing under the first name."""
    cells = grid.rows[row]
    texts = texts_of(cells)
    bare = first >= len(cells) or not texts_of(cells[first : first + 1])
    return bare and len(texts) < typical and all(map(split_unit, texts))


def _mark(text: str) -> str:
    """What the loader knows such a row by: all that begins with a label and a colon."""
    return ends_in_colon(text) or text
