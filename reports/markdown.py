"""The leaderboard as a GitHub table, with everything needed to read it underneath."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reports.columns import Column, rank_text, ranking_columns, raw_columns
from reports.fields import short
from reports.strings import STRINGS, Note, say
from reports.text import DASH, one_line, points
from reports.verdict import cautions, verdict

if TYPE_CHECKING:
    from reports.board import Leaderboard

_EN = STRINGS["en"]
_ACTIVE = re.compile(r"([\\`*_\[\]|~#!])")


def markdown(board: Leaderboard) -> str:
    """The whole report: verdict, what differs, ranks, formula, raw quantities, families."""
    summary = board.first.summary
    head = f"{escape(summary.suite)} {escape(summary.suite_version)}"
    blocks = [
        f"# {_EN['leaderboard']}: {head}",
        "\n".join(f"- {escape(say(note))}" for note in verdict(board)),
        *_differs(board),
        _columns(board, ranking_columns(board)),
        *_careful(board),
        f"## {_EN['formula']}",
        _formula(board),
        f"## {_EN['raw']}",
        _columns(board, [_rank_name(board), *raw_columns(board)]),
        f"## {_EN['families']}",
        _families(board),
    ]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """Make a text mean itself in Markdown, on one line, hidden characters shown."""
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ACTIVE.sub(r"\\\1", text).replace("@", "&#64;")


def _table(headings: Sequence[str], left: Sequence[bool], rows: Iterable[Sequence[str]]) -> str:
    marks = ["---" if flush else "---:" for flush in left]
    lines = [[escape(text) for text in headings], marks]
    lines += [[escape(text) for text in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _columns(board: Leaderboard, shown: Sequence[Column]) -> str:
    return _table(
        [_EN[column.key] for column in shown],
        [column.left for column in shown],
        ([column.text(entry) for column in shown] for entry in board.entries),
    )


def _rank_name(board: Leaderboard) -> Column:
    return next(column for column in ranking_columns(board) if column.key == "entry")


def _differs(board: Leaderboard) -> list[str]:
    differing = board.fields.differing
    if not differing:
        return []
    rows = (
        [entry.label, *(short(values[entry.place - 1]) for values in differing.values())]
        for entry in board.entries
    )
    table = _table([_EN["entry"], *differing], [True] * (len(differing) + 1), rows)
    return [f"## {_EN['differs']}", table, f"## {_EN['leaderboard']}"]


def _careful(board: Leaderboard) -> list[str]:
    notes = cautions(board)
    lines = "\n".join(f"- {escape(say(note))}" for note in notes)
    return [f"**{_EN['cautions']}**", lines] if notes else []


def _formula(board: Leaderboard) -> str:
    scoring = board.first.summary.scoring
    own = escape(say(Note("formula_own", {"id": scoring.id})))
    lines = [f"    {one_line(line)}" for line in scoring.formula]
    return "\n".join([own, "", *lines])


def _families(board: Leaderboard) -> str:
    names = board.families
    rows = (
        [rank_text(entry), entry.label, *(_accuracy(board, entry.place, name) for name in names)]
        for entry in board.entries
    )
    left = [False, True, *(False for _ in names)]
    return _table([_EN["rank"], _EN["entry"], *map(board.family, names)], left, rows)


def _accuracy(board: Leaderboard, place: int, name: str) -> str:
    family = board.entries[place - 1].summary.families.get(name)
    return DASH if family is None else f"{points(family.accuracy)} ({family.n:,})"
