"""What a bench found as tables: for a terminal, and for the page in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.text.display import clip_middle, shown, table
from harness.timing.machine import BUSY, had_by_others
from reports.strings import Note, say
from reports.table import Cell, Table
from reports.text import DASH, count, percent, seconds

_NAME = 32  # columns of a name
_TIMES = ("p50_s", "p90_s", "p95_s", "ttft_p50_s", "ttft_p95_s", "tpot_p50_s")


def as_text(result: Mapping[str, Any]) -> str:
    """The tables."""
    blocks = [shown(say(about(result))), _lines(alone(result), "")]
    if under := loaded(result):
        blocks.append(f"{_lines(under, say(Note('loaded')))}\n{say(limit(result))}")
    noticed = "\n".join(shown(line) for line in result["noticed"])
    return "\n\n".join(filter(None, (*blocks, noticed)))


def _lines(one: Table, corner: str) -> str:
    """A table for a terminal; what is under `corner` are the names."""
    heads = [corner, *map(say, one.headings[1:])]
    rows = [[shown(say(cell)) for cell in row] for row in one.rows]
    right = [at for at, flush in enumerate(one.left) if not flush]
    return "\n".join(table([heads, *rows], right=right))


def about(result: Mapping[str, Any]) -> Note:
    """How times were taken."""
    section, name = result["protocol"], shown(result["reference"], _NAME)
    told = {key: str(section[key]) for key in ("questions", "replicates")}
    return Note("bench_about", {**told, "name": name})


def limit(result: Mapping[str, Any]) -> Note:
    """What goodput counts."""
    return Note("bench_limit", {"limit": f"{result['protocol']['limit_s']:g}"})


def alone(result: Mapping[str, Any]) -> Table:
    """Times of questions that were asked one at a time."""
    keys = ("entry", "p50", "p90", "p95", "ttft", "bench_ttft_p95", "tpot", "tokens_p50", "cv",
            "bench_steady", "relative")  # fmt: skip
    rows = tuple(_alone_row(result, entry) for entry in result["entries"])
    return _table(keys, {0, 9, 10}, rows)


def _alone_row(result: Mapping[str, Any], entry: Mapping[str, Any]) -> tuple[Cell, ...]:
    taken = entry["latency"]
    if taken is None:
        return (_name(entry), *[DASH] * 8, Note("bench_no_times"), DASH)
    return (
        _name(entry),
        *(seconds(taken[name]) for name in _TIMES),
        count(taken["tokens_p50"]),
        DASH if taken["cv"] is None else f"{taken['cv']:.1%}",
        _verdict(result, taken),
        _ratio(entry["relative"]),
    )


def _verdict(result: Mapping[str, Any], taken: Mapping[str, Any]) -> Note:
    """How steady the times were, and whether the machine was theirs."""
    steady = Note(f"cv_{taken['verdict']}")
    is_busy = had_by_others(result["load"]) > BUSY
    return Note("bench_busy", {"verdict": steady}) if is_busy else steady


def _ratio(found: Mapping[str, Any] | None) -> Cell:
    if found is None:
        return DASH
    ends = {name: f"{found[name]:.3f}" for name in ("value", "low", "high")}
    return Note("bench_ratio", {**ends, "call": Note(f"ratio_{found['call'].replace(' ', '_')}")})


def loaded(result: Mapping[str, Any]) -> Table | None:
    """Times of questions that came by themselves; `None` where none did."""
    rows = tuple(
        (
            _name(entry), f"{level['rate']:.3g}", seconds(level["p50_s"]), seconds(level["p95_s"]),
            seconds(level["ttft_p50_s"]), seconds(level["queue_p50_s"]),
            count(level["tokens_per_s"]), f"{level['goodput']:.3g}/s", percent(level["within"]),
            Note("bench_is_saturated") if level["saturated"] else "",
        )
        for entry in result["entries"]
        for level in entry["loaded"]
    )  # fmt: skip
    keys = ("entry", "bench_rate", "p50", "p95", "ttft", "bench_queue", "bench_tokens_s",
            "bench_goodput", "within", "bench_state")  # fmt: skip
    return _table(keys, {0, 9}, rows) if rows else None


def _table(keys: Sequence[str], left: set[int], rows: tuple[tuple[Cell, ...], ...]) -> Table:
    flush = tuple(at in left for at in range(len(keys)))
    return Table(tuple(Note(key) for key in keys), flush, rows)


def _name(entry: Mapping[str, Any]) -> str:
    return clip_middle(shown(entry["name"]), _NAME)
