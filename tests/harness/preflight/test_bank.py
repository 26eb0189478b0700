"""Every planted fault is found, in a minute; nothing honest is blamed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from harness.preflight.problem import is_bad
from tests.harness.preflight.faults import FAULTS

LEAST = 40
MOST_S = 60.0


def processor_s() -> float:
    """Seconds of the processor so far, with those of the processes that try templates."""
    return sum(os.times()[:4])


def test_every_planted_fault_is_found_in_a_minute(tmp_path: Path) -> None:
    began = processor_s()
    missed = []
    for number, fault in enumerate(FAULTS):
        found = [p for p in fault.plant(tmp_path / str(number)) if is_bad(p)]
        told = [p for p in found if p.rule == fault.rule and fault.said in str(p)]
        if not told or not all(p.change and p.finding.detail for p in found):
            missed.append((fault.name, [(p.rule, p.finding.detail) for p in found]))
    took = processor_s() - began
    sys.stdout.write(f"\n{len(FAULTS)} faults in {took:.1f} s of the processor\n")
    assert missed == []
    assert len(FAULTS) >= LEAST
    assert took < MOST_S


def test_faults_have_names_of_their_own() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names)
