"""Each suite from the files that its users hold to a leaderboard, on the embedded base."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.store.files import read_json, read_jsonl
from tests.podium import ok, podium, refused, timed, write_spec

SUITES = Path(__file__).parent.parent / "suites"
# The files of each suite under the names that its users have them by.
FILES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "reading": {
        "chinese": ("data/chinese.xlsx", "训练集-语文.xlsx"),
        "english": ("data/english.xlsx", "训练集-英语.xlsx"),
    },
    "roleplay": {"data": ("data/ferry.json", "huanhuan.json")},
    "ruozhiba": {"data": ("data/trick-questions.jsonl", "ruozhiba_ruozhiba.jsonl")},
    "style": {"data": ("data/chats.csv", "style_chat_data.csv")},
    "fewclue": {"folder": ("data", "FewCLUE")},
}
# What is shortened, so that the five together take minutes; the path is the whole one.
SHORT: Mapping[str, tuple[str, ...]] = {
    "reading": ("entries.lora.finetune.epochs=0.5", "latency=null", "generate.max_tokens=64"),
    "roleplay": ("entries.lora.finetune.epochs=1", "latency=null"),
    "ruozhiba": ("entries.after.finetune.epochs=1", "latency.questions=2", "latency.replicates=4"),
    "style": ("entries.lora.finetune.epochs=0.5", "latency=null"),
    "fewclue": ("entries.lora.finetune.epochs=0.2", "suite.splits=[dev]", "suite.tasks=[bustm]"),
}


def copied(suite: str, folder: Path) -> dict[str, str]:
    """The suite's files in a user's folder; options that name them."""
    options = {}
    for option, (source, name) in FILES[suite].items():
        origin = SUITES / suite / source
        (shutil.copytree if origin.is_dir() else shutil.copy)(origin, folder / name)
        options[option] = name
    return options


@pytest.fixture(scope="module", params=sorted(FILES))
def finished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the baseline of a suite has run over a user's files."""
    suite = str(request.param)
    folder = tmp_path_factory.mktemp(suite)
    spec = yaml.safe_load((SUITES.parent / "baselines" / f"{suite}.yaml").read_text("utf-8"))
    spec["suite"] |= copied(suite, folder)
    write_spec(folder, spec)
    changes = [word for change in SHORT[suite] for word in ("--set", change)]
    timed("run", "spec.yaml", *changes, cwd=folder)
    return folder


@pytest.mark.real
def test_a_suite_goes_from_a_users_files_to_a_leaderboard(finished: Path) -> None:
    (board,) = (finished / "runs").glob("*/leaderboard.json")
    entries = read_json(board)
    assert len(entries) >= 3
    for entry in entries:
        assert entry["n"] > 0
        assert entry["unscored"] == 0
        assert entry["parts"]["AS"] is not None
        assert any(measure["value"] is not None for measure in entry["measures"])
    tuned = next(entry for entry in entries if entry["finetune"] is not None)
    assert tuned["model"]["stand_in"]
    run = finished / "runs" / tuned["name"]
    assert read_json(run / "loss.json")["loss"]
    answered = [row["text"] for row in read_jsonl(run / "predictions.jsonl")]
    assert len(set(answered)) > 1
    page = board.with_suffix(".html").read_text("utf-8")
    assert tuned["measures"][0]["name"].replace("_", " ") in page


def fakes(suite: str, folder: Path, **more: Any) -> dict[str, Any]:
    """A spec of two fake models that takes no torch."""
    return {
        "name": suite,
        "suite": {"name": suite, **copied(suite, folder)},
        "model": {"base": None, "engine": "fake"},
        "latency": None,
        **more,
        "entries": [
            {"name": "good", "model": {"skill": 0.95}},
            {"name": "bad", "model": {"skill": 0.2}},
        ],
    }


@pytest.mark.parametrize("suite", sorted(FILES))
def test_the_better_model_is_first_and_a_rerun_changes_nothing(suite: str, tmp_path: Path) -> None:
    write_spec(tmp_path, fakes(suite, tmp_path))
    first = ok("run", "spec.yaml", "--json", cwd=tmp_path)
    good, bad = json.loads(first)
    assert good["name"] == f"{suite}-good"
    assert good["parts"]["AS"]["value"] > bad["parts"]["AS"]["value"] + 10
    board = tmp_path / "runs" / suite / "leaderboard.html"
    before = board.stat().st_mtime_ns
    assert ok("run", "spec.yaml", "--json", cwd=tmp_path) == first
    assert board.stat().st_mtime_ns == before


@pytest.mark.parametrize("suite", ["reading", "roleplay", "ruozhiba", "style"])
def test_a_judge_is_part_of_what_makes_boards_comparable(suite: str, tmp_path: Path) -> None:
    spec = fakes(suite, tmp_path)
    write_spec(tmp_path, spec, "ruled.yaml")
    write_spec(tmp_path, {**spec, "score": {"judge": {"engine": "fake"}}}, "judged.yaml")
    ok("run", "ruled.yaml", "--runs", "ruled", cwd=tmp_path)
    judged = json.loads(ok("run", "judged.yaml", "--runs", "judged", "--json", cwd=tmp_path))
    assert judged[0]["signature"]["judge"]["engine"] == "fake"
    folders = [f"{kind}/{suite}-good" for kind in ("ruled", "judged")]
    told = refused("report", *folders, "--out", "both", cwd=tmp_path)
    assert "signature.judge" in told


def test_the_embedded_teacher_cannot_judge(tmp_path: Path) -> None:
    spec = fakes("ruozhiba", tmp_path, score={"judge": {"engine": "template"}})
    write_spec(tmp_path, spec)
    assert "cannot judge" in refused("run", "spec.yaml", cwd=tmp_path)


def test_what_needs_a_table_is_refused_before_anything_runs(tmp_path: Path) -> None:
    spec = fakes("style", tmp_path)
    write_spec(tmp_path, {**spec, "dataset": {"augment": {"typos": 0.1}}}, "typos.yaml")
    told = refused("run", "typos.yaml", cwd=tmp_path)
    assert "dataset.augment: rows can only be added to questions about a table" in told
    teacher = {"engine": "fake"}
    write_spec(tmp_path, {**spec, "distill": {"teacher": teacher}}, "reword.yaml")
    assert "distill.way: reword works on" in refused("run", "reword.yaml", cwd=tmp_path)
    assert not (tmp_path / "runs").exists()


def test_a_teacher_finds_the_dialogue_of_a_novel(tmp_path: Path) -> None:
    spec = fakes("roleplay", tmp_path)
    shutil.copy(SUITES / "roleplay" / "data" / "ferry.txt", tmp_path / "novel.txt")
    spec["suite"] |= {"persona": "乌小满", "aliases": ["小满"], "novel": "novel.txt"}
    spec["distill"] = {"way": "extract", "teacher": {"engine": "fake"}}
    write_spec(tmp_path, spec)
    plan = ok("plan", "spec.yaml", cwd=tmp_path)
    assert "calls" not in plan  # no model is tuned on it
    ok("run", "spec.yaml", "--until", "dataset", cwd=tmp_path)
    (made,) = (tmp_path / "runs" / "stages").glob("dataset-*")
    rows = list(read_jsonl(made / "train.jsonl"))
    assert len(rows) > 10
    novel = (tmp_path / "novel.txt").read_text("utf-8")
    said = [clause for row in rows for clause in re.split("[，。！？…]", row["value"])]
    assert all(clause in novel for clause in said)


@pytest.mark.parametrize("form", ["qa", "alpaca", "sharegpt", "messages", "xtuner", "pairs"])
def test_training_data_goes_out_in_every_format(form: str, tmp_path: Path) -> None:
    told = ok("suites", "style", "--export", "train.json", "--to", form, cwd=tmp_path)
    assert f"rows as {form}" in told
    checked = podium("data", "validate", "train.json", "--format", form, cwd=tmp_path)
    assert "no faults" in checked.stdout or checked.returncode == 0, checked.stdout


def test_what_cannot_be_written_is_said_before_anything_is_read(tmp_path: Path) -> None:
    for words, says in (
        (("--export", "train.json"), "name a suite before its options"),
        (("style", "--to", "alpaca"), "--to alpaca: is the format of an export"),
        (("style", "--questions", "q.xlsx"), "q.xlsx: questions are written as .jsonl"),
    ):
        assert says in refused("suites", *words, cwd=tmp_path)
    assert not list(tmp_path.iterdir())


def test_reading_goes_out_as_its_platform_takes_it(tmp_path: Path) -> None:
    told = ok("suites", "reading", "--export", "train.jsonl", cwd=tmp_path)
    rows = list(read_jsonl(tmp_path / "train.jsonl"))
    assert {tuple(sorted(row)) for row in rows} == {("input", "target")}
    assert len({(row["input"], row["target"]) for row in rows}) == len(rows) < 150
    assert "too few rows" in told
