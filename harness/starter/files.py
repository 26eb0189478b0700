"""The suite file and the spec as YAML that a person edits: commented, one thing a line."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from harness.core import Suite
from harness.tables.definition import (
    ColumnDefinition,
    ConditionDefinition,
    ProgramDefinition,
    SuiteDefinition,
)

_SPEC = Path(__file__).with_name("spec.yaml.template")
_PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*")
# About a minute of training on two cores, in tokens of the embedded base.
_TOKENS = 420_000
_PER_CHARACTER, _PER_SAMPLE = 1.2, 12
_FEWEST_PHRASINGS, _MOST_PHRASINGS = 2, 8
_FEWEST_EPOCHS, _FEW_EPOCHS, _MOST_EPOCHS = 4, 8, 20


def suite_text(
    definition: SuiteDefinition,
    table: str,
    examples: Mapping[str, str],
    omitted: Sequence[tuple[str, str]],
) -> str:
    """The suite file.

    Args:
        definition: what it says.
        table: the table's file name.
        examples: a few cells of each column.
        omitted: columns that are not asked about, each with the reason.
    """
    return "\n".join(_suite_lines(definition, table, examples, omitted)) + "\n"


def _suite_lines(
    definition: SuiteDefinition,
    table: str,
    examples: Mapping[str, str],
    omitted: Sequence[tuple[str, str]],
) -> Iterator[str]:
    profile = definition.profile
    weights = ", ".join(f"{part}: {weight:g}" for part, weight in profile.weights.items())
    yield f"# What is asked about {one_line(table)}. Written by `podium init`; yours to edit."
    yield "# Programs compute every right answer from the table; the phrasings below only ask."
    yield f"# `podium plan {one_line(definition.name)}.yaml` says if something is wrong with it."
    yield f"name: {quoted(definition.name)}"
    yield f"version: {quoted(definition.version)}"
    yield f"language: {definition.language} # of the phrasings: zh or en"
    yield (
        f"profile: {{id: {quoted(profile.id)}, weights: {{{weights}}}, "
        f"t_full: {profile.t_full:g}, t_zero: {profile.t_zero:g}}}"
    )
    yield from _key_lines(definition)
    yield ""
    yield "# kind: text, number, time, date, duration or list."
    yield "# A column may also say unit: 元, missing: [待定], aliases: {another spelling: value}."
    yield "columns:"
    for column in definition.columns:
        yield f"  - {_column(column)} # {one_line(examples[column.name])}"
    for name, reason in omitted:
        yield f"  # {one_line(name)}: {reason}, so it is not asked about"
    yield ""
    yield "# `train` phrasings may be taught. `test` ones are asked while you try things out"
    yield "# (suite.wordings: test), `report` ones for the number that you show: keep them apart."
    yield "families:"
    for name, family in definition.families.items():
        yield f"  {name}:"
        yield f"    title: {quoted(family.title)}"
        yield "    programs:"
        for program in family.programs:
            yield from _program(program)
    yield ""
    yield "# Words around a question, and other names of a value: {column: {value: [other name]}}."
    yield from _texts("frames", definition.frames, "")
    yield "synonyms: {}"


def _key_lines(definition: SuiteDefinition) -> Iterator[str]:
    yield ""
    yield "# What tells rows apart; questions name a row by it."
    if isinstance(definition.key, str):
        yield f"key: {quoted(definition.key)}"
    else:
        yield f"key: [{', '.join(map(quoted, definition.key))}]"
        yield f"key_words: {quoted(definition.key_words)}"
    if definition.ignore:
        yield f"ignore: [{', '.join(map(quoted, definition.ignore))}] # no rows of the table"


def _column(column: ColumnDefinition) -> str:
    parts = [f"name: {quoted(column.name)}", f"kind: {column.kind}"]
    if column.unit:
        parts.append(f"unit: {quoted(column.unit)}")
    if column.kind == "list":
        parts.append(f"separators: {quoted(column.separators)}")
    if column.year is not None:
        parts.append(f"year: {column.year}")
    if column.order != "ymd":
        parts.append(f"order: {column.order}")
    if column.decimal != ".":
        parts.append(f"decimal: {quoted(column.decimal)}")
    if column.past_midnight:
        parts.append("past_midnight: true")
    if column.aliases:
        pairs = ", ".join(f"{quoted(k)}: {quoted(v)}" for k, v in column.aliases.items())
        parts.append(f"aliases: {{{pairs}}}")
    if column.missing:
        parts.append(f"missing: [{', '.join(map(quoted, column.missing))}]")
    return f"{{{', '.join(parts)}}}"


def _program(program: ProgramDefinition) -> Iterator[str]:
    yield f"      - id: {quoted(program.id)}"
    yield f"        op: {program.op}"
    for name in ("column", "start", "end"):
        if value := getattr(program, name):
            yield f"        {name}: {quoted(value)}"
    if "pick" in program.model_fields_set:
        yield f"        pick: {program.pick}"
    if program.where:
        conditions = ", ".join(map(_condition, program.where))
        yield f"        where: [{conditions}]"
    if program.delays:
        yield f"        delays: [{', '.join(map(str, program.delays))}] # minutes"
    if "max_rows" in program.model_fields_set:
        yield f"        max_rows: {program.max_rows}"
    if program.limit is not None:
        yield f"        limit: {program.limit} # most questions"
    yield f"        reference: {quoted(program.reference, always=True)}"
    yield from _texts("train", program.train, " " * 8)
    yield from _texts("test", program.test, " " * 8)
    yield from _texts("report", program.report, " " * 8)


def _condition(condition: ConditionDefinition) -> str:
    slot = f", slot: {condition.slot}" if condition.slot else ""
    slot += ", every: 0" if condition.every == 0 else ""
    return f"{{column: {quoted(condition.column)}, test: {condition.test}{slot}}}"


def _texts(name: str, texts: Sequence[str], indent: str) -> Iterator[str]:
    yield f"{indent}{name}:"
    for text in texts:
        yield f"{indent}  - {quoted(text, always=True)}"


def quoted(text: str, *, always: bool = False) -> str:
    """A text as YAML reads it back, in quotes where it needs them."""
    if not always and _PLAIN.fullmatch(text) and yaml.safe_load(text) == text:
        return text
    dumped: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=math.inf)
    return dumped.strip()


def one_line(text: str) -> str:
    """A text in a comment: nothing in it can end the line."""
    return "".join(character if character.isprintable() else " " for character in text)


# --- the spec ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recipe:
    """A small, fast recipe: how many wordings of a question, how often, and how long they are.

    `minutes` is about what it takes on two cores.
    """

    phrasings: int
    epochs: int
    max_length: int
    max_tokens: int
    minutes: float


def recipe(suite: Suite, easy: Sequence[str]) -> Recipe:
    """Choose a recipe of about a minute for the families that a small model can learn."""
    samples = [sample for sample in suite.train if sample.family in easy]
    questions = len({(sample.template.partition("/")[0], sample.row) for sample in samples})
    lengths = [len(sample.question) + len(sample.reference) for sample in samples]
    each = _PER_CHARACTER * sum(lengths) / max(1, len(lengths)) + _PER_SAMPLE
    rounds = _TOKENS / (each * max(1, questions))  # how often each question can be seen
    phrasings = max(_FEWEST_PHRASINGS, min(_MOST_PHRASINGS, int(rounds / _FEW_EPOCHS)))
    epochs = max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, int(rounds / phrasings)))
    longest = max((len(s.question) + len(s.reference) for s in suite.train), default=0)
    answer = max((len(s.reference) for s in (*suite.train, *suite.test)), default=0)
    seen = phrasings * epochs * questions * each
    # A character that the embedded base never saw is three of its tokens.
    return Recipe(
        phrasings, epochs, rounded(3 * longest + 32), rounded(3 * min(answer, 200)),
        seen / _TOKENS,
    )  # fmt: skip


def rounded(tokens: float) -> int:
    """A number of tokens up to the next multiple of 32."""
    return 32 * max(1, math.ceil(tokens / 32))


def spec_text(
    name: str,
    suite_options: Mapping[str, str],
    families: Mapping[str, str],
    easy: Sequence[str],
    chosen: Recipe,
) -> str:
    """The spec.

    Args:
        name: of the leaderboard.
        suite_options: the table, the suite file and the sheet, relative to the spec.
        families: every family there is with its title.
        easy: those that the small model is to learn.
        chosen: the recipe.
    """
    others = [f"{name} ({title})" for name, title in families.items() if name not in easy]
    template = string.Template(_SPEC.read_text(encoding="utf-8"))
    return template.substitute(
        file=one_line(name),
        name=quoted(name),
        options="".join(f"  {key}: {quoted(value)}\n" for key, value in suite_options.items()),
        easy=", ".join(easy),
        more=f" # there are also {one_line(', '.join(others))}" if others else "",
        window=max(1024, chosen.max_length + chosen.max_tokens),
        phrasings=chosen.phrasings,
        epochs=chosen.epochs,
        max_length=chosen.max_length,
        max_tokens=chosen.max_tokens,
    )
