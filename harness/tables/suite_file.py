"""Read a suite file, and check that its parts fit together: columns, slots, phrasings, profile."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from harness.config.explain import explain
from harness.config.sections import MOST_WEIGHT
from harness.config.yaml_file import dotted, parse_yaml, read_text
from harness.errors import InputError, did_you_mean
from harness.tables.columns import Location, Problem, column_problems
from harness.tables.conditions import COMPARING
from harness.tables.definition import (
    ConditionDefinition,
    ProfileDefinition,
    ProgramDefinition,
    SuiteDefinition,
)
from harness.tables.operations import OPERATIONS
from harness.tables.placeholders import placeholder_problem
from harness.tables.table import ANY, DAY, ORDERED, ColumnKind, kind_problem
from harness.text.normalize import fold

# The kinds of column that a test takes, where not all.
_TAKES: Mapping[str, tuple[ColumnKind, ...]] = {
    **dict.fromkeys(COMPARING, ORDERED), "match": ("text", "list"), "contains": ("text", "list"),
}  # fmt: skip
# The sets of phrasings, each apart from the others.
_SETS = ("train", "test", "report")
_OF_ALL = ("id", "op", "limit", "reference", *_SETS)


def read_definition(path: Path) -> SuiteDefinition:
    """Read a suite file.

    Raises:
        InputError: it is missing, no YAML, has an unknown or ill-typed field, or names a column,
            slot or phrasing that does not fit; the sentence names file, line and field.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such suite file")
    return parse_definition(path, read_text(path, InputError))


@lru_cache(maxsize=16)  # hundreds of trials of a sweep read the same file
def parse_definition(path: Path, text: str) -> SuiteDefinition:
    """Read the text of a suite file; `path` is where it stands, for messages.

    Raises:
        InputError: as `read_definition`.
    """
    file = parse_yaml(path, text, InputError)
    try:
        definition = SuiteDefinition.model_validate(file.tree)
    except ValidationError as error:
        location, problem = explain(error, file.tree, SuiteDefinition)
    else:
        location, problem = next(problems(definition), ((), ""))
        if not problem:
            return definition
    field = f"{dotted(location)}: " if location else ""
    raise InputError(f"{file.where(location)}: {field}{problem}")


def problems(definition: SuiteDefinition) -> Iterator[Problem]:
    """Everything that does not fit, each with where it stands, in the order of the file."""
    yield from _profile(definition.profile)
    yield from column_problems(definition)
    kinds = {column.name: column.kind for column in definition.columns}
    for location, program in _programs(definition):
        for inside, problem in _program(program, definition.keys, kinds):
            yield (*location, *inside), f"program {program.id}: {problem}"
    yield from _match(definition, kinds)
    yield from _frames(definition.frames)
    yield from _names(definition)
    yield from _overlaps(definition)


def _programs(definition: SuiteDefinition) -> Iterator[tuple[Location, ProgramDefinition]]:
    for name, family in definition.families.items():
        for number, program in enumerate(family.programs):
            yield ("families", name, "programs", number), program


def _profile(profile: ProfileDefinition) -> Iterator[Problem]:
    if profile.t_full >= profile.t_zero:
        problem = f"{profile.t_full:g} must be less than t_zero {profile.t_zero:g}"
        yield ("profile", "t_full"), problem
    if any(weight < 0 for weight in profile.weights.values()):
        yield ("profile", "weights"), "a weight cannot be negative"
    if any(weight > MOST_WEIGHT for weight in profile.weights.values()):
        yield ("profile", "weights"), f"a weight cannot be more than {MOST_WEIGHT:g}"
    if not any(profile.weights.values()):
        yield ("profile", "weights"), "at least one weight must be more than 0"


def _program(
    program: ProgramDefinition, keys: Collection[str], kinds: dict[str, ColumnKind]
) -> Iterator[Problem]:
    if "/" in program.id:
        yield ("id",), "an id must not hold '/'"
    operation = OPERATIONS[program.op]
    reads = {*itertools.chain(*operation.columns), *operation.reads}
    for name in sorted(program.model_fields_set - reads - {*_OF_ALL}):
        yield (name,), f"op {program.op} does not read {name}{did_you_mean(name, reads)}"
    yield from _named_columns(program, keys, kinds)
    for name in operation.needs:
        if not getattr(program, name):
            yield (), f"op {program.op} needs {name}"
    if any(not 0 < delay < DAY for delay in program.delays):
        yield ("delays",), "a delay is from 1 to 1439 minutes"
    yield from _conditions(program, kinds)
    yield from _wording(program)


def _named_columns(
    program: ProgramDefinition, keys: Collection[str], kinds: dict[str, ColumnKind]
) -> Iterator[Problem]:
    """Problems with the columns that an operation takes, given in one of its ways."""
    ways = OPERATIONS[program.op].columns
    given = [way for way in ways if any(getattr(program, name) for name in way)]
    for name, allowed in (given or ways[-1:])[0].items():
        column = getattr(program, name)
        if not column:
            yield (), f"op {program.op} needs {name}"
        elif problem := _column_problem(column, allowed, kinds):
            yield (name,), problem
        elif column in keys:
            yield (name,), f"{column} is the key, which the question names itself"
    if kinds.get(program.start, "time") != kinds.get(program.end, kinds.get(program.start, "time")):
        yield ("end",), f"{program.start} and {program.end} must both be times, or both dates"
    if len(given) > 1:
        yield (), f"op {program.op} reads either {', or '.join(' and '.join(w) for w in ways)}"


def _column_problem(name: str, allowed: Collection[str], kinds: dict[str, ColumnKind]) -> str:
    if name not in kinds:
        return f"no column {name!r}{did_you_mean(name, kinds)}"
    return kind_problem(name, kinds[name], allowed)


def _conditions(program: ProgramDefinition, kinds: dict[str, ColumnKind]) -> Iterator[Problem]:
    slots: set[str] = set()
    for number, condition in enumerate(program.where):
        if problem := _condition_problem(condition, kinds):
            yield ("where", number), problem
        if condition.slot in slots:
            yield ("where", number), f"another condition has the slot {condition.slot!r} too"
        slots |= {condition.slot} - {""}


def _condition_problem(condition: ConditionDefinition, kinds: dict[str, ColumnKind]) -> str:
    allowed = _TAKES.get(condition.test, ANY)
    if problem := _column_problem(condition.column, allowed, kinds):
        return f"{problem} for the test {condition.test}" if "must be" in problem else problem
    steps = sorted(condition.model_fields_set & {"every", "width"})
    if steps and kinds[condition.column] != "time":
        return f"{steps[0]} is for time columns: others are cut at values near their quantiles"
    if not condition.slot and condition.test not in ("missing", "present"):
        return f"the test {condition.test} needs a slot, or the question cannot say what it asks"
    if condition.slot == "value" or (condition.slot and not condition.slot.isidentifier()):
        return f"{condition.slot!r} cannot name a slot"
    return ""


def _wording(program: ProgramDefinition) -> Iterator[Problem]:
    operation, slots = OPERATIONS[program.op], program.slots()
    # Without these two rows' questions would read the same and have different answers.
    needed = set(slots) - {*operation.may_say}
    if not any(getattr(program, name) for name in _SETS):
        yield (), "has no phrasing, neither train, test nor report"
    for name in _SETS:
        for number, phrasing in enumerate(getattr(program, name)):
            if problem := placeholder_problem(phrasing, slots, needed):
                yield (name, number), f"{name} phrasing {phrasing!r}: {problem}"
    needed = {"value"} if operation.has_value else set()
    if problem := placeholder_problem(program.reference, (*slots, "value"), needed):
        yield ("reference",), f"reference {program.reference!r}: {problem}"


def _match(definition: SuiteDefinition, kinds: dict[str, ColumnKind]) -> Iterator[Problem]:
    for option, words in definition.match.items():
        for column, text in words.items():
            location = ("match", option, column)
            if column not in kinds:
                yield location, f"no column {column!r}{did_you_mean(column, kinds)}"
            elif problem := placeholder_problem(text, ("value",), ("value",)):
                yield location, f"{text!r}: {problem}"


def _frames(frames: Sequence[str]) -> Iterator[Problem]:
    for number, frame in enumerate(frames):
        if problem := placeholder_problem(frame, ("question",), ("question",)):
            yield ("frames", number), f"{frame!r}: {problem}"
        elif frame.count("{question}") > 1:
            yield ("frames", number), f"{frame!r}: says {{question}} more than once"


def _names(definition: SuiteDefinition) -> Iterator[Problem]:
    ids: set[str] = set()
    for location, program in _programs(definition):
        if program.id in ids:
            yield (*location, "id"), f"another program is named {program.id!r} too"
        ids.add(program.id)


def _overlaps(definition: SuiteDefinition) -> Iterator[Problem]:
    """Phrasings that stand twice in a program, and those that stand in two sets somewhere."""
    held: dict[str, dict[str, str]] = {name: {} for name in _SETS}
    for _, program in _programs(definition):
        for name in _SETS:
            held[name].update(dict.fromkeys(map(fold, getattr(program, name)), program.id))
    for location, program in _programs(definition):
        for at, name in enumerate(_SETS):
            seen: set[str] = set()
            for number, phrasing in enumerate(getattr(program, name)):
                here, text = (*location, name, number), fold(phrasing)
                said = f"program {program.id}: {name} phrasing {phrasing!r}"
                other = next((before for before in _SETS[:at] if text in held[before]), None)
                if text in seen:
                    yield here, f"{said} stands there twice"
                elif other is not None:
                    yield here, f"{said} is a {other} phrasing of {held[other][text]} too"
                seen.add(text)
