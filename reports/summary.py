"""`summary.json` of one run, read into types, so that no report guesses at a missing field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from harness.config.engines import COUNTING
from harness.core import Wordings
from harness.errors import InputError
from harness.metrics.measure import Confusion, Measure
from reports import measured
from reports.reader import Reader, open_object
from reports.strings import Note, words
from reports.text import one_line

PARTS = ("AS", "ART", "AE")
# What ranks a board: the total, the same without the times, or accuracy alone.
Basis = Literal["total", "AS+AE", "AS"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score of 0 to 100 with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scoring:
    """The profile that the numbers were scored with.

    Times are seconds, or multiples of a reference's where `relative`; `pays_all`: also wrong
    answers earn by their time.
    """

    id: str
    weights: Mapping[str, float]
    t_full: float | None
    t_zero: float | None
    formula: tuple[str, ...]
    relative: bool = False
    pays_all: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of question: how many, and the accuracy over them (`None`: none scored)."""

    n: int
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Phrasings:
    """AS over phrasings, in points: that of the worst and of the best, and the deviation of all."""

    n: int
    low: float
    high: float
    sd: float


@dataclass(frozen=True, slots=True)
class Loaded:
    """What it did while `rate` questions a second came by themselves.

    Seconds; `within` is the share of whole answers within `limit_s`.
    """

    rate: float
    p50_s: float
    p95_s: float
    within: float
    limit_s: float
    saturated: bool


@dataclass(frozen=True, slots=True)
class Latency:
    """What the times were. Seconds; `cv` is a share; `verdict` puts it in words.

    `relative` is how many times as long it took as the reference of its session, with its 95%
    interval; `loaded` what it did under load.
    """

    p50_s: float | None
    p90_s: float | None
    p95_s: float | None
    ttft_p50_s: float | None
    tpot_p50_s: float | None
    cv: float | None
    verdict: str
    relative: Estimate | None = None
    loaded: Loaded | None = None

    @property
    def steady(self) -> Note | str:
        """The verdict as the reports say it: translated where it is one of ours."""
        key = f"cv_{self.verdict}"
        return Note(key) if key in words() else one_line(self.verdict)


@dataclass(frozen=True, slots=True)
class Session:
    """When times were taken. `repeats_within` is the share by which its own halves differ."""

    id: str
    started: str
    repeats_within: float | None


@dataclass(frozen=True, slots=True)
class Served:
    """Whether it is served as it was trained, `pass`, `fail` or `unclear`, and why."""

    verdict: str
    said: str


@dataclass(frozen=True, slots=True)
class Length:
    """How long the answers were, in tokens, and how many were cut off.

    `curt` is how long wrong answers are in multiples of right ones, where the model is wrong where
    it is short; else `None`.
    """

    median_tokens: float | None
    p95_tokens: float | None
    truncated: float | None
    curt: float | None = None


@dataclass(frozen=True, slots=True)
class Repeats:
    """A recipe trained with several seeds: what each scored, in their order, 0 to 100.

    `sd` is the standard deviation of AS over the seeds, in points; `None` where fewer than two have
    a score.
    """

    seeds: tuple[int, ...]
    accuracies: tuple[float | None, ...]
    totals: tuple[float | None, ...]
    sd: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """One run's summary. `raw` is the file as it was, for `leaderboard.json`.

    `macro` is the mean of the families' AS. `total_untimed` is the total over the parts that need
    no times, each total with the weights that it stands over. `void` says why times that were
    taken do not count; empty where they do, or none were.
    """

    name: str
    suite: str
    suite_version: str
    scoring: Scoring
    model: Mapping[str, Any]
    finetune: Mapping[str, Any] | None
    repeats: Repeats | None
    created: str
    n: int
    unanswered: int
    unscored: int
    unparsed: int
    total: Estimate | None
    total_weights: Mapping[str, float]
    total_untimed: Estimate | None
    untimed_weights: Mapping[str, float]
    void: str
    parts: Mapping[str, Estimate | None]
    families: Mapping[str, Family]
    macro: float | None
    wordings: Wordings | None
    phrasings: Phrasings | None
    latency: Latency | None
    session: Session | None
    parity: float | None
    served: Served | None
    length: Length | None
    signature: Mapping[str, Any]
    measures: tuple[Measure, ...]
    confusions: tuple[Confusion, ...]
    raw: Mapping[str, Any]

    @property
    def described(self) -> str:
        """The model and how it was tuned, in a few words; empty where nothing is known."""
        model, tuned = self.model, self.finetune or {}
        name = model.get("base") or model.get("name") or model.get("engine") or ""
        has_rank = tuned.get("rank") is not None and tuned.get("method") != "full"
        rank = f"r{tuned['rank']}" if has_rank else ""
        how = " ".join(filter(None, (str(tuned.get("method") or ""), rank)))
        return one_line(" · ".join(filter(None, (str(name), how))))

    @property
    def stand_in(self) -> bool:
        """Whether the base model is the embedded tiny one, which claims nothing about quality."""
        return bool(self.model.get("stand_in"))

    @property
    def computes(self) -> bool:
        """Whether an engine computed the answers: the floor looks them up, and takes no time."""
        return self.signature.get("engine") is not None

    @property
    def counts(self) -> bool:
        """Whether it only counted training answers: the floor is no model to choose."""
        return self.model.get("engine") in COUNTING

    def main(self, basis: Basis) -> Estimate | None:
        """The estimate that ranks it."""
        if basis == "AS":
            return self.parts["AS"]
        return self.total if basis == "total" else self.total_untimed

    def weights(self, basis: Basis) -> Mapping[str, float]:
        """What that estimate stands over; nothing where there is none."""
        if self.main(basis) is None:
            return {}
        if basis == "AS":
            return {"AS": 1.0}
        return self.total_weights if basis == "total" else self.untimed_weights


def load(file: Path) -> Summary:
    """Read one `summary.json`.

    Raises:
        InputError: it is missing or is no summary; the message names file and field.
    """
    if not file.is_file():
        raise InputError(f"{file.parent}: no summary.json, so this is no finished run")
    return _summary(open_object(file))


def _summary(read: Reader) -> Summary:
    total, untimed = read.maybe("total"), read.maybe("total_untimed")
    times = read.maybe("times")
    parts, families = read.inside("parts"), read.inside("families")
    latency, length = read.maybe("latency"), read.maybe("length")
    repeats = read.maybe("repeats")
    return Summary(
        name=read.text("name"),
        suite=read.text("suite"),
        suite_version=read.text("suite_version"),
        scoring=_judged(_scoring(read.inside("scoring")), read.mapping("signature").get("judge")),
        model=read.mapping("model"),
        finetune=None if read.data.get("finetune") is None else read.mapping("finetune"),
        repeats=None if repeats is None else _repeats(repeats),
        created=read.text("created"),
        n=read.whole("n"),
        unanswered=read.whole("unanswered") if "unanswered" in read.data else 0,
        unscored=read.whole("unscored"),
        unparsed=read.whole("unparsed") if "unparsed" in read.data else 0,
        total=_estimate(total),
        total_weights=_weights(total.inside("weights")) if total else {},
        total_untimed=_estimate(untimed),
        untimed_weights=_weights(untimed.inside("weights")) if untimed else {},
        void=times.words("void") if times else "",
        parts={part: _estimate(parts.maybe(part)) for part in PARTS},
        families={name: _family(families.inside(name)) for name in families.data},
        macro=read.number("macro"),
        wordings=_wordings(read),
        phrasings=_phrasings(read.maybe("phrasings")),
        latency=None if latency is None else _latency(latency),
        session=_session(read.inside("signature").maybe("session")),
        parity=read.share("parity"),
        served=_served(read.maybe("served_as_trained")),
        length=None if length is None else _length(length),
        signature=read.mapping("signature"),
        measures=measured.measures(read),
        confusions=measured.confusions(read),
        raw=read.data,
    )


def _served(read: Reader | None) -> Served | None:
    return None if read is None else Served(read.text("verdict"), read.text("said"))


def _estimate(read: Reader | None) -> Estimate | None:
    if read is None or read.data.get("value") is None:
        return None
    return Estimate(read.sure("value"), read.sure("low"), read.sure("high"))


def _weights(read: Reader) -> dict[str, float]:
    return {part: read.sure(part) for part in PARTS if read.data.get(part) is not None}


def _scoring(read: Reader) -> Scoring:
    formula = read.data.get("formula", "")
    lines = formula.splitlines() if isinstance(formula, str) else formula
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise read.wrong("formula", "must be lines of text")
    weights = _weights(read.inside("weights"))
    return Scoring(
        read.text("id"), weights, read.number("t_full"), read.number("t_zero"), tuple(lines),
        read.data.get("times") == "relative", read.data.get("art") == "all",
    )  # fmt: skip


def _judged(scoring: Scoring, judge: object) -> Scoring:
    """The scoring with a line that names the judge, where a model judged open answers."""
    if not isinstance(judge, Mapping):
        return scoring
    line = f"judge of open answers: {judge.get('model')} (engine {judge.get('engine')})"
    return replace(scoring, formula=(*scoring.formula, line))


def _family(read: Reader) -> Family:
    return Family(read.whole("n"), read.number("AS"))


def _wordings(read: Reader) -> Wordings | None:
    """Which phrasings were asked; `None` where there are none, or an earlier Podium ran."""
    found = read.data.get("wordings")
    if found not in (None, *get_args(Wordings)):
        raise read.wrong("wordings", f"must be one of {', '.join(get_args(Wordings))}")
    return found


def _phrasings(read: Reader | None) -> Phrasings | None:
    if read is None:
        return None
    return Phrasings(read.count("n"), read.sure("low"), read.sure("high"), read.sure("sd"))


def _latency(read: Reader) -> Latency:
    return Latency(
        p50_s=read.number("p50_s"),
        p90_s=read.number("p90_s"),
        p95_s=read.number("p95_s"),
        ttft_p50_s=read.number("ttft_p50_s"),
        tpot_p50_s=read.number("tpot_p50_s"),
        cv=read.number("cv"),
        verdict=str(read.data.get("verdict") or ""),
        relative=_estimate(read.maybe("relative")),
        loaded=_loaded(read.maybe("loaded")),
    )


def _loaded(read: Reader | None) -> Loaded | None:
    if read is None:
        return None
    return Loaded(
        rate=read.sure("rate"),
        p50_s=read.sure("p50_s"),
        p95_s=read.sure("p95_s"),
        within=read.sure("within"),
        limit_s=read.sure("limit_s"),
        saturated=bool(read.data.get("saturated")),
    )


def _session(read: Reader | None) -> Session | None:
    if read is None:
        return None
    return Session(read.text("id"), read.text("started"), read.number("repeats_within"))


def _length(read: Reader) -> Length:
    short = read.maybe("curt")
    flagged = short is not None and bool(short.data.get("flagged"))
    return Length(
        median_tokens=read.number("median_tokens"),
        p95_tokens=read.number("p95_tokens"),
        truncated=read.number("truncated"),
        curt=short.number("ratio") if short is not None and flagged else None,
    )


def _repeats(read: Reader) -> Repeats:
    seeds = read.take("seeds", list, "a list")
    if not all(isinstance(seed, int) and not isinstance(seed, bool) for seed in seeds):
        raise read.wrong("seeds", "must be whole numbers")
    return Repeats(
        seeds=tuple(seeds),
        accuracies=_each_seed(read, "AS", len(seeds)),
        totals=_each_seed(read, "total", len(seeds)),
        sd=read.inside("sd").number("AS"),
    )


def _each_seed(read: Reader, field: str, count: int) -> tuple[float | None, ...]:
    values = read.take(field, list, "a list")
    if len(values) != count or not all(value is None or _is_number(value) for value in values):
        raise read.wrong(field, "must be a number or null for each seed")
    return tuple(None if value is None else float(value) for value in values)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
