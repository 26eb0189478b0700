"""Sha256 of values, files and folders; those of big files are remembered between runs."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import InputError, StoreError
from harness.store.files import list_files, read_json, reason, write_json

log = logging.getLogger("podium")

# A file changed twice within one tick of its file system's clock looks the same both times; FAT
# has the coarsest, 2 s. Younger files are hashed again rather than remembered.
_SETTLED_NS = 2_000_000_000
_SHA256 = re.compile("[0-9a-f]{64}")


def digest_value(value: object) -> str:
    """Sha256 of a value in 64 hex characters: the order of keys is nothing, types are everything.

    A tuple equals a list. `1`, `1.0`, `"1"` and `True` all differ.

    Raises:
        TypeError: a key is no string, or a value is no JSON.
        ValueError: a number is not finite.
    """
    text = json.dumps(plain(value), sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: object) -> Any:
    """Copy a value into the types that `json` reads back, so that equal means equal on disk.

    Raises:
        TypeError: a key is no string, or a value is no JSON.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        wrong = next((key for key in value if not isinstance(key, str)), None)
        if wrong is not None:
            raise TypeError(f"key {wrong!r} is no string, so JSON would change it")
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} is not JSON: {value!r}")


def digest_file(path: Path) -> str:
    """Sha256 of a file's content, 64 hex characters.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {reason(error)}") from error


def digest_folder(
    path: Path,
    patterns: Sequence[str] = ("*",),
    digest: Callable[[Path], str] = digest_file,
) -> str:
    """Sha256 over the names and contents of a folder's files, 64 hex characters.

    Args:
        path: the folder; names that begin with a dot inside it do not count.
        patterns: shell patterns of file names that count, such as `*.safetensors`.
        digest: what hashes one file.

    Raises:
        InputError: it is no folder, or none of its files counts.
    """
    files = [
        name
        for name in list_files(path)
        if not any(part.startswith(".") for part in Path(name).parts)
        and any(fnmatch.fnmatchcase(Path(name).name, pattern) for pattern in patterns)
    ]
    if not files:
        raise InputError(f"{path}: no file in it matches {', '.join(patterns)}")
    return digest_value({name: digest(path / name) for name in files})


class DigestCache:
    """Sha256 of files, looked up by path, size, times and inode: 16 GB are hashed once.

    The change time counts too: unlike the modification time, no tool can set it back.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Any] | None = None
        self._new: dict[str, Any] = {}

    def digest(self, path: Path, patterns: Sequence[str] = ("*",)) -> str:
        """Sha256 of a file, or of a folder as `digest_folder` defines it; 64 hex characters.

        Args:
            path: a file or folder.
            patterns: shell patterns of the file names in a folder that count.

        Raises:
            InputError: it cannot be read, or no file of the folder counts.
        """
        folder = path.is_dir()
        result = digest_folder(path, patterns, self._file) if folder else self._file(path)
        self._save()
        return result

    def once(self, name: str, path: Path, check: Callable[[Path], None]) -> None:
        """Check a file, unless it has passed as it is; what `check` raises passes through.

        Args:
            name: of the check.
            path: the file.
            check: raises where it does not pass.
        """
        key = f"{name}:{os.path.realpath(path)}"
        before = _signature(path)
        entry = self._load().get(key)
        if isinstance(entry, dict) and entry.get("file") == before:
            return
        now = time.time_ns()
        check(path)
        if _is_settled(before, now):
            self._new[key] = {"file": before}
            self._save()

    def _file(self, path: Path) -> str:
        name = os.path.realpath(path)
        before = _signature(path)
        entry = self._load().get(name)
        if isinstance(entry, dict) and entry.get("file") == before:
            sha256 = entry.get("sha256")
            if isinstance(sha256, str) and _SHA256.fullmatch(sha256):
                return sha256
        now = time.time_ns()
        sha256 = digest_file(path)
        if _signature(path) != before:
            raise InputError(f"{path}: changed while it was read")
        if _is_settled(before, now):
            self._new[name] = {"sha256": sha256, "file": before}
        return sha256

    def _load(self) -> dict[str, Any]:
        if self._known is None:
            self._known = self._read()
        return self._known

    def _read(self) -> dict[str, Any]:
        if not self._path.exists():
            return {}
        try:
            known = read_json(self._path)
        except InputError as error:
            log.warning("%s; digests are computed again", error)
            return {}
        return known if isinstance(known, dict) else {}

    def _save(self) -> None:
        """Merge what is new into the file, which another process may have written meanwhile."""
        if not self._new:
            return
        self._known = {**self._read(), **self._new}
        self._new = {}
        try:
            write_json(self._path, self._known)
        except StoreError as error:  # a run can do without: it only hashes again next time
            log.warning("%s; digests are not remembered", error)


def _is_settled(file: Mapping[str, int], now: int) -> bool:
    """Whether a file with this signature could not change within one tick of its clock."""
    return now - max(file["mtime_ns"], file["ctime_ns"]) > _SETTLED_NS


def _signature(path: Path) -> dict[str, int]:
    """What changes when a file's content does."""
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {reason(error)}") from error
    return {
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "ctime_ns": status.st_ctime_ns,
        "inode": status.st_ino,
    }
