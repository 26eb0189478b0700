"""A teacher behind an address, end to end: faults, wrong rows, kills, budgets, keys."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from harness.store.files import read_json, read_jsonl
from tests.podium import command, environment, heed_ctrl_c, ok, podium, refused, write_spec
from tests.teacher_server import Server, teacher

SPOKEN = "tests.harness.distill.spoken"
KEY = "sk-4fZq9+/Tr0ub1e=R7w2"


def spec(server: Server, **distill: Any) -> dict[str, Any]:
    """A spec whose teacher is a server."""
    asked = {"engine": "api", "address": server.address, "model": "m", "key_env": "TEACHER_KEY"}
    return {
        "name": "taught",
        "model": {"base": None, "engine": "floor"},
        "latency": None,
        "distill": {"teacher": asked, "samples": 300, "per_request": 3, **distill},
    }


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEACHER_KEY", KEY)


def made(folder: Path, stage: str, name: str) -> Path:
    """A file of the one finished stage of that name."""
    (found,) = (folder / "runs" / "stages").glob(f"{stage}-*")
    return found / name


def accepted(folder: Path) -> list[dict[str, Any]]:
    return list(read_jsonl(made(folder, "distill", "accepted.jsonl")))


def test_a_teacher_with_every_fault_loses_nothing(tmp_path: Path) -> None:
    faults = {"refuse": 0.05, "crash": 0.05, "reset": 0.02, "cut": 0.02}
    with teacher(latency_s=0.01, handler=f"{SPOKEN}:wrong_in_a_tenth", **faults) as server:
        write_spec(tmp_path, spec(server))
        ok("run", "spec.yaml", cwd=tmp_path)
        counts = server.counts()
    rows = accepted(tmp_path)
    summary = read_json(tmp_path / "runs" / "taught" / "distill.json")
    assert len(rows) == summary["accepted"] == 300
    assert len({row["messages"][-1]["content"] for row in rows}) == 300
    assert summary["replies"] == len(counts.answered)
    assert set(counts.answered.values()) == {1}
    # Every wrong one was found, and next to nothing else was turned away.
    assert 0.05 < summary["rejected"] / (300 + summary["rejected"]) < 0.2
    assert all(reason.startswith("answer ") for reason in summary["reasons"]), summary["reasons"]
    assert summary["cost"]["calls"] >= len(counts.answered)
    assert (tmp_path / "runs" / "taught" / "leaderboard.html").exists()


def test_what_was_paid_for_is_not_paid_for_again(tmp_path: Path) -> None:
    with teacher(handler=f"{SPOKEN}:right") as server:
        write_spec(tmp_path, spec(server))
        ok("run", "spec.yaml", "--until", "distill", cwd=tmp_path)
        first = server.counts()
        ok("run", "spec.yaml", "--until", "distill", "--set", "dataset.leak=0.95", cwd=tmp_path)
        assert server.counts().received == first.received
        ok("run", "spec.yaml", "--until", "distill", "--set", "distill.samples=330", cwd=tmp_path)
        more = server.counts()
    assert len(first.received) == 100
    assert sum(more.received.values()) == 110


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_random_moments_no_stored_reply_is_asked_for_again(
    tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    with teacher(latency_s=0.05, handler=f"{SPOKEN}:wrong_in_a_tenth") as server:
        write_spec(tmp_path, spec(server, per_request=1))
        words = command("run", "spec.yaml", "--until", "distill", "--set", "runtime.concurrency=4")
        in_flight = 0
        for _ in range(5):
            kill_after(words, tmp_path, server, draw)
            in_flight += 4
        ok(*words[3:], cwd=tmp_path)
        counts = server.counts()
    repeated = sum(counts.received.values()) - len(counts.received)
    assert repeated <= in_flight
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    with teacher(handler=f"{SPOKEN}:wrong_in_a_tenth") as server:
        write_spec(undisturbed, spec(server, per_request=1))
        ok("run", "spec.yaml", "--until", "distill", cwd=undisturbed)
    assert accepted(tmp_path) == accepted(undisturbed)


def kill_after(words: list[str], folder: Path, server: Server, draw: random.Random) -> None:
    """Start, and kill without mercy once some more calls have come in."""
    goal = sum(server.counts().received.values()) + draw.randrange(5, 60)
    process = subprocess.Popen(words, cwd=folder, env=environment(), stderr=subprocess.PIPE)
    while process.poll() is None and sum(server.counts().received.values()) < goal:
        time.sleep(0.005)
    process.kill()
    process.communicate()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_kill_repeats_no_call_at_all(tmp_path: Path, how: signal.Signals) -> None:
    with teacher(latency_s=0.1, handler=f"{SPOKEN}:right") as server:
        write_spec(tmp_path, spec(server, per_request=1))
        words = command("run", "spec.yaml", "--until", "distill")
        process = subprocess.Popen(
            words,
            cwd=tmp_path,
            env=environment(),
            stderr=subprocess.PIPE,
            preexec_fn=heed_ctrl_c,  # noqa: PLW1509 - this test has no other thread
        )
        while sum(server.counts().received.values()) < 60:
            time.sleep(0.005)
        process.send_signal(how)
        process.communicate(timeout=30)
        assert process.returncode == 130
        ok(*words[3:], cwd=tmp_path)
        assert set(server.counts().received.values()) == {1}


def test_a_budget_stops_and_goes_on(tmp_path: Path) -> None:
    with teacher(handler=f"{SPOKEN}:right") as server:
        write_spec(tmp_path, spec(server))
        limited = ("run", "spec.yaml", "--until", "distill", "--set")
        line = refused(*limited, "runtime.budget.calls=40", cwd=tmp_path, code=1)
        assert "calls 40 of 40" in line
        assert sum(server.counts().received.values()) == 40
        again = refused(*limited, "runtime.budget.calls=40", cwd=tmp_path, code=1)
        assert again == line
        assert sum(server.counts().received.values()) == 40
        ok(*limited, "runtime.budget.calls=200", cwd=tmp_path)
        assert set(server.counts().received.values()) == {1}
        assert len(server.counts().received) == 100


@pytest.fixture
def talkative(tmp_path: Path) -> list[subprocess.CompletedProcess[str]]:
    """What Podium says while providers send the key back wherever they can."""
    said: list[subprocess.CompletedProcess[str]] = []
    for behaviour in (
        {"status": 401, "echo": "error"},
        {"status": 500, "echo": "error"},
        {"echo": "answer", "handler": f"{SPOKEN}:right"},
        {"echo": "answer", "handler": "tests.teacher_server:echo"},
    ):
        with teacher(**behaviour) as server:
            write_spec(tmp_path, spec(server, samples=30, attempts=1))
            changes = ("--set", "runtime.timeout_s=2", "--set", f"distill.seed={len(said)}")
            said.append(podium("run", "spec.yaml", *changes, cwd=tmp_path))
    return said


def test_the_key_is_nowhere(
    tmp_path: Path, talkative: list[subprocess.CompletedProcess[str]]
) -> None:
    # The last one repeats the prompt, key and all, and with it the questions as they were.
    assert [run.returncode for run in talkative] == [2, 1, 0, 0]
    assert "TEACHER_KEY" in talkative[0].stderr
    for run in talkative:
        assert KEY not in run.stdout + run.stderr
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "responses.sqlite3" for path in files)
    for path in files:
        assert KEY.encode() not in path.read_bytes(), path
    assert any(b"[key]" in path.read_bytes() for path in files)


def test_no_key_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEACHER_KEY")
    with teacher() as server:
        write_spec(tmp_path, spec(server))
        line = refused("run", "spec.yaml", cwd=tmp_path)
        assert not server.counts().received
    assert "TEACHER_KEY" in line


def test_nobody_there_is_one_line(tmp_path: Path) -> None:
    with teacher() as server:
        write_spec(tmp_path, spec(server))
    line = refused("run", "spec.yaml", "--set", "runtime.timeout_s=2", cwd=tmp_path, code=1)
    assert "127.0.0.1" in line
    assert os.environ["TEACHER_KEY"] not in line
