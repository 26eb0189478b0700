"""Answers to scores and a summary: what the score stage and `podium score` have in common."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.checker.verdict import Verdict
from harness.config.sections import ScoreSection
from harness.core import CORRECTNESS, Domain, Output, Paid, Profile, Sample, Score, Suite
from harness.metrics import draws
from harness.metrics.clusters import Clusters
from harness.metrics.intervals import Interval
from harness.metrics.length import curt, length
from harness.metrics.measure import Graded
from harness.metrics.measure import Measure as RunMeasure
from harness.metrics.measured import PARTS, Measured
from harness.metrics.phrasings import phrasing_spread
from harness.metrics.score import (
    Scores,
    earns_time,
    family_accuracy,
    macro_accuracy,
    measure,
    says_nothing,
    score,
)

if TYPE_CHECKING:
    from harness.benchmark import Chosen
    from harness.judges.judge import Judge

# Times count where at least 95% of the questions chosen for timing have one: one in 20 may lack it.
_ONE_IN = 20
# Of what an answer was read to say, values and characters of each that are kept.
_MANY, _LONG = 20, 200


@dataclass(frozen=True, slots=True)
class Times:
    """Whose times score.

    Args:
        chosen: ids of the questions chosen for timing, before anybody knew how long they take.
        void: why the times do not count, in a sentence; empty where they do.
    """

    chosen: frozenset[str] = frozenset()
    void: str = ""


# What ART averages, by whose times the profile pays for.
_PAID: Mapping[Paid, str] = {"correct": "c · r(t)", "all": "r(t)"}


@dataclass(frozen=True, slots=True)
class Judged:
    """Scores, one a sample and metric, and the summary's measured part."""

    scores: tuple[Score, ...]
    summary: dict[str, Any]


def profile_with(profile: Profile, section: ScoreSection) -> Profile:
    """The suite's profile with a spec's changes; a changed profile has another id."""
    changed = replace(
        profile,
        weights={**profile.weights, **{str(k): w for k, w in section.weights.items()}},
        t_full=profile.t_full if section.t_full is None else section.t_full,
        t_zero=profile.t_zero if section.t_zero is None else section.t_zero,
        art=profile.art if section.art is None else section.art,
        times=profile.times if section.times is None else section.times,
    )
    if changed == profile:
        return profile
    weights = sorted(changed.weights.items())
    content = json.dumps([weights, changed.t_full, changed.t_zero, changed.art])
    if changed.times == "relative":
        content += changed.times
    return replace(changed, id=f"{profile.id}+{hashlib.sha256(content.encode()).hexdigest()[:6]}")


def in_words(suite: Suite, scores: Sequence[Score]) -> dict[str, Any]:
    """Which wordings a suite was asked in, and the spread of AS over them, as a summary says it."""
    spread = None if suite.wordings is None else phrasing_spread(suite.test, scores)
    return {"wordings": suite.wordings, "phrasings": spread}


def grade(
    chosen: Chosen[Any], suite: Suite, outputs: Sequence[Output], judge: Judge | None = None
) -> Graded:
    """Judge all answers of a suite's test: by its own `grade`, or by the answer checker.

    Args:
        chosen: the suite, with its options.
        suite: its questions.
        outputs: one a test sample, in their order.
        judge: shown open answers, where there is one.
    """
    own = chosen.benchmark.grade
    if own is None:
        return check_all(suite.test, outputs, suite.domains)
    graded: Graded = own(chosen.options, suite, outputs, judge)
    return graded


def check_all(
    samples: Sequence[Sample], outputs: Sequence[Output], domains: Mapping[str, Domain]
) -> Graded:
    """Judge every answer by the answer checker.

    Args:
        samples: the questions.
        outputs: one a sample, in their order.
        domains: by name, as the samples name them.
    """
    return Graded([_verdict(s, o, domains) for s, o in zip(samples, outputs, strict=True)])


def judge(
    samples: Sequence[Sample],
    outputs: Sequence[Output],
    graded: Graded,
    profile: Profile,
    times: Times,
    others: Sequence[tuple[Sequence[Output], Graded]] = (),
    drawn: Sequence[int] | None = None,
) -> Judged:
    """Score a run whose answers are judged.

    Args:
        samples: the questions.
        outputs: one a sample, in their order; `e2e_s` where its question was timed.
        graded: what was judged of the answers.
        profile: the scoring profile, changes of the spec included.
        times: which questions were chosen for timing, and whether their times count.
        others: where several answers were drawn to each question, those after the first, one a
            sample in each round, and what was judged of them.
        drawn: how many answers each question has; one in every round where nothing is said. What
            stands in the rounds beyond does not count.
    """
    rounds = [(outputs, graded), *others]
    lacking = sum(o.sample_id in times.chosen and _lacks_time(o) for o in outputs)
    times = _enough(times, lacking)
    counted = [not times.void and output.sample_id in times.chosen for output in outputs]
    references = [sample.reference for sample in samples]
    each = [measure(o, g.verdicts, references, profile, counted) for o, g in rounds]
    measured = draws.averaged(each, drawn) if others else each[0]
    by_family = family_accuracy(measured, [sample.family for sample in samples])
    estimated = estimates(measured, samples, profile)
    # What nobody knows the answer of is no answer that a judge left undecided.
    is_open = sum(sample.gold.is_open for sample in samples)
    summary = {
        "scoring": scoring(profile),
        "n": len(samples),
        "unanswered": sum(map(says_nothing, outputs)),
        "open": is_open,
        "unscored": int(measured.unscored.sum()) - is_open,
        "unparsed": int(measured.unparsed.sum()),
        "times": {
            "chosen": len(times.chosen),
            "timed": len(times.chosen) - lacking,
            "void": times.void or None,
        },
        **estimated,
        "families": by_family,
        "macro": None if (mean := macro_accuracy(by_family)) is None else round(mean, 2),
        "length": _length(outputs, references, measured),
        "measures": [
            _told(found)
            for found in (*_of_draws(samples, rounds, profile, drawn), *graded.measures)
        ],
        "confusions": [asdict(confusion) for confusion in graded.confusions],
    }
    scores = _scores(samples, draws.by_question(rounds, drawn), measured)
    return Judged((*scores, *graded.scores), summary)


def _of_draws(
    samples: Sequence[Sample],
    rounds: Sequence[tuple[Sequence[Output], Graded]],
    profile: Profile,
    drawn: Sequence[int] | None,
) -> list[RunMeasure]:
    """pass@k and the vote of the majority, where several answers were drawn."""
    return draws.measures(samples, rounds, profile, drawn) if len(rounds) > 1 else []


def _length(
    outputs: Sequence[Output], references: Sequence[str], measured: Measured
) -> dict[str, Any] | None:
    """Lengths, and whether the model is wrong where it is short: `curt`, null where unknown."""
    found = length(outputs)
    if found is None:
        return None
    short = curt(outputs, references, [float(c) for c in measured.values[:, 0]])
    return {**found, "curt": None if short is None else asdict(short)}


def estimates(measured: Measured, samples: Sequence[Sample], profile: Profile) -> dict[str, Any]:
    """The estimates of a summary, in points with two decimals.

    `total`, by the profile's weights; `total_untimed`, by the same without that of the times;
    `parts`; and `fixed`, whether their intervals hold for these wordings only.
    """
    clusters = Clusters(tuple(s.row for s in samples), tuple(s.template for s in samples))
    whole = untimed = score(measured, clusters, profile)
    if "ART" in whole.over:
        weights = {**profile.weights, "ART": 0.0}
        untimed = score(measured, clusters, replace(profile, weights=weights))
    return {
        "total": _total(whole),
        "total_untimed": _total(untimed),
        "parts": {p: None if (i := whole.parts[p]) is None else _interval(i) for p in PARTS},
        "fixed": whole.fixed,
    }


def _told(found: RunMeasure) -> dict[str, Any]:
    """A measure as a JSON object; what is not there is left out, but for its value."""
    data = {name: value for name, value in asdict(found).items() if value not in ("", None)}
    return {"name": found.name, "value": found.value} | data


def _verdict(sample: Sample, output: Output, domains: Mapping[str, Domain]) -> Verdict | None:
    if output.failed:
        return None
    # The checker compiles hundreds of patterns: a rerun that judges nothing does without.
    from harness.checker.check import check

    return check(output.text, sample.gold, sample.question, domains.get(sample.domain, Domain()))


def _lacks_time(output: Output) -> bool:
    """Whether an answer that a time could earn something for has none.

    One that failed, is empty or was cut earns nothing by its time, so it lacks none.
    """
    return output.e2e_s is None and earns_time(output)


def _enough(times: Times, lacking: int) -> Times:
    """The times, void where too many answers lack theirs."""
    chosen = len(times.chosen)
    if times.void or _ONE_IN * lacking <= chosen:
        return times
    void = f"{lacking} of {chosen} questions chosen for timing have an answer without a time"
    return replace(times, void=void)


def _total(scored: Scores) -> dict[str, Any] | None:
    return None if scored.total is None else {**_interval(scored.total), "weights": scored.over}


def _interval(interval: Interval) -> dict[str, float]:
    return {name: round(value, 2) for name, value in asdict(interval).items()}


def _scores(
    samples: Sequence[Sample],
    judged: Sequence[Sequence[draws.Drawn]],
    measured: Measured,
) -> list[Score]:
    """Metrics `correct`, `response` and `efficiency` of every sample, from its judged answers."""
    rows = []
    for sample, answers, values in zip(samples, judged, measured.values, strict=True):
        output, verdict = answers[0]
        note = verdict.note if verdict is not None else output.error or "no answer"
        found = _found(verdict)
        if len(answers) > 1:
            note = draws.note([None if v is None else v.value for _, v in answers])
        for metric, value in zip(("correct", "response", "efficiency"), values, strict=True):
            known = None if math.isnan(value) else round(float(value), 6)
            told = (note, found) if metric == "correct" else ()
            rows.append(Score(sample.id, metric, known, *told))
    return rows


def _found(verdict: Verdict | None) -> tuple[str, ...]:
    """What an answer was read to say; of one that says no end of things, the first."""
    return () if verdict is None else tuple(text[:_LONG] for text in verdict.found[:_MANY])


def scoring(profile: Profile) -> dict[str, Any]:
    """The profile with its formula in words, as every report prints it.

    A part that has no weight has no line.
    """
    weights = " + ".join(f"{w:g} {part}" for part, w in profile.weights.items())
    whole = sum(profile.weights.values())
    unit = "s" if profile.times == "absolute" else "× the reference's time"
    parts = {
        "ART": f"ART = 100 · mean({_PAID[profile.art]}), r = 1 up to {profile.t_full:g} {unit}, 0 "
        f"from {profile.t_zero:g} {unit}, linear in log t between; empty, failed or cut: 0",
        "AE": "AE = 100 · mean(c · min(1, L_gold / L)), L = characters that carry information; "
        "cut: 0",
    }
    return {
        "id": profile.id,
        "weights": dict(profile.weights),
        "t_full": profile.t_full,
        "t_zero": profile.t_zero,
        "art": profile.art,
        "times": profile.times,
        "formula": [
            *_correctness(profile),
            *(parts[part] for part in parts if profile.weights.get(part)),
            f"total = {weights}" + ("" if math.isclose(whole, 1) else f", divided by {whole:g}"),
        ],
    }


def _correctness(profile: Profile) -> tuple[str, ...]:
    """What AS is; a suite's own notion of correctness stands on a line of its own."""
    if profile.means == CORRECTNESS:
        return (f"AS = 100 · mean(c), c = {profile.means} in [0, 1]; no answer: 0",)
    return "AS = 100 · mean(c), c in [0, 1]; no answer: 0", f"c: {profile.means}"
