"""What a model does under load: times from when a question was due, goodput, and saturation.

A row holds sample_id, load (questions under way on average, if none takes longer than alone), rate
(arrivals a second that were offered), due_s (seconds after the first moment), e2e_s and ttft_s,
which count from when it was due, so that waiting is part of them, output_tokens, finish_reason and
error.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from harness.metrics.intervals import percentile

Row = Mapping[str, Any]

# Saturated: the last third waits so many times as long as the first, and at least so many times as
# long as alone; one of the two alone may be chance, or a model that is merely slower in company.
_GROWS = 1.5
_AGAINST_ALONE = 2.0


def loaded(rows: Sequence[Row], alone: Mapping[str, Any], limit_s: float) -> dict[str, Any] | None:
    """Percentiles in seconds, rates in requests a second; `None` where nothing came under load.

    `queue` is how much later than alone, by the medians of each question, its first token came:
    the wait for a place, and the slower start among others. `goodput` is the rate, and
    `within` the share, of answers that came whole within `limit_s`.

    Args:
        rows: what came at one level of load.
        alone: median seconds to the first token of each question alone, by its id, under `ttft_s`,
            and of the whole answer under `e2e_s`.
        limit_s: end-to-end seconds of a good answer.
    """
    came = [row for row in rows if row["e2e_s"] is not None and row["error"] is None]
    if not came:
        return None
    took = [float(row["e2e_s"]) for row in came]
    span = max(float(row["due_s"]) + float(row["e2e_s"]) for row in came)
    good = sum(row["e2e_s"] <= limit_s and row["finish_reason"] == "stop" for row in came)
    waits = list(_waits(came, alone["ttft_s"]))
    ttft = [float(row["ttft_s"]) for row in came if row["ttft_s"] is not None]
    found = {
        "load": rows[0]["load"],
        "rate": rows[0]["rate"],
        "requests": len(rows),
        "failed": len(rows) - len(came),
        **_percentiles("", took), **_percentiles("ttft_", ttft), **_percentiles("queue_", waits),
        "throughput": len(came) / span,
        "tokens_per_s": sum(int(row["output_tokens"] or 0) for row in came) / span,
        "limit_s": limit_s,
        "within": good / len(rows),
        "goodput": good / span,
        "saturated": saturated(came, alone["e2e_s"]),
    }  # fmt: skip
    return {k: round(v, 6) if isinstance(v, float) else v for k, v in found.items()}


def saturated(rows: Sequence[Row], alone: Mapping[str, float]) -> bool:
    """Whether questions came faster than they were answered: the later they came, the longer.

    Each counts with how many times as long as alone it took, by thirds of the arrivals.
    """
    ordered = sorted(rows, key=lambda row: float(row["due_s"]))
    slowed = [
        math.log(float(row["e2e_s"]) / alone[row["sample_id"]])
        for row in ordered
        if alone.get(row["sample_id"])
    ]
    third = len(slowed) // 3
    if third < 3:
        return False
    first, last = statistics.median(slowed[:third]), statistics.median(slowed[-third:])
    return last - first > math.log(_GROWS) and last > math.log(_AGAINST_ALONE)


def _waits(rows: Sequence[Row], alone: Mapping[str, float]) -> Sequence[float]:
    return [
        max(0.0, float(row["ttft_s"]) - alone[row["sample_id"]])
        for row in rows
        if row["ttft_s"] is not None and row["sample_id"] in alone
    ]


def _percentiles(name: str, values: Sequence[float]) -> dict[str, float | None]:
    return {f"{name}p{p}_s": percentile(values, p / 100) for p in (50, 90, 95)}
