"""The leaderboard for a terminal: columns that line up whatever script the names are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.text.display import clip_middle, pad, width
from reports import measures, seeds
from reports.columns import Column, ranking_columns, raw_columns
from reports.conditions import asked_in, session_notes
from reports.selection import as_text, selection
from reports.strings import say, words
from reports.summary import PARTS
from reports.text import one_line, points
from reports.verdict import cautions, verdict

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard

_GAP = "  "
_LEAST_NAME = 12  # columns that a name keeps however narrow the terminal is
_GOOD_NAME = 24  # columns that a long name gets before spare columns stay
# What goes first where the terminal is narrow.
_SPARE = (
    "n", "p_best", "macro", "loaded", "tpot", "cv", "tokens_p50", "ttft", "p95", "p90", "relative",
    "AE", "ART", "p50", "seeds",
)  # fmt: skip
_SHOWN_RAW = ("p50", "p90", "p95", "ttft", "tpot", "cv", "relative", "loaded", "tokens_p50")


def terminal_table(board: Leaderboard, columns: int) -> str:
    """Lay out ranks, scores and raw quantities in `columns` terminal columns.

    Under the table: the formula, the wordings, the verdict and what to be wary of.
    """
    raw = [column for column in raw_columns(board) if column.key in _SHOWN_RAW]
    ranks = [_brief(column) for column in ranking_columns(board)]
    grid = _fit(board, [*ranks, *raw], columns)
    formula = [one_line(line) for line in board.first.summary.scoring.formula]
    told = [
        *asked_in(board), *session_notes(board), *verdict(board), *seeds.under(board),
        *cautions(board),
    ]  # fmt: skip
    lines = [say(note) for note in told]
    selected = selection(board)
    chosen = [] if selected is None else ["", as_text(selected, columns)]
    return "\n".join([*grid, *_measures(board, columns), *chosen, "", *formula, "", *lines])


def _measures(board: Leaderboard, columns: int) -> list[str]:
    """What was measured beside the score, a line each, under the names of the entries.

    What is measured by group is left to the report, but for accuracy, which has its own table.
    """
    found = [line for line in measures.lines(board) if not line.group]
    if not found:
        return []
    heads = ["", *(clip_middle(one_line(entry.label), _GOOD_NAME) for entry in board.entries)]
    rows = [[_name(line), *(cell.text for cell in line.cells)] for line in found]
    widths = [max(map(width, column)) for column in zip(heads, *rows, strict=True)]
    while len(widths) > 2 and sum(widths) + len(_GAP) * (len(widths) - 1) > columns:
        widths.pop()  # the report has the entries that a narrow terminal has no room for
    left = [True, *(False for _ in board.entries)]
    return ["", *(_line(left, row, widths) for row in [heads, *rows])]


def _name(line: measures.Line) -> str:
    return f"{line.name} {line.mark}".rstrip()


def _brief(column: Column) -> Column:
    """A part without its interval: a terminal is narrow, and the total keeps its own."""
    if column.key not in PARTS:
        return column
    return replace(column, text=lambda entry: points(_part(entry, column.key)))


def _part(entry: Entry, part: str) -> float | None:
    estimate = entry.summary.parts[part]
    return None if estimate is None else estimate.value


def _fit(board: Leaderboard, shown: list[Column], columns: int) -> list[str]:
    """Drop columns, then cut names, until the lines fit."""
    spare = list(_SPARE)
    while spare and _needed(board, shown) > columns:
        gone = spare.pop(0)
        shown = [column for column in shown if column.key != gone]
    texts = [_texts(board, column) for column in shown]
    widths = [max(map(width, column)) for column in texts]
    name = next(at for at, column in enumerate(shown) if column.key == "entry")
    over = sum(widths) + len(_GAP) * (len(widths) - 1) - columns
    widths[name] = max(_LEAST_NAME, widths[name] - max(0, over))
    lines = list(zip(*texts, strict=True))
    rule = _GAP.join("─" * size for size in widths)
    body = [_line([column.left for column in shown], line, widths) for line in lines]
    return [body[0], rule, *_banded(board, body[1:], rule)]


def _needed(board: Leaderboard, shown: Sequence[Column]) -> int:
    sizes = [max(map(width, _texts(board, column))) for column in shown]
    sizes = [
        min(size, _GOOD_NAME) if column.left else size
        for column, size in zip(shown, sizes, strict=True)
    ]
    return sum(sizes) + len(_GAP) * (len(sizes) - 1)


def _texts(board: Leaderboard, column: Column) -> list[str]:
    heading = words()[column.key]
    return [heading, *(column.text(entry) for entry in board.entries)]


def _line(left: Sequence[bool], texts: Sequence[str], widths: Sequence[int]) -> str:
    """Texts in their columns, as far as there are widths; cut where they are wider."""
    cells = [
        pad(clip_middle(text, size), size, right=not flush)
        for flush, text, size in zip(left, texts, widths, strict=False)
    ]
    return _GAP.join(cells).rstrip()


def _banded(board: Leaderboard, body: Sequence[str], rule: str) -> list[str]:
    """A thin rule between bands: whatever lies above is told apart from all below."""
    lines: list[str] = []
    for entry, line in zip(board.entries, body, strict=True):
        if lines and entry.band != board.entries[entry.place - 2].band:
            lines.append(rule.replace("─", "╌"))
        lines.append(line)
    return lines
