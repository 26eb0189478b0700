"""What `podium init` understood of a table, for people and for scripts."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.checker.check import check
from harness.core import Domain, Suite
from harness.starter.column_kinds import Kind
from harness.starter.programs import left_out
from harness.tables.definition import ProgramDefinition, SuiteDefinition
from harness.tables.words import cell_words
from harness.text.display import shown, table

_EXAMPLES, _LONGEST_EXAMPLES = 3, 36
_MOST_JUDGED = 5000


@dataclass(frozen=True, slots=True)
class Started:
    """What was understood and written.

    `columns` holds a row a column: column, kind, values, missing, examples, used for. `families`
    holds each with how many questions there are to teach and to ask.
    """

    spec: Path
    suite: Path
    language: str
    rows: int
    key: tuple[str, ...]
    columns: tuple[Mapping[str, Any], ...]
    families: Mapping[str, Mapping[str, Any]]
    notes: tuple[str, ...]


def examples(kind: Kind) -> str:
    """The first few different cells of a column, as people write them."""
    column = kind.column.column()
    found = dict.fromkeys(cell_words(column, value) for value in kind.values if value is not None)
    said = ", ".join(list(found)[:_EXAMPLES])
    return said if len(said) <= _LONGEST_EXAMPLES else f"{said[: _LONGEST_EXAMPLES - 1]}…"


def column_rows(
    kinds: Sequence[Kind], key: Sequence[Kind], definition: SuiteDefinition
) -> tuple[Mapping[str, Any], ...]:
    """A row a column: what it holds, and what it is used for."""
    return tuple(
        {
            "column": kind.column.name,
            "kind": _kind(kind),
            "values": kind.distinct,
            "missing": kind.missing,
            "examples": examples(kind),
            "used_for": _uses(kind, key, definition),
        }
        for kind in kinds
    )


def _kind(kind: Kind) -> str:
    unit = f" in {kind.column.unit}" if kind.column.unit else ""
    return f"{kind.column.kind}{unit}"


def _uses(kind: Kind, key: Sequence[Kind], definition: SuiteDefinition) -> str:
    reason = left_out(kind)
    if reason and kind not in key:
        return f"nothing: {reason}"
    name = kind.column.name
    families = [
        family
        for family, found in definition.families.items()
        if any(name in _columns(program) for program in found.programs)
    ]
    return ", ".join([*(["key"] if kind in key else []), *families])


def _columns(program: ProgramDefinition) -> set[str]:
    return {program.column, program.start, program.end, *(c.column for c in program.where)}


def told(kinds: Sequence[Kind]) -> list[str]:
    """What was odd about the columns."""
    notes = [f"{kind.column.name}: {kind.note}" for kind in kinds if kind.note]
    for kind in kinds:
        if kind.column.missing:
            notes.append(f"{kind.column.name}: {', '.join(kind.column.missing)} taken as missing")
    notes += [
        f"{kind.column.name}: has many empty cells; where they mean the value above, fill them in"
        for kind in kinds[:2]
        if kind.is_stacked
    ]
    return notes


def doubts(suite: Suite) -> list[str]:
    """The programs whose own answers the checker would not accept, with an example each.

    Names that hold other names, or commas, can do that; what it refuses is never taught.
    """
    seen: set[tuple[str, str]] = set()
    refused: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for sample in suite.train:
        program = sample.template.partition("/")[0]
        if (program, sample.row) in seen or len(seen) >= _MOST_JUDGED:
            continue
        seen.add((program, sample.row))
        domain = suite.domains.get(sample.domain, Domain())
        if check(sample.reference, sample.gold, sample.question, domain).value != 1.0:
            refused[program] += 1
            shown.setdefault(program, sample.reference)
    return [
        f"{program}: {count} of its answers cannot be told from others, such as "
        f"{shown[program]!r}; they will not be taught"
        for program, count in refused.items()
    ]


# --- printing ------------------------------------------------------------------------------------


def as_json(started: Started) -> dict[str, Any]:
    """What was understood and written, for scripts."""
    return {
        **dataclasses.asdict(started),
        "spec": str(started.spec),
        "suite": str(started.suite),
        "next": f"podium run {started.spec}",
    }


def as_text(started: Started) -> str:
    """What was understood and written, in columns that line up."""
    return "\n".join(_lines(started))


def _lines(started: Started) -> Iterator[str]:
    head = ("column", "kind", "values", "missing", "examples", "used for")
    rows = [
        tuple(shown(column[name.replace(" ", "_")]) for name in head) for column in started.columns
    ]
    yield from table([head, *rows], right=(2, 3))
    yield ""
    yield f"{started.rows} rows, told apart by {' + '.join(started.key)}"
    counts = [
        (
            name,
            shown(family["title"]),
            f"{family['train']:,} to teach",
            f"{family['test']:,} to ask",
        )
        for name, family in started.families.items()
    ]
    yield from table(counts, right=(2, 3))
    if started.notes:
        yield ""
        yield from (f"note: {note}" for note in started.notes)
    yield ""
    yield f"{started.suite}  what is asked: edit it as you like"
    yield f"{started.spec}  the experiment"
    yield f"next: podium run {started.spec}"
