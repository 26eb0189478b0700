"""Whom a training tells of its loss and score."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import pytest

from harness.config.sections import Runtime, Tracker
from harness.errors import MissingDependency
from harness.finetune.track import check_tracker, teller, tracked
from harness.finetune.train import Data, finetune
from harness.store.files import write_jsonl
from tests.harness.finetune.trained import RECIPE, TINY, asked, questions, rows

MISSING = [name for name in get_args(Tracker) if importlib.util.find_spec(name) is None]


@pytest.mark.parametrize("name", MISSING)
def test_a_tracker_that_is_not_there_is_one_sentence(name: Tracker) -> None:
    with pytest.raises(MissingDependency, match=rf"runtime\.track: {name} .* pip install {name}"):
        check_tracker(name)


def test_without_a_tracker_nothing_is_checked_or_set(tmp_path: Path) -> None:
    before = dict(os.environ)
    check_tracker(None)
    with tracked(None, tmp_path):
        assert dict(os.environ) == before
    assert not list(tmp_path.iterdir())


def test_it_writes_below_the_stage_and_sends_nothing_away_unless_the_user_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WANDB_DIR", raising=False)
    monkeypatch.setenv("WANDB_MODE", "online")
    with tracked("wandb", tmp_path):
        assert os.environ["WANDB_DIR"] == str(tmp_path / "track")
        assert os.environ["WANDB_MODE"] == "online"
    assert "WANDB_DIR" not in os.environ
    monkeypatch.delenv("WANDB_MODE")
    with tracked("wandb", tmp_path):
        assert os.environ["WANDB_MODE"] == "offline"


def test_a_score_is_told_and_the_loss_is_still_due() -> None:
    from transformers import TrainerCallback
    from transformers.trainer_callback import CallbackHandler, TrainerControl, TrainerState

    heard = []

    class Tool(TrainerCallback):  # type: ignore[misc] # transformers is not type-checked
        def on_log(self, *_: object, **more: object) -> None:
            heard.append(more["logs"])

    handler = CallbackHandler([Tool()], None, None, None, None)
    control = TrainerControl(should_log=True)
    trainer = SimpleNamespace(
        callback_handler=handler, args=None, state=TrainerState(), control=control
    )
    teller(trainer)({"probe_AS": 50.0})
    assert heard == [{"probe_AS": 50.0}]
    assert control.should_log


@pytest.mark.real
def test_tensorboard_is_told_of_loss_and_score(tmp_path: Path) -> None:
    module = "tensorboard.backend.event_processing.event_accumulator"
    events = pytest.importorskip(module)
    taught = asked()
    write_jsonl(tmp_path / "train.jsonl", rows(taught))
    section = RECIPE.model_copy(update={"epochs": 1, "watch": 2})
    data = Data(tmp_path / "train.jsonl", tmp_path / "none", questions(taught[:3]))
    finetune(section, Runtime(track="tensorboard"), TINY, data, "told", tmp_path)
    found = events.EventAccumulator(str(tmp_path / "track"))
    found.Reload()
    assert [event.step for event in found.Scalars("train/probe_AS")] == [0, 3, 6]
    assert len(found.Scalars("train/loss")) == 6
