"""Wordings to develop on and wordings to report on, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.store.files import read_json, read_jsonl
from suites.timetable import HERE
from tests.podium import ok, refused, states, write_spec

FAKES: dict[str, Any] = {
    "name": "fakes",
    "suite": {"name": "timetable", "families": ["dwell", "missing"]},
    "model": {"base": None, "engine": "fake"},
    "latency": None,
    "distill": {"samples": 120},
    "entries": [
        {"name": "floor", "model": {"engine": "floor"}},
        {"name": "good", "model": {"skill": 0.9}},
    ],
}
DEVELOP = ("--set", "suite.wordings=test")


def without(sets: str, folder: Path) -> dict[str, Any]:
    """The fakes on a suite file whose dwell program lacks a set of phrasings."""
    definition = yaml.safe_load((HERE / "suite.yaml").read_text("utf-8"))
    (program,) = definition["families"]["dwell"]["programs"]
    del program[sets]
    text = yaml.safe_dump(definition, allow_unicode=True)
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    return {**FAKES, "suite": {**FAKES["suite"], "definition": "mine.yaml"}}


def templates(run: Path) -> set[str]:
    return {row["template"].partition("/")[2][:-2] for row in read_jsonl(run / "samples.jsonl")}


def test_what_one_develops_on_is_not_what_is_reported(tmp_path: Path) -> None:
    write_spec(tmp_path, FAKES)
    run = tmp_path / "runs" / "fakes-good"
    developed = ok("run", "spec.yaml", *DEVELOP, cwd=tmp_path)
    assert templates(run) == {"test"}
    assert read_json(run / "summary.json")["wordings"] == "test"
    assert "Asked in the wordings to develop on: not for a headline." in developed
    # The model that was developed is asked again, and not taught again.
    plan = states(ok("plan", "spec.yaml", "--json", cwd=tmp_path))
    assert {stage for (_, stage), state in plan.items() if state == "will run"} == {
        "questions", "infer", "score",
    }  # fmt: skip
    reported = ok("run", "spec.yaml", cwd=tmp_path)
    assert templates(run) == {"report"}
    summary = read_json(run / "summary.json")
    assert summary["wordings"] == "report"
    assert "Asked in wordings kept for reporting." in reported
    spread = summary["phrasings"]
    assert spread["n"] == len({row["template"] for row in read_jsonl(run / "samples.jsonl")})
    assert spread["low"] <= summary["parts"]["AS"]["value"] <= spread["high"]
    (made,) = (tmp_path / "runs" / "stages").glob("dataset-*")
    assert len(list(read_jsonl(made / "train.jsonl"))) > 100


def test_the_two_stand_on_no_board_together(tmp_path: Path) -> None:
    write_spec(tmp_path, FAKES)
    ok("run", "spec.yaml", *DEVELOP, "--runs", "one", cwd=tmp_path)
    ok("run", "spec.yaml", "--runs", "two", cwd=tmp_path)
    folders = ("one/fakes-good", "two/fakes-good")
    assert "signature.questions" in refused("report", *folders, "--out", "both", cwd=tmp_path)


@pytest.mark.parametrize(
    ("sets", "changes", "told"),
    [
        ("report", (), "no wordings kept for reporting: program dwell.minutes"),
        ("report", DEVELOP, None),
        ("test", (), "no wordings to develop on: program dwell.minutes"),
        ("test", DEVELOP, "no wordings to develop on: program dwell.minutes"),
    ],
)
def test_nobody_takes_one_set_for_two(
    sets: str, changes: tuple[str, ...], told: str | None, tmp_path: Path
) -> None:
    write_spec(tmp_path, without(sets, tmp_path))
    plan = ok("plan", "spec.yaml", *changes, cwd=tmp_path)
    assert [line for line in plan.splitlines() if line.startswith("note: ")] == (
        [] if told is None else [line for line in plan.splitlines() if told in line]
    )
    options = ("--set", "definition=mine.yaml", *(c.replace("suite.", "") for c in changes))
    suites = ok("suites", "timetable", *options, cwd=tmp_path)
    assert (told or "wordings") in suites if told else "wordings" not in suites
    board = ok("run", "spec.yaml", *changes, cwd=tmp_path)
    assert "not for a headline" in board
    page = (tmp_path / "runs" / "fakes" / "leaderboard.html").read_text("utf-8")
    assert told is None or told.partition(":")[0] in page


def test_answers_of_any_system_say_in_which_wordings_they_were_asked(tmp_path: Path) -> None:
    options = ("--set", "families=[dwell]")
    ok("suites", "timetable", *options, "--questions", "q.jsonl", cwd=tmp_path)
    asked = list(read_jsonl(tmp_path / "q.jsonl"))
    answers = "".join(
        json.dumps({"id": row["id"], "text": row["reference"]}, ensure_ascii=False) + "\n"
        for row in asked
    )
    (tmp_path / "a.jsonl").write_text(answers, encoding="utf-8")
    given = ("--predictions", "a.jsonl", "--json")
    scored = json.loads(ok("score", "--suite", "timetable", *options, *given, cwd=tmp_path))
    assert scored["wordings"] == "report"
    assert scored["phrasings"] == {"n": 2, "low": 100.0, "high": 100.0, "sd": 0.0}
    own = json.loads(ok("score", "--questions", "q.jsonl", *given, cwd=tmp_path))
    assert (own["wordings"], own["phrasings"]) == (None, None)


def test_an_option_that_is_no_choice_is_named(tmp_path: Path) -> None:
    write_spec(tmp_path, FAKES)
    told = refused("plan", "spec.yaml", "--set", "suite.wordings=tset", cwd=tmp_path)
    assert "suite.wordings: 'tset' is no choice (did you mean 'test'?)" in told
