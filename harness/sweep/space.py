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
            step = 1 if found.step is None else int(found.step)
            return of.IntDistribution(int(low), int(high), log=found.log, step=step)
        return of.FloatDistribution(float(low), float(high), log=found.log, step=found.step)

    @property
    def ends(self) -> tuple[int | float, int | float]:
        """The lowest and the highest value of a range, whose step may not reach `high`."""
        found = self.range
        if found.low is None or found.high is None:
            raise ValueError(f"{self.key} has choices and no ends")
        return found.low, found.high if found.step is None else found.at(found.last)

    def suggest(self, trial: Trial) -> Any:
        """Have Optuna choose a value, as a label."""
        found = self.range
        if found.choices is not None:
            return trial.suggest_categorical(self.key, self.labels)
        low, high = self.ends
        if found.is_whole:
            step = 1 if found.step is None else int(found.step)
            return trial.suggest_int(self.key, int(low), int(high), log=found.log, step=step)
        return self.nearest(
            trial.suggest_float(self.key, float(low), float(high), log=found.log, step=found.step)
        )

    def nearest(self, of_label: Any) -> Any:
        """A label that may lie beside a step, as one that was added up does, on the nearest."""
        return of_label if self.range.step is None else self.range.nearest(of_label)

    def own(self, value: Any) -> tuple[Any, ...]:
        """The label of a value that a spec has; none where it is not among its own."""
        found = self.range
        if found.choices is not None:
            pairs = zip(found.choices, self.labels, strict=True)
            return tuple(named for choice, named in pairs if alike(choice, value))[:1]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not self.distribution._contains(value):
            return ()
        return (self.nearest(int(value) if found.is_whole else float(value)),)

    def points(self) -> tuple[Any, ...]:
        """All its values, as labels, for a grid.

        Raises:
            InputError: it has no steps.
        """
        found = self.range
        if found.choices is not None:
            return self.labels
        if found.steps is None:
            raise InputError(f"search.{self.key}: a grid needs choices, or a step")
        if found.last >= _MOST_OF_A_GRID:
            raise InputError(f"search.{self.key}: {found.last + 1:,} values: write a larger step")
        return tuple(found.at(steps) for steps in range(found.last + 1))

    def value(self, of_label: Any) -> Any:
        """The value that a label stands for."""
        if self.range.choices is None:
            return self.nearest(of_label)
        return self.range.choices[self.labels.index(of_label)]


def label(choice: Any) -> Any:
    """A choice as Optuna keeps it."""
    return choice if isinstance(choice, _SCALARS) else json.dumps(choice, ensure_ascii=False)


def alike(one: Any, other: Any) -> bool:
    """Whether two values say the same: 32 is 32.0, also within lists, and true is no 1."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


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

    def frozen(self, labels: Values) -> dict[str, Any]:
        """A recipe as Optuna freezes it: its fields on their steps, and their distributions."""
        chosen = {axis.key: axis for axis in self.axes if axis.key in labels}
        return {
            "params": {key: axis.nearest(labels[key]) for key, axis in chosen.items()},
            "distributions": {key: axis.distribution for key, axis in chosen.items()},
        }

    def own(self, said: Values) -> dict[str, Any] | None:
        """The recipe that a spec itself is, as labels; `None` where it lies outside the ranges."""
        chosen: dict[str, Any] = {}
        for axis in self.axes:
            if not axis.matters(chosen):
                continue
            found = axis.own(said.get(axis.key))
            if not found:
                return None
            (chosen[axis.key],) = found
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
