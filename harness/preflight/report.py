"""What `podium check` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from harness.preflight.check import Report
from harness.preflight.problem import LEVELS, Problem
from harness.text.display import shown

_COLOURS = {"error": "\x1b[31;1m", "warning": "\x1b[33;1m", "note": "\x1b[36m"}
_PLAIN = "\x1b[0m"


def as_json(report: Report) -> dict[str, Any]:
    """For scripts."""
    return {
        "shown": [{"row": head, "text": text} for head, text in report.shown],
        "findings": [problem.as_json() for problem in report.problems],
        "summary": _counts(report),
    }


def as_text(report: Report, *, colour: bool) -> str:
    """Rendered rows, then problems one a line, the errors first, then a summary."""
    return "\n".join((*_rows(report), *_lines(report, colour=colour), _summary(report)))


def _rows(report: Report) -> Iterator[str]:
    for head, text in report.shown:
        yield from (head, text, "")


def _lines(report: Report, *, colour: bool) -> Iterator[str]:
    width = max(map(len, LEVELS))
    for problem in report.problems:
        level = f"{problem.level:<{width}}"
        head = f"{_COLOURS[problem.level]}{level}{_PLAIN}" if colour else level
        yield f"{head}  {problem.rule}: {shown(_sentence(problem))}"
    if report.problems:
        yield ""


def _sentence(problem: Problem) -> str:
    found = problem.finding
    field = f"{found.field}: " if found.field else ""
    change = f"; {problem.change}" if problem.change else ""
    return f"{field}{found.detail}{change} [{', '.join(problem.entries)}]"


def _summary(report: Report) -> str:
    return ", ".join(
        f"{count} {level}{'' if count == 1 else 's'}" for level, count in _counts(report).items()
    )


def _counts(report: Report) -> dict[str, int]:
    found = Counter(problem.level for problem in report.problems)
    return {level: found[level] for level in LEVELS}
