"""How the answers of a suite are judged: by its own `grade`, or by the answer checker."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from harness.core import Output, Suite
from harness.metrics.measure import Graded
from harness.metrics.summary import check_all
from harness.spec import Spec, suite_module, suite_options

if TYPE_CHECKING:
    from harness.distill.ways.conversations import Accept
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
    module = suite_module(spec.suite.name)
    if not hasattr(module, "grade"):
        return check_all(suite.test, outputs, suite.domains)
    graded: Graded = module.grade(suite_options(spec), suite.test, outputs, judge)
    return graded


def accepting(spec: Spec) -> Accept | None:
    """What the suite says to an answer that a teacher proposes; `None` where it takes any."""
    module = suite_module(spec.suite.name)
    if not hasattr(module, "accept"):
        return None
    accept: Accept = partial(module.accept, suite_options(spec))
    return accept
