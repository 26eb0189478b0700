"""One process at a time: a lock file that says who holds it.

The kernel frees the lock when its holder dies (`flock`). The file's content (process id, start
time, machine) names the holder to whoever waits, tells a lock left by a kill from a free one,
and stands in for the kernel on file systems without locks.
"""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.store.files import decode, storing
from harness.store.processes import started

log = logging.getLogger("podium")

_NO_KERNEL_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock. `started` is in clock ticks since boot, 0 where that cannot be told."""

    pid: int
    started: int
    host: str

    @property
    def here(self) -> bool:
        """Whether it runs on this machine, so that this process can see it."""
        return self.host == os.uname().nodename

    @property
    def alive(self) -> bool:
        """Whether the process runs here; a later process with the same id does not count."""
        return self.here and started(self.pid) == self.started

    def __str__(self) -> str:
        return f"process {self.pid}" + ("" if self.here else f" on {self.host}")


def me() -> Holder:
    """Return this process."""
    pid = os.getpid()
    return Holder(pid, started(pid) or 0, os.uname().nodename)


class FileLock:
    """A lock on a path, held from `acquire` to `release`.

    `quiet` says nothing of whoever left the lock.
    """

    def __init__(self, path: Path, *, quiet: bool = False) -> None:
        self._path = path
        self._quiet = quiet
        self._descriptor: int | None = None

    def acquire(self) -> Holder | None:
        """Take the lock if it is free.

        Returns:
            `None` when it is taken, else who holds it.

        Raises:
            StoreError: the lock file cannot be written.
        """
        with storing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            while True:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
                try:
                    holder, stale = self._try(descriptor)
                except BaseException:
                    os.close(descriptor)
                    raise
                if holder is None and not stale:
                    self._keep(descriptor)
                    return None
                os.close(descriptor)
                if holder is not None:
                    return holder

    def _try(self, descriptor: int) -> tuple[Holder | None, bool]:
        """Who is in the way, and whether the file was removed while this process opened it."""
        left = _read(descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            kernel = True
        except BlockingIOError:
            return left or Holder(0, 0, os.uname().nodename), False
        except OSError as error:
            if error.errno not in _NO_KERNEL_LOCKS:
                raise
            kernel = False
        if not _is(descriptor, self._path):
            return None, True
        left = _read(descriptor)
        if left is None or left == me():
            return None, False
        if left.alive or (not kernel and not left.here):
            return left, False
        if not self._quiet:
            log.warning("%s: %s left this lock and is gone; lock broken", self._path, left)
        return None, False

    def _keep(self, descriptor: int) -> None:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(me())).encode(), 0)
        self._descriptor = descriptor
        # A forked child would hold the lock beyond the death of this process.
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held."""
        if self._descriptor is None:
            return
        with suppress(OSError):  # a read-only disk: the kernel frees the lock all the same
            os.ftruncate(self._descriptor, 0)
            self._path.unlink(missing_ok=True)
        self._forget()


def _read(descriptor: int) -> Holder | None:
    """Who the lock file names; `None` if nobody, or if the text is cut short or damaged."""
    try:
        holder = Holder(**decode(os.pread(descriptor, 4096, 0)))
    except (ValueError, TypeError):
        return None
    whole = type(holder.pid) is int and type(holder.started) is int
    return holder if whole and holder.pid > 0 and isinstance(holder.host, str) else None


def _is(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """Hold a lock for a block, waiting for it where needed.

    Args:
        path: the lock file.
        what: what the lock is for, shown to a person who waits.

    Raises:
        StoreError: the lock file cannot be written.
    """
    lock = FileLock(path)
    told = False
    while (holder := lock.acquire()) is not None:
        if not told:
            gone = "" if holder.here else f"; if that machine is gone, delete {path}"
            log.warning("%s: waiting for %s, which is doing it%s", what, holder, gone)
            told = True
        time.sleep(_POLL_S)
    try:
        yield
    finally:
        lock.release()
