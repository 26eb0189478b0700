"""JSON of strangers: valid, but with numbers and nesting that nothing else can bear.

Numbers beyond a float, of more digits than Python reads, NaN and Infinity stay the text that they
are written as: whoever looks for a number finds none, and whatever is written later stays JSON.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable
from typing import Any

# Any whole number up to here is kept exactly by everything that reads JSON.
_MOST_DIGITS = 18


@functools.cache
def decoder(pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> json.JSONDecoder:
    """A decoder that leaves wild numbers as text; characters of control may stand in strings.

    Args:
        pairs: makes an object of its names and values.
    """
    return json.JSONDecoder(
        parse_int=whole, parse_float=number, parse_constant=str, object_pairs_hook=pairs,
        strict=False,
    )  # fmt: skip


def decode_wild(text: str) -> Any:
    """The one value of a text.

    Raises:
        ValueError: it is no JSON, or nested beyond reason.
    """
    try:
        return decoder().decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def whole(digits: str) -> int | str:
    """A whole number, or its digits where they are too many."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def number(written: str) -> float | str:
    """A number, or what is written where it is beyond any float."""
    value = float(written)
    return value if math.isfinite(value) else written


def tamed(value: Any) -> Any:
    """A value with its wild numbers as text, as `decode_wild` would have read them."""
    if isinstance(value, list):
        return [tamed(part) for part in value]
    if isinstance(value, dict):
        return {str(name): tamed(part) for name, part in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_whole and abs(value) >= 10**_MOST_DIGITS else value
