import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from harness.errors import StoreError
from harness.store.locks import FileLock, Holder, held, me
from tests.harness.children import start, wait

pytestmark = pytest.mark.forks


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "waited 10 s in vain"
        time.sleep(0.01)


def write_holder(path: Path, holder: Holder) -> None:
    path.write_text(json.dumps(asdict(holder)), encoding="utf-8")


def dead_process() -> int:
    pid = start(lambda: None)
    wait(pid)
    return pid


def hold_in_child(path: Path, during: Callable[[], object] = lambda: time.sleep(60)) -> int:
    """Hold a lock in a child until it is killed."""

    def work() -> None:
        with held(path, "infer-1"):
            during()

    pid = start(work)
    wait_until(lambda: path.exists() and path.stat().st_size > 0)
    return pid


def test_a_lock_names_its_holder_and_goes_away(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lock"
    with held(path, "infer-1"):
        assert json.loads(path.read_text(encoding="utf-8")) == asdict(me())
        assert FileLock(path).acquire() == me()
    assert os.listdir(path.parent) == []


def test_it_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path / "lock", "infer-1"):
        raise ZeroDivisionError
    assert FileLock(tmp_path / "lock").acquire() is None


def test_who_waits_is_told_once_for_whom_and_then_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pid = hold_in_child(tmp_path / "lock", lambda: time.sleep(0.5))
    with caplog.at_level(logging.WARNING, "podium"), held(tmp_path / "lock", "infer-1"):
        assert wait(pid) == 0
    assert caplog.messages == [f"infer-1: waiting for process {pid}, which is doing it"]


def test_the_lock_of_a_killed_process_is_broken_with_a_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pid = hold_in_child(tmp_path / "lock")
    assert FileLock(tmp_path / "lock").acquire() is not None
    os.kill(pid, signal.SIGKILL)
    wait(pid)
    with caplog.at_level(logging.WARNING, "podium"), held(tmp_path / "lock", "infer-1"):
        pass
    assert caplog.messages == [
        f"{tmp_path / 'lock'}: process {pid} left this lock and is gone; lock broken"
    ]


def test_a_child_that_outlives_a_killed_holder_does_not_keep_the_lock(tmp_path: Path) -> None:
    grandchild = tmp_path / "grandchild"

    def fork() -> None:
        child = start(lambda: time.sleep(60))
        grandchild.write_text(str(child), encoding="utf-8")
        time.sleep(60)

    pid = hold_in_child(tmp_path / "lock", fork)
    wait_until(lambda: grandchild.exists() and grandchild.stat().st_size > 0)
    os.kill(pid, signal.SIGKILL)
    wait(pid)
    try:
        assert FileLock(tmp_path / "lock").acquire() is None
    finally:
        os.kill(int(grandchild.read_text(encoding="utf-8")), signal.SIGKILL)


def test_a_forked_child_does_not_free_its_parents_lock(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.acquire() is None
    assert wait(start(lock.release)) == 0
    assert FileLock(tmp_path / "lock").acquire() == me()


def test_a_process_that_only_inherited_the_number_is_not_the_holder(tmp_path: Path) -> None:
    write_holder(tmp_path / "lock", replace(me(), started=me().started + 1))
    assert FileLock(tmp_path / "lock").acquire() is None


def test_a_lock_file_that_a_kill_left_empty_or_torn_is_free(tmp_path: Path) -> None:
    for number, text in enumerate(["", '{"pid": 1', "[]", '{"pid": 1}']):
        (tmp_path / str(number)).write_text(text, encoding="utf-8")
        assert FileLock(tmp_path / str(number)).acquire() is None


def test_a_live_process_named_here_is_believed_without_the_kernel(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8")
        holder = replace(me(), pid=process.pid, started=int(stat.split()[21]))
        write_holder(tmp_path / "lock", holder)
        assert FileLock(tmp_path / "lock").acquire() == holder
        process.kill()
        # Dead, although its number stays taken until its parent asks.
        wait_until(lambda: not holder.alive)
        assert Path(f"/proc/{process.pid}").exists()
        assert FileLock(tmp_path / "lock").acquire() is None


def test_threads_wait_for_each_other(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        with held(tmp_path / "lock", "infer-1"):
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.02)
            inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


def test_many_processes_never_hold_it_at_once(tmp_path: Path) -> None:
    def work() -> None:
        for _ in range(20):
            lock = FileLock(tmp_path / "lock")
            while lock.acquire() is not None:
                pass
            (tmp_path / "inside").mkdir()  # fails if another process is inside
            (tmp_path / "inside").rmdir()
            lock.release()

    assert [wait(pid) for pid in [start(work) for _ in range(4)]] == [0, 0, 0, 0]


@pytest.fixture
def no_kernel_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that answers as Lustre does without the flock option."""

    def refuse(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", refuse)


@pytest.mark.usefixtures("no_kernel_locks")
def test_without_kernel_locks_the_text_decides(tmp_path: Path) -> None:
    pid = hold_in_child(tmp_path / "lock")
    found = FileLock(tmp_path / "lock").acquire()
    os.kill(pid, signal.SIGKILL)
    wait(pid)
    assert found is not None
    assert found.pid == pid
    assert FileLock(tmp_path / "lock").acquire() is None


@pytest.mark.usefixtures("no_kernel_locks")
def test_without_kernel_locks_another_machine_is_believed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "lock"
    write_holder(path, Holder(dead_process(), 1, "another-machine"))
    threading.Timer(0.3, path.unlink).start()
    with caplog.at_level(logging.WARNING, "podium"), held(path, "infer-1"):
        pass
    assert "on another-machine" in caplog.text
    assert f"if that machine is gone, delete {path}" in caplog.text


def test_with_kernel_locks_a_machine_that_is_gone_blocks_nothing(tmp_path: Path) -> None:
    write_holder(tmp_path / "lock", Holder(1, 1, "a-container-of-yesterday"))
    assert FileLock(tmp_path / "lock").acquire() is None


def test_a_lock_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="runs is no folder"):
        FileLock(tmp_path / "runs" / "lock").acquire()
