"""The blocks that the page is made of, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reports import (
    families,
    fields,
    measures,
    noticed,
    selection,
    side_by_side,
    standings,
    training_view,
    verdict,
    watched,
    weights,
)
from reports.charts import differences, ecdf, loss, scatter
from reports.columns import raw
from reports.html import TEMPLATES

if TYPE_CHECKING:
    from reports.board import Leaderboard
    from reports.charts.chart import Chart

_SIDE_BY_SIDE = 20  # open questions shown with all their answers


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the page.

    Args:
        view: what the block shows of a board; it is left out where that is `None` or empty.
        template: the section in jinja, which names `board` and `view`.
    """

    view: Callable[[Leaderboard], object]
    template: Path


def _charts(board: Leaderboard) -> list[Chart]:
    drawn = (scatter.scatter(board), ecdf.latency(board), loss.loss(board))
    return [chart for chart in drawn if chart is not None]


BLOCKS = (
    Block(verdict.view, TEMPLATES / "verdict.html"),
    Block(fields.differs, TEMPLATES / "differs.html"),
    Block(standings.view, TEMPLATES / "standings.html"),
    Block(differences.view, TEMPLATES / "pairs.html"),
    Block(weights.view, TEMPLATES / "weights.html"),
    Block(lambda board: board, TEMPLATES / "formula.html"),
    Block(raw, TEMPLATES / "raw.html"),
    Block(families.heat, TEMPLATES / "families.html"),
    Block(selection.selection, TEMPLATES / "selection.html"),
    Block(measures.view, TEMPLATES / "measures.html"),
    Block(_charts, TEMPLATES / "charts.html"),
    Block(partial(side_by_side.side_by_side, most=_SIDE_BY_SIDE), TEMPLATES / "side_by_side.html"),
    Block(watched.watched, TEMPLATES / "watched.html"),
    Block(noticed.noticed, TEMPLATES / "noticed.html"),
    Block(training_view.view, TEMPLATES / "training.html"),
)
