"""Judging answers whose right value is a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checker.parse.values import find_values
from harness.checker.rules.value import settle

if TYPE_CHECKING:
    from harness.checker.parse.mention import Mention
    from harness.checker.verdict import Case, Verdict

_WHOLE = len("YYYY-MM-DD")
_ASKS_YEAR = re.compile(r"哪一?年|何年|年份|几几年|年月日|\b(?:what|which) year\b", re.ASCII)


def judge_date(case: Case) -> Verdict:
    """Judge an answer whose right value is a date.

    The year may be left out where it goes without saying: the question does not ask for it, and
    names it itself or all dates that could be answered lie in one.
    """
    target = str(case.gold.value)
    asked = find_values("date", case.question)
    found = find_values("date", case.text)
    whole = [str(m.value) for m in (*asked, *found) if len(str(m.value)) == _WHOLE]
    if not _year_matters(case, target):
        whole.append(target)
    mentions = [replace(m, value=with_year(str(m.value), whole)) for m in found]
    values = (str(m.value) for m in mentions)
    known = frozenset(value for value in values if _is_asked(value, asked))
    return settle(case, "date", mentions, lambda m: m.value == target, known)


def with_year(date: str, whole: Sequence[str]) -> str:
    """A date with its year: its own, or else that of the first of `whole` on the same day."""
    return next((other for other in whole if other.endswith(date)), date)


def _is_asked(date: str, asked: Sequence[Mention]) -> bool:
    return any(date == m.value or date[5:] == m.value for m in asked)


def _year_matters(case: Case, target: str) -> bool:
    if _ASKS_YEAR.search(case.question):
        return True
    if target[:4] in case.question:
        return False
    return len({value[:4] for value in case.domain.values}) > 1
