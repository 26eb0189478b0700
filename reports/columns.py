"""The columns of the leaderboard, once, for every format that prints them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import seeds
from reports.summary import PARTS, Estimate
from reports.text import DASH, count, duration, one_line, percent, points, seconds

if TYPE_CHECKING:
    from reports.board import Entry, Leaderboard
    from reports.summary import Basis

Value = str | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `text` is what people read, `value` what machines sort and sheets hold.

    `key` names its heading in `reports.strings`, `help` the explanation, `form` the number
    format of a sheet, `left` a column of words, `estimate` a score with its interval.
    """

    key: str
    text: Callable[[Entry], str]
    value: Callable[[Entry], Value]
    help: str = ""
    form: str = "0.0"
    left: bool = False
    estimate: Callable[[Entry], Estimate | None] | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """Columns in which entries differ, and what all share in the others: heading and text."""

    columns: list[Column]
    same: list[tuple[Column, str]]


def fold(board: Leaderboard, columns: Sequence[Column], keep: int = 0) -> Folded:
    """Fold the columns in which no entry differs, but not the first `keep`; of one entry, none."""
    texts = [{column.text(entry) for entry in board.entries} for column in columns]
    folded = [
        len(board.entries) > 1 and len(found) == 1 and at >= keep for at, found in enumerate(texts)
    ]
    every = list(zip(columns, texts, folded, strict=True))
    return Folded(
        [column for column, _, is_same in every if not is_same],
        [(column, found.pop()) for column, found, is_same in every if is_same],
    )


def raw(board: Leaderboard) -> Folded:
    """The raw quantities of a page."""
    return fold(board, raw_columns(board))


def ranking_columns(board: Leaderboard) -> list[Column]:
    """Rank, name, total, chance of being best, parts, seeds and number of questions.

    A part that no entry has, or that has no weight, is left out; so are the seeds where no entry
    has several, and the chances where all entries are of one recipe. Where the total does not rank
    because of the times, what ranks instead stands in its place.
    """
    chance = Column("p_best", _chance, lambda entry: entry.p_best, "p_best_help", "0%")
    main: Basis = "AS+AE" if board.basis == "AS+AE" else "total"
    parts = [_part(part) for part in PARTS if _any_part(board, part)]
    if len(board.families) > 1 and any(e.summary.macro is not None for e in board.entries):
        after = 1 + max((at for at, part in enumerate(parts) if part.key == "AS"), default=-1)
        parts.insert(after, _number("macro", lambda e: e.summary.macro, points, "0.0"))
    return [
        Column("rank", rank_text, lambda e: e.rank[0] if e.rank else None, "rank_help", "0"),
        Column("entry", lambda e: one_line(e.label), lambda e: e.label, left=True),
        _scored(main, lambda entry: entry.main(main)),
        *([chance] if any(entry.p_best is not None for entry in board.entries) else []),
        *parts,
        *([_SEEDS] if any(entry.summary.repeats for entry in board.entries) else []),
        Column("n", lambda e: count(e.summary.n), lambda e: e.summary.n, "questions", "#,##0"),
    ]


def rank_text(entry: Entry) -> str:
    """`2`, or `1–3` where the data leave it open; a dash where the entry is not ranked."""
    if entry.rank is None:
        return DASH
    best, worst = entry.rank
    return str(best) if best == worst else f"{best}–{worst}"


def interval(estimate: Estimate | None) -> str:
    """`[93.0, 97.2]`, or nothing where there is no estimate."""
    return "" if estimate is None else f"[{points(estimate.low)}, {points(estimate.high)}]"


def scored(estimate: Estimate | None) -> str:
    """`95.1 [93.0, 97.2]`, or a dash."""
    return DASH if estimate is None else f"{points(estimate.value)} {interval(estimate)}"


def _chance(entry: Entry) -> str:
    return percent(entry.p_best) if entry.p_best else DASH


def _seeds_text(entry: Entry) -> str:
    text = seeds.as_text(entry)
    return DASH if text is None else text


_SEEDS = Column("seeds", _seeds_text, lambda entry: seeds.count(entry.summary), "seeds_help", "0")


def _any_part(board: Leaderboard, part: str) -> bool:
    return any(
        entry.summary.parts[part] is not None and entry.summary.scoring.weights.get(part)
        for entry in board.entries
    )


def _part(part: str) -> Column:
    return _scored(part, lambda entry: entry.summary.parts[part], f"{part}_long")


def _scored(key: str, pick: Callable[[Entry], Estimate | None], explain: str = "") -> Column:
    def value(entry: Entry) -> float | None:
        estimate = pick(entry)
        return None if estimate is None else estimate.value

    return Column(key, lambda entry: scored(pick(entry)), value, explain, estimate=pick)


def raw_columns(board: Leaderboard) -> list[Column]:
    """The quantities that the scores are made from; a column that all entries lack is left out."""
    every = [
        _number("p50", _latency("p50_s"), seconds, "0.000"),
        _number("p90", _latency("p90_s"), seconds, "0.000"),
        _number("p95", _latency("p95_s"), seconds, "0.000"),
        _number("ttft", _latency("ttft_p50_s"), seconds, "0.000"),
        _number("tpot", _latency("tpot_p50_s"), seconds, "0.0000"),
        Column("cv", _variation, _latency("cv"), "cv_help", "0.0%"),
        Column("relative", _relative, _ratio, "relative_help", "0.000"),
        Column("loaded", _loaded, _busy, "loaded_help", "0.000"),
        Column("parity", _parity, lambda e: e.summary.parity, "parity_help", "0.0%"),
        _number("tokens_p50", _length("median_tokens"), count, "#,##0"),
        _number("tokens_p95", _length("p95_tokens"), count, "#,##0"),
        _number("truncated_short", _length("truncated"), count, "#,##0", "truncated_help"),
        _number(
            "unanswered_short", lambda e: e.summary.unanswered, count, "#,##0", "unanswered_help"
        ),
        _number("unscored_short", lambda e: e.summary.unscored, count, "#,##0", "unscored_help"),
        _number("unparsed_short", lambda e: e.summary.unparsed, count, "#,##0", "unparsed_help"),
        _number("trained", _trained, duration, "#,##0"),
    ]
    return [c for c in every if any(c.value(entry) is not None for entry in board.entries)]


def _number(
    key: str,
    value: Callable[[Entry], float | None],
    show: Callable[[float | None], str],
    form: str,
    explain: str | None = None,
) -> Column:
    return Column(key, lambda entry: show(value(entry)), value, explain or f"{key}_help", form)


def _latency(name: str) -> Callable[[Entry], float | None]:
    return lambda entry: getattr(entry.summary.latency, name, None)


def _length(name: str) -> Callable[[Entry], float | None]:
    return lambda entry: getattr(entry.summary.length, name, None)


def _variation(entry: Entry) -> str:
    latency = entry.summary.latency
    if latency is None or latency.cv is None:
        return DASH
    return f"{latency.cv:.1%} {one_line(latency.verdict)}".rstrip()


def _ratio(entry: Entry) -> float | None:
    latency = entry.summary.latency
    return None if latency is None or latency.relative is None else latency.relative.value


def _relative(entry: Entry) -> str:
    latency = entry.summary.latency
    if latency is None or latency.relative is None:
        return DASH
    found = latency.relative
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _busy(entry: Entry) -> float | None:
    latency = entry.summary.latency
    return None if latency is None or latency.loaded is None else latency.loaded.p95_s


def _loaded(entry: Entry) -> str:
    """Percentiles under load and the rate of it; `!` where more came than it can answer."""
    latency = entry.summary.latency
    if latency is None or latency.loaded is None:
        return DASH
    found = latency.loaded
    mark = "!" if found.saturated else ""
    return f"{seconds(found.p50_s)} / {seconds(found.p95_s)} @{found.rate:.3g}/s{mark}"


def _parity(entry: Entry) -> str:
    return DASH if entry.summary.parity is None else f"{entry.summary.parity:.1%}"


def _trained(entry: Entry) -> float | None:
    spent = (entry.summary.finetune or {}).get("seconds")
    return float(spent) if isinstance(spent, int | float) else None
