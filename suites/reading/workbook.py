"""The workbooks and lists of passages that users have, a row at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.core import Finding
from harness.errors import InputError, did_you_mean
from harness.rows.decode import read_text
from harness.rows.workbook import Unsaved
from harness.tables.load import heading, open_grid

PASSAGE, QUESTIONS, ANSWERS = "阅读文本", "选项", "答案"
_HEADER_WITHIN = 10
_TITLES = ("passage", "text", "文本", "短文")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a workbook: its cells as text, empty where nothing stands.

    `where` names the file and the row as a person counts it.
    """

    where: str
    passage: str
    questions: str = ""
    answers: str = ""


def read_workbook(path: Path) -> Iterator[Row | Finding]:
    """Yield the rows of a workbook, and a finding for each that cannot be read.

    Rows without anything in the three columns are skipped.

    Raises:
        InputError: the file cannot be read, or lacks one of the columns.
    """
    grid = open_grid(path, None)
    for note in grid.notes:
        yield Finding("workbook", path.name, note)
    header, places = _columns(path, grid.rows)
    for number, cells in enumerate(grid.rows[header + 1 :], start=header + 2):
        where = f"{path.name}: row {number}"
        taken = [cells[place] if place < len(cells) else None for place in places]
        if any(isinstance(cell, Unsaved) for cell in taken):
            detail = "a cell is a formula whose result was never saved; save the file anew"
            yield Finding("formula", where, detail, lost=True)
            continue
        passage, questions, answers = map(_text, taken)
        if passage or questions or answers:
            yield Row(where, passage, questions, answers)


def read_passages(path: Path) -> Iterator[Row]:
    """Yield passages without questions.

    A `.txt` holds them with empty lines between; a table in its column 阅读文本, or in the only
    column there is.

    Raises:
        InputError: the file cannot be read, or holds no such column.
    """
    if path.suffix.lower() in (".txt", ".md"):
        yield from _paragraphs(path)
        return
    rows = open_grid(path, None).rows
    wanted = {heading(PASSAGE), *_TITLES}
    for index, cells in enumerate(rows[:_HEADER_WITHIN]):
        names = [heading(cell).casefold() for cell in cells]
        if wanted & set(names):
            place = next(place for place, name in enumerate(names) if name in wanted)
            yield from _below(path, rows, index + 1, place)
            return
    if any(_text(cell) for cells in rows for cell in cells[1:]):
        raise InputError(f"{path}: no column {PASSAGE!r} (found: {', '.join(map(_text, rows[0]))})")
    yield from _below(path, rows, 0, 0)


def _below(path: Path, rows: Sequence[Sequence[object]], first: int, place: int) -> Iterator[Row]:
    for number, cells in enumerate(rows[first:], start=first + 1):
        passage = _text(cells[place]) if place < len(cells) else ""
        if passage:
            yield Row(f"{path.name}: row {number}", passage)


def _paragraphs(path: Path) -> Iterator[Row]:
    text, _ = read_text(path)
    began, lines = 0, list[str]()
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip():
            began = began if lines else number
            lines.append(line.strip())
        elif lines:
            yield Row(f"{path.name}: line {began}", "\n".join(lines))
            lines = []


def _columns(path: Path, rows: Sequence[Sequence[object]]) -> tuple[int, list[int]]:
    """Where the header stands, counted from 0, and the three columns in it."""
    wanted = [heading(name) for name in (PASSAGE, QUESTIONS, ANSWERS)]
    for index, cells in enumerate(rows[:_HEADER_WITHIN]):
        names = [heading(cell) for cell in cells]
        if all(name in names for name in wanted):
            twice = next((name for name in wanted if names.count(name) > 1), None)
            if twice is not None:
                raise InputError(f"{path}: the column {twice!r} stands there twice")
            return index, [names.index(name) for name in wanted]
    filled = next((cells for cells in rows if any(map(_text, cells))), None)
    if filled is None:
        raise InputError(f"{path}: the workbook is empty")
    found = [_text(cell) for cell in filled if _text(cell)]
    missing = next(name for name in wanted if name not in map(heading, found))
    short = [name if len(name) <= 20 else f"{name[:19]}…" for name in found[:30]]
    raise InputError(f"{path}: row 1: no column {missing!r}{did_you_mean(missing, short)}")


def _text(cell: object) -> str:
    """A cell as text; numbers as a person types them, spreadsheet errors as nothing."""
    if cell is None or isinstance(cell, Unsaved):
        return ""
    if isinstance(cell, float):
        return "" if cell != cell else f"{cell:g}"  # noqa: PLR0124  # only NaN differs from itself
    return str(cell).strip()
