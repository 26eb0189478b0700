"""What a kill leaves is gone when the store is used again; what lives is left alone."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.store.files import link, share, write_bytes
from harness.store.leftovers import clean
from harness.store.locks import FileLock
from harness.store.processes import partial_beside, started, writer_lives
from harness.store.store import Store
from tests.harness.children import die_at_step, start, wait
from tests.harness.toy import INPUTS, KEY, toy

pytestmark = pytest.mark.forks


def partials(folder: Path) -> list[str]:
    names = os.listdir(folder) if folder.is_dir() else []
    return [name for name in names if name.endswith((".partial", ".lock"))]


def killed_while(folder: Path, what: str) -> None:
    """Kill a child when its file is written and has not its name yet."""
    source = folder / "source"
    source.write_bytes(b"x")
    (folder / "at").write_bytes(b"old")

    def child() -> None:
        os.replace = die  # type: ignore[assignment] # in the child alone
        Path.replace = die  # type: ignore[assignment, method-assign] # as above
        if what == "write":
            write_bytes(folder / "at", b"new")
        elif what == "share":
            share(source, folder / "at")
        else:
            link(source, folder / "linked")

    assert wait(start(child)) == -signal.SIGKILL


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("what", ["write", "share", "link"])
def test_a_half_written_file_is_removed(tmp_path: Path, what: str) -> None:
    killed_while(tmp_path, what)
    assert len(partials(tmp_path)) == 1
    clean(tmp_path)
    assert partials(tmp_path) == []
    assert (tmp_path / "at").read_bytes() == b"old"


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Path]:
    """A process that writes a file, holds a lock and sleeps."""
    lock = tmp_path / f".infer-{KEY}.lock"

    def child() -> None:
        assert FileLock(lock).acquire() is None
        partial_beside(tmp_path / "a").write_bytes(b"half")
        time.sleep(600)

    pid = start(child)
    while len(partials(tmp_path)) < 2:
        time.sleep(0.01)
    yield tmp_path
    os.kill(pid, signal.SIGKILL)
    wait(pid)
    clean(tmp_path)
    assert partials(tmp_path) == []


def test_what_a_living_process_writes_or_holds_stays(living: Path) -> None:
    clean(living)
    assert len(partials(living)) == 2
    assert FileLock(living / f".infer-{KEY}.lock").acquire() is not None


@pytest.mark.parametrize(
    ("name", "days", "stays"),
    [
        (".0123456789ab.partial", 0, True), (".0123456789ab.partial", 2, False),
        (".ffffffff_1_5_0123456789ab.partial", 0, True),
        (".ffffffff_1_5_0123456789ab.partial", 2, False),
        (".mine.partial", 9, True), ("mine.partial", 9, True), (".mine.lock", 9, True),
        ("predictions.partial.jsonl", 9, True), (".work.json", 9, True), (".git.lock", 9, True),
        (f".infer-{KEY}.lock", 0, False), (f".infer-{KEY}.lock", 9, False),
        (f".infer-{KEY}.lock.old", 9, True),
    ],
)  # fmt: skip
def test_which_files_are_left_overs(tmp_path: Path, name: str, days: int, stays: bool) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    then = time.time() - days * 24 * 3600
    os.utime(path, (then, then))
    clean(tmp_path)
    assert path.exists() is stays


def test_an_id_that_came_again_is_another_process(tmp_path: Path) -> None:
    mine = partial_beside(tmp_path / "a").name
    assert writer_lives(mine) is True
    again = mine.replace(f"_{started(os.getpid())}_", "_12345_")
    assert writer_lives(again) is False
    assert writer_lives(".0123456789ab.partial") is None


def test_a_folder_that_is_not_there_or_no_folder(tmp_path: Path) -> None:
    clean(tmp_path / "missing")
    (tmp_path / "file").write_bytes(b"")
    clean(tmp_path / "file")
    (tmp_path / ".0123456789ab.partial").mkdir()
    clean(tmp_path)
    assert (tmp_path / ".0123456789ab.partial").is_dir()


@pytest.mark.parametrize("step", [3, 6, 9, 12, 15])
def test_a_killed_stage_leaves_nothing_once_it_is_done(tmp_path: Path, step: int) -> None:
    store = Store(tmp_path / "runs")

    def child() -> None:
        die_at_step(step, store.root)
        store.make("infer", INPUTS, lambda work: toy(work, 1))

    wait(start(child))
    store.clean()
    assert partials(store.stages) == []
    store.make("infer", INPUTS, lambda work: toy(work, 1))
    store.clean()
    assert os.listdir(store.stages) == [f"infer-{KEY}"]


def test_a_lock_of_another_machine_without_kernel_locks_stays_readable(tmp_path: Path) -> None:
    path = tmp_path / f".infer-{KEY}.lock"
    path.write_text(json.dumps({"pid": 1, "started": 1, "host": "elsewhere"}), encoding="utf-8")
    clean(tmp_path)  # the kernel's lock is free, so nobody holds it
    assert not path.exists()
