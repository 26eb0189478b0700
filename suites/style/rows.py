"""Rows of `user`, `style`, `assistant`, checked, and which part each goes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.core import Finding
from harness.data.split import assign, leaks, too_large
from harness.errors import InputError, did_you_mean
from harness.findings import why
from harness.rows.files import Record, read_records
from harness.text.normalize import same_question
from suites.style.options import Options, style_key

COLUMNS = ("user", "style", "assistant")
TRAIN, TEST, VALIDATION = "train", "test", "val"
SHARES = {TRAIN: 0.8, TEST: 0.1, VALIDATION: 0.1}


@dataclass(frozen=True, slots=True)
class Row:
    """One reply in one style.

    Args:
        number: its place among the file's records, from 1.
        where: file and line.
        user: what the user says.
        style: as the options spell it.
        reply: what is said back, without the style.
        key: what askings of one user line share.
        part: `train`, `test` or `val`.
    """

    number: int
    where: str
    user: str
    style: str
    reply: str
    key: str
    part: str = TRAIN

    @property
    def output(self) -> str:
        """What a model is taught to say: the style, and the reply on the next line."""
        return f"{self.style}\n{self.reply}"


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that can be used, and what was noticed."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]

    def of(self, part: str) -> list[Row]:
        """The rows of one part, in their order."""
        return [row for row in self.rows if row.part == part]


def read_rows(options: Options) -> Rows:
    """Read the file and split it.

    Raises:
        InputError: it cannot be read, lacks a column, or holds no row that can be used.
    """
    findings: list[Finding] = []
    read = list(_read(options, findings))
    if not read:
        raise InputError(f"{options.data}: holds no row that can be used{why(findings)}")
    keys = [row.key for row in read]
    parts = assign(keys, SHARES, seed=options.seed, grouped=options.split == "grouped")
    rows = tuple(replace(row, part=part) for row, part in zip(read, parts, strict=True))
    return Rows(rows, (*findings, *_noticed(options, rows)))


def _read(options: Options, findings: list[Finding]) -> Iterator[Row]:
    styles = {style_key(style): style for style in options.names}
    names: dict[str, None] = {}
    for number, record in enumerate(read_records(options.data, found=findings.append), start=1):
        fields = {_plain(name): _text(value) for name, value in record.fields.items()}
        names |= dict.fromkeys(fields)
        row = _row(number, Record(record.where, fields), styles, findings)
        if row is not None:
            yield row
    _check_columns(options.data, names)


def _check_columns(path: Path, names: Collection[str]) -> None:
    """Refuse a file none of whose rows has a column; an empty cell may be no field at all."""
    for column in COLUMNS:
        if names and column not in names:
            raise InputError(
                f"{path}: has no column {column!r}{did_you_mean(column, names)}; it needs "
                f"{', '.join(COLUMNS)}"
            )


def _plain(name: str) -> str:
    return style_key(name.removeprefix("\ufeff"))


def _row(
    number: int, record: Record, styles: Mapping[str, str], findings: list[Finding]
) -> Row | None:
    """A record as a row; where it cannot be one, a finding says why."""
    user, named, reply = (record.fields.get(column, "") for column in COLUMNS)
    for column, text in zip(COLUMNS, (user, named, reply), strict=True):
        if not text:
            findings.append(Finding(f"empty {column}", record.where, "says nothing", lost=True))
            return None
    style = styles.get(style_key(named))
    if style is None:
        detail = f"{named!r} is none of the styles{did_you_mean(named, styles.values())}"
        findings.append(Finding("unknown style", record.where, detail, lost=True))
        return None
    return Row(number, record.where, user, style, reply, same_question(user))


def _text(value: Any) -> str:
    """A cell as text, without the blanks around it."""
    return "" if value is None else str(value).removeprefix("\ufeff").strip()


def _noticed(options: Options, rows: Sequence[Row]) -> Iterator[Finding]:
    """Findings about the file as a whole."""
    path = str(options.data)
    if again := len(rows) - len({(row.user, row.output) for row in rows}):
        yield Finding("duplicate", path, f"{again} rows equal an earlier row in all columns")
    present = Counter(row.style for row in rows)
    for style in options.names:
        if style not in present:
            yield Finding("style without rows", path, f"no row is in the style {style}")
    keys, parts = [row.key for row in rows], [row.part for row in rows]
    if options.split == "grouped":
        for key, count in too_large(keys, SHARES).items():
            first = next(row for row in rows if row.key == key)
            detail = f"{first.user!r} has {count} rows, more than a part has room for"
            yield Finding("many rows of one line", first.where, detail)
    for part, count in leaks(keys, parts, TRAIN).items():
        if count:
            yield Finding(
                "user line in two parts",
                path,
                f"{count} of {parts.count(part)} rows of the part {part} have a user line that "
                "stands in the training part too; it is trained on where dataset.leak is null",
            )
