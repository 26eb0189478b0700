"""What can be asked about columns: each family's programs, as far as the table has questions."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from harness.starter.column_kinds import Kind
from harness.starter.headers import is_named
from harness.starter.phrases import SETS, Bound, Phrases, Pick, Wording
from harness.tables.definition import ConditionDefinition, FamilyDefinition, ProgramDefinition
from harness.tables.operations import minutes_between
from harness.tables.programs import ask
from harness.tables.table import Table
from harness.text.normalize import fold

FAMILIES = ("lookup", "filter", "compare", "dwell", "window", "count", "missing", "convert")
# Questions whose answers a small model can learn by heart; the others must be worked out.
EASY = ("lookup", "missing", "dwell")

_LIMIT = 40
_MOST_GROUPS, _MOST_COUNTED = 60, 50
_MOST_WORK = 4_000_000
_LONGEST_STOP = 60
_DELAYS = (5, 10, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120)
_GROUP_ROLES = (
    "category", "group", "terminus", "course", "teacher", "weekday", "firm", "status", "place",
    "source", "origin", "platform", "gate", "hall", "post", "person", "spec", "label", "",
)  # fmt: skip
_QUANTITY_ROLES = ("price", "money", "departure", "score", "amount", "start", "arrival", "")


@dataclass(frozen=True, slots=True)
class Draft:
    """A program with what it is about: two programs about one thing may share their phrasings."""

    family: str
    about: str
    program: ProgramDefinition


@dataclass(frozen=True, slots=True)
class Asked:
    """The columns by what they can be asked for.

    Args:
        columns: those that questions ask for.
        days: the days of a schedule that has a column for each.
        groups: those whose values several rows share, the best first.
        quantities: those whose values are more and less, the best first.
    """

    columns: Sequence[Kind]
    days: Sequence[Kind]
    groups: Sequence[Kind]
    quantities: Sequence[Kind]


def left_out(kind: Kind) -> str:
    """Why nothing is asked about a column, empty where something is."""
    if kind.distinct == 0:
        return "it holds nothing"
    if kind.is_long:
        return "long text"
    if kind.distinct == 1 and not kind.missing:
        return "the same in every row"
    is_serial = kind.is_serial and is_named("serials", kind.header)
    return "it only counts the rows" if is_serial else ""


def make_families(
    kinds: Sequence[Kind], key: Sequence[Kind], table: Table, phrases: Phrases
) -> dict[str, FamilyDefinition]:
    """Every family with the programs of which the table has questions.

    Args:
        kinds: the columns of the table that anything is asked about, the key too.
        key: the columns that tell rows apart.
        table: the table itself.
        phrases: its words.
    """
    asked = _sort(kinds, key, len(table.rows))
    drafts = [draft for draft in _drafts(asked, phrases) if _has_questions(draft.program, table)]
    kept = _apart(drafts)
    families: dict[str, FamilyDefinition] = {}
    for name in FAMILIES:
        programs = tuple(draft.program for draft in kept if draft.family == name)
        if programs:
            families[name] = FamilyDefinition(title=phrases.title(name), programs=programs)
    return families


def _sort(kinds: Sequence[Kind], key: Sequence[Kind], rows: int) -> Asked:
    keys = {kind.column.name for kind in key}
    columns = [kind for kind in kinds if kind.column.name not in keys]
    shared = [kind for kind in kinds if _is_group(kind, rows) and (kind in columns or len(key) > 1)]
    more = [kind for kind in columns if kind.is_quantity and kind.distinct > 2]
    return Asked(
        columns,
        [kind for kind in columns if kind.role == "weekday"],
        sorted(shared, key=lambda kind: _rank(kind, _GROUP_ROLES)),
        sorted(more, key=lambda kind: _rank(kind, _QUANTITY_ROLES)),
    )


def _rank(kind: Kind, roles: Sequence[str]) -> int:
    return roles.index(kind.role) if kind.role in roles else len(roles)


def _is_group(kind: Kind, rows: int) -> bool:
    """Whether several rows share a value, and there are several values."""
    if (
        kind.is_quantity
        or kind.role in ("code", "weekday", "yesno")
        or kind.column.kind in ("date", "time", "duration")
    ):
        return False
    if kind.column.kind == "list":
        return True
    return 2 <= kind.distinct <= min(_MOST_GROUPS, 0.7 * rows)


def _drafts(asked: Asked, phrases: Phrases) -> Iterator[Draft]:
    for kind in asked.columns:
        yield from _lookups(kind, asked, phrases)
    yield from _filters(asked, phrases)
    yield from _comparisons(asked, phrases)
    for style, start, end in _pairs(asked.columns):
        names = {"start": start.column.name, "end": end.column.name}
        slug, wording = f"{_slug(start)}-{_slug(end)}", phrases.between(style, start, end)
        yield _draft("dwell", slug, wording, op="difference", **names)
    for kind in _first_of_each_kind(asked.quantities):
        where = (_condition(kind, "within", "window"),)
        wording = phrases.window(kind)
        yield _draft("window", _slug(kind), wording, op="select", where=where, limit=_LIMIT)
    for kind in asked.groups[:2]:
        most, where, wording = _MOST_COUNTED, (_group(kind),), phrases.count(kind)
        yield _draft("count", _slug(kind), wording, op="count", where=where, max_rows=most)
    for kind in _delayed(asked):
        name, wording = kind.column.name, phrases.convert(kind)
        yield _draft("convert", _slug(kind), wording, op="shift", column=name, delays=_DELAYS)


def _lookups(kind: Kind, asked: Asked, phrases: Phrases) -> Iterator[Draft]:
    """A column's cells, and the rows in which they are empty."""
    wording, name, slug = phrases.lookup(kind, asked.columns), kind.column.name, _slug(kind)
    yield _draft("lookup", slug, wording, about=name, op="lookup", column=name)
    if not kind.missing:
        return
    empty = phrases.missing(kind, wording)
    yield _draft("missing", slug, empty, about=name, op="missing", column=name)
    where = (ConditionDefinition(column=name, test="missing"),)
    which = phrases.which_miss(kind)
    yield _draft("missing", f"which-{slug}", which, op="select", where=where)


def _filters(asked: Asked, phrases: Phrases) -> Iterator[Draft]:
    for kind in (*asked.days, *asked.groups[:3]):
        wording, where = phrases.filter(kind, None), (_group(kind),)
        yield _draft("filter", _slug(kind), wording, op="select", where=where)
    group = asked.groups[0] if asked.groups else None
    bounds: tuple[Bound, ...] = ("at_least", "at_most")
    for kind, test in zip(_first_of_each_kind(asked.quantities), bounds, strict=False):
        conditions = (*([_group(group)] if group else []), _condition(kind, test, "bound"))
        slug = "-".join(_slug(column) for column in (group, kind) if column)
        wording = phrases.filter(group, (kind, test))
        yield _draft("filter", slug, wording, op="select", where=conditions, limit=_LIMIT)


def _comparisons(asked: Asked, phrases: Phrases) -> Iterator[Draft]:
    picks: tuple[Pick, ...] = ("min", "max")
    for kind in asked.quantities[:3]:
        for pick in picks:
            column = {"column": kind.column.name, "pick": pick}
            wording = phrases.compare(kind, pick, None)
            yield _draft("compare", f"{pick}-{_slug(kind)}", wording, op="extreme", **column)
    for kind, pick in zip(asked.quantities[:2], picks, strict=False):
        for group in asked.groups[:2]:
            column = {"column": kind.column.name, "pick": pick}
            slug, where = f"{pick}-{_slug(kind)}-{_slug(group)}", (_group(group),)
            wording = phrases.compare(kind, pick, group)
            yield _draft(
                "compare", slug, wording, op="extreme", where=where, limit=_LIMIT, **column
            )


def _pairs(columns: Sequence[Kind]) -> Iterator[tuple[str, Kind, Kind]]:
    found = {(kind.column.kind, kind.role): kind for kind in reversed(columns)}
    arrival, departure = found.get(("time", "arrival")), found.get(("time", "departure"))
    if arrival is not None and departure is not None:
        # A board of one station says when its trains come and go, a timetable of trips the reverse.
        stops = _minutes(arrival, departure)
        if stops and statistics.median(stops) <= _LONGEST_STOP:
            yield "stop", arrival, departure
        else:
            yield "travel", departure, arrival
    for style in ("time", "date"):
        start, end = found.get((style, "start")), found.get((style, "end"))
        if start is not None and end is not None:
            yield style, start, end


def _minutes(start: Kind, end: Kind) -> list[int]:
    pairs = zip(start.values, end.values, strict=True)
    return [
        minutes_between(one, other)
        for one, other in pairs
        if isinstance(one, int) and isinstance(other, int)
    ]


def _delayed(asked: Asked) -> list[Kind]:
    """The time column that a delay moves: when something leaves or begins."""
    times = [kind for kind in asked.columns if kind.column.kind == "time"]
    return sorted(times, key=lambda kind: _rank(kind, ("departure", "start", "arrival")))[:1]


def _first_of_each_kind(quantities: Sequence[Kind]) -> list[Kind]:
    first = {kind.column.kind: kind for kind in reversed(quantities)}
    return [kind for kind in quantities if first[kind.column.kind] is kind][:2]


def _group(kind: Kind) -> ConditionDefinition:
    test = "contains" if kind.column.kind == "list" else "equals"
    return _condition(kind, test, "group")


def _condition(kind: Kind, test: str, slot: str) -> ConditionDefinition:
    fields: dict[str, object] = {"column": kind.column.name, "test": test, "slot": slot}
    if kind.column.kind == "time" and test in ("at_least", "at_most"):
        fields["every"] = 0  # at decent times among the cells, not at every full hour of the day
    return ConditionDefinition.model_validate(fields)


def _slug(kind: Kind) -> str:
    """A column in a program's id."""
    return re.sub(r"[\s/]+", "-", kind.column.name)


def _draft(family: str, slug: str, wording: Wording, *, about: str = "", **fields: Any) -> Draft:
    name = f"{family}.{slug}"
    program = ProgramDefinition.model_validate({"id": name, **fields, **asdict(wording)})
    return Draft(family, about or name, program)


def _has_questions(program: ProgramDefinition, table: Table) -> bool:
    """Whether a program asks anything, as far as it can be told without much work."""
    work = len(table.rows)
    for condition in program.where:
        work *= len(condition.condition("contains").operands(table))
    return work <= _MOST_WORK and bool(ask(program.program("contains"), table, 0))


def _apart(drafts: Sequence[Draft]) -> list[Draft]:
    """Programs of which no two ask different things in the same words, nor in two sets."""
    owners: dict[str, tuple[str, str]] = {}
    for name in SETS:
        for draft in drafts:
            for text in map(fold, getattr(draft.program, name)):
                owners.setdefault(text, (name, draft.about))
    kept: list[Draft] = []
    for draft in drafts:
        words = {
            name: tuple(
                text
                for text in getattr(draft.program, name)
                if owners[fold(text)] == (name, draft.about)
            )
            for name in SETS
        }
        if all(words.values()) and draft.program.id not in {other.program.id for other in kept}:
            kept.append(replace(draft, program=draft.program.model_copy(update=words)))
    return kept
