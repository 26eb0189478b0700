"""What is asked and judged while a real model is trained, and what follows from it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.checker.verdict import Verdict
from harness.core import Output, Suite
from harness.errors import TrainingError
from harness.finetune.checkpoints import CHECKPOINTS
from harness.finetune.divergence import Change
from harness.finetune.probe import (
    Fall,
    Moment,
    Questions,
    best_of,
    falls,
    in_words,
    read_moments,
    told,
    without_gain,
)
from harness.finetune.recipe import training_arguments
from harness.metrics.measure import Graded
from harness.store.files import read_json, write_json
from tests.conftest import sample
from tests.harness.finetune.trained import RECIPE, STEPS, train

WEIGHTS = "adapter_model.safetensors"


def moments(*scores: float | None) -> list[Moment]:
    """One question, asked every ten steps."""
    return [Moment(10 * at, float(at), (c,)) for at, c in enumerate(scores)]


@pytest.mark.parametrize(
    ("scores", "step"),
    [((0.0, 0.5, 0.25), 10), ((0.0, 0.5, 0.5), 20), ((1.0, 0.5, 0.0), 10), ((1.0,), None),
     ((0.0, None, 0.0, None), 20), ((0.0, None), None)],
)  # fmt: skip
def test_the_best_is_the_latest_of_the_highest_after_the_first_step(
    scores: tuple[float | None, ...], step: int | None
) -> None:
    best = best_of(moments(*scores))
    assert (best.step if best else None) == step


def test_a_tie_is_no_gain_and_later_scores_do_not_count_yet() -> None:
    found = moments(0.0, 0.5, 0.5, 0.25, 0.75)
    assert [without_gain(found, 10 * at) for at in range(5)] == [0, 0, 1, 2, 0]
    assert without_gain([], 10) == 0


def test_a_family_that_falls_is_named_although_all_rise() -> None:
    families = ["a"] * 10 + ["b"] * 10
    samples = [replace(sample(n), family=family) for n, family in enumerate(families)]
    now = (0.0,) * 10 + (1.0,) * 8 + (0.0,) * 2
    early = (1.0,) * 2 + (0.0,) * 18
    steps = [Moment(0, 0.0, early), Moment(5, 1.0, (0.0,) * 20), Moment(10, 2.0, now)]
    assert steps[0].score == 10
    assert steps[2].score == 40
    fall = Fall("a", 10, 0, 20.0, 0.0)
    assert falls(samples, steps, 10) == [fall]
    assert in_words(fall, "Look-up", 10) == (
        "Look-up fell from 20.0 at step 0 to 0.0 at step 10 on the probe: 2 of 10 answers, "
        "which may be chance"
    )
    assert in_words(Fall("a", 40, 0, 50.0, 40.0), "A", 9).endswith(
        ": 4 of 40 answers, which may be chance"
    )
    assert in_words(Fall("a", 40, 0, 80.0, 50.0), "A", 9).endswith(": 12 of 40 answers")
    nearly = [steps[0], Moment(10, 2.0, (1.0, 0.5) + (0.0,) * 18)]
    assert falls(samples, nearly, 10) == []
    assert falls(samples, steps[:1], 0) == []


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    samples = [sample(number) for number in range(3)]
    found = [Moment(0, 0.0, (0.0, None, 1.0)), Moment(7, 0.5, (1.0, 0.5, 1.0))]
    path = tmp_path / "probe.json"
    write_json(path, told(samples, found, 7))
    assert read_moments(path) == found
    data = read_json(path)
    assert data["AS"] == [50.0, 83.33]
    assert data["families"] == {"lookup": {"n": 3, "AS": [50.0, 83.33]}}
    assert data["best"] == {"step": 7, "AS": 83.33}


class Scripted:
    """A judge that gives each moment the score that it is told, whatever was answered."""

    def __init__(self, *scores: float) -> None:
        self.scores: Iterator[float] = iter(scores)

    def __call__(self, suite: Suite, outputs: Sequence[Output]) -> Graded:
        value = next(self.scores)
        assert all(output.text for output in outputs)
        return Graded([Verdict(value, "told") for _ in suite.test])


def scripted(*scores: float) -> Any:
    return lambda questions: Questions(questions.suite, Scripted(*scores))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training that asks nothing."""
    folder = tmp_path_factory.mktemp("plain")
    train(folder, RECIPE.model_copy(update={"watch": 0}), probe=None)
    return folder


@pytest.mark.real
def test_the_best_adapter_is_kept_whatever_becomes_of_its_checkpoint(
    tmp_path: Path, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_checkpoint(*given: Any) -> Any:
        made = training_arguments(*given)
        made.save_total_limit = 1
        return made

    monkeypatch.setattr("harness.finetune.train.training_arguments", one_checkpoint)
    best = RECIPE.model_copy(update={"keep": "best"})
    loss = train(tmp_path / "best", best, probe=scripted(0.1, 0.5, 0.9, 0.5, 0.5))
    found = tmp_path / "best"
    assert [at.name for at in (found / CHECKPOINTS).glob("checkpoint-*")] == [f"checkpoint-{STEPS}"]
    held = found / "best" / "step-9" / WEIGHTS
    assert (found / "adapter" / WEIGHTS).read_bytes() == held.read_bytes()
    last = found / CHECKPOINTS / f"checkpoint-{STEPS}" / WEIGHTS
    assert held.read_bytes() != last.read_bytes()
    trained = read_json(found / "training.json")
    assert trained["kept_step"] == 9
    assert trained["probed"]["best"] == {"step": 9, "AS": 90.0}
    assert trained["probed"]["last"] == {"step": STEPS, "AS": 50.0}
    assert trained["probed"]["fell"] == []
    # And nothing of all that has changed what was drawn.
    assert loss == read_json(plain / "loss.json")
    assert last.read_bytes() == (plain / "adapter" / WEIGHTS).read_bytes()


@pytest.mark.real
def test_a_training_without_gain_ends_early_and_keeps_its_last(tmp_path: Path, plain: Path) -> None:
    section = RECIPE.model_copy(update={"watch": 6, "early_stop": 2})
    loss = train(tmp_path / "early", section, probe=scripted(0.5, 0.5, 0.4))
    steps = [at for at in read_json(plain / "loss.json")["steps"] if at <= 6]
    assert loss["steps"] == steps
    assert loss["loss"] == read_json(plain / "loss.json")["loss"][: len(steps)]
    assert read_json(tmp_path / "early" / "training.json")["kept_step"] == 6
    assert not (tmp_path / "early" / CHECKPOINTS / "checkpoint-6").exists()


@pytest.mark.real
def test_a_rate_that_ruins_a_model_is_named(tmp_path: Path) -> None:
    section = RECIPE.model_copy(update={"lr": 1e9, "watch": 0, "epochs": 1})
    with pytest.raises(TrainingError, match=r"the training diverged: .* lower finetune\.lr"):
        train(tmp_path / "ruined", section, probe=None)
    assert not (tmp_path / "ruined" / "training.json").exists()


@pytest.mark.real
def test_a_training_that_learns_next_to_nothing_has_not_diverged(tmp_path: Path) -> None:
    section = RECIPE.model_copy(update={"lr": 1e-9, "watch": 0, "epochs": 1, "batch_size": 4})
    train(tmp_path / "little", section, probe=None)
    trained = read_json(tmp_path / "little" / "training.json")
    assert trained["loss_after"] == pytest.approx(trained["loss_before"], abs=1e-3)


# The first three were measured on the embedded base at rates of 0.03 to 1e9, of which only the last
# ends at the logarithm of its 2,048 tokens.
@pytest.mark.parametrize(
    ("before", "after", "diverged"),
    [(0.48, 2.46, True), (0.48, 2.27, True), (0.48, 7.62, True), (0.48, math.nan, True),
     (0.48, math.inf, True), (0.48, 0.48, False), (0.48, 0.02, False), (2.1, 2.5, False),
     (7.62, 7.62, False), (7.7, 7.75, False), (40.0, 9.0, False)],
)  # fmt: skip
def test_what_counts_as_divergence(before: float, after: float, *, diverged: bool) -> None:
    assert Change(before, after, math.log(2048)).diverged is diverged
