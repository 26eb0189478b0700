"""The leaderboard as a value: entries in rank order, and what can be said about that order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reports import comparable, fields, ranking, runs, seeds

if TYPE_CHECKING:
    from harness.core import Sample
    from reports.fields import Fields
    from reports.ranking import Ranking
    from reports.runs import Run
    from reports.strings import Note
    from reports.summary import Basis, Estimate, Summary


@dataclass(frozen=True, slots=True)
class Entry:
    """One run on the board.

    `place` counts from 1 in the order of the board; `rank` is the best and the worst place that
    the data leave open; entries of one `band` cannot be told apart as a group; `p_best` is `None`
    where another entry is of the same recipe. An entry that is not ranked has none of them, and
    `unranked` says why; nor has any where the wordings are too few to rank by.
    """

    run: Run
    label: str
    place: int
    rank: tuple[int, int] | None = None
    band: int | None = None
    p_best: float | None = None
    unranked: Note | None = None

    @property
    def summary(self) -> Summary:
        """The run's summary."""
        return self.run.summary

    def main(self, basis: Basis) -> Estimate | None:
        """The estimate that ranks it; `None` where none does."""
        return None if self.unranked is not None else self.summary.main(basis)


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """Runs over the same questions in rank order, those without a rank last.

    `basis` says what ranks them, `reason` why that is not the total. `ranking` is in the order
    of the ranked entries. `samples` are the questions, as far as any run folder holds them.
    """

    entries: tuple[Entry, ...]
    basis: Basis
    reason: Note | None
    ranking: Ranking
    fields: Fields
    samples: Mapping[str, Sample]

    @property
    def first(self) -> Entry:
        """The entry at the top."""
        return self.entries[0]

    @property
    def ranked(self) -> tuple[Entry, ...]:
        """The entries that have a rank."""
        return tuple(entry for entry in self.entries if entry.unranked is None)

    @property
    def families(self) -> tuple[str, ...]:
        """Families in the order of the first summary that names them."""
        names = (name for entry in self.entries for name in entry.summary.families)
        return tuple(dict.fromkeys(names))

    @property
    def signature(self) -> Mapping[str, str]:
        """The fields of the signature that all entries share."""
        first, *others = (dict(fields.flat(entry.summary.signature)) for entry in self.entries)
        return dict(pair for pair in first.items() if all(pair in one.items() for one in others))

    def family(self, name: str) -> str:
        """A family's name and, where the suite gives it one, its title."""
        titles = (entry.run.families.get(name) for entry in self.entries)
        title = next((title for title in titles if title and title != name), "")
        return f"{name} ({title})" if title else name


def build(folders: Sequence[Path]) -> Leaderboard:
    """Read run folders and put them in order.

    Args:
        folders: run folders; naming one twice counts once.

    Raises:
        InputError: a folder is no run, or the runs do not compare; the message names the field.
    """
    unique = {folder.resolve(): folder for folder in folders}
    loaded = [runs.load(folder) for folder in unique.values()]
    comparable.check(loaded)
    basis, reason = comparable.basis(loaded)
    in_order = sorted(loaded, key=lambda run: _order(run, basis))
    known = [run for run in in_order if comparable.unranked(run, basis) is None]
    ordered = [*known, *(run for run in in_order if run not in known)]
    samples = {name: sample for run in reversed(ordered) for name, sample in run.samples.items()}
    ranked = ranking.rank(known, basis, samples)
    return Leaderboard(
        _entries(ordered, ranked, basis), basis, reason, ranked, fields.compare(ordered), samples
    )


def _order(run: Run, basis: Basis) -> tuple[float, str]:
    main = run.summary.main(basis)
    return (float("inf") if main is None else -main.value, run.summary.name)


def _entries(ordered: Sequence[Run], ranked: Ranking, basis: Basis) -> tuple[Entry, ...]:
    """Entries in order; only the first have a rank."""
    chances = seeds.chances(ordered[: len(ranked.ranks)], ranked.p_best)
    standings = zip(ranked.ranks, ranked.bands, chances, strict=True)
    return tuple(
        (Entry(run, label, place) if ranked.fixed else Entry(run, label, place, *standing))
        if (standing := next(standings, None)) is not None
        else Entry(run, label, place, unranked=comparable.unranked(run, basis))
        for place, (run, label) in enumerate(zip(ordered, _labels(ordered), strict=True), 1)
    )


def _labels(ordered: Sequence[Run]) -> list[str]:
    """Names; where two runs share one, the folder above tells them apart."""
    uses = Counter(run.summary.name for run in ordered)
    return [
        run.summary.name
        if uses[run.summary.name] == 1
        else f"{run.summary.name} ({run.folder.parent.name}/{run.folder.name})"
        for run in ordered
    ]
