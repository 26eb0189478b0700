"""What training seeds do to a score: how far they scatter, and what one seed alone cannot say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reports.reader import Reader, open_object
from reports.strings import Note
from reports.text import few, one_line, points

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard
    from reports.runs import Run
    from reports.summary import Summary

# By suite: how far the seeds of one recipe were found to scatter.
KNOWN = Path(__file__).parent.parent / "baselines" / "results" / "seeds.json"
_LISTED = 12  # entries that a sentence names


@dataclass(frozen=True, slots=True)
class Spread:
    """AS over the seeds of one recipe, in points: from the lowest to the highest."""

    recipe: str
    seeds: int
    low: float
    high: float
    sd: float


@dataclass(frozen=True, slots=True)
class Seed:
    """One seed of a repeated entry, with its AS and total, 0 to 100."""

    entry: str
    seed: int
    accuracy: float | None
    total: float | None


def spread(summary: Summary) -> Spread | None:
    """How far an entry's seeds scatter; `None` where it has one, or fewer than two have an AS."""
    repeats = summary.repeats
    if repeats is None or repeats.sd is None:
        return None
    known = [value for value in repeats.accuracies if value is not None]
    return Spread(summary.name, len(repeats.seeds), min(known), max(known), repeats.sd)


def count(summary: Summary) -> int | None:
    """With how many seeds an entry was trained; `None` where it was not."""
    if summary.repeats is not None:
        return len(summary.repeats.seeds)
    return None if summary.finetune is None else 1


def rows(board: Leaderboard) -> list[Seed]:
    """Every seed of every repeated entry, in the order of the board."""
    return [
        Seed(entry.label, *found)
        for entry in board.entries
        if (repeats := entry.summary.repeats) is not None
        for found in zip(repeats.seeds, repeats.accuracies, repeats.totals, strict=True)
    ]


# --- entries that were trained once --------------------------------------------------------------


def under(board: Leaderboard) -> list[Note]:
    """The sentence under the board on entries that were trained once; none where none was."""
    several = {place for group in _groups(board) for place in group}
    once = [
        one_line(entry.label)
        for place, entry in enumerate(board.entries)
        if count(entry.summary) == 1 and place not in several
    ]
    if not once:
        return []
    values = {"list": few(once, _LISTED), "known": _known(board)}
    return [Note("trained_once", values)]


def _known(board: Leaderboard) -> Note | str:
    """How far seeds scatter, as a repeated entry of this board shows it, or else the suite's."""
    found = [one for entry in board.entries if (one := spread(entry.summary)) is not None]
    if found:
        return _said("known_board", max(found, key=lambda one: one.seeds))
    suite = open_object(KNOWN).maybe(board.first.summary.suite)
    return "" if suite is None else _said("known_suite", read(suite))


def read(found: Reader) -> Spread:
    """What was measured of a suite before."""
    numbers = (found.sure(name) for name in ("low", "high", "sd"))
    return Spread(found.text("recipe"), found.count("seeds"), *numbers)


def _said(key: str, found: Spread) -> Note:
    return Note(
        key,
        {
            "name": one_line(found.recipe),
            "count": str(found.seeds),
            "low": points(found.low),
            "high": points(found.high),
            "sd": points(found.sd),
        },
    )


# --- seeds of one recipe as entries of their own -------------------------------------------------


def one_recipe(board: Leaderboard) -> Iterator[Note]:
    """A sentence for each recipe that has several entries: the first of them is so by chance."""
    for group in _groups(board):
        names = [one_line(board.entries[place].label) for place in group]
        yield Note("one_recipe", {"list": few(names, _LISTED)})


def _groups(board: Leaderboard) -> list[tuple[int, ...]]:
    return siblings([entry.run for entry in board.entries])


def siblings(runs: Sequence[Run]) -> list[tuple[int, ...]]:
    """Places of the runs that are of one recipe, a tuple a recipe; those alone are left out."""
    groups: dict[str, list[int]] = {}
    for place, run in enumerate(runs):
        if (recipe := _recipe(run)) is not None:
            groups.setdefault(recipe, []).append(place)
    return [tuple(places) for places in groups.values() if len(places) > 1]


def _recipe(run: Run) -> str | None:
    """A spec up to its seed, its name and its repeats; `None` where nothing was trained."""
    tuned = run.spec.get("finetune")
    if not isinstance(tuned, Mapping):
        return None
    silent = ("name", "repeats", "runtime")
    kept = {name: value for name, value in run.spec.items() if name not in silent}
    kept["finetune"] = {name: value for name, value in tuned.items() if name != "seed"}
    return json.dumps(kept, sort_keys=True, default=str)


def chances(runs: Sequence[Run], p_best: Sequence[float]) -> list[float | None]:
    """The chances of being best, without those of runs that are of one recipe."""
    alike = {place for group in siblings(runs) for place in group}
    return [None if place in alike else chance for place, chance in enumerate(p_best)]


def as_text(entry: Entry) -> str | None:
    """`3: 61.9–66.0, sd 2.1`, or how many seeds; `None` where nothing was trained."""
    found, trained = spread(entry.summary), count(entry.summary)
    if found is None:
        return None if trained is None else str(trained)
    ends = f"{points(found.low)}–{points(found.high)}"
    return f"{found.seeds}: {ends}, sd {points(found.sd)}"
