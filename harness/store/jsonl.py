"""Rows written one at a time.

JsonlWriter    the whole file or nothing
JsonlAppender  every row at once; a kill loses at most the row in flight
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from harness.store.files import decode, encode_json, replacing, storing, sync_folder

log = logging.getLogger("podium")


class JsonlWriter:
    """A jsonl file written row by row, that has its name once it is whole.

    An error leaves nothing behind.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._whole = replacing(path)

    def __enter__(self) -> JsonlWriter:
        with storing(self._path):
            self._file = self._whole.__enter__()
        return self

    def write(self, row: Mapping[str, object]) -> None:
        """Add one row.

        Raises:
            StoreError: it cannot be written, or holds a number that JSON does not have.
        """
        data = encode_json(row, self._path)
        with storing(self._path):
            self._file.write(data)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with storing(self._path):
            self._whole.__exit__(kind, error, trace)


class JsonlAppender:
    """A jsonl file that grows by whole rows, from any thread.

    Opening it drops a last row that a kill cut short. Each row is handed to the operating system
    at once and reaches the disk within `sync_every` seconds of the next row, and on leaving.
    """

    def __init__(self, path: Path, sync_every: float = 5.0) -> None:
        self._path = path
        self._sync_every = sync_every
        self._lock = threading.Lock()
        self._descriptor = -1
        self._size = 0
        self._synced = 0.0

    def __enter__(self) -> JsonlAppender:
        with storing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            self._descriptor = os.open(self._path, flags, 0o666)
            try:
                self._size = _drop_torn_end(self._path, self._descriptor)
                sync_folder(self._path.parent)
            except BaseException:
                os.close(self._descriptor)
                raise
        self._synced = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        with storing(self._path):
            try:
                os.fsync(self._descriptor)
            finally:
                os.close(self._descriptor)
                self._descriptor = -1

    def append(self, row: Mapping[str, object]) -> None:
        """Add one row; where that fails, the file keeps the rows before it and no part of this.

        Raises:
            StoreError: it cannot be written, or holds a number that JSON does not have.
        """
        data = encode_json(row, self._path)
        with self._lock, storing(self._path):
            try:
                self._write(data)
            except BaseException:
                os.ftruncate(self._descriptor, self._size)
                raise
            self._size += len(data)
            if time.monotonic() - self._synced >= self._sync_every:
                os.fsync(self._descriptor)
                self._synced = time.monotonic()

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


def _drop_torn_end(path: Path, descriptor: int) -> int:
    """Cut what follows the last whole row; return the size that is left, in bytes."""
    data = path.read_bytes()
    end = data.rfind(b"\n") + 1
    while end:
        start = data.rfind(b"\n", 0, end - 1) + 1
        if _is_row(data[start:end]):
            break
        end = start
    if end < len(data):
        log.warning("%s: dropped a torn last row of %d bytes", path, len(data) - end)
        os.ftruncate(descriptor, end)
    return end


def _is_row(line: bytes) -> bool:
    try:
        return isinstance(decode(line), dict)
    except ValueError:
        return False
