"""A night as one page that opens offline: what it says, why, and every gate over the nights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.nightly import trends
from harness.nightly.blame import Blame, Flip
from harness.nightly.history import History, Night
from harness.nightly.night import Judged, Report, amount
from harness.nightly.rule import Call
from harness.nightly.taught import Taught
from harness.nightly.told import cause, cells
from reports.charts.chart import Chart
from reports.html import environment, whole
from reports.strings import Note
from reports.table import Cell, Table
from reports.text import cut, few, one_line, visible

_TEMPLATE = Path(__file__).with_name("page.html")
_SIGNS: Mapping[Call, str] = {"regressed": "✗", "inconclusive": "?", "fine": "✓"}
_NAMED = 3  # entries in the first sentence
_OPEN = 5  # questions that stand unfolded
_FAMILIES = 8
_CHANGES = 12
_LONGEST = 400  # characters of an answer, as records have them, or of a value


@dataclass(frozen=True, slots=True)
class Line:
    """One gate as the table has it: `cells` are blessed, tonight, loss, interval and at most."""

    entry: str
    gate: Note
    cells: tuple[Cell, ...]
    call: Call
    sign: str
    why: Cell


@dataclass(frozen=True, slots=True)
class Flipped:
    """A question that was lost, with its right answer and both that were given."""

    asked: str
    of: str
    gold: str
    before: Cell
    tonight: Cell


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a gate is red: its cause, what else changed, training rows, families, and questions.

    Of the questions, `folded` are those after the first few.
    """

    title: Note
    cause: Note
    changes: Table | None
    taught: tuple[Note, Table] | None
    families: tuple[tuple[Cell, float], ...]
    counts: Note | None
    flips: tuple[Flipped, ...]
    folded: tuple[Flipped, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """An entry over its nights: its name, a drawing a gate, and whether a point is many nights."""

    entry: str
    charts: tuple[Chart, ...]
    thinned: bool


def page(report: Report, history: History) -> bytes:
    """The page; what it says stands in `reports/strings.toml`."""
    entries = dict.fromkeys(one.entry for one in report.gates)
    relative = {entry: _is_relative(history, history.of(entry)) for entry in entries}
    pasts = [_past(report, history, entry, relative=relative[entry]) for entry in entries]
    return whole(
        environment(),
        _TEMPLATE,
        night=Note("night_about", {"night": one_line(report.night)}),
        tonight=one_line(report.night),
        lead=lead(report),
        counts=counts(report),
        cautions=[*_failed(report), *report.noticed],
        lines=[_line(one, relative=relative[one.entry]) for one in report.gates],
        reasons=[_reason(one, one.blame) for one in report.gates if one.blame is not None],
        pasts=[past for past in pasts if past.charts],
        legend=trends.legend(),
        thinned=any(past.thinned for past in pasts),
        most=str(trends.POINTS),
    )


def lead(report: Report) -> Note:
    """The night in a sentence, or in two where an entry could not run."""
    said = _calls(report)
    if not report.failed:
        return said
    names = few([one_line(name) for name in report.failed], _NAMED)
    return Note("night_broken", {"list": names, "rest": said})


def _calls(report: Report) -> Note:
    every = str(len(report.gates))
    red = [one for one in report.gates if one.call == "regressed"]
    if red:
        return Note("night_regressed", {"n": str(len(red)), "all": every, "list": _lost(red)})
    if not report.gates:
        return Note("night_nothing")
    still = sum(one.call == "inconclusive" for one in report.gates)
    if still:
        return Note("night_open", {"n": str(still), "all": every})
    return Note("night_fine", {"all": every})


def _lost(red: Sequence[Judged]) -> tuple[Note, ...]:
    """The entries that lost, the first few of them, with their gates."""
    found: dict[str, list[Note]] = {}
    for one in red:
        key = "night_lost_time" if one.gate == "time" else "night_lost_by"
        told = Note(key, {"gate": Note(one.gate), "loss": _loss(one)})
        found.setdefault(one_line(one.entry), []).append(told)
    named = [
        Note("night_lost", {"entry": entry, "list": tuple(lost)}) for entry, lost in found.items()
    ]
    more = len(named) - _NAMED
    rest = [Note("night_lost_more", {"n": str(more)})] if more > 0 else []
    return (*named[:_NAMED], *rest)


def _loss(one: Judged) -> Cell:
    """How much worse a red gate is, over the nights that made it red."""
    return "" if one.verdict is None else amount(one.gate, one.verdict.paired.value)


def counts(report: Report) -> Note:
    """How many gates came out how."""
    calls = [one.call for one in report.gates]
    return Note("night_counts", {call: str(calls.count(call)) for call in _SIGNS})


def _failed(report: Report) -> Iterator[Note]:
    for entry, why in report.failed.items():
        yield Note("night_failed", {"entry": one_line(entry), "why": _short(why)})


def _line(one: Judged, *, relative: bool) -> Line:
    ends = (trends.level(one.gate, value, relative=relative) for value in (one.blessed, one.mean))
    numbers = (*ends, *cells(one)[2:])
    why = cause(one.blame) if one.blame is not None else one.why
    return Line(one_line(one.entry), Note(one.gate), numbers, one.call, _SIGNS[one.call], why)


def _reason(one: Judged, found: Blame) -> Reason:
    shown, all_of_them = str(len(found.flips)), str(found.flipped)
    key = "night_flips" if shown == all_of_them else "night_flips_first"
    flips = tuple(map(_flipped, found.flips))
    return Reason(
        title=_title(one),
        cause=cause(found),
        changes=_changes(found) if len(found.changes) > 1 else None,
        taught=_taught(found.taught) if found.taught is not None else None,
        families=tuple(
            (one_line(name) or Note("night_all_questions"), share)
            for name, share in found.families[:_FAMILIES]
        ),
        counts=Note(key, {"n": all_of_them, "shown": shown}) if found.flips else None,
        flips=flips[:_OPEN],
        folded=flips[_OPEN:],
    )


def _taught(found: Taught) -> tuple[Note, Table]:
    """How many training rows changed, and the first of them."""
    heads = (Note("night_row"), Note("night_before"), Note("night_since"))
    rows = tuple(
        (_short(row.name), _short(row.before), _short(row.since)) for row in found.such[:_CHANGES]
    )
    counts = {"n": f"{found.apart:,}", "all": f"{found.rows:,}"}
    return Note("night_rows", counts), Table(heads, (True, True, True), rows)


def _title(one: Judged) -> Note:
    told: dict[str, Cell] = {
        "entry": one_line(one.entry),
        "gate": Note(one.gate),
        "loss": _loss(one),
    }
    return Note("night_why_time" if one.gate == "time" else "night_why_of", told)


def _flipped(flip: Flip) -> Flipped:
    of = " · ".join(filter(None, (one_line(flip.family), one_line(flip.question))))
    answers = _answer(flip.before), _answer(flip.tonight)
    return Flipped(_short(flip.asked), of, _short(flip.gold), *answers)


def _answer(text: str) -> Cell:
    return visible(cut(text, _LONGEST, "")) if text.strip() else Note("said_nothing")


def _short(text: str) -> str:
    return one_line(cut(text, _LONGEST, ""))


def _changes(found: Blame) -> Table:
    heads = (Note("field"), Note("night_before"), Note("night_since"))
    rows = tuple(
        (_short(change.name), _short(change.before), _short(change.since))
        for change in found.changes[:_CHANGES]
    )
    return Table(heads, (True, True, True), rows)


# --- over the nights -----------------------------------------------------------------------------


def _past(report: Report, history: History, entry: str, *, relative: bool) -> Past:
    nights = history.of(entry)
    blessed = history.blessed(entry)
    keys = () if blessed is None else blessed.nights
    judged = [one for one in report.gates if one.entry == entry]
    found = [trends.series(one, nights, keys, relative=relative) for one in judged]
    drawn = [one for one in found if one is not None]
    thinned = any(len(one.values) > trends.POINTS for one in drawn)
    return Past(one_line(entry), tuple(map(trends.chart, drawn)), thinned)


def _is_relative(history: History, nights: Sequence[Night]) -> bool:
    """Whether times of the last night are multiples of a reference's."""
    record = history.record(nights[-1]) if nights else None
    return record is not None and record.relative
