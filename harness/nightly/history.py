"""The nights that were: appended, never changed, and what is not whole is not there.

    nights.jsonl             a row a night and entry, written last: means and calls
    answers/<entry>/<n>.json values and answers by question, of blessed nights and the last ones
    blessed/<entry>.json     what the next are held against; only `podium bless` writes it

A night that ran twice counts once: the later row stands in its place. Nights keep the order in
which they came, whatever a clock says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from harness.errors import InputError
from harness.nightly.evidence import GATES, Gate
from harness.nightly.record import Record, read_record, to_json
from harness.store.files import decode, make_folder, read_json, remove, write_json
from harness.store.jsonl import JsonlAppender
from harness.store.locks import held
from reports.strings import Note

#: Nights of an entry whose answers are kept beside the blessed ones.
_KEPT = 8
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Key(NamedTuple):
    """Which night: a past that was handed on has numbers of its own."""

    entry: str
    number: int


@dataclass(frozen=True, slots=True)
class Night:
    """One row of the history.

    Args:
        entry: whose night.
        night: its name, a date where nobody said otherwise.
        number: of the entry's nights, from 1; a night that ran again has its number.
        created: when its run was scored.
        means: by gate; those without data are left out.
        calls: by gate, fine, regressed or inconclusive; empty before anything was blessed.
        p: by gate, the smaller p of one and two nights.
        made: what it was made with.
        identity: what must agree.
    """

    entry: str
    night: str
    number: int
    created: str
    means: Mapping[str, float]
    made: Mapping[str, str]
    identity: Mapping[str, str]
    calls: Mapping[str, str] = field(default_factory=dict)
    p: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Which night it is."""
        return Key(self.entry, self.number)


@dataclass(frozen=True, slots=True)
class Blessed:
    """The nights that the next of an entry are held against, and its former name."""

    entry: str
    nights: tuple[Key, ...]
    was: str = ""


class History:
    """A folder of nights.

    Args:
        root: the folder; it need not be there yet.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._rows: dict[Key, Night] | None = None

    @property
    def rows(self) -> list[Night]:
        """All nights, in the order in which they came; of one that ran again the later row."""
        return list(self._known().values())

    def _known(self) -> dict[Key, Night]:
        if self._rows is None:
            self._rows = {row.key: row for row in _rows(self.root / "nights.jsonl")}
        return self._rows

    def of(self, entry: str) -> list[Night]:
        """The nights of an entry, those under a former name first."""
        return [row for name in self.names(entry)[::-1] for row in self.rows if row.entry == name]

    def names(self, entry: str) -> list[str]:
        """What an entry is called, and what it was called before, the last first."""
        found = [entry]
        while (blessed := self.blessed(found[-1])) is not None and blessed.was:
            if blessed.was in found:
                raise InputError(f"{self._blessing(found[-1])}: {blessed.was} is its own past")
            found.append(blessed.was)
        return found

    def place(self, entry: str, night: str) -> tuple[Key, Note | None]:
        """Which night one of that name is or will be, and what is odd about its name."""
        rows = self.of(entry)
        if not rows or rows[-1].entry != entry:
            return Key(entry, 1), None
        last, blessed = rows[-1], self.blessed(entry)
        following = Key(entry, last.number + 1)
        if last.night == night and blessed is not None and last.key in blessed.nights:
            return following, Note("night_stays", {"entry": entry, "night": night})
        if last.night == night:
            return last.key, Note("night_again", {"entry": entry, "night": night})
        told = {"entry": entry, "night": night, "last": last.night}
        jumped = _is_date(night) and _is_date(last.night) and night < last.night
        return following, Note("night_jumped", told) if jumped else None

    def add(self, night: Night, record: Record) -> None:
        """Keep a night: its answers first, its row last.

        Raises:
            StoreError: the disk refuses.
        """
        write_json(self._answers(night.key), to_json(record))
        with JsonlAppender(self.root / "nights.jsonl") as file:
            file.append(_row_to(night))
        self._known()[night.key] = night
        self._forget(night.entry)

    def record(self, night: Night) -> Record | None:
        """The answers of a night; `None` where they were not kept."""
        path = self._answers(night.key)
        return read_record(path) if path.is_file() else None

    def blessed(self, entry: str) -> Blessed | None:
        """The blessed nights of an entry; `None` where there are none.

        Raises:
            InputError: the file is damaged.
        """
        path = self._blessing(entry)
        if not path.is_file():
            return None
        data = read_json(path)
        try:
            nights = tuple(Key(str(name), int(number)) for name, number in data["nights"])
            return Blessed(str(data["entry"]), nights, str(data["was"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path}: says of no nights that they are blessed") from error

    def bless(self, blessed: Blessed) -> None:
        """Have the next nights held against these.

        Raises:
            StoreError: the disk refuses.
        """
        path = self._blessing(blessed.entry)
        write_json(
            path,
            {"entry": blessed.entry, "nights": list(blessed.nights), "was": blessed.was},
        )

    def blessed_records(self, entry: str) -> list[Record]:
        """The answers of the blessed nights.

        Raises:
            InputError: one is gone.
        """
        blessed = self.blessed(entry)
        if blessed is None:
            return []
        known, found = self._known(), []
        for key in blessed.nights:
            record = self.record(known[key]) if key in known else None
            if record is None:
                raise InputError(
                    f"{self.root / 'nights.jsonl'}: night {key.number} of {key.entry}, which is "
                    f"blessed, is not there or cannot be read: mend its line, or delete "
                    f"{self._blessing(entry)} and bless others"
                )
            found.append(record)
        return found

    def locked(self) -> Any:
        """Keep other processes from writing for a while."""
        make_folder(self.root)
        return held(self.root / ".lock", "the nights")

    def _forget(self, entry: str) -> None:
        """Drop the answers of nights long ago that nobody blessed, by whichever name."""
        names = {*self.names(entry), *(row.entry for row in self.rows)}
        kept = {key for name in names if (one := self.blessed(name)) for key in one.nights}
        for row in [row for row in self.of(entry) if row.key not in kept][:-_KEPT]:
            remove(self._answers(row.key))

    def _answers(self, key: Key) -> Path:
        return self.root / "answers" / _safe(key.entry) / f"{key.number}.json"

    def _blessing(self, entry: str) -> Path:
        return self.root / "blessed" / f"{_safe(entry)}.json"


def _is_date(night: str) -> bool:
    """Whether a night is named by its date, which others come after."""
    return _DATE.match(night) is not None


def _safe(entry: str) -> str:
    """A file's name for any entry: its own letters as far as they are harmless, and a digest."""
    plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in entry)[:60]
    return f"{plain}-{sha256(entry.encode()).hexdigest()[:8]}"


def _rows(path: Path) -> Sequence[Night]:
    """The rows that are whole; one that a kill cut short never was."""
    if not path.is_file():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            data = decode(line)
            found.append(_row_from(data))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _row_to(night: Night) -> dict[str, object]:
    return {name: getattr(night, name) for name in night.__dataclass_fields__}


def _row_from(data: Mapping[str, Any]) -> Night:
    return Night(
        entry=str(data["entry"]),
        night=str(data["night"]),
        number=int(data["number"]),
        created=str(data["created"]),
        means={str(gate): float(mean) for gate, mean in data["means"].items()},
        made={str(name): str(value) for name, value in data["made"].items()},
        identity={str(name): str(value) for name, value in data["identity"].items()},
        calls={str(gate): str(call) for gate, call in data["calls"].items()},
        p={str(gate): float(p) for gate, p in data["p"].items()},
    )


def means_of(record: Record) -> dict[str, float]:
    """The mean of each gate that has data."""
    gates: tuple[Gate, ...] = GATES
    return {gate: record.mean(gate) for gate in gates if record.has(gate)}
