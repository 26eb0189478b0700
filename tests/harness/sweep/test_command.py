"""`podium sweep` as a user gives it: killed and given again, in two processes, on bad input."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.harness.sweep.sweeping import FAKE, write
from tests.podium import command, environment, ok, podium, refused
from tests.postgres import server

# What two equal sweeps need not share.
_TAKEN = ("seconds", "hours")


def same(found: dict[str, Any]) -> str:
    """What a sweep found, but for what it took."""
    text = json.dumps(found)
    kept = json.loads(
        text, object_hook=lambda one: {k: v for k, v in one.items() if k not in _TAKEN}
    )
    return json.dumps(kept, indent=1)


def sweep(folder: Path, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ok("sweep", "spec.yaml", "--json", *options, cwd=folder))
    return found


def test_a_sweep_that_was_killed_finds_what_it_would_have_found(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        folder.mkdir()
        write(folder, FAKE)
    expected = sweep(whole)
    assert expected["spent"]["complete"] == 8
    finals = {row["name"]: row["searched"] for row in expected["finals"]}
    assert len(finals) == FAKE["sweep"]["finalists"]
    assert expected["winner"] in finals
    assert min(finals.values()) > max(trial["rounds"][-1] for trial in expected["trials"]) - 10
    for trial in ("trial 1:", "trial 5:"):
        kill_at(killed, trial)
    assert same(sweep(killed)) == same(expected)
    files = {path.name for path in (killed / "runs" / "fake-sweep").iterdir()}
    assert {"sweep.html", "sweep.json", "sweep.md", "best.yaml", "leaderboard.html"} <= files
    board = ok("run", "runs/fake-sweep/best.yaml", "--json", cwd=killed)
    assert json.loads(board)[0]["name"] == expected["winner"]


def kill_at(folder: Path, said: str) -> None:
    """Start a sweep and kill it as soon as it says something."""
    with subprocess.Popen(
        command("sweep", "spec.yaml"), cwd=folder, env=environment(), text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert any(said in line for line in process.stderr)
        process.send_signal(signal.SIGKILL)


def test_two_processes_share_a_study_on_postgresql(tmp_path: Path) -> None:
    write(tmp_path, {**FAKE, "sweep": {**FAKE["sweep"], "trials": 12, "batch": 3}})
    with server() as address:
        both = [
            subprocess.Popen(
                command("sweep", "spec.yaml", "--storage", address, "--json"), cwd=tmp_path,
                env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            for _ in range(2)
        ]  # fmt: skip
        told = [process.communicate() for process in both]
        assert [process.returncode for process in both] == [0, 0], told
    first, second = (json.loads(out) for out, _ in told)
    assert same(first) == same(second)
    assert first["spent"]["complete"] == 12
    worked = [err.count("trial ") for _, err in told]
    assert sum(worked) == 12
    assert min(worked) > 0


def test_a_database_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    write(tmp_path, FAKE)
    address = "postgresql://me@127.0.0.1:1/nothing"
    said = refused("sweep", "spec.yaml", "--storage", address, cwd=tmp_path, code=1)
    assert said.startswith(f"podium: {address}: the database refuses: ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--set", "search.model.skil=[0.5]"], "did you mean 'model.skill'"),
        (["--workers", "many"], "--workers many: write a number of processes, auto, or ray://"),
        (["--storage", "postgresql://me:secret@h/d"], "holds a password"),
        (["--sampler", "cma"], "sweep.sampler: 'cma' is no choice"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, options: list[str], said: str) -> None:
    write(tmp_path, FAKE)
    line = refused("sweep", "spec.yaml", *options, cwd=tmp_path)
    assert said in line
    assert "secret" not in line
    assert not (tmp_path / "runs").exists()


def test_a_study_of_another_space_is_refused_and_kept(tmp_path: Path) -> None:
    write(tmp_path, FAKE)
    sweep(tmp_path, "--trials", "4")
    kept = (tmp_path / "runs" / "fake-sweep" / "study.sqlite3").read_bytes()
    said = refused("sweep", "spec.yaml", "--set", "search.generate.max_tokens=[16]", cwd=tmp_path)
    assert "study fake-sweep searches something else" in said
    assert "search.generate.max_tokens.choices" in said
    assert (tmp_path / "runs" / "fake-sweep" / "study.sqlite3").read_bytes() == kept


def test_where_nobody_keeps_to_the_constraints_nobody_wins(tmp_path: Path) -> None:
    write(tmp_path, {**FAKE, "sweep": {"trials": 2, "constraints": {"AS": ">= 99.5"}}})
    result = podium("sweep", "spec.yaml", cwd=tmp_path)
    assert result.returncode == 3, result.stderr
    assert "none of 2 trials that were trained whole keeps to the constraints" in result.stderr
    assert "Nothing won" in (tmp_path / "runs" / "fake-sweep" / "sweep.md").read_text()
