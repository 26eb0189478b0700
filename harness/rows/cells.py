"""Fields in the cells of csv, xlsx and parquet, so that reading gives what was written.

A list or an object is JSON text in its cell. Where a text could be taken for that, it is written
as a JSON string. Known fields of text are never anything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from harness.rows.fields import OTHER_TEXTS, TEXTS, TRUTHS
from harness.store.files import decode as parse

_LONG = 10**15
_OPENINGS = ("[", "{", '"')


def encode(name: str, value: object) -> str:
    """The text of a cell; see `held` for what it cannot say."""
    if value is None:
        return ""
    if isinstance(value, str):
        plain = name in TEXTS | OTHER_TEXTS or decode(name, value) == value
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple | Mapping):
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=dict)
    return json.dumps(value, allow_nan=False)


def decode(name: str, text: str) -> Any:
    """What the text of a cell stands for."""
    if name in TRUTHS and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if name in TEXTS | OTHER_TEXTS or not text.startswith(_OPENINGS):
        return text
    try:
        value = parse(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return text
    if isinstance(value, str):  # only a text that needs the quotation marks was given any
        return value if decode(name, value) != value else text
    return value


def row_of(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a row of cells: an empty one is an empty text where the field is text."""
    row = {}
    for name, cell in cells.items():
        if isinstance(cell, str) and cell:
            row[name] = decode(name, cell)
        elif cell is not None and cell != "":
            row[name] = cell
        elif name in TEXTS:
            row[name] = ""
    return row


def is_number(value: object) -> bool:
    """Whether a sheet has a number or truth value for it: a longer one would be rounded."""
    return isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < _LONG)


def unheld(name: str, value: object, *, typed: bool) -> str:
    """Name a field whose value a cell cannot give back, empty where it can.

    Args:
        name: the field.
        value: what it holds.
        typed: whether the cell knows numbers from text.
    """
    if not name.strip():
        return "(no name)"
    if typed and is_number(value):
        rounded = isinstance(value, float) and float(f"{value:.16g}") != value
        return f"{name} (rounded)" if rounded else ""
    if value is None or value == "":
        return "" if value == "" and name in TEXTS else f"{name} (empty)"
    if decode(name, encode(name, value)) == value:
        return ""
    return f"{name} (as text)"
