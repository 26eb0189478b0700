"""An alternative rule: the false discovery rate over all gates and nights, as they come.

LORD++ (A. Ramdas, F. Yang, M. J. Wainwright, M. I. Jordan, "Online control of the false discovery
rate with decaying memory", NeurIPS 2017) by the package online-fdr, over the p of every gate in the
order of the history. Each red night earns level for the next, each quiet one spends it, so that a
long quiet history makes it slower to see; the rule of `harness.nightly.rule` does not tire.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.errors import need
from harness.nightly.history import Night
from harness.nightly.rule import AGREES, WORTH, Verdict
from reports.strings import Note

_RATE = 0.05


class Fdr:
    """LORD++ over the gates of a history.

    Args:
        past: all nights, in order.

    Raises:
        MissingDependency: online-fdr is not installed.
    """

    def __init__(self, past: Sequence[Night]) -> None:
        need("online_fdr", "nightly")
        from online_fdr.p_values.investing.lord.plus_plus import LordPlusPlus

        self._test = LordPlusPlus(alpha=_RATE, wealth=_RATE / 2)
        for night in past:
            for p in night.p.values():
                self._test.test_one(p)

    def rejects(self, p: float) -> bool:
        """Whether the p of the next gate is more than luck."""
        return bool(self._test.test_one(p))

    def judge(self, verdict: Verdict, p: float, drop: float) -> Verdict:
        """The verdict of the next gate by this rule."""
        is_red = self.rejects(p) and verdict.paired.p <= AGREES
        if is_red and verdict.tonight.value >= WORTH * drop:
            return replace(verdict, call="regressed", by="online-fdr", needed="")
        if verdict.call != "regressed":
            return verdict
        if verdict.upper < drop:
            return replace(verdict, call="fine", by="", needed="")
        return replace(verdict, call="inconclusive", by="", needed=Note("need_another"))
