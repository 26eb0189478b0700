"""What each command says of a disk that refuses, and what it leaves behind: no half of a file."""

from __future__ import annotations

import errno
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.cli import podium as command
from harness.errors import PodiumError, StoreError
from harness.models.budget import Spent
from harness.models.response_cache import Reply, Responses
from harness.rows.files import write_records
from harness.store.files import share, write_bytes, write_text
from tests.harness.children import child_says, limit_file_size

pytestmark = pytest.mark.forks

# Each writes into the folder `to`; what they read is written by `here`.
COMMANDS: dict[str, Sequence[str]] = {
    "init": ("init", "t.csv", "--out", "to"),
    "jsonl": ("data", "convert", "a.jsonl", "to/b.jsonl", "--to", "sharegpt"),
    "json": ("data", "convert", "a.jsonl", "to/b.json"),
    "csv": ("data", "convert", "a.jsonl", "to/b.csv"),
    "xlsx": ("data", "convert", "a.jsonl", "to/b.xlsx"),
    "parquet": ("data", "convert", "a.jsonl", "to/b.parquet"),
    "registered": ("data", "convert", "a.jsonl", "to/b.jsonl", "--dataset", "mine"),
    "split": ("data", "split", "a.jsonl", "--to", "train=0.8,test=0.2", "--out", "to"),
    "score": ("score", "--questions", "q.jsonl", "--predictions", "p.jsonl", "--out", "to"),
    "suites": ("suites", "timetable", "--questions", "to/q.jsonl"),
    "taught": ("suites", "ruozhiba", "--export", "to/t.jsonl"),
    "run": ("run", "spec.yaml", "--runs", "to", "--until", "score"),
}
SPEC = """
name: g
suite: {table: "builtin:board-24.xlsx", families: [dwell]}
distill: {samples: 8}
model: {engine: floor}
latency: null
"""
every_command = pytest.mark.parametrize("name", COMMANDS)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with something to read for every command."""
    rows = [
        {"instruction": f"问题{n}？", "input": "", "output": f"答案{n}" * 20} for n in range(60)
    ]
    (tmp_path / "a.jsonl").write_text(lines(rows), "utf-8")
    cells = [f"货{n},{'鲁冀豫'[n % 3]},{3 * n + 1}" for n in range(8)]
    (tmp_path / "t.csv").write_text("\n".join(["品名,产地,单价", *cells]), "utf-8")
    asked = [{"id": str(n), "question": f"第{n}问？", "answer": "07:06", "kind": "time"}
             for n in range(30)]  # fmt: skip
    (tmp_path / "q.jsonl").write_text(lines(asked), "utf-8")
    said = [{"id": str(n), "text": "07:06"} for n in range(30)]
    (tmp_path / "p.jsonl").write_text(lines(said), "utf-8")
    (tmp_path / "spec.yaml").write_text(SPEC, "utf-8")
    (tmp_path / "to").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(rows: Sequence[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def told(name: str) -> str:
    """The sentence in which a command ends; empty where it does what was asked."""
    try:
        command(["-q", *COMMANDS[name]], standalone_mode=False)
    except PodiumError as error:
        return str(error)
    return ""


def left() -> dict[str, int]:
    """The files that are there, with their sizes; locks and work that a rerun takes up apart."""
    files = (path for path in Path("to").rglob("*") if path.is_file() and not path.is_symlink())
    own = {f.as_posix(): f.stat().st_size for f in files}
    return {name: size for name, size in own.items() if "/." not in name}


def whole(name: str) -> dict[str, int]:
    """What a command writes where nothing refuses."""
    assert told(name) == ""
    made = left()
    subprocess.run(["rm", "-r", "to"], check=True)
    Path("to").mkdir()
    return made


@every_command
@pytest.mark.parametrize("size", [0, 300, 2000, 7000])
@pytest.mark.usefixtures("here")
def test_a_limit_is_one_sentence_and_each_file_whole(name: str, size: int) -> None:
    def child() -> str:
        limit_file_size(size)
        return told(name)

    expected = whole(name)
    said = child_says(child)
    assert "\n" not in said
    assert not said or said.endswith(": cannot be written: file too large")
    found = left()
    assert "partial" not in " ".join(found)
    if name != "run":  # its files name the moment, in as many characters or not
        assert found.items() <= expected.items()
    assert said or found


@every_command
def test_a_failing_disk_is_one_sentence(
    name: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    said = told(name)
    assert said.endswith(": cannot be written: input/output error")
    assert "to/" in said
    assert "\n" not in said
    assert not [path for path in (here / "to").rglob("*.partial") if path.parent.name == "to"]


@pytest.fixture
def mounted(here: Path) -> Iterator[Callable[[str], None]]:
    """Mounts a disk with options at `to`, where this process may."""

    def mount(options: str) -> None:
        line = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(here / "to")]
        if subprocess.run(line, capture_output=True, check=False).returncode != 0:
            pytest.skip("may not mount a disk; the tests with a limit on file size stand in")

    yield mount
    # Lazily: a store that met an error may still hold a lock there.
    subprocess.run(["umount", "-l", str(here / "to")], check=False, capture_output=True)


@every_command
def test_a_read_only_disk_is_one_sentence(name: str, mounted: Callable[[str], None]) -> None:
    mounted("ro")
    said = told(name)
    assert "\n" not in said
    assert said.endswith(": cannot be written: read-only file system")
    assert "to" in said


@every_command
@pytest.mark.parametrize("size", ["4k", "12k"])
def test_a_full_disk_is_one_sentence(
    name: str, size: str, mounted: Callable[[str], None], capfd: pytest.CaptureFixture[str]
) -> None:
    mounted(f"size={size}")
    said = told(name)
    assert "\n" not in said
    assert not said or said.endswith(": cannot be written: no space left on device")
    assert "Exception ignored" not in capfd.readouterr().err
    assert "partial" not in " ".join(left())


def test_a_full_folder_of_temporary_files(
    here: Path, mounted: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    mounted("size=8k")
    monkeypatch.setattr(tempfile, "tempdir", str(here / "to"))
    rows = [{"a": "x" * 200 + str(n)} for n in range(500)]
    with pytest.raises(StoreError, match=r"/to: cannot be written: no space left on device$"):
        write_records(here / "b.xlsx", rows)
    assert not (here / "b.xlsx").exists()


def test_init_leaves_no_suite_without_its_spec(here: Path, mounted: Callable[[str], None]) -> None:
    mounted("size=12k")
    assert told("init").endswith("/t.yaml: cannot be written: no space left on device")
    assert os.listdir(here / "to") == []


# --- replies that were paid for ------------------------------------------------------------------


def keep(path: Path) -> None:
    kept = Responses(path)
    try:
        for n in range(400):
            kept.put(f"{n:064x}", Reply("字" * 200), "distill-0", Spent(1, 5, 7))
    finally:
        kept.close()


def test_replies_that_do_not_fit_are_one_sentence(here: Path) -> None:
    def child() -> str:
        limit_file_size(40_000)
        with pytest.raises(StoreError) as caught:
            keep(here / "to" / "responses.sqlite3")
        return str(caught.value)

    said = child_says(child)
    assert "\n" not in said
    assert "/to/responses.sqlite3: replies cannot be kept: " in said


@pytest.mark.parametrize("options", ["ro", "size=16k"])
def test_replies_on_a_disk_that_refuses(
    here: Path, mounted: Callable[[str], None], options: str
) -> None:
    mounted(options)
    with pytest.raises(
        StoreError, match=r"/to/responses\.sqlite3: replies cannot be kept: "
    ) as got:
        keep(here / "to" / "responses.sqlite3")
    assert "\n" not in str(got.value)


# --- what is no plain file -----------------------------------------------------------------------


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_link_to_a_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


@pytest.mark.parametrize("make", [make_pipe, make_link_to_a_pipe])
def test_nothing_takes_the_place_of_a_pipe(here: Path, make: Callable[[Path], None]) -> None:
    path = here / "to" / "b.jsonl"
    make(path)
    with pytest.raises(StoreError, match="cannot be written: it is no plain file"):
        write_records(path, [{"a": "1"}])
    assert path.is_fifo()


def test_no_file_of_the_store_takes_the_place_of_a_pipe(here: Path) -> None:
    make_pipe(here / "to" / "a.json")
    path = here / "to" / "a.json"
    with pytest.raises(StoreError, match="cannot be written: it is no plain file"):
        write_bytes(path, b"x")
    with pytest.raises(StoreError, match="cannot be written: it is no plain file"):
        write_text(path, "x")
    with pytest.raises(StoreError, match="cannot be written: it is no plain file"):
        share(here / "a.jsonl", path)
    assert path.is_fifo()
