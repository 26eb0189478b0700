"""Answers that are labels: accuracy, precision, recall, F1, confusion and AUC."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from harness.errors import InputError, did_you_mean
from harness.metrics.intervals import Interval, wilson
from harness.metrics.measure import Confusion, Measure

#: The column of answers that are none of the labels.
OUTSIDE = "(none of them)"


@dataclass(frozen=True, slots=True)
class LabelScores:
    """How well one label is told from the others.

    Args:
        label: the label.
        precision: the share of answers with this label that are right, in [0, 1].
        recall: the share of questions with this right label that are answered so, in [0, 1].
        f1: 2·right / (right label + answered so), in [0, 1].
        support: how many questions have this right label.
        answered: how many answers are this label.
        note: why a value is 0 by definition.
    """

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    answered: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Macro:
    """Means over the labels, each counting the same, in [0, 1]."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Classified:
    """What a run of labels is worth.

    Args:
        n: how many answers; those that are none of the labels count and are wrong.
        unscored: how many questions have no answer; they are left out.
        outside: how many answers are none of the labels.
        accuracy: the share that is right with its 95% Wilson interval; `None` without answers.
        labels: by label, in the order given.
        macro: their means; `None` without answers.
        confusion: counts by right label and answer; the last column is `OUTSIDE`.
    """

    n: int
    unscored: int
    outside: int
    accuracy: Interval | None
    labels: tuple[LabelScores, ...]
    macro: Macro | None
    confusion: Confusion


def classify(
    gold: Sequence[str], predicted: Sequence[str | None], labels: Sequence[str], group: str = ""
) -> Classified:
    """Compare answered labels with the right ones.

    As scikit-learn's `precision_recall_fscore_support(labels=labels, zero_division=0)`: macro means
    run over all labels given, and what has no answers or no questions is 0, with a note.

    Args:
        gold: right labels, shape (n,).
        predicted: answered labels, shape (n,); anything that is no label is a wrong answer, `None`
            is no answer.
        labels: all labels, in the order of the tables.
        group: the part of the questions that these are, for the confusion matrix.

    Raises:
        InputError: a right label is none of the labels, or a label comes twice.
        ValueError: the lengths differ.
    """
    _check_labels(gold, labels)
    pairs = [(g, p) for g, p in zip(gold, predicted, strict=True) if p is not None]
    known = frozenset(labels)
    counts = Counter((g, p if p in known else OUTSIDE) for g, p in pairs)
    rows = tuple(_label_scores(label, labels, counts) for label in labels)
    right = sum(counts[label, label] for label in labels)
    columns = (*labels, OUTSIDE)
    table = tuple(tuple(counts[row, column] for column in columns) for row in labels)
    return Classified(
        n=len(pairs),
        unscored=len(gold) - len(pairs),
        outside=sum(counts[label, OUTSIDE] for label in labels),
        accuracy=wilson(right, len(pairs)),
        labels=rows,
        macro=_macro(rows) if pairs else None,
        confusion=Confusion(group, tuple(labels), columns, table),
    )


def measures_of(classified: Classified, group: str = "") -> list[Measure]:
    """Return accuracy with its interval and the macro means as measures, in percent."""
    n, accuracy, macro = classified.n, classified.accuracy, classified.macro
    if accuracy is None or macro is None:
        return [Measure("accuracy", None, n, group=group, note="no answers")]
    low, high = accuracy.low * 100, accuracy.high * 100
    note = "; ".join(row.note for row in classified.labels if row.note)
    first = Measure("accuracy", accuracy.value * 100, n, low=low, high=high, group=group)
    means = {f"macro_{name}": value * 100 for name, value in asdict(macro).items()}
    return [first, *(Measure(m, value, n, group=group, note=note) for m, value in means.items())]


def auc(positive: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Return the chance that a positive scores above a negative, a tie counting half.

    From the ranks (Mann and Whitney 1947); in [0, 1].

    Args:
        positive: shape (n,).
        scores: shape (n,), higher for what is more likely positive.

    Returns:
        `None` where there is no positive or no negative.

    Raises:
        ValueError: the lengths differ, or a score is not a number.
    """
    if any(map(math.isnan, scores)):
        raise ValueError("a score is not a number and has no rank")
    pairs = sorted(zip(scores, positive, strict=True), key=lambda pair: pair[0])
    positives = sum(map(bool, positive))
    negatives = len(pairs) - positives
    if not positives or not negatives:
        return None
    below, twice_won = 0, 0
    for _, tied in groupby(pairs, key=lambda pair: pair[0]):
        flags = [flag for _, flag in tied]
        won = sum(map(bool, flags))
        lost = len(flags) - won
        twice_won += won * (2 * below + lost)
        below += lost
    return twice_won / (2 * positives * negatives)


def auc_macro(
    gold: Sequence[str], scores: Sequence[Mapping[str, float]], labels: Sequence[str]
) -> float | None:
    """Return the mean AUC of each label against the rest.

    Args:
        gold: right labels, shape (n,).
        scores: of each question its score by label, shape (n,).
        labels: all labels. Of two the second is the positive one, and its AUC is returned alone.

    Returns:
        `None` where a label is no question's right one, or the only one.

    Raises:
        ValueError: the lengths differ, or a score is not a number.
    """
    wanted = labels[1:] if len(labels) == 2 else labels
    found = [auc([g == label for g in gold], [s[label] for s in scores]) for label in wanted]
    values = [value for value in found if value is not None]
    return math.fsum(values) / len(values) if values and len(values) == len(found) else None


def _check_labels(gold: Sequence[str], labels: Sequence[str]) -> None:
    if len(set(labels)) != len(labels) or OUTSIDE in labels:
        raise InputError(f"labels must be different words, not {', '.join(labels)}")
    for label in gold:
        if label not in labels:
            raise InputError(f"right label {label!r} is none of them{did_you_mean(label, labels)}")


def _label_scores(
    label: str, labels: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> LabelScores:
    right = counts[label, label]
    answered = sum(counts[row, label] for row in labels)
    support = sum(counts[label, column] for column in (*labels, OUTSIDE))
    reasons = []
    if not answered:
        reasons.append(f"no answer is {label}: its precision is 0 by definition")
    if not support:
        reasons.append(f"no question's answer is {label}: its recall is 0 by definition")
    return LabelScores(
        label=label,
        precision=right / answered if answered else 0.0,
        recall=right / support if support else 0.0,
        f1=2 * right / (answered + support) if answered + support else 0.0,
        support=support,
        answered=answered,
        note="; ".join(reasons),
    )


def _macro(rows: Sequence[LabelScores]) -> Macro | None:
    if not rows:
        return None
    k = len(rows)
    return Macro(
        math.fsum(row.precision for row in rows) / k,
        math.fsum(row.recall for row in rows) / k,
        math.fsum(row.f1 for row in rows) / k,
    )
