"""Kinds of answers that were once judged otherwise than a person would, each with its like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.checker.check import check, gold_from
from harness.core import Gold

KINDS: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "kinds.yaml").read_text(encoding="utf-8")
)
_FEWEST = 6  # the answer that was met, and five of its kind


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_judged_as_a_person_would(name: str) -> None:
    kind = KINDS[name]["kind"]
    judged = []
    for question, right, said, worth in KINDS[name]["cases"]:
        gold = Gold("none", None) if kind == "none" else gold_from(kind, right)
        earned = check(said, gold, question).value or 0.0  # what no rule can read earns nothing
        judged.append((said, right, round(earned, 4), worth))
    assert [case for case in judged if case[2] != case[3]] == []


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_has_more_than_the_answer_that_was_met(name: str) -> None:
    cases = [tuple(map(str, case[:3])) for case in KINDS[name]["cases"]]
    assert len(set(cases)) == len(cases) >= _FEWEST
