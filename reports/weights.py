"""What the page needs to score the entries again under other weights and another time band."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.text.normalize import is_empty
from reports.ranking import accuracy
from reports.summary import PARTS

if TYPE_CHECKING:
    from harness.metrics.clusters import Floats
    from reports.board import Entry, Leaderboard
    from reports.runs import Answer, Run
    from reports.summary import Scoring

_MOST = 120_000  # answers of all entries together: about 2 MB of a page
_CLOSE = 2e-6  # values of scores.jsonl have six decimals


@dataclass(frozen=True, slots=True)
class Weights:
    """Sliders with what they begin at, and the answers that they weigh.

    Args:
        parts: the parts that rank the board, each with its weight in percent.
        band: seconds of full and of no marks; `None` where the page cannot move them.
        reach: powers of ten that the sliders of the band reach from and to.
        entries: those that are scored again; the first of the board where all are too many.
        data: JSON for the page's script; nothing in it ends a script element.
        fixed: whether no ranks can be given.
    """

    parts: tuple[tuple[str, float], ...]
    band: tuple[float, float] | None
    reach: tuple[int, int]
    entries: tuple[Entry, ...]
    data: str
    fixed: bool

    @property
    def logs(self) -> tuple[float, float]:
        """Where the sliders of the band begin."""
        full, zero = self.band or (1.0, 1.0)
        return math.log10(full), math.log10(zero)


def view(board: Leaderboard) -> Weights | None:
    """The sliders of a board; `None` where a single part ranks it, or nothing does."""
    known = [entry for entry in board.ranked if entry.main(board.basis) is not None]
    over = known[0].summary.weights(board.basis) if known else {}
    if len(over) < 2:
        return None
    ids = sorted(known[0].run.answers)
    entries = _first(known, len(ids))
    scoring = board.first.summary.scoring
    band = _band(scoring) if "ART" in over and _all_timed(entries, ids, scoring) else None
    data = {
        "parts": [PARTS.index(part) for part in over],
        "weights": list(over.values()),
        "band": band,
        "all": scoring.pays_all,
        "fixed": board.ranking.fixed,
        **_clusters(board, ids),
        "runs": [list(_members(entry.run, ids, timed=band is not None)) for entry in entries],
    }
    low, high = band or (1.0, 1.0)
    return Weights(
        parts=tuple((part, round(100 * weight, 1)) for part, weight in over.items()),
        band=band,
        reach=(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1),
        entries=entries,
        data=_safe(data),
        fixed=board.ranking.fixed,
    )


def _first(entries: Sequence[Entry], questions: int) -> tuple[Entry, ...]:
    """As many entries as a page can hold the answers of."""
    kept, answers = 0, 0
    for entry in entries:
        answers += questions * max(len(entry.run.repeats), 1)
        if kept > 1 and answers > _MOST:
            break
        kept += 1
    return tuple(entries[:kept])


def _clusters(board: Leaderboard, ids: Sequence[str]) -> dict[str, list[int]]:
    """Table row and wording of each question as numbers; one without is a cluster of its own."""
    samples = [board.samples.get(name) for name in ids]
    rows = _numbered([sample.row if sample else "" for sample in samples])
    templates = [sample.template if sample else "" for sample in samples]
    return {"rows": rows, "templates": _numbered(templates) if any(templates) else []}


def _numbered(labels: Sequence[str]) -> list[int]:
    numbers: dict[object, int] = {}
    return [numbers.setdefault(label or at, len(numbers)) for at, label in enumerate(labels)]


def _members(run: Run, ids: Sequence[str], *, timed: bool) -> Iterator[list[str]]:
    """What a run, or each seed of a recipe, earned: c, times or what ART averages, and e."""
    for answers in run.repeats or (run.answers,):
        asked = [answers[name] for name in ids]
        second = [_time(answer) if timed else _number(answer.response) for answer in asked]
        yield [
            _packed([_number(accuracy(answer)) for answer in asked]),
            _packed(second),
            _packed([_number(answer.efficiency) for answer in asked]),
        ]


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _time(answer: Answer) -> float:
    """Seconds that can earn; endless where the answer earns nothing whatever it took."""
    if answer.response is None:
        return math.nan
    earns = answer.error is None and answer.finish_reason != "length" and not is_empty(answer.text)
    return answer.e2e_s if earns and answer.e2e_s is not None else math.inf


def _band(scoring: Scoring) -> tuple[float, float] | None:
    """The band, where it is of seconds: multiples of a reference are not times of an answer."""
    full, zero = scoring.t_full, scoring.t_zero
    if scoring.relative or full is None or zero is None or not 0 < full < zero:
        return None
    return full, zero


def _all_timed(entries: Sequence[Entry], ids: Sequence[str], scoring: Scoring) -> bool:
    """Whether the times at hand give what every answer earned by its time."""
    runs = (answers for entry in entries for answers in entry.run.repeats or (entry.run.answers,))
    band = _band(scoring)
    return band is not None and all(
        _reproduced([answers[name] for name in ids], band, pays_all=scoring.pays_all)
        for answers in runs
    )


def _reproduced(answers: Sequence[Answer], band: tuple[float, float], *, pays_all: bool) -> bool:
    earned = np.array([_number(answer.response) for answer in answers])
    times = np.array([_time(answer) for answer in answers])
    right = np.array([_number(accuracy(answer)) for answer in answers])
    full, zero = band
    with np.errstate(divide="ignore"):  # what took endless earns nothing
        fast = np.clip(np.log(zero / times) / math.log(zero / full), 0, 1)
    made = fast if pays_all else right * fast
    return bool(np.allclose(made, earned, rtol=0, atol=_CLOSE, equal_nan=True))


def _packed(values: Sequence[float]) -> str:
    """Single precision, little end first: far finer than any decimal that is printed."""
    column: Floats = np.array(values)
    return base64.b64encode(column.astype("<f4").tobytes()).decode("ascii")


def _safe(data: dict[str, Any]) -> str:
    """JSON that no parser of HTML takes for markup."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
