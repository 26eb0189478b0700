"""What the trials of this machine took: all attempts, also of those that failed."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from harness.errors import PodiumError, RunError, UsageError
from harness.experiment.recipe import open_recipe
from harness.spec import Spec, load_specs
from harness.store.files import write_text
from harness.sweep.local import LocalEvaluator
from harness.sweep.search import search, spent_hours
from harness.sweep.trials import Ask, Evaluation
from harness.sweep.workers import open_evaluator
from tests.harness.sweep.sweeping import Toy, ledger, request
from tests.podium import write_spec

_PAUSE_S = 0.05
TUNED = {
    "name": "tuned",
    "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
    "model": {"engine": "hf"},
    "finetune": {"epochs": 1},
}
ASKS = [Ask(0, {"finetune.rank": 8}, 1.0), Ask(1, {"finetune.rank": 16}, 1.0)]


class Diverging(LocalEvaluator):
    """Trainings that write something, take a while, and fail."""

    def run(self, specs: Sequence[Spec]) -> Mapping[str, PodiumError]:
        return {spec.name: self._train(spec) for spec in specs}

    def _train(self, spec: Spec) -> PodiumError:
        inputs = open_recipe(spec, self._store).first.inputs("finetune")
        try:
            self._store.make("finetune", inputs, _diverge)
        except RunError as error:
            return RunError(f"{spec.name}: {error}")
        raise AssertionError("it was to fail")


def _diverge(work: Path) -> None:
    write_text(work / "log.txt", "loss nan")
    time.sleep(_PAUSE_S)
    raise RunError("the loss is no number")


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    (found,) = load_specs(write_spec(tmp_path, TUNED), [f"runtime.runs={tmp_path / 'runs'}"])
    return found


def test_a_trial_that_fails_costs_what_it_took(spec: Spec) -> None:
    found = Diverging(spec, "sweep").evaluate(ASKS)
    assert [one.value for one in found] == [None, None]
    assert all("the loss is no number" in one.problem for one in found)
    assert all(_PAUSE_S <= one.seconds < 60 for one in found)


def test_a_trial_that_was_killed_costs_what_it_took_before(spec: Spec) -> None:
    evaluator = Diverging(spec, "sweep")
    (first,) = evaluator.evaluate(ASKS[:1])
    (work,) = (spec.runtime.runs / "stages").glob(".finetune-*.work")
    _kill(work, 600.0)
    (again,) = evaluator.evaluate(ASKS[:1])
    assert again.seconds >= first.seconds + 599 + _PAUSE_S


def _kill(work: Path, seconds: float) -> None:
    """Leave the work folder as one whose process wrote for so long and was killed an hour ago."""
    ended = time.time() - 3600
    os.utime(work / ".spent.json", (ended - seconds, ended - seconds))
    os.utime(work / "log.txt", (ended, ended))


def test_a_trial_that_cannot_begin_costs_nothing(spec: Spec) -> None:
    far = Ask(0, {"finetune.from": "nowhere"}, 1.0)
    found, _ = Diverging(spec, "sweep").evaluate([far, ASKS[1]])
    assert found.seconds == 0.0
    assert found.problem


def test_trials_that_fail_use_up_the_hours() -> None:
    class Failing(Toy):
        """Every second trial fails after half an hour."""

        def _one(self, ask: Ask) -> Evaluation:
            found = super()._one(ask)
            return Evaluation(seconds=1800.0, problem="diverged") if ask.number % 2 else found

    trials = search(request(trials=100, batch=4, shares=(1.0,), hours=2), ledger(), Failing())
    assert len(trials) == 8
    assert spent_hours(trials) == pytest.approx(2, abs=0.01)


def test_gpu_hours_are_refused_where_trials_run_here_without_a_gpu() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    with (
        pytest.raises(UsageError, match="gpu_hours: there is no GPU here: write hours"),
        open_evaluator(request(gpu_hours=1.0), "1"),
    ):
        pass
