"""The questions that a suite may teach, drawn family by family without holding them in memory.

A question file may have hundreds of thousands of rows; only where each begins is kept.
"""

from __future__ import annotations

import heapq
import itertools
import json
import random
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from harness.config.sections import Distill
from harness.core import Sample
from harness.store.codec import sample_from
from harness.text.digest_set import digest

Order = Literal["file", "drawn", "rows"]
# A place in a file, after what decides when it is drawn.
_Place = tuple[int, int]


class Candidates:
    """The training questions of a `questions` stage, each handed out once, and again on request.

    Args:
        path: `train.jsonl` of the stage.
        section: how many wordings of a question to keep, how often one may be drawn, the seed.
        order: as the `file` has them, family by family; `drawn` at random, the families in turns;
            or by `rows`, the rows at random but the questions of each together.
        group: for `rows`, which questions stand together: called with a question's row, `None`
            leaves the question out.
    """

    def __init__(
        self,
        path: Path,
        section: Distill,
        order: Order,
        group: Callable[[str], str | None] = lambda row: row,
    ) -> None:
        self._path = path
        self._section = section
        self._order = order
        self._group = group
        self._tries: Counter[int] = Counter()
        self._again: dict[str, list[_Place]] = {}
        self._places: dict[str, array[int]] = {}
        self._ranks: dict[str, array[int]] = {}
        self._find(random.Random(section.seed))
        self._next = dict.fromkeys(self._places, 0)

    def _find(self, draw: random.Random) -> None:
        """Where the questions of each family begin, in the order in which they are drawn."""
        phrasings = self._section.phrasings
        for wordings in self._questions():
            count = len(wordings) if phrasings is None else min(phrasings, len(wordings))
            for at, family, rank in draw.sample(wordings, count):
                self._places.setdefault(family, array("q")).append(at)
                self._ranks.setdefault(family, array("Q")).append(rank)
        for family, places in self._places.items():
            if self._order == "drawn":
                draw.shuffle(places)
            elif self._order == "rows":
                ranks = self._ranks[family]
                by_rank = sorted(range(len(places)), key=ranks.__getitem__)
                self._places[family] = array("q", (places[i] for i in by_rank))
                self._ranks[family] = array("Q", (ranks[i] for i in by_rank))

    def __len__(self) -> int:
        return sum(map(len, self._places.values()))

    @property
    def families(self) -> dict[str, int]:
        """How many questions each family has."""
        return {family: len(places) for family, places in self._places.items()}

    @property
    def left(self) -> dict[str, int]:
        """How many questions of each family can still be drawn."""
        return {
            family: len(places) - self._next[family] + len(self._again.get(family, ()))
            for family, places in self._places.items()
        }

    def draw(self, wanted: Mapping[str, int]) -> Iterator[int]:
        """Take up to so many questions of each family; return where they stand.

        Questions that were handed back come after those never tried.
        """
        taken = [self._take(family, count) for family, count in wanted.items()]
        return (place for _, place in self._ordered(taken))

    def _ordered(self, taken: Sequence[Iterator[_Place]]) -> Iterator[_Place]:
        if self._order == "file":
            return itertools.chain(*taken)
        if self._order == "rows":
            return heapq.merge(*taken)
        turns = itertools.zip_longest(*taken)
        return (place for turn in turns for place in turn if place is not None)

    def hand_back(self, place: int, sample: Sample) -> None:
        """A question came to nothing: it may be drawn again, `attempts` times in all."""
        self._tries[place] += 1
        if self._tries[place] < self._section.attempts:
            again = self._again.setdefault(sample.family, [])
            again.append((_rank(self._section.seed, self._group(sample.row)), place))

    def read(self, places: Iterable[int]) -> Iterator[tuple[int, Sample]]:
        """The questions at these places, in their order."""
        with self._path.open("rb") as file:
            for place in places:
                file.seek(place)
                yield place, sample_from(json.loads(file.readline()))

    def _take(self, family: str, count: int) -> Iterator[_Place]:
        """So many places of a family, decided now, read out later."""
        start = self._next.get(family, 0)
        places = self._places.get(family, array("q"))[start : start + count]
        ranks = self._ranks.get(family, array("Q"))[start : start + count]
        self._next[family] = start + len(places)
        again = self._again.get(family, [])
        more, again[:] = again[: count - len(places)], again[count - len(places) :]
        fresh = zip(ranks, places, strict=True)
        if self._order == "rows":
            return heapq.merge(fresh, sorted(more))
        return itertools.chain(fresh, more)

    def _questions(self) -> Iterator[list[tuple[int, str, int]]]:
        """Place, family and rank of each wording, the wordings of a question together."""
        for (family, _, row), found in itertools.groupby(self._rows(), key=lambda found: found[1]):
            group = self._group(row)
            wordings = [at for at, _ in found]
            if group is not None:
                rank = _rank(self._section.seed, group)
                yield [(at, family, rank) for at in wordings]

    def _rows(self) -> Iterator[tuple[int, tuple[str, str, str]]]:
        """Where each line begins, with its family, program and row."""
        at = 0
        with self._path.open("rb") as file:
            for line in file:
                row = json.loads(line)
                program = str(row["template"]).partition("/")[0]
                yield at, (str(row["family"]), program, str(row["row"]))
                at += len(line)


def _rank(seed: int, group: str | None) -> int:
    """A place in the order that depends on nothing but the group and the seed."""
    return digest(f"{seed}:{group}")


def shares(samples: int, there: Mapping[str, int], quotas: Mapping[str, float]) -> dict[str, int]:
    """How many rows each family is to give, summing to `samples` where that many can be had.

    A family with a quota gives its share, rounded by largest remainders; the others share what is
    left evenly. What a family without a quota does not have, the others without one give.

    Args:
        samples: how many rows in all.
        there: how many questions each family has.
        quotas: the share of some families.
    """
    exact = {family: samples * share for family, share in quotas.items()}
    given = {family: int(share) for family, share in exact.items()}
    whole = round(sum(exact.values()))
    by_remainder = sorted(exact, key=lambda family: (given[family] - exact[family], family))
    for family in by_remainder[: whole - sum(given.values())]:
        given[family] += 1
    free = {family: count for family, count in there.items() if family not in quotas}
    return given | spread(samples - sum(given.values()), free)


def spread(samples: int, there: Mapping[str, int]) -> dict[str, int]:
    """So many rows over families in turns, none giving more than it has."""
    given = dict.fromkeys(there, 0)
    left = samples
    while left > 0 and (open_ := [family for family in there if given[family] < there[family]]):
        step = max(1, left // len(open_))
        for family in open_:
            part = min(step, there[family] - given[family], left)
            given[family] += part
            left -= part
    return given
