"""The pipeline as a user meets it, on models without weights."""

import json
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.podium import command, environment, ok, podium, refused, snapshot, states, write_spec

FAKES: dict[str, Any] = {
    "name": "fakes",
    "suite": {"name": "timetable", "test_limit": 30},
    "model": {"base": None, "engine": "fake"},
    "latency": {"questions": 5, "replicates": 4, "warmup": 2},
    "distill": {"samples": 200},
    "entries": [
        {"name": "floor", "model": {"engine": "floor"}},
        {"name": "half", "model": {"skill": 0.5}},
        {"name": "good", "model": {"skill": 0.9}},
    ],
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the fakes have run; nobody changes it."""
    folder = tmp_path_factory.mktemp("ran")
    write_spec(folder, FAKES)
    ok("run", "spec.yaml", cwd=folder)
    return folder


@pytest.fixture
def finished(ran: Path, tmp_path: Path) -> Path:
    """A copy of it for one test alone."""
    return shutil.copytree(ran, tmp_path / "copy", symlinks=True)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_run_leaves_the_folder_that_is_promised(finished: Path) -> None:
    folder = finished / "runs" / "fakes-good"
    for name in ("spec.yaml", "samples.jsonl", "predictions.jsonl", "scores.jsonl"):
        assert (folder / name).read_text(encoding="utf-8").strip(), name
    summary = read(folder / "summary.json")
    expected = "name suite suite_version scoring model finetune created n unanswered unscored total"
    expected += " total_untimed parts families macro times latency length signature"
    assert set(expected.split()) <= set(summary)
    assert set(summary["parts"]) == {"AS", "ART", "AE"}
    assert summary["n"] == sum(f["n"] for f in summary["families"].values())
    for stage in ("questions", "infer", "score"):
        assert (folder / "stages" / stage / "meta.json").is_file()


def test_what_computes_nothing_is_not_timed(finished: Path) -> None:
    folder = finished / "runs" / "fakes-good"
    assert not (folder / "timings.jsonl").exists()
    assert not (folder / "stages" / "latency").exists()
    summary = read(folder / "summary.json")
    assert summary["parts"]["ART"] is None
    assert summary["times"] == {"chosen": 0, "timed": 0, "void": None}
    assert (summary["latency"], summary["signature"]["latency"]) == (None, None)
    board = read(finished / "runs" / "fakes" / "leaderboard.json")
    assert {entry["ranked_by"] for entry in board} == {"AS+AE"}
    assert {entry["unranked"] for entry in board} == {None}


def test_the_leaderboard_ranks_by_skill_in_all_four_forms(finished: Path) -> None:
    board = finished / "runs" / "fakes"
    entries = read(board / "leaderboard.json")
    assert [e["name"] for e in entries] == ["fakes-good", "fakes-half", "fakes-floor"]
    assert all(e["rank"][0] <= e["rank"][1] for e in entries)
    for ending in ("md", "html", "xlsx"):
        assert (board / f"leaderboard.{ending}").stat().st_size > 500


def test_a_rerun_changes_no_file_and_prints_the_same(finished: Path) -> None:
    before = snapshot(finished / "runs")
    first = ok("run", "spec.yaml", cwd=finished)
    assert snapshot(finished / "runs") == before
    assert "fakes-good" in first


def test_a_scoring_weight_runs_score_alone(finished: Path) -> None:
    change = ("--set", "score.weights.AS=0.6")
    plan = states(ok("plan", "spec.yaml", *change, "--json", cwd=finished))
    assert {stage for (_, stage), state in plan.items() if state == "will run"} == {"score"}
    before = snapshot(finished / "runs" / "stages")
    ok("run", "spec.yaml", *change, cwd=finished)
    new = {name.split("-")[0] for name in snapshot(finished / "runs" / "stages").keys() - before}
    assert new == {"score", "report"}
    summary = read(finished / "runs" / "fakes-good" / "summary.json")
    assert summary["scoring"]["id"].startswith("timetable-2025/2+")
    assert summary["scoring"]["art"] == "correct"


def test_a_spec_may_pay_for_speed_by_itself(tmp_path: Path) -> None:
    write_spec(tmp_path, {**FAKES, "score": {"art": "all"}})
    ok("run", "spec.yaml", cwd=tmp_path)
    scoring = read(tmp_path / "runs" / "fakes-good" / "summary.json")["scoring"]
    assert scoring["id"].startswith("timetable-2025/2+")
    assert any(line.startswith("ART = 100 · mean(r(t))") for line in scoring["formula"])


def test_a_longer_answer_runs_what_lies_below_infer(finished: Path) -> None:
    plan = states(ok("plan", "spec.yaml", "--set", "generate.max_tokens=9", "--json", cwd=finished))
    assert {s for (_, s), state in plan.items() if state == "will run"} == {"infer", "score"}


def test_a_plan_names_the_field_that_changed(finished: Path) -> None:
    told = ok("plan", "spec.yaml", "--set", "entries.half.model.skill=0.6", cwd=finished)
    rows = [line.split(maxsplit=4) for line in told.splitlines() if "will run" in line]
    assert [row[:2] for row in rows] == [["fakes-half", s] for s in ("infer", "score")]
    assert rows[0][4] == "model.skill: 0.5 → 0.6"
    assert rows[1][4] == "follows infer"


def test_a_plan_runs_nothing(tmp_path: Path) -> None:
    write_spec(tmp_path, FAKES)
    assert "never run" in ok("plan", "spec.yaml", cwd=tmp_path)
    assert not (tmp_path / "runs" / "stages").exists()


def test_runtime_settings_decide_nothing(finished: Path) -> None:
    plan = states(ok("plan", "spec.yaml", "--set", "runtime.batch=7", "--json", cwd=finished))
    assert set(plan.values()) == {"cached"}


def test_until_stops_there(tmp_path: Path) -> None:
    write_spec(tmp_path, FAKES)
    assert ok("run", "spec.yaml", "--until", "questions", cwd=tmp_path) == ""
    made = {path.name.split("-")[0] for path in (tmp_path / "runs" / "stages").glob("[a-z]*")}
    assert made == {"questions"}


def test_json_is_the_leaderboard(finished: Path) -> None:
    told = json.loads(ok("run", "spec.yaml", "--json", cwd=finished))
    assert told[0]["name"] == "fakes-good"


def test_experiments_share_what_they_have_in_common(finished: Path) -> None:
    stages = [path.name.split("-")[0] for path in (finished / "runs" / "stages").glob("[a-z]*")]
    assert stages.count("questions") == 1
    assert stages.count("infer") == 3


def test_a_killed_run_ends_like_an_undisturbed_one(tmp_path: Path) -> None:
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    for folder in (quiet, killed):
        folder.mkdir()
        write_spec(folder, FAKES)
    ok("run", "spec.yaml", cwd=quiet)
    dice = random.Random(5)
    for _ in range(10):
        process = subprocess.Popen(
            command("run", "spec.yaml"), cwd=killed, env=environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(dice.uniform(0.2, 1.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
    ok("run", "spec.yaml", cwd=killed)
    for name in ("fakes-floor", "fakes-half", "fakes-good"):
        for file in ("predictions.jsonl", "scores.jsonl"):
            mine = [without_times(line) for line in lines(killed / "runs" / name / file)]
            theirs = [without_times(line) for line in lines(quiet / "runs" / name / file)]
            assert mine == theirs


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def without_times(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in ("e2e_s", "ttft_s")}


def test_a_damaged_stage_is_set_aside_and_made_again(finished: Path) -> None:
    (scores,) = (finished / "runs" / "fakes-good" / "stages").glob("score")
    (scores / "scores.jsonl").unlink()
    result = podium("run", "spec.yaml", cwd=finished)
    assert result.returncode == 0
    assert "damaged" in result.stderr
    assert (finished / "runs" / "fakes-good" / "scores.jsonl").is_file()


class TestBadInput:
    """Each gives one line and leaves nothing that a rerun would trust."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        write_spec(tmp_path, FAKES)
        return tmp_path

    def expect(self, folder: Path, change: str, *words: str) -> None:
        line = refused("run", "spec.yaml", "--set", change, cwd=folder)
        for word in words:
            assert word in line
        made = folder / "runs" / "stages"
        assert not made.exists() or not list(made.glob("[a-z]*"))

    def test_missing_spec(self, folder: Path) -> None:
        assert "'spec.yaml'" in refused("run", "sepc.yaml", cwd=folder)

    def test_missing_table(self, folder: Path) -> None:
        self.expect(folder, "suite.table=none.xlsx", "none.xlsx")

    def test_unknown_key(self, folder: Path) -> None:
        self.expect(folder, "generate.max_token=3", "generate.max_token", "'max_tokens'")

    def test_negative_rate(self, folder: Path) -> None:
        (folder / "spec.yaml").write_text("finetune:\n  lr: -1\n", encoding="utf-8")
        assert "spec.yaml:2: finetune.lr" in refused("run", "spec.yaml", cwd=folder)

    def test_unknown_family(self, folder: Path) -> None:
        self.expect(folder, "suite.families=[lookpu]", "'lookup'")

    def test_model_folder_without_weights(self, folder: Path) -> None:
        (folder / "base").mkdir()
        config = {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"]}
        (folder / "base" / "config.json").write_text(json.dumps(config), encoding="utf-8")
        write_spec(folder, {"model": {"base": "base", "engine": "hf"}})
        assert "no weights" in refused("run", "spec.yaml", cwd=folder)

    def test_model_folder_that_is_not_there(self, folder: Path) -> None:
        write_spec(folder, {"model": {"base": "none"}})
        assert "no such model folder" in refused("run", "spec.yaml", cwd=folder)

    def test_no_room_for_the_store(self, folder: Path) -> None:
        (folder / "runs").write_text("a file where the store should be", encoding="utf-8")
        assert "runs" in refused("run", "spec.yaml", cwd=folder, code=1)

    @pytest.mark.parametrize(
        ("cell", "words"),
        [("25:61", ("到点", "25:61")), ("x", ("到点",))],
    )
    def test_a_time_that_is_none(self, folder: Path, cell: str, words: tuple[str, ...]) -> None:
        header = "序号,车次,始发站,终到站,到点,开点,候车厅,检票口,站台"
        row = f"1,K1,甲,乙,{cell},08:00,东厅,1A,1"
        (folder / "t.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
        self.expect(folder, "suite.table=t.csv", "t.csv", *words)

    def test_a_missing_column_names_those_found(self, folder: Path) -> None:
        (folder / "t.csv").write_text("车次,始发\nK1,甲\n", encoding="utf-8")
        self.expect(folder, "suite.table=t.csv", "始发站", "车次")

    def test_an_empty_table(self, folder: Path) -> None:
        (folder / "t.csv").write_text("", encoding="utf-8")
        self.expect(folder, "suite.table=t.csv", "t.csv")

    def test_two_experiments_of_one_name(self, folder: Path) -> None:
        line = refused("run", "spec.yaml", "spec.yaml", cwd=folder)
        assert "two experiments are named 'fakes-floor'" in line

    def test_experiments_that_cannot_share_a_board(self, folder: Path) -> None:
        entries = [{"name": "a"}, {"name": "b", "suite": {"families": ["dwell"]}}]
        write_spec(folder, {**FAKES, "entries": entries})
        line = refused("run", "spec.yaml", cwd=folder)
        assert "suite.families" in line
        assert "run them one by one" in line

    def test_a_band_of_times_that_ends_before_it_begins(self, folder: Path) -> None:
        line = refused("run", "spec.yaml", "--set", "score.t_full=9", cwd=folder)
        assert "score.t_full: 9 must be less than t_zero, which is 8 in timetable-2025/2" in line

    def test_a_name_that_no_disk_takes(self, folder: Path) -> None:
        assert "too long" in refused("run", "x" * 300, cwd=folder)


class TestScore:
    """`podium score` on answers from elsewhere."""

    @pytest.fixture
    def asked(self, tmp_path: Path) -> Path:
        ok("suites", "timetable", "--questions", "q.jsonl", cwd=tmp_path)
        return tmp_path

    def answer(self, folder: Path, **more: Any) -> list[dict[str, Any]]:
        """Right answers to all questions, written as a prediction file."""
        answers = [
            {"id": q["id"], "text": q["reference"], **more} for q in lines(folder / "q.jsonl")
        ]
        self.write(folder, answers)
        return answers

    def write(self, folder: Path, answers: list[dict[str, Any]]) -> None:
        text = "\n".join(json.dumps(answer, ensure_ascii=False) for answer in answers)
        (folder / "p.jsonl").write_text(text, encoding="utf-8")

    def score(self, folder: Path, *more: str) -> Any:
        words = ("score", "--suite", "timetable", "--predictions", "p.jsonl", "--json", *more)
        return json.loads(ok(*words, cwd=folder))

    def test_right_answers_without_times_stand_over_two_parts(self, asked: Path) -> None:
        self.answer(asked)
        summary = self.score(asked)
        assert summary["parts"]["ART"] is None
        assert summary["parts"]["AS"]["value"] == 100
        assert summary["total"]["weights"] == pytest.approx({"AS": 4 / 7, "AE": 3 / 7})
        # Nothing is certain, not even where every answer is right.
        assert summary["total"]["low"] < 100

    def test_an_answer_left_out_earns_no_time(self, asked: Path) -> None:
        answers = self.answer(asked, e2e_s=0.1)
        self.write(asked, answers[5:])
        summary = self.score(asked)
        assert (summary["unanswered"], summary["unscored"]) == (5, 0)
        share = 100 * (len(answers) - 5) / len(answers)
        assert summary["parts"]["ART"]["value"] == pytest.approx(share, abs=0.01)
        assert summary["times"] == {"chosen": len(answers), "timed": len(answers), "void": None}

    def test_what_it_writes_can_be_reported(self, asked: Path) -> None:
        self.answer(asked, e2e_s=0.1)
        self.score(asked, "--out", "scored")
        assert "p " in ok("report", "scored", "--out", "board", cwd=asked)
        assert (asked / "board" / "leaderboard.html").is_file()

    def test_a_question_file_gives_the_same_score(self, asked: Path) -> None:
        self.answer(asked)
        words = ("score", "--questions", "q.jsonl", "--predictions", "p.jsonl", "--json")
        assert json.loads(ok(*words, cwd=asked))["parts"] == self.score(asked)["parts"]
