"""The leaderboard as one page of HTML that asks nothing of any host and works without a script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reports import answers
from reports.block import BLOCKS, TEMPLATES, Block
from reports.charts.marks import meter
from reports.columns import interval
from reports.fields import short
from reports.strings import Note, say, words
from reports.text import count, one_line, percent, points
from reports.training_facts import brief, lengths, reason_words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from reports.board import Leaderboard

PAGE, ANSWERS = "leaderboard.html", "leaderboard-answers.html"
_ANSWERS = TEMPLATES / "answers.html"
# The filters of the templates, by their own names.
_FORMATS = (one_line, points, count, percent, short, interval, brief, lengths, reason_words)
_SCRIPTS = ("scores", "page")  # the second calls the first
_LARGEST = 5_000_000  # bytes of a page; beyond that the answers move out


def pages(board: Leaderboard, blocks: Sequence[Block] = BLOCKS) -> dict[str, bytes]:
    """The page, and beside it the page of answers where both together grow too big.

    The answers stand under the blocks.
    """
    engine = _environment()
    shown = answers.view(board)
    sections = [_section(engine, block.template, board, block.view(board)) for block in blocks]

    def page(above: Sequence[str], last: answers.Answers) -> bytes:
        return _page(engine, board, [*above, _section(engine, _ANSWERS, board, last)])

    whole = page(sections, shown)
    if len(whole) <= _LARGEST:
        return {PAGE: whole}
    side = page([], replace(shown, alone=True))
    beside = ANSWERS, f"{len(side) / 1e6:.1f} MB"
    return {PAGE: page(sections, replace(shown, asked=(), beside=beside)), ANSWERS: side}


def _environment() -> Environment:
    """Jinja with all that templates may call."""
    import jinja2

    engine = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    engine.globals.update(t=_translated, attr=_attribute, meter=meter)
    engine.globals.update(en=words().__getitem__, zh=words("zh").__getitem__)
    engine.filters.update({each.__name__: each for each in _FORMATS})
    return engine


def _source(name: str) -> tuple[str, str, None]:
    """Text and path of a template: of ours by its name, of a block from elsewhere by its path."""
    path = TEMPLATES / name
    return path.read_text("utf-8"), str(path), None


def _section(engine: Environment, template: Path, board: Leaderboard, view: object) -> str:
    """A block's HTML with the new line that ends it; nothing where it has nothing to show."""
    if not view:
        return ""
    return engine.get_template(str(template)).render(board=board, view=view).rstrip("\n") + "\n"


def _page(engine: Environment, board: Leaderboard, sections: Sequence[str]) -> bytes:
    style = (TEMPLATES / "page.css").read_text("utf-8")
    script = "".join((TEMPLATES / f"{name}.js").read_text("utf-8") for name in _SCRIPTS)
    text = engine.get_template("page.html").render(
        board=board, style=style, script=script, policy=_policy(style, script),
        dates=_dates(board), sections="\n".join(sections),
    )  # fmt: skip
    return text.encode("utf-8")


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


def _dates(board: Leaderboard) -> str:
    days = sorted({entry.summary.created[:10] for entry in board.entries})
    return days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"
