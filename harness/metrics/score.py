"""From judged answers to AS, ART, AE and the total.

The official formulas are not public; these are Podium's own, named by the profile's id.

    AS    = 100 · mean(c)            c correctness in [0, 1]
    ART   = 100 · mean(r(t))         t end-to-end seconds
    AE    = 100 · mean(e)            e = c · min(1, L_reference / L)
    total = Σ weight · part

A missing value is left out of its mean and counted; it is never 0 in silence. Two things that a
careless score mixes up are kept apart:

    unscored  no answer came (an error, a missing prediction): left out of AS and AE, and counted
    unparsed  an answer came that the rules cannot read: 0 in AS, and its share is reported
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.clusters import Bools, Clusters, Floats, components
from harness.metrics.intervals import Difference, Interval, difference, mean_interval
from harness.metrics.text import answer_part, information_length, is_empty

if TYPE_CHECKING:
    from harness.core import Output, Profile
    from harness.metrics.verdict import Verdict

PARTS = ("AS", "ART", "AE")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run earned on each question.

    Args:
        values: shape (n, 3) in [0, 1]: c, r and e. `nan` where there is nothing to measure:
            c and e of an unscored sample, e without a reference, r without a time.
        unscored: shape (n,), whether no answer came.
        unparsed: shape (n,), whether the rules could not read the answer; its c is 0.
        seeds: shape (k, 3), the means of k trainings of one recipe, where `values` are their mean
            question by question; shape (0, 3) where it was trained once or not at all.
    """

    values: Floats
    unscored: Bools
    unparsed: Bools
    seeds: Floats = field(default_factory=lambda: np.zeros((0, len(PARTS))))


@dataclass(frozen=True, slots=True)
class Scores:
    """The parts and the total of one run, 0 to 100.

    Args:
        parts: AS, ART and AE; `None` where no sample has data for the part.
        total: the weighted mean of the parts that there are; `None` where there are none.
        over: the weights of the total, which add up to 1: a part without data is not among them.
        n: number of questions.
        unscored: how many got no answer.
        unparsed: how many answers the rules could not read (they count 0 in AS).
        fixed: whether the intervals hold for these wordings only, since one or two say nothing of
            how far another would differ.
    """

    parts: Mapping[str, Interval | None]
    total: Interval | None
    over: Mapping[str, float]
    n: int
    unscored: int
    unparsed: int
    fixed: bool


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
    outputs: Sequence[Output | None],
    verdicts: Sequence[Verdict | None],
    references: Sequence[str],
    profile: Profile,
) -> Measured:
    """Turn the answers of one run into what they earned, question by question.

    Args:
        outputs: one an question, in order; `None` where the prediction is missing. `e2e_s` is the
            time that scores, so the median over replicates where there are several.
        verdicts: one an output; `None` where there was nothing to judge.
        references: terse reference sentences, empty where there is none.
        profile: the band of response times.
    """
    timed = any(output is not None and output.e2e_s is not None for output in outputs)
    rows = [
        _measure_one(output, verdict, reference, profile)
        for output, verdict, reference in zip(outputs, verdicts, references, strict=True)
    ]
    values = np.array(rows, dtype=np.float64).reshape(-1, len(PARTS))
    if not timed:  # the zeros of failed answers are no times
        values[:, 1] = math.nan
    unparsed = [
        not _failed(output)
        and verdict is not None
        and verdict.value is None
        and not verdict.unjudged
        for output, verdict in zip(outputs, verdicts, strict=True)
    ]
    return Measured(values, np.isnan(values[:, 0]), np.array(unparsed, dtype=np.bool_))


def _failed(output: Output | None) -> bool:
    return output is None or output.error is not None or output.finish_reason == "error"


def _measure_one(
    output: Output | None, verdict: Verdict | None, reference: str, profile: Profile
) -> tuple[float, float, float]:
    """Return c, r and e of one sample."""
    if output is None:
        return math.nan, math.nan, math.nan
    if _failed(output) or verdict is None:
        return math.nan, 0.0, math.nan
    if verdict.unjudged:
        return math.nan, math.nan, math.nan
    c = 0.0 if verdict.value is None else verdict.value
    if output.finish_reason == "length" or is_empty(output.text):
        return c, 0.0, efficiency(0.0, output.text, reference)
    r = math.nan if output.e2e_s is None else response_value(output.e2e_s, profile)
    return c, r, efficiency(c, output.text, reference)


def score(measured: Measured, clusters: Clusters, profile: Profile) -> Scores:
    """Score one run: parts and total, each with its 95% interval."""
    run = _Influence(measured)
    over = _weights([run], profile)
    parts = {
        part: None if math.isnan(run.means[i]) else _interval(run, _unit(i), clusters)
        for i, part in enumerate(PARTS)
    }
    total = _interval(run, _vector(over), clusters) if over else None
    return Scores(
        parts, total, over, len(measured.values),
        int(measured.unscored.sum()), int(measured.unparsed.sum()), clusters.fixed,
    )  # fmt: skip


def average(runs: Sequence[Measured]) -> Measured:
    """One measurement of a recipe that was trained several times, over the same questions.

    Returns:
        The mean over the trainings, question by question, with the means of each: what was left
        unscored in any is out of the mean of that question.
    """
    table = np.stack([run.values for run in runs])
    there = ~np.isnan(table)
    with np.errstate(invalid="ignore"):
        values = np.nansum(table, axis=0) / there.sum(axis=0)
    seeds = np.stack([_Influence(run).means for run in runs])
    return Measured(
        values,
        np.any([run.unscored for run in runs], axis=0),
        np.any([run.unparsed for run in runs], axis=0),
        seeds,
    )


@dataclass(frozen=True, slots=True)
class Joint:
    """How totals over the same questions vary together, in points.

    Args:
        covariance: shape (k, k); of the questions, and of the trainings where there are several.
        variance: shape (k, k), of the difference of each pair; never 0 beside the diagonal.
        df: shape (k, k), degrees of freedom of `variance`.
        fixed: whether all this holds for these wordings only.
    """

    covariance: Floats
    variance: Floats
    df: Floats
    fixed: bool


def joint_totals(
    runs: Sequence[Measured], clusters: Clusters, profile: Profile
) -> tuple[Floats, Joint]:
    """Score several runs on the same questions together, for ranking.

    Only the parts that every run has enter.

    Returns:
        Totals of shape (k,), 0 to 100, and how they vary together.
    """
    each = [_Influence(run) for run in runs]
    over = _weights(each, profile)
    chosen = _vector(over)
    asked = np.any([run.asked(chosen) for run in each], axis=0)
    table = np.stack([run.of(chosen)[asked] for run in each], axis=1)
    parts = components(table, clusters.factors(asked))
    variance, df = parts.of_pairs()
    seeds = np.array([run.seeds(chosen) for run in each])
    trained = np.array([max(len(run.measured.seeds) - 1, 1) for run in each], dtype=np.float64)
    unseen = np.array([run.step(chosen) for run in each]) ** 2
    extra = [
        (np.add.outer(unseen, unseen), float(asked.sum())),
        (np.broadcast_to(seeds[:, None], variance.shape), trained[:, None]),
        (np.broadcast_to(seeds[None, :], variance.shape), trained[None, :]),
    ]
    variance, df = _add(variance, df, extra)
    covariance = parts.covariance + np.diag(seeds + unseen)
    totals = np.array([float(run.means[chosen > 0] @ chosen[chosen > 0]) for run in each])
    points = 100.0**2
    return 100 * totals, Joint(points * covariance, points * variance, df, clusters.fixed)


def compare(
    first: Measured, second: Measured, clusters: Clusters, profile: Profile
) -> dict[str, Difference | None]:
    """Compare two runs on the same questions: second minus first, in points.

    A question that either run leaves unscored is left out of both, so the pairs stay pairs.

    Returns:
        `AS`, `ART`, `AE` and `total`; `None` where either run lacks the data.
    """
    missing = np.isnan(first.values) | np.isnan(second.values)
    pair = [replace(run, values=np.where(missing, math.nan, run.values)) for run in (first, second)]
    whole = _weights([_Influence(run) for run in pair], profile)
    wanted = {**{part: {part: 1.0} for part in PARTS}, "total": whole}
    return {
        name: _difference(pair, clusters, replace(profile, weights=weights))
        for name, weights in wanted.items()
    }


def _difference(
    pair: Sequence[Measured], clusters: Clusters, profile: Profile
) -> Difference | None:
    if not _weights([_Influence(run) for run in pair], profile):
        return None
    totals, joint = joint_totals(pair, clusters, profile)
    return difference(
        float(totals[1] - totals[0]), float(joint.variance[0, 1]), float(joint.df[0, 1])
    )


class _Influence:
    """A run's means, and what each answer adds to them beyond the mean.

    Each mean is steadied by one answer that is right and one that is wrong, as many as keep it off
    0 and 1 (A. Agresti, B. A. Coull, "Approximate is better than exact for interval estimation of
    binomial proportions", American Statistician 52, 1998, 119-126, add two of each): where every
    answer is right, the variance of what was seen is 0, and that of what was not is not.
    """

    def __init__(self, measured: Measured) -> None:
        self.measured = measured
        self._there = ~np.isnan(measured.values)
        self._n = self._there.sum(axis=0)
        filled = np.where(self._there, measured.values, 0.0)
        with np.errstate(invalid="ignore"):
            self.means = filled.sum(axis=0) / self._n
        self._centres = (filled.sum(axis=0) + 1) / (self._n + 2)
        beyond = np.where(self._there, measured.values - self.means, 0.0)
        self._influence = beyond / (self._n + 2)

    def asked(self, weights: Floats) -> Bools:
        """Which questions have a value in any part that has weight; shape (n,)."""
        return np.asarray(self._there[:, weights > 0].any(axis=1))

    def of(self, weights: Floats) -> Floats:
        """What each answer adds to the weighted mean of the parts; shape (n,)."""
        return np.asarray(self._influence[:, weights > 0] @ weights[weights > 0])

    def centre(self, weights: Floats) -> float:
        """The weighted mean of the steadied parts, within 0 and 1."""
        return float(self._centres[weights > 0] @ weights[weights > 0])

    def step(self, weights: Floats) -> float:
        """How far one answer from 0 to 1 would move the weighted mean."""
        return float((weights[weights > 0] / (self._n[weights > 0] + 2)).sum())

    def seeds(self, weights: Floats) -> float:
        """Variance of the weighted mean that comes from training again; 0 where that is unknown."""
        k = len(self.measured.seeds)
        if k < 2:
            return 0.0
        each = self.measured.seeds[:, weights > 0] @ weights[weights > 0]
        return float(np.var(each, ddof=1) / k)


def _interval(run: _Influence, weights: Floats, clusters: Clusters) -> Interval:
    """The weighted mean of a run's parts with its interval, in points."""
    asked = run.asked(weights)
    found = components(run.of(weights)[asked][:, None], clusters.factors(asked))
    variance, df = found.of_each()
    centre, step = run.centre(weights), run.step(weights)
    unseen = step**2 * (centre**2 + (1 - centre) ** 2)
    trained = float(max(len(run.measured.seeds) - 1, 1))
    extra = [(np.array([unseen]), float(asked.sum())), (np.array([run.seeds(weights)]), trained)]
    variance, df = _add(variance, df, extra)
    value = float(run.means[weights > 0] @ weights[weights > 0])
    made = mean_interval(value, centre, float(variance[0]), float(df[0]))
    return Interval(100 * made.value, 100 * made.low, 100 * made.high)


def _add(
    variance: Floats, df: Floats, extra: Sequence[tuple[Floats, Floats | float]]
) -> tuple[Floats, Floats]:
    """Add independent variances, each with its degrees of freedom, by Satterthwaite's rule."""
    whole, spent = variance, np.square(variance) / df
    for more, free in extra:
        whole = whole + more
        spent = spent + np.square(more) / free
    with np.errstate(divide="ignore", invalid="ignore"):
        return whole, np.where(spent > 0, np.square(whole) / spent, df)


def _weights(runs: Sequence[_Influence], profile: Profile) -> dict[str, float]:
    """The weights of the parts that every run has, adding up to 1; nothing where there are none."""
    there = ~np.isnan([run.means for run in runs]).any(axis=0)
    given = {
        name: profile.weights.get(name, 0.0) for name, has in zip(PARTS, there, strict=True) if has
    }
    whole = sum(given.values())
    return {name: weight / whole for name, weight in given.items() if weight > 0}


def _vector(over: Mapping[str, float]) -> Floats:
    return np.array([over.get(part, 0.0) for part in PARTS], dtype=np.float64)


def _unit(part: int) -> Floats:
    return np.eye(len(PARTS))[part]


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
