"""Which of a few labels the words of a short text fit: naive Bayes over characters and pairs.

    told = train(["抱抱你哦", "就这？笑死"], ["温柔", "毒舌"])
    told.label("笑死我了")    # "毒舌"

Multinomial, with equal priors, so that a label is not likelier for being frequent. C. D. Manning
et al., "Introduction to Information Retrieval" (2008), chapter 13.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.text.normalize import fold

# Added to every count. Below 1, for most pairs never come.
SMOOTHING = 0.5
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Classifier:
    """Log-probabilities of features, by feature and label.

    Args:
        labels: at least two, in order.
        logs: by feature, one natural logarithm a label, in their order.
    """

    labels: tuple[str, ...]
    logs: Mapping[str, tuple[float, ...]]

    def scores(self, text: str) -> dict[str, float]:
        """Return the log-likelihood of a text's known features under each label, in nats."""
        sums = [0.0] * len(self.labels)
        for feature in features(text):
            for at, value in enumerate(self.logs.get(feature, ())):
                sums[at] += value
        return dict(zip(self.labels, sums, strict=True))

    def label(self, text: str) -> str | None:
        """Return the likeliest label; `None` where no feature is known, or two are as likely."""
        scores = self.scores(text)
        first, second, *_ = sorted(scores, key=lambda label: -scores[label])
        return first if scores[first] - scores[second] > _CLOSE else None


def train(texts: Sequence[str], labels: Sequence[str]) -> Classifier | None:
    """Count features of labelled texts.

    Returns:
        `None` where there are fewer than two labels.
    """
    counts: dict[str, Counter[str]] = {}
    for text, label in zip(texts, labels, strict=True):
        counts.setdefault(label, Counter()).update(features(text))
    if len(counts) < 2:
        return None
    known = len(set().union(*counts.values()))
    wholes = [count.total() + SMOOTHING * known for count in counts.values()]
    return Classifier(tuple(counts), log_shares(list(counts.values()), wholes, SMOOTHING))


def log_shares(
    counts: Sequence[Counter[str]], wholes: Sequence[float], smoothing: float
) -> dict[str, tuple[float, ...]]:
    """By feature, the natural logarithm of its share under each label.

    Args:
        counts: how often each label has a feature.
        wholes: what the shares are of, one a label, smoothing included.
        smoothing: added to every count.
    """
    return {
        feature: tuple(
            math.log((count[feature] + smoothing) / whole)
            for count, whole in zip(counts, wholes, strict=True)
        )
        for feature in sorted(set().union(*counts))
    }


def features(text: str) -> list[str]:
    """Return the characters and pairs of neighbours of a text, folded and in lower case.

    Signs and emoji are kept, for they tell a tone; blanks are not, and no pair reaches over one.
    """
    found: list[str] = []
    for word in fold(text).lower().split():
        found += word
        found += (word[at : at + 2] for at in range(len(word) - 1))
    return found
