"""What a set of questions can show, before anybody has answered it.

Two entries that are equally often right are drawn at random over the very rows and wordings that
will be asked, and compared as a board compares them. What is assumed is said beside the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from harness.metrics.clusters import Clusters, Floats, Sources
from harness.metrics.intervals import detectable

#: What is assumed of entries: how often they are right, which share of the chance in an answer is
#: its row's and which its wording's, and how much of that is each entry's own.
ACCURACY, OF_ROWS, OF_WORDINGS, OWN = 0.7, 0.15, 0.06, 0.5
_DRAWS = 40
_SEED = 0


@dataclass(frozen=True, slots=True)
class Power:
    """What questions show of the accuracy of two entries, in points.

    Args:
        questions: how many there are.
        rows: of how many table rows.
        wordings: in how many wordings.
        points: the smallest true difference that they show in four of five tries; `None` where one
            or two wordings can carry no comparison.
        needed: for some differences in points, how many questions over more rows, in as many
            wordings, would show them; `None` where no number would, for want of wordings.
    """

    questions: int
    rows: int
    wordings: int
    points: float | None
    needed: dict[int, int | None]


def power(clusters: Clusters, wanted: tuple[int, ...] = (10, 5, 2)) -> Power:
    """Say what questions can show.

    Args:
        clusters: row and wording of each question.
        wanted: differences in points to find numbers of questions for.
    """
    n = len(clusters.rows)
    rows, wordings = len(set(clusters.rows)), len(set(clusters.templates))
    if clusters.fixed or n < 2:
        return Power(n, rows, wordings, None, dict.fromkeys(wanted))
    parts = np.array(list(_parts(clusters)))
    of_rows, of_wordings = parts[:, :2].mean(axis=0)
    reach = detectable(100.0, float(np.median(parts[:, 2])))
    needed = {
        points: _questions(n, (points / reach) ** 2, of_rows, of_wordings) for points in wanted
    }
    return Power(n, rows, wordings, reach * math.sqrt(of_rows + of_wordings), needed)


def _questions(n: int, variance: float, of_rows: float, of_wordings: float) -> int | None:
    """How many questions bring the variance of a difference down, where wordings stay as many."""
    return None if variance <= of_wordings else math.ceil(n * of_rows / (variance - of_wordings))


def _parts(clusters: Clusters) -> Iterator[tuple[float, float, float]]:
    """Variance of a difference: what more rows make smaller, what only more wordings do, and df."""
    everything = np.ones(len(clusters.rows), dtype=np.bool_)
    sources = Sources(clusters.factors(everything))
    dice = np.random.default_rng(_SEED)
    for _ in range(_DRAWS):
        influence = _difference(clusters, dice) / len(everything)
        found = sources.components(influence[:, None])
        variance, df = (float(one[0]) for one in found.of_each())
        wording = 0.0
        if len(found.sources) > 1:
            wording = max(0.0, float((found.sources[1] - found.residual)[0, 0]))
        yield max(variance - wording, 0.0), wording, df


def _difference(clusters: Clusters, dice: np.random.Generator) -> Floats:
    """Right or wrong of one entry less that of another, less the mean; shape (n,)."""
    shared = _effects(clusters, dice)
    one, other = (_right(clusters, shared, dice) for _ in range(2))
    return np.asarray((one - other) - (one - other).mean())


def _right(clusters: Clusters, shared: Floats, dice: np.random.Generator) -> Floats:
    """Right where a normal variable, made of effects and chance, lies under a threshold."""
    effects = math.sqrt(1 - OWN) * shared + math.sqrt(OWN) * _effects(clusters, dice)
    noise = math.sqrt(1 - OF_ROWS - OF_WORDINGS) * dice.standard_normal(len(shared))
    return np.asarray((effects + noise < NormalDist().inv_cdf(ACCURACY)).astype(np.float64))


def _effects(clusters: Clusters, dice: np.random.Generator) -> Floats:
    """What row and wording do to each question; shape (n,)."""
    rows, wordings = (_draw(labels, dice) for labels in (clusters.rows, clusters.templates))
    return np.asarray(math.sqrt(OF_ROWS) * rows + math.sqrt(OF_WORDINGS) * wordings)


def _draw(labels: Sequence[str], dice: np.random.Generator) -> Floats:
    """One normal draw a label, at each place of the label."""
    number = np.unique(labels, return_inverse=True)[1].reshape(-1)
    return dice.standard_normal(int(number.max()) + 1)[number]
