import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.core import Finding
from harness.data.drift import RULES, Drift, masked
from harness.text.traditional import traditional
from tests.harness.data.made import notebook_rows, roleplay_rows

CASES = yaml.safe_load((Path(__file__).parent / "cases/drift.yaml").read_text(encoding="utf-8"))
CLEAN = [(row["instruction"], row["output"]) for row in notebook_rows()]


def _found(rows: Iterable[tuple[str, str]]) -> list[Finding]:
    drift = Drift()
    for number, (question, answer) in enumerate(rows):
        drift.add(str(number), question, answer)
    return list(drift.findings())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["question"] + case["answer"][:8])
def test_one_row_among_clean_ones(case: dict[str, Any]) -> None:
    rows = [*CLEAN[:100], (case["question"], case["answer"]), *CLEAN[100:]]
    found = _found(rows)
    assert {finding.where for finding in found} <= {"100"}
    assert sorted(finding.rule for finding in found) == sorted(case["rules"])
    assert not any(finding.lost for finding in found)


def test_all_rows_together_are_named_each() -> None:
    rows = [*CLEAN, *((case["question"], case["answer"]) for case in CASES)]
    random.Random(5).shuffle(rows)
    told = {rows[int(finding.where)][0] for finding in _found(rows)}
    assert told == {case["question"] for case in CASES if case["rules"]}


def _stations(questions: int) -> list[tuple[str, str]]:
    chance, names = (
        random.Random(9),
        ("北京西", "广州", "兰州", "乌鲁木齐南", "于都", "后湖", "长沙"),
    )
    return [
        (f"{chance.choice(names)}到{chance.choice(names)}的列车里，哪一趟开得最早？", "K1次")
        for _ in range(questions)
    ]


@pytest.mark.parametrize(
    "rows",
    [
        CLEAN,
        [*CLEAN, *_stations(60)],
        [(row["instruction"], row["output"]) for row in roleplay_rows()],
        [(f"What is the gate of train K{n}?", f"{n % 9}A") for n in range(200)],
        [(f"K{n}次列車的檢票口是哪個？", f"{n % 9}A檢票口") for n in range(200)],
        [(f"第{n}题选哪个？", "ABCD"[n % 4]) for n in range(200)],
        [(f"用python写第{n}个程序", "好的") for n in range(3)],
        [("你好", "在")],
        [],
    ],
    ids=["notebook", "stations", "role play", "English", "traditional", "choices", "few", "1", "0"],
)
def test_where_rows_are_alike_none_has_drifted(rows: list[tuple[str, str]]) -> None:
    few = len(rows) == 1
    assert [finding.rule for finding in _found(rows)] == (
        ["answer of one character"] if few else []
    )


def test_rules_are_told_in_their_order() -> None:
    rows = [*CLEAN, *((case["question"], case["answer"]) for case in CASES)]
    places = [RULES.index(finding.rule) for finding in _found(rows)]
    assert places == sorted(places)
    assert set(places) == set(range(len(RULES)))


def test_codes_and_times_are_masked() -> None:
    assert masked("K2095/8次列车 07:30 开？") == masked("OG654次列车05:1开")
    assert masked("第3站台") != masked("第三站台")


def test_characters_of_both_scripts_are_not_traditional() -> None:
    text = "北京西站的后面，于都、沈阳、乾隆、毕昇、瞭望、宫商角徵羽、藉口、著名、钟馗、岳、云、台"
    assert traditional(text) == ""
    assert traditional("車站於裡面，車") == "車於裡"
