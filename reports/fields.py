"""What differs between the entries: their specs, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from reports.text import DASH

if TYPE_CHECKING:
    from reports.board import Leaderboard
    from reports.runs import Run

# A name differs always, and what sits under `runtime` changes no answer.
_SILENT = ("name", "runtime")


_SHORT = 40  # characters of a value that fit into a column


def short(value: str) -> str:
    """A value for a narrow column; prompts and paths can be long."""
    return value if len(value) <= _SHORT else value[: _SHORT - 1] + "…"


@dataclass(frozen=True, slots=True)
class Fields:
    """Spec fields over all entries, in the order of the runs.

    `differing` maps a dotted field to one text an entry; `shared` to the text that all share, and
    `agreed` to the one that all share who have the field's section at all, such as `finetune`.
    """

    differing: Mapping[str, tuple[str, ...]]
    shared: Mapping[str, str]
    agreed: Mapping[str, str] = field(default_factory=dict)

    @property
    def same(self) -> Mapping[str, str]:
        """The fields that need no column."""
        return {**self.shared, **self.agreed}

    @property
    def groups(self) -> list[tuple[str, list[str]]]:
        """Differing fields under what they share before their last dot, in their order."""
        pairs = [name.rpartition(".")[::2] for name in self.differing]
        return [
            (group, [leaf for _, leaf in found])
            for group, found in groupby(pairs, key=lambda pair: pair[0])
        ]


def differs(board: Leaderboard) -> Fields | None:
    """The fields of a board that has more than one entry."""
    return board.fields if len(board.entries) > 1 else None


def compare(runs: Sequence[Run]) -> Fields:
    """Split the fields of all specs into those that differ and those that do not."""
    specs = [_fields(run) for run in runs]
    names = list(dict.fromkeys(name for spec in specs for name in spec))
    table = {name: tuple(spec.get(name, DASH) for spec in specs) for name in names}
    differing = {name: values for name, values in table.items() if len(set(values)) > 1}
    shared = {name: values[0] for name, values in table.items() if len(set(values)) == 1}
    agreed = dict(_agreed(specs, differing))
    differing = {name: values for name, values in differing.items() if name not in agreed}
    return Fields(differing, shared, agreed)


def _agreed(
    specs: Sequence[Mapping[str, str]], differing: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Fields that differ only because some entries have nothing of their section.

    One column of each section stays, so that it shows who has none.
    """
    for section in dict.fromkeys(name.rpartition(".")[0] for name in differing):
        having = [spec for spec in specs if _has(spec, section)]
        if not section or not 2 <= len(having) < len(specs):
            continue
        inside = [name for name in differing if name.rpartition(".")[0] == section]
        same = [n for n in inside if len({spec.get(n, DASH) for spec in having}) == 1]
        kept = same[:1] if len(same) == len(inside) else []
        yield from ((name, having[0].get(name, DASH)) for name in same if name not in kept)


def _has(spec: Mapping[str, str], section: str) -> bool:
    return any(name.startswith(f"{section}.") for name in spec)


def _fields(run: Run) -> dict[str, str]:
    """The spec flat; what the summary says of the model where there is no spec."""
    data: Mapping[str, Any] = run.spec or {
        "model": run.summary.model,
        "finetune": run.summary.finetune,
    }
    kept = {name: value for name, value in data.items() if name not in _SILENT}
    return dict(flat(kept))


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield dotted paths and texts of everything inside a tree of mappings."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}" if path else str(key))
    else:
        yield path, _show(value)


def _show(value: Any) -> str:
    if value is None:
        return DASH
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:g}"
    return json.dumps(value, ensure_ascii=False, default=str)
