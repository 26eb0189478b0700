"""The scores of several seeds of one recipe to those of the recipe."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness.config.sections import ScoreSection
from harness.core import Sample, Score
from harness.metrics.measured import PARTS, Measured
from harness.metrics.repeats import mean_over_seeds
from harness.metrics.summary import estimates, in_words, profile_with
from harness.store.codec import read_suite
from harness.store.files import read_json, read_jsonl, write_json, write_jsonl

Row = dict[str, Any]
# Rows of scores.jsonl by question and metric, in their order.
Table = Mapping[tuple[str, str], Row]

# The metrics that Measured holds, in its order.
METRICS = ("correct", "response", "efficiency")
# What is counted of the lengths of answers.
_COUNTED = ("truncated", "empty", "thinking")


def pool(
    section: ScoreSection,
    seeds: Sequence[int],
    questions: Path,
    scored: Sequence[Path],
    work: Path,
) -> None:
    """Write `scores.jsonl` and `score.json`, of the shape that the score stage writes them in.

    Every number is the mean over the seeds, and a count is rounded up; the parts and the total
    have an interval. What is no number, such as a confusion matrix, is the first seed's.

    Args:
        section: changes to the profile.
        seeds: what the recipe was trained with.
        questions: folder of the questions stage.
        scored: folders of the score stage, one a seed.
        work: the stage's folder.
    """
    suite = read_suite(questions)
    tables = [_table(folder / "scores.jsonl") for folder in scored]
    summaries = [read_json(folder / "score.json") for folder in scored]
    measured = mean_over_seeds([_measured(suite.test, table) for table in tables])
    found = estimates(measured, suite.test, profile_with(suite.profile, section))
    rows = list(mean_scores(tables))
    write_jsonl(work / "scores.jsonl", rows)
    scores = [Score(r["sample_id"], r["metric"], r["value"], r["note"]) for r in rows]
    found = {**_means(summaries, found), **in_words(suite, scores)}
    write_json(work / "score.json", {**found, "repeats": spread(seeds, summaries)})


def spread(seeds: Sequence[int], summaries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How far the seeds scatter: AS and total of each, in points, and the standard deviations.

    Returns:
        `n, seeds, AS, total, sd {AS, total}`: a score is `None` where a seed has none, a deviation
        (n - 1 in the denominator) where fewer than two have one.
    """
    accuracies = [_value(summary["parts"]["AS"]) for summary in summaries]
    totals = [_value(summary["total"]) for summary in summaries]
    return {
        "n": len(seeds),
        "seeds": list(seeds),
        "AS": accuracies,
        "total": totals,
        "sd": {"AS": _deviation(accuracies), "total": _deviation(totals)},
    }


def _value(estimate: Mapping[str, float] | None) -> float | None:
    return None if estimate is None else estimate["value"]


def _deviation(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(statistics.stdev(known), 2) if len(known) > 1 else None


def mean_scores(tables: Sequence[Table]) -> Iterator[Row]:
    """The mean of each question and metric over the seeds, in the order of the first."""
    for key, row in tables[0].items():
        rows = [table[key] for table in tables if key in table]
        mean = _mean(found["value"] for found in rows)
        value = None if mean is None else round(mean, 6)
        yield {**row, "value": value, "note": _note(rows)}


def _note(rows: Sequence[Row]) -> str:
    """What the seeds have in common; where they differ, how many are right."""
    notes = {str(row["note"]) for row in rows}
    if len(notes) == 1:
        return notes.pop()
    right = sum(row["value"] == 1 for row in rows)
    return f"{right} of {len(rows)} seeds right"


def _table(file: Path) -> Table:
    return {(str(row["sample_id"]), str(row["metric"])): row for row in read_jsonl(file)}


def _measured(samples: Sequence[Sample], table: Table) -> Measured:
    """What one seed earned, from its rows."""
    rows = [[table[sample.id, metric] for metric in METRICS] for sample in samples]
    values = [
        [math.nan if row["value"] is None else row["value"] for row in three] for three in rows
    ]
    correct = [three[0] for three in rows]
    return Measured(
        np.array(values, dtype=np.float64).reshape(-1, len(PARTS)),
        unscored=np.array([row["value"] is None for row in correct], dtype=np.bool_),
        unparsed=np.array([row["note"].startswith("unparsed") for row in correct], dtype=np.bool_),
    )


def _means(summaries: Sequence[Mapping[str, Any]], found: Mapping[str, Any]) -> dict[str, Any]:
    """The first seed's summary with every number of it replaced by the mean."""
    first = summaries[0]
    counts = ("unanswered", "unscored", "unparsed")
    return {
        **first,
        **found,
        **{name: _average_count(s[name] for s in summaries) for name in counts},
        "families": {
            name: {**family, "AS": _mean(s["families"][name]["AS"] for s in summaries)}
            for name, family in first["families"].items()
        },
        "macro": _mean(s["macro"] for s in summaries),
        "length": _length([s["length"] for s in summaries if s["length"] is not None]),
        "measures": [_measure(measure, summaries) for measure in first["measures"]],
    }


def _length(lengths: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Lengths of the seeds on average."""
    if not lengths:
        return None
    return {name: _on_average(name, [one[name] for one in lengths]) for name in lengths[0]}


def _on_average(name: str, values: Sequence[Any]) -> Any:
    """One field of the lengths: counts are rounded up, spreads go by field, names are the first's.

    `curt` is of the first seed that has enough answers of both kinds.
    """
    first = values[0]
    if name in _COUNTED:
        return _average_count(values)
    if name == "curt":
        return next((found for found in values if found), None)
    if isinstance(first, Mapping):
        return {field: _mean(one[field] for one in values) for field in first}
    return first if isinstance(first, str) else _mean(values)


def _measure(first: Mapping[str, Any], summaries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A measure beside the score, without its interval, which knows nothing of seeds."""
    key = _key(first)
    values = (one["value"] for s in summaries for one in s["measures"] if _key(one) == key)
    kept = {name: value for name, value in first.items() if name not in ("low", "high")}
    return {**kept, "value": _mean(values)}


def _key(measure: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(measure.get(name) for name in ("group", "name", "signature"))


def _mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that there are."""
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def _average_count(counts: Iterable[int]) -> int:
    """The mean of counts, rounded up: what any seed has is not rounded away."""
    return math.ceil(statistics.fmean(counts))
