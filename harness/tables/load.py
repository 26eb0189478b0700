"""Read a table as people have it, typed, or say in one line what is wrong with it."""

from __future__ import annotations

import difflib
import itertools
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import InputError, did_you_mean
from harness.rows.grid import SUFFIXES, Grid, read_grid
from harness.rows.workbook import check_worked_out
from harness.tables.cell_read import CellError, Read
from harness.tables.cells import read_cell
from harness.tables.heads import names_at, plain_names
from harness.tables.table import Cell, Column, Key, Row, Table
from harness.tables.words import cell_words, key_words
from harness.text.display import fold, show

_HEADER_WITHIN = 10
_ROWS_NAMED = 6
_COLUMNS_NAMED = 30


def load_table(
    path: Path,
    columns: Sequence[Column],
    key: str | Key,
    sheet: str | None = None,
    ignore: Sequence[str] = (),
) -> Table:
    """Read the named columns of an xlsx, csv or tsv file.

    Args:
        path: the file.
        columns: the columns to read; others in the file are left alone.
        key: the name of the column that tells rows apart, or several together; each one of
            `columns`, none a list.
        sheet: the sheet of an xlsx; where it is None, the first that is not hidden and holds a
            table.
        ignore: what is no row of the table, by its first cell: 合计, or 注： for all such remarks.

    Returns:
        The table, its rows in the file's order, with a note on everything that was repaired.

    Raises:
        InputError: the file, sheet, a column or a cell is missing or wrong; says which.
    """
    several = key if isinstance(key, Key) else Key((key,), f"{{{key}}}")
    for name in several.columns:
        if name not in {column.name for column in columns}:
            names = [column.name for column in columns]
            raise InputError(
                f"{path}: the key {name!r} is none of the columns{did_you_mean(name, names)}"
            )
    grid = open_grid(path, sheet, table=True)
    notes = _Notes(list(grid.notes))
    header, heads = _find_header(path, grid, columns, notes)
    reader = _RowReader(path, grid, _places(path, heads, columns), several, notes)
    filled = _without(_filled_rows(path, grid, header, len(heads), notes), grid, ignore, notes)
    rows = _apart(path, several, map(reader.read, filled))
    if not rows:
        raise InputError(f"{path}: has a header in row {header + 1} and no rows under it")
    return Table(
        path.stem, several.name, tuple(columns), rows, notes.sentences(),
        several.columns if isinstance(key, Key) else (),
    )  # fmt: skip


def _apart(path: Path, key: Key, read: Iterable[Row]) -> tuple[Row, ...]:
    """The rows, of which no two have the same key."""
    rows: dict[str, Row] = {}
    for row in read:
        if row.key in rows:
            raise InputError(
                f"{path}: {key.name} {row.key!r} stands in row {rows[row.key].number} "
                f"and again in row {row.number}"
            )
        rows[row.key] = row
    return tuple(rows.values())


def open_grid(path: Path, sheet: str | None, *, table: bool = False) -> Grid:
    """Read a file's cells, as they are or, of a `table`, as they are shown.

    Raises:
        InputError: the file is missing or cannot be read, or lacks the sheet.
    """
    _check_exists(path)
    return read_grid(path, sheet, table=table)


@dataclass(frozen=True, slots=True)
class _Notes:
    """Collects what was noticed; the same repair in many rows becomes one sentence."""

    whole: list[str] = field(default_factory=list)
    by_row: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, row: int, column: str, repair: str) -> None:
        self.by_row.setdefault((column, repair), []).append(row)

    def sentences(self) -> tuple[str, ...]:
        repairs = (
            f"{_name_rows(rows)}: {column} {repair}"
            for (column, repair), rows in self.by_row.items()
        )
        return (*self.whole, *repairs)


def _name_rows(rows: Sequence[int]) -> str:
    if len(rows) == 1:
        return f"row {rows[0]}"
    named = ", ".join(str(row) for row in rows[:_ROWS_NAMED])
    more = len(rows) - _ROWS_NAMED
    return f"rows {named} and {more} more" if more > 0 else f"rows {named}"


@dataclass(frozen=True, slots=True)
class _RowReader:
    """Turns one row of the grid into typed cells. `places` maps a column to where it stands."""

    path: Path
    grid: Grid
    places: Mapping[int, Column]
    key: Key
    notes: _Notes

    def read(self, index: int) -> Row:
        """Read row `index` of the grid, counted from 0."""
        number = index + 1
        cells: dict[str, Cell] = {}
        for place, column in self.places.items():
            read = self._cell(index, place, column)
            cells[column.name] = read.value
            if read.repair:
                self.notes.add(number, column.name, read.repair)
        said: dict[str, str] = {}
        for column in self.places.values():
            if column.name in self.key.columns:
                said[column.name] = cell_words(column, cells[column.name])
        empty = next((name for name in self.key.columns if not said[name]), None)
        if empty is not None:
            raise InputError(f"{self.path}: row {number}: the key column {empty} is empty")
        alone = said[self.key.columns[0]] if len(said) == 1 else ""
        return Row(alone or key_words(self.key, said), cells, number)

    def _cell(self, index: int, place: int, column: Column) -> Read:
        row = self.grid.rows[index]
        where = f"{self.path}: row {index + 1}: {column.name}"
        raw = row[place] if place < len(row) else None
        check_worked_out(where, raw)
        try:
            return read_cell(raw, column)
        except CellError as error:
            raise InputError(f"{where} {error}") from error


def _check_exists(path: Path) -> None:
    if path.is_file():
        return
    if path.exists():
        raise InputError(f"{path}: a folder, not a table")
    if not path.parent.is_dir():
        raise InputError(f"{path}: no such file, and no folder {path.parent}")
    tables = [other.name for other in path.parent.iterdir() if other.suffix.lower() in SUFFIXES]
    raise InputError(f"{path}: no such file{did_you_mean(path.name, tables)}")


def _is_blank(row: Sequence[object]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not fold(cell)) for cell in row)


def _filled_rows(path: Path, grid: Grid, header: int, width: int, notes: _Notes) -> list[int]:
    """Return the rows under the header that hold anything, and note gaps between them."""
    below = range(header + 1, len(grid.rows))
    filled = [index for index in below if not _is_blank(grid.rows[index])]
    pairs = itertools.pairwise([header, *filled])
    gaps = [index + 1 for before, after in pairs for index in range(before + 1, after)]
    if gaps:
        notes.whole.append(f"{_name_rows(gaps)}: blank, skipped")
    for index in filled if grid.delimited else ():
        if not _is_blank(grid.rows[index][width:]):
            raise InputError(
                f"{path}: row {index + 1} has more cells than the header's {width}; "
                "put quotation marks around a cell that holds a separator"
            )
    return filled


def is_ignored(row: Sequence[object], words: Sequence[str]) -> bool:
    """Whether the first cell of a row that holds anything is one of the words.

    A word that ends in a colon stands for all that begins with it.
    """
    filled = (fold(str(cell)) for cell in row if not _is_blank([cell]))
    first = next(filled, "")
    return any(
        first == word or (word.endswith((":", "：")) and first.startswith(word))
        for word in map(fold, words)
    )


def _without(
    filled: Sequence[int], grid: Grid, ignore: Sequence[str], notes: _Notes
) -> Sequence[int]:
    """The filled rows but those to ignore, which are noted."""
    ignored = [index for index in filled if is_ignored(grid.rows[index], ignore)]
    if ignored:
        numbers = [index + 1 for index in ignored]
        notes.whole.append(f"{_name_rows(numbers)}: to be ignored, left out")
    return [index for index in filled if index not in ignored]


def heading(cell: object) -> str:
    """Return a header cell as it is compared: narrow, without any white space."""
    text = "" if cell is None else fold(str(cell))
    return "".join(unicodedata.normalize("NFKC", text).split())


def _find_header(
    path: Path, grid: Grid, columns: Sequence[Column], notes: _Notes
) -> tuple[int, Sequence[str]]:
    """Return the first row that holds every wanted column, so that a title above may stand.

    Names that stand in two rows are tried after those in one.
    """
    filled = [r for r, row in enumerate(grid.rows) if not _is_blank(row)][:_HEADER_WITHIN]
    if not filled:
        raise InputError(f"{path}: the table is empty")
    wanted = {heading(column.name) for column in columns}
    in_one = ((r, tuple(plain_names(grid, r))) for r in filled)
    in_two = ((r, names_at(grid, r).names) for r in filled)
    for index, names in itertools.chain(in_one, in_two):
        if wanted <= {heading(name) for name in names}:
            if index:
                notes.whole.append(f"row {index + 1}: taken as the header")
            return index, names
    return filled[0], plain_names(grid, filled[0])


def _places(path: Path, names: Sequence[str], columns: Sequence[Column]) -> dict[int, Column]:
    """Return which column stands where in the sheet."""
    headings = [heading(name) for name in names]
    places = {}
    for column in columns:
        wanted = heading(column.name)
        if wanted not in headings:
            found = [name for name, text in zip(names, headings, strict=True) if text]
            raise InputError(f"{path}: no column {column.name!r}{_nearest(column.name, found)}")
        if headings.count(wanted) > 1:
            raise InputError(f"{path}: the column {column.name!r} stands there twice")
        places[headings.index(wanted)] = column
    return places


def _nearest(name: str, found: Sequence[str]) -> str:
    """Name the nearest column and those that were found: headers are short, and often renamed."""
    near = difflib.get_close_matches(name, found, n=1)
    question = f"did you mean {show(near[0])}? " if near else ""
    return f" ({question}found: {', '.join(show(text) for text in found[:_COLUMNS_NAMED])})"
