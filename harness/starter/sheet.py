"""Which rows and columns of a sheet are the table: title rows, gaps and totals are told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError
from harness.question_files.columns import find_columns, is_question_file
from harness.question_files.guesses import columns_of
from harness.rows.grid import Grid
from harness.rows.workbook import check_worked_out
from harness.starter.beside import two_tables
from harness.starter.cells import letter, rows_named, texts_of
from harness.starter.decimals import has_decimal_commas
from harness.starter.remarks import no_rows
from harness.tables.cells import is_missing
from harness.tables.heads import Names, names_at
from harness.tables.load import heading, is_ignored, open_grid
from harness.tables.units import split_unit
from harness.text.display import fold, show

ANOTHER = "; --sheet NAME reads another"
MAX_ROWS = 20_000
MAX_COLUMNS = 100
_HEADER_WITHIN = 10
_LOOKED_AT = 200
_DATE_OR_TIME = re.compile(r"[0-9]{1,4}[-/:.年][0-9]{1,2}.*")
_UNIT_ABOVE = re.compile(r"[(（]?(?:计量|金额)?(?:单位|units?)\s?[:：]", re.IGNORECASE)
# A year, a quarter or a half of one, the question of a test: names that look like values.
_PERIOD = re.compile(r"(?:19|20)[0-9]{2}|(?:(?:19|20)[0-9]{2} ?)?[QH][0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A named column as the file has it: its cells stand in the order of the rows."""

    name: str
    cells: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table within a sheet.

    `title` is what stands above the header, `ignore` the first cells of rows that are no rows of
    the table, `numbers` those of the rows that are, as a spreadsheet program shows them. `sheet`
    is the name of the sheet in a workbook of several, `commas` whether numbers have decimal commas.
    """

    path: Path
    columns: tuple[RawColumn, ...]
    numbers: tuple[int, ...]
    title: str
    ignore: tuple[str, ...]
    notes: tuple[str, ...]
    sheet: str = ""
    commas: bool = False


def read_sheet(path: Path, sheet: str | None) -> Sheet:
    """Find the table in a file.

    Raises:
        InputError: the file is missing, empty, too large or damaged, holds two tables or questions,
            has no header, a single column, or formulas without a result; says which.
    """
    grid = open_grid(path, sheet, table=True)
    filled = [r for r, row in enumerate(grid.rows) if texts_of(row)]
    if not filled:
        raise InputError(f"{path}: the table is empty{_elsewhere(grid)}")
    if where := two_tables(grid, filled):
        raise InputError(
            f"{path}: two tables stand side by side, in {where}: put the second on a sheet or in a "
            "file of its own"
        )
    header = _find_header(path, grid, filled)
    names = names_at(grid, header)
    below = [r for r in filled if r > header]
    _refuse_questions(path, names, [grid.rows[r] for r in below[:_LOOKED_AT]])
    ignore = no_rows(grid, header, below)
    rows = [r for r in below if not is_ignored(grid.rows[r], ignore)]
    _check_rows(path, header, rows)
    columns, notes = _columns(path, grid, names, rows)
    top = header - names.two_rows
    title = " ".join(texts_of(grid.rows[r])[0] for r in filled if r < top)
    notes = [*_about_header(grid, header, names), *_units_above(grid, filled, top), *notes]
    kept = {*rows}
    if left := [r + 1 for r in below if r not in kept]:
        notes.append(f"{rows_named(left)} left out: {', '.join(ignore)}")
    commas = grid.separator == ";" and any(has_decimal_commas(c.cells) for c in columns)
    return Sheet(
        path, tuple(columns), tuple(r + 1 for r in rows), title, ignore,
        (*(note + ANOTHER for note in grid.notes), *notes),
        grid.sheet, commas,
    )  # fmt: skip


def _elsewhere(grid: Grid) -> str:
    """What to do where the sheet is not the one that was meant."""
    return f": {grid.notes[0]}{ANOTHER}" if grid.notes else ""


def _refuse_questions(path: Path, names: Names, rows: Sequence[Sequence[object]]) -> None:
    """Refuse a file of questions and answers: neither names a thing."""
    named = [name for name in names.names if name]
    found = find_columns(named)
    if "answer" not in found.fields or not is_question_file(found, named):
        return
    if columns_of([dict(zip(names.names, row, strict=False)) for row in rows]).is_questions:
        asked, answered = (found.fields.get(name, "messages") for name in ("question", "answer"))
        raise InputError(
            f"{path}: holds questions and answers ({asked}, {answered}), and no table of things: "
            "suite: {name: questions, data: ...} asks them"
        )


def _check_rows(path: Path, header: int, rows: Sequence[int]) -> None:
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


def _about_header(grid: Grid, header: int, names: Names) -> list[str]:
    """Where the header stands, and what of its upper row is in no name."""
    notes = [f"row {header + 1} is the header"] if header else []
    notes += _above_both(grid, header - names.two_rows, names)
    if names.left_out:
        listed = ", ".join(names.left_out)
        notes.append(f"row {header}: {listed} left out of the columns' names")
    elif names.two_rows:
        notes.append(f"row {header}: joined to the names under it where those stand twice")
    return notes


def _above_both(grid: Grid, top: int, names: Names) -> list[str]:
    """What stands over several columns yet higher, as 上半年 over 一季度 and 二季度 does."""
    over = [s for s in grid.merged if s.bottom < top and 0 < s.left < s.right]
    rows: dict[int, list[str]] = {}
    for span in over:
        rows.setdefault(span.top, []).append(fold(str(grid.rows[span.top][span.left])))
    return [
        f"row {row + 1}: {', '.join(dict.fromkeys(said))} left out of the columns' names"
        for row, said in rows.items()
        if len({*texts_of(grid.rows[row])}) > 1 and not {*said} & {*names.names}
    ]


def _units_above(grid: Grid, filled: Sequence[int], top: int) -> list[str]:
    """That a unit over the whole table is not read: no one can say which columns count in it."""
    above = [(r, text) for r in filled if r < top for text in texts_of(grid.rows[r])]
    return [
        f"row {r + 1}: {text} is not read: write the unit behind the names that it belongs to"
        for text, r in {text: r for r, text in above}.items()
        if _UNIT_ABOVE.match(text)
    ]


def _first(row: Sequence[object]) -> str:
    return next(iter(texts_of(row)), "")


# --- the header ----------------------------------------------------------------------------------


def _find_header(path: Path, grid: Grid, filled: Sequence[int]) -> int:
    """The first row near the top that is as wide as the rows below it and holds names only.

    Raises:
        InputError: there is none, or it stands in two rows that do not belong together.
    """
    widths = sorted(len(texts_of(grid.rows[r])) for r in filled)
    typical = widths[len(widths) // 2]
    wide = [r for r in filled[:_HEADER_WITHIN] if len(texts_of(grid.rows[r])) >= 0.6 * typical]
    if typical < 2:
        raise InputError(
            f"{path}: holds one column: questions need one that tells rows apart and one to ask "
            f"for{_elsewhere(grid)}"
        )
    header = next((r for r in wide if _is_header(grid.rows[r]) or _is_upper(grid, r)), None)
    if header is None:
        if twice := _named_twice(grid.rows[wide[0]]):
            raise InputError(f"{path}: row {wide[0] + 1}: {twice}: give each column its own name")
        raise InputError(
            f"{path}: row {wide[0] + 1} looks like data ({show(_first(grid.rows[wide[0]]))}): put "
            f"a row with the columns' names above it{_elsewhere(grid)}"
        )
    return _lowest(path, grid, header)


def _is_header(row: Sequence[object]) -> bool:
    """Whether a row holds names: text in each cell, most of it no value, most of it different."""
    texts = texts_of(row)
    if len({*texts}) < 2 or 2 * len({*texts}) <= len(texts):
        return False
    if any(not isinstance(c, str) and not isinstance(c, int) for c in row if texts_of([c])):
        return False
    return _are_names(texts)


def _are_names(texts: Sequence[str]) -> bool:
    return 2 * sum(map(_is_value, texts)) < len(texts)


def _is_value(text: str) -> bool:
    if _PERIOD.fullmatch(text):  # as above a column of 2023's numbers
        return False
    return is_missing(text) or split_unit(text) is not None or bool(_DATE_OR_TIME.fullmatch(text))


def _lowest(path: Path, grid: Grid, header: int) -> int:
    """The row with the names of single columns, where those above it stand over several.

    Raises:
        InputError: the row below does not name each column, and names are merged over several.
    """
    if _is_upper(grid, header):
        return header + 1
    merged = [s for s in grid.merged if s.top <= header <= s.bottom and s.right > s.left]
    if not merged:
        return header
    name = show(fold(str(grid.rows[merged[0].top][merged[0].left])))
    raise InputError(
        f"{path}: row {header + 1}: the header {name} is merged over several columns: write one "
        "name above each column"
    )


def _is_upper(grid: Grid, row: int) -> bool:
    """Whether a row's names stand over several columns, each named in the row below."""
    below = row + 1
    if below >= len(grid.rows) or not texts_of(grid.rows[below]):
        return False
    names = names_at(grid, below)
    said = [name for name in names.names if name]
    own = [name for name in said if name not in names.joined]
    return names.two_rows and len({*said}) == len(said) and (_are_names(own) or not own)


def _named_twice(row: Sequence[object]) -> str:
    """Which name stands above which columns, empty where each stands once and none is a value."""
    texts = texts_of(row)
    names = [fold("" if cell is None else str(cell)) for cell in row]
    twice = next((text for text in texts if texts.count(text) > 1), "")
    if not twice or not _are_names(texts):
        return ""
    return _stands_above(twice, [c for c, name in enumerate(names) if name == twice])


def _stands_above(name: str, places: Sequence[int]) -> str:
    *others, last = map(letter, places)
    return f"{name} stands above columns {', '.join(others)} and {last}"


# --- columns -------------------------------------------------------------------------------------


def _columns(
    path: Path, grid: Grid, header: Names, rows: Sequence[int]
) -> tuple[list[RawColumn], list[str]]:
    """The columns that have a name of their own, and what is said of the others."""
    columns: list[RawColumn] = []
    notes: list[str] = []
    twice: dict[str, list[int]] = {}
    names = header.names
    plain = [heading(name) for name in names]
    width = max(len(grid.rows[r]) for r in rows)
    for place in range(max(width, len(names))):
        cells = tuple(_cell(grid, r, place) for r in rows)
        name = names[place] if place < len(names) else ""
        if all(map(is_missing, cells)):
            if name:
                notes.append(f"{name}: holds nothing, left out")
        elif not name:
            notes.append(f"column {letter(place)} has no name, left out")
        elif "{" in name or "}" in name:
            notes.append(f"{name}: has braces in its name, which phrasings use; left out")
        elif plain.count(plain[place]) > 1:
            twice.setdefault(name, []).append(place)
            notes.append(f"column {letter(place)} is one of several named {name}, left out")
        else:
            columns.append(RawColumn(name, _checked(path, name, cells, rows)))
    _check_columns(path, columns, twice)
    return columns, notes


def _check_columns(path: Path, columns: Sequence[RawColumn], twice: dict[str, list[int]]) -> None:
    if len(columns) < 2:
        several = [_stands_above(name, places) for name, places in twice.items() if places[1:]]
        raise InputError(
            f"{path}: has {len(columns) or 'no'} column with a name and values"
            + (f": {several[0]}: give each its own" if several else "")
            + ": questions need one that tells rows apart and one to ask for"
        )
    if len(columns) > MAX_COLUMNS:
        raise InputError(f"{path}: has {len(columns)} columns, and podium init takes {MAX_COLUMNS}")


def _cell(grid: Grid, row: int, place: int) -> object:
    cells = grid.rows[row]
    return cells[place] if place < len(cells) else None


def _checked(
    path: Path, name: str, cells: tuple[object, ...], rows: Sequence[int]
) -> tuple[object, ...]:
    for cell, row in zip(cells, rows, strict=True):
        check_worked_out(f"{path}: row {row + 1}: {name}", cell)
    return cells
