"""Answers labelled before any was judged: what earns nothing, and what is right.

`first` mended the checker; the others measured what was then true at first sight, and
mended it further (docs/validity.md has the figures).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.core import Domain, Gold
from harness.metrics.answer import check, gold_from

BANK = Path(__file__).parents[1] / "golden" / "checker"
BANKS = ("first", "second", "third", "fourth")
Case = tuple[dict[str, Any], str, float]
# Adds a falsehood in a sentence of its own.
OPEN = ("Items can be exchanged within ten days without any receipt at all.",)


def read_bank(name: str, side: str) -> Iterator[Case]:
    """The cases of one side of a file: the question, an answer, and what it may earn."""
    usual = 0.0 if side == "refuse" else 1.0
    for asked in yaml.safe_load((BANK / f"{name}.yaml").read_text(encoding="utf-8")):
        for answer in asked.get(side, ()):
            given = answer if isinstance(answer, dict) else {"answer": answer}
            yield asked, str(given["answer"]), float(given.get("at_most", usual))


def earned(asked: dict[str, Any], answer: str) -> float:
    kind = asked["kind"]
    gold = Gold("none", None) if kind == "none" else gold_from(kind, asked["gold"])
    domain = Domain(frozenset(map(str, asked.get("golds", ()))))
    return check(answer, gold, asked["question"], domain).value or 0.0


def missed(name: str, side: str) -> list[str]:
    """The answers of one side that earn something else than they should."""
    found = []
    for asked, answer, want in read_bank(name, side):
        value = earned(asked, answer)
        right = value <= want + 1e-4 if side == "refuse" else abs(value - want) <= 1e-4
        if not right:
            found.append(f"{asked['question'][:20]!r} {answer!r}: {value:g}, not {want:g}")
    return found


@pytest.mark.parametrize("name", BANKS)
def test_what_is_no_answer_earns_nothing(name: str) -> None:
    assert [case for case in missed(name, "refuse") if not any(o in case for o in OPEN)] == []


@pytest.mark.parametrize("name", BANKS)
def test_honest_wordings_are_right(name: str) -> None:
    assert missed(name, "accept") == []


def test_there_are_enough_cases() -> None:
    counts = [len(list(read_bank(name, side))) for name in BANKS for side in ("refuse", "accept")]
    assert counts == [360, 192, 114, 63, 94, 75, 55, 38]
