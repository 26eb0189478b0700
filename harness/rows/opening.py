"""Opening the files that people name: what is said where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from harness.errors import InputError, SpecError, did_you_mean
from harness.store.files import reason

_BESIDE = 10


def absent(path: Path) -> str:
    """Say why no file stands at a path, empty where one does."""
    if path.is_dir():
        return "is a folder, not a file"
    if path.is_file():
        return ""
    if path.is_symlink():
        return "is a link to a file that is not there"
    beside = sorted(path.parent.glob(f"*{path.suffix}"))[:_BESIDE] if path.suffix else []
    return f"no such file{did_you_mean(path.name, [other.name for other in beside])}"


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read.

    Raises:
        InputError: it is missing, a folder, or cannot be read.
    """
    if why := absent(path):
        raise InputError(f"{path}: {why}")
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {reason(error)}") from error


def check_files(files: Mapping[str, Path]) -> None:
    """Check that the files that a suite's options name are there, before anything reads them.

    Args:
        files: path by the name of its option, as a suite's `inputs` returns them.

    Raises:
        SpecError: one is missing or is a folder; the sentence begins with the option's name.
    """
    for name, path in files.items():
        if why := absent(path):
            raise SpecError(f"{name}: {path}: {why}")
