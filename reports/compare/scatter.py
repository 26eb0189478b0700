"""How far training seeds scatter here: the recipes with several seeds that lie beside the runs.

Of one suite and one base, for a base that learns less well scatters more. What was measured before
(`baselines/results/seeds.json`) counts where its suite and base are these.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import InputError
from harness.metrics.training_noise import Scatter, pooled
from reports import seeds, summary
from reports.reader import open_object

if TYPE_CHECKING:
    from reports.runs import Run
    from reports.seeds import Spread
    from reports.summary import Summary

_MOST = 2000  # folders that are looked into


class Seen:
    """How far recipes scatter that nobody asked about, by base.

    Args:
        runs: those that are compared, of one suite; they are not among what was seen.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self._suite = runs[0].summary.suite
        compared = {run.folder.resolve() for run in runs}
        self._found = [
            found
            for folder in _beside(runs)
            if folder not in compared and (found := self._look(folder)) is not None
        ]

    def of(self, runs: Sequence[Run]) -> list[Spread] | None:
        """What was seen of the bases of those runs that have one seed.

        A run with several seeds shows by itself how far they scatter, and those of its base too.

        Returns:
            `None` where nothing is known of one of the bases.
        """
        trained = [run.summary for run in runs if varies(run)]
        shown = {_base(told) for told in trained if told.repeats is not None}
        bases = dict.fromkeys(_base(told) for told in trained if told.repeats is None)
        each = {base: self._of_base(base) for base in bases}
        if any(not found and base not in shown for base, found in each.items()):
            return None
        return [spread for found in each.values() for spread in found]

    def _of_base(self, base: str) -> list[Spread]:
        near = [spread for of, spread in self._found if of == base]
        known = open_object(seeds.KNOWN).maybe(self._suite)
        if known is not None and known.words("base") == base:
            near.append(seeds.read(known))
        return near

    def _look(self, folder: Path) -> tuple[str, Spread] | None:
        """A neighbour with its base. Nobody asked for it, so an odd one is no error."""
        with contextlib.suppress(InputError):
            read = open_object(folder / "summary.json")
            if read.data.get("repeats") is not None and read.data.get("suite") == self._suite:
                told = summary.load(folder / "summary.json")
                spread = seeds.spread(told)
                return None if spread is None else (_base(told), spread)
        return None


def scatter_of(spreads: Sequence[Spread]) -> Scatter | None:
    """One scatter for several, as a share of the whole score; `None` of none."""
    return pooled(Scatter(one.sd / 100, one.seeds - 1) for one in spreads)


def varies(run: Run) -> bool:
    """Whether another training would have made it another run."""
    return run.summary.finetune is not None


def same_weights(first: Run, other: Run) -> bool:
    """Whether two runs are one training, asked in two ways."""
    keys = [(run.summary.raw.get("stages") or {}).get("finetune") for run in (first, other)]
    once = first.summary.repeats is None and other.summary.repeats is None
    return once and keys[0] is not None and keys[0] == keys[1]


def _base(told: Summary) -> str:
    return str(told.model.get("base") or told.model.get("name") or "")


def _beside(runs: Sequence[Run]) -> Iterator[Path]:
    """Run folders in the folders of the runs, and beside the recipe of a run that is one seed."""
    parents = dict.fromkeys(parent for run in runs for parent in _parents(run.folder.resolve()))
    looked = 0
    for parent in parents:
        for folder in _inside(parent):
            looked += 1
            if looked > _MOST:
                return
            if (folder / "summary.json").is_file():
                yield folder


def _inside(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):  # a neighbourhood that cannot be looked into holds nothing
        return sorted(folder.iterdir())
    return []


def _parents(folder: Path) -> Iterator[Path]:
    yield folder.parent
    if folder.parent.name == "seeds":
        yield folder.parent.parent.parent
