"""Which rows and columns of a sheet are the table: title rows, gaps and totals are told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError
from harness.tables.cells import is_missing
from harness.tables.grid import Grid, Unsaved
from harness.tables.load import heading, is_ignored, open_grid
from harness.tables.reading import fold, show
from harness.tables.units import split_unit

MAX_ROWS = 20_000
MAX_COLUMNS = 100
_HEADER_WITHIN = 10
_DATE_OR_TIME = re.compile(r"[0-9]{1,4}[-/:.年][0-9]{1,2}.*")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_COLON = re.compile(r"^[^:：]{1,8}[:：]")
_TOTALS = re.compile(
    r"(?:合计|总计|小计|共计|总和|汇总|平均值?|(?:grand |sub)?total|sum|average)[:：]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A named column as the file has it: its cells stand in the order of the rows."""

    name: str
    cells: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table within a sheet.

    `title` is what stands above the header, `ignore` the first cells of rows that are no rows of
    the table, `numbers` those of the rows that are, as a spreadsheet program shows them.
    """

    path: Path
    columns: tuple[RawColumn, ...]
    numbers: tuple[int, ...]
    title: str
    ignore: tuple[str, ...]
    notes: tuple[str, ...]


def read_sheet(path: Path, sheet: str | None) -> Sheet:
    """Find the table in a file.

    Raises:
        InputError: the file is missing, empty, too large or damaged, has no header, a header in
            two rows, a single column, or formulas without a result; says which.
    """
    grid = open_grid(path, sheet)
    filled = [r for r, row in enumerate(grid.rows) if _texts(row)]
    if not filled:
        raise InputError(f"{path}: the table is empty")
    header = _find_header(path, grid, filled)
    below = [r for r in filled if r > header]
    ignore = _no_rows(grid, below)
    rows = [r for r in below if not is_ignored(grid.rows[r], ignore)]
    if len(rows) < 2:
        raise InputError(
            f"{path}: holds {len(rows) or 'no'} row{'s' if not rows else ''} under its header in "
            f"row {header + 1}: questions need at least two"
        )
    if len(rows) > MAX_ROWS:
        raise InputError(
            f"{path}: has {len(rows):,} rows, and podium init takes {MAX_ROWS:,}: keep those that "
            "questions are to be about"
        )
    columns, notes = _columns(path, grid, header, rows)
    title = " ".join(_texts(grid.rows[r])[0] for r in filled if r < header)
    if header:
        notes.insert(0, f"row {header + 1} is the header")
    if left := [r + 1 for r in below if r not in rows]:
        notes.append(f"{_rows(left)} left out: {', '.join(ignore)}")
    return Sheet(
        path, tuple(columns), tuple(r + 1 for r in rows), title, ignore,
        (*grid.notes, *notes),
    )  # fmt: skip


def _texts(row: Sequence[object]) -> list[str]:
    """The cells of a row that hold anything, as text."""
    texts = (fold(str(cell)) for cell in row if cell is not None)
    return [text for text in texts if text]


def _first(row: Sequence[object]) -> str:
    return next(iter(_texts(row)), "")


def _rows(numbers: Sequence[int]) -> str:
    listed = ", ".join(map(str, numbers[:6])) + (", ..." if len(numbers) > 6 else "")
    return f"row {listed}" if len(numbers) == 1 else f"rows {listed}"


# --- the header ----------------------------------------------------------------------------------


def _find_header(path: Path, grid: Grid, filled: Sequence[int]) -> int:
    """The first row near the top that is as wide as the rows below it and holds names only.

    Raises:
        InputError: there is none, or it stands in two rows.
    """
    widths = sorted(len(_texts(grid.rows[r])) for r in filled)
    typical = widths[len(widths) // 2]
    wide = [r for r in filled[:_HEADER_WITHIN] if len(_texts(grid.rows[r])) >= 0.6 * typical]
    if typical < 2:
        raise InputError(
            f"{path}: holds one column: questions need one that tells rows apart and one to ask for"
        )
    header = next((r for r in wide if _is_header(grid.rows[r])), None)
    if header is None:
        raise InputError(
            f"{path}: row {wide[0] + 1} looks like data ({show(_first(grid.rows[wide[0]]))}): put "
            "a row with the columns' names above it"
        )
    return _lowest(path, grid, header)


def _is_header(row: Sequence[object]) -> bool:
    """Whether a row holds names: text in each cell, most of it no value, most of it different."""
    texts = _texts(row)
    if len({*texts}) < 2 or 2 * len({*texts}) <= len(texts):
        return False
    if any(not isinstance(c, str) and not isinstance(c, int) for c in row if _texts([c])):
        return False
    values = sum(_is_value(text) for text in texts)
    return 2 * values < len(texts)


def _is_value(text: str) -> bool:
    if _YEAR.fullmatch(text):  # as above a column of 2023's numbers
        return False
    return is_missing(text) or split_unit(text) is not None or bool(_DATE_OR_TIME.fullmatch(text))


def _lowest(path: Path, grid: Grid, header: int) -> int:
    """The row with the names of single columns, where names are merged over several.

    Raises:
        InputError: the row below does not name each column by itself.
    """
    merged = [s for s in grid.merged if s.top <= header <= s.bottom and s.right > s.left]
    if not merged:
        return header
    below = header + 1
    texts = _texts(grid.rows[below]) if below < len(grid.rows) else []
    if texts and len({*texts}) == len(texts) and _is_header(grid.rows[below]):
        return below
    name = show(fold(str(grid.rows[merged[0].top][merged[0].left])))
    raise InputError(
        f"{path}: row {header + 1}: the header {name} is merged over several columns: write one "
        "name above each column"
    )


# --- rows and columns ----------------------------------------------------------------------------


def _no_rows(grid: Grid, below: Sequence[int]) -> tuple[str, ...]:
    """The first cells of rows that are none: totals, and a lone text in a table of columns."""
    widths = sorted(len(_texts(grid.rows[r])) for r in below)
    is_wide = bool(widths) and widths[len(widths) // 2] >= 3
    found: dict[str, None] = {}
    for r in below:
        texts = _texts(grid.rows[r])
        if is_wide and len({*texts}) == 1:
            remark = _COLON.match(texts[0])
            found[remark[0] if remark else texts[0]] = None
        elif _TOTALS.fullmatch(texts[0]):
            found[texts[0]] = None
    return tuple(found)


def _columns(
    path: Path, grid: Grid, header: int, rows: Sequence[int]
) -> tuple[list[RawColumn], list[str]]:
    """The columns that have a name of their own, and what is said of the others."""
    columns: list[RawColumn] = []
    notes: list[str] = []
    names = [fold("" if cell is None else str(cell)) for cell in grid.rows[header]]
    plain = [heading(name) for name in names]
    width = max(len(grid.rows[r]) for r in rows)
    for place in range(max(width, len(names))):
        cells = tuple(_cell(grid, r, place) for r in rows)
        name = names[place] if place < len(names) else ""
        if all(map(is_missing, cells)):
            if name:
                notes.append(f"{name}: holds nothing, left out")
        elif not name:
            notes.append(f"column {_letter(place)} has no name, left out")
        elif "{" in name or "}" in name:
            notes.append(f"{name}: has braces in its name, which phrasings use; left out")
        elif plain.count(plain[place]) > 1:
            notes.append(f"column {_letter(place)} is one of several named {name}, left out")
        else:
            columns.append(RawColumn(name, _checked(path, name, cells, rows)))
    if len(columns) < 2:
        raise InputError(
            f"{path}: has {len(columns) or 'no'} column with a name and values: questions need one "
            "that tells rows apart and one to ask for"
        )
    if len(columns) > MAX_COLUMNS:
        raise InputError(f"{path}: has {len(columns)} columns, and podium init takes {MAX_COLUMNS}")
    return columns, notes


def _cell(grid: Grid, row: int, place: int) -> object:
    cells = grid.rows[row]
    return cells[place] if place < len(cells) else None


def _checked(
    path: Path, name: str, cells: tuple[object, ...], rows: Sequence[int]
) -> tuple[object, ...]:
    for cell, row in zip(cells, rows, strict=True):
        if isinstance(cell, Unsaved):
            raise InputError(
                f"{path}: row {row + 1}: {name} is a formula whose result was never saved "
                f"({show(cell.formula)}); open the file in a spreadsheet program and save it"
            )
        if isinstance(cell, float) and cell != cell:  # noqa: PLR0124  # only NaN differs from itself
            raise InputError(
                f"{path}: row {row + 1}: {name} holds a spreadsheet error such as #REF! or #N/A"
            )
    return cells


def _letter(place: int) -> str:
    """A column as spreadsheet programs call it: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
