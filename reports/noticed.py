"""What was noticed in the user's own files, as the board shows it: a line a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.text import one_line

if TYPE_CHECKING:
    from reports.board import Leaderboard

_EXAMPLES = 5
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Noticed:
    """One rule: how often, how many of these rows were left out, and the first few."""

    rule: str
    count: int
    lost: int
    examples: tuple[str, ...]


def noticed(board: Leaderboard) -> list[Noticed]:
    """The rules that the files of the suite met, the most frequent first."""
    by_rule: dict[str, list[Mapping[str, Any]]] = {}
    for finding in board.first.run.findings:
        by_rule.setdefault(str(finding.get("rule")), []).append(finding)
    ordered = sorted(by_rule.items(), key=lambda item: -sum(map(_count, item[1])))
    return [_noticed(rule, found) for rule, found in ordered]


def _noticed(rule: str, found: Sequence[Mapping[str, Any]]) -> Noticed:
    examples = tuple(_example(one) for one in found[:_EXAMPLES])
    lost = sum(_count(one) for one in found if one.get("lost"))
    return Noticed(one_line(rule), sum(map(_count, found)), lost, examples)


def _count(finding: Mapping[str, Any]) -> int:
    """How many a finding stands for; one where an earlier Podium wrote it."""
    count = finding.get("count", 1)
    return count if isinstance(count, int) else 1


def _example(finding: Mapping[str, Any]) -> str:
    where, detail = (one_line(str(finding.get(name) or "")) for name in ("where", "detail"))
    text = f"{where}: {detail}" if detail else where
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
