"""Which process is which: an id comes again, together with the time of its start it does not."""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path

# A file that some process is writing, by the machine, the process and its start.
_PARTIAL = re.compile(r"\.([0-9a-f]{8})_([0-9]{1,20})_([0-9]{1,20})_[0-9a-f]{12}\.partial")


def started(pid: int) -> int | None:
    """Start time of a process in clock ticks since boot; `None` if there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # proc_pid_stat(5): field 2 is the name in brackets and may hold brackets and spaces itself;
    # after it come field 3, the state, and field 22, the start time.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def partial_beside(path: Path) -> Path:
    """A name beside a file for what will take its place; it says which process writes it."""
    pid = os.getpid()
    name = f".{_machine()}_{pid}_{started(pid) or 0}_{os.urandom(6).hex()}.partial"
    return path.with_name(name)


def writer_lives(name: str) -> bool | None:
    """Whether the process is there that writes such a file; `None` where that cannot be told."""
    match = _PARTIAL.fullmatch(name)
    if match is None or match[1] != _machine() or match[3] == "0":
        return None
    return started(int(match[2])) == int(match[3])


def _machine() -> str:
    return f"{zlib.crc32(os.uname().nodename.encode()):08x}"
