"""The ranking as the page shows it: a row an entry, and what must be said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from reports import pairs, seeds, timed, wordings
from reports.charts.bars import bars, rank_mark
from reports.columns import Column, estimate_of, ranking_columns
from reports.text import one_line

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard
    from reports.charts.chart import Chart
    from reports.strings import Note
    from reports.summary import Estimate


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: of which model it is, and its rank as a drawing; empty where it has no rivals."""

    entry: Entry
    described: str
    mark: str

    def estimate(self, column: Column) -> Estimate | None:
        """What stands in a column of scores."""
        return estimate_of(self.entry, column.key)


@dataclass(frozen=True, slots=True)
class Standings:
    """The table; sentences under it; every seed; the first pairs; the same as a drawing."""

    columns: list[Column]
    rows: list[Row]
    wordings: list[Note]
    session: Note | None
    under: list[Note]
    seeds: list[seeds.Seed]
    pairs: list[pairs.Row]
    pairs_left_out: int
    chart: Chart


def view(board: Leaderboard) -> Standings:
    """The ranking of a board."""
    return Standings(
        columns=ranking_columns(board),
        rows=[_row(entry, len(board.ranked)) for entry in board.entries],
        wordings=wordings.asked_in(board),
        session=timed.session_note(board),
        under=seeds.under(board),
        seeds=seeds.rows(board),
        pairs=list(islice(pairs.rows(board), pairs.SHOWN)),
        pairs_left_out=max(len(board.ranking.pairs) - pairs.SHOWN, 0),
        chart=bars(board),
    )


def _row(entry: Entry, ranked: int) -> Row:
    return Row(entry, _described(entry), rank_mark(entry, ranked) if ranked > 1 else "")


def _described(entry: Entry) -> str:
    """The model and how it was tuned, in a few words; empty where nothing is known."""
    model, tuned = entry.summary.model, entry.summary.finetune or {}
    name = model.get("base") or model.get("name") or model.get("engine") or ""
    rank = "" if tuned.get("rank") is None else f"r{tuned['rank']}"
    how = " ".join(filter(None, (str(tuned.get("method") or ""), rank)))
    return one_line(" · ".join(filter(None, (str(name), how))))
