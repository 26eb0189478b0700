"""The suite file of a table benchmark: columns, programs and their phrasings, as YAML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.core import Profile
from harness.errors import InputError
from harness.tables.program import Condition, Program
from harness.tables.table import Column

Match = Literal["contains", "equals"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnDefinition(_Strict):
    """A column: its kind, and other spellings of its values."""

    name: str
    kind: Literal["text", "number", "time", "list"]
    aliases: dict[str, str] = Field(default_factory=dict)

    def column(self) -> Column:
        """The column as the loader takes it."""
        return Column(self.name, self.kind, self.aliases)


class ConditionDefinition(_Strict):
    """A condition; the test `match` is replaced by the suite option of that name."""

    column: str
    test: Literal["match", "contains", "equals", "at_least", "within", "missing", "present"]
    slot: str = ""
    every: int = 60
    width: int = 120


class ProgramDefinition(_Strict):
    """A program with its wording. Placeholders are slots of its questions, and `{value}`."""

    id: str
    op: Literal["lookup", "missing", "difference", "shift", "select", "extreme"]
    column: str = ""
    start: str = ""
    end: str = ""
    pick: Literal["min", "max"] = "min"
    where: tuple[ConditionDefinition, ...] = ()
    delays: tuple[int, ...] = ()
    limit: int | None = None
    reference: str
    train: tuple[str, ...]
    test: tuple[str, ...]

    def program(self, match: Match) -> Program:
        """The program itself, with `match` conditions made definite."""
        where = tuple(
            Condition(c.column, match if c.test == "match" else c.test, c.slot, c.every, c.width)
            for c in self.where
        )
        return Program(
            self.id, self.op, self.column, self.start, self.end, self.pick, where, self.delays,
            limit=self.limit,
        )  # fmt: skip

    def matched_slots(self) -> dict[str, str]:
        """Slots whose wording depends on the match option, with their column."""
        return {c.slot: c.column for c in self.where if c.test == "match" and c.slot}


class FamilyDefinition(_Strict):
    """One family of questions."""

    title: str
    programs: tuple[ProgramDefinition, ...]


class ProfileDefinition(_Strict):
    """The scoring profile, as `harness.core.Profile`."""

    id: str
    weights: dict[Literal["AS", "ART", "AE"], float]
    t_full: float
    t_zero: float

    def profile(self) -> Profile:
        """The profile as the scorer takes it."""
        return Profile(self.id, dict(self.weights), self.t_full, self.t_zero)


class SuiteDefinition(_Strict):
    """A whole suite file."""

    name: str
    version: str
    profile: ProfileDefinition
    key: str
    columns: tuple[ColumnDefinition, ...]
    families: dict[str, FamilyDefinition]
    match: dict[Match, dict[str, str]] = Field(default_factory=dict)

    def words_for(self, match: Match) -> Mapping[str, str]:
        """How a value of each list column is worded under a match option."""
        return self.match.get(match, {})


def read_definition(path: Path) -> SuiteDefinition:
    """Read a suite file.

    Raises:
        InputError: it is missing, no YAML, or has an unknown or ill-typed field.
    """
    try:
        return SuiteDefinition.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such suite file") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{path}: {where}: {first['msg']}") from error
