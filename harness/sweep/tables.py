"""What a sweep found as tables: for a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.text.display import shown, table
from reports import gfm
from reports.text import DASH, points, seconds

# Trials that a terminal lists; the files have all.
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `left` are the places of columns of words."""

    title: str
    headings: Sequence[str]
    left: frozenset[int]
    rows: Sequence[Sequence[str]]


def as_text(found: Mapping[str, Any]) -> str:
    """The tables for a terminal, and in a sentence who won."""
    blocks = [shown(line) for line in (verdict(found), *failed(found))]
    for one in tables(found, _LISTED):
        right = [at for at in range(len(one.headings)) if at not in one.left]
        rows = [[shown(cell) for cell in row] for row in (one.headings, *one.rows)]
        blocks.append("\n".join([one.title, *table(rows, right=right)]))
    return "\n\n".join(blocks)


def as_markdown(found: Mapping[str, Any]) -> str:
    """The same as a Markdown file, with every trial."""
    blocks = [f"# {gfm.escape(found['name'])}", *map(gfm.escape, (verdict(found), *failed(found)))]
    for one in tables(found, None):
        left = [at in one.left for at in range(len(one.headings))]
        blocks += [f"## {gfm.escape(one.title)}", gfm.table(one.headings, left, one.rows)]
    return "\n\n".join(blocks) + "\n"


def verdict(found: Mapping[str, Any]) -> str:
    """Who won, and who may be as good for all that is known."""
    if found["winner"] is None:
        kept = " and keeps to the constraints" if found["constraints"] else ""
        return f"Nothing won: no trial was trained for all its epochs{kept}."
    first, *_ = found["finals"]
    said = f"{found['winner']} won: {_recipe(first['values'])}."
    others = found["not_apart"]
    if others:
        said += f" Not told apart from it: {', '.join(others)}."
    elif len(found["finals"]) > 1:
        said += " It is told apart from every other finalist."
    if found["noise"]["training_sd"] is None and any("finetune." in key for key in found["search"]):
        said += " Each was trained with one seed: what another seed does is not in this."
    return said


def failed(found: Mapping[str, Any]) -> list[str]:
    """A sentence for each finalist that failed."""
    return [f"{name} failed in the finals: {why}" for name, why in found["failed_finals"].items()]


def tables(found: Mapping[str, Any], most: int | None) -> list[Table]:
    """The tables that have rows.

    Args:
        found: the findings.
        most: how many trials are listed; `None` is all.
    """
    made = [_finals(found), _trials(found, most), _importances(found)]
    made += [_front(found, "length", "characters"), _front(found, "latency", "p50")]
    return [one for one in made if one.rows]


def _finals(found: Mapping[str, Any]) -> Table:
    rows = [
        [
            row["name"],
            DASH if row["rank"] is None else "–".join(map(str, sorted(set(row["rank"])))),
            _estimate(row["total"] or row["total_untimed"]),
            *(_estimate(row["parts"][part]) for part in ("AS", "ART", "AE")),
            DASH if row["latency"] is None else seconds(row["latency"]["p50_s"]),
            points(row["searched"]),
            _seeds(row["repeats"]),
            _recipe(row["values"]),
        ]
        for row in found["finals"]
    ]
    heads = ["entry", "rank", "total", "AS", "ART", "AE", "p50", "in the search", "seeds", "recipe"]
    title = "Finals: trained anew with other seeds, timed in turns"
    return Table(title, heads, frozenset({0, 1, 8, 9}), rows)


def _trials(found: Mapping[str, Any], most: int | None) -> Table:
    known = [one for one in found["trials"] if one["rounds"] and one["rounds"][-1] is not None]
    ordered = sorted(
        known, key=lambda one: (-len(one["rounds"]), -one["rounds"][-1], one["number"])
    )
    failures = [one for one in found["trials"] if one not in known]
    rows = [
        [
            str(one["number"]), _state(one), points((one["rounds"] or [None])[-1]),
            _value(one["AS"]), _value(one["AE"]),
            DASH if one["length"] is None else f"{one['length']:.0f}",
            seconds(one["seconds"]),
            DASH if one["memory_gb"] is None else f"{one['memory_gb']:.1f}",
            _recipe(one["values"]),
        ]
        for one in [*ordered, *failures][:most]
    ]  # fmt: skip
    heads = ["trial", "", "total", "AS", "AE", "characters", "time", "GB", "recipe"]
    size, took = len(found["trials"]), found["spent"]
    of = f"Trials: {size}" if most is None or size <= most else f"Trials: {most} of {size}"
    title = (
        f"{of}; {took['hours']:.2f} h, as much training as {took['trainings']:g} trials for all "
        "their epochs"
    )
    return Table(title, heads, frozenset({1, 8}), rows)


def _importances(found: Mapping[str, Any]) -> Table:
    rows = [[key, f"{share:.0%}"] for key, share in (found["importances"] or {}).items()]
    title = "What decides who is among the best (PED-ANOVA, first round)"
    return Table(title, ["field", "share"], frozenset({0}), rows)


def _front(found: Mapping[str, Any], name: str, unit: str) -> Table:
    rows = [
        [
            one["name"],
            seconds(one["cost"]) if name == "latency" else f"{one['cost']:.0f}",
            _estimate(one),
            "on the front" if one["on_front"] else f"beaten by {', '.join(one['beaten_by'])}",
        ]
        for one in found["fronts"][name]
    ]
    title = f"Accuracy against {name}: what is beaten within noise stays on the front"
    return Table(title, ["trial", unit, "AS", ""], frozenset({3}), rows)


def _state(one: Mapping[str, Any]) -> str:
    if one["state"] == "fail":
        return f"failed: {one['problem'] or 'not begun'}"[:60]
    if one["violations"]:
        return f"breaks {', '.join(one['violations'])}"
    return {"pruned": f"stopped in round {len(one['rounds'])}", "running": "under way"}.get(
        one["state"], "final" if one["final"] else ""
    )


def _recipe(values: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{key.removeprefix('finetune.')} {f'{v:.3g}' if isinstance(v, float) else v}"
        for key, v in values.items()
    )


def _estimate(found: Mapping[str, float] | None) -> str:
    if found is None:
        return DASH
    return f"{points(found['value'])} [{points(found['low'])}, {points(found['high'])}]"


def _value(found: Mapping[str, float] | None) -> str:
    return DASH if found is None else points(found["value"])


def _seeds(repeats: Mapping[str, Any] | None) -> str:
    if repeats is None:
        return DASH
    sd = repeats["sd"]["AS"]
    return f"{repeats['n']}" + ("" if sd is None else f", sd {points(sd)}")
