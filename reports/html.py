"""What every page of the reports is made with: Jinja, the two languages, and what may act."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from reports.block import TEMPLATES
from reports.strings import Note, say, words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_SCRIPTS = ("scores", "page")  # the second calls the first


def environment(filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """Jinja with all that templates may call."""
    import jinja2

    engine = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    engine.globals.update(t=_translated, attr=_attribute)
    engine.globals.update(en=words().__getitem__, zh=words("zh").__getitem__)
    engine.filters.update(filters)
    return engine


def act() -> dict[str, str]:
    """Style, script, and the policy that lets nothing else act: variables of a whole page."""
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
    return Markup('<span data-zh="{}">{}</span>').format(say(note, "zh"), say(note, "en"))


def _attribute(name: str, key: str) -> Markup:
    """An attribute in English that carries its Chinese along."""
    from markupsafe import Markup

    return Markup('{0}="{1}" data-zh-{0}="{2}"').format(name, words()[key], words("zh")[key])
