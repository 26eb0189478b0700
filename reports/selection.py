"""Which base model to take: accuracies by data set as OpenCompass prints them, and what they prove.

    dataset       version  metric    mode  qwen2.5-1.5b-instruct  internlm2.5-1.8b-chat
    ocnli_fc-dev  51e956   accuracy  gen                   63.12                  58.13

Any suite has such a table whose measures are named `accuracy` and have a group. Under it each data
set's best entry is compared with every other on the same questions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from harness.metrics.paired import holm, mcnemar
from harness.metrics.points import points
from harness.text.display import clip_middle, pad, width
from reports.gfm import escape, table
from reports.strings import Note, say
from reports.text import few, one_line

if TYPE_CHECKING:
    from harness.metrics.measure import Measure
    from reports.board import Entry, Leaderboard

METRIC = "accuracy"
HEADS = ("dataset", "version", "metric", "mode")
LEVEL = 0.05  # of the chance that any of the gaps called real is none

_MISSING = "-"
_GAP = "  "
_SAID = 12  # comparisons that get a sentence of their own
_NAMED = 12  # entries whose half-width is told
_GOOD_NAME = 28  # columns that an entry's name gets
_NORMAL = 1.959964  # two-sided 95%


@dataclass(frozen=True, slots=True)
class Score:
    """One entry's accuracy on a data set, in percent, with half the width of its 95% interval."""

    value: float
    half: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One data set. `scores` are in the order of the entries, `None` where one has none."""

    dataset: str
    version: str
    metric: str
    mode: str
    scores: tuple[Score | None, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """The best entry of a data set against another, on the questions that both answered.

    Args:
        dataset: its name.
        mode: how it was asked.
        best: name of the entry with the higher accuracy.
        other: name of the other.
        points: by how many points of accuracy the best is ahead on these questions.
        half: half the width of the 95% interval of `points`.
        n: how many questions both answered.
        p: exact McNemar; over all gaps of a selection, adjusted by Holm.
    """

    dataset: str
    mode: str
    best: str
    other: str
    points: float
    half: float
    n: int
    p: float

    @property
    def real(self) -> bool:
        """Whether chance is ruled out."""
        return self.p < LEVEL


@dataclass(frozen=True, slots=True)
class Selection:
    """The table, and the comparisons under it.

    `models` are the entries' names, `heads` the keys in `reports.strings` of what stands before.
    """

    heads: ClassVar = HEADS

    models: tuple[str, ...]
    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]

    @property
    def cells(self) -> list[tuple[str, ...]]:
        """The rows as text."""
        return list(map(_cells, self.rows))

    @property
    def best(self) -> list[tuple[int, ...]]:
        """For each row, the places of its highest scores among the models."""
        return list(map(_highest, self.rows))

    @property
    def notes(self) -> list[Note]:
        """A sentence a comparison, then how sure each score is."""
        return list(_notes(self))


def selection(board: Leaderboard) -> Selection | None:
    """Tabulate the accuracies of a board; `None` where its suite measures none by data set."""
    found = [_accuracies(entry) for entry in board.entries]
    keys = list(dict.fromkeys(key for measures in found for key in measures))
    if not keys:
        return None
    rows = [_row(key, [measures.get(key) for measures in found]) for key in keys]
    gaps = [
        gap for (group, _), row in zip(keys, rows, strict=True) for gap in _gaps(board, group, row)
    ]
    adjusted = holm([gap.p for gap in gaps])
    return Selection(
        tuple(one_line(entry.label) for entry in board.entries),
        tuple(rows),
        tuple(replace(gap, p=p) for gap, p in zip(gaps, adjusted, strict=True)),
    )


def _accuracies(entry: Entry) -> dict[tuple[str, str], Measure]:
    """An entry's accuracies by data set and signature: others than equal ones do not compare."""
    measures = entry.summary.measures
    return {(m.group, m.signature): m for m in measures if m.name == METRIC and m.group}


def _row(key: tuple[str, str], found: Sequence[Measure | None]) -> Row:
    group, signature = key
    parts = dict(part.partition(":")[::2] for part in signature.split("|"))
    mode = one_line(parts.get("mode", _MISSING))
    dataset = one_line(group.removesuffix(f"-{mode}"))  # its own column says the mode
    version = one_line(parts.get("version", _MISSING))
    return Row(dataset, version, METRIC, mode, tuple(map(_score, found)))


def _score(measure: Measure | None) -> Score | None:
    if measure is None or measure.value is None:
        return None
    if measure.low is None or measure.high is None:
        return Score(measure.value, None)
    return Score(measure.value, (measure.high - measure.low) / 2)


def _gaps(board: Leaderboard, group: str, row: Row) -> Iterator[Gap]:
    """The best model of a row against each other, p not yet adjusted.

    The floor is no model to choose; it stands in the table and costs no comparison.
    """
    known = [
        (score, at)
        for at, score in enumerate(row.scores)
        if score is not None and not board.entries[at].summary.counts
    ]
    if len(known) < 2:
        return
    _, first = max(known, key=lambda pair: (pair[0].value, -pair[1]))
    items = [name for name, sample in board.samples.items() if sample.family == group]
    for _, at in known:
        if at != first:
            gap = _compared(row, board.entries[first], board.entries[at], items)
            if gap is not None:
                yield gap


def _compared(row: Row, best: Entry, other: Entry, items: Iterable[str]) -> Gap | None:
    if best.run.repeats or other.run.repeats:
        return None  # a mean over seeds is neither right nor wrong, and McNemar takes no other
    answers = ((best.run.answers.get(name), other.run.answers.get(name)) for name in items)
    both = [
        (left.status == "right", right.status == "right")
        for left, right in answers
        if left is not None and right is not None and "failed" not in (left.status, right.status)
    ]
    if not both:
        return None
    n = len(both)
    test = mcnemar([left for left, _ in both], [right for _, right in both])
    ahead, apart = test.b - test.c, test.b + test.c
    # The variance of a paired difference of shares: Fleiss, Levin and Paik (2003), section 13.1.
    half = 100 * _NORMAL * math.sqrt(apart - ahead**2 / n) / n
    names = one_line(best.label), one_line(other.label)
    return Gap(row.dataset, row.mode, *names, points(ahead, n), half, n, test.p)


# --- as people read it ---------------------------------------------------------------------------


def _cells(row: Row) -> tuple[str, ...]:
    scores = (_MISSING if score is None else f"{score.value:.2f}" for score in row.scores)
    return (row.dataset, row.version, row.metric, row.mode, *scores)


def _highest(row: Row) -> tuple[int, ...]:
    values = [score.value for score in row.scores if score is not None]
    if len(values) < 2:
        return ()
    top = max(values)
    return tuple(at for at, score in enumerate(row.scores) if score and score.value == top)


def _notes(selected: Selection) -> Iterator[Note]:
    gaps = selected.gaps
    yield from (_said(gap) for gap in gaps[:_SAID])
    if len(gaps) > _SAID:
        real = sum(gap.real for gap in gaps[_SAID:])
        yield Note("gap_rest", {"count": f"{len(gaps) - _SAID:,}", "real": f"{real:,}"})
    if gaps:
        yield Note("gap_means", {"count": f"{len(gaps):,}"})
    for row in selected.rows:
        halves = [
            f"{model} ±{score.half:.2f}"
            for model, score in zip(selected.models, row.scores, strict=True)
            if score is not None and score.half is not None
        ]
        if halves:
            where = {"dataset": row.dataset, "mode": row.mode}
            yield Note("half_widths", {**where, "list": few(halves, _NAMED)})


def _said(gap: Gap) -> Note:
    key = "gap_none" if gap.points == 0 else "gap_real" if gap.real else "gap_noise"
    return Note(
        key,
        {
            "points": f"{gap.points:.2f}", "half": f"{gap.half:.2f}", "dataset": gap.dataset,
            "mode": gap.mode, "best": gap.best, "other": gap.other, "p": _chance(gap.p),
            "n": f"{gap.n:,}",
        },
    )  # fmt: skip


def _chance(p: float) -> str:
    if p < 0.0001:
        return "< 0.0001"
    return f"= {p:.3g}" if p < 0.1 else f"= {p:.2f}"


def as_text(selected: Selection, columns: int) -> str:
    """The table and its sentences for a terminal of so many columns.

    Entries that do not fit beside the others follow in further blocks.
    """
    cells = selected.cells
    left = [_column(head, [row[at] for row in cells]) for at, head in enumerate(HEADS)]
    models = [
        _column(clip_middle(model, _GOOD_NAME), [row[len(HEADS) + at] for row in cells], right=True)
        for at, model in enumerate(selected.models)
    ]
    blocks = [_block([*left, *some]) for some in _fitting(left, models, columns)]
    return "\n\n".join([*blocks, "\n".join(say(note) for note in selected.notes)]).rstrip()


def _column(head: str, cells: Sequence[str], *, right: bool = False) -> list[str]:
    """Head, rule and cells, all of one width."""
    size = max(map(width, (head, *cells)))
    return [pad(head, size, right=right), "─" * size, *(pad(c, size, right=right) for c in cells)]


def _fitting(
    left: Sequence[list[str]], models: Sequence[list[str]], columns: int
) -> Iterator[list[list[str]]]:
    """Models in groups, each as wide as there is room for; one at least."""
    room = columns - sum(width(column[1]) + len(_GAP) for column in left)
    group: list[list[str]] = []
    used = 0
    for model in models:
        size = width(model[1]) + (len(_GAP) if group else 0)
        if group and used + size > room:
            yield group
            group, used, size = [], 0, width(model[1])
        group.append(model)
        used += size
    yield group


def _block(columns: Sequence[list[str]]) -> str:
    return "\n".join(_GAP.join(cells).rstrip() for cells in zip(*columns, strict=True))


def as_markdown(selected: Selection) -> str:
    """The table and its sentences as GitHub Markdown, without a heading."""
    left = [True] * len(HEADS) + [False] * len(selected.models)
    printed = table([*HEADS, *selected.models], left, selected.cells)
    notes = "\n".join(f"- {escape(say(note))}" for note in selected.notes)
    return f"{printed}\n\n{notes}".rstrip()
