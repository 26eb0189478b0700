"""Checks of the files that a suite's options name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.errors import SpecError, did_you_mean

_BESIDE = 10


def check_files(files: Mapping[str, Path]) -> None:
    """Check that the files are there, before anything reads them.

    Args:
        files: path by the name of its option, as a suite's `inputs` returns them.

    Raises:
        SpecError: one is missing or is a folder; the sentence begins with the option's name.
    """
    for name, path in files.items():
        if path.is_dir():
            raise SpecError(f"{name}: {path}: is a folder, not a file")
        if not path.is_file():
            beside = sorted(path.parent.glob(f"*{path.suffix}")) if path.suffix else []
            hint = did_you_mean(path.name, [other.name for other in beside[:_BESIDE]])
            raise SpecError(f"{name}: {path}: no such file{hint}")
