"""The file that is replayed: any format of `podium data`, and what cannot be learned is told."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from harness.distill.replayed import read_replay
from harness.errors import InputError
from harness.spec import load_specs
from tests.podium import ok, podium, write_spec

CHAT = {"messages": [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "好"}]}
ALPACA = {"instruction": "你好", "input": "", "output": "好"}
UNANSWERED = {"messages": [{"role": "user", "content": "你好"}]}


def file(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.mark.parametrize("row", [CHAT, ALPACA])
def test_chats_and_alpaca_are_read(row: dict[str, Any], tmp_path: Path) -> None:
    (read,) = read_replay(file(tmp_path, row))
    assert (read.sample.question, read.answer, read.sample.family) == ("你好", "好", "replay")


def test_a_row_without_an_answer_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "podium")
    assert len(read_replay(file(tmp_path, CHAT, UNANSWERED))) == 1
    assert "1 rows are left out, the first: " in caplog.text
    with pytest.raises(InputError, match=r"dataset\.replay\.file: .*: no row can be learned"):
        read_replay(file(tmp_path, UNANSWERED))


def test_a_run_mixes_it_in_and_its_content_is_in_the_key(tmp_path: Path) -> None:
    spec = {
        "name": "r", "suite": {"name": "timetable", "families": ["dwell"], "test_limit": 10},
        "model": {"base": None, "engine": "floor"}, "distill": {"samples": 20},
        "dataset": {"replay": {"file": "own.jsonl", "share": 0.1}},
    }  # fmt: skip
    write_spec(tmp_path, spec)
    missing = podium("run", "spec.yaml", "--until", "dataset", cwd=tmp_path)
    assert missing.returncode == 2
    assert "dataset.replay.file: " in missing.stderr
    file(tmp_path, CHAT)
    for number in (1, 2):
        ok("run", "spec.yaml", "--until", "dataset", cwd=tmp_path)
        assert len(made(tmp_path)) == number
        file(tmp_path, ALPACA)
    rows = [json.loads(line) for line in made(tmp_path)[0].read_text("utf-8").splitlines()]
    assert sum(row["family"] == "replay" for row in rows) == 1
    (loaded,) = load_specs(tmp_path / "spec.yaml")
    assert loaded.replay_path == tmp_path / "own.jsonl"


def made(folder: Path) -> list[Path]:
    return sorted((folder / "runs" / "stages").glob("dataset-*/train.jsonl"))
