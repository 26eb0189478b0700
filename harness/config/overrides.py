"""From the tree of a spec file to the raw trees of its experiments, with `--set` laid over."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.config.search import ASIDE
from harness.config.teachers import VARIABLE, still_said
from harness.config.yaml_file import Location, MarkedYaml, plain_value
from harness.errors import SpecError, did_you_mean
from harness.store.secret import scrubbed

ENTRIES = "entries"
REPEATS = "repeats"
_TYPED_KEY = re.compile(
    r"""((?:(?<!\w)(?=\w*key)\w++|authorization|secret|password|token)["']?\s*[=:]\s*)["']?([^\s,}"']+)["']?""",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Change:
    """One `--set a.b=c`. `text` is what was typed, on one line."""

    text: str
    keys: tuple[str, ...]
    value: object


@dataclass(frozen=True)
class RawExperiment:
    """One experiment before it is checked.

    `number` is its place among the entries, `None` where the file has none; `group` is what the
    entries of a file are called together; `laid` are the keys that changes wrote, each with the
    change.
    """

    number: int | None
    tree: dict[str, Any]
    group: str
    laid: list[tuple[tuple[str, ...], Change]] = field(default_factory=list)

    def where(self, file: MarkedYaml, location: Location) -> str:
        """The change, or else `file:line`, that wrote what stands at a location."""
        for keys, change in reversed(self.laid):
            if keys == tuple(map(str, location[: len(keys)])):
                return f"--set {change.text}"
        entry = location if self.number is None else (ENTRIES, self.number, *location)
        if file.line(entry) is None and file.line(location) is None and self.changed(location):
            return f"--set {self.changed(location)[-1]}"
        in_entry = file.line(entry) is not None or file.line(location) is None
        return file.where(entry if in_entry else location)

    def changed(self, section: Location) -> list[str]:
        """The changes that wrote something in a section."""
        here = tuple(map(str, section))
        return [c.text for keys, c in self.laid if here and keys[: len(here)] == here]


def read_change(text: str) -> Change:
    """Read a `--set`; the value is YAML.

    Raises:
        SpecError: it does not read `a.b=c`.
    """
    dotted, equals, written = text.partition("=")
    keys = tuple(dotted.strip().split("."))
    text = _shown(f"{dotted}={_plain_address(written)}" if keys[-1] == "address" else text)
    if not equals or not all(keys):
        raise SpecError(f"--set {text}: must read section.field=value")
    if keys[0] == ENTRIES and len(keys) < 3:
        raise SpecError(f"--set {text}: must read entries.NAME.section.field=value")
    try:
        value = plain_value(written)
    except ValueError as error:
        raise SpecError(f"--set {text}: the value is not valid YAML") from error
    return Change(text, keys, value)


def _plain_address(address: str) -> str:
    """An address without what may hold a key: user and password, query and fragment."""
    before, at, host = address.rpartition("@")
    scheme = f"{before.partition('://')[0]}://" if "://" in before else ""
    plain = re.split("[?#]", f"{scheme}[hidden]@{host}" if at else address, maxsplit=1)
    return plain[0] + ("?[hidden]" if len(plain) > 1 else "")


def _shown(text: str) -> str:
    """A change as errors quote it: on one line, and without a key that was typed by mistake."""

    def hidden(match: re.Match[str]) -> str:
        return match[0] if VARIABLE.fullmatch(match[2]) else f"{match[1]}[hidden]"

    return scrubbed(_TYPED_KEY.sub(hidden, " ".join(text.split())))


def raw_experiments(
    file: MarkedYaml, default_name: str, changes: Sequence[Change], optional: Collection[str]
) -> list[RawExperiment]:
    """The raw experiments of a file, in its order, with the changes laid over.

    Each entry is laid over the rest of the file, and called `<file's name>-<entry's name>`.

    Args:
        file: the spec file.
        default_name: what the experiment is called where the file does not say.
        changes: what to lay over, in order.
        optional: sections that an experiment has only where it is written.

    Raises:
        SpecError: the file is no mapping; an entry is none, has no name or another's; a change is
            for nothing.
    """
    if file.tree is None:
        raise SpecError(f"{file.path}: is empty: a spec has sections, such as suite and model")
    if not isinstance(file.tree, dict):
        what = "a list" if isinstance(file.tree, list) else f"{file.tree!r:.40}"
        raise SpecError(f"{file.path}: a spec is a mapping of sections, not {what}")
    own = {key: value for key, value in file.tree.items() if key not in ASIDE}
    common: dict[str, Any] = {"name": default_name, **own}
    for change in changes:
        if change.keys == ("name",):  # before the entries' names are built on it
            common["name"] = change.value
    raw = _entries(file, common)
    for change in changes:
        if change.keys != ("name",):
            _apply(raw, change, optional)
            continue
        for one in raw.values():
            one.laid.append((change.keys, change))
    _repeat_what_is_tuned(file, list(raw.values()))
    return list(raw.values())


def _repeat_what_is_tuned(file: MarkedYaml, raw: Sequence[RawExperiment]) -> None:
    """Take `repeats` off the untuned entries that only share it with tuned ones."""
    tuned = [one.tree.get("finetune") is not None for one in raw]
    for one, is_tuned in zip(raw, tuned, strict=True):
        if any(tuned) and not is_tuned and not _asks_itself(file, one):
            one.tree.pop(REPEATS, None)


def _asks_itself(file: MarkedYaml, one: RawExperiment) -> bool:
    """Whether `repeats` is written in this entry, or by a change that names it."""
    named = any(keys == (REPEATS,) and keys != change.keys for keys, change in one.laid)
    return named or (one.number is not None and REPEATS in file.tree[ENTRIES][one.number])


def _entries(file: MarkedYaml, common: dict[str, Any]) -> dict[str, RawExperiment]:
    """Raw experiments by entry name."""
    if ENTRIES not in common:
        name = str(common["name"])
        return {name: RawExperiment(None, copy.deepcopy(common), name)}
    entries = common.pop(ENTRIES)
    if not isinstance(entries, list) or not entries:
        where = file.where((ENTRIES,))
        raise SpecError(f"{where}: entries: must be a list of at least one experiment")
    together = _name(common["name"])
    if not together:
        raise SpecError(f"{file.where(('name',))}: name: must be text")
    raw: dict[str, RawExperiment] = {}
    for number, entry in enumerate(entries):
        where = f"{file.where((ENTRIES, number))}: entries.{number}"
        name = "" if not isinstance(entry, dict) else _name(entry.get("name"))
        if not name:
            raise SpecError(f"{where}: needs a name")
        if name in raw:
            raise SpecError(f"{where}: another entry is named {name!r} too")
        tree = _overlay(copy.deepcopy(common), {**entry, "name": f"{together}-{name}"})
        raw[name] = RawExperiment(number, tree, together)
    return raw


def _name(value: object) -> str:
    """An entry's name as text: YAML reads `8` and `1e-4` as numbers."""
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if plain else ""


def _overlay(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one tree of mappings over another; anything but a mapping replaces."""
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(below.get(key), dict):
            if key in ("teacher", "judge"):
                below[key] = still_said(below[key], value)
            _overlay(below[key], value)
        else:
            below[key] = copy.deepcopy(value)
    return below


def _apply(raw: Mapping[str, RawExperiment], change: Change, optional: Collection[str]) -> None:
    """Lay one change over the raw experiments that it is meant for."""
    targets, keys, whose = list(raw.values()), change.keys, "no experiment has a"
    if keys[0] == ENTRIES:
        name, keys = _addressed(raw, change)
        targets, whose = [raw[name]], f"entry {name!r} has no"
    # `finetune: null` leaves a base untuned: setting its rank must not start tuning it.
    having = [one for one in targets if len(keys) == 1 or _has(one.tree, keys[0], optional)]
    if not having:
        raise SpecError(f"--set {change.text}: {whose} section {keys[0]!r}")
    for one in having:
        value: Any = change.value
        for key in reversed(keys):
            value = {key: value}
        _overlay(one.tree, value)
        one.laid.append((keys, change))


def _has(tree: Mapping[str, Any], section: str, optional: Collection[str]) -> bool:
    return tree[section] is not None if section in tree else section not in optional


def _addressed(raw: Mapping[str, RawExperiment], change: Change) -> tuple[str, tuple[str, ...]]:
    """The entry that `entries.NAME` or `entries.NUMBER` names, and the keys in it.

    Names may hold dots, so the longest that fits is meant.
    """
    rest = ".".join(change.keys[1:])
    names = {name: name for name in sorted(raw, key=len, reverse=True)}
    numbers = {str(number): name for number, name in enumerate(raw)}
    for called, name in [*names.items(), *numbers.items()]:
        if rest.startswith(f"{called}."):
            return name, tuple(rest.removeprefix(f"{called}.").split("."))
    raise SpecError(f"--set {change.text}: no such entry{did_you_mean(change.keys[1], raw)}")
