"""`podium nightly` and `podium bless` from their arguments to what they print and write."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.errors import InputError, did_you_mean, need
from harness.nightly.bless import bless as bless_nights
from harness.nightly.history import History
from harness.nightly.night import How, Report, judge_night
from harness.nightly.page import page
from harness.nightly.record import record_of
from harness.nightly.rule import RULES
from harness.nightly.told import as_annotations, as_json, as_junit, as_markdown, as_text
from harness.store.files import make_folder, write_bytes, write_text
from harness.store.store import Store

HISTORY = Path("runs") / "nightly"
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of a night.

    Args:
        history: folder of the nights; `None` for the usual one.
        night: its name; `None` for today's date.
        rule: pooled or online-fdr.
        drop: the loss of AS and AE to be found, in points.
        slower: the rise in time to be found, as a share.
        out: folder of the files for CI; `None` for none.
    """

    history: Path | None
    night: str | None
    rule: str
    drop: float
    slower: float
    out: Path | None


def checked(options: Options) -> How:
    """How a night is judged, before anything runs.

    Raises:
        InputError: a name is none, or there is no such rule.
        MissingDependency: the rule's package is not installed.
    """
    if options.rule not in RULES:
        raise InputError(f"--rule {options.rule}: no such rule{did_you_mean(options.rule, RULES)}")
    if options.rule == "online-fdr":
        need("online_fdr", "nightly")
    night = options.night or datetime.now(UTC).date().isoformat()
    if len(night) > _LONGEST_NAME or not night.isprintable() or not night.strip():
        raise InputError("--night: write a short name, such as 2026-11-30")
    slower = math.log1p(options.slower)
    return How(night, options.rule, {"AS": options.drop, "AE": options.drop, "time": slower})


def nightly(
    folders: Sequence[Path], options: Options, how: How, failed: Mapping[str, str]
) -> tuple[str, dict[str, Any], Report]:
    """Judge run folders as last night's.

    Args:
        folders: the run folders, one an entry.
        options: where nights are kept and files written.
        how: as `checked` gave it.
        failed: why, by the names of the entries that have no run folder.

    Returns:
        What a terminal shows, the same as JSON, and the report.

    Raises:
        InputError: a run folder or the history is damaged.
        StoreError: the disk refuses.
    """
    history = History(options.history or HISTORY)
    stages = next((Store(folder.parent).stages for folder in folders), None)
    judged = judge_night(history, [record_of(folder) for folder in folders], how, stages)
    report = replace(judged, failed=failed)
    data = as_json(report)
    if options.out is not None:
        _write(options.out, report, data, history)
    return as_text(report), data, report


def _write(out: Path, report: Report, data: dict[str, Any], history: History) -> None:
    make_folder(out)
    write_text(out / "nightly.json", json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    write_text(out / "nightly.md", as_markdown(report))
    write_text(out / "junit.xml", as_junit(report))
    write_bytes(out / "nightly.html", page(report, history))


def github(report: Report) -> str:
    """GitHub's workflow commands for a night; empty where all is fine."""
    return as_annotations(report)


def bless(entries: Sequence[str], history: Path | None, nights: int, was: str | None) -> list[str]:
    """Bless the last nights of entries; what changes, in sentences.

    Raises:
        InputError: there is no such entry, or nothing of it to bless.
        StoreError: the disk refuses.
    """
    if was is not None and len(entries) != 1:
        raise InputError("--was: name the one entry that had another name")
    return bless_nights(History(history or HISTORY), entries, nights, was or "")
