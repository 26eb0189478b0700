"""Reading and writing files so that a kill or a full disk never leaves half of one behind.

write_*       the whole file or nothing; a file that already says the same is not touched
read_*        a sentence naming file and line when the content is broken
digest_*      sha256 of a file, a folder, a value
link          a relative symbolic link
"""

from __future__ import annotations

import errno
import json
import logging
import math
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from harness.errors import InputError, StoreError
from harness.store.processes import partial_beside
from harness.store.secret import without_named_keys

log = logging.getLogger("podium")

# What a disk answers, as opposed to a bug.
DISK_ERRORS = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO))
# What a file system answers that has no symbolic links, or no fsync on folders.
_UNSUPPORTED = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EACCES}
# `str.splitlines` and JavaScript take these for line ends; escaped, they mean the same in JSON.
_LINE_ENDS = {"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"}


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn what the operating system says about a write into one sentence.

    Raises:
        StoreError: the disk is full, read-only, failing, or `path` lies where no file can be.
    """
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        parents = (parent for parent in path.parents if parent.exists() and not parent.is_dir())
        where = next(parents, error.filename)
        raise StoreError(f"{path}: cannot be written: {where} is no folder") from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {reason(error)}") from error


def check_replaceable(path: Path) -> None:
    """Refuse what no file may take the place of: a device, a pipe, a socket.

    Raises:
        StoreError: one of these stands at `path`.
    """
    with suppress(OSError):  # what is not there, or cannot be looked at, the write itself tells
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode) or stat.S_ISDIR(mode)):
            raise StoreError(f"{path}: cannot be written: it is no plain file")


def reason(error: OSError) -> str:
    """What the operating system says, to end a sentence with."""
    return (error.strerror or str(error)).lower()


# --- whole files ---------------------------------------------------------------------------------


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A name beside a file for what may take its place; what still has it in the end is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_beside(path)
    try:
        yield partial
    finally:
        with suppress(OSError):  # what went wrong is said already
            partial.unlink(missing_ok=True)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` once it is whole, and leaves no trace where it is not.

    Raises:
        StoreError: what stands there is no plain file.
        OSError: the disk refuses; see `storing`.
    """
    check_replaceable(path)
    with beside(path) as partial:
        with partial.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)


def write_bytes(path: Path, data: bytes) -> bool:
    """Write a file in one step: it holds all of `data` afterwards, or what it held before.

    Returns:
        Whether anything was written; a file that holds `data` already is left alone.

    Raises:
        StoreError: it cannot be written.
    """
    if _holds(path, data):
        return False
    with storing(path), replacing(path) as file:
        file.write(data)
    return True


def _holds(path: Path, data: bytes) -> bool:
    """Whether `path` is a plain file with exactly this content."""
    try:
        status = path.lstat()
        same_size = stat.S_ISREG(status.st_mode) and status.st_size == len(data)
        return same_size and path.read_bytes() == data
    except OSError:
        return False


def write_text(path: Path, text: str) -> bool:
    """Write a text as UTF-8, line ends as they are and without any key; see `write_bytes`.

    Raises:
        StoreError: it cannot be written, or holds half a surrogate pair.
    """
    try:
        data = without_named_keys(text).encode()
    except UnicodeEncodeError as error:
        raise StoreError(
            f"{path}: character {error.start} is half a surrogate pair, which UTF-8 cannot hold"
        ) from error
    return write_bytes(path, data)


def write_json(path: Path, value: object) -> bool:
    """Write a value as indented JSON, keys in their order; see `write_bytes`.

    Raises:
        StoreError: it cannot be written, or holds a number that JSON does not have.
    """
    return write_bytes(path, encode_json(value, path, indent=2))


def write_jsonl(path: Path, rows: Iterable[Mapping[str, object]]) -> bool:
    """Write rows as JSON, one a line; see `write_bytes`. The rows are held in memory.

    Raises:
        StoreError: it cannot be written, or holds a number that JSON does not have.
    """
    return write_bytes(path, b"".join(encode_json(row, path) for row in rows))


def encode_json(value: object, path: Path, indent: int | None = None) -> bytes:
    """One JSON text and a line end, readable where UTF-8 allows it, without any key."""
    try:
        text = json.dumps(
            value, ensure_ascii=False, allow_nan=False, indent=indent, default=_as_dict
        )
    except ValueError as error:
        where = next(_not_finite(value, ""), None)
        if where is None:
            raise
        raise StoreError(f"{path}: {where} is no finite number, which JSON cannot hold") from error
    text = without_named_keys(text)
    for raw, escaped in _LINE_ENDS.items():
        text = text.replace(raw, escaped)
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair from a stranger: escapes keep it exactly
        return (json.dumps(json.loads(text), indent=indent) + "\n").encode()


def _as_dict(value: object) -> dict[str, object]:
    """Read-only mappings are as good as dictionaries."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON: {value!r}")


def _not_finite(value: object, where: str) -> Iterator[str]:
    """Dotted paths of the numbers that are infinite or not a number."""
    if isinstance(value, float) and not math.isfinite(value):
        yield where or "the value"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _not_finite(item, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _not_finite(item, f"{where}[{index}]")


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder survive a power cut, where the file system can.

    Raises:
        OSError: the disk fails.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
    finally:
        os.close(descriptor)


def read_text(path: Path) -> str:
    """Read a text that Podium wrote.

    Raises:
        InputError: the file is missing, or no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {reason(error)}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}") from error


def read_json(path: Path) -> Any:
    """Read one JSON value; a byte order mark is allowed.

    Raises:
        InputError: the file is missing or no valid JSON.
    """
    try:
        return decode(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {reason(error)}") from error
    except ValueError as error:
        raise InputError(f"{path}: not valid JSON: {error}") from error


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a jsonl file; empty lines are skipped.

    Raises:
        InputError: the file is missing, or a line is no JSON object; it names the line.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _decode_row(line, path, number)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {reason(error)}") from error


def _decode_row(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        row = decode(line)
    except ValueError as error:
        raise InputError(f"{path}: line {number} is not valid JSON: {error}") from error
    if not isinstance(row, dict):
        raise InputError(f"{path}: line {number} is no JSON object: {line.decode().strip():.40}")
    return row


def decode(data: bytes) -> Any:
    """Read one JSON value; a byte order mark is allowed, NaN and Infinity are not.

    Raises:
        ValueError: it is no valid JSON.
    """

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not a JSON number")

    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


# --- folders -------------------------------------------------------------------------------------


def list_files(folder: Path) -> list[str]:
    """Return the files under a folder as sorted relative paths with `/`; links are followed.

    Raises:
        InputError: it is no folder, or a folder inside cannot be listed.
    """
    names: list[str] = []
    seen: set[str] = set()

    def refuse(error: OSError) -> None:
        raise InputError(f"{folder}: cannot be read: {reason(error)}") from error

    for here, folders, files in os.walk(folder, followlinks=True, onerror=refuse):
        real = os.path.realpath(here)
        if real in seen:  # a link back up would go round for ever
            folders.clear()
            continue
        seen.add(real)
        names.extend(Path(here, name).relative_to(folder).as_posix() for name in files)
    return sorted(names)


def make_folder(folder: Path) -> None:
    """Make sure that a folder is there.

    Raises:
        StoreError: it cannot be made.
    """
    with storing(folder):
        folder.mkdir(parents=True, exist_ok=True)


def remove(path: Path) -> None:
    """Make sure that no file or link is there; what is not there needs no disk that can be written.

    Raises:
        StoreError: it cannot be removed.
    """
    with storing(path):
        if os.path.lexists(path):
            path.unlink(missing_ok=True)


def share(source: Path, at: Path) -> None:
    """One file under two names, or a copy where the disk cannot do that; untouched if equal."""
    with storing(at):
        check_replaceable(at)  # a pipe would keep its reader waiting
        if at.exists() and (at.samefile(source) or at.read_bytes() == source.read_bytes()):
            return
        with beside(at) as temporary:
            _link_or_copy(source, temporary)
            temporary.replace(at)


def _link_or_copy(source: Path, at: Path) -> None:
    try:
        os.link(source, at)
    except OSError:
        shutil.copyfile(source, at)


def link(target: Path, at: Path) -> bool:
    """Make `at` a relative link to `target`, in one step.

    A file system without links gets a text file that holds the relative path.

    Returns:
        Whether anything changed.

    Raises:
        StoreError: it cannot be written, or `at` is a real folder.
    """
    with storing(at):
        if at.is_dir() and not at.is_symlink():
            raise StoreError(f"{at}: is a folder, so no link can take its place")
        goal = os.path.relpath(target.parent.resolve() / target.name, at.parent.resolve())
        if at.is_symlink() and os.readlink(at) == goal:
            return False
        with beside(at) as partial:
            try:
                partial.symlink_to(goal)
            except OSError as error:
                if error.errno not in _UNSUPPORTED:
                    raise
                return write_text(at, goal + "\n")
            partial.replace(at)
        sync_folder(at.parent)
    return True
