"""A comparison as files: `compare.json` with everything, `compare.md`, and one page of HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.store.files import write_bytes, write_json, write_text
from reports.compare import tables, verdict
from reports.compare.page import PAGE, page
from reports.gfm import escape, table
from reports.strings import Note, say
from reports.text import cut, one_line

if TYPE_CHECKING:
    from harness.metrics.causes import Cause
    from harness.metrics.intervals import Difference
    from harness.metrics.levers import Lever
    from reports.compare.comparison import Against, Comparison, Line
    from reports.compare.flips import Flip, Said
    from reports.seeds import Spread
    from reports.table import Table

_FLIPS = 60  # of a Markdown file; compare.json has all
_CELL = 600  # characters of one text in a Markdown table


def write(compared: Comparison, out: Path) -> Path:
    """Write the three files, each whole or not at all; return the page.

    Raises:
        StoreError: the folder cannot be written.
    """
    write_json(out / "compare.json", as_json(compared))
    write_text(out / "compare.md", markdown(compared))
    write_bytes(out / PAGE, page(compared))
    return out / PAGE


# --- JSON ----------------------------------------------------------------------------------------


def as_json(compared: Comparison) -> dict[str, Any]:
    """Everything, for scripts; numbers are not rounded, texts are whole."""
    return {
        "first": compared.first.label,
        "basis": compared.basis,
        "reason": None if compared.reason is None else say(compared.reason),
        "exit_code": compared.exit_code,
        "others": [_against(compared, other) for other in compared.others],
        "levers": {
            label: [_lever(lever) for lever in found] for label, found in compared.levers.items()
        },
        "cautions": [say(note) for note in verdict.cautions(compared)],
    }


def _against(compared: Comparison, other: Against) -> dict[str, Any]:
    return {
        "name": other.side.label,
        "call": other.call,
        "verdict": say(verdict.verdict(compared, other)),
        "p": other.p,
        "scores": {
            compared.basis if line.name == "total" else line.name: _line(line)
            for line in other.lines
        },
        "hits": {"lost": other.hits.b, "won": other.hits.c, "p": other.hits_p},
        "seeds": [_spread(spread) for spread in other.spreads],
        "causes": [_cause(cause) for cause in other.causes],
        "flips": [flip.as_json() for flip in other.flips],
    }


def _line(line: Line) -> dict[str, Any]:
    whole = line.contrast.whole
    return {
        "first": line.first,
        "second": line.second,
        "over_questions": _difference(line.contrast.questions),
        "over_questions_and_seeds": None if whole is None else _difference(whole),
    }


def _difference(found: Difference) -> dict[str, float]:
    return {
        "difference": found.value, "low": found.low, "high": found.high, "p": found.p,
        "detectable": found.detectable,
    }  # fmt: skip


def _spread(found: Spread) -> dict[str, Any]:
    return {
        "recipe": found.recipe, "seeds": found.seeds, "low": found.low, "high": found.high,
        "sd": found.sd,
    }  # fmt: skip


def _cause(cause: Cause) -> dict[str, Any]:
    points = {"points": cause.points.value, "low": cause.points.low, "high": cause.points.high}
    return {"cause": cause.name, "family": cause.family or None, "n": cause.n, **points}


def _lever(lever: Lever) -> dict[str, Any]:
    return {
        "change": lever.name, "points": lever.points, "amount": lever.amount or None,
        "family": lever.family or None, "best": lever.best or None,
    }  # fmt: skip


# --- Markdown ------------------------------------------------------------------------------------


def markdown(compared: Comparison) -> str:
    """The comparison as GitHub Markdown, in English."""
    title = say(Note("compare_with", {"name": one_line(compared.first.label)}))
    blocks = [f"# {escape(title)}"]
    blocks += [escape(say(verdict.verdict(compared, other))) for other in compared.others]
    notes = verdict.cautions(compared)
    if notes:
        blocks.append(f"**{say(Note('cautions'))}**")
        blocks.append("\n".join(f"- {escape(say(note))}" for note in notes))
    for other in compared.others:
        blocks += _markdown_of(compared, other)
    for label, found in compared.levers.items():
        if found:
            blocks.append(f"## {escape(say(Note('compare_levers')))}: {escape(label)}")
            blocks.append(_as_table(tables.levers(compared, found)))
    if compared.levers:
        blocks.append(escape(say(Note("compare_levers_help"))))
    formula = compared.first.run.summary.scoring.formula
    blocks.append("\n".join(f"    {one_line(line)}" for line in formula))
    return "\n\n".join(blocks) + "\n"


def _markdown_of(compared: Comparison, other: Against) -> Iterator[str]:
    yield f"## {escape(other.side.label)}"
    yield _as_table(tables.differences(compared, other))
    yield escape(say(verdict.hits(compared, other)))
    if other.causes:
        yield f"### {say(Note('compare_causes'))}"
        yield _as_table(tables.causes(compared, other))
        yield " ".join(escape(say(Note(f"compare_causes_{key}"))) for key in ("help", "seeds"))
    if other.flips:
        yield f"### {say(Note('compare_flips'))}"
        yield _flips(compared, other)


def _as_table(found: Table) -> str:
    rows = ([say(cell) for cell in row] for row in found.rows)
    return table([say(cell) for cell in found.headings], found.left, rows)


def _flips(compared: Comparison, other: Against) -> str:
    shown = other.flips[:_FLIPS]
    names = [compared.first.label, other.side.label]
    heads = ["", *(say(Note(key)) for key in ("question", "gold", "reference")), *names]
    rows = (list(_flip(flip)) for flip in shown)
    found = table(heads, [True] * len(heads), ([cut(cell, _CELL, "") for cell in r] for r in rows))
    if len(shown) == len(other.flips):
        return found
    many = {"shown": f"{len(shown):,}", "all": f"{len(other.flips):,}"}
    return f"{escape(say(Note('compare_flips_first', many)))}\n\n{found}"


def _flip(flip: Flip) -> Sequence[str]:
    kind = say(Note("compare_won" if flip.won else "compare_lost"))
    return (
        kind, flip.question or flip.id, flip.gold, flip.reference, _said(flip.first),
        _said(flip.second),
    )  # fmt: skip


def _said(said: Said) -> str:
    text = cut(said.text, _CELL // 2, "") or say(Note("said_nothing"))
    return f"{text} ({said.found})" if said.found else text
