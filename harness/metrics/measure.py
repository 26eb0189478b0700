"""What judging all answers of a run gives: a verdict each, and numbers about the run as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from harness.checker.verdict import Verdict
    from harness.core import Score

Better = Literal["higher", "lower", "neither"]
Scale = Literal["percent", "number"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number about a whole run, beside the score.

    Args:
        name: what is measured, such as `rouge_l`.
        value: the number, 0 to 100 where `scale` is `percent`; `None` where it cannot be told.
        n: how many answers it is over.
        better: which direction is better.
        low: lower end of the 95% interval, where there is one.
        high: its upper end.
        signature: everything that two such numbers must share to be comparable.
        note: why there is no value.
        group: the part of the questions that it is over, such as a family; all where empty.
        scale: whether `value` is a percentage.
    """

    name: str
    value: float | None
    n: int
    better: Better = "higher"
    low: float | None = None
    high: float | None = None
    signature: str = ""
    note: str = ""
    group: str = ""
    scale: Scale = "percent"


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each right label (row) was answered by each label (column).

    Args:
        group: the part of the questions that it is over; all where empty.
        labels: the right labels.
        columns: the answered labels, those that are no right label among them.
        counts: shape (labels, columns).
    """

    group: str
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Graded:
    """All judgements of one run.

    Args:
        verdicts: one a sample, in order; `None` where there is no answer to judge.
        scores: further judgements of single answers, beside correctness.
        measures: numbers about the run.
        confusions: confusion matrices.
    """

    verdicts: Sequence[Verdict | None]
    scores: Sequence[Score] = ()
    measures: Sequence[Measure] = ()
    confusions: Sequence[Confusion] = ()
