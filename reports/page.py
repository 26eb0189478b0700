"""The leaderboard as one page of HTML that asks nothing of any host and works without a script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import (
    answers,
    families,
    measures,
    noticed,
    pairs,
    seeds,
    selection,
    side_by_side,
    timed,
    training_view,
    verdict,
    watched,
    wordings,
)
from reports.charts.bars import bars, rank_mark
from reports.charts.loss import loss
from reports.charts.scatter import scatter
from reports.columns import estimate_of, interval, rank_text, ranking_columns, raw_columns
from reports.fields import flat, short
from reports.strings import Note, say, words
from reports.text import count, one_line, percent, points

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from reports.board import Entry, Leaderboard

PAGE, ANSWERS = "leaderboard.html", "leaderboard-answers.html"
_TEMPLATES = Path(__file__).parent / "templates"
_SIDE_BY_SIDE = 20  # open questions shown with all their answers
_LARGEST = 5_000_000  # bytes of a page; beyond that the answers move out


def pages(board: Leaderboard) -> dict[str, bytes]:
    """The page, and beside it the page of answers where both together grow too big."""
    engine = _environment()
    view = _view(board)
    asked = list(answers.asked(board))
    whole = _render(engine, PAGE, {**view, "asked": asked, "beside": None})
    if len(whole) <= _LARGEST:
        return {PAGE: whole}
    side = _render(engine, ANSWERS, {**view, "asked": asked})
    beside = {"file": ANSWERS, "size": f"{len(side) / 1e6:.1f} MB"}
    return {
        PAGE: _render(engine, PAGE, {**view, "asked": asked[:0], "beside": beside}),
        ANSWERS: side,
    }


def _environment() -> Environment:
    import jinja2

    engine = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    engine.globals.update(
        t=_translated, zh=words("zh").__getitem__, en=words().__getitem__, attr=_attribute
    )
    engine.filters.update(line=one_line, points=points, count=count, percent=percent)
    return engine


def _render(engine: Environment, template: str, view: Mapping[str, Any]) -> bytes:
    text = engine.get_template(template).render(view)
    return text.encode("utf-8")


def _view(board: Leaderboard) -> dict[str, Any]:
    """Everything that the templates name."""
    from markupsafe import Markup

    style = (_TEMPLATES / "page.css").read_text("utf-8")
    script = (_TEMPLATES / "page.js").read_text("utf-8")
    drawn = [bars(board), scatter(board), loss(board)]
    selected = selection.selection(board)
    return {
        "board": board,
        "first": board.first.summary,
        "style": Markup(style),  # noqa: S704 -- our own file
        "script": Markup(script),  # noqa: S704 -- our own file
        "policy": _policy(style, script),
        "verdict": verdict.verdict(board),
        "cautions": verdict.cautions(board),
        "session": timed.session_note(board),
        "ranking": ranking_columns(board),
        "under": seeds.under(board),
        "pairs": list(islice(pairs.rows(board), pairs.SHOWN)),
        "pairs_left_out": max(len(board.ranking.pairs) - pairs.SHOWN, 0),
        "seeds": seeds.rows(board),
        "raw": raw_columns(board),
        "charts": [chart for chart in drawn if chart is not None],
        "groups": _groups(board),
        "heat": families.heat(board),
        "asked_in": wordings.asked_in(board),
        "phrasings": wordings.phrasings(board),
        "spread_text": wordings.spread_text,
        "selection": None if selected is None else selection.view(selected),
        "measures": measures.blocks(board),
        "side_by_side": side_by_side.side_by_side(board, _SIDE_BY_SIDE),
        "left_out": side_by_side.left_out,
        "heading": side_by_side.heading,
        "reply_text": side_by_side.reply_text,
        "matrices": list(measures.matrices(board)),
        "noticed": noticed.noticed(board),
        "watched": watched.watched(board),
        "estimate_of": estimate_of,
        "interval": interval,
        "rank_text": rank_text,
        "rank_mark": lambda entry: Markup(rank_mark(entry, len(board.ranked))),  # noqa: S704 -- tag() escapes
        "markup": Markup,
        "described": _described,
        "short": short,
        "steady": _steady,
        "signs": answers.SIGNS,
        "letters": answers.LETTERS,
        "training": training_view.view(board),
        "signature": _signature(board),
        "family_n": lambda name: f"n={families.size(board, name):,}",
        "most_entries": answers.ENTRIES,
        "dates": _dates(board),
    }


def _policy(style: str, script: str) -> str:
    """Nothing may load; only this style and this script, by their hashes, may act."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src 'sha256-{_digest(style)}'",
            f"script-src 'sha256-{_digest(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _translated(key: str | Note, **values: str) -> Markup:
    """A text in English that carries its Chinese along for the language switch."""
    from markupsafe import Markup

    note = key if isinstance(key, Note) else Note(key, values)
    return Markup('<span data-zh="{}">{}</span>').format(say(note, "zh"), say(note, "en"))


def _attribute(name: str, key: str) -> Markup:
    """An attribute in English that carries its Chinese along."""
    from markupsafe import Markup

    return Markup('{0}="{1}" data-zh-{0}="{2}"').format(name, words()[key], words("zh")[key])


def _described(entry: Entry) -> str:
    """The model and how it was tuned, in a few words; empty where nothing is known."""
    model, tuned = entry.summary.model, entry.summary.finetune or {}
    name = model.get("base") or model.get("name") or model.get("engine") or ""
    rank = "" if tuned.get("rank") is None else f"r{tuned['rank']}"
    how = " ".join(filter(None, (str(tuned.get("method") or ""), rank)))
    return one_line(" · ".join(filter(None, (str(name), how))))


def _steady(entry: Entry) -> Note | str:
    """The word for how steady the times were: translated where it is one of ours."""
    word = entry.summary.latency.verdict if entry.summary.latency else ""
    return Note(f"cv_{word}") if f"cv_{word}" in words() else one_line(word)


def _dates(board: Leaderboard) -> str:
    days = sorted({entry.summary.created[:10] for entry in board.entries})
    return days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"


def _groups(board: Leaderboard) -> list[tuple[str, list[str]]]:
    """Differing fields under what they share before their last dot, in their order."""
    pairs = [name.rpartition(".")[::2] for name in board.fields.differing]
    return [
        (group, [leaf for _, leaf in found])
        for group, found in groupby(pairs, key=lambda pair: pair[0])
    ]


def _signature(board: Leaderboard) -> list[tuple[str, str]]:
    """The fields of the signature that all entries share."""
    first, *others = (dict(flat(entry.summary.signature)) for entry in board.entries)
    return [pair for pair in first.items() if all(pair in other.items() for other in others)]
