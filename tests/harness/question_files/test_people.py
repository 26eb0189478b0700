"""Files as people have them are read as a person reads them; tables of things are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.core import Sample
from harness.question_files.choices import as_text
from harness.spec import chosen_suite, load_specs
from harness.starter.asks import is_of_questions, start_questions
from harness.starter.init import Request
from tests.harness.question_files.people import CASES, Case, Row

LETTERS = ("A", "B", "C", "D")


def problem(case: Case, folder: Path) -> str:
    """How a file is read otherwise than a person reads it; empty where it is not."""
    path = folder / case.file
    path.write_bytes(case.data)
    request = Request(path)
    if is_of_questions(request) != bool(case.rows):
        return "a table is taken for questions" if not case.rows else "is taken for a table"
    if not case.rows:
        return ""
    suite = chosen_suite(load_specs(start_questions(request).spec)[0]).build()
    parts = {"train": suite.train, "test": suite.test, "dev": suite.probe}
    read = [(part, sample) for part, samples in parts.items() for sample in samples]
    if len(read) != len(case.rows):
        return f"{len(read)} rows, not {len(case.rows)}"
    return next(filter(None, (_row(row, read) for row in case.rows)), "")


def _row(row: Row, read: list[tuple[str, Sample]]) -> str:
    asking = [
        (part, sample)
        for part, sample in read
        if all(text in sample.messages[-1].content for text in row.says)
    ]
    if not asking:
        return f"nobody asks {row.says}"
    part, sample = asking[0]
    if row.part not in ("", part):
        return f"{row.says} is {part}, not {row.part}"
    return _answer(row, sample)


def _answer(row: Row, sample: Sample) -> str:
    gold, asked = sample.gold, sample.messages[-1].content
    listed = row.options if row.options is not None else {}
    missing = [
        f"{letter}. {says}" for letter, says in listed.items() if f"{letter}. {says}" not in asked
    ]
    if missing:
        return f"{missing} not listed in {asked!r}"
    if row.answer is None:
        right = gold.is_open
    elif isinstance(row.answer, list):
        right = gold.kind == "set" and sorted(gold.value) == row.answer  # type: ignore[arg-type]
    elif row.answer in LETTERS:
        right = gold.kind == "choice" and gold.value == row.answer
    else:
        right = row.answer.strip() in (as_text(gold.value), sample.reference)
    return "" if right else f"{row.says}: {gold}, not {row.answer!r}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_is_read_as_a_person_reads_it(case: Case, tmp_path: Path) -> None:
    assert problem(case, tmp_path) == ""
