"""Names that become folders: one pattern that is safe everywhere, and what is taken already.

A name that is free on this disk may be none on the next: a runs folder is copied to Windows, onto
a stick, into an archive. So the pattern is narrow, and small and capital letters are one.
"""

from __future__ import annotations

import re

_SIGN = r"A-Za-z0-9\u4e00-\u9fff"
_NAME = re.compile(rf"[{_SIGN}][{_SIGN}._-]{{0,99}}")
_LONGEST_BYTES = 200
# What is kept in the runs folder beside runs; a database has further files beside it (`-wal`).
_STORE = ("stages", "nightly")
_STORE_FILES = ("digests.json", "responses.sqlite3")
# Devices of Windows, whatever ending they are given.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.DOTALL)


def name_problem(name: str) -> str:
    """Say why a name cannot name a run folder, empty where it can."""
    if not _NAME.fullmatch(name):
        return (
            f"{shown(name)} cannot name a run folder: letters, digits, '.', '_' and '-', at most "
            "100"
        )
    if name.endswith("."):
        return f"{shown(name)} cannot name a run folder: Windows drops a dot at the end"
    if len(name.encode()) > _LONGEST_BYTES:
        return f"{shown(name)} is too long for a folder's name"
    return taken(name)


def taken(name: str) -> str:
    """Say who has a name already, empty where it is free."""
    plain = name.casefold()
    if plain in _STORE or plain.startswith(_STORE_FILES):
        return f"{shown(name)} is Podium's own: choose another name"
    if _DEVICE.fullmatch(plain):
        return f"{shown(name)} is a device on Windows and no folder there: choose another name"
    return ""


def shown(name: str) -> str:
    """A name for a message: one line, not too long."""
    text = repr(name)
    return text if len(text) <= 80 else f"{text[:79]}…"
