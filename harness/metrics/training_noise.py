"""What training again does to a difference of two runs: seen with several seeds, or of others.

With one seed each the questions say nothing of it: all of them are answered by the same two
trainings. It is then taken from what other recipes of the suite showed, and where nothing is known
there is no saying how far apart two trainings of one recipe would lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harness.metrics.clusters import Floats
from harness.metrics.intervals import LEVEL
from harness.metrics.measured import Measured

_HIGH = (1 + LEVEL) / 2


@dataclass(frozen=True, slots=True)
class Scatter:
    """How far trainings of one recipe scatter.

    Args:
        sd: standard deviation of one training, as a share of the whole score (0.03 is 3 points).
        df: degrees of freedom behind it: seeds less recipes.
    """

    sd: float
    df: float


@dataclass(frozen=True, slots=True)
class Trained:
    """One side of a comparison.

    Args:
        run: what it earned; with `seeds` where it was trained several times.
        varies: whether another training would have made it another: not what was never trained.
    """

    run: Measured
    varies: bool = True

    @property
    def trainings(self) -> int:
        """How many trainings its values are the mean of."""
        return max(len(self.run.seeds), 1)


def pooled(several: Iterable[Scatter]) -> Scatter | None:
    """One scatter for several recipes, each as heavy as its degrees of freedom; `None` of none."""
    found = [one for one in several if one.df > 0]
    df = sum(one.df for one in found)
    if not found:
        return None
    return Scatter(float(np.sqrt(sum(one.df * one.sd**2 for one in found) / df)), df)


def own_scatter(run: Measured, weights: Floats) -> Scatter | None:
    """How far a run's own trainings scatter in a weighted mean of the parts; `None` of one."""
    if len(run.seeds) < 2:
        return None
    each = run.seeds[:, weights > 0] @ weights[weights > 0]
    return Scatter(float(np.std(each, ddof=1)), float(len(each) - 1))


def together(questions: tuple[float, float], trainings: tuple[float, float]) -> tuple[float, float]:
    """Add the variances of questions and of trainings, each with its degrees of freedom.

    Few seeds make Satterthwaite's degrees of freedom too many: where two decide, a test of 5% errs
    in 7%. Cochran's quantile (W. G. Cochran, "Approximate significance levels of the Behrens-Fisher
    test", Biometrics 20, 1964, 191-195), the mean of both by their variances, errs in 3%. Of the
    way from one to the other it is a half with two degrees of freedom, a quarter with four: that
    errs in 3 to 6%, whatever the share of either (simulated for 2 to 10 degrees of freedom). The
    degrees of freedom returned are those that have this quantile.
    """
    from scipy.special import stdtridf, stdtrit

    (one, df), (other, few) = questions, trainings
    whole = one + other
    if not other:
        return questions
    satterthwaite = stdtrit(whole**2 / (one**2 / df + other**2 / few), _HIGH)
    cochran = (one * stdtrit(df, _HIGH) + other * stdtrit(few, _HIGH)) / whole
    return whole, float(stdtridf(_HIGH, satterthwaite + (cochran - satterthwaite) / few))


def of_difference(
    sides: Sequence[Trained], weights: Floats, known: Scatter | None
) -> tuple[float, float] | None:
    """Variance, and its degrees of freedom, that training again adds to a difference.

    Both trained several times: by their own scatter, pooled, for two recipes of one suite scatter
    alike, and where both have as many seeds the pooled test holds even where they do not (G. E. P.
    Box, "Some theorems on quadratic forms applied in the study of analysis of variance problems",
    Annals of Mathematical Statistics 25, 1954, 290-302). One alone: its own and what is known.
    Neither: what is known.

    Args:
        sides: the two runs.
        weights: of the parts, shape (3,).
        known: how far other recipes of this suite and base scatter.

    Returns:
        (0, 1) where nothing varies; `None` where something does and nobody knows how far.
    """
    varying = [side for side in sides if side.varies]
    if not varying:
        return 0.0, 1.0
    own = [found for side in varying if (found := own_scatter(side.run, weights)) is not None]
    others = [known] if known is not None and len(own) < len(varying) else []
    scatter = pooled([*own, *others])
    if scatter is None:
        return None
    return scatter.sd**2 * sum(1 / side.trainings for side in varying), scatter.df
