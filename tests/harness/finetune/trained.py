"""A small training with questions that are watched and judged, for the tests of what happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, Runtime
from harness.core import Output, Profile, Sample, Suite
from harness.finetune.probe import Questions
from harness.finetune.train import Data, finetune
from harness.metrics.measure import Graded
from harness.metrics.summary import check_all
from harness.spec import BASELINES
from harness.store.codec import sample_to
from harness.store.files import read_json, write_jsonl
from tests.conftest import sample

TINY = BASELINES / "tiny-qwen2"
RECIPE = Finetune(rank=4, dropout=0.1, lr=3e-3, epochs=3, batch_size=2, max_length=128)
STEPS = 18  # six an epoch
ROWS = 12


def asked() -> list[Sample]:
    """What is taught, of several lengths."""
    words = "K{n}次列车几点开车？"
    return [sample(number, words + "请问。" * (number % 5)) for number in range(ROWS)]


def rows(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Samples as conversations."""
    return [
        {
            "id": one.id,
            "messages": [
                {"role": "user", "content": one.question},
                {"role": "assistant", "content": one.reference},
            ],
        }
        for one in samples
    ]


def judge(suite: Suite, outputs: Sequence[Output]) -> Graded:
    """The answer checker."""
    return check_all(suite.test, outputs, suite.domains)


def questions(samples: Sequence[Sample]) -> Questions:
    """Samples as a probe."""
    profile = Profile("test/1", {"AS": 1.0}, 0.5, 8.0)
    return Questions(Suite("test", "1", {"lookup": "Look-up"}, (), tuple(samples), profile), judge)


def train(
    folder: Path,
    section: Finetune = RECIPE,
    *,
    checkpoints: int = 6,
    probe: Callable[[Questions], Questions] | None = lambda questions: questions,
) -> dict[str, Any]:
    """Train in a folder, where a killed training may have left something; return `loss.json`.

    `probe` may change what is asked and how it is judged; without one there is no score.
    """
    folder.mkdir(exist_ok=True)
    taught = asked()
    write_jsonl(folder / "train.jsonl", rows(taught))
    write_jsonl(folder / "asked.jsonl", map(sample_to, taught[:2]))
    judged = None if probe is None else probe(questions(taught[:6]))
    data = Data(folder / "train.jsonl", folder / "asked.jsonl", judged)
    finetune(section, Runtime(checkpoints=checkpoints), TINY, data, "tried", folder)
    loss: dict[str, Any] = read_json(folder / "loss.json")
    return loss
