"""Several answers drawn to one question: their mean, pass@k and the vote of the majority.

A question earns the mean of what its answers earn. Beside that, and in no total:

    pass@k  the chance that of k answers one at least is right, from n drawn of which c are right:
            1 - C(n - c, k) / C(n, k), without bias (M. Chen et al., "Evaluating Large Language
            Models Trained on Code", 2021, arXiv:2107.03374, §2.1)
    maj@k   what the answer earns that most of the first k agree on (X. Wang et al.,
            "Self-Consistency Improves Chain of Thought Reasoning in Language Models", 2022,
            arXiv:2203.11171)

Questions may have unequal numbers of answers: each counts with its own, and k goes no further than
the fewest that any has.
"""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from harness.core import Output, Profile, Sample
from harness.metrics.clusters import Clusters
from harness.metrics.measure import Graded, Measure
from harness.metrics.measured import PARTS, Measured
from harness.metrics.score import score
from harness.text.normalize import answer_part, fold

if TYPE_CHECKING:
    from harness.checker.verdict import Verdict

Drawn = tuple[Output, "Verdict | None"]  # one answer of a question, and what was judged of it


def in_rounds(outputs: Sequence[Output]) -> list[list[Output]]:
    """The first answers of all questions, then their second ones, and so on.

    Where one question has fewer than others its first stands in, for a round is judged as a whole;
    what it earns there does not count (`numbers`).
    """
    most = max((1 + len(output.others) for output in outputs), default=1)
    return [[_drawn(output)[at % (1 + len(output.others))] for output in outputs]
            for at in range(most)]  # fmt: skip


def _drawn(output: Output) -> list[Output]:
    return [replace(output, others=()), *output.others]


def numbers(outputs: Sequence[Output]) -> list[int]:
    """How many answers each question has of its own.

    One without any is as wrong as often as the most were asked, for not to answer never pays.
    """
    most = max((1 + len(output.others) for output in outputs), default=1)
    return [most if o.failed and not o.others else 1 + len(o.others) for o in outputs]


def averaged(rounds: Sequence[Measured], drawn: Sequence[int] | None = None) -> Measured:
    """What each question earned on average over its answers; what nobody could decide is left out.

    A question is unscored where none of its answers is scored, unparsed where none could be read.

    Args:
        rounds: what was earned, round by round.
        drawn: how many answers each question has; one in every round where nothing is said.
    """
    each = [len(rounds)] * len(rounds[0].values) if drawn is None else drawn
    own = np.arange(len(rounds))[:, None] < np.array(each)
    earned = np.where(own[:, :, None], [measured.values for measured in rounds], math.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing is `nan`, as it is
        values = np.nanmean(earned, axis=0)
    unparsed = np.all(~own | [measured.unparsed for measured in rounds], axis=0)
    return Measured(values, np.isnan(values[:, 0]), unparsed)


def note(values: Sequence[float | None]) -> str:
    """How many of the answers to one question are right."""
    return f"{sum(value == 1 for value in values)} of {len(values)} right"


def measures(
    samples: Sequence[Sample],
    rounds: Sequence[tuple[Sequence[Output], Graded]],
    profile: Profile,
    drawn: Sequence[int] | None = None,
) -> list[Measure]:
    """pass@1, 2, 4, … up to the fewest answers of a question, and the vote of the majority.

    Questions that nobody could decide about for one of their answers are left out.

    Args:
        samples: the questions.
        rounds: the answers, one a question, and what was judged of them, round by round.
        profile: names the parts, for their intervals.
        drawn: how many answers each question has; one in every round where nothing is said.
    """
    judged = by_question(rounds, drawn)
    fewest = min(map(len, judged), default=len(rounds))
    kept = [at for at, answers in enumerate(judged) if all(_decided(v) for _, v in answers)]
    asked, answers = [samples[at] for at in kept], [judged[at] for at in kept]
    return [
        _measure(name, [way(found) for found in answers], asked, profile)
        for name, way in _ways(fewest).items()
    ]


def by_question(
    rounds: Sequence[tuple[Sequence[Output], Graded]], drawn: Sequence[int] | None
) -> list[tuple[Drawn, ...]]:
    """The answers that each question has of its own, from those of each round."""
    in_all = zip(*(zip(o, g.verdicts, strict=True) for o, g in rounds), strict=True)
    if drawn is None:
        return list(in_all)
    return [answers[:own] for answers, own in zip(in_all, drawn, strict=True)]


def _ways(fewest: int) -> dict[str, Callable[[Sequence[Drawn]], float]]:
    """What each measure makes of the answers to one question, of which there are so many or more.

    One answer has no majority.
    """
    ways: dict[str, Callable[[Sequence[Drawn]], float]] = {
        f"pass@{k}": partial(_passes, k) for k in powers(fewest)
    }
    return ways | ({f"maj@{fewest}": partial(_voted, fewest)} if fewest > 1 else {})


def _passes(k: int, answers: Sequence[Drawn]) -> float:
    return pass_at(k, len(answers), sum(map(_right, answers)))


def _voted(k: int, answers: Sequence[Drawn]) -> float:
    return majority(answers[:k])


def powers(most: int) -> list[int]:
    """1, 2, 4, … below a number, and the number."""
    return [*(2**power for power in range(most.bit_length()) if 2**power < most), most]


def pass_at(k: int, drawn: int, right: int) -> float:
    """The chance that one of `k` answers is right, where `right` of those drawn are.

    Raises:
        ValueError: fewer than `k` were drawn.
    """
    if k > drawn:
        raise ValueError(f"pass@{k} of {drawn} answers")
    return 1 - math.comb(drawn - right, k) / math.comb(drawn, k)


def majority(answers: Sequence[Drawn]) -> float:
    """What the answer earns that most give; of those equally frequent the one that came first.

    Answers agree where the checker read the same values in them, else where they say the same.
    One that failed or says nothing has no vote.
    """
    votes = [(_vote(output, verdict), verdict) for output, verdict in answers]
    counts = Counter(vote for vote, _ in votes if vote)
    if not counts:
        return 0.0
    chosen = max(counts, key=counts.__getitem__)  # the first of equals, as counts keep their order
    return next(_worth(verdict) for vote, verdict in votes if vote == chosen)


def _vote(output: Output, verdict: Verdict | None) -> tuple[str, ...]:
    if output.failed or verdict is None:
        return ()
    said = fold(answer_part(output.text)).strip()
    return verdict.found or ((said,) if said else ())


def _worth(verdict: Verdict | None) -> float:
    return 0.0 if verdict is None or verdict.value is None else verdict.value


def _right(drawn: Drawn) -> bool:
    return _worth(drawn[1]) == 1


def _decided(verdict: Verdict | None) -> bool:
    return verdict is None or not verdict.unjudged


def _measure(
    name: str, values: Sequence[float], samples: Sequence[Sample], profile: Profile
) -> Measure:
    if not values:
        return Measure(name, None, 0, note="no answer could be judged")
    earned = np.full((len(values), len(PARTS)), math.nan)
    earned[:, 0] = values
    nothing = np.zeros(len(values), dtype=np.bool_)
    clusters = Clusters(tuple(s.row for s in samples), tuple(s.template for s in samples))
    found = score(Measured(earned, nothing, nothing), clusters, profile).parts["AS"]
    if found is None:
        raise ValueError(f"{name} has values and no mean")
    told = (round(number, 2) for number in (found.value, found.low, found.high))
    value, low, high = told
    return Measure(name, value, len(values), low=low, high=high)
