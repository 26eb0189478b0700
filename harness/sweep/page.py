"""What a sweep found, as one page that opens offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from harness.sweep import charts
from harness.sweep.tables import Table, failed, tables, verdict
from harness.text.display import shown
from reports.block import TEMPLATES

_STYLE = """
main { padding-top: 26px; } svg { max-width: 100%; height: auto; }
text { fill: var(--soft); font: 12px var(--sans); } path { fill: none; }
.grid { stroke: var(--line); } .axis { stroke: var(--firm); } .reach { stroke: var(--soft); }
.incumbent { stroke: var(--accent); stroke-width: 2; } .share { fill: var(--accent); }
.whole { fill: var(--accent); } .part { fill: var(--faint); fill-opacity: .55; }
.ring { fill: none; stroke: var(--AE); stroke-width: 2; }
.pair { display: flex; flex-wrap: wrap; gap: 8px 20px; }
"""
_NUMBER = ' class="num"'
_DOTS = (
    "A large dot was trained for all its epochs, a small one was stopped before; a ring is a "
    "finalist."
)
_FRONT = (
    "A large dot is on the front: nothing that costs as little is more accurate by more than noise "
    "explains. Lines are 95% intervals."
)


def page(found: Mapping[str, Any]) -> str:
    """The page; it loads nothing and runs nothing.

    Args:
        found: the findings of a sweep.
    """
    style = (TEMPLATES / "page.css").read_text("utf-8") + _STYLE
    slices = "".join(drawing for _, drawing in charts.slices(found))
    length = charts.front(found, "length", "Characters of an answer that carry information, median")
    latency = charts.front(found, "latency", "Median seconds of an answer, finalists")
    drawn = [
        ("Search", charts.history(found), _DOTS),
        ("What matters", charts.importances(found), ""),
        ("Slices", f'<div class="pair">{slices}</div>' if slices else "", _DOTS),
        ("Accuracy against latency", latency, _FRONT),
        ("Accuracy against length", length, _FRONT),
    ]
    parts = [_section(title, content, hint) for title, content, hint in drawn]
    parts += [_section(one.title, _table(one), "") for one in tables(found, None)]
    said = "".join(f"<p>{escape(shown(line))}</p>" for line in failed(found))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(shown(found['name']))}</title><style>{style}</style></head>"
        f'<body><main><p class="lead">{escape(shown(verdict(found)))}</p>{said}'
        f"{''.join(parts)}</main></body></html>\n"
    )


def _section(title: str, content: str, hint: str) -> str:
    if not content:
        return ""
    below = f'<p class="hint">{escape(hint)}</p>' if hint else ""
    return f"<section><h2>{escape(shown(title))}</h2>{content}{below}</section>"


def _table(one: Table) -> str:
    head = _row("th", one.headings, one.left)
    body = "".join(_row("td", row, one.left) for row in one.rows)
    return f'<div class="scroll"><table><thead>{head}</thead><tbody>{body}</tbody></table></div>'


def _row(cell: str, texts: Sequence[str], left: frozenset[int]) -> str:
    cells = (
        f"<{cell}{'' if at in left else _NUMBER}>{escape(shown(text))}</{cell}>"
        for at, text in enumerate(texts)
    )
    return f"<tr>{''.join(cells)}</tr>"
