"""One batch of a search: chosen together, trained a share of their epochs, halved, trained more."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from harness.config.search import read_bound
from harness.sweep.halving import going_on, is_worse
from harness.sweep.ledger import Kept, Ledger
from harness.sweep.request import Request
from harness.sweep.suggest import Past, Suggester
from harness.sweep.trials import Ask, Evaluation, Evaluator

log = logging.getLogger("podium")


def run_batch(batch: str, request: Request, ledger: Ledger, evaluator: Evaluator) -> None:
    """Choose the recipes of a batch where nobody has, and evaluate them round by round.

    What the ledger has is not done again. A recipe depends on the trials before its batch alone,
    whatever of the batch is finished.
    """
    trials = ledger.trials()
    members = [
        one for one in trials if one.batch == batch and not (one.is_finished and one.labels is None)
    ]
    if not members:
        return
    before = [one for one in trials if one.number < members[0].number and one.rounds]
    labels = _choose(members, before, request, ledger)
    under_way = list(labels)
    found: dict[int, Evaluation] = {}
    for at, share in enumerate(request.shares):
        known = {one.number: one.rounds[at] for one in members if len(one.rounds) > at}
        asks = [
            Ask(number, request.space.of(labels[number]), share)
            for number in under_way
            if number not in known
        ]
        with ledger.at_it(under_way):
            evaluated = evaluator.evaluate(asks) if asks else []
        for ask, one in zip(asks, evaluated, strict=True):
            ledger.note_round(ask.number, at, one)
            known[ask.number] = one
        found |= {number: known[number] for number in under_way}
        is_last = share == request.shares[-1]
        goes = [] if is_last else _going_on(found, under_way, at, before, request, evaluator)
        for number in under_way:
            if number not in goes:
                _finish(number, found[number], labels[number], request, ledger, whole=is_last)
        under_way = goes
        if not under_way:
            return


def _choose(
    members: Sequence[Kept], before: Sequence[Kept], request: Request, ledger: Ledger
) -> dict[int, Mapping[str, Any]]:
    """The recipes of a batch, by trial."""
    past = [
        Past(one.labels, [r.value for r in one.rounds if r.value is not None], one.is_whole,
             one.violations)
        for one in before
        if one.labels is not None and one.state in ("complete", "pruned")
    ]  # fmt: skip
    suggester = Suggester(request.space, request.settings, request.own, past)
    chosen: dict[int, Mapping[str, Any]] = {}
    for one in members:
        if one.labels is not None:
            suggester.note(one.labels)
            labels: Mapping[str, Any] | None = one.labels
        else:
            labels = suggester.suggest(one.number)
        if labels is None:
            ledger.finish(one.number, "fail", None, {})
            continue
        ledger.choose(one.number, labels, request)
        chosen[one.number] = labels
    return chosen


def _going_on(
    found: Mapping[int, Evaluation],
    under_way: Sequence[int],
    at: int,
    before: Sequence[Kept],
    request: Request,
    evaluator: Evaluator,
) -> list[int]:
    """Which trials of a batch go on to the next round, in order."""
    values = {
        number: value
        for number in under_way
        if (value := found[number].value) is not None
        and not _takes_too_much(found[number], request)
    }
    if not values:
        return []
    goes = going_on(values, request.shares, at)
    best = max(
        (
            one.rounds[at]
            for one in before
            if len(one.rounds) > at and one.rounds[at].value is not None
        ),
        key=lambda one: one.value or 0.0,
        default=None,
    )
    p = request.settings.prune
    if best is None or p is None:
        return sorted(goes)
    asked = evaluator.answers(best)
    return sorted(n for n in goes if not is_worse(evaluator.answers(found[n]), asked, p))


def _takes_too_much(found: Evaluation, request: Request) -> bool:
    return violations(found, request, whole=False).get("memory_gb", 0.0) > 0


def _finish(
    number: int,
    found: Evaluation,
    labels: Mapping[str, Any],
    request: Request,
    ledger: Ledger,
    *,
    whole: bool,
) -> None:
    """End a trial in the ledger, and say so."""
    recipe = in_words(labels)
    if found.value is None:
        log.warning("trial %d failed (%s): %s", number, recipe, found.problem)
        ledger.finish(number, "fail", None, {})
        return
    state = "complete" if whole else "pruned"
    log.info("trial %d: %.2f%s  %s", number, found.value, "" if whole else ", stopped", recipe)
    ledger.finish(number, state, found.value, violations(found, request, whole=whole))


def violations(found: Evaluation, request: Request, *, whole: bool) -> dict[str, float]:
    """How far beyond each constraint a trial is; 0 where that is not known.

    What it scores and takes in the end is known of trials that were trained for all their epochs.
    """
    beyond = {}
    for name, written in request.settings.constraints.items():
        sign, limit = read_bound(written)
        value = _measured(found, name) if whole or name == "memory_gb" else None
        beyond[str(name)] = 0.0 if value is None else sign * (value - limit)
    return beyond


def _measured(found: Evaluation, name: str) -> float | None:
    if name == "memory_gb":
        return found.memory_gb
    if name == "seconds":
        return found.seconds
    part = found.parts.get(name)
    return None if part is None else float(part["value"])


def in_words(labels: Mapping[str, Any]) -> str:
    """A recipe on one line."""
    return ", ".join(
        f"{key.rpartition('.')[2]} {f'{v:.3g}' if isinstance(v, float) else v}"
        for key, v in labels.items()
    )
