"""The first words of every report: who leads, whether that is sure, and what to be wary of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.metrics.latency import INCONCLUSIVE
from reports import losses, seeds
from reports.strings import Note
from reports.summary import PARTS
from reports.text import few, one_line, percent, points
from reports.training import untaught

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard
    from reports.runs import Run

_NAMED = 3  # how many entries a sentence names before it counts the rest
_LISTED = 12  # the same for a caution
_CHANCE = 0.01  # smaller chances of being best are not worth a word
_UNPARSED = 0.02  # a checker that cannot read more than this deserves a warning
_REJECTED = 1 / 3  # of what a teacher wrote; more than that deserves a look
_LEAST_LOST = 0.05  # points; less is printed as none
_UNSTABLE = 0.10  # variation of the times above which the words of the verdict are shown
_BUSY = 0.10  # of all processors in other hands while times were taken
_PARITY = 0.99  # of the timed answers; where fewer equal the scored ones, another model was timed


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentences of `verdict`, one at least, and those of `cautions`."""

    notes: list[Note]
    cautions: list[Note]


def view(board: Leaderboard) -> Verdict:
    """Both, for the page."""
    return Verdict(verdict(board), cautions(board))


def verdict(board: Leaderboard) -> list[Note]:
    """The sentences that come first, the most important one at the front."""
    if board.first.main(board.basis) is None:
        return [Note("verdict_none"), *_unranked(board)]
    notes = [Note("verdict_fixed", _scores(board)) if board.ranking.fixed else _leader(board)]
    if board.reason is not None:
        notes.append(Note(f"basis_{board.basis}", {"reason": board.reason}))
    if len(board.ranked) > 1 and not board.ranking.fixed:
        notes += [*_chances(board), _pairs(board), *_detectable(board)]
    return [*notes, *_unranked(board), *_lost(board), *_costly(board)]


def _unranked(board: Leaderboard) -> Iterator[Note]:
    """Who is not ranked, and why; those with one reason together."""
    left = [entry for entry in board.entries if entry.unranked is not None]
    for at, entry in enumerate(left):
        if entry.unranked is not None and entry.unranked not in [e.unranked for e in left[:at]]:
            names = [one_line(e.label) for e in left if e.unranked == entry.unranked]
            yield Note("unranked", {"list": few(names, _LISTED), "why": entry.unranked})


def _leader(board: Leaderboard) -> Note:
    first, rivals = board.first, _rivals(board)
    values = _scores(board)
    if len(board.ranked) == 1:
        return Note("verdict_single", {**values, "n": f"{first.summary.n:,}"})
    if rivals:
        others = few([one_line(entry.label) for entry in rivals], _NAMED)
        return Note("verdict_tied", {**values, "others": others})
    second = board.entries[1]
    scored = {"second": one_line(second.label), "second_score": _scored(board, second)}
    return Note("verdict_clear", {**values, **scored})


def _scores(board: Leaderboard) -> dict[str, str]:
    return {"name": one_line(board.first.label), "score": _scored(board, board.first)}


def _rivals(board: Leaderboard) -> list[Entry]:
    """Whoever the data do not rule out as the first."""
    return [entry for entry in board.ranked[1:] if entry.rank is not None and entry.rank[0] == 1]


def _scored(board: Leaderboard, entry: Entry) -> str:
    main = entry.main(board.basis)
    if main is None:
        return points(None)
    scale = "" if board.basis == "total" else f"{board.basis} "
    return f"{scale}{points(main.value)} [{points(main.low)}, {points(main.high)}]"


def _chances(board: Leaderboard) -> Iterator[Note]:
    """Who may be best, wherever that is no certainty; nobody where seeds of one recipe compete."""
    competing = list(seeds.one_recipe(board))
    known = [(one_line(e.label), e.p_best) for e in board.ranked if e.p_best is not None]
    likely = sorted((pair for pair in known if pair[1] >= _CHANCE), key=lambda pair: -pair[1])
    if len(likely) > 1 and not competing:
        shown = likely[: _NAMED + 1]
        chances = tuple(f"{label} {percent(chance)}" for label, chance in shown)
        yield Note("best_chance", {"chances": chances})
    yield from competing


def _pairs(board: Leaderboard) -> Note:
    known = sum(entry.main(board.basis) is not None for entry in board.ranked)
    pairs = known * (known - 1) // 2
    told = board.ranking.apart
    return Note("pairs", {"apart": f"{told:,}", "pairs": f"{pairs:,}"})


def _detectable(board: Leaderboard) -> Iterator[Note]:
    """The smallest difference that these questions can show."""
    least = board.ranking.detectable
    if least is not None:
        yield Note("detectable", {"n": f"{board.first.summary.n:,}", "points": points(least)})


def _lost(board: Leaderboard) -> Iterator[Note]:
    """Where the leader's missing points went, the largest loss first."""
    summary = board.first.summary
    main, weights = summary.main(board.basis), summary.weights(board.basis)
    if main is None or board.basis == "AS":
        return
    losses = {
        part: weights[part] * (100 - estimate.value)
        for part in PARTS
        if (estimate := summary.parts[part]) is not None and part in weights
    }
    if max(losses.values(), default=0.0) < _LEAST_LOST:
        return
    largest = sorted(losses, key=lambda part: -losses[part])
    parts = tuple(f"{part} {points(losses[part])}" for part in largest)
    lost = points(100 - main.value)
    yield Note("lost", {"name": one_line(board.first.label), "lost": lost, "parts": parts})


def _costly(board: Leaderboard) -> Iterator[Note]:
    """The leader's family that costs the most answers: many questions, low accuracy, or both."""
    families = board.first.summary.families
    cost = {
        name: family.n * (100 - family.accuracy)
        for name, family in families.items()
        if family.accuracy is not None
    }
    if len(cost) < 2 or max(cost.values()) == 0:
        return
    name = max(cost, key=lambda family: cost[family])
    values = {"score": points(families[name].accuracy), "n": f"{families[name].n:,}"}
    yield Note("costly", {"family": one_line(board.family(name)), **values})


def cautions(board: Leaderboard) -> list[Note]:
    """What a reader must know before trusting the order: one sentence a kind of trouble."""
    notes = [] if board.samples else [Note("unclustered")]
    below = _below_floor(board)
    if below:
        notes.append(Note("below_floor", {"list": few(below, _LISTED)}))
    for key, trouble in _TROUBLES.items():
        found = [
            f"{one_line(entry.label)}{detail}"
            for entry in board.entries
            if (detail := trouble(entry.run)) is not None
        ]
        if found:
            notes.append(Note(key, {"list": few(found, _LISTED)}))
    return [*notes, *_shorter(board), *_worse(board)]


def _shorter(board: Leaderboard) -> Iterator[Note]:
    """What is tuned, and is wrong where its base was right in more words."""
    found = [
        f"{one_line(entry.label)} ({told.lost:,} − {told.won:,}, × {told.ratio:.2f})"
        for entry, told in losses.shorter(board)
    ]
    if found:
        yield Note("shorter_wrong", {"list": few(found, _LISTED)})


def _worse(board: Leaderboard) -> Iterator[Note]:
    """Families in which what is tuned, or the entry at the top, does worse than another."""
    found = [losses.in_words(board, loss) for loss in losses.losses(board)]
    if found:
        yield Note("worse", {"list": "; ".join(few(found, _LISTED))})


def _below_floor(board: Leaderboard) -> list[str]:
    """Entries with a model that are right no more often than the floor."""
    floors = [
        estimate.value
        for entry in board.entries
        if entry.summary.counts and (estimate := entry.summary.parts["AS"]) is not None
    ]
    return [
        one_line(entry.label)
        for entry in board.entries
        if entry.summary.computes
        and (estimate := entry.summary.parts["AS"]) is not None
        and estimate.value <= max(floors, default=-1.0)
    ]


def _stand_in(run: Run) -> str | None:
    return "" if run.summary.stand_in else None


def _untimed(run: Run) -> str | None:
    """Not worth a word where times do not count, no answer does, or there are none to take."""
    summary = run.summary
    lacking = summary.parts["ART"] is None and summary.latency is None and summary.computes
    return "" if lacking and summary.scoring.weights.get("ART") else None


def _void(run: Run) -> str | None:
    return f" ({one_line(run.summary.void)})" if run.summary.void else None


def _unanswered(run: Run) -> str | None:
    summary = run.summary
    return f" {summary.unanswered:,}/{summary.n:,}" if summary.unanswered else None


def _unscored(run: Run) -> str | None:
    summary = run.summary
    return f" {summary.unscored:,}/{summary.n:,}" if summary.unscored else None


def _unparsed(run: Run) -> str | None:
    summary = run.summary
    share = summary.unparsed / summary.n if summary.n else 0
    return f" {summary.unparsed:,}/{summary.n:,}" if share > _UNPARSED else None


def _truncated(run: Run) -> str | None:
    summary = run.summary
    cut = summary.length.truncated if summary.length else None
    return f" {cut:,.0f}/{summary.n:,}" if cut else None


def _curt(run: Run) -> str | None:
    ratio = run.summary.length.curt if run.summary.length else None
    return None if ratio is None else f" {ratio:.2f}"


def _unstable(run: Run) -> str | None:
    latency = run.summary.latency
    if latency is None or latency.cv is None or latency.cv <= _UNSTABLE:
        return None
    if latency.verdict == INCONCLUSIVE:
        return None  # `void` says so
    return f" {percent(latency.cv)} ({one_line(latency.verdict)})"


def _busy(run: Run) -> str | None:
    """How much of the machine others had while it was timed."""
    session = run.summary.signature.get("session") or {}
    load = session.get("load") or {}
    shares = [load.get(name) for name in ("others", "steal")]
    taken = sum(share for share in shares if isinstance(share, int | float))
    return f" {percent(taken)}" if taken > _BUSY else None


def _answers_otherwise(run: Run) -> str | None:
    """Equal texts, where nothing sharper was measured: honest merged weights differ in a few."""
    parity = run.summary.parity
    if run.summary.served is not None or parity is None or parity >= _PARITY:
        return None
    return f" {parity:.1%}"


def _served(word: str) -> Callable[[Run], str | None]:
    """The reason why a run is not, or may not be, served as it was trained."""

    def found(run: Run) -> str | None:
        served = run.summary.served
        return f" ({one_line(served.said)})" if served and served.verdict == word else None

    return found


def _untaught(run: Run) -> str | None:
    """Families that are asked and were never taught."""
    found = [one_line(name) for name in untaught(run)]
    return f" ({' / '.join(few(found, _NAMED))})" if found else None


def _rejected(run: Run) -> str | None:
    share = run.distillation.rejected_share if run.distillation else 0.0
    return f" {percent(share)}" if share > _REJECTED else None


def _fell(run: Run) -> str | None:
    """Families that training made worse, by the probe."""
    fell = run.probe.fell if run.probe else ()
    named = [
        f"{one_line(run.families.get(one.family, one.family))} {points(one.was)} → "
        f"{points(one.now)}, {(one.was - one.now) * one.n / 100:.1f}/{one.n:,}"
        for one in fell
    ]
    return f" ({'; '.join(few(named, _NAMED))})" if named else None


_TROUBLES: Mapping[str, Callable[[Run], str | None]] = {
    "stand_in": _stand_in,
    "untimed": _untimed,
    "void": _void,
    "unanswered": _unanswered,
    "unscored": _unscored,
    "unread": _unparsed,
    "truncated": _truncated,
    "curt": _curt,
    "unstable": _unstable,
    "busy": _busy,
    "served_otherwise": _served("fail"),
    "served_unclear": _served("unclear"),
    "parity_low": _answers_otherwise,
    "untaught": _untaught,
    "fell": _fell,
    "rejected_much": _rejected,
}
