"""A sweep as a file asks for it: the experiment, the ranges and the settings, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.config.explain import explain, fields_at
from harness.config.overrides import Change, read_change
from harness.config.search import ASIDE, SEARCH, SWEEP, Range, SweepSection
from harness.config.yaml_file import MarkedYaml, dotted, read_yaml
from harness.errors import InputError, SpecError, UsageError, did_you_mean
from harness.experiment.recipe import ONE_BOARD
from harness.spec import DERIVED, Spec, entry_names, find_entry, find_spec, load_specs
from harness.store.digests import plain
from harness.sweep.laying import lay, leaves, value_at
from harness.sweep.space import Axis, Space, alike, label

# What no trial may change, and why.
_FIXED: Mapping[str, str] = {
    "name": "is the sweep's",
    "repeats": "is how often finalists are trained: write sweep.repeats",
    "runtime": "changes no result",
    "latency": "says how finalists are timed, so they would not compare",
    "parity": "changes no result",
    "finetune.seed": "is luck, and not a recipe: sweep.repeats trains finalists with several",
    **{name: f"says {one.says}, so trials would not compare" for name, one in ONE_BOARD.items()},
}
# Where nothing is said: the learning rate first, then rank, alpha and epochs (docs/sweep.md).
_RATES = {"low": 1.0e-4, "high": 2.0e-3, "log": True}
_DEFAULT: Mapping[str, Mapping[str, Any]] = {
    "finetune.lr": _RATES,
    "finetune.rank": {"choices": (8, 16, 32, 64)},
    "finetune.alpha": {"choices": (16, 32, 64)},
    "finetune.epochs": {"low": 1, "high": 6},
}
_DEFAULT_FULL: Mapping[str, Mapping[str, Any]] = {
    "finetune.lr": {"low": 1.0e-5, "high": 2.0e-4, "log": True},
    "finetune.epochs": {"low": 1, "high": 6},
}


@dataclass(frozen=True)
class Request:
    """A sweep that can begin.

    Args:
        spec: the experiment whose fields are searched, as it stands.
        space: the ranges.
        ranges: the same as they were written.
        settings: how they are searched.
    """

    spec: Spec
    space: Space
    ranges: Mapping[str, Range]
    settings: SweepSection

    @property
    def name(self) -> str:
        """What it is called, and its folder."""
        return f"{self.spec.name}-sweep"

    @property
    def folder(self) -> Path:
        """Where its ledger and its reports lie."""
        return self.spec.runtime.runs / self.name

    @property
    def shares(self) -> tuple[float, ...]:
        """The shares of its epochs that a trial is trained for; all at once where none are."""
        return self.settings.shares if self.spec.finetune is not None else (1.0,)

    @property
    def own(self) -> dict[str, Any] | None:
        """The recipe that the spec is, as labels; `None` where it is not in the space."""
        return self.space.own({axis.key: _said(self.spec, axis) for axis in self.space.axes})

    @property
    def identity(self) -> dict[str, Any]:
        """Everything that decides which trials there are, as JSON; not how many."""
        silent = {"runtime", "latency", "parity", "repeats", "name"}
        settings = {"sampler", "batch", "prune", "constraints", "seed"}
        found = {
            SEARCH: {k: one.model_dump(mode="json") for k, one in self.ranges.items()},
            SWEEP: {
                **self.settings.model_dump(mode="json", include=settings),
                "shares": list(self.shares),
            },
            "spec": self.spec.model_dump(mode="json", by_alias=True, exclude=silent),
        }
        identity: dict[str, Any] = plain(found)
        return identity


def _said(spec: Spec, axis: Axis) -> Any:
    """What a spec says in a field: as the choice has it that comes to the same, if one does.

    A choice may leave out what goes without saying, such as the seed of a replay.
    """
    own = value_at(spec, axis.key)
    for choice in axis.range.choices or ():
        if alike(own, choice) or alike(own, _laid(spec, axis.key, choice)):
            return choice
    return own


def _laid(spec: Spec, key: str, choice: Any) -> Any:
    """A choice as the spec would say it; as it is where that takes other fields beside it."""
    try:
        return value_at(lay(spec, {key: choice}), key)
    except UsageError:
        return choice


def read_request(
    path: Path, entry: str | None, changes: Sequence[str], more: Mapping[str, Any]
) -> Request:
    """Read what a file asks for, and check every range at its ends.

    Args:
        path: the spec file.
        entry: which of its experiments, where it has several.
        changes: `--set a.b=c`, of the experiment, of `search` or of `sweep`.
        more: settings that the command line says by themselves; `None` says nothing.

    Raises:
        SpecError: the file or a range is wrong; the sentence names file, line and field.
    """
    mine = [change for change in changes if change.split(".", 1)[0] in ASIDE]
    specs = load_specs(path, [change for change in changes if change not in mine])
    file = read_yaml(find_spec(path), SpecError)
    aside = {key: file.tree[key] for key in ASIDE if file.tree.get(key) is not None}
    for change in map(read_change, mine):
        _lay_aside(aside, change)
    spec = _chosen(path, specs, entry)
    settings = _settings(file, aside.get(SWEEP, {}), more)
    ranges = _ranges(file, aside.get(SEARCH), spec)
    space = Space(ranges)
    _check_corners(file, spec, space)
    if settings.sampler == "grid":
        _check_grid(file, space)
    return Request(spec, space, ranges, settings)


def _lay_aside(aside: dict[str, Any], change: Change) -> None:
    """Lay `sweep.trials=5` or `search.finetune.lr={...}` over what the file says."""
    section, *rest = change.keys
    if not rest:
        raise SpecError(f"--set {change.text}: must read {section}.field=value")
    below = aside[section] = dict(aside.get(section) or {})
    below[".".join(rest)] = change.value


def _chosen(path: Path, specs: Sequence[Spec], entry: str | None) -> Spec:
    """The experiment that is swept: the one that is named, or the only one that can be meant."""
    if entry is not None:
        return find_entry(path, specs, entry)
    tuned = [spec for spec in specs if spec.finetune is not None]
    meant = specs if len(specs) == 1 else tuned
    if len(meant) != 1:
        told = ", ".join(f"{path}:{name}" for name in entry_names(specs))
        raise SpecError(f"{path}: has {len(specs)} experiments: say which is swept ({told})")
    return meant[0]


def _settings(file: MarkedYaml, said: Any, more: Mapping[str, Any]) -> SweepSection:
    if not isinstance(said, Mapping):
        raise SpecError(f"{file.where((SWEEP,))}: {SWEEP}: must be a mapping of fields")
    tree = {**said, **{key: value for key, value in more.items() if value is not None}}
    try:
        return SweepSection.model_validate(tree)
    except ValidationError as error:
        location, problem = explain(error, tree, SweepSection)
        field = dotted((SWEEP, *location))
        raise SpecError(f"{file.where((SWEEP, *location))}: {field}: {problem}") from error


def _ranges(file: MarkedYaml, said: Any, spec: Spec) -> dict[str, Range]:
    """The ranges that a file has, or those that are tried where it has none."""
    if said is None:
        return _default(file, spec)
    if not isinstance(said, Mapping) or not said:
        where = file.where((SEARCH,))
        raise SpecError(f"{where}: {SEARCH}: must be a mapping of fields to ranges")
    known = [*leaves(spec)]
    ranges = {}
    for key, written in said.items():
        where = f"{file.where((SEARCH, key))}: {SEARCH}.{key}"
        problem = _no_field(str(key), spec, known)
        if problem:
            raise SpecError(f"{where}: {problem}")
        tree = {"choices": written} if isinstance(written, list) else written
        try:
            ranges[str(key)] = Range.model_validate(tree)
        except ValidationError as error:
            location, problem = explain(error, tree, Range)
            field = f".{dotted(location)}" if location else ""
            raise SpecError(f"{where}{field}: {problem}") from error
    for key, one in ranges.items():
        problem = _wrong_condition(key, one, ranges)
        if problem:
            where = file.where((SEARCH, key, "when"))
            raise SpecError(f"{where}: {SEARCH}.{key}.when: {problem}")
    return ranges


def _default(file: MarkedYaml, spec: Spec) -> dict[str, Range]:
    if spec.finetune is None:
        raise SpecError(
            f"{file.path}: {spec.name} is not fine-tuned: write a finetune section, or ranges "
            f"under {SEARCH}"
        )
    chosen = _DEFAULT_FULL if spec.finetune.method == "full" else _DEFAULT
    return {key: Range.model_validate(one) for key, one in chosen.items()}


def _no_field(key: str, spec: Spec, known: Sequence[str]) -> str:
    """Why a field cannot be searched, empty where it can."""
    for fixed, why in _FIXED.items():
        if key == fixed or key.startswith(f"{fixed}."):
            return f"{fixed} {why}"
    first, *rest = key.split(".")
    sections = [name for name in Spec.model_fields if name not in DERIVED]
    if first not in sections:
        return f"there is no such field{did_you_mean(key, known)}"
    if rest:
        for depth in range(1, len(rest) + 1):
            names = fields_at(Spec, (first, *rest[: depth - 1]))
            if names and rest[depth - 1] not in names:
                near = [".".join((first, *rest[: depth - 1], name)) for name in names]
                return f"there is no such field{did_you_mean(key, near)}"
    if rest and getattr(spec, first) is None:
        return f"{first} is missing: write the section that is searched"
    return ""


def _wrong_condition(key: str, one: Range, ranges: Mapping[str, Range]) -> str:
    """What is wrong with the fields that a range hangs on, empty where nothing is."""
    for other, among in one.when.items():
        if other not in ranges:
            return f"{other} is not searched{did_you_mean(other, ranges)}"
        choices = ranges[other].choices
        if choices is None:
            return f"{other} is a range: only fields with choices can be a condition"
        if not among:
            return f"{other}: names no value"
        lost = [value for value in among if label(value) not in map(label, choices)]
        if lost:
            return f"{other} is never {lost[0]!r}{did_you_mean(str(lost[0]), map(str, choices))}"
        if _hangs_on(other, key, ranges, set()):
            return f"{other} hangs on {key} as well"
    return ""


def _hangs_on(key: str, sought: str, ranges: Mapping[str, Range], seen: set[str]) -> bool:
    if key == sought:
        return True
    if key in seen or key not in ranges:
        return False
    return any(_hangs_on(other, sought, ranges, seen | {key}) for other in ranges[key].when)


def _check_grid(file: MarkedYaml, space: Space) -> None:
    try:
        space.grid()
    except InputError as error:
        raise SpecError(f"{file.where((SEARCH,))}: {error}") from error


def _check_corners(file: MarkedYaml, spec: Spec, space: Space) -> None:
    """Build the experiment of every end of every range.

    Raises:
        SpecError: one cannot be.
    """
    for key, end, values in space.corners():
        try:
            lay(spec, values)
        except UsageError as error:
            location = (SEARCH, key, *end.split("."))
            where = file.where(location)
            raise SpecError(f"{where}: {SEARCH}.{key}.{end}: {error}") from error
