"""Judging answers whose right value is a set."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checker.reading.lists import all_but, found_items, gold_keys, in_full, names_any
from harness.checker.reading.said_once import said_once
from harness.checker.rules.value import without_value
from harness.checker.verdict import HEDGE, Case, Verdict, correct, wrong

if TYPE_CHECKING:
    from collections.abc import Iterable

_NONE_MEETS = re.compile(
    r"^[^,。]{0,12}(?:没有|无|不存在)[^,。;其]{0,6}(?:符合|满足)"
    r"|^no (?:such|match|[a-z]+ (?:match|meet|fit))"
)
_SHOWN = 5


def judge_set(case: Case) -> Verdict:
    """Judge a list of items by F1: 1 only for exactly the right set.

    F1 = 2·hits / (right items + named items). Items that the question names are no answer unless
    they belong to it. A list of alternatives (A或B) is a hedge.
    """
    case = said_once(case)
    items = case.gold.value if isinstance(case.gold.value, tuple) else (str(case.gold.value),)
    gold = gold_keys(items, case.domain)
    case = replace(case, text=in_full(case.text, gold, case.domain))
    found, is_open = found_items(case.text, gold, case.domain, case.question)
    found = found or all_but(case.text, gold, case.domain)
    if not found:
        denies = names_any(case.text, gold, case.domain)
        return wrong("denies the right answer") if denies else without_value(case)
    asked = set(found_items(case.question, gold, case.domain)[0])
    if asked.isdisjoint(gold):  # otherwise the question offers a choice, and all of it counts
        found = [key for key in found if key not in asked]
    if is_open or _NONE_MEETS.search(case.text):
        return wrong(HEDGE, tuple(found))
    missing = [key for key in gold if key not in set(found)]
    extra = [key for key in found if key not in gold]
    if not missing and not extra:
        return correct(tuple(found))
    hits = len(gold) - len(missing)
    f1 = 2 * hits / (len(gold) + len(found))
    parts = [_listed("missing", missing), _listed("extra", extra)]
    return Verdict(f1, "; ".join(part for part in parts if part), tuple(found))


def _listed(word: str, items: Iterable[str]) -> str:
    shown = list(items)
    if not shown:
        return ""
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return f"{word} {'、'.join(shown[:_SHOWN])}{more}"
