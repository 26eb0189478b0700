"""From judged answers to AS, ART, AE and the total.

The official formulas are not public; these are Podium's own, named by the profile's id.

    AS    = 100 · mean(c)            c correctness in [0, 1]
    ART   = 100 · mean(c · r(t))     t end-to-end seconds; mean(r(t)) where the profile says `all`
    AE    = 100 · mean(e)            e = c · min(1, L_reference / L)
    total = Σ weight · part

Not to answer earns nothing, so nobody gains by it. Three things that a careless score mixes up:

    unanswered  no answer came (an error, a missing prediction), or it says nothing: c = r = e = 0
    unparsed    an answer came that the rules cannot read: c = 0, and its share is reported
    unscored    a judge was asked and could not decide: left out of the means, and counted
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.bootstrap import (
    RESAMPLES,
    Difference,
    Floats,
    Interval,
    cluster_factors,
    difference,
    interval,
    resample_means,
    wilson,
)
from harness.metrics.text import answer_part, information_length, is_empty

if TYPE_CHECKING:
    from harness.core import Output, Profile
    from harness.metrics.verdict import Verdict

PARTS = ("AS", "ART", "AE")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run earned on each question.

    Args:
        values: shape (n, 3) in [0, 1]: c, what ART averages (c · r, or r) and e. `nan` where there
            is nothing to measure: of an unscored sample, e without a reference, the second where
            the question's time does not count.
        unscored: shape (n,), whether nobody could decide about the answer.
        unparsed: shape (n,), whether the rules could not read the answer; its c is 0.
    """

    values: Floats
    unscored: np.ndarray[tuple[int], np.dtype[np.bool_]]
    unparsed: np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Table row and template of each question, in order: what the intervals resample."""

    rows: tuple[str, ...]
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """The parts and the total of one run, 0 to 100.

    Args:
        parts: AS, ART and AE; `None` where no sample has data for the part.
        total: the weighted mean of the parts that there are; `None` where there are none.
        over: the weights of the total, which add up to 1: a part without data is not among them.
        n: number of questions.
        unscored: about how many answers nobody could decide.
        unparsed: how many answers the rules could not read (they count 0 in AS).
    """

    parts: Mapping[str, Interval | None]
    total: Interval | None
    over: Mapping[str, float]
    n: int
    unscored: int
    unparsed: int


def response_value(e2e_s: float, profile: Profile) -> float:
    """Return what a response time earns: 1 up to `t_full`, 0 from `t_zero`, linear in log t.

    r(t) = log(t_zero / t) / log(t_zero / t_full)

    Args:
        e2e_s: end-to-end seconds of one question at concurrency 1.
        profile: holds the band, in seconds.
    """
    if e2e_s <= profile.t_full:
        return 1.0
    if e2e_s >= profile.t_zero:
        return 0.0
    return math.log(profile.t_zero / e2e_s) / math.log(profile.t_zero / profile.t_full)


def efficiency(c: float, text: str, reference: str) -> float:
    """Return what an answer earns for being short: c · min(1, L_reference / L).

    L counts the characters that carry information in the answer (thinking is no part of it), and
    L_reference those of the terse reference sentence. Being shorter earns nothing more.

    Returns:
        The value in [0, c], or `nan` where the reference says nothing to compare with.
    """
    terse = information_length(reference)
    if terse == 0:
        return math.nan
    length = information_length(answer_part(text))
    return c * min(1.0, terse / length) if length else c


def measure(
    outputs: Sequence[Output],
    verdicts: Sequence[Verdict | None],
    references: Sequence[str],
    profile: Profile,
    counted: Sequence[bool],
) -> Measured:
    """Turn the answers of one run into what they earned, question by question.

    Args:
        outputs: one a question, in order. `e2e_s` is the time that scores, so the median over
            replicates where there are several.
        verdicts: one an output; `None` where there was nothing to judge, which earns nothing.
        references: terse reference sentences, empty where there is none.
        profile: the band of response times, and whose times earn.
        counted: whether the question's time counts; without one its answer earns 0 in ART.
    """
    columns = zip(outputs, verdicts, references, counted, strict=True)
    rows = [_measure_one(*each, profile) for each in columns]
    values = np.array(rows, dtype=np.float64).reshape(-1, len(PARTS))
    unparsed = [
        verdict is not None
        and verdict.value is None
        and not verdict.unjudged
        and not says_nothing(output)
        for output, verdict in zip(outputs, verdicts, strict=True)
    ]
    return Measured(values, np.isnan(values[:, 0]), np.array(unparsed, dtype=np.bool_))


def says_nothing(output: Output) -> bool:
    """Tell whether an output answers nothing: it failed, or its text is empty."""
    return output.failed or is_empty(output.text)


def earns_time(output: Output) -> bool:
    """Tell whether an answer can earn anything by its time: one that is whole and says something.

    Any other earns 0 in ART however long it took.
    """
    return output.finish_reason != "length" and not says_nothing(output)


def _measure_one(
    output: Output, verdict: Verdict | None, reference: str, counted: bool, profile: Profile
) -> tuple[float, float, float]:
    """Return c, what ART averages, and e of one sample."""
    c = 0.0 if says_nothing(output) else _correctness(verdict)
    whole = 0.0 if output.finish_reason == "length" else c  # what is cut may be right, no more
    e = efficiency(whole, output.text, reference)
    if not counted:
        return c, math.nan, e
    r = response_value(output.e2e_s, profile) if output.e2e_s is not None else 0.0
    if r == 0 or not earns_time(output):
        return c, 0.0, e
    return c, r if profile.art == "all" else whole * r, e


def _correctness(verdict: Verdict | None) -> float:
    """How right an answer that says something is; `nan` where a judge could not decide."""
    if verdict is None:
        return 0.0
    if verdict.unjudged:
        return math.nan
    return 0.0 if verdict.value is None else verdict.value


def score(
    measured: Measured,
    clusters: Clusters,
    profile: Profile,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Scores:
    """Score one run: parts and total with their 95% intervals, resampled together."""
    means, resampled, over = _resample([measured], clusters, profile, resamples, seed)
    parts = {name: interval(float(means[0, i]), resampled[:, 0, i]) for i, name in enumerate(PARTS)}
    if parts["AS"] is not None:
        parts["AS"] = _not_too_sure(parts["AS"], measured, clusters)
    if parts["AS"] is not None and parts["AE"] is not None:
        parts["AE"] = _no_surer_than(parts["AS"], parts["AE"])
    total = None
    if over:
        total = interval(_total(means, over)[0], _total(resampled, over)[:, 0])
    if total is not None and total.low == total.high:
        total = _sum_of(parts, over)
    return Scores(
        parts, total, over, len(measured.values),
        int(measured.unscored.sum()), int(measured.unparsed.sum()),
    )  # fmt: skip


def joint_totals(
    runs: Sequence[Measured],
    clusters: Clusters,
    profile: Profile,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """Score several runs on the same questions with the same resamples, for ranking.

    Only the parts that every run has enter.

    Returns:
        Totals of shape (k,) and resampled totals of shape (resamples, k), 0 to 100.
    """
    means, resampled, over = _resample(runs, clusters, profile, resamples, seed)
    return _total(means, over), _total(resampled, over)


def compare(
    first: Measured,
    second: Measured,
    clusters: Clusters,
    profile: Profile,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Difference | None]:
    """Compare two runs on the same questions: second minus first, in points.

    A question that either run leaves unscored is left out of both, so the pairs stay pairs.

    Returns:
        `AS`, `ART`, `AE` and `total`; `None` where either run lacks the data.
    """
    missing = np.isnan(first.values) | np.isnan(second.values)
    pair = [
        Measured(np.where(missing, math.nan, run.values), run.unscored, run.unparsed)
        for run in (first, second)
    ]
    means, resampled, over = _resample(pair, clusters, profile, resamples, seed)
    shift, shifts = means[1] - means[0], resampled[:, 1] - resampled[:, 0]
    found = {name: difference(float(shift[i]), shifts[:, i]) for i, name in enumerate(PARTS)}
    found["total"] = difference(float(_total(shift, over)), _total(shifts, over)) if over else None
    return found


def family_accuracy(
    measured: Measured, families: Sequence[str]
) -> dict[str, dict[str, float | None]]:
    """Return for each family `n`, its questions, and `AS` over those that are scored."""
    groups: dict[str, list[float]] = {}
    for family, c in zip(families, measured.values[:, 0], strict=True):
        groups.setdefault(family, []).append(float(c))
    found: dict[str, dict[str, float | None]] = {}
    for family, values in groups.items():
        scored = [c for c in values if not math.isnan(c)]
        accuracy = 100 * sum(scored) / len(scored) if scored else None
        found[family] = {"n": len(values), "AS": accuracy}
    return found


def macro_accuracy(families: Mapping[str, Mapping[str, float | None]]) -> float | None:
    """Return the mean of the families' AS, each family as heavy as any other.

    Args:
        families: as `family_accuracy` returns them; one without an AS is left out.
    """
    known = [family["AS"] for family in families.values() if family["AS"] is not None]
    return math.fsum(known) / len(known) if known else None


def _resample(
    runs: Sequence[Measured], clusters: Clusters, profile: Profile, resamples: int, seed: int
) -> tuple[Floats, Floats, dict[str, float]]:
    """Return means (k, 3), resampled means (resamples, k, 3), both in points, and the weights."""
    table = 100 * np.stack([run.values for run in runs], axis=1)
    n, k, m = table.shape
    flat = table.reshape(n, k * m)
    counts = (~np.isnan(flat)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        means = (np.nansum(flat, axis=0) / counts).reshape(k, m)
    factors = cluster_factors(clusters.rows, clusters.templates)
    resampled = resample_means(flat, factors, resamples=resamples, seed=seed)
    there = ~np.isnan(means).any(axis=0)
    given = {
        name: profile.weights.get(name, 0.0) for name, has in zip(PARTS, there, strict=True) if has
    }
    sum_of_weights = sum(given.values())
    over = {name: w / sum_of_weights for name, w in given.items() if w > 0}
    return means, resampled.reshape(-1, k, m), over


def _total(means: Floats, over: Mapping[str, float]) -> Floats:
    """Weigh the last axis, the parts: (..., 3) to (...)."""
    chosen = [PARTS.index(name) for name in over]
    return np.asarray(means[..., chosen] @ np.array(list(over.values()), dtype=np.float64))


def _no_surer_than(accuracy: Interval, efficiency: Interval) -> Interval:
    """Widen an efficiency that resampling cannot move to what the accuracy allows it."""
    if efficiency.low < efficiency.high:
        return efficiency
    value = efficiency.value
    return Interval(value, min(value, accuracy.low), max(value, accuracy.high))


def _sum_of(parts: Mapping[str, Interval | None], over: Mapping[str, float]) -> Interval:
    """A total whose resamples all agree, with the ends of its parts' intervals."""
    given = [(weight, part) for name, weight in over.items() if (part := parts[name]) is not None]
    return Interval(
        sum(weight * part.value for weight, part in given),
        sum(weight * part.low for weight, part in given),
        sum(weight * part.high for weight, part in given),
    )


def _not_too_sure(accuracy: Interval, measured: Measured, clusters: Clusters) -> Interval:
    """Widen the interval of an accuracy that resampling cannot move.

    Where every answer is right (or wrong) each resample says so too. Wilson's interval over as
    many trials as there are independent clusters says what a handful of right answers is worth.
    """
    if accuracy.low < accuracy.high:
        return accuracy
    scored = ~measured.unscored
    factor = cluster_factors(clusters.rows, clusters.templates)[0][scored]
    trials = len(np.unique(factor))
    share = wilson(accuracy.value / 100 * trials, trials)
    return (
        accuracy if share is None else Interval(accuracy.value, 100 * share.low, 100 * share.high)
    )
