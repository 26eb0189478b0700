"""What a sweep found, as JSON: trials, fronts, importances, history, and who won."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from harness.sweep.finals import Finals
from harness.sweep.ledger import Kept
from harness.sweep.request import Request
from harness.sweep.search import spent_hours
from harness.sweep.suggest import calm

_Z = 1.96
# Fewer trials say nothing of what matters.
_LEAST = 8


def findings(request: Request, trials: Sequence[Kept], finals: Finals) -> dict[str, Any]:
    """Everything that the page, the tables and `sweep.json` say.

    Args:
        request: the sweep.
        trials: all of them, in order.
        finals: what the finals found.
    """
    sd = training_noise(finals)
    whole = [one for one in trials if one.is_whole and one.keeps_to]
    named = {one.number: name for name, one in finals.trials.items()}
    return {
        "name": request.name,
        "sampler": request.settings.sampler,
        "shares": [round(share, 4) for share in request.shares],
        "search": {key: one.model_dump(mode="json") for key, one in request.ranges.items()},
        "constraints": dict(request.settings.constraints),
        "spent": spent(trials, request),
        "trials": [_trial(one, named.get(one.number)) for one in trials],
        "history": history(trials),
        "importances": importances(request, trials),
        "noise": {"training_sd": sd},
        "fronts": {
            "length": front(_by_length(whole), sd),
            "latency": front(_by_latency(finals), _of_means(sd, request)),
        },
        "finals": [_final(row, finals) for row in finals.rows],
        "failed_finals": {name: str(error) for name, error in finals.failures.items()},
        "winner": finals.winner,
        "not_apart": finals.not_apart,
    }


def spent(trials: Sequence[Kept], request: Request) -> dict[str, Any]:
    """What the search took: trials by how they ended, hours, and trainings as if all were whole."""
    states = ("complete", "pruned", "fail")
    shares = (share for one in trials for share, _ in zip(request.shares, one.rounds, strict=False))
    return {
        **{state: sum(one.state == state for one in trials) for state in states},
        "hours": round(spent_hours(trials), 3),
        "trainings": round(sum(shares), 2),
    }


def _trial(one: Kept, name: str | None) -> dict[str, Any]:
    last = one.last
    return {
        "number": one.number,
        "state": one.state,
        "values": dict(one.labels or {}),
        "rounds": [found.value for found in one.rounds],
        "total": last.parts.get("total"),
        "AS": last.parts.get("AS"),
        "AE": last.parts.get("AE"),
        "length": last.parts.get("length"),
        "seconds": round(sum(found.seconds for found in one.rounds), 2),
        "memory_gb": last.memory_gb,
        "violations": {key: value for key, value in one.violations.items() if value > 0},
        "problem": last.problem or None,
        "final": name,
    }


def _final(row: Mapping[str, Any], finals: Finals) -> dict[str, Any]:
    trial = finals.trials[str(row["name"])]
    wanted = ("name", "rank", "p_best", "total", "total_untimed", "parts", "latency", "repeats")
    found = {key: row.get(key) for key in wanted}
    return {**found, "trial": trial.number, "values": dict(trial.labels or {}),
            "searched": trial.last.value}  # fmt: skip


def history(trials: Sequence[Kept]) -> list[dict[str, Any]]:
    """Each time that a trial was better than all before it, among those that were trained whole."""
    best, found = -math.inf, []
    for one in trials:
        value = one.last.value
        if one.is_whole and one.keeps_to and value is not None and value > best:
            best = value
            found.append({"number": one.number, "value": value})
    return found


def importances(request: Request, trials: Sequence[Kept]) -> dict[str, float] | None:
    """How much each field decides who is among the best, by PED-ANOVA; they sum to 1.

    By the first round, in which all trials were trained alike. Watanabe et al., IJCAI 2023, as
    Optuna has it. `None` where there are too few trials, or they are all worth the same.
    """
    known = [(one, one.rounds[0].value) for one in trials if one.labels and one.rounds]
    points = [(one, value) for one, value in known if value is not None]
    if len(points) < _LEAST or len({value for _, value in points}) < 2:
        return None
    import optuna

    with calm():
        study = optuna.create_study(direction="maximize")
        for one, value in points:
            frozen = request.space.frozen(one.labels or {})
            study.add_trial(optuna.trial.create_trial(value=value, **frozen))
        found = optuna.importance.get_param_importances(study)
    known_sum = sum(found.values())
    if not known_sum or not math.isfinite(known_sum):
        return None
    return {key: round(share, 4) for key, share in found.items()}


# --- fronts --------------------------------------------------------------------------------------

# name, cost, AS with its interval
_Point = tuple[str, float, Mapping[str, float]]


def front(points: Sequence[_Point], sd: float | None) -> list[dict[str, Any]]:
    """Who is on the front of accuracy against cost, the cheapest first.

    One leaves the front only for another that costs no more and is more accurate by more than
    noise explains: the intervals over the questions, taken as if they were independent, which
    keeps rather too many, and the deviation over seeds where that is known.

    Args:
        points: name, cost, and AS with its interval in points.
        sd: of one training, in points; `None` where nothing was repeated.
    """
    found = []
    for name, cost, right in sorted(points, key=lambda point: (point[1], -point[2]["value"])):
        beaten = [
            other
            for other, price, theirs in points
            if other != name and price <= cost and _is_beyond(theirs, right, sd)
        ]
        found.append(
            {"name": name, "cost": cost, **right, "on_front": not beaten, "beaten_by": beaten[:3]}
        )
    return found


def _is_beyond(more: Mapping[str, float], less: Mapping[str, float], sd: float | None) -> bool:
    questions = sum(((one["high"] - one["low"]) / (2 * _Z)) ** 2 for one in (more, less))
    return more["value"] - less["value"] > _Z * math.sqrt(questions + 2 * (sd or 0.0) ** 2)


def training_noise(finals: Finals) -> float | None:
    """The deviation of AS over the seeds of one recipe, pooled over the finalists, in points."""
    sds = [
        (row["repeats"]["n"] - 1, row["repeats"]["sd"]["AS"])
        for row in finals.rows
        if row.get("repeats") and row["repeats"]["sd"]["AS"] is not None
    ]
    free = sum(df for df, _ in sds)
    return round(math.sqrt(sum(df * sd**2 for df, sd in sds) / free), 2) if free else None


def _of_means(sd: float | None, request: Request) -> float | None:
    """The intervals of finalists hold the spread of their seeds already."""
    return 0.0 if request.settings.repeats > 1 else sd


def _by_length(whole: Sequence[Kept]) -> list[_Point]:
    return [
        (str(one.number), float(length), right)
        for one in whole
        if (length := one.last.parts.get("length")) is not None
        and (right := one.last.parts.get("AS")) is not None
    ]


def _by_latency(finals: Finals) -> list[_Point]:
    return [
        (str(finals.trials[str(row["name"])].number), float(row["latency"]["p50_s"]), right)
        for row in finals.rows
        if row.get("latency") and (right := row["parts"]["AS"]) is not None
    ]
