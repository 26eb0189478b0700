"""The finals: the best recipes, trained anew with several seeds, timed, and compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.config.sections import MOST_SEED
from harness.errors import PodiumError
from harness.experiment.leaderboard import leaderboard
from harness.experiment.running import EntriesFailed
from harness.pipeline import run
from harness.spec import Spec, dump
from harness.store.files import read_json, write_text
from harness.sweep.laying import lay
from harness.sweep.ledger import Kept
from harness.sweep.request import Request
from harness.sweep.surrogate import expected

BEST = "best.yaml"


@dataclass(frozen=True, slots=True)
class Finals:
    """What the finals found.

    Args:
        board: what a terminal shows of the leaderboard; empty where nobody was in the finals.
        rows: the leaderboard as JSON, the best first.
        trials: the trial of each entry, by its name.
        failures: why finalists failed, by name.
    """

    board: str = ""
    rows: Sequence[Mapping[str, Any]] = ()
    trials: Mapping[str, Kept] = field(default_factory=dict)
    failures: Mapping[str, PodiumError] = field(default_factory=dict)

    @property
    def winner(self) -> str | None:
        """The entry at the top."""
        return str(self.rows[0]["name"]) if self.rows else None

    @property
    def not_apart(self) -> list[str]:
        """The entries that may be as good as the winner, for all that is known."""
        others = self.rows[1:]
        return [str(row["name"]) for row in others if row["rank"] is None or row["rank"][0] == 1]


def finalists(request: Request, trials: Sequence[Kept]) -> list[Kept]:
    """The trials whose recipes are expected to be the best, trained whole; one of each recipe.

    By what all trials tell of a recipe, not by its own score alone, so that one which was stopped
    may be among them; where a constraint is on what only a whole training shows, it may not.
    """
    early = set(request.settings.constraints) <= {"memory_gb"}
    able = [
        one
        for one in trials
        if one.state in ("complete", "pruned") and one.labels and one.keeps_to
        if one.last.value is not None and (one.is_whole or early)
    ]
    if not able:
        return []
    worth = expected(able, request.space, request.shares)
    ordered = sorted(able, key=lambda one: (-worth[one.number], one.number))
    unique: dict[str, Kept] = {}
    for one in ordered:
        unique.setdefault(json.dumps(one.labels, sort_keys=True), one)
    return list(unique.values())[: request.settings.finalists]


def final_spec(request: Request, one: Kept) -> Spec:
    """A finalist's experiment: timed, and trained with seeds that it was not chosen by.

    The score that it was chosen by is flattered by having been the highest; new seeds are not.
    """
    laid = lay(request.spec, request.space.of(one.labels or {}))
    name = f"{request.name}-{one.number}"
    section = laid.finetune
    if section is None:
        return laid.model_copy(update={"name": name})
    repeats = request.settings.repeats
    seed = section.seed + 1 if section.seed + repeats < MOST_SEED else 0
    section = section.model_copy(update={"seed": seed})
    return laid.model_copy(update={"name": name, "finetune": section, "repeats": repeats})


def run_finals(request: Request, trials: Sequence[Kept], columns: int) -> Finals:
    """Run the finalists, write their leaderboard and the winner's spec.

    Args:
        request: the sweep.
        trials: all of them.
        columns: width of the terminal.
    """
    chosen = finalists(request, trials)
    if not chosen:
        return Finals()
    specs = [final_spec(request, one) for one in chosen]
    by_name = {spec.name: one for spec, one in zip(specs, chosen, strict=True)}
    failures: Mapping[str, PodiumError] = {}
    try:
        folders: Sequence[Path] = run(specs)
    except EntriesFailed as failed:
        folders, failures = failed.folders, failed.failures
    if not folders:
        return Finals(trials=by_name, failures=failures)
    board = leaderboard(request.spec.runtime.runs, folders, request.folder, columns)
    rows = read_json(request.folder / "leaderboard.json")
    best = next(spec for spec in specs if spec.name == rows[0]["name"])
    write_text(request.folder / BEST, dump(best))
    return Finals(board, rows, by_name, failures)
