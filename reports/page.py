"""The leaderboard as one page of HTML that asks nothing of any host and works without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reports import answers
from reports.block import BLOCKS, Block
from reports.columns import interval
from reports.fields import short
from reports.html import TEMPLATES, environment, whole
from reports.training_facts import brief, lengths, reason_words

if TYPE_CHECKING:
    from jinja2 import Environment

    from reports.board import Leaderboard

PAGE, ANSWERS = "leaderboard.html", "leaderboard-answers.html"
_WHOLE, _ANSWERS = TEMPLATES / "leaderboard.html", TEMPLATES / "answers.html"
_LARGEST = 5_000_000  # bytes of a page; beyond that the answers move out


def pages(board: Leaderboard, blocks: Sequence[Block] = BLOCKS) -> dict[str, bytes]:
    """The page, and beside it the page of answers where both together grow too big.

    The answers stand under the blocks.
    """
    engine = environment(short, interval, brief, lengths, reason_words)
    shown = answers.view(board)
    sections = [_section(engine, block.template, board, block.view(board)) for block in blocks]

    def page(above: Sequence[str], last: answers.Answers) -> bytes:
        return _page(engine, board, [*above, _section(engine, _ANSWERS, board, last)])

    together = page(sections, shown)
    if len(together) <= _LARGEST:
        return {PAGE: together}
    side = page([], replace(shown, alone=True))
    beside = ANSWERS, f"{len(side) / 1e6:.1f} MB"
    return {PAGE: page(sections, replace(shown, asked=(), beside=beside)), ANSWERS: side}


def _section(engine: Environment, template: Path, board: Leaderboard, view: object) -> str:
    """A block's HTML with the new line that ends it; nothing where it has nothing to show."""
    if not view:
        return ""
    return engine.get_template(str(template)).render(board=board, view=view).rstrip("\n") + "\n"


def _page(engine: Environment, board: Leaderboard, sections: Sequence[str]) -> bytes:
    inside = "\n".join(sections)
    return whole(engine, _WHOLE, board=board, dates=_dates(board), sections=inside)


def _dates(board: Leaderboard) -> str:
    days = sorted({entry.summary.created[:10] for entry in board.entries})
    return days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"
