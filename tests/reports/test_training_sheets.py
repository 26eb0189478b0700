from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from reports.leaderboard import Leaderboard
from reports.text import visible
from reports.workbook import workbook
from tests.reports.conftest import HOSTILE_NAME, MakeBoard
from tests.reports.folders import FAMILIES, Entrant
from tests.reports.teaching import BROKEN, WRONG, distillation, training_set

ASK = {"distill": {"way": "ask"}}


def opened(board: Leaderboard) -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook(board)))


def rows(sheet: Any) -> list[dict[str, Any]]:
    head, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if cell is not None}


def test_no_distillation_no_sheet(make_board: MakeBoard) -> None:
    names = opened(make_board(Entrant("a"))).sheetnames
    assert names == ["leaderboard", "families", "answers", "notes"]


def test_where_nothing_was_rejected_there_is_one_sheet(make_board: MakeBoard) -> None:
    quiet = distillation(dict.fromkeys(FAMILIES, (9, 0)))
    names = opened(make_board(Entrant("a", distill=quiet))).sheetnames
    assert names == ["leaderboard", "families", "training", "answers", "notes"]


def test_every_family_of_every_training_set_has_its_row(make_board: MakeBoard) -> None:
    typos = {"typos": {"asked_for": 9, "added": 7}}
    board = make_board(
        Entrant("a", distill=distillation(), dataset=training_set(duplicates=3), spec=ASK),
        Entrant("b", distill=distillation(), dataset=training_set(augmented=typos), spec=ASK),
        Entrant("c", distill=distillation(teacher="other")),
        count=70,
    )
    found = rows(opened(board)["training"])
    assert [row["for"] for row in found] == [n for n in "abc" for _ in range(8)]
    assert [row["family"] for row in found] == ["(all)", *FAMILIES] * 3
    whole = filled(found[0])
    assert whole == {
        "for": "a", "teacher": "qwen3-8b", "way": "ask", "family": "(all)",
        "wanted": 140, "accepted": 140, "rejected": 28, "answer p50": 14, "answer p95": 24,
        "training rows": 133, "calls": 42, "prompt tokens": 31_000, "answer tokens": 6_000,
        "tokens per row": 37_000 / 140, "money": 0.0123,
        "duplicates": 3, "near duplicates": 0, "leaked": 0, "added": 0,
    }  # fmt: skip
    assert found[8]["added"] == 7
    family = filled(found[1])
    assert family["share of test"] == pytest.approx(1 / 7)
    assert (family["training rows"], family["share"], family["distinct answers"]) == (19, 0.1429, 7)
    assert family["reference p50"] <= family["reference p95"]
    assert "training rows" not in filled(found[17])


def test_reasons_by_family_and_examples(make_board: MakeBoard) -> None:
    board = make_board(Entrant("a", distill=distillation({FAMILIES[0]: (5, 4)}), spec=ASK))
    book = opened(board)
    assert [tuple(row.values()) for row in rows(book["reasons"])] == [
        ("a", "qwen3-8b", "ask", WRONG, FAMILIES[0], 3),
        ("a", "qwen3-8b", "ask", BROKEN, FAMILIES[0], 1),
    ]
    shown = rows(book["rejected"])
    assert len(shown) == 6
    assert tuple(shown[0].values())[3:] == (
        BROKEN, FAMILIES[0], f"{BROKEN} 0?", "12:00", "13:00", "12:00",
        '[{"id": 1, "answer": "12:00"}]',
    )  # fmt: skip


def test_a_reason_whose_families_nobody_counted(make_board: MakeBoard) -> None:
    bare = distillation(reasons_by_family={}, examples={})
    found = rows(opened(make_board(Entrant("a", distill=bare)))["reasons"])
    assert [(row["reason"], row["family"], row["rows"]) for row in found] == [
        (WRONG, None, 21),
        (BROKEN, None, 7),
    ]


def test_texts_of_strangers_stay_texts(hostile: Leaderboard) -> None:
    book = opened(hostile)
    cells = [c for n in ("training", "reasons", "rejected") for r in book[n].rows for c in r]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    evil = [cell for cell in cells if cell.value == visible(HOSTILE_NAME)]
    assert len(evil) > 20
    assert all(cell.quotePrefix for cell in evil)
