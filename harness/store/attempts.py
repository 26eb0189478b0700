"""How long a stage took, over all its attempts, also those that were killed.

A file in the work folder says what the attempts before took, and is as old as the attempt under
way. One that ends by itself writes what it took. One that is killed leaves the files that it wrote:
it counts until the newest of them, and what it did after that is lost.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.errors import InputError, StoreError
from harness.store.files import read_json, storing, write_json

_SPENT = ".spent.json"


def spent(work: Path) -> float:
    """Seconds of all attempts at a work folder so far; 0 where there was none."""
    mark = work / _SPENT
    try:
        before = float(read_json(mark)["seconds"])
        began = mark.stat().st_mtime
    except (InputError, OSError, KeyError, TypeError, ValueError):
        return 0.0
    return before + max(_newest(work) - began, 0.0)


@contextmanager
def counted(work: Path) -> Iterator[Callable[[], float]]:
    """Begin an attempt; what it yields says the seconds of all attempts up to now.

    Raises:
        StoreError: the disk refuses.
    """
    before, started = spent(work), time.monotonic()

    def seconds() -> float:
        return round(before + time.monotonic() - started, 3)

    _write(work, before)
    try:
        yield seconds
    finally:
        with suppress(StoreError):  # then the files tell, as after a kill
            _write(work, seconds())


def _write(work: Path, seconds: float) -> None:
    mark = work / _SPENT
    write_json(mark, {"seconds": seconds})
    with storing(mark):
        os.utime(mark)  # a file that says the same already was left alone


def _newest(work: Path) -> float:
    """When a file of the folder was last written, in seconds since 1970; 0 where there is none."""
    newest = 0.0
    for here, _, names in os.walk(work):
        for name in names:
            with suppress(FileNotFoundError):  # a child of a killed attempt may still tidy up
                newest = max(newest, Path(here, name).lstat().st_mtime)
    return newest
