"""What a bench found, for a terminal: tables that line up, and what was noticed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.text.display import clip_middle, shown, table
from harness.timing.machine import BUSY, had_by_others
from reports.text import DASH, count, percent, seconds

_NAME = 32  # columns of a name
_TIMES = ("p50_s", "p90_s", "p95_s", "ttft_p50_s", "ttft_p95_s", "tpot_p50_s")


def as_text(result: Mapping[str, Any]) -> str:
    """The tables."""
    section = result["protocol"]
    head = (
        f"{section['questions']} questions × {section['replicates']} replicates, one at a time, "
        f"in turns A B B A; reference: {shown(result['reference'], _NAME)}"
    )
    blocks = [head, _alone(result), _loaded(result), *result["noticed"]]
    return "\n\n".join(block for block in blocks[:3] if block) + "".join(
        f"\n{'' if at else chr(10)}{shown(line)}" for at, line in enumerate(blocks[3:])
    )


def _alone(result: Mapping[str, Any]) -> str:
    heads = ["", "p50", "p90", "p95", "TTFT", "TTFT p95", "TPOT", "tokens", "cv", "", "× reference"]
    rows = [heads]
    for entry in result["entries"]:
        taken = entry["latency"]
        if taken is None:
            rows.append([_name(entry), *[DASH] * 8, "no times", DASH])
            continue
        tokens = count(taken["tokens_p50"])
        cv = DASH if taken["cv"] is None else f"{taken['cv']:.1%}"
        rows.append(
            [
                _name(entry), *(seconds(taken[name]) for name in _TIMES), tokens,
                cv, _verdict(result, taken), _ratio(entry["relative"]),
            ]
        )  # fmt: skip
    return "\n".join(table(rows, right=range(1, 9)))


def _verdict(result: Mapping[str, Any], taken: Mapping[str, Any]) -> str:
    """How steady the times were, and whether the machine was theirs."""
    is_busy = had_by_others(result["load"]) > BUSY
    return f"{taken['verdict']}, busy machine" if is_busy else str(taken["verdict"])


def _ratio(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return DASH
    return f"{found['value']:.3f} [{found['low']:.3f}, {found['high']:.3f}] {found['call']}"


def _loaded(result: Mapping[str, Any]) -> str:
    heads = [
        "under load", "req/s", "p50", "p95", "TTFT", "queue", "tokens/s", "goodput", "within",
        "",
    ]  # fmt: skip
    rows = [
        [
            _name(entry), f"{level['rate']:.3g}", seconds(level["p50_s"]), seconds(level["p95_s"]),
            seconds(level["ttft_p50_s"]), seconds(level["queue_p50_s"]),
            count(level["tokens_per_s"]),
            f"{level['goodput']:.3g}/s", percent(level["within"]),
            "saturated" if level["saturated"] else "",
        ]
        for entry in result["entries"]
        for level in entry["loaded"]
    ]  # fmt: skip
    if not rows:
        return ""
    limit = f"goodput: whole answers within {result['protocol']['limit_s']:g} s"
    return "\n".join([*table([heads, *rows], right=range(1, 9)), limit])


def _name(entry: Mapping[str, Any]) -> str:
    return clip_middle(shown(entry["name"]), _NAME)
