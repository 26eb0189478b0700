"""How a style sounds, learned from the training part, and how far that can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.metrics.intervals import proportion
from harness.metrics.measure import Measure
from harness.text.bayes import Classifier, train
from suites.style.rows import TRAIN, Rows

_NAME = "classifier_accuracy"


@dataclass(frozen=True, slots=True)
class Tone:
    """Tells styles by their words.

    Args:
        classifier: `None` where there is one style only.
        told: whether it tells replies that it has not seen better than chance; where it does not,
            its word counts for nothing.
        measure: its accuracy on those replies, with the 95% Wilson interval.
    """

    classifier: Classifier | None
    told: bool
    measure: Measure

    def of(self, words: str) -> str | None:
        """The style that words sound like; `None` where that cannot be told."""
        return None if self.classifier is None else self.classifier.label(words)


def known_of(rows: Rows) -> dict[str, Any]:
    """What a tone is learned from, and tried on, as a JSON object: replies with their styles.

    Replies that stand in the training part too prove nothing and are left out of the others.
    """
    taught = rows.of(TRAIN)
    seen = {row.reply for row in taught}
    held_out = [row for row in rows.rows if row.part != TRAIN and row.reply not in seen]
    return {
        "taught": [[row.reply, row.style] for row in taught],
        "held_out": [[row.reply, row.style] for row in held_out],
    }


def tone_from(known: Mapping[str, Any]) -> Tone:
    """Learn from the training part, and try it on the replies of the other parts."""
    taught, held_out = known["taught"], known["held_out"]
    classifier = train([reply for reply, _ in taught], [style for _, style in taught])
    if classifier is None:
        return Tone(None, False, Measure(_NAME, None, 0, note="there is one style only"))
    right = sum(classifier.label(reply) == style for reply, style in held_out)
    measure = proportion(_NAME, right, len(held_out))
    if measure.low is None:
        return Tone(classifier, False, replace(measure, note="no reply is held out"))
    chance = max(Counter(style for _, style in held_out).values()) / len(held_out)
    if measure.low > 100 * chance:
        return Tone(classifier, True, measure)
    note = "no better than chance: words are not checked"
    return Tone(classifier, False, replace(measure, note=note))
