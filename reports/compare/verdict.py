"""What can be said of each run against the first: a sentence each, and what to be wary of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reports import comparable, seeds
from reports.compare.scatter import same_weights, varies
from reports.strings import Note
from reports.text import few, one_line, points

if TYPE_CHECKING:
    from reports.compare.comparison import Against, Comparison, Side
    from reports.runs import Run
    from reports.seeds import Spread

_LISTED = 12  # names and recipes of a sentence
_ELSEWHERE = "prediction file"  # the engine of answers that somebody else's system gave


def chance(p: float) -> str:
    """A p-value with three decimals."""
    return "< 0.001" if p < 0.0005 else f"{p:.3f}"


def _is(p: float) -> str:
    """A p-value behind the letter."""
    text = chance(p)
    return text if text.startswith("<") else f"= {text}"


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign; nothing is +0."""
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "−")


def verdict(compared: Comparison, other: Against) -> Note:
    """What can be said of one run, with the smallest difference that such runs show."""
    line = other.main
    shown = line.shown if other.call != "fixed" else line.contrast.questions
    p = line.contrast.questions.p if other.p is None else other.p
    return Note(
        f"compare_{other.call}",
        {
            "a": one_line(compared.first.label),
            "b": one_line(other.side.label),
            "basis": Note(compared.basis),
            "diff": signed(shown.value),
            "low": signed(shown.low),
            "high": signed(shown.high),
            "p": _is(p),
            "detectable": points(shown.detectable),
            "seeds": few([_said(one) for one in _shown_spreads(compared, other)], _LISTED),
        },
    )


def hits(compared: Comparison, other: Against) -> Note:
    """How many questions only one of the two has right."""
    return Note(
        "compare_hits",
        {
            "a": one_line(compared.first.label),
            "b": one_line(other.side.label),
            "lost": f"{other.hits.b:,}",
            "won": f"{other.hits.c:,}",
            "p": _is(other.hits_p),
        },
    )


def cautions(compared: Comparison) -> list[Note]:
    """What a reader must know before trusting the verdicts."""
    notes = []
    if compared.reason is not None:
        values = {"basis": Note(compared.basis), "reason": compared.reason}
        notes.append(Note("compare_basis", values))
    if compared.unsteady:
        code = str(compared.exit_code)
        notes.append(Note("compare_unsteady", {"list": _names(compared.unsteady), "code": code}))
    if len(compared.others) > 1:
        count, name = f"{len(compared.others):,}", one_line(compared.first.label)
        notes.append(Note("compare_many", {"count": count, "name": name}))
    notes += _of_seeds(compared)
    notes += [note for other in compared.others for note in _ranges(other)]
    notes += _not_known(compared)
    return notes


def _of_seeds(compared: Comparison) -> Iterator[Note]:
    """Where the scatter of trainings comes from, and whose it is."""
    for other in compared.others:
        if same_weights(compared.first.run, other.side.run):
            labels = {"a": compared.first.label, "b": other.side.label}
            yield Note("compare_same_weights", {k: one_line(v) for k, v in labels.items()})
    once = [side for side in compared.sides if _is_once(side.run)]
    spreads = _unlike([spread for other in compared.others for spread in other.spreads])
    several = [found for side in compared.sides if (found := seeds.spread(side.run.summary))]
    if once and spreads:
        sources = few([_said(one) for one in spreads], _LISTED)
        yield Note("compare_seeds_from", {"list": _names(once), "sources": sources})
    elif once and any(other.main.contrast.whole is None for other in compared.others):
        yield Note("compare_seeds_none", {"list": _names(once)})
    if several and not once:
        yield Note("compare_seeds_own", {"list": few([_said(one) for one in several], _LISTED)})


def _ranges(other: Against) -> Iterator[Note]:
    """A difference in AS that the seeds of one recipe alone have shown."""
    found = next((line.shown.value for line in other.lines if line.name == "AS"), 0.0)
    for spread in _unlike(other.spreads):
        if 0 < abs(found) <= spread.high - spread.low:
            values = {
                "b": one_line(other.side.label), "recipe": one_line(spread.recipe),
                "low": points(spread.low), "high": points(spread.high), "diff": signed(found),
            }  # fmt: skip
            yield Note("compare_seed_range", values)
            return


def _not_known(compared: Comparison) -> Iterator[Note]:
    elsewhere = [s for s in compared.sides if s.run.summary.model.get("engine") == _ELSEWHERE]
    if elsewhere:
        yield Note("compare_elsewhere", {"list": _names(elsewhere)})
    for side in compared.sides:
        why = comparable.unranked(side.run, "AS")
        if why is not None:
            yield Note("unranked", {"list": (one_line(side.label),), "why": why})
    if not compared.samples:
        yield Note("unclustered")


def _is_once(run: Run) -> bool:
    return varies(run) and run.summary.repeats is None


def _shown_spreads(compared: Comparison, other: Against) -> list[Spread]:
    """What is known of seeds: the runs' own, and others'."""
    runs = (compared.first.run, other.side.run)
    own = [found for run in runs if (found := seeds.spread(run.summary)) is not None]
    return [*own, *_unlike(other.spreads)]


def _unlike(spreads: Sequence[Spread]) -> list[Spread]:
    return list(dict.fromkeys(spreads))


def _said(spread: Spread) -> str:
    ends = f"{points(spread.low)}–{points(spread.high)}"
    return f"{one_line(spread.recipe)} × {spread.seeds}: AS {ends}, sd {points(spread.sd)}"


def _names(sides: Sequence[Side]) -> tuple[str, ...]:
    return few([one_line(side.label) for side in sides], _LISTED)
