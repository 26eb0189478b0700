"""Answers labelled before any was judged: what earns nothing, and what is right.

Each bank measured at first sight what was then true of answers that nobody had looked at; most
mended the checker afterwards (docs/validity.md has the figures). `open.yaml` lists what is still
judged otherwise than a person would, so that nothing joins it or leaves it unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.checker.check import check, gold_from
from harness.core import Domain, Gold

BANK = Path(__file__).parents[1] / "golden" / "checker"
OPEN = "open"
BANKS = tuple(sorted(path.stem for path in BANK.glob("*.yaml") if path.stem != OPEN))
WORTH = {"refuse": 0.0, "accept": 1.0, "partly": 0.5}
Case = tuple[dict[str, Any], str, float]
# Shares of a set are told to two decimals.
_CLOSE = {"refuse": 1e-4, "accept": 1e-4, "partly": 6e-3}


def read_bank(name: str, side: str) -> Iterator[Case]:
    """The cases of one side of a file: the question, an answer, and what it is worth."""
    for asked in yaml.safe_load((BANK / f"{name}.yaml").read_text(encoding="utf-8")):
        for answer in asked.get(side, ()):
            given = answer if isinstance(answer, dict) else {"answer": answer}
            yield asked, str(given["answer"]), float(given.get("worth", WORTH[side]))


def earned(asked: dict[str, Any], answer: str) -> float:
    kind = asked["kind"]
    gold = Gold("none", None) if kind == "none" else gold_from(kind, asked["gold"])
    domain = Domain(frozenset(map(str, asked.get("golds", ()))))
    return check(answer, gold, asked["question"], domain).value or 0.0


def missed(name: str, side: str) -> list[tuple[str, str, float]]:
    """The answers of one side that earn something else than they should, and what they earn."""
    found = []
    for asked, answer, worth in read_bank(name, side):
        value = earned(asked, answer)
        over, close = value - worth, _CLOSE[side]
        if over > close or (side != "refuse" and over < -close):
            found.append((asked["question"], answer, value))
    return found


def still_open(name: str, side: str) -> set[tuple[str, str]]:
    known = yaml.safe_load((BANK / f"{OPEN}.yaml").read_text(encoding="utf-8"))
    return {(case["question"], case["answer"]) for case in known.get(f"{name} {side}", ())}


@pytest.mark.parametrize("side", WORTH)
@pytest.mark.parametrize("name", BANKS)
def test_answers_earn_what_a_person_gives(name: str, side: str) -> None:
    found = missed(name, side)
    known = still_open(name, side)
    assert [case for case in found if case[:2] not in known] == []
    assert known - {case[:2] for case in found} == set()


def test_there_are_enough_cases() -> None:
    counts = {side: sum(len(list(read_bank(n, side))) for n in BANKS) for side in WORTH}
    assert counts["refuse"] > 2000
    assert counts["accept"] > 1500
