"""What the difference of two totals is made of: Shapley's split over what changed.

On one question a run earns

    w_AS · c  +  w_ART · a · g · r(first + (tokens - 1) · tpot)  +  w_AE · c · k

with c its correctness, a what ART pays for (c, or whether it said anything where the profile says
`all`), g whether the answer was whole, r the worth of a response time, and k what is left of AE for
its length. Five things may change from one run to another: the correctness, the time to the first
token, that of each further one, how many there are (and whether they were cut off), and how terse
they are. Each is worth what it adds on average over all orders in which the five could have changed
(L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games II, 1953,
307-317): so the order does not matter, and the parts add up to the difference. What the first run
and what the second earned are taken as they were scored; only what lies between is computed.

What an answer that earns nothing says of its run:

    a wrong answer      its length is no length of a right one, so the other run's is taken; its
                        time to the first token and per token are its own
    none, or empty      nothing at all: the whole difference is one of correctness
    a single token      no time per token: the other run's is taken
    unknown parts       where the time cannot be split, or was not scored as it was taken (as
                        multiples of a reference), ART's share beside correctness is one thing, the
                        response time
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from harness.core import Profile
from harness.metrics.clusters import Bools, Floats
from harness.metrics.measured import PARTS

CAUSES = ("accuracy", "first_token", "per_token", "tokens", "response_time", "concise")
#: The causes that a time can be split into, with correctness the players of ART.
_PLAYERS = ("accuracy", "first_token", "per_token", "tokens")
#: Scores are stored with six digits; what differs by more was not scored by these times.
_AS_SCORED = 1e-4


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What one training of one recipe did on each question; every array has shape (n,).

    Args:
        values: shape (n, 3), what was scored: c, ART's share and AE's, `nan` where there is none.
        says: whether it said anything.
        cut: whether the answer that was judged was cut off.
        whole: whether the answer that was timed was whole and said something.
        e2e: seconds of the whole answer, or multiples of the reference's time; `nan` where unknown.
        first: the same, to the first token.
        tokens: output tokens of the answer that was timed, `nan` where nobody counted.
    """

    values: Floats
    says: Bools
    cut: Bools
    whole: Bools
    e2e: Floats
    first: Floats
    tokens: Floats


def response_values(times: Floats, profile: Profile) -> Floats:
    """What response times earn, elementwise; `nan` stays. See `harness.metrics.score`."""
    band = math.log(profile.t_zero / profile.t_full)
    with np.errstate(divide="ignore"):
        earned = np.log(profile.t_zero / np.maximum(times, 1e-12)) / band
    return np.asarray(np.clip(earned, 0.0, 1.0))


def attribute(first: Behaviour, second: Behaviour, profile: Profile) -> Floats:
    """Split what changed on each question and part over its causes.

    Args:
        first: a run.
        second: another over the same questions.
        profile: the band of response times, and whose times earn.

    Returns:
        Shape (n, 3, causes), by part in the order of `PARTS`. Over the causes it adds up to the
        second's value less the first's; `nan` where either has none.
    """
    n = len(first.says)
    found = np.zeros((n, len(PARTS), len(CAUSES)))
    accuracy, concise = CAUSES.index("accuracy"), CAUSES.index("concise")
    found[:, 0, accuracy] = second.values[:, 0] - first.values[:, 0]
    found[:, 2, accuracy], found[:, 2, concise] = _of_length(first.values, second.values)
    found[:, 1, :] = _of_times(first, second, profile)
    missing = np.isnan(first.values) | np.isnan(second.values)
    return np.where(missing[:, :, None], math.nan, found)


def _of_length(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """AE's change by correctness and by terseness: two factors, each at the mean of the other."""
    (c, e), (c2, e2) = (np.nan_to_num(values[:, [0, 2]]).T for values in (first, second))
    k, k2 = _share(e, c), _share(e2, c2)
    k, k2 = np.where(c > 0, k, k2), np.where(c2 > 0, k2, k)
    return (c2 - c) * (k + k2) / 2, (k2 - k) * (c + c2) / 2


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


@dataclass(frozen=True, slots=True)
class _Time:
    """What ART is made of on each question: a · g · r(first + (tokens - 1) · tpot)."""

    paid: Floats
    whole: Floats
    first: Floats
    tpot: Floats
    tokens: Floats


def _of_times(first: Behaviour, second: Behaviour, profile: Profile) -> Floats:
    """ART's change by cause; shape (n, causes)."""
    paid = [_paid(run, profile) for run in (first, second)]
    one, two = _completed(_time(first, paid[0]), _time(second, paid[1]))
    earned = [np.nan_to_num(run.values[:, 1]) for run in (first, second)]
    split = _is_as_scored(one, earned[0], profile) & _is_as_scored(two, earned[1], profile)
    found = np.zeros((len(split), len(CAUSES)))
    for name, part in zip(_PLAYERS, _shapley(one, two, earned, profile), strict=True):
        found[:, CAUSES.index(name)] = np.where(split, part, 0.0)
    worth, worth2 = _share(earned[0], paid[0]), _share(earned[1], paid[1])
    worth, worth2 = np.where(paid[0] > 0, worth, worth2), np.where(paid[1] > 0, worth2, worth)
    correct = (paid[1] - paid[0]) * (worth + worth2) / 2
    whole = (worth2 - worth) * (paid[0] + paid[1]) / 2
    found[:, CAUSES.index("accuracy")] = np.where(split, found[:, 0], correct)
    found[:, CAUSES.index("response_time")] = np.where(split, 0.0, whole)
    return found


def _paid(run: Behaviour, profile: Profile) -> Floats:
    """What ART pays for: correctness, or that anything was said."""
    says = run.says.astype(np.float64)
    return says if profile.art == "all" else np.nan_to_num(run.values[:, 0]) * says


def _time(run: Behaviour, paid: Floats) -> _Time:
    """The factors as far as the run has them, `nan` elsewhere."""
    with np.errstate(invalid="ignore", divide="ignore"):
        several = run.tokens > 1
        tpot = np.where(several, np.maximum(run.e2e - run.first, 0) / (run.tokens - 1), math.nan)
        start = np.where(several, run.e2e - tpot * (run.tokens - 1), run.e2e)
    known = np.where(np.isnan(run.tokens), math.nan, start)
    whole = (run.whole & ~run.cut).astype(np.float64)
    earns = (paid > 0) & run.says
    return _Time(
        paid,
        np.where(earns, whole, math.nan),
        np.where(run.says, known, math.nan),
        np.where(run.says, tpot, math.nan),
        np.where(earns, run.tokens, math.nan),
    )


def _completed(one: _Time, two: _Time) -> tuple[_Time, _Time]:
    """What a run has no value of is taken from the other."""
    names = ("whole", "first", "tpot", "tokens")
    both = {name: (getattr(one, name), getattr(two, name)) for name in names}
    mine = {name: np.where(np.isnan(a), b, a) for name, (a, b) in both.items()}
    other = {name: np.where(np.isnan(b), a, b) for name, (a, b) in both.items()}
    # Where neither decodes anything, neither takes time for it.
    for found in (mine, other):
        found["tpot"] = np.where(np.isnan(found["tpot"]) & (found["tokens"] <= 1), 0, found["tpot"])
    return replace(one, **mine), replace(two, **other)


def _worth(part: _Time, profile: Profile) -> Floats:
    time = part.first + (part.tokens - 1) * part.tpot
    return np.asarray(part.paid * part.whole * response_values(time, profile))


def _is_as_scored(part: _Time, earned: Floats, profile: Profile) -> Bools:
    """Whether these times give what was scored."""
    return np.asarray(np.abs(_worth(part, profile) - earned) <= _AS_SCORED)


def _shapley(one: _Time, two: _Time, earned: list[Floats], profile: Profile) -> list[Floats]:
    """Each player's mean gain over all orders; shape (n,) each, in the order of `_PLAYERS`."""
    players = range(len(_PLAYERS))
    worth = {
        frozenset(chosen): _worth(_mixed(one, two, frozenset(chosen)), profile)
        for size in range(len(_PLAYERS) + 1)
        for chosen in combinations(players, size)
    }
    worth[frozenset()], worth[frozenset(players)] = earned
    return [_mean_gain(worth, player) for player in players]


def _mixed(one: _Time, two: _Time, chosen: frozenset[int]) -> _Time:
    """The first run with what is chosen from the second."""
    accuracy, start, rate, length = ((two if at in chosen else one) for at in range(len(_PLAYERS)))
    return _Time(accuracy.paid, length.whole, start.first, rate.tpot, length.tokens)


def _mean_gain(worth: dict[frozenset[int], Floats], player: int) -> Floats:
    size = len(_PLAYERS)
    total = np.zeros_like(worth[frozenset()])
    for before, value in worth.items():
        if player not in before:
            ways = math.factorial(len(before)) * math.factorial(size - 1 - len(before))
            total = total + ways / math.factorial(size) * (worth[before | {player}] - value)
    return np.asarray(total)
