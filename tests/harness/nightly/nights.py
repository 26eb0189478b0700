"""A history of nights as a team has it: quiet ones, a loss with its cause, and another machine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from harness.nightly.bless import bless
from harness.nightly.evidence import GATES, Gate
from harness.nightly.history import History
from harness.nightly.night import How, Report, judge_night
from harness.nightly.record import Record
from tests.harness.nightly.simulated import Entry, World

FAMILIES = ("到达时间", "停留时长", "缺失", "车次比较")
MADE = {"engine.name": "vllm", "engine.version": "0.33.0", "machine.gpu": "H200"}
NAMES = ("qwen2.5-0.5b-lora-r32", "internlm2-1.8b-qlora")
_QUIET = World(questions=240, timed=40, wavering=0.04)


def record(entry: str, source: Entry, made: Mapping[str, str], answer: str = "K1 次") -> Record:
    """One night of a simulated entry, whose answers all say the same."""
    found = source.night()
    size = len(found["AS"])
    ids = tuple(f"q{at:04}" for at in range(size))
    values: dict[Gate, tuple[float | None, ...]] = {
        gate: tuple(None if math.isnan(value) else float(value) for value in found[gate])
        for gate in GATES
    }
    return Record(
        entry, "2026-11-30T02:17:00+00:00", ids,
        tuple(FAMILIES[at % len(FAMILIES)] for at in range(size)),
        source.clusters.rows, tuple(f"K{at} 次几点到？" for at in range(size)),
        tuple(f"{at % 24:02}:{at % 60:02}" for at in range(size)), values,
        tuple(f"{answer}，{at % 24:02}:{at % 60:02} 到达。" for at in range(size)),
        {"questions": "sha256:5f1c", "suite": "timetable"}, made,
        relative=False, reference_s=None, doubt="", taken=0.0,
    )  # fmt: skip


def told(root: Path, quiet: int = 12, answer: str = "K9 次", night: str = "") -> Report:
    """Judge four nights that are blessed, quiet ones, and two on which the first entry lost.

    Args:
        root: folder of the history.
        quiet: how many nights are quiet.
        answer: what the first entry says on the last night.
        night: the last night's name, where it is no date.
    """
    dice = np.random.default_rng(5)
    sources = {name: Entry(_QUIET, dice) for name in NAMES}
    history, report = History(root), None
    for number in range(4 + quiet + 2):
        is_lost = number >= 4 + quiet
        if number == 4:
            bless(history, list(sources))
        if number == 4 + quiet:
            sources[NAMES[0]].drop(14)
            sources[NAMES[0]].slow(0.3)
        made = {**MADE, "engine.version": "0.34.0"} if is_lost else MADE
        other = {**MADE, "machine.gpu": "A100"} if is_lost else MADE
        records = [
            record(NAMES[0], sources[NAMES[0]], made, answer if is_lost else "K1 次"),
            record(NAMES[1], sources[NAMES[1]], other),
        ]
        report = judge_night(history, records, How(night if is_lost and night else _date(number)))
    if report is None:
        raise ValueError("no night")
    return report


def _date(number: int) -> str:
    return f"2026-{10 + number // 30:02}-{number % 30 + 1:02}"
