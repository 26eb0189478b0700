"""From judged answers to AS, ART, AE and the total.

The official formulas are not public; these are Podium's own, named by the profile's id.

    AS    = 100 · mean(c)            c correctness in [0, 1]
    ART   = 100 · mean(c · r(t))     t end-to-end seconds; mean(r(t)) where the profile says `all`
    AE    = 100 · mean(e)            e = c · min(1, L_reference / L)
    total = Σ weight · part

Not to answer earns nothing, so nobody gains by it. Three things that a careless score mixes up:

    unanswered  no answer came (an error, a missing prediction), or it says nothing: c = r = e = 0
    unparsed    an answer came that the rules cannot read: c = 0, and its share is reported
    unscored    a judge was asked and could not decide: left out of the means, and counted
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.clusters import Clusters, Floats, Sources
from harness.metrics.influence import Influence, add_variances, unit, vector, weights_of
from harness.metrics.intervals import Interval, mean_interval
from harness.metrics.measured import PARTS, Measured
from harness.metrics.points import points
from harness.text.normalize import answer_part, information_length, is_empty

if TYPE_CHECKING:
    from harness.checker.verdict import Verdict
    from harness.core import Output, Profile


@dataclass(frozen=True, slots=True)
class Scores:
    """The parts and the total of one run, 0 to 100.

    Args:
        parts: AS, ART and AE; `None` where no sample has data for the part.
        total: the weighted mean of the parts that there are; `None` where there are none.
        over: the weights of the total, which add up to 1: a part without data is not among them.
        n: number of questions.
        unscored: about how many answers nobody could decide.
        unparsed: how many answers the rules could not read (they count 0 in AS).
        fixed: whether the intervals hold for these wordings only, since one or two say nothing of
            how far another would differ.
    """

    parts: Mapping[str, Interval | None]
    total: Interval | None
    over: Mapping[str, float]
    n: int
    unscored: int
    unparsed: int
    fixed: bool


def response_value(e2e_s: float, profile: Profile) -> float:
    """Return what a response time earns: 1 up to `t_full`, 0 from `t_zero`, linear in log t.

    r(t) = log(t_zero / t) / log(t_zero / t_full)

    Args:
        e2e_s: end-to-end seconds of one question at concurrency 1.
        profile: holds the band, in seconds.
    """
    if e2e_s <= profile.t_full:
        return 1.0
    if e2e_s >= profile.t_zero:
        return 0.0
    return math.log(profile.t_zero / e2e_s) / math.log(profile.t_zero / profile.t_full)


def efficiency(c: float, text: str, reference: str, reasoning: str = "") -> float:
    """Return what an answer earns for being short: c · min(1, L_reference / L).

    L counts the characters that carry information in the answer and in the reasoning that an engine
    told apart (what is marked as thinking within an answer is no part of it), and L_reference those
    of the terse reference sentence. Being shorter earns nothing more.

    Returns:
        The value in [0, c], or `nan` where the reference says nothing to compare with.
    """
    terse = information_length(reference)
    if terse == 0:
        return math.nan
    length = information_length(answer_part(text)) + information_length(reasoning)
    return c * min(1.0, terse / length) if length else c


def measure(
    outputs: Sequence[Output],
    verdicts: Sequence[Verdict | None],
    references: Sequence[str],
    profile: Profile,
    counted: Sequence[bool],
) -> Measured:
    """Turn the answers of one run into what they earned, question by question.

    Args:
        outputs: one a question, in order. `e2e_s` is the time that scores, so the median over
            replicates where there are several.
        verdicts: one an output; `None` where there was nothing to judge, which earns nothing.
        references: terse reference sentences, empty where there is none.
        profile: the band of response times, and whose times earn.
        counted: whether the question's time counts; without one its answer earns 0 in ART.
    """
    columns = zip(outputs, verdicts, references, counted, strict=True)
    rows = [_measure_one(*each, profile) for each in columns]
    values = np.array(rows, dtype=np.float64).reshape(-1, len(PARTS))
    unparsed = [
        verdict is not None
        and verdict.value is None
        and not verdict.unjudged
        and not says_nothing(output)
        for output, verdict in zip(outputs, verdicts, strict=True)
    ]
    return Measured(values, np.isnan(values[:, 0]), np.array(unparsed, dtype=np.bool_))


def says_nothing(output: Output) -> bool:
    """Tell whether an output answers nothing: it failed, or its text is empty."""
    return output.failed or is_empty(output.text)


def earns_time(output: Output) -> bool:
    """Tell whether an answer can earn anything by its time: one that is whole and says something.

    Any other earns 0 in ART however long it took.
    """
    return output.finish_reason != "length" and not says_nothing(output)


def _measure_one(
    output: Output, verdict: Verdict | None, reference: str, counted: bool, profile: Profile
) -> tuple[float, float, float]:
    """Return c, what ART averages, and e of one sample."""
    if verdict is not None and verdict.is_open:
        return math.nan, math.nan, math.nan
    c = 0.0 if says_nothing(output) else _correctness(verdict)
    whole = 0.0 if output.finish_reason == "length" else c  # what is cut may be right, no more
    e = efficiency(whole, output.text, reference, output.reasoning or "")
    if not counted:
        return c, math.nan, e
    r = response_value(output.e2e_s, profile) if output.e2e_s is not None else 0.0
    if r == 0 or not earns_time(output):
        return c, 0.0, e
    return c, r if profile.art == "all" else whole * r, e


def _correctness(verdict: Verdict | None) -> float:
    """How right an answer that says something is; `nan` where a judge could not decide."""
    if verdict is None:
        return 0.0
    if verdict.unjudged:
        return math.nan
    return 0.0 if verdict.value is None else verdict.value


def score(measured: Measured, clusters: Clusters, profile: Profile) -> Scores:
    """Score one run: parts and total, each with its 95% interval."""
    run = Influence(measured)
    over = weights_of([run], profile)
    wanted = {part: unit(i) for i, part in enumerate(PARTS) if not math.isnan(run.means[i])}
    if over:
        wanted["total"] = vector(over)
    found = dict(zip(wanted, _intervals(run, list(wanted.values()), clusters), strict=True))
    return Scores(
        {part: found.get(part) for part in PARTS}, found.get("total"), over, len(measured.values),
        int(measured.unscored.sum()), int(measured.unparsed.sum()), clusters.fixed,
    )  # fmt: skip


def _intervals(run: Influence, wanted: Sequence[Floats], clusters: Clusters) -> Iterator[Interval]:
    """Weighted means of a run's parts with their intervals, in points, in the order wanted."""
    made: dict[bytes, Sources] = {}
    for weights in wanted:
        asked = run.asked(weights)
        sources = made.setdefault(asked.tobytes(), Sources(clusters.factors(asked)))
        variance, df = sources.components(run.of(weights)[asked][:, None]).of_each()
        centre = run.centre(weights)
        unseen = run.step(weights) ** 2 * (centre**2 + (1 - centre) ** 2)
        variance, df = add_variances(
            variance, df,
            (np.array([unseen]), np.array([sources.most_df])),
            (np.array([run.seeds(weights)]), np.array([run.seeds_df])),
        )  # fmt: skip
        found = mean_interval(run.value(weights), centre, float(variance[0]), float(df[0]))
        yield Interval(100 * found.value, 100 * found.low, 100 * found.high)


def family_accuracy(
    measured: Measured, families: Sequence[str]
) -> dict[str, dict[str, float | None]]:
    """Return for each family `n`, its questions, and `AS` over those that are scored."""
    groups: dict[str, list[float]] = {}
    for family, c in zip(families, measured.values[:, 0], strict=True):
        groups.setdefault(family, []).append(float(c))
    found: dict[str, dict[str, float | None]] = {}
    for family, values in groups.items():
        scored = [c for c in values if not math.isnan(c)]
        accuracy = points(sum(scored), len(scored)) if scored else None
        found[family] = {"n": len(values), "AS": accuracy}
    return found


def macro_accuracy(families: Mapping[str, Mapping[str, float | None]]) -> float | None:
    """Return the mean of the families' AS, each family as heavy as any other.

    Args:
        families: as `family_accuracy` returns them; one without an AS is left out.
    """
    known = [family["AS"] for family in families.values() if family["AS"] is not None]
    return math.fsum(known) / len(known) if known else None
