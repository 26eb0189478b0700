"""Rows added to clean ones: as many of each kind as its share asks for, drawn by the seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol

from harness.config.sections import Augment
from harness.core import Domain, Sample
from harness.curate.augment.checks import Gate
from harness.curate.augment.follow_ups import Turns
from harness.curate.augment.frames import Framing
from harness.curate.augment.synonyms import Synonyms
from harness.curate.augment.typos import Typos
from harness.curate.augment.words import frame_words, pronoun_words, slip_words
from harness.curate.decontaminate import HeldOut
from harness.curate.rows import Origin, Row, digest


class Kind(Protocol):
    """One kind of change."""

    def changes(self, row: Row, draw: random.Random) -> Iterator[Sample]:
        """The ways in which a row can be changed, in drawn order; none where it cannot."""
        ...


@dataclass
class Added:
    """What came of one kind. `refused` counts changes that the gate turned down, by reason."""

    asked_for: int
    rows: list[Row] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def summary(self) -> dict[str, Any]:
        """The counts alone."""
        return {
            "asked_for": self.asked_for, "added": len(self.rows), "refused": dict(self.refused),
        }  # fmt: skip


def augment(
    section: Augment,
    rows: Sequence[Row],
    domains: Mapping[str, Domain],
    held_out: HeldOut,
    frames: Sequence[str] | None = None,
) -> dict[str, Added]:
    """Change rows into more rows.

    Each kind ranks the rows by a hash of the seed and their ids, so that a row more or less moves
    few others, and takes one change of each in turn until there are enough or none is left.

    Args:
        section: the share of each kind.
        rows: clean rows.
        domains: what values can be, by column, with aliases.
        held_out: the test phrasings.
        frames: a suite's own words around questions, instead of those of `frames.yaml`.

    Returns:
        What was added, by kind; kinds that are not asked for are left out.
    """
    kinds: dict[str, Callable[[], Kind]] = {
        "frames": lambda: Framing(frame_words(), frames),
        "synonyms": lambda: Synonyms(domains),
        "typos": lambda: Typos(slip_words(), domains),
        "turns": lambda: Turns(pronoun_words(), rows),
    }
    wanted = {name: round(getattr(section, name) * len(rows)) for name in kinds}
    if not any(wanted.values()):
        return {}
    gate = Gate(rows, domains, held_out)
    adders = [
        _Adder(name, kind(), gate, section.seed, Added(wanted[name]))
        for name, kind in kinds.items()
        if wanted[name]
    ]
    return {adder.name: adder.add(rows) for adder in adders}


@dataclass
class _Adder:
    """Adds the rows of one kind."""

    name: str
    kind: Kind
    gate: Gate
    seed: int
    added: Added
    _tried: Counter[int] = field(default_factory=Counter)
    _named: Counter[str] = field(default_factory=Counter)

    def add(self, rows: Sequence[Row]) -> Added:
        """Go round the rows until there are enough added ones, or a round adds none."""
        ranked = sorted(rows, key=lambda row: digest(self._seed_of(row)))
        before = -1
        while before < len(self.added.rows) < self.added.asked_for:
            before = len(self.added.rows)
            for place, row in enumerate(ranked):
                if len(self.added.rows) == self.added.asked_for:
                    break
                self._add_one(place, row)
        return self.added

    def _add_one(self, place: int, row: Row) -> None:
        """Add the row's next change that the gate lets through, if there is any."""
        changes = self.kind.changes(row, random.Random(self._seed_of(row)))
        for change in islice(changes, self._tried[place], None):
            self._tried[place] += 1
            new = Row(self._with_id(change, row), row.answer, Origin(self.name, row.sample.id))
            refused = self.gate.refuses(new)
            if refused is None:
                self._named[row.sample.id] += 1
                self.added.rows.append(new)
                return
            self.added.refused[refused] += 1

    def _seed_of(self, row: Row) -> str:
        return f"{self.seed}:{self.name}:{row.sample.id}"

    def _with_id(self, change: Sample, row: Row) -> Sample:
        """A change under an id of its own, although two wordings of one question may share one."""
        source = row.sample.id
        return replace(change, id=f"{source}+{self.name}-{self._named[source]}")
