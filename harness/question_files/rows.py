"""Rows of a question file under the names of the fields, whatever its columns are called."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from harness.errors import InputError, did_you_mean
from harness.question_files.choices import as_text, unlabelled
from harness.question_files.columns import FIELDS, Columns, find_columns
from harness.question_files.guesses import columns_of
from harness.question_files.headers import header_finder, numbered, unnamed
from harness.question_files.nested import flat, rows_inside
from harness.question_files.portions import PARTS, SHEETS
from harness.rows.about import About, Header, Row
from harness.rows.strict import read_rows
from harness.text.display import short

_LOOKED_AT = 200
_NUMBERED = re.compile(
    r"\s*(?:第\s*(\d+)\s*[题问][.、:：)）]?|[(（]\s*(\d+)\s*[)）]|[QqAa]?(\d+)\s*[.．、:：)）])(?!\d)\s*(?=\S)"
)
_LEAST_NUMBERED = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One row.

    Args:
        where: its place, for messages.
        fields: what it holds, by field; a field that is not there is absent.
        options: what its options say, by letter, where they have columns of their own.
    """

    where: str
    fields: Mapping[str, Any]
    options: Mapping[str, str] = field(default_factory=dict)


def is_blank(value: object) -> bool:
    """Whether a field says nothing; NaN is how pandas writes a missing one."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, float):
        return math.isnan(value)
    return value is None


def holds_nothing(value: object) -> bool:
    """Whether a field that may hold a list or an object says nothing."""
    return is_blank(value) or (isinstance(value, list | dict) and not value)


def text_of(entry: Entry, name: str) -> str:
    """A field as text: spreadsheets hold numbers where people see names.

    An object with a `text` says that, and more of it: {"text": ..., "lang": "en"}.

    Raises:
        InputError: it holds no text.
    """
    value = entry.fields.get(name)
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        value = value["text"]
    if isinstance(value, bool | list | dict):
        raise InputError(f"{entry.where}: {name} must be text, not {short(value)}")
    return "" if is_blank(value) else as_text(value)


def read_entries(
    path: Path, columns: Columns | None, sheet: str | None, about: About
) -> tuple[Columns, list[Entry]]:
    """Read all rows of a file.

    Args:
        path: the file.
        columns: which column holds what; found by their names where `None`.
        sheet: of a workbook; where `None`, the first that holds a table, and those that ask and
            answer under the same names.
        about: is told what was not read.

    Raises:
        InputError: it cannot be read, holds nothing to ask, or lacks a column.
    """
    rows = list(_read(path, columns, sheet, about))
    names = list(dict.fromkeys(name for _, row in rows for name in row))
    if not rows:
        raise InputError(f"{path}: holds no question")
    if columns is None:
        columns = _columns(_telling([row for _, row in rows]))
        if not columns.asks:
            raise InputError(
                f"{path}: no column asks a question (found: {named(names)}): say which one does: "
                "suite.columns: {question: ..., answer: ...}"
            )
        _check_alone(path, columns, names)
    _check_columns(path, columns, names)
    _check_once(path, columns, about)
    return columns, [_entry(where, row, columns) for where, row in rows]


def _telling(rows: Sequence[Row]) -> list[Row]:
    """The rows that tell what the columns hold: the first, and each that has a column more."""
    told = list(rows[:_LOOKED_AT])
    known = {name for row in told for name in row}
    for row in rows[_LOOKED_AT:]:
        if not row.keys() <= known:
            known.update(row)
            told.append(row)
    return told


def holds_questions(path: Path, sheet: str | None) -> bool:
    """Tell whether a file is one of questions by its columns; a table of things is none.

    Raises:
        InputError: its first row cannot be read.
    """
    headers: list[Header] = []

    def noted(cells: Sequence[Sequence[object]]) -> Header | None:
        header = header_finder(None)(cells)
        headers.extend([] if header is None else [header])
        return header

    found = read_rows(path, (), sheet=sheet, find_header=noted)
    rows = [row for _, row in itertools.islice(found, _LOOKED_AT)]
    if not rows:
        return bool(headers)
    return columns_of(rows).is_questions or _unnamed(rows) is not None


def _read(
    path: Path, columns: Columns | None, sheet: str | None, about: About
) -> Iterator[tuple[str, Row]]:
    """The rows of a file, with what their objects hold."""
    rows = read_rows(
        path, FIELDS, sheet=sheet, find_header=header_finder(columns), rows_inside=rows_inside,
        sheets=SHEETS, about=about,
    )  # fmt: skip
    return ((where, flat(row)) for where, row in rows)


def _columns(rows: Sequence[Row]) -> Columns:
    columns = _unnamed(rows)
    return columns_of(rows).columns if columns is None else columns


def _unnamed(rows: Sequence[Row]) -> Columns | None:
    """The columns of a table without a header; `None` where it has one."""
    names = list(rows[0])
    return unnamed(rows) if names == numbered(len(names)) else None


def named(names: Sequence[str]) -> str:
    """Some names of columns, on one line."""
    told = [name if name.isprintable() else repr(name) for name in names]
    return ", ".join(told[:20]) + (f" and {len(told) - 20} more" if len(told) > 20 else "")


def _check_columns(path: Path, columns: Columns, names: Sequence[str]) -> None:
    for field_, name in columns.taken().items():
        if name not in names:
            raise InputError(
                f"{path}: no column {name!r}, which suite.columns.{field_} names"
                f"{did_you_mean(name, names)} (found: {named(names)})"
            )


def _check_once(path: Path, columns: Columns, about: About) -> None:
    """Refuse a column that is taken where its name stands over others with other cells."""
    for name in columns.taken().values():
        if name in about.repeated:
            raise InputError(
                f"{path}: the column {name!r} stands there twice: give each its own name, or put "
                "one question on each row"
            )


def _check_alone(path: Path, columns: Columns, names: Sequence[str]) -> None:
    """Refuse a second question and answer on each row, by the same names spelled otherwise."""
    taken = [columns.fields.get(name, "") for name in ("question", "answer")]
    again = [[other for other in names if _is_again(other, name)] for name in taken if name]
    if len(again) > 1 and all(again):
        raise InputError(
            f"{path}: the columns {taken[0]!r} and {taken[1]!r} stand there twice "
            f"({again[0][0]!r}, {again[1][0]!r}): put one question on each row"
        )


def _is_again(other: str, name: str) -> bool:
    """Whether a name is another once more, but for its case, or as pandas counts it: 题目.1."""
    return other != name and (
        other.casefold() == name.casefold()
        or re.fullmatch(re.escape(name) + r"\.\d", other) is not None
    )


def _entry(where: str, row: Row, columns: Columns) -> Entry:
    fields = {name: row[own] for name, own in columns.fields.items() if own in row}
    options = {
        letter: as_text(row[own])
        for letter, own in columns.options.items()
        if not is_blank(row.get(own))
    }
    named = next((x for x, own in columns.options.items() if own == fields.get("answer")), None)
    if named is not None:  # an answer may name the column of the right option
        fields["answer"] = named
    return Entry(where, fields, unlabelled(options))


def options_beside(row: Row) -> Mapping[str, str]:
    """The options that a row has in columns of their own, by letter: A, B or 选项A, 选项B."""
    columns = _option_columns(tuple(row))
    options = _entry("", row, columns).options
    return options if len(options) > 1 else {}


@cache
def _option_columns(names: tuple[str, ...]) -> Columns:
    return Columns({}, find_columns(names).options)


def decoded(where: str, name: str, value: object) -> object:
    """A list or an object as it is, or as a spreadsheet's cell writes it.

    Raises:
        InputError: it begins as JSON and is none.
    """
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: {name} is not valid JSON: {error}") from error


def without_numbers(entries: Sequence[Entry], name: str) -> tuple[list[Entry], bool]:
    """Rows without the numbers before a field that count them: `1. ...`, `2. ...`.

    Returns:
        The rows, and whether they were counted so.
    """
    texts = [(n, e.fields.get(name)) for n, e in enumerate(entries)]
    held = [(n, text) for n, text in texts if isinstance(text, str) and text.strip()]
    marks = {n: mark for n, text in held if (mark := _NUMBERED.match(text)) is not None}
    numbers = [int(mark[1] or mark[2] or mark[3]) for mark in marks.values()]
    rising = sum(later - one == 1 for one, later in itertools.pairwise(numbers))
    if len(marks) < max(_LEAST_NUMBERED, 0.9 * len(held)) or rising < 0.8 * (len(marks) - 1):
        return list(entries), False
    return [_cut(entry, name, marks.get(n)) for n, entry in enumerate(entries)], True


def _cut(entry: Entry, name: str, mark: re.Match[str] | None) -> Entry:
    if mark is None:
        return entry
    text = str(entry.fields[name])[mark.end() :]
    return replace(entry, fields={**entry.fields, name: text})


def parts(entries: Sequence[Entry]) -> Iterator[str]:
    """Which part each row belongs to: train, dev or test, the last where nothing is said.

    Raises:
        InputError: a row names none of them.
    """
    for entry in entries:
        said = text_of(entry, "split").casefold()
        part = PARTS.get(said) if said else "test"
        if part is None:
            raise InputError(
                f"{entry.where}: split is {short(said)}, which is none of train, dev and test"
                f"{did_you_mean(said, PARTS)}"
            )
        yield part


def is_split(entries: Sequence[Entry]) -> bool:
    """Whether a column tells parts: each of its cells names one, or nothing."""
    said = {text_of(entry, "split").casefold() for entry in entries}
    return said <= {"", *PARTS} and said != {""}
