"""Questions that are asked again and again while a real model is trained."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from harness.config.sections import Finetune, Runtime
from harness.core import Output, Sample
from harness.finetune.train import Data, finetune
from harness.finetune.watched import Watched, moments
from harness.store.codec import sample_to
from harness.store.files import read_json, read_jsonl, write_jsonl
from tests.conftest import sample


def test_moments_are_even_and_begin_before_the_first_step() -> None:
    assert moments(100, 4) == {0, 25, 50, 75, 100}
    assert moments(3, 10) == {0, 1, 2, 3}
    assert moments(50, 0) == frozenset()


class Told:
    """Answers with the step that it is asked at."""

    def __init__(self) -> None:
        self.asked = 0

    def answers(self, network: str, samples: Sequence[Sample], most: int) -> list[Output]:  # noqa: ARG002
        self.asked += 1
        return [Output(one.id, f"{one.id} at {network}") for one in samples]


def test_a_moment_that_was_cut_short_is_made_whole_and_no_other_is_asked_again(
    tmp_path: Path,
) -> None:
    samples, told, path = [sample(n) for n in range(3)], Told(), tmp_path / "watched.jsonl"
    watched = Watched(samples, cast("Any", told), path)
    watched.at(0, 0.0, "0")
    watched.at(5, 0.5, "5")
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"{") + 9])  # the last row is torn
    again = Watched(samples, cast("Any", told), path)
    again.at(0, 0.0, "other")
    again.at(5, 0.5, "5")
    assert path.read_bytes() == whole
    assert told.asked == 3


@pytest.mark.real
def test_the_training_is_the_same_whether_it_is_watched_or_not(
    tmp_path: Path, tiny_base: Path
) -> None:
    asked = [sample(number) for number in range(6)]
    rows = [
        {
            "id": one.id,
            "messages": [
                {"role": "user", "content": one.question},
                {"role": "assistant", "content": one.reference},
            ],
        }
        for one in asked
    ]
    write_jsonl(tmp_path / "train.jsonl", rows)
    write_jsonl(tmp_path / "watched.jsonl", map(sample_to, asked[:2]))
    losses = []
    for watch in (0, 2):
        work = tmp_path / f"watch-{watch}"
        work.mkdir()
        recipe = Finetune(
            rank=4, dropout=0.1, lr=3e-3, epochs=4, batch_size=2, max_length=128, watch=watch
        )
        data = Data(tmp_path / "train.jsonl", tmp_path / "watched.jsonl")
        finetune(recipe, Runtime(), tiny_base, data, "watched", work)
        losses.append(read_json(work / "loss.json"))
    assert losses[0] == losses[1]
    assert not (tmp_path / "watch-0" / "watched.jsonl").exists()
    found = list(read_jsonl(tmp_path / "watch-2" / "watched.jsonl"))
    assert [(row["step"], row["sample_id"]) for row in found] == [
        (step, name) for step in (0, 6, 12) for name in ("q0", "q1")
    ]
    first, last = (row["text"] for row in found if row["sample_id"] == "q0" and row["step"] != 6)
    assert first != last
