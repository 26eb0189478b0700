"""FewCLUE's files: where they lie below the user's folder, and the rows in them.

    {"id": 3, "sentence1": "…", "sentence2": "…", "label": "1"}                          bustm
    {"level": "easy", "sentence1": "…", "sentence2": "…", "label": "neutral", …, "id": 3}  ocnli

They are JSON Lines whatever their ending says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.core import Finding
from harness.errors import InputError, did_you_mean
from harness.rows.decode import pieces
from harness.rows.strict import json_lines, read_rows
from suites.fewclue.prompts import TASKS, Task

Part = Literal["dev", "test", "train"]

NAMES: Mapping[Part, str] = {
    "dev": "dev_few_all.json",
    "test": "test_public.json",
    "train": "train_few_all.json",
}
FOLDERS: Mapping[Task, tuple[str, ...]] = {
    "bustm": ("bustm",),
    "ocnli_fc": ("ocnli", "ocnli_fc"),
}
# Where they lie below what people name: OpenCompass's data folder, FewCLUE's own repository.
_BELOW = ("", "FewCLUE", "datasets")
# What an annotator's disagreement is labelled with in OCNLI.
UNDECIDED = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """One pair of sentences. `place` counts the rows that are kept, from 0."""

    where: str
    place: int
    sentence1: str
    sentence2: str
    label: str

    @property
    def line(self) -> str:
        """`dev_few_all.json:3`: where it stands, without the folder."""
        return self.where.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one file in its order, and what was noticed in it."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


def places(folder: Path, task: Task, part: Part) -> list[Path]:
    """Where a file may lie, the likeliest first."""
    homes = [folder / below / name for below in _BELOW for name in FOLDERS[task]]
    if folder.name in FOLDERS[task]:
        homes.append(folder)
    return [home / NAMES[part] for home in homes]


def locate(folder: Path, task: Task, part: Part) -> Path | None:
    """The file of one part of a task, `None` where there is none."""
    return next((path for path in places(folder, task, part) if path.is_file()), None)


def told_by(file: Path) -> tuple[Task | None, Part | None]:
    """Which task and part a single file holds, told by its name and its folder's."""
    words = f"{file.parent.name}/{file.name}"
    task = next((t for t, names in FOLDERS.items() if any(name in words for name in names)), None)
    parts: tuple[Part, ...] = ("dev", "test", "train")
    return task, next((part for part in parts if file.name.startswith(part)), None)


def read(path: Path, task: Task) -> Rows:
    """Read the rows of one file.

    Args:
        path: the file: JSON Lines, or one JSON list.
        task: whose labels it holds.

    Raises:
        InputError: it cannot be read, or a row is none of the task's.
    """
    rows: list[Row] = []
    findings: list[Finding] = []
    for where, fields in _records(path):
        if fields.get("label") == UNDECIDED and task == "ocnli_fc":
            told = "labelled -: the annotators did not agree"
            findings.append(Finding("no label", where, told, lost=True))
            continue
        rows.append(_row(where, fields, task, len(rows)))
    if not rows:
        raise InputError(f"{path}: holds no labelled pair")
    return Rows(tuple(rows), (*findings, *_repeats(rows), *_blanks(rows)))


def _records(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    start = next(pieces(path), "").lstrip()
    return read_rows(path, ()) if start.startswith("[") else json_lines(path)


def _row(where: str, fields: Mapping[str, Any], task: Task, place: int) -> Row:
    for name in ("sentence1", "sentence2"):
        if not isinstance(fields.get(name), str):
            hint = "" if name in fields else did_you_mean(name, fields)
            raise InputError(f"{where}: {name} must be text{hint}")
    label = _label(where, fields, task)
    return Row(where, place, fields["sentence1"], fields["sentence2"], label)


def _label(where: str, fields: Mapping[str, Any], task: Task) -> str:
    if "label" not in fields:
        raise InputError(
            f"{where}: no label, as in the private test file; name {NAMES['test']} instead"
        )
    given = fields["label"]
    known = TASKS[task].letters
    label = str(given).strip()
    if isinstance(given, bool) or label not in known:
        raise InputError(f"{where}: label {given!r} is none of {task}{did_you_mean(label, known)}")
    return label


def _repeats(rows: Sequence[Row]) -> Iterator[Finding]:
    """Pairs that stand there twice: the folds of the small files were drawn one by one."""
    first: dict[tuple[str, str], Row] = {}
    for row in rows:
        earlier = first.setdefault((row.sentence1, row.sentence2), row)
        if earlier is row:
            continue
        rule = "repeated" if earlier.label == row.label else "labelled twice"
        detail = f"the pair of {earlier.line}"
        if earlier.label != row.label:
            detail += f", labelled {earlier.label} there and {row.label} here"
        yield Finding(rule, row.where, detail)


def _blanks(rows: Sequence[Row]) -> Iterator[Finding]:
    for row in rows:
        for name, text in (("sentence1", row.sentence1), ("sentence2", row.sentence2)):
            if not text.strip():
                yield Finding("empty", row.where, f"{name} says nothing")
