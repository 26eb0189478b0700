"""What a sweep found as tables: for a terminal, as Markdown, and for the page in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.text.display import clip, shown, table
from reports import gfm
from reports.strings import Note, say
from reports.table import Cell, Table
from reports.text import DASH, points, seconds

# Trials that a terminal lists; the files have all.
_LISTED = 20
_REASON = 60  # columns of why a trial failed
Titled = tuple[Note, Table]


def as_text(found: Mapping[str, Any]) -> str:
    """The tables for a terminal, and in a sentence who won."""
    blocks = [shown(say(note)) for note in (verdict(found), *failed(found))]
    for title, one in tables(found, _LISTED):
        right = [at for at, flush in enumerate(one.left) if not flush]
        rows = [[shown(say(cell)) for cell in row] for row in (one.headings, *one.rows)]
        blocks.append("\n".join([say(title), *table(rows, right=right)]))
    return "\n\n".join(blocks)


def as_markdown(found: Mapping[str, Any]) -> str:
    """The same as a Markdown file, with every trial."""
    said = (say(note) for note in (verdict(found), *failed(found)))
    blocks = [f"# {gfm.escape(found['name'])}", *map(gfm.escape, said)]
    for title, one in tables(found, None):
        heads, *rows = ([say(cell) for cell in row] for row in (one.headings, *one.rows))
        blocks += [f"## {gfm.escape(say(title))}", gfm.table(heads, one.left, rows)]
    return "\n\n".join(blocks) + "\n"


def verdict(found: Mapping[str, Any]) -> Note:
    """Who won, and who may be as good for all that is known."""
    if found["winner"] is None:
        return Note("sweep_none_keeps" if found["constraints"] else "sweep_none")
    first, *_ = found["finals"]
    apart: Note | str = ""
    if found["not_apart"]:
        apart = Note("sweep_tied", {"list": tuple(found["not_apart"])})
    elif len(found["finals"]) > 1:
        apart = Note("sweep_apart")
    is_once = found["noise"]["training_sd"] is None
    is_trained = any("finetune." in key for key in found["search"])
    once = Note("sweep_once") if is_once and is_trained else ""
    told = {"winner": found["winner"], "recipe": _recipe(first["values"])}
    return Note("sweep_won", {**told, "apart": apart, "once": once})


def failed(found: Mapping[str, Any]) -> list[Note]:
    """A sentence for each finalist that failed."""
    return [
        Note("sweep_failed", {"name": name, "why": why})
        for name, why in found["failed_finals"].items()
    ]


def tables(found: Mapping[str, Any], most: int | None) -> list[Titled]:
    """The tables that have rows, with their titles.

    Args:
        found: the findings.
        most: how many trials are listed; `None` is all.
    """
    made = [finals(found), trials(found, most), importances(found)]
    made += [front(found, "length"), front(found, "latency")]
    return [(title, one) for title, one in made if one.rows]


def finals(found: Mapping[str, Any]) -> Titled:
    """The finalists, the best first."""
    rows = tuple(
        (
            row["name"],
            DASH if row["rank"] is None else "–".join(map(str, sorted(set(row["rank"])))),
            _estimate(row["total"] or row["total_untimed"]),
            *(_estimate(row["parts"][part]) for part in ("AS", "ART", "AE")),
            DASH if row["latency"] is None else seconds(row["latency"]["p50_s"]),
            points(row["searched"]),
            _seeds(row["repeats"]),
            _recipe(row["values"]),
        )
        for row in found["finals"]
    )
    keys = ("entry", "rank", "total", "AS", "ART", "AE", "p50", "sweep_searched", "sweep_seeds",
            "sweep_recipe")  # fmt: skip
    return Note("sweep_finals"), _table(keys, {0, 9}, rows)


def trials(found: Mapping[str, Any], most: int | None) -> Titled:
    """The trials, the furthest and best first; those that failed come last."""
    known = [one for one in found["trials"] if one["rounds"] and one["rounds"][-1] is not None]
    ordered = sorted(
        known, key=lambda one: (-len(one["rounds"]), -one["rounds"][-1], one["number"])
    )
    failures = [one for one in found["trials"] if one not in known]
    rows = tuple(
        (
            str(one["number"]), _state(one), points((one["rounds"] or [None])[-1]),
            _value(one["AS"]), _value(one["AE"]),
            DASH if one["length"] is None else f"{one['length']:.0f}",
            seconds(one["seconds"]),
            DASH if one["memory_gb"] is None else f"{one['memory_gb']:.1f}",
            _recipe(one["values"]),
        )
        for one in [*ordered, *failures][:most]
    )  # fmt: skip
    keys = ("sweep_trial", "sweep_state", "total", "AS", "AE", "sweep_characters", "time",
            "sweep_gb", "sweep_recipe")  # fmt: skip
    size, took = len(found["trials"]), found["spent"]
    of: Cell = str(size)
    if most is not None and size > most:
        of = Note("sweep_first", {"most": str(most), "size": of})
    told = {"of": of, "hours": f"{took['hours']:.2f}", "trainings": f"{took['trainings']:g}"}
    return Note("sweep_trials", told), _table(keys, {1, 8}, rows)


def importances(found: Mapping[str, Any]) -> Titled:
    """How much each field decides."""
    rows = tuple((key, f"{share:.0%}") for key, share in (found["importances"] or {}).items())
    return Note("sweep_importances"), _table(("field", "share"), {0}, rows)


def front(found: Mapping[str, Any], name: str) -> Titled:
    """Accuracy against a cost, `length` or `latency`, the cheapest first."""
    rows = tuple(
        (
            one["name"],
            seconds(one["cost"]) if name == "latency" else f"{one['cost']:.0f}",
            _estimate(one),
            _place(one),
        )
        for one in found["fronts"][name]
    )
    unit = "p50" if name == "latency" else "sweep_characters"
    return Note(f"sweep_front_{name}"), _table(
        ("sweep_trial", unit, "AS", "sweep_place"), {3}, rows
    )


def _table(keys: Sequence[str], left: set[int], rows: tuple[tuple[Cell, ...], ...]) -> Table:
    flush = tuple(at in left for at in range(len(keys)))
    return Table(tuple(Note(key) for key in keys), flush, rows)


def _place(one: Mapping[str, Any]) -> Note:
    if one["on_front"]:
        return Note("sweep_on_front")
    return Note("sweep_beaten", {"list": tuple(one["beaten_by"])})


def _state(one: Mapping[str, Any]) -> Cell:
    if one["state"] == "fail":
        why = clip(one["problem"], _REASON) if one["problem"] else Note("sweep_not_begun")
        return Note("sweep_fails", {"why": why})
    if one["violations"]:
        return Note("sweep_breaks", {"list": tuple(one["violations"])})
    if one["state"] == "pruned":
        return Note("sweep_stopped", {"n": str(len(one["rounds"]))})
    if one["state"] == "running":
        return Note("sweep_running")
    return Note("sweep_final") if one["final"] else ""


def _recipe(values: Mapping[str, Any]) -> str:
    return ", ".join(_settings(values))


def _settings(values: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        said = f"{value:.3g}" if isinstance(value, float) else str(value)
        yield f"{key.removeprefix('finetune.')} {said}"


def _estimate(found: Mapping[str, float] | None) -> str:
    if found is None:
        return DASH
    return f"{points(found['value'])} [{points(found['low'])}, {points(found['high'])}]"


def _value(found: Mapping[str, float] | None) -> str:
    return DASH if found is None else points(found["value"])


def _seeds(repeats: Mapping[str, Any] | None) -> Cell:
    if repeats is None:
        return DASH
    count, sd = str(repeats["n"]), repeats["sd"]["AS"]
    return count if sd is None else Note("sweep_sd", {"n": count, "sd": points(sd)})
