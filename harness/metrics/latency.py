"""Rows of `timings.jsonl` to numbers: how long, how steady, and whether the answers are the same.

A row holds sample_id, replicate (`None` where a question was asked once, by someone else), e2e_s,
ttft_s, output_tokens, text and error, and `disturbed` where something else went on. Times are
seconds.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from harness.config.sections import LEAST_REPLICATES
from harness.core import Output
from harness.metrics.intervals import percentile

Row = Mapping[str, Any]
_Key = TypeVar("_Key", str, int)

INCONCLUSIVE = "inconclusive"
UNSTEADY = 0.20  # variation above which times decide nothing
_WORDS = ((0.05, "excellent"), (0.10, "good"), (UNSTEADY, "fair"))
_P99_FROM = 300  # requests
# A second time of asking that is faster by this share is served from a cache.
_CACHED = 0.10
_BY_CHANCE = 1e-3
# So many replicates that went undisturbed stand for a question.
_CALM = 2


def latency(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Percentiles over questions, in seconds, and how steady the replicates were.

    Each question counts with its median over replicates, undisturbed ones where it has two.
    TPOT = (E2E - TTFT) / (tokens - 1), skipped at one token. p99 is not given below 300 requests.
    `cv` is `variation`. `cached` is by how much the second time of asking was faster, where that
    was a cache: then a question counts with its first time alone, and the times decide nothing.
    """
    cached = cache_gain(rows)
    counted = calm(rows) if cached is None else [row for row in rows if row["replicate"] == 0]
    e2e = list(medians(counted, "e2e_s").values())
    if not e2e:
        return None
    cv = variation(rows)
    found: dict[str, Any] = {
        "p50_s": percentile(e2e, 0.5), "p90_s": percentile(e2e, 0.9), "p95_s": percentile(e2e, 0.95)
    }  # fmt: skip
    ttft = list(medians(counted, "ttft_s").values())
    tpot = [t for row in counted if (t := _tpot(row)) is not None]
    tokens = [float(row["output_tokens"]) for row in counted if row["output_tokens"] is not None]
    for name, values in (("ttft", ttft), ("tpot", tpot)):
        found |= {f"{name}_p{p}_s": percentile(values, p / 100) for p in (50, 90, 95)}
    found |= {
        "tokens_p50": percentile(tokens, 0.5),
        "cv": cv,
        "cached": cached,
        "verdict": INCONCLUSIVE if cached is not None else _verdict(rows, cv),
        "requests": len(rows),
    }
    if len(counted) >= _P99_FROM:
        found["p99_s"] = percentile([float(t["e2e_s"]) for t in counted if t["e2e_s"]], 0.99)
    return {k: round(v, 6) if isinstance(v, float) else v for k, v in found.items()}


def cache_gain(rows: Sequence[Row]) -> float | None:
    """By how much answers came faster the second time of asking, where a cache gave them.

    The median ratio, less 1, of a question's first time to its second, which follow one another
    within moments. `None` where that is no cache: it is not enough to be one, or not of so many
    questions that chance would do it in fewer than one session of a thousand (sign test). A machine
    that warms up shows in the first questions only, and so does not pass for a cache.
    """
    at = {(row["sample_id"], row["replicate"]): row["e2e_s"] for row in rows if row["e2e_s"]}
    ratios = [first / at[question, 1] for (question, turn), first in at.items()
              if turn == 0 and (question, 1) in at]  # fmt: skip
    if not ratios or (gain := statistics.median(ratios) - 1) < _CACHED:
        return None
    faster = sum(ratio > 1 for ratio in ratios)
    chance = sum(math.comb(len(ratios), k) for k in range(faster, len(ratios) + 1))
    return gain if chance / 2 ** len(ratios) < _BY_CHANCE else None


def calm(rows: Sequence[Row]) -> list[Row]:
    """The rows that count: of a question with two undisturbed replicates those alone, else all.

    Models that take turns at a question share its disturbances, so that all of them lose the same
    replicates.
    """
    undisturbed = Counter(str(row["sample_id"]) for row in rows if not row.get("disturbed"))
    return [
        row
        for row in rows
        if not row.get("disturbed") or undisturbed[str(row["sample_id"])] < _CALM
    ]


def medians(rows: Sequence[Row], field: str) -> dict[str, float]:
    """Each question's median of a field over its replicates."""
    values: dict[str, list[float]] = {}
    for row in rows:
        if row[field] is not None:
            values.setdefault(str(row["sample_id"]), []).append(float(row[field]))
    return {name: statistics.median(found) for name, found in values.items()}


def _tpot(row: Row) -> float | None:
    tokens, e2e, ttft = row["output_tokens"], row["e2e_s"], row["ttft_s"]
    if tokens is None or tokens < 2 or e2e is None or ttft is None:
        return None
    return float((e2e - ttft) / (tokens - 1))


def variation(rows: Sequence[Row]) -> float | None:
    """Coefficient of variation over the replicates: sample standard deviation over mean.

    Each replicate counts with the geometric mean of its times: the response score is linear in
    log t, and one hiccup among many questions does not decide. `None` where fewer than four
    replicates were taken, or fewer than two have times.
    """
    means = [math.exp(mean) for mean in _log_means(rows)]
    if _replicates(rows) < LEAST_REPLICATES or len(means) < 2:
        return None
    return statistics.stdev(means) / statistics.fmean(means)


def repeats_within(rows: Sequence[Row]) -> float | None:
    """How far the later half of the replicates is from the earlier one, as a share.

    The ratio of the geometric means of their times, as what the larger is above the smaller. Even
    and odd replicates are asked seconds apart and would agree on a machine that slows down from
    one half of a session to the other. `None` where fewer than two replicates have times.
    """
    means = _log_means(rows)
    half = len(means) // 2
    if not half:
        return None
    earlier, later = statistics.fmean(means[:half]), statistics.fmean(means[-half:])
    return math.expm1(abs(later - earlier))


def _log_means(rows: Sequence[Row]) -> list[float]:
    """Mean log time of each replicate that has times, in order, up to a constant of them all.

    A question counts by how far it is from its own mean over the replicates, so that a replicate
    that lost its longest question, because the request failed, does not look fast.
    """
    logs = [
        (int(row["replicate"]), str(row["sample_id"]), math.log(row["e2e_s"]))
        for row in rows
        if row["replicate"] is not None and row["e2e_s"]
    ]
    usual = _means((question, log) for _, question, log in logs)
    found = _means((replicate, log - usual[question]) for replicate, question, log in logs)
    return [found[replicate] for replicate in sorted(found)]


def _means(pairs: Iterable[tuple[_Key, float]]) -> dict[_Key, float]:
    values: dict[_Key, list[float]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    return {key: math.fsum(found) / len(found) for key, found in values.items()}


def _replicates(rows: Sequence[Row]) -> int:
    """How many replicates were taken; 0 of what was asked once, by someone else."""
    return len({row["replicate"] for row in rows} - {None})


def _verdict(rows: Sequence[Row], cv: float | None) -> str:
    taken = _replicates(rows)
    if not taken:
        return "not repeated"
    # Requests that failed earn no time; they are no reason to let other times go.
    return "mostly failed" if cv is None and taken >= LEAST_REPLICATES else steadiness(cv)


def steadiness(cv: float | None) -> str:
    """The coefficient of variation in words; above 20%, or unknown, the times decide nothing."""
    if cv is None:
        return INCONCLUSIVE
    return next((word for limit, word in _WORDS if cv <= limit), INCONCLUSIVE)


def doubt(found: Mapping[str, Any] | None) -> str:
    """Why the times of a `latency` do not count, in a sentence; empty where they do."""
    if found is None or found["verdict"] != INCONCLUSIVE:
        return ""
    if found["cached"] is not None:
        return f"answers came {found['cached']:.0%} faster the second time: a cache gave them"
    if found["cv"] is None:
        return f"fewer than {LEAST_REPLICATES} replicates were taken"
    return f"the times vary by {found['cv']:.1%} over the replicates, more than {UNSTEADY:.0%}"


def parity(outputs: Sequence[Output], rows: Sequence[Row]) -> float | None:
    """The share of timed answers that equal the scored ones.

    The timed model has its adapter merged, the scored one beside its base. They should agree; an
    adapter that is silently ignored shows here. An answer that failed equals one that failed.
    """
    scored = {output.sample_id: _said(output.text, output.error) for output in outputs}
    if not rows:
        return None
    agree = sum(_said(row["text"], row["error"]) == scored[row["sample_id"]] for row in rows)
    return round(agree / len(rows), 4)


def _said(text: str, error: str | None) -> str | None:
    return None if error is not None else text
