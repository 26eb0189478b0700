"""What one run would earn under any band: its own questions, summed up once, asked many times.

ART is linear in log t between the ends of its band, AE in L_reference / L below its end, so sums
up to any place in the sorted questions give both exactly, without another pass over them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.metrics.clusters import Floats


class Ramp:
    """Sums of what answers are worth, by where each stands on a line.

    Args:
        places: shape (n,), where each answer stands.
        worth: shape (n,), what it earns at most.
        count: how many the mean goes over: those that can earn nothing are among them.
    """

    def __init__(self, places: Floats, worth: Floats, count: int) -> None:
        order = np.argsort(places, kind="stable")
        self.places = places[order]
        self.worth = worth[order] / max(count, 1)
        self._sums = np.concatenate([[0.0], np.cumsum(self.worth)])
        self._moments = np.concatenate([[0.0], np.cumsum(self.worth * self.places)])

    def above(self, low: Floats, high: Floats) -> Floats:
        """Mean of worth · (1 up to `low`, 0 from `high`, linear between); shape of the ends."""
        first, last = np.searchsorted(self.places, low), np.searchsorted(self.places, high)
        sums = self._sums[last] - self._sums[first]
        moments = self._moments[last] - self._moments[first]
        return np.asarray(self._sums[first] + (high * sums - moments) / (high - low))

    def below(self, factor: Floats) -> Floats:
        """Mean of worth · min(1, factor · place); shape of the factors."""
        first = np.searchsorted(self.places, 1 / factor)
        return np.asarray(factor * self._moments[first] + self._sums[-1] - self._sums[first])


@dataclass(frozen=True, slots=True)
class Earned:
    """One run, ready to be scored by any weights and bands.

    Args:
        name: of the run.
        accuracy: AS, 0 to 1.
        times: worth of the answers by log seconds; `None` where nothing was timed.
        lengths: worth of the answers by L_reference / L; `None` without references.
    """

    name: str
    accuracy: float
    times: Ramp | None
    lengths: Ramp | None
