"""Rows that are nearly JSON, as teachers and people write them: what is wrong, and how to mend it.

Known by the work of entrants: two objects on one line, a comma before a closing bracket, values or
keys in no quotation marks or in single ones, line ends and quotation marks inside a string.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from harness.store.files import decode

# A string, and one that is never closed: it takes the rest of the text, or each of its quotation
# marks would be tried as the beginning of another.
_STRING = r'"(?:[^"\\]|\\.)*+"'
_OPEN = r'"(?:[^"\\]|\\.)*+\\?\Z'
_BARE = re.compile(rf'({_STRING}\s*:\s*)([^\s"\[{{\]}},][^",\]}}\n]*)|{_STRING}|{_OPEN}', re.DOTALL)
_COMMA = re.compile(rf"({_STRING}|{_OPEN})|,(?=\s*[}}\]])", re.DOTALL)
_BESIDE = re.compile(rf"({_STRING}|{_OPEN})|\}}\s*(?=\{{)", re.DOTALL)
_BRACKET = re.compile(rf"{_STRING}|{_OPEN}|[\[\]{{}}]", re.DOTALL)
_CLOSED = re.compile(rf"({_STRING})|{_OPEN}", re.DOTALL)
_SINGLE = re.compile(r"^\s*\{\s*'")
_ESCAPED = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_WORDS = ("true", "false", "null", "True", "False", "None", "NaN", "Infinity", "-Infinity")


def is_cut(text: str) -> bool:
    """Whether a row breaks off before it is closed."""
    depth = {"[": 1, "{": 1, "]": -1, "}": -1}
    return sum(depth.get(match[0], 0) for match in _BRACKET.finditer(text)) > 0


def looks_like(text: str) -> str:
    """What is wrong with a row, in a few words; empty where it is nothing known."""
    as_it_is = _parsed(text)
    if as_it_is is not None and len(as_it_is) > 1:
        return "two objects on one line"
    if as_it_is is not None:
        return "a comma after the row" if text.rstrip().endswith(",") else ""
    for looks, mended in ((looks, mending(text)) for looks, mending in _MENDINGS):
        if mended != text and _parsed(mended) is not None:
            return looks
    changed, several = _all_mended(text)
    if several and _parsed(changed) is not None:
        return " and ".join(several)
    if _SINGLE.match(text):
        return "single quotation marks"
    return ""


def mend(text: str) -> list[Mapping[str, Any]]:
    """The objects that a row was meant to be; none where anything would be lost or made up."""
    import json_repair

    changed, _ = _all_mended(text)
    values = _parsed(changed)
    if values is None:
        try:
            values = json_repair.loads(f"[{changed.strip().removesuffix(',')}]")
            json.dumps(values, allow_nan=False)
        except (RecursionError, ValueError):
            return []
    objects = values if isinstance(values, list) else [values]
    if not objects or not all(isinstance(one, dict) and one for one in objects):
        return []
    return objects if _letters(text) == _letters(json.dumps(objects, ensure_ascii=False)) else []


def _all_mended(text: str) -> tuple[str, list[str]]:
    looks = []
    for what, mending in _MENDINGS:
        mended = mending(text)
        if mended != text:
            looks.append(what)
        text = mended
    return text, looks


def _parsed(text: str) -> Any:
    try:
        return decode(f"[{text.strip().removesuffix(',')}]".encode("utf-8", "surrogatepass"))
    except ValueError:
        return None


def _letters(text: str) -> Counter[str]:
    """The letters and digits of a row, escapes apart: mending must keep every one."""
    return Counter(filter(str.isalnum, _ESCAPED.sub(" ", text).casefold()))


def _quoted(text: str) -> str:
    return _BARE.sub(_quote, text)


def _quote(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[0]
    value = match[2].strip()
    if value in _WORDS or _parsed(value) is not None:
        return match[0]
    return match[1] + json.dumps(value, ensure_ascii=False)


def _without_commas(text: str) -> str:
    return _COMMA.sub(lambda match: match[1] or "", text)


def _side_by_side(text: str) -> str:
    return _BESIDE.sub(lambda match: match[1] or "},", text)


def _without_line_ends(text: str) -> str:
    return _CLOSED.sub(_with_escapes, text)


def _with_escapes(match: re.Match[str]) -> str:
    """A string on one line; one that is never closed may be no string at all, and stays."""
    if match[1] is None:
        return match[0]
    return match[1].replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


_MENDINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("two objects on one line", _side_by_side),
    ("a comma before a closing bracket", _without_commas),
    ("a line end or tab inside a string", _without_line_ends),
    ("a value without quotation marks", _quoted),
)
