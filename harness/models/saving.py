"""What packages raise where a disk refuses, told as one sentence about the file.

safetensors and tokenizers raise errors of their own, with the system's number in the text; torch
says that its file broke off, and not why. None of them names the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from harness.errors import PodiumError, StoreError
from harness.store.files import DISK_ERRORS, reason

_OF_RUST = re.compile(r"\(os error ([0-9]{1,4})\)")
_OF_TORCH = ("PytorchStreamWriter", "inline_container")
BROKE_OFF = "the file broke off, as on a full disk"


class Saving:
    """While packages write below a path: a disk that refuses is one sentence; all else passes.

    Tokenizers raise a bare `Exception`, which only an exit like this can look at.

    Raises:
        StoreError: the disk is full, read-only or failing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Tell what a disk said."""
        if not isinstance(error, Exception) or isinstance(error, PodiumError):
            return
        if why := disk_reason(error):
            where = (error.filename if isinstance(error, OSError) else None) or self._path
            raise StoreError(f"{where}: cannot be written: {why}") from error


def disk_reason(error: BaseException) -> str:
    """Why a disk refused, where an error tells of that or follows one that does; else empty."""
    told = (_reason(one) for one in _chain(error))
    return next((why for why in told if why), "")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it came from."""
    one: BaseException | None = error
    seen: set[int] = set()
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError):
        return reason(error) if error.errno in DISK_ERRORS else ""
    text = str(error)
    found = _OF_RUST.search(text)
    if found and int(found[1]) in DISK_ERRORS:
        return os.strerror(int(found[1])).lower()
    return BROKE_OFF if any(word in text for word in _OF_TORCH) else ""
