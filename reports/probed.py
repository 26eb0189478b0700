"""The score of an entry while it was trained, as `probe.json` in its run folder says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.reader import open_object

if TYPE_CHECKING:
    from reports.reader import Reader


@dataclass(frozen=True, slots=True)
class Fell:
    """A family that was answered worse at the end than before or early on: AS, 0 to 100."""

    family: str
    n: int
    was: float
    now: float


@dataclass(frozen=True, slots=True)
class Probed:
    """AS, 0 to 100, of `n` questions at some steps; `best` is the step of the highest."""

    n: int
    scores: tuple[tuple[int, float], ...]
    best: int | None
    fell: tuple[Fell, ...] = ()


def load_probed(file: Path) -> Probed | None:
    """Read `probe.json`; `None` where there is none, or nothing could be judged.

    Raises:
        InputError: it is damaged.
    """
    if not file.is_file():
        return None
    read = open_object(file)
    scores = tuple(_scores(read))
    best = None if read.data.get("best") is None else read.inside("best").count("step")
    return Probed(read.count("n"), scores, best, tuple(_fell(read))) if scores else None


def _scores(read: Reader) -> Iterator[tuple[int, float]]:
    steps, scores = (read.take(name, list, "a list") for name in ("steps", "AS"))
    if len(steps) != len(scores):
        raise read.wrong("AS", "must have a number for each of steps")
    for step, score in zip(steps, scores, strict=True):
        if not _number(step) or step < 0:
            raise read.wrong("steps", "must be whole numbers")
        if score is None:
            continue
        if not _number(score) or not 0 <= score <= 100:
            raise read.wrong("AS", "must be 0 to 100, or null")
        yield int(step), float(score)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fell(read: Reader) -> Iterator[Fell]:
    for one in read.rows("fell") if "fell" in read.data else ():
        was, now = (one.inside(end).sure("AS") for end in ("from", "to"))
        yield Fell(one.text("family"), one.count("n"), was, now)
