"""The seconds of a stage are those of all its attempts, however each of them ended."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from harness.store.attempts import spent
from harness.store.files import read_json, write_text
from harness.store.store import Store
from tests.harness.children import start, wait
from tests.harness.toy import INPUTS, KEY, toy

pytestmark = pytest.mark.forks

_PAUSE_S = 0.05
# Beyond this no machine is slow.
_AT_MOST_S = 60.0


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


def work_of(store: Store) -> Path:
    return store.stages / f".infer-{KEY}.work"


def failing(work: Path) -> None:
    write_text(work / "half.txt", "x")
    time.sleep(_PAUSE_S)
    raise ZeroDivisionError


def killed(store: Store, build: Callable[[Path], None]) -> None:
    """An attempt whose process is killed when the build is through."""

    def dies(work: Path) -> None:
        build(work)
        os.kill(os.getpid(), signal.SIGKILL)

    assert wait(start(partial(store.make, "infer", INPUTS, dies))) == -signal.SIGKILL


def age(work: Path, seconds: float) -> None:
    """Let all files of a work folder be older, as if so much time had gone by since."""
    for path in (path for path in work.rglob("*") if path.is_file()):
        at = path.stat().st_mtime - seconds
        os.utime(path, (at, at))


def nothing(work: Path) -> None:
    """A build that writes no file, which only one that is killed may be."""


def writes(work: Path) -> None:
    write_text(work / "rows.txt", "x")


def set_times(work: Path, *, began: float, last: float) -> None:
    """Say when an attempt began and when it last wrote, in seconds from now."""
    now = time.time()
    age(work, 3600)
    for name, at in ((".spent.json", began), ("rows.txt", last)):
        os.utime(work / name, (now + at, now + at))


def test_nobody_began_it(store: Store) -> None:
    assert store.seconds("infer", KEY) == 0.0
    assert not store.root.exists()


def test_attempts_that_fail_count(store: Store) -> None:
    for number in (1, 2):
        with pytest.raises(ZeroDivisionError):
            store.make("infer", INPUTS, failing)
        assert number * _PAUSE_S <= store.seconds("infer", KEY) < _AT_MOST_S
        age(work_of(store), 3600)  # nobody is at it meanwhile
    folder = store.make("infer", INPUTS, toy)
    seconds = read_json(folder / "meta.json")["seconds"]
    assert 2 * _PAUSE_S <= seconds < _AT_MOST_S
    assert store.seconds("infer", KEY) == seconds


def test_what_a_killed_attempt_wrote_says_how_long_it_took(store: Store) -> None:
    killed(store, writes)
    work = work_of(store)
    set_times(work, began=-1000.0, last=-400.0)
    assert store.seconds("infer", KEY) == pytest.approx(600, abs=1)
    with pytest.raises(ZeroDivisionError):
        store.make("infer", INPUTS, failing)
    assert 600 + _PAUSE_S - 1 <= store.seconds("infer", KEY) < 600 + _AT_MOST_S
    killed(store, writes)
    folder = store.make("infer", INPUTS, toy)
    assert 599 <= read_json(folder / "meta.json")["seconds"] < 600 + 2 * _AT_MOST_S


def test_the_time_between_attempts_does_not_count(store: Store) -> None:
    """Also where the attempts before took nothing that is known."""
    for _ in range(3):
        killed(store, nothing)
        age(work_of(store), 3600)
    killed(store, writes)
    assert store.seconds("infer", KEY) < _AT_MOST_S
    folder = store.make("infer", INPUTS, toy)
    assert read_json(folder / "meta.json")["seconds"] < _AT_MOST_S


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"seconds": null}'])
def test_a_torn_mark_is_no_time_and_no_error(store: Store, text: str) -> None:
    with pytest.raises(ZeroDivisionError):
        store.make("infer", INPUTS, failing)
    (work_of(store) / ".spent.json").write_text(text, encoding="utf-8")
    assert spent(work_of(store)) == 0.0
    assert store.make("infer", INPUTS, toy)
