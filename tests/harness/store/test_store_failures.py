import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.errors import StoreError
from harness.store.files import read_json, write_json, write_text
from harness.store.store import Store
from tests.harness.children import child_says, die_at_step, limit_file_size, start, wait
from tests.harness.toy import INPUTS, KEY, contents, never, toy

pytestmark = pytest.mark.forks

ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


# --- a run that does not end ---------------------------------------------------------------------


def test_an_error_passes_and_the_next_run_goes_on(store: Store, tmp_path: Path) -> None:
    def fail(work: Path) -> None:
        toy(work, items=3, calls=tmp_path / "calls")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.make("infer", INPUTS, fail)
    assert store.find("infer", KEY) is None
    assert os.listdir(store.stages) == [f".infer-{KEY}.work"]
    assert store.why("infer", INPUTS) == ["interrupted, will resume"]
    store.make("infer", INPUTS, lambda work: toy(work, calls=tmp_path / "calls"))
    assert (tmp_path / "calls").read_text(encoding="utf-8") == "0\n1\n2\n3\n4\n"
    assert store.verify("infer", KEY) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("inputs", {**INPUTS, "seed": 9}, "inputs.seed: 9 → 0"),
        ("version", "0.0.1", 'version: "0.0.1" → '),
        ("stage", "score", 'stage: "score" → "infer"'),
    ],
)
def test_work_begun_otherwise_is_refused_by_field(
    store: Store, field: str, value: Any, message: str
) -> None:
    work = store.stages / f".infer-{KEY}.work"
    with pytest.raises(ZeroDivisionError):
        store.make("infer", INPUTS, crash)
    write_json(work / ".work.json", {**read_json(work / ".work.json"), field: value})
    with pytest.raises(StoreError, match="cannot be resumed; delete it") as caught:
        store.make("infer", INPUTS, toy)
    assert message in str(caught.value)
    assert str(work) in str(caught.value)


@pytest.mark.parametrize("mark", [None, "{"])
@pytest.mark.parametrize("name", ["rows.jsonl", "checkpoints/1/state", "meta.json"])
def test_work_of_unknown_origin_is_refused(store: Store, name: str, mark: str | None) -> None:
    work = store.stages / f".infer-{KEY}.work"
    write_text(work / name, '{"item": 0, "answer": "poison"}\n')
    if mark is not None:
        write_text(work / ".work.json", mark)
    with pytest.raises(StoreError, match="delete"):
        store.make("infer", INPUTS, toy)
    assert store.find("infer", KEY) is None


def test_a_stage_that_writes_nothing_is_no_result(store: Store) -> None:
    with pytest.raises(StoreError, match="stage infer ended without writing a file"):
        store.make("infer", INPUTS, write_scratch)
    assert store.find("infer", KEY) is None


def crash(work: Path) -> None:
    raise ZeroDivisionError(work)


def write_scratch(work: Path) -> None:
    write_text(work / "checkpoints" / "a", "scratch")


def test_a_pipe_is_no_result(store: Store) -> None:
    with pytest.raises(StoreError, match="pipe: is no plain file"):
        store.make("infer", INPUTS, lambda work: os.mkfifo(work / "pipe"))


def test_scratch_that_links_outside_is_unlinked_not_emptied(store: Store, tmp_path: Path) -> None:
    write_text(tmp_path / "mine" / ".keep", "x")

    def build(work: Path) -> None:
        write_text(work / "a", "x")
        (work / ".link").symlink_to(tmp_path / "mine")

    store.make("infer", INPUTS, build)
    assert (tmp_path / "mine" / ".keep").exists()


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: a kill is no power cut, so fsync need not be slow."""
    disk = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # random name in it
    with tempfile.TemporaryDirectory(dir=disk) as folder:
        yield Path(folder)


def test_killed_before_any_step_on_the_disk_it_resumes_to_the_same_result(memory: Path) -> None:
    expected = contents(Store(memory / "whole").make("infer", INPUTS, lambda w: toy(w, 1)))
    step = 0
    while True:
        step += 1
        store = Store(memory / str(step))
        if wait(start(partial(killed_at, step, store))) == 0:
            break
        found = store.find("infer", KEY)
        assert found is None or contents(found) == expected
        folder = store.make("infer", INPUTS, lambda work: toy(work, 1))
        assert contents(folder) == expected
        left = [name for name in os.listdir(store.stages) if not name.endswith(".lock")]
        assert left == [folder.name]
    assert step > 40, "the steps were not counted"


def killed_at(step: int, store: Store) -> None:
    die_at_step(step, store.root)
    store.make("infer", INPUTS, lambda work: toy(work, 1))


RUN = """
import sys
from pathlib import Path
from harness.store.store import Store
from tests.harness.toy import INPUTS, toy
root, calls = map(Path, sys.argv[1:])
print(Store(root).make("infer", INPUTS, lambda work: toy(work, 40, calls, 0.01)))
"""


def run(root: Path, calls: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(root), str(calls)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_killed_at_random_it_repeats_at_most_the_item_in_flight(tmp_path: Path) -> None:
    chance = random.Random(7)  # when to kill is no secret
    calls = tmp_path / "calls"
    for _ in range(4):
        before = calls.stat().st_size if calls.exists() else 0
        with run(tmp_path / "runs", calls) as process:
            while process.poll() is None and (not calls.exists() or calls.stat().st_size == before):
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.1))
            process.send_signal(signal.SIGKILL)
    with run(tmp_path / "runs", calls) as process:
        _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert "left this lock and is gone" in errors
    items = [int(line) for line in calls.read_text(encoding="utf-8").split()]
    assert sorted(set(items)) == list(range(40))
    assert len(items) <= 44
    whole = Store(tmp_path / "whole").make("infer", INPUTS, lambda work: toy(work, 40))
    assert contents(tmp_path / "runs" / "stages" / whole.name) == contents(whole)


def test_of_two_processes_one_works_and_both_get_the_result(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    both = [run(tmp_path / "runs", calls) for _ in range(2)]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert said[0][0] == said[1][0]
    assert sorted(map(int, calls.read_text(encoding="utf-8").split())) == list(range(40))
    assert sum("waiting for process" in errors for _, errors in said) == 1


# --- a disk that refuses -------------------------------------------------------------------------


def test_a_file_where_the_store_should_be_is_named(tmp_path: Path) -> None:
    write_text(tmp_path / "runs", "")
    with pytest.raises(StoreError, match=r"cannot be written: .*/runs is no folder"):
        Store(tmp_path / "runs").make("infer", INPUTS, toy)


@pytest.mark.parametrize("size", [0, 60, 150, 300])
def test_a_file_that_does_not_fit_is_one_sentence_and_no_result(tmp_path: Path, size: int) -> None:
    """The size decides which write fails: lock, mark of the work, a row, a file, meta."""
    store = Store(tmp_path / "runs")

    def child() -> str:
        limit_file_size(size)
        with pytest.raises(StoreError) as caught:
            store.make("infer", INPUTS, toy)
        return str(caught.value)

    assert child_says(child).endswith(": cannot be written: file too large")
    assert store.find("infer", KEY) is None
    store.make("infer", INPUTS, toy)
    assert store.verify("infer", KEY) == []


def test_a_stage_that_writes_by_itself_meets_the_same_sentence(store: Store) -> None:
    def build(work: Path) -> None:
        (work / "weights.bin").write_bytes(b"\0" * 5000)

    def child() -> str:
        limit_file_size(2000)
        with pytest.raises(StoreError) as caught:
            store.make("infer", INPUTS, build)
        return str(caught.value)

    assert child_says(child).endswith("cannot be written: file too large")


def test_an_error_that_is_no_disk_passes_as_it_is(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.make("infer", INPUTS, lambda work: (work / "missing").unlink())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 256 KiB, where this process may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("may not mount a disk; the tests with a limit on file size stand in")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_one_sentence_and_the_run_goes_on_after(small_disk: Path) -> None:
    store = Store(small_disk / "runs")
    filler = small_disk / "filler"
    filler.write_bytes(b"\0" * 200_000)
    with pytest.raises(StoreError, match="cannot be written: no space left on device"):
        store.make("infer", INPUTS, lambda work: toy(work, items=2000))
    assert store.find("infer", KEY) is None
    filler.unlink()
    store.make("infer", INPUTS, lambda work: toy(work, items=2000))
    assert store.verify("infer", KEY) == []


def test_a_read_only_disk_serves_what_it_has_and_refuses_the_rest(small_disk: Path) -> None:
    store = Store(small_disk / "runs")
    folder = store.make("infer", INPUTS, toy)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert store.make("infer", INPUTS, never) == folder
    with pytest.raises(StoreError, match="cannot be written: read-only file system"):
        store.make("infer", {"seed": 1}, toy)
