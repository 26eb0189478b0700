"""Long answers without what they say again: a model that loops says one thing many times."""

from __future__ import annotations

import re
from dataclasses import replace

from harness.checker.verdict import Case

_LONG = 4000
_LOOP = re.compile(r"(.{1,16}?)\1{9,}", re.DOTALL)
_STRETCH = re.compile(r"[^\n。!?;,、]+[\n。!?;,、]*|[\n。!?;,、]+")


def said_once(case: Case) -> Case:
    """Return a long answer with each of its clauses once, where it stands last."""
    if len(case.text) <= _LONG:
        return case
    case = _kept(case, _without_loops(case.text))
    last = {found[0].strip(): found.span() for found in _STRETCH.finditer(case.text)}
    return _kept(case, sorted(last.values()))


def _without_loops(text: str) -> list[tuple[int, int]]:
    """Where a text stands that leaves out what is repeated on the spot, but for once."""
    found, start = [], 0
    for loop in _LOOP.finditer(text):
        found.append((start, loop.end(1)))
        start = loop.end()
    return [*found, (start, len(text))]


def _kept(case: Case, spans: list[tuple[int, int]]) -> Case:
    cased = case.cased if len(case.cased) == len(case.text) else ""
    return replace(case, text=_only(case.text, spans), cased=_only(cased, spans) if cased else "")


def _only(text: str, spans: list[tuple[int, int]]) -> str:
    return "".join(text[start:end] for start, end in spans)
