"""Which column tells rows apart, or which do so together."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from harness.errors import InputError, did_you_mean
from harness.starter.column_kinds import Kind
from harness.starter.headers import is_named, subject_of
from harness.tables.words import Language, cell_words
from harness.text.display import show

_KEY_KINDS = ("text", "number", "date", "time")
_MOST_TRIED = 10
_UNFIT = -3.0
_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天]|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"[0-9]{1,2}(?:[-~、,][0-9]{1,2})?")


def find_key(
    path: Path, kinds: Sequence[Kind], numbers: Sequence[int], wanted: Sequence[str]
) -> tuple[Kind, ...]:
    """Find the columns by which rows are told apart, one where one does it.

    A column that merely counts the rows is taken only where nothing else will do.

    Args:
        path: the table, for messages.
        kinds: its columns.
        numbers: the numbers of its rows in the sheet.
        wanted: names that the user gave; none where it is ours to find.

    Raises:
        InputError: no columns tell rows apart, or those that the user named do not.
    """
    if wanted:
        chosen = tuple(_named(path, kinds, name) for name in wanted)
        if problem := _problem(chosen, numbers):
            raise InputError(f"{path}: {problem}: name another --key, or one more")
        return chosen
    usable = [kind for kind in kinds if kind.column.kind in _KEY_KINDS and not kind.missing]
    fit = {
        kind.column.name: _fitness(kind, place) for place, kind in enumerate(_named_ones(usable))
    }
    alone = [kind for kind in usable if kind.distinct == len(numbers) and not _is_measure(kind)]
    if named := [kind for kind in alone if kind.column.name in fit]:
        return (max(named, key=lambda kind: fit[kind.column.name]),)
    for size in (2, 3):
        found = [group for group in _groups(usable, fit, size) if not _problem(group, numbers)]
        if found:
            return max(found, key=lambda group: _group_fitness(group, fit))
    if alone:
        return (alone[0],)
    raise InputError(_sentence(path, usable, fit, numbers))


def _named_ones(usable: Sequence[Kind]) -> list[Kind]:
    """The columns that do more than count the rows."""
    return [k for k in usable if not (k.is_serial and is_named("serials", k.header))]


def key_wording(key: Sequence[Kind], language: Language) -> str:
    """How a row is said by several columns, each column's name in braces."""
    names = [f"{{{kind.column.name}}}" for kind in key]
    if len(key) == 2 and _all(key[0], _WEEKDAY) and not key[1].is_quantity:
        day, period = names
        if language == "en":
            return f"{day} {key[1].header.noun.lower()} {period}"
        return f"{day}第{period}节" if _all(key[1], _PERIOD) else day + period
    return " ".join(names)


def _all(kind: Kind, pattern: re.Pattern[str]) -> bool:
    words = (_said(kind, row) for row in range(len(kind.values)))
    return all(map(pattern.fullmatch, words))


def _said(kind: Kind, row: int) -> str:
    return cell_words(kind.column.column(), kind.values[row])


def _named(path: Path, kinds: Sequence[Kind], name: str) -> Kind:
    by_name = {kind.column.name: kind for kind in kinds}
    if name not in by_name:
        raise InputError(f"{path}: --key {name}: no such column{did_you_mean(name, by_name)}")
    kind = by_name[name]
    if kind.column.kind not in _KEY_KINDS:
        raise InputError(
            f"{path}: --key {name}: a {kind.column.kind} column cannot tell rows apart; "
            "text, a number, a date or a time can"
        )
    return kind


def _problem(group: Sequence[Kind], numbers: Sequence[int]) -> str:
    """Why some columns do not tell the rows apart, empty where they do."""
    seen: dict[str, int] = {}
    for row, number in enumerate(numbers):
        said = [_said(kind, row) for kind in group]
        if "" in said:
            empty = group[said.index("")].column.name
            return f"row {number}: {empty} is empty and cannot tell the row from others"
        words = " ".join(said)
        if words in seen:
            return f"{_names(group)} is {show(words)} in row {seen[words]} and in row {number}"
        seen[words] = number
    return ""


def _names(group: Sequence[Kind]) -> str:
    return " + ".join(kind.column.name for kind in group)


def _is_measure(kind: Kind) -> bool:
    """Whether a column is all different by accident: prices are, and so are most times."""
    if kind.column.kind == "time":
        return subject_of([kind.header.noun]) != "moment" or bool(kind.role)
    return kind.is_quantity and kind.column.kind == "number"


def _fitness(kind: Kind, place: int) -> float:
    """How well a column names rows: words before digits, and the first columns before others."""
    subject = subject_of([kind.header.noun])
    score = {"": 0.0, "moment": 1.0, "lesson": 1.0, "place": 1.0}.get(subject, 3.0)
    if subject == "moment" and place:  # when an order was placed is no name of it
        score = 0.0
    score += 2.0 if kind.column.kind == "text" else 0.0
    score += {0: 3.0, 1: 1.0}.get(place, 0.0)
    score -= 3.0 if kind.role == "code" else 0.0
    score -= 8.0 if is_named("remarks", kind.header) or kind.is_long else 0.0
    return score - (2.0 if _is_measure(kind) else 0.0)


def _group_fitness(group: Sequence[Kind], fit: Mapping[str, float]) -> float:
    """How well columns name rows together; a day and its period, a date and its time belong."""
    subjects = {subject_of([kind.header.noun]) for kind in group}
    belong = len(subjects) == 1 and subjects <= {"lesson", "moment"}
    return sum(fit[kind.column.name] for kind in group) + (6.0 if belong else 0.0)


def _groups(
    usable: Sequence[Kind], fit: Mapping[str, float], size: int
) -> Iterator[tuple[Kind, ...]]:
    """Groups of columns that could name rows, the most fitting columns only, in table order."""
    ranked = sorted(fit, key=lambda name: -fit[name])[:_MOST_TRIED]
    tried = [k for k in usable if k.column.name in ranked and fit[k.column.name] > _UNFIT]
    yield from itertools.combinations(tried, size)


def _sentence(
    path: Path, usable: Sequence[Kind], fit: Mapping[str, float], numbers: Sequence[int]
) -> str:
    """That nothing tells rows apart, with the rows that are most nearly one."""
    groups = [group for size in (1, 2, 3) for group in _groups(usable, fit, size)]
    if not groups:
        return (
            f"{path}: every column has an empty cell, so none tells rows apart: fill the one that "
            "names them, or add one"
        )
    best = max(groups, key=lambda group: len({_row(group, row) for row in range(len(numbers))}))
    return (
        f"{path}: no column tells rows apart, nor do two or three together: "
        f"{_problem(best, numbers)}; add a column that does, such as a number"
    )


def _row(group: Sequence[Kind], row: int) -> tuple[str, ...]:
    return tuple(_said(kind, row) for kind in group)
