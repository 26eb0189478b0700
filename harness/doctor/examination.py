"""All that the doctor looks at, and how it is told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness import __version__
from harness.doctor.line import LEVELS, Line
from harness.doctor.machine import check_machine, this_machine
from harness.doctor.packages import asked_for, check_packages, version_of
from harness.text.display import shown


def examine(runs: Path, *, tries: bool) -> list[Line]:
    """Look at packages and machine; with `tries` have each engine answer, which takes a minute."""
    found = this_machine(runs)
    lines = [
        *check_packages(asked_for(), version_of, has_gpu=bool(found.gpus)),
        *check_machine(found, runs, os.environ),
    ]
    if tries:
        from harness.doctor.trial import try_engines

        lines += try_engines()
    return lines


def as_json(lines: Sequence[Line]) -> dict[str, Any]:
    """For scripts."""
    keys = ("level", "group", "name", "detail", "change")
    found = [{key: getattr(line, key) for key in keys} for line in lines]
    counts = {level: sum(line.level == level for line in lines) for level in LEVELS}
    return {"version": __version__, "found": found, "summary": counts}


def as_text(lines: Sequence[Line]) -> str:
    """For people: a heading a group, a line a thing, and below it what to do."""
    return "\n".join([f"Podium {__version__}", *_told(lines)])


def _told(lines: Sequence[Line]) -> Iterator[str]:
    level, name = (max(len(getattr(line, key)) for line in lines) for key in ("level", "name"))
    group = ""
    for line in lines:
        if line.group != group:
            group = line.group
            yield f"\n{group}"
        yield f"  {line.level:<{level}}  {line.name:<{name}}  {shown(line.detail)}"
        if line.change:
            yield f"  {'':<{level + name + 2}}  → {line.change}"
