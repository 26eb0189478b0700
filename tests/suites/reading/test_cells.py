"""Cells as people type and scan them are read as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from suites.reading.parse_row import read_row

CASES = Path(__file__).parent / "cases" / "cells.yaml"


@dataclass(frozen=True)
class Case:
    name: str
    questions: str
    answers: str
    kept: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def cases() -> list[Case]:
    read: list[dict[str, Any]] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return [Case(**case) for case in read]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_cell_is_read_as_a_person_reads_it(case: Case) -> None:
    row = read_row(case.questions, case.answers)
    kept = [" | ".join((one.place, one.stem, *one.options, one.key)) for one in row.kept]
    assert kept == case.kept
    assert [f"{fault.rule} | {fault.where}".rstrip(" |") for fault in row.faults] == case.faults


def test_no_two_cases_have_one_name() -> None:
    names = [case.name for case in cases()]
    assert len(names) >= 40
    assert len(set(names)) == len(names)
