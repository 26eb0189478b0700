"""What a sweep says: fronts that keep what noise covers, and pages that nobody can write into."""

from __future__ import annotations

from typing import Any

from harness.sweep.finals import Finals
from harness.sweep.findings import findings, front
from harness.sweep.page import page
from harness.sweep.search import search
from harness.sweep.tables import as_markdown, as_text
from tests.harness.sweep.sweeping import Toy, ledger, request


def right(value: float, half: float = 2.0) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def on_front(points: list[tuple[str, float, dict[str, float]]], sd: float | None) -> list[str]:
    return [one["name"] for one in front(points, sd) if one["on_front"]]


def test_what_is_beaten_beyond_noise_leaves_the_front() -> None:
    points = [("cheap", 1.0, right(80)), ("near", 2.0, right(78)), ("far", 2.0, right(70)),
              ("dear", 3.0, right(90))]  # fmt: skip
    assert on_front(points, None) == ["cheap", "near", "dear"]
    assert on_front(points, 4.0) == ["cheap", "near", "far", "dear"]
    exact = [(name, cost, right(value["value"], 0.0)) for name, cost, value in points]
    assert on_front(exact, None) == ["cheap", "dear"]


def found(**settings: Any) -> dict[str, Any]:
    asked = request(trials=18, **settings)
    return findings(asked, search(asked, ledger(), Toy(fails=(4,))), Finals())


def test_findings_of_a_search() -> None:
    told = found()
    assert told["spent"]["fail"] == 1
    assert told["trials"][4]["problem"] == "diverged"
    assert told["trials"][0]["rounds"][0] is not None
    assert next(iter(told["importances"])) == "finetune.lr"
    values = [one["value"] for one in told["history"]]
    assert values == sorted(values)
    assert told["winner"] is None


def test_tables_and_page_say_the_same() -> None:
    told = found()
    text, written, drawn = as_text(told), as_markdown(told), page(told)
    assert "Nothing won" in text
    assert "failed: diverged" in written
    assert drawn.count("<svg") == 5  # history, importances, three slices; one point is no front
    assert "What decides who is among the best" in drawn


def test_names_from_strangers_are_shown_and_do_nothing() -> None:
    told = found()
    evil = "<script>alert(1)</script>\x1b[31m|`"
    told["trials"][0]["values"] = {"finetune.rank": evil}
    told["trials"][4]["problem"] = evil
    told["failed_finals"] = {evil: evil}
    told["name"] = evil
    assert "<script" not in page(told)
    assert "<script" not in as_markdown(told)
    for text in (page(told), as_markdown(told), as_text(told)):
        assert "\x1b" not in text
