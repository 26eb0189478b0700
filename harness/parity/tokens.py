"""How far two paths to one adapter are apart, measured on the likelihood of every token.

An adapter moves the log-likelihood of nearly every token, those of the question too, which no
training fixes and in which two adapters of one recipe differ. So the tokens of a few conversations
are a fingerprint of it, and their distance to those of another path, as a share of their distance
to the untuned base, says how much of the adapter is missing there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Log-likelihoods in nats, conversation by conversation, token by token.
Scores = Sequence[Sequence[float]]
Floats = NDArray[np.float64]
_LEAST = -100.0


@dataclass(frozen=True, slots=True)
class Effect:
    """What an adapter does to tokens along one path, beside what it does in the reference.

    Args:
        tokens: how many were scored.
        effect: mean change of a token's log-likelihood by the adapter in the reference, nats.
        distance: mean distance of the path from the reference, nats.
        strength: how strong the adapter is along the path, the reference being 1: the slope of
            the changes there over those in the reference, by least squares through 0.
        likeness: the cosine between the two, 1 where they point the same way.
    """

    tokens: int
    effect: float
    distance: float
    strength: float
    likeness: float

    @property
    def share(self) -> float:
        """The distance as a share of the effect: about 0 where all is well, 1 for no adapter."""
        return self.distance / self.effect if self.effect else float(self.distance > 0)


def bounded(scores: Scores) -> list[list[float]]:
    """Scores of at least -100 nats: what is less likely, or no number, counts as that."""
    # A comparison with NaN is false, so that `max` keeps its first argument.
    return [[max(_LEAST, value) for value in row] for row in scores]


def distance(one: Scores, other: Scores) -> float:
    """Mean absolute difference of the tokens' log-likelihoods, nats.

    Raises:
        ValueError: they are not of the same conversations.
    """
    return float(np.mean(np.abs(_flat(one) - _flat(other))))


def effect(base: Scores, reference: Scores, path: Scores) -> Effect:
    """Compare a path with the reference.

    Args:
        base: the untuned base, where the reference was scored.
        reference: the adapter beside its base, on transformers.
        path: another way to the same adapter.
    """
    start, end, found = _flat(base), _flat(reference), _flat(path)
    asked, there = end - start, found - start
    lengths = float(np.linalg.norm(asked) * np.linalg.norm(there))
    product = float(asked @ there)
    return Effect(
        tokens=len(start),
        effect=distance(base, reference),
        distance=distance(path, reference),
        strength=product / float(asked @ asked) if asked.any() else 0.0,
        likeness=product / lengths if lengths else 0.0,
    )


def _flat(scores: Scores) -> Floats:
    return np.array([value for row in scores for value in row], dtype=np.float64)
