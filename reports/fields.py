"""What differs between the entries: their specs, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.text import DASH

if TYPE_CHECKING:
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

    `differing` maps a dotted field to one text an entry; `shared` to the text that all share.
    """

    differing: Mapping[str, tuple[str, ...]]
    shared: Mapping[str, str]


def compare(runs: Sequence[Run]) -> Fields:
    """Split the fields of all specs into those that differ and those that do not."""
    specs = [_fields(run) for run in runs]
    names = list(dict.fromkeys(name for spec in specs for name in spec))
    table = {name: tuple(spec.get(name, DASH) for spec in specs) for name in names}
    differing = {name: values for name, values in table.items() if len(set(values)) > 1}
    shared = {name: values[0] for name, values in table.items() if len(set(values)) == 1}
    return Fields(differing, shared)


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
