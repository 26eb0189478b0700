"""What a kill leaves behind: files that were half written, and locks that nobody holds.

They do no harm, and they pile up. What a living process writes or holds is never touched.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from harness.errors import StoreError
from harness.store.locks import FileLock
from harness.store.processes import writer_lives

# Only what Podium itself calls so: a leaderboard's folder is its user's.
_PARTIAL = re.compile(r"\.(?:[0-9a-f]{8}_[0-9]+_[0-9]+_)?[0-9a-f]{12}\.partial")
_LOCK = re.compile(r"\.[a-z][a-z0-9_-]*-[0-9a-f]{16}\.lock")
# Of what another machine writes, or who knows who; nothing takes so long to write.
_FORGOTTEN_S = 24 * 3600


def clean(folder: Path) -> None:
    """Remove the left-overs in a folder, not in those inside it; what cannot be removed stays."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if _PARTIAL.fullmatch(name):
            _clean_partial(folder / name)
        elif _LOCK.fullmatch(name):
            _clean_lock(folder / name)


def _clean_partial(path: Path) -> None:
    with suppress(OSError):
        lives = writer_lives(path.name)
        if lives is None:
            lives = time.time() - path.lstat().st_mtime < _FORGOTTEN_S
        if not lives and not path.is_dir():
            path.unlink(missing_ok=True)


def _clean_lock(path: Path) -> None:
    """Taking a lock and giving it back removes it."""
    lock = FileLock(path, quiet=True)
    with suppress(StoreError):
        if lock.acquire() is None:
            lock.release()
