"""What a suite file of a table benchmark holds: columns, programs and their phrasings.

`harness.tables.suite_file` reads one, and checks that its parts fit together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from harness.config.section import Section
from harness.config.sections import MOST_SECONDS
from harness.core import Paid, Profile, Wordings
from harness.errors import did_you_mean
from harness.tables.conditions import Condition
from harness.tables.operations import OPERATIONS, Program
from harness.tables.table import DAY, Column, ColumnKind, DateOrder, DecimalMark, Key
from harness.tables.words import Language

Match = Literal["contains", "equals"]


class ColumnDefinition(Section):
    """A column: its kind, and how its cells are written.

    `aliases`: other spellings of its values, each with the value. `separators`: the characters that
    part the items of a list. `unit`: what its numbers count in. `missing`: words that stand for an
    empty cell. `year`: that of dates without one. `order`: that of dates whose year comes last.
    `decimal`: the mark before decimals of numbers that are text, "." or ",". `past_midnight`:
    whether 25:38 is a time, of the next day.
    """

    name: str = Field(min_length=1)
    kind: ColumnKind
    aliases: dict[str, str] = Field(default_factory=dict)
    separators: str = Field(default="，,、;；", min_length=1)
    unit: str = ""
    missing: tuple[str, ...] = ()
    year: int | None = Field(default=None, ge=1, le=9999)
    order: DateOrder = "ymd"
    decimal: DecimalMark = "."
    past_midnight: bool = False

    def column(self) -> Column:
        """The column as the loader takes it."""
        return Column(
            self.name, self.kind, self.aliases, self.separators, self.unit, self.missing,
            self.year, self.order, self.decimal, self.past_midnight,
        )  # fmt: skip


class ConditionDefinition(Section):
    """A condition; the test `match` is replaced by the suite option of that name.

    `every` and `width` are minutes, of windows in a time column; `every: 0` takes values near its
    quantiles, as other columns do.
    """

    column: str
    test: Literal[
        "match", "contains", "equals", "at_least", "at_most", "within", "missing", "present"
    ]
    slot: str = ""
    every: int = Field(default=60, ge=0, le=DAY)
    width: int = Field(default=120, ge=1, le=DAY)

    def condition(self, match: Match) -> Condition:
        """The condition with a definite test."""
        test = match if self.test == "match" else self.test
        return Condition(self.column, test, self.slot, self.every, self.width)


def _operation(name: str) -> str:
    if name not in OPERATIONS:
        raise ValueError(f"{name!r} is no choice{did_you_mean(name, OPERATIONS)}")
    return name


class ProgramDefinition(Section):
    """A program with its wording, where `{slot}` stands for a slot of its questions.

    `train` phrasings may be taught. `test` ones are asked while one develops, `report` ones for the
    number that is shown. The reference may also name `{value}`, the answer.
    """

    id: str = Field(min_length=1)
    op: Annotated[str, AfterValidator(_operation)]
    column: str = ""
    start: str = ""
    end: str = ""
    pick: Literal["min", "max"] = "min"
    where: tuple[ConditionDefinition, ...] = ()
    delays: tuple[int, ...] = ()
    max_rows: int = Field(default=8, ge=1)
    limit: int | None = Field(default=None, ge=1)
    reference: str = Field(min_length=1)
    train: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    report: tuple[str, ...] = ()

    def asked(self, wordings: Wordings) -> tuple[Wordings, tuple[str, ...]]:
        """The phrasings that it is asked in, with the set that they are of.

        Where it has none of the set that is wanted they are those of the other.
        """
        other: Wordings = "report" if wordings == "test" else "test"
        own = getattr(self, wordings)
        return (wordings, own) if own else (other, getattr(self, other))

    def program(self, match: Match, language: Language = "zh") -> Program:
        """The program itself, with `match` conditions made definite."""
        return Program(
            self.id, self.op, self.column, self.start, self.end, self.pick,
            tuple(condition.condition(match) for condition in self.where),
            self.delays, self.max_rows, self.limit, language,
        )  # fmt: skip

    def slots(self) -> tuple[str, ...]:
        """What its questions say: the placeholders that a phrasing may have."""
        operation = OPERATIONS[self.op]
        return (*operation.says, *operation.may_say, *(c.slot for c in self.where if c.slot))

    def matched_slots(self) -> dict[str, str]:
        """Slots whose wording depends on the match option, with their column."""
        return {c.slot: c.column for c in self.where if c.test == "match" and c.slot}


class FamilyDefinition(Section):
    """One family of questions."""

    title: str
    programs: tuple[ProgramDefinition, ...] = Field(min_length=1)


class ProfileDefinition(Section):
    """The scoring profile, as `harness.core.Profile`; `art` says whose times ART pays for."""

    id: str = Field(min_length=1)
    weights: dict[Literal["AS", "ART", "AE"], float]
    t_full: float = Field(gt=0, le=MOST_SECONDS)
    t_zero: float = Field(gt=0, le=MOST_SECONDS)
    art: Paid = "correct"

    def profile(self) -> Profile:
        """The profile as the scorer takes it."""
        return Profile(
            self.id,
            {str(part): weight for part, weight in self.weights.items()},
            self.t_full,
            self.t_zero,
            art=self.art,
        )


class SuiteDefinition(Section):
    """A whole suite file.

    `key`: the column that tells rows apart, or several that do so together; `key_words` says a row
    by them, each column's name in braces. `ignore`: what is no row of the table, by its first cell:
    合计, or 注： for all that begins so. `language`: that of the phrasings, and of the values in
    them. `frames`: polite words around a `{question}`. `synonyms`: other names that people give to
    the values of a column, each value with its names.
    """

    name: str = Field(min_length=1)
    version: str = Field(min_length=1)
    language: Language = "zh"
    profile: ProfileDefinition
    key: str | tuple[str, ...]
    key_words: str = ""
    ignore: tuple[str, ...] = ()
    columns: tuple[ColumnDefinition, ...]
    families: dict[str, FamilyDefinition] = Field(min_length=1)
    match: dict[Match, dict[str, str]] = Field(default_factory=dict)
    frames: tuple[str, ...] = ()
    synonyms: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        return (self.key,) if isinstance(self.key, str) else self.key

    def table_key(self) -> str | Key:
        """The key as the loader takes it."""
        if isinstance(self.key, str):
            return self.key
        return Key(self.key, self.key_words or " ".join(f"{{{name}}}" for name in self.key))

    def words_for(self, match: Match) -> Mapping[str, str]:
        """How a value of each list column is worded under a match option."""
        return self.match.get(match, {})
