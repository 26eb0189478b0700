"""A comparison for a terminal: verdicts first, then the tables, the first flips, and cautions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.text.display import clip, table
from reports.compare import tables, verdict
from reports.strings import Note, say
from reports.text import DASH, one_line

if TYPE_CHECKING:
    from reports.compare.comparison import Against, Comparison
    from reports.compare.flips import Flip, Said
    from reports.table import Table

_FLIPS = 8  # of each kind; the files have all
_NAME = 28  # columns of a name
_LEAST = 20  # columns that a text keeps however narrow the terminal is


def as_text(compared: Comparison, columns: int) -> str:
    """The comparison in `columns` terminal columns."""
    blocks = [say(verdict.verdict(compared, other)) for other in compared.others]
    blocks += [block for other in compared.others for block in _against(compared, other, columns)]
    for label, found in compared.levers.items():
        if not found:
            continue
        head = f"{say(Note('compare_levers'))}: {clip(one_line(label), _NAME)}"
        blocks.append("\n".join([head, *_table(tables.levers(compared, found))]))
    if compared.levers:
        blocks.append(say(Note("compare_levers_help")))
    formula = [one_line(line) for line in compared.first.run.summary.scoring.formula]
    blocks.append("\n".join(formula))
    blocks.append("\n".join(map(say, verdict.cautions(compared))))
    return "\n\n".join(block for block in blocks if block)


def _against(compared: Comparison, other: Against, columns: int) -> Iterator[str]:
    yield "\n".join(_table(tables.differences(compared, other)))
    yield say(verdict.hits(compared, other))
    yield "\n".join(_flips(compared, other, columns))
    if other.causes:
        head = say(Note("compare_causes"))
        helps = " ".join(say(Note(f"compare_causes_{key}")) for key in ("help", "seeds"))
        yield "\n".join([head, *_table(tables.causes(compared, other)), helps])


def _table(found: Table) -> Iterator[str]:
    rows = [[clip(say(cell), 60) for cell in row] for row in (found.headings, *found.rows)]
    rows[0] = [clip(cell, _NAME) for cell in rows[0]]
    return table(rows, right=[at for at, flush in enumerate(found.left) if not flush])


def _flips(compared: Comparison, other: Against, columns: int) -> Iterator[str]:
    """The first flips of each kind, three lines each."""
    if not other.flips:
        return
    lost = [flip for flip in other.flips if not flip.won]
    won = [flip for flip in other.flips if flip.won]
    shown = [*lost[:_FLIPS], *won[:_FLIPS]]
    values = {"a": one_line(compared.first.label), "b": one_line(other.side.label)}
    counts = {"lost": f"{len(lost):,}", "won": f"{len(won):,}"}
    yield say(Note("compare_flips_of", {**values, **counts}))
    for flip in shown:
        yield from _flip(flip, max(columns - 10, _LEAST))
    if len(shown) < len(other.flips):
        many = {"shown": f"{len(shown):,}", "all": f"{len(other.flips):,}"}
        yield say(Note("compare_flips_first", many))


def _flip(flip: Flip, columns: int) -> Iterator[str]:
    mark = "+" if flip.won else "−"
    asked = one_line(flip.question) or flip.id
    yield f"{mark} {clip(asked, columns)}"
    yield f"    = {clip(f'{one_line(flip.gold) or DASH}  ({one_line(flip.reference)})', columns)}"
    for name, said in (("A", flip.first), ("B", flip.second)):
        yield f"    {name} {clip(_said(said), columns)}"


def _said(said: Said) -> str:
    # What is cut for the line needs not be made visible first, however long it is.
    text = one_line(said.text[:500]) or say(Note("said_nothing"))
    return f"{text}  ({one_line(said.found[:200])})" if said.found else text
