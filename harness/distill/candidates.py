"""The questions that a suite may teach, drawn family by family without holding them in memory.

A question file may have hundreds of thousands of rows; only where each begins is kept.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
from array import array
from collections import deque
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from harness.core import Sample
from harness.records import sample_from
from harness.sections import Distill

Order = Literal["file", "drawn", "rows"]


class Candidates:
    """The training questions of a `questions` stage, each handed out once, and again on request.

    Args:
        path: `train.jsonl` of the stage.
        section: how many wordings of a question to keep, how often one may be drawn, the seed.
        order: as the `file` has them, family by family; `drawn` at random; or `rows`, the rows at
            random but the questions of each together. In the last two the families take turns.
    """

    def __init__(
        self, path: Path, section: Distill, order: Order, only: Container[str] | None = None
    ) -> None:
        self._path = path
        self._section = section
        self._only = only
        self._tries: dict[int, int] = {}
        self._again: dict[str, deque[int]] = {}
        self._in_turns = order != "file"
        self._places = self._found(random.Random(section.seed), order)
        self._next = dict.fromkeys(self._places, 0)

    def _found(self, draw: random.Random, order: Order) -> dict[str, array[int]]:
        """Where the questions of each family begin, in the order in which they are drawn."""
        phrasings = self._section.phrasings
        found: dict[str, array[int]] = {}
        ranks: dict[str, array[int]] = {}
        for wordings in self._questions():
            count = len(wordings) if phrasings is None else min(phrasings, len(wordings))
            for at, family, row in draw.sample(wordings, count):
                found.setdefault(family, array("q")).append(at)
                ranks.setdefault(family, array("Q")).append(_rank(self._section.seed, row))
        for family, places in found.items():
            if order == "drawn":
                draw.shuffle(places)
            elif order == "rows":
                rank = ranks[family]
                by_row = sorted(range(len(places)), key=lambda i: (rank[i], i))
                found[family] = array("q", (places[i] for i in by_row))
        return found

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

    def draw(self, wanted: Mapping[str, int]) -> list[int]:
        """Take up to so many questions of each family.

        Questions that were handed back come after those never tried.
        """
        taken = [self._take(family, count) for family, count in wanted.items()]
        if not self._in_turns:
            return list(itertools.chain(*taken))
        turns = itertools.zip_longest(*taken)
        return [place for turn in turns for place in turn if place is not None]

    def hand_back(self, place: int, family: str) -> None:
        """A question came to nothing: it may be drawn again, `attempts` times in all."""
        tried = self._tries[place] = self._tries.get(place, 0) + 1
        if tried < self._section.attempts:
            self._again.setdefault(family, deque()).append(place)

    def read(self, places: Sequence[int]) -> Iterator[tuple[int, Sample]]:
        """The questions at these places, in their order."""
        with self._path.open("rb") as file:
            for place in places:
                file.seek(place)
                yield place, sample_from(json.loads(file.readline()))

    def _take(self, family: str, count: int) -> Iterator[int]:
        fresh = self._places.get(family, array("q"))
        start = self._next.get(family, 0)
        taken = fresh[start : start + count]
        self._next[family] = start + len(taken)
        again = self._again.get(family, deque())
        # As many as there are now: what this round hands back waits for the next.
        more = [again.popleft() for _ in range(min(count - len(taken), len(again)))]
        return itertools.chain(taken, more)

    def _questions(self) -> Iterator[list[tuple[int, str, str]]]:
        """Place, family and row of each wording, the wordings of a question together."""
        for _, wordings in itertools.groupby(self._rows(), key=lambda found: found[1]):
            yield [(at, str(row["family"]), str(row["row"])) for at, _, row in wordings]

    def _rows(self) -> Iterator[tuple[int, tuple[str, str, str], dict[str, Any]]]:
        at = 0
        with self._path.open("rb") as file:
            for line in file:
                row = json.loads(line)
                if self._only is None or row["row"] in self._only:
                    program = str(row["template"]).partition("/")[0]
                    yield at, (str(row["family"]), program, str(row["row"])), row
                at += len(line)


def _rank(seed: int, row: str) -> int:
    """A place in the order that depends on nothing but the row and the seed."""
    text = f"{seed}:{row}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


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
