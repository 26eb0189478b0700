"""The ranges of a sweep: which fields, which values, under which conditions."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harness.config.search import Range
from harness.errors import InputError

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

Values = Mapping[str, Any]
# What Optuna keeps as it is; a list or a mapping is kept as its JSON.
_SCALARS = (bool, int, float, str, type(None))
# More recipes than this are no grid that anyone waits for.
_MOST_OF_A_GRID = 100_000


@dataclass(frozen=True)
class Axis:
    """One searched field."""

    key: str
    range: Range

    @cached_property
    def labels(self) -> tuple[Any, ...]:
        """Its choices as Optuna keeps them."""
        return tuple(label(choice) for choice in self.range.choices or ())

    def matters(self, values: Values) -> bool:
        """Whether it is searched beside these values of other fields, by their labels."""
        return all(
            key in values and values[key] in [label(one) for one in among]
            for key, among in self.range.when.items()
        )

    @property
    def distribution(self) -> BaseDistribution:
        """The same for Optuna."""
        from optuna import distributions as of

        found = self.range
        if found.choices is not None:
            return of.CategoricalDistribution(self.labels)
        low, high = self.ends
        if found.is_whole:
            return of.IntDistribution(
                int(low),
                int(high),
                log=found.log,
                step=1 if found.step is None else int(found.step),
            )
        return of.FloatDistribution(float(low), float(high), log=found.log, step=found.step)

    @property
    def ends(self) -> tuple[int | float, int | float]:
        """The lowest and the highest value of a range, whose step may not reach `high`."""
        found = self.range
        if found.low is None or found.high is None:
            raise ValueError(f"{self.key} has choices and no ends")
        if found.step is None:
            return found.low, found.high
        steps = int((found.high - found.low) / found.step + 1e-9)
        return found.low, found.low + steps * found.step

    def suggest(self, trial: Trial) -> Any:
        """Have Optuna choose a value, as a label."""
        found = self.range
        if found.choices is not None:
            return trial.suggest_categorical(self.key, self.labels)
        low, high = self.ends
        if found.is_whole:
            step = 1 if found.step is None else int(found.step)
            return trial.suggest_int(self.key, int(low), int(high), log=found.log, step=step)
        return trial.suggest_float(
            self.key, float(low), float(high), log=found.log, step=found.step
        )

    def holds(self, value: Any) -> bool:
        """Whether a value, as a label, is one of its own."""
        if self.range.choices is not None:
            return any(value == one and type(value) is type(one) for one in self.labels)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and self.distribution._contains(value)

    def points(self) -> tuple[Any, ...]:
        """All its values, as labels, for a grid.

        Raises:
            InputError: it has no steps.
        """
        found = self.range
        if found.choices is not None:
            return self.labels
        low, high = self.ends
        step = 1 if found.is_whole and found.step is None else found.step
        if step is None or found.log:
            raise InputError(f"search.{self.key}: a grid needs choices, or a step")
        return tuple(low + at * step for at in range(round((high - low) / step) + 1))

    def value(self, of_label: Any) -> Any:
        """The value that a label stands for."""
        if self.range.choices is None:
            return of_label
        return self.range.choices[self.labels.index(of_label)]


def label(choice: Any) -> Any:
    """A choice as Optuna keeps it."""
    return choice if isinstance(choice, _SCALARS) else json.dumps(choice, ensure_ascii=False)


class Space:
    """All ranges; those that others hang on come first.

    Args:
        ranges: by dotted field, checked.
    """

    def __init__(self, ranges: Mapping[str, Range]) -> None:
        self.axes = tuple(Axis(key, one) for key, one in _sorted(ranges))

    @property
    def is_conditional(self) -> bool:
        """Whether not every recipe has every field."""
        return any(axis.range.when for axis in self.axes)

    def suggest(self, trial: Trial) -> dict[str, Any]:
        """Have Optuna choose a recipe; what does not matter in it is left out."""
        chosen: dict[str, Any] = {}
        for axis in self.axes:
            if axis.matters(chosen):
                chosen[axis.key] = axis.suggest(trial)
        return chosen

    def of(self, labels: Values) -> dict[str, Any]:
        """The values that labels stand for, to lay over a spec."""
        by_key = {axis.key: axis for axis in self.axes}
        return {key: by_key[key].value(one) for key, one in labels.items() if key in by_key}

    def distributions(self, labels: Values) -> dict[str, BaseDistribution]:
        """The distributions of the fields of a recipe."""
        return {axis.key: axis.distribution for axis in self.axes if axis.key in labels}

    def own(self, said: Values) -> dict[str, Any] | None:
        """The recipe that a spec itself is, as labels; `None` where it lies outside the ranges."""
        chosen: dict[str, Any] = {}
        for axis in self.axes:
            if not axis.matters(chosen):
                continue
            value = label(said.get(axis.key))
            if not axis.holds(value):
                return None
            chosen[axis.key] = value if axis.range.choices or axis.range.is_whole else float(value)
        return chosen

    def grid(self) -> list[dict[str, Any]]:
        """Every recipe of a grid once, in the order of the ranges.

        Raises:
            InputError: a range has no steps, or there are too many recipes.
        """
        points = [axis.points() for axis in self.axes]
        size = 1
        for some in points:
            size *= len(some)
        if size > _MOST_OF_A_GRID:
            raise InputError(f"search: a grid of {size:,} recipes: narrow it, or use sampler tpe")
        found: dict[str, dict[str, Any]] = {}
        for row in itertools.product(*points):
            chosen: dict[str, Any] = {}
            for axis, value in zip(self.axes, row, strict=True):
                if axis.matters(chosen):
                    chosen[axis.key] = value
            found.setdefault(json.dumps(chosen), chosen)
        return list(found.values())

    def corners(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Recipes, as values, that show each end of each range: with the field and the end's name.

        Beside it stand the first values of the fields that it hangs on.
        """
        for axis in self.axes:
            beside = {key: among[0] for key, among in self._needs(axis)}
            if axis.range.choices is not None:
                ends = [(f"choices.{n}", one) for n, one in enumerate(axis.range.choices)]
            else:
                low, high = axis.ends
                ends = [("low", low), ("high", high)]
            for name, end in ends:
                yield axis.key, name, {**beside, axis.key: end}

    def _needs(self, axis: Axis) -> Iterator[tuple[str, Sequence[Any]]]:
        for other in self.axes:
            if other.key in axis.range.when:
                yield from self._needs(other)
                yield other.key, axis.range.when[other.key]


def _sorted(ranges: Mapping[str, Range]) -> Iterator[tuple[str, Range]]:
    """Ranges in the file's order, each behind those that it hangs on; circles were refused."""
    done: set[str] = set()
    while len(done) < len(ranges):
        for key, one in ranges.items():
            if key not in done and done >= set(one.when):
                done.add(key)
                yield key, one
