"""What a sweep says: fronts that keep what noise covers, and pages that nobody can write into."""

from __future__ import annotations

import re

from harness.sweep.findings import front
from harness.sweep.page import page
from harness.sweep.tables import as_markdown, as_text, failed, verdict
from reports.strings import say
from tests.harness.sweep.sweeping import finished, found


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
    text, written, drawn = as_text(told), as_markdown(told), page(told).decode("utf-8")
    assert "Nothing won" in text
    assert "failed: diverged" in written
    # History, importances, three slices; one point is no front.
    assert drawn.count("<figure>") == 5
    assert "哪些超参数决定能否名列前茅" in drawn
    assert "What decides who is among the best" in drawn


def test_names_from_strangers_are_shown_and_do_nothing() -> None:
    told = found()
    evil = "<script>alert(1)</script>\x1b[31m|`"
    told["trials"][0]["values"] = {"finetune.rank": evil}
    told["trials"][4]["problem"] = evil
    told["failed_finals"] = {evil: evil}
    told["name"] = evil
    drawn = page(told).decode("utf-8")
    assert "<script>alert" not in drawn
    assert "<script" not in as_markdown(told)
    for text in (drawn, as_markdown(told), as_text(told)):
        assert "\x1b" not in text


def test_who_won_is_said_in_both_languages() -> None:
    told = finished()
    assert say(verdict(told)).startswith("final-1 won: lr ")
    assert say(verdict(told)).endswith(". Not told apart from it: final-2.")
    assert say(verdict(told), "zh").endswith("。与它无法区分：final-2。")
    alone = {**told, "not_apart": [], "noise": {"training_sd": None}}
    assert "It is told apart from every other finalist. Each was trained" in say(verdict(alone))
    nobody = {**told, "winner": None, "constraints": {"AS": ">= 99"}}
    assert say(verdict(nobody)).endswith("and keeps to the constraints.")
    assert [say(note) for note in failed(told)] == [
        "final-4 failed in the finals: CUDA out of memory"
    ]


def test_every_drawing_has_its_numbers() -> None:
    told = finished()
    drawn = page(told).decode("utf-8")
    figures = re.findall(r"<figure>(.*?)</figure>", drawn, re.DOTALL)
    assert len(figures) == 7
    for figure in figures:
        assert re.search(r"<svg.*<details.*<table>.*<td>", figure, re.DOTALL)
    assert drawn.count('class="ring"') == 4 + 3 + 3
    assert "3, sd 1.2" in drawn
    assert "3，标准差 1.2" in drawn
    for one in told["trials"]:
        assert f'<th scope="row">{one["number"]}</th>' in drawn
