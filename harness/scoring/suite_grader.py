"""How the answers of a suite are judged: by its own `grade`, or by the answer checker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.core import Output, Suite
from harness.metrics.measure import Graded
from harness.metrics.summary import check_all
from harness.spec import Spec, chosen_suite

if TYPE_CHECKING:
    from harness.judges.judge import Judge


def grade(
    spec: Spec, suite: Suite, outputs: Sequence[Output], judge: Judge | None = None
) -> Graded:
    """Judge all answers of a suite's test.

    Args:
        spec: names the suite, with its options.
        suite: its questions.
        outputs: one a test sample, in their order.
        judge: shown open answers, where there is one.
    """
    chosen = chosen_suite(spec)
    if chosen.benchmark.grade is None:
        return check_all(suite.test, outputs, suite.domains)
    return chosen.benchmark.grade(chosen.options, suite, outputs, judge)
