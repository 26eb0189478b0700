"""Golden answers: one line a case, one runner. A new finding is a new line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.checker.check import check, gold_from
from harness.core import Domain, Gold

CASES = Path(__file__).parent / "cases"
DOMAINS = {
    "halls": Domain(
        frozenset(["综合候乘中心", "高架候车区东区", "高架候车区西区"]),
        {"高架候车东区": "高架候车区东区"},
    ),
    "stations": Domain(
        frozenset(["西安", "西安北", "宝鸡", "宝鸡南", "兰州", "兰州西", "西宁", "银川", "无锡"])
        | frozenset(["北京", "北京西", "北京丰台", "乌鲁木齐", "呼和浩特"])
    ),
    "years": Domain(frozenset(["2025-03-08", "2024-03-08", "2019-11-01"])),
    "days": Domain(frozenset(["2025-03-08", "2025-03-09", "2025-11-01"])),
    "labels": Domain(frozenset("AB"), {"不同": "A", "相关": "B"}),
    "trains": Domain(frozenset(["K420", "K178", "T198", "D218", "Z152", "7001", "K4547/6"])),
}


def read_cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            case = json.loads(line)
            yield pytest.param(path.stem, case, id=f"{path.stem}:{number}:{case['answer'][:24]!r}")


@pytest.mark.parametrize(("kind", "case"), list(read_cases()))
def test_golden_answer(kind: str, case: dict[str, Any]) -> None:
    gold = Gold("none", None) if kind == "none" else gold_from(kind, case["gold"])
    named = DOMAINS[case["domain"]] if "domain" in case else Domain()
    domain = Domain(frozenset(case["golds"])) if "golds" in case else named
    verdict = check(case["answer"], gold, case.get("question", ""), domain)
    want = case["want"] if case["want"] is None else pytest.approx(case["want"], abs=1e-4)
    assert verdict.value == want, verdict


def test_there_are_enough_cases() -> None:
    assert len(list(read_cases())) >= 400
