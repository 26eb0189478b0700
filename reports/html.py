"""What every page is made with: its frame, the two languages, and what may act in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.charts.marks import meter
from reports.strings import Note, say, words
from reports.text import count, one_line, percent, points, seconds, visible

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
_SCRIPTS = ("scores", "page")  # the second calls the first
# Filters of every template, by their own names.
_FORMATS = (visible, one_line, points, count, percent, seconds)


def environment(*formats: Callable[..., Any]) -> Environment:
    """Jinja with all that templates may call.

    Args:
        formats: further filters, by their own names.
    """
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
    engine.filters.update({each.__name__: each for each in (*_FORMATS, *formats)})
    return engine


def whole(engine: Environment, template: Path, **values: object) -> bytes:
    """A whole page: what a template puts into the frame, `page.html`."""
    text = engine.get_template(str(template)).render(**values, **_act())
    return text.encode("utf-8", "backslashreplace")


def _act() -> dict[str, str]:
    """Style, script, and the policy that lets nothing else act: variables of the frame."""
    style = (TEMPLATES / "page.css").read_text("utf-8")
    script = "".join((TEMPLATES / f"{name}.js").read_text("utf-8") for name in _SCRIPTS)
    return {"style": style, "script": script, "policy": _policy(style, script)}


def _source(name: str) -> tuple[str, str, None]:
    """Text and path of a template: of ours by its name, of a block from elsewhere by its path."""
    path = TEMPLATES / name
    return path.read_text("utf-8"), str(path), None


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
    texts = (visible(say(note, language)) for language in ("zh", "en"))
    return Markup('<span data-zh="{}">{}</span>').format(*texts)


def _attribute(name: str, key: str) -> Markup:
    """An attribute in English that carries its Chinese along."""
    from markupsafe import Markup

    return Markup('{0}="{1}" data-zh-{0}="{2}"').format(name, words()[key], words("zh")[key])
