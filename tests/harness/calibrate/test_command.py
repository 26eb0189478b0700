from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.calibrate.command import calibrate
from harness.calibrate.formula import parts, prior_of, profile_formula
from harness.calibrate.material import read_material
from harness.core import Score
from harness.errors import InputError
from harness.metrics.latency import medians
from harness.metrics.summary import Times, check_all, judge
from harness.store.codec import read_outputs, read_samples, score_to
from harness.store.files import read_jsonl, write_jsonl
from tests.podium import ok, refused
from tests.reports.folders import Entrant, questions, write_run

ASKED = questions(90)
RUNS = {
    "slow": Entrant("slow", skill=0.95, seconds=4.0, seed=1),
    "good": Entrant("good", skill=0.9, seconds=0.4, seed=2),
    "fair": Entrant("fair", skill=0.7, seconds=0.8, seed=3),
    "weak": Entrant("weak", skill=0.4, seconds=0.3, seed=4),
    "next": Entrant("next", skill=0.8, seconds=7.0, seed=5),
}


@pytest.fixture
def at(tmp_path: Path) -> Path:
    """A folder with runs."""
    for entrant in RUNS.values():
        write_run(tmp_path / "runs", entrant, ASKED)
    return tmp_path


def scores(folder: Path, *rows: str, head: str = "run,official") -> Path:
    path = folder / "scores.csv"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return path


def fitted(folder: Path, *rows: str) -> tuple[str, dict[str, Any]]:
    return calibrate(scores(folder, *rows), (), folder / "runs", seed=0)


def test_parts_of_the_profile_itself_are_those_that_the_score_stage_gives(at: Path) -> None:
    folder = at / "runs" / "fair"
    samples = list(read_samples(folder / "samples.jsonl"))
    times = medians(list(read_jsonl(folder / "timings.jsonl")), "e2e_s")
    outputs = list(read_outputs(folder / "predictions.jsonl"))
    profile = read_material([folder]).profile
    timed = [
        type(output)(**{**_fields(output), "e2e_s": times[output.sample_id]}) for output in outputs
    ]
    graded = check_all(samples, timed, {})
    judged = judge(samples, timed, graded, profile, Times(frozenset(times)))
    rows: list[Score] = list(judged.scores)
    write_jsonl(folder / "scores.jsonl", map(score_to, rows))
    material = read_material([folder])
    found = parts(material.earned[0], profile_formula(prior_of(profile)))[0]
    for part, value in zip(("AS", "ART", "AE"), found, strict=True):
        assert abs(value - judged.summary["parts"][part]["value"]) < 0.01, part


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def test_scores_give_a_profile_an_order_and_what_to_submit_next(at: Path) -> None:
    text, _ = fitted(at, "slow,60", "good,85", "fair,66", "weak,50")
    data = json.loads(ok("calibrate", "scores.csv", "--json", cwd=at))
    assert "to paste into a spec:\nscore: {t_full: " in text
    assert set(data["score"]) == {"t_full", "t_zero", "weights"}
    assert abs(sum(data["score"]["weights"].values()) - 1) < 0.002
    assert [one["run"] for one in data["next"]] == ["next"]
    assert data["next"][0]["gain"] > 0
    assert {one["run"] for one in data["runs"]} == {"slow", "good", "fair", "weak"}
    assert data["order"]["runs"] == 4
    assert data["order"]["trust"] == "unknown"


def test_the_same_seed_gives_the_same_calibration(at: Path) -> None:
    rows = ("slow,60", "good,85", "fair,66")
    assert fitted(at, *rows) == fitted(at, *rows)


def test_runs_that_are_all_fast_cannot_show_where_marks_end(tmp_path: Path) -> None:
    for place, skill in enumerate((0.5, 0.7, 0.9)):
        write_run(tmp_path / "runs", Entrant(f"r{place}", skill, seconds=0.1, seed=place), ASKED)
    _, data = fitted(tmp_path, "r0,50", "r1,66", "r2,81")
    seen = {one["name"]: one["identified"] for one in data["quantities"]}
    assert not seen["t_zero"]
    assert any(line.endswith("so t_zero cannot be seen") for line in data["noticed"])


def test_a_score_of_another_run_is_told(at: Path) -> None:
    _, data = fitted(at, "slow,60", "good,85", "fair,66", "weak,99")
    assert any("weak: official 99 fits no formula" in line for line in data["noticed"])


def test_two_rows_of_one_run_are_noise(at: Path) -> None:
    _, data = fitted(at, "slow,60", "good,85", "good,86", "fair,66")
    assert [one["official"] for one in data["runs"]] == [60, 85.5, 66]


def test_official_parts_narrow_the_weights(at: Path) -> None:
    rows = ("slow,62,88,20,70", "good,85,86,92,77", "fair,66,70,58,69", "weak,44,42,41,50")
    path = scores(at, *rows, head="run,official,AS,ART,AE")
    _, with_parts = calibrate(path, (), at / "runs", seed=0)
    bare = [row.rsplit(",", 3)[0] for row in rows]
    _, without = fitted(at, *bare)
    learned = [
        next(one["learned"] for one in found["quantities"] if one["name"] == "t_zero")
        for found in (with_parts, without)
    ]
    assert learned[0] > learned[1]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["slow,60", "god,85", "fair,66"], "'god' is no run (did you mean 'good'?)"),
        (["slow,60"], "one run has an official score; a calibration takes 3 runs at least"),
        (["slow,60", "slow,61", "good,85"], "2 runs have an official score"),
        (["slow,60", "good,60", "fair,60"], "every official score is 60"),
    ],
)
def test_too_little_is_told(at: Path, rows: list[str], said: str) -> None:
    with pytest.raises(InputError) as told:
        fitted(at, *rows)
    assert said in str(told.value)


def test_what_is_wrong_ends_in_2(at: Path) -> None:
    scores(at, "slow,sixty")
    assert "scores.csv:2: official is 'sixty'" in refused("calibrate", "scores.csv", cwd=at)


def test_runs_of_other_questions_are_refused(at: Path) -> None:
    summary = {"signature": {"questions": "sha256:other"}}
    write_run(at / "runs", Entrant("strange", summary=summary), ASKED)
    with pytest.raises(InputError, match=r"signature\.questions is"):
        fitted(at, "slow,60", "good,85", "strange,66")


def test_a_run_without_times_is_refused(at: Path) -> None:
    write_run(at / "runs", Entrant("untimed", timed=False), ASKED)
    with pytest.raises(InputError, match="has no times that count"):
        fitted(at, "slow,60", "good,85", "untimed,66")


def test_a_folder_that_is_no_run_is_refused(at: Path) -> None:
    (at / "runs" / "empty").mkdir()
    with pytest.raises(InputError, match=r"no summary\.json"):
        fitted(at, "slow,60", "good,85", "empty,66")


def test_what_is_to_be_pasted_is_the_whole_of_what_was_fitted(at: Path) -> None:
    """A weight that is not said, or whom times pay for, would be the suite's own."""
    for name in RUNS:
        path = at / "runs" / name / "summary.json"
        summary = json.loads(path.read_text("utf-8"))
        summary["scoring"] |= {"weights": {"AS": 0.6, "ART": 0.4, "AE": 0.0}, "art": "all"}
        path.write_text(json.dumps(summary), "utf-8")
    _, data = fitted(at, "slow,60", "good,85", "fair,66", "weak,50")
    assert data["score"]["weights"]["AE"] == 0
    assert data["score"]["art"] == "all"
    text, _ = fitted(at, "slow,60", "good,85", "fair,66", "weak,50")
    assert "AE: 0" in text
