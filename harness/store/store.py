"""The stage cache: each stage writes one folder, named by a hash of everything that it reads.

    runs/stages/<stage>-<key>/        a finished stage: plain files, and `meta.json` written last
    runs/stages/.<stage>-<key>.work/  one under way, or killed and waiting to be resumed
    runs/stages/.<stage>-<key>.lock   who is doing it
    runs/digests.json                 digests of input files, so that they are hashed once

No `meta.json`, no result. Equal inputs give an equal key, so a rerun finds the folder and does
nothing.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness import __version__
from harness.errors import InputError, StoreError
from harness.store.attempts import counted, spent
from harness.store.diff import differences
from harness.store.digests import DigestCache, digest_file, digest_value, plain
from harness.store.files import (
    DISK_ERRORS,
    list_files,
    read_json,
    reason,
    storing,
    sync_folder,
    write_json,
)
from harness.store.leftovers import clean
from harness.store.locks import FileLock, held

log = logging.getLogger("podium")

META = "meta.json"
INTERRUPTED = "interrupted, will resume"
_WORK = ".work.json"
_KEY = "[0-9a-f]{16}"
# Files up to this size are hashed each time a stage is looked up; bigger ones by `verify`.
_HASH_ON_FIND_BYTES = 8 * 2**20


def stage_key(inputs: Mapping[str, object]) -> str:
    """Return the key of a stage with these inputs: 16 hex characters.

    Raises:
        TypeError: an input is no JSON, such as a `Path`.
        ValueError: a number is not finite.
    """
    return digest_value(inputs)[:16]


class Store:
    """Finished stages under one folder. Nothing is created before there is something to keep."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stages = root / "stages"
        self._digests = DigestCache(root / "digests.json")

    def find(self, stage: str, key: str) -> Path | None:
        """Return the folder of a finished stage, or `None`.

        A damaged one (a file missing, cut short or edited) is renamed to
        `.<stage>-<key>.damaged-N` with a warning, and counts as not there.

        Raises:
            StoreError: a damaged folder cannot be renamed.
        """
        folder = self._folder(stage, key)
        if not folder.exists():
            return None
        if not _problems(folder, _HASH_ON_FIND_BYTES):
            return folder
        lock = FileLock(self._hidden(folder, "lock"))
        if lock.acquire() is not None:
            return None  # another process is at it already
        try:
            return self._settle(folder)
        finally:
            lock.release()

    def make(self, stage: str, inputs: Mapping[str, object], build: Callable[[Path], None]) -> Path:
        """Return the folder of a finished stage, building it first where it is missing.

        Args:
            stage: such as `finetune`.
            inputs: everything that the result depends on.
            build: fills the work folder that it is given. That folder outlives a kill and is
                handed to the next `build` of the same inputs, which goes on from what it finds.
                Names that begin with a dot, names that end in `.partial` and a top folder
                `checkpoints/` are its scratch, removed when it returns.

        Two processes with equal inputs: one builds, the other waits and gets the same folder.
        What `build` raises passes through, and the work folder stays for the next attempt.

        Raises:
            StoreError: the disk refuses, or the work folder belongs to other inputs.
        """
        inputs = plain(inputs)
        key = stage_key(inputs)
        found = self.find(stage, key)
        if found is not None:
            return found
        folder = self._folder(stage, key)
        about = {"stage": stage, "key": key, "inputs": inputs, "version": __version__}
        with held(self._hidden(folder, "lock"), folder.name):
            # Whoever held the lock before may have finished it.
            if self._settle(folder) is None:
                work = self._hidden(folder, "work")
                if not _is_complete(work):
                    _run(work, about, build)
                _publish(work, folder)
        return folder

    def seconds(self, stage: str, key: str) -> float:
        """How long a stage took, all attempts together; what failed, or is not done yet, so far.

        0 where nobody began it. See `harness.store.attempts` for what counts of a killed attempt.
        """
        folder = self._folder(stage, key)
        meta = read_meta(folder)
        return spent(self._hidden(folder, "work")) if meta is None else float(meta["seconds"])

    def clean(self) -> None:
        """Remove what killed processes left; see `harness.store.leftovers`."""
        clean(self.root)
        clean(self.stages)

    def verify(self, stage: str, key: str) -> list[str]:
        """Hash every file of a finished stage; return what is wrong, one sentence each."""
        return _problems(self._folder(stage, key), None)

    def digest(self, path: Path, patterns: Sequence[str] = ("*",)) -> str:
        """Sha256 of an input file or folder, remembered in `digests.json`; 64 hex characters.

        Args:
            path: a file or folder.
            patterns: shell patterns of the file names in a folder that count.

        Raises:
            InputError: it cannot be read, or no file of the folder counts.
        """
        return self._digests.digest(path, patterns)

    def once(self, name: str, path: Path, check: Callable[[Path], None]) -> None:
        """Check an input file, unless `digests.json` says that it has passed as it is.

        Args:
            name: of the check.
            path: the file.
            check: raises where it does not pass.
        """
        self._digests.once(name, path, check)

    def why(self, stage: str, inputs: Mapping[str, object]) -> list[str]:
        """Say why a stage with these inputs is not cached.

        Returns:
            The fields that differ from the most similar finished run of the stage, such as
            `lora.rank: 8 → 16`; `never run`; `interrupted, will resume`; or nothing when cached.
        """
        inputs = plain(inputs)
        folder = self._folder(stage, stage_key(inputs))
        if (folder / META).exists():
            return []
        if (self._hidden(folder, "work") / _WORK).exists():
            return [INTERRUPTED]
        past = [differences(old, inputs) for old in self._past_inputs(stage)]
        return min(past, key=len) if past else ["never run"]

    def _past_inputs(self, stage: str) -> Iterator[Mapping[str, Any]]:
        """Inputs of the finished runs of a stage, the latest first."""
        if not self.stages.is_dir():
            return
        metas = []
        for folder in self.stages.iterdir():
            if re.fullmatch(f"{re.escape(stage)}-{_KEY}", folder.name):
                meta = read_meta(folder)
                if meta is not None:
                    metas.append(meta)
        for meta in sorted(metas, key=lambda meta: str(meta["created"]), reverse=True):
            yield meta["inputs"]

    def _folder(self, stage: str, key: str) -> Path:
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", stage) or not re.fullmatch(_KEY, key):
            raise ValueError(f"no stage can be called {stage!r} with the key {key!r}")
        return self.stages / f"{stage}-{key}"

    @staticmethod
    def _hidden(folder: Path, kind: str) -> Path:
        return folder.with_name(f".{folder.name}.{kind}")

    def _settle(self, folder: Path) -> Path | None:
        """Under the lock: the folder if it is sound; a damaged one is set aside."""
        if not folder.exists():
            return None
        problems = _problems(folder, _HASH_ON_FIND_BYTES)
        if not problems:
            return folder
        number = 1
        while (aside := self._hidden(folder, f"damaged-{number}")).exists():
            number += 1
        with storing(folder):
            folder.rename(aside)
        log.warning("%s is damaged (%s); set aside as %s", folder, problems[0], aside.name)
        return None


# --- the work folder -----------------------------------------------------------------------------


def _run(work: Path, about: Mapping[str, object], build: Callable[[Path], None]) -> None:
    _open_work(work, about)
    with counted(work) as seconds:
        with _disk_errors(work):
            build(work)
        _finish(work, about, seconds)


def _open_work(work: Path, about: Mapping[str, object]) -> None:
    """Start a work folder, or take up one that was begun with the very same inputs.

    Raises:
        StoreError: it was begun otherwise; the sentence names the fields.
    """
    with storing(work):
        work.mkdir(parents=True, exist_ok=True)
    mark = work / _WORK
    if not mark.exists():
        # All that a kill can leave before the mark is there is half of the mark.
        if any(not re.fullmatch(r"\.\w+\.partial", name) for name in list_files(work)):
            raise StoreError(f"{work}: does not say what it was begun with; delete it")
        write_json(mark, about)
        return
    try:
        changes = differences(read_json(mark), about)
    except InputError as error:
        raise StoreError(f"{error}; delete {work}") from error
    if changes:
        raise StoreError(
            f"{work}: was begun with other inputs ({'; '.join(changes)}), so it cannot be "
            "resumed; delete it to start again"
        )


@contextmanager
def _disk_errors(work: Path) -> Iterator[None]:
    """A full disk is one sentence whoever meets it; any other error passes."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        raise StoreError(f"{error.filename or work}: cannot be written: {reason(error)}") from error


def _finish(work: Path, about: Mapping[str, object], seconds: Callable[[], float]) -> None:
    """Bring every file to the disk, then `meta.json`, which makes it a result.

    `seconds` are those of all attempts together.
    """
    with storing(work):
        (work / META).unlink(missing_ok=True)
    files = {name: _seal(work / name) for name in list_files(work) if not _is_scratch(name)}
    if not files:
        raise StoreError(f"{work}: stage {about['stage']} ended without writing a file")
    with storing(work):
        for folder, _, _ in os.walk(work):
            sync_folder(Path(folder))
    meta = {
        **about,
        "files": files,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": seconds(),
    }
    write_json(work / META, meta)


def _seal(path: Path) -> dict[str, object]:
    """Bring one file to the disk; its hash and size."""
    with storing(path):
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise StoreError(f"{path}: is no plain file, so it cannot be part of a result")
        with path.open("rb") as file:
            os.fsync(file.fileno())
    return {"sha256": digest_file(path), "bytes": status.st_size}


def _publish(work: Path, folder: Path) -> None:
    """Remove the scratch and give a complete work folder its final name."""
    with storing(work):
        for here, folders, files in os.walk(work, topdown=False):
            for path in (Path(here, name) for name in [*files, *folders]):
                if _is_scratch(path.relative_to(work).as_posix()):
                    real_folder = path.is_dir() and not path.is_symlink()
                    path.rmdir() if real_folder else path.unlink()
        sync_folder(work)
        work.rename(folder)
        sync_folder(folder.parent)


def _is_scratch(name: str) -> bool:
    """Whether a relative path is what a stage needs only until it ends."""
    parts = name.split("/")
    return parts[0] == "checkpoints" or any(
        part.startswith(".") or part.endswith(".partial") for part in parts
    )


# --- finished folders ----------------------------------------------------------------------------


def _is_complete(work: Path) -> bool:
    """Whether a work folder only lacks its final name: the kill came between meta and rename."""
    return (work / META).exists() and not _problems(work, None)


def read_meta(folder: Path) -> dict[str, Any] | None:
    """`meta.json` if it has what is needed to trust it."""
    try:
        meta = read_json(folder / META)
    except InputError:
        return None
    kinds = {"stage": str, "key": str, "inputs": dict, "files": dict, "created": str}
    if not isinstance(meta, dict):
        return None
    return meta if all(isinstance(meta.get(key), kind) for key, kind in kinds.items()) else None


def _problems(folder: Path, hash_up_to: int | None) -> list[str]:
    """What is wrong with a finished folder, one sentence each.

    Args:
        folder: a stage folder with `meta.json`.
        hash_up_to: files of more bytes are checked by size alone; `None` hashes every file.
    """
    meta = read_meta(folder)
    if meta is None:
        return [f"{META} is missing or unreadable"]
    if f"{meta['stage']}-{meta['key']}" not in (folder.name, folder.name[1 : -len(".work")]):
        return [f"{META} belongs to {meta['stage']}-{meta['key']}"]
    if stage_key(meta["inputs"]) != meta["key"]:
        return [f"{META} was edited: its inputs do not give its key"]
    if not meta["files"]:
        return [f"{META} names no file"]
    found = (_problem(folder, name, known, hash_up_to) for name, known in meta["files"].items())
    return [problem for problem in found if problem]


def _problem(folder: Path, name: str, known: Any, hash_up_to: int | None) -> str:
    """What is wrong with one file; empty if nothing is."""
    path = folder / name
    try:
        size = path.stat().st_size
        sha256, expected = known["sha256"], known["bytes"]
    except OSError:
        return f"{name} is missing"
    except (KeyError, TypeError, ValueError):  # ValueError: no file can be called so
        return f"{META} does not say what {name} holds"
    if size != expected:
        return f"{name} has {size} bytes instead of {expected}"
    if hash_up_to is not None and size > hash_up_to:
        return ""
    try:
        return "" if digest_file(path) == sha256 else f"{name} was changed: its hash differs"
    except InputError as error:
        return str(error)
