"""Texts of a suite file that name values in braces."""

from __future__ import annotations

import string
from collections.abc import Collection, Sequence

from harness.errors import did_you_mean


def placeholder_problem(text: str, slots: Sequence[str], needed: Collection[str]) -> str:
    """What is wrong with the placeholders of a text, empty where nothing is."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        return f"braces do not pair up ({error}); write {{{{ for a brace itself"
    found = set()
    for _, name, shape, conversion in parts:
        if name is None:
            continue
        if name not in slots:
            return f"unknown placeholder {{{name}}}{did_you_mean(name, slots)}"
        if shape or conversion:
            return f"placeholder {{{name}}} takes no format"
        found.add(name)
    missing = sorted(set(needed) - found)
    return f"does not say {{{missing[0]}}}" if missing else ""
