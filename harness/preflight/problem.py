"""What a check has found: a finding, how bad it is, and what to change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from harness.core import Finding

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person should know before a run.

    An `error` would fail the run or teach the wrong thing; a `warning` is most likely not meant; a
    `note` tells what was seen. `change` says what to do about it, and is empty for a note that asks
    for nothing. `entries` are the experiments that it was found in.
    """

    level: Level
    finding: Finding
    change: str = ""
    entries: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The name of what was checked."""
        return self.finding.rule

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        found = self.finding
        return {
            "level": self.level,
            "rule": found.rule,
            "where": found.where,
            "field": found.field,
            "detail": found.detail,
            "change": self.change,
            "count": found.count,
            "entries": list(self.entries),
        }


def error(rule: str, detail: str, change: str, *, field: str = "", count: int = 1) -> Problem:
    """What would fail the run, or teach the wrong thing."""
    return Problem("error", Finding(rule, "", detail, count=count, field=field), change)


def warning(rule: str, detail: str, change: str, *, field: str = "", count: int = 1) -> Problem:
    """What is most likely not meant."""
    return Problem("warning", Finding(rule, "", detail, count=count, field=field), change)


def note(rule: str, detail: str, change: str = "", *, field: str = "", count: int = 1) -> Problem:
    """What was seen."""
    return Problem("note", Finding(rule, "", detail, count=count, field=field), change)


def is_bad(problem: Problem) -> bool:
    """Whether a person has to look at it: an error or a warning."""
    return problem.level != "note"


def merged(found: Iterable[tuple[str, Problem]]) -> list[Problem]:
    """Problems of several entries, each told once with the entries that it holds for.

    Args:
        found: the name of an entry with a problem of it.

    Returns:
        The errors first, then warnings, then notes, each in the order in which they were found.
    """
    entries: dict[Problem, list[str]] = {}
    for entry, problem in found:
        names = entries.setdefault(problem, [])
        if entry not in names:
            names.append(entry)
    told = [Problem(p.level, p.finding, p.change, tuple(names)) for p, names in entries.items()]
    return sorted(told, key=lambda problem: LEVELS.index(problem.level))


def listed(names: Iterable[str], most: int = 3) -> str:
    """Some names, and how many more there are."""
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more
