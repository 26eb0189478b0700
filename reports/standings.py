"""The ranking as the page shows it: a row an entry, and what must be said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import conditions, seeds
from reports.charts.bars import bars, rank_mark
from reports.columns import Folded, fold, ranking_columns

if TYPE_CHECKING:
    from reports.board import Leaderboard
    from reports.charts.chart import Chart
    from reports.strings import Note


@dataclass(frozen=True, slots=True)
class Standings:
    """The table; ranks drawn, by place; sentences; seeds; scores drawn."""

    table: Folded
    marks: dict[int, str]
    wordings: list[Note]
    session: list[Note]
    under: list[Note]
    seeds: list[seeds.Seed]
    chart: Chart


def view(board: Leaderboard) -> Standings:
    """The ranking of a board."""
    return Standings(
        table=fold(board, ranking_columns(board), keep=3),
        marks={one.place: rank_mark(one, len(board.ranked)) for one in board.entries},
        wordings=conditions.asked_in(board),
        session=conditions.session_notes(board),
        under=seeds.under(board),
        seeds=seeds.rows(board),
        chart=bars(board),
    )
