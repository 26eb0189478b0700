"""What a spec file says of a sweep: `search`, the ranges, and `sweep`, how they are searched.

Both belong to the file and to no experiment: `podium run` and `podium plan` take the spec as it
stands, and no key of the store depends on them.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from harness.config.section import Section
from harness.config.sections import MOST_SEED

SEARCH = "search"
SWEEP = "sweep"
#: The keys of a file that no experiment has.
ASIDE = (SEARCH, SWEEP)
#: Steps of an exact range at most: more is a slip of the key.
MOST_STEPS = 10_000
# Beyond so many steps from zero, what is added to a number and what it holds come apart.
_FINEST = 10_000_000
Number = int | float
Bounded = Literal["AS", "AE", "memory_gb", "seconds"]
_BOUND = re.compile(r"(<=|>=) ?([0-9.]{1,20})")


class Range(Section):
    """Where one field is searched: from `low` to `high`, or among `choices`.

    Two whole numbers are a range of whole numbers; write `1.0` for one of all numbers. `log`: by
    factors instead of differences. `step`: only every so far. `when`: other searched fields, each
    with the values under which this one matters; else the field stays as the spec has it.
    """

    low: Number | None = None
    high: Number | None = None
    log: bool = False
    step: Number | None = Field(default=None, gt=0)
    choices: tuple[Any, ...] | None = Field(default=None, min_length=1)
    when: dict[str, tuple[Any, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Range:
        if self.choices is not None:
            self._check_choices(self.choices)
        elif self.low is None or self.high is None:
            raise ValueError("needs low and high, or choices")
        else:
            self._check_ends(self.low, self.high)
        return self

    def _check_choices(self, choices: tuple[Any, ...]) -> None:
        if self.low is not None or self.high is not None or self.step is not None or self.log:
            raise ValueError("has choices: low, high, step and log are of ranges")
        twice = next((c for at, c in enumerate(choices) if c in choices[:at]), None)
        if twice is not None:
            raise ValueError(f"choices holds {twice!r} twice")

    def _check_ends(self, low: Number, high: Number) -> None:
        if low >= high:
            raise ValueError(f"is empty: low {low:g} is not less than high {high:g}")
        if self.log and low <= 0:
            raise ValueError(f"log needs a low above 0, not {low:g}")
        if self.step is None:
            return
        if self.log:
            raise ValueError("step goes by differences: leave log out")
        if self.is_whole and not isinstance(self.step, int):
            raise ValueError(f"step {self.step:g} leaves the whole numbers: write low as {low}.0")
        if _exact(high) - _exact(low) > MOST_STEPS * _exact(self.step):
            raise ValueError(f"step {self.step:g} makes more than {MOST_STEPS:,} steps")
        if not self.is_whole:
            self._check_points(low, high, self.step)

    def _check_points(self, low: Number, high: Number, step: Number) -> None:
        """Refuse steps that floating-point numbers cannot tell apart, or cannot end on."""
        far = max(abs(low), abs(high))
        if _exact(far) > _FINEST * _exact(step):
            raise ValueError(f"step {step:g} is too small beside {far:g}: write a larger one")
        exact = _exact(low) + self.last * _exact(step)
        if _exact(float(exact)) != exact:
            raise ValueError(f"low {low} and step {step} have too many digits: round them")

    @property
    def is_whole(self) -> bool:
        """Whether it is a range of whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def steps(self) -> Number | None:
        """How far one value is from the next; `None` where there are all between."""
        return 1 if self.is_whole and self.step is None and not self.log else self.step

    @property
    def last(self) -> int:
        """How many steps lead from `low` to the last value, which need not be `high`.

        Counted in decimals, as people do: 0.3 is three steps of 0.1.
        """
        low, step = self._stepped()
        return (_exact(_known(self.high)) - low) // step

    def at(self, steps: int) -> Number:
        """The value so many steps after `low`: 0.3 after three of 0.1, as it would be written."""
        low, step = self._stepped()
        found = low + steps * step
        return int(found) if self.is_whole else float(found)

    def nearest(self, value: Number) -> Number:
        """The value of a range with steps that lies nearest."""
        low, step = self._stepped()
        return self.at(min(max(round((_exact(value) - low) / step), 0), self.last))

    def _stepped(self) -> tuple[Fraction, Fraction]:
        return _exact(_known(self.low)), _exact(_known(self.steps))


def _exact(number: Number) -> Fraction:
    """A number as it is written, and not as a processor holds it."""
    return Fraction(number if isinstance(number, int) else str(number))


def _known(number: Number | None) -> Number:
    if number is None:
        raise ValueError("only ranges with steps have values to count")
    return number


class SweepSection(Section):
    """How the ranges are searched. A budget ends the search; finalists are run after it.

    `trials`: how many recipes are tried. `hours`: of training and answering, added up over all
    trials and workers; `gpu_hours`: the same on GPUs. `batch`: how many trials are chosen at once,
    trained, and answered on one engine. `shares`: what part of its epochs a trial is trained for
    before it is compared, in rising order up to 1: of each batch as many go on as keeps the cost
    of every round about equal. `prune`: below this p-value of Wilcoxon's test against the best
    trial so far, question by question, a trial goes no further; null never.
    `constraints`: what a recipe must keep to, such as `AS: ">= 80"` or `memory_gb: "<= 16"`.
    `storage`: `postgresql://user@host/database`, for several machines; the password comes from the
    environment (PGPASSWORD). `repeats`: how many seeds a finalist is trained with anew.
    """

    trials: int = Field(default=30, ge=1, le=100_000)
    hours: float | None = Field(default=None, gt=0)
    gpu_hours: float | None = Field(default=None, gt=0)
    sampler: Literal["tpe", "random", "grid"] = "tpe"
    batch: int = Field(default=9, ge=1, le=1000)
    shares: tuple[Annotated[float, Field(gt=0, le=1)], ...] = Field(
        default=(1 / 9, 1 / 3, 1.0), min_length=1, max_length=8
    )
    prune: float | None = Field(default=0.1, gt=0, lt=1)
    finalists: int = Field(default=3, ge=1, le=50)
    repeats: int = Field(default=3, ge=1, le=20)
    constraints: dict[Bounded, str] = Field(default_factory=dict)
    storage: str | None = None
    seed: int = Field(default=0, ge=0, le=MOST_SEED)

    @field_validator("shares")
    @classmethod
    def _rise_to_one(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        if list(shares) != sorted(set(shares)) or shares[-1] != 1:
            raise ValueError("shares rise, and the last is 1")
        return shares

    @field_validator("constraints")
    @classmethod
    def _are_bounds(cls, constraints: dict[Bounded, str]) -> dict[Bounded, str]:
        for name, written in constraints.items():
            try:
                read_bound(written)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
        return constraints

    @field_validator("storage")
    @classmethod
    def _is_an_address(cls, storage: str | None) -> str | None:
        return None if storage is None else plain_storage(storage)


def read_bound(written: str) -> tuple[int, float]:
    """`">= 80"` as (sign, limit): a value keeps to it where `sign · (value - limit) <= 0`.

    Raises:
        ValueError: it does not read so.
    """
    match = _BOUND.fullmatch(written.strip())
    try:
        limit = float(match[2]) if match else math.nan
    except ValueError:
        limit = math.nan
    if match is None or math.isnan(limit):
        raise ValueError(f"must read '>= 80' or '<= 16', not {written!r}")
    return (-1 if match[1] == ">=" else 1), limit


def plain_storage(address: str) -> str:
    """An address of a database, if it holds no password.

    Raises:
        ValueError: it holds one, or is of no database that is known.
    """
    try:
        parts = urlsplit(address)
        password, named = parts.password, parts.hostname or parts.query
    except ValueError as error:
        raise ValueError("is no address of a database") from error
    if parts.scheme != "postgresql":
        raise ValueError("must read postgresql://user@host/database")
    if password is not None or "password" in parts.query.casefold():
        raise ValueError("holds a password: put it into the environment as PGPASSWORD")
    if not parts.path.strip("/") or not named:
        raise ValueError("must name a host and a database: postgresql://user@host/database")
    return address


def aside_schema() -> dict[str, Any]:
    """JSON Schema of the keys of a file that no experiment has."""
    one = Range.model_json_schema()
    short = {"type": "array", "minItems": 1, "description": "choices"}
    return {
        SEARCH: {
            "type": "object",
            "description": "fields of the experiment, each with its range: podium sweep",
            "additionalProperties": {"anyOf": [one, short]},
        },
        SWEEP: SweepSection.model_json_schema(),
    }
