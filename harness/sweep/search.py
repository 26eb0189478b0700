"""The search: batch after batch, each chosen by what came of those before it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

from harness.sweep.batch import run_batch
from harness.sweep.ledger import Kept, Ledger
from harness.sweep.request import Request
from harness.sweep.trials import Evaluator

# How long a process that has nothing to do waits for the others.
_PAUSE_S = 2.0


def search(request: Request, ledger: Ledger, evaluator: Evaluator) -> list[Kept]:
    """Try recipes until the budget is spent; return every trial.

    A trial that fails is one; those of a process that is gone are gone on with. Where others are
    at the same study, this one waits for their last batch.

    Raises:
        RunError: the database cannot be reached.
        StoreError: the disk refuses.
    """
    most = most_trials(request)
    while True:
        trials = ledger.trials()
        batch = _left(trials, ledger)
        if batch is not None:
            ledger.adopt([o.number for o in trials if o.batch == batch and not o.is_finished])
        elif _is_open(trials, request, most):
            batch = uuid.uuid4().hex
        if batch is not None:
            _fill(batch, trials, ledger, request, most)
            run_batch(batch, request, ledger, evaluator)
        elif all(one.is_finished for one in trials):
            return [one for one in trials if one.labels is not None]
        else:
            time.sleep(_PAUSE_S)


def most_trials(request: Request) -> int:
    """How many trials there are at most."""
    if request.settings.sampler == "grid":
        return min(request.settings.trials, len(request.space.grid()))
    return request.settings.trials


def spent_hours(trials: Sequence[Kept]) -> float:
    """Hours of training and answering, over all trials and rounds."""
    return sum(found.seconds for one in trials for found in one.rounds) / 3600


def _is_open(trials: Sequence[Kept], request: Request, most: int) -> bool:
    """Whether the budget allows another batch."""
    limits = (request.settings.hours, request.settings.gpu_hours)
    spent = spent_hours(trials)
    return len(trials) < most and all(limit is None or spent < limit for limit in limits)


def _left(trials: Sequence[Kept], ledger: Ledger) -> str | None:
    """The first batch that somebody began and did not end."""
    found = (one for one in trials if not one.is_finished and ledger.is_left(one))
    return next((one.batch for one in found), None)


def _fill(batch: str, trials: Sequence[Kept], ledger: Ledger, request: Request, most: int) -> None:
    """Begin the trials that a batch lacks, unless later ones have begun."""
    mine = [one.number for one in trials if one.batch == batch]
    if mine and mine[-1] != trials[-1].number:
        return
    missing = min(request.settings.batch - len(mine), most - len(trials))
    for _ in range(missing):
        number = ledger.claim(batch)
        if number >= most:  # somebody else began the last at the same time
            ledger.finish(number, "fail", None, {})
            break
