"""`podium calibrate` from its arguments to its text and its JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.calibrate.calibration import calibrate as fit
from harness.calibrate.material import read_material, require_same
from harness.calibrate.remarks import remarks
from harness.calibrate.scores_file import TOTAL, Sheet, Submission, read_scores
from harness.calibrate.table import as_json, as_text
from harness.errors import InputError, did_you_mean
from harness.store.streams import tell
from harness.text.display import show
from reports.runs import load

#: With fewer runs nothing can be said of an order.
LEAST_RUNS = 3


def calibrate(
    scores: Path, others: Sequence[Path], runs: Path, seed: int
) -> tuple[str, dict[str, Any]]:
    """Calibrate; what a terminal shows and the same as JSON.

    Raises:
        InputError: the file or a run is wrong, or there are too few scores to say anything.
    """
    sheet = read_scores(scores)
    require_enough(scores, sheet)
    places = [_folder(one, scores.parent, runs) for one in sheet.submissions]
    scored = [at for at, one in zip(places, sheet.submissions, strict=True) if one.scores]
    named = [*places, *(_given(path, runs) for path in others)]
    folders = list(dict.fromkeys([*scored, *named]))
    if len(dict.fromkeys(scored)) < LEAST_RUNS:
        raise _too_few(scores, len(dict.fromkeys(scored)))
    if len(folders) == len({*scored}):
        folders += _beside(runs, folders)
    material = read_material(folders)
    rows = [
        (folders.index(at), one.scores)
        for at, one in zip(places, sheet.submissions, strict=True)
        if one.scores
    ]
    found = fit(material, rows, sheet.half, seed)
    noticed = remarks(found, material.earned)
    return as_text(found, material.earned, noticed), as_json(found, material.earned, noticed)


def require_enough(path: Path, sheet: Sheet) -> None:
    """Refuse scores that cannot say anything of an order.

    Raises:
        InputError: fewer than three rows have a total, or all totals are equal.
    """
    totals = [one.scores[TOTAL] for one in sheet.submissions if TOTAL in one.scores]
    for one in sheet.submissions:
        if one.scores and TOTAL not in one.scores:
            raise InputError(f"{one.where}: has official parts and no official total")
    if len(totals) < LEAST_RUNS:
        raise _too_few(path, len(totals))
    if len({*totals}) == 1:
        raise InputError(
            f"{path}: every official score is {totals[0]:g}: equal scores tell no formula from "
            "another"
        )


def _too_few(path: Path, count: int) -> InputError:
    have = "one run has" if count == 1 else "no run has" if not count else f"{count} runs have"
    return InputError(
        f"{path}: {have} an official score; a calibration takes {LEAST_RUNS} runs at least"
    )


def _folder(one: Submission, beside: Path, runs: Path) -> Path:
    """The run folder that a row names: by path, from the file or from here, or by name."""
    for root in (runs, beside, Path()):
        if (found := root / one.run).is_dir():
            return found.resolve()
    if not runs.is_dir():
        raise InputError(
            f"{one.where}: {show(one.run)} is no run, and {runs}, where runs lie, is no folder: "
            "name it with --runs"
        )
    raise InputError(f"{one.where}: {show(one.run)} is no run{did_you_mean(one.run, _names(runs))}")


def _given(path: Path, runs: Path) -> Path:
    found = next((each for each in (path, runs / path) if each.is_dir()), None)
    if found is None:
        raise InputError(f"{path}: no such run folder{did_you_mean(str(path), _names(runs))}")
    return found.resolve()


def _names(runs: Path) -> list[str]:
    return [folder.name for folder in _finished(runs)]


def _finished(runs: Path) -> Iterator[Path]:
    """Run folders with a summary, in the order of their names."""
    if runs.is_dir():
        yield from sorted(file.parent for file in runs.glob("*/summary.json"))


def _beside(runs: Path, known: Sequence[Path]) -> list[Path]:
    """Finished runs on the same questions that were not submitted; the others are counted."""
    first, found, left = load(known[0]), [], 0
    for folder in _finished(runs):
        if folder.resolve() in known:
            continue
        try:
            require_same(first, load(folder))
            read_material([folder])
        except InputError:
            left += 1
            continue
        found.append(folder.resolve())
    if left:
        tell(f"{left} other runs in {runs} are on other questions, or lack what is needed")
    return found
