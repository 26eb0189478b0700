"""What is done about times that something else on the machine disturbed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest

from harness.config.sections import Latency
from harness.core import Output, Sample
from harness.metrics.latency import calm, latency
from harness.timing.machine import Kernel, Reading, usage
from harness.timing.session import Opener, Timed, time_session
from harness.timing.unique import LETTERS, Stamp
from tests.conftest import sample
from tests.harness.stages.test_latency import Recorder

QUESTIONS = [sample(number) for number in range(4)]
SECTION = Latency(questions=2, replicates=4, warmup=1, load=0)
BUSY = 0.5
_STEP_S = 0.6


@dataclass
class Scripted:
    """Counters of a machine that is so busy in each step; the last share holds from then on."""

    shares: Sequence[float]
    reads: int = 0
    busy_s: float = field(default=0.0)

    def read(self) -> Reading:
        if self.reads:
            share = self.shares[min(self.reads, len(self.shares)) - 1]
            self.busy_s += share * _STEP_S * (os.cpu_count() or 1)
        self.reads += 1
        return Reading(self.reads * _STEP_S, self.busy_s, 0.0, 0.0, 0.0)


def hold(*shares: float) -> Timed:
    """Two models on a machine of these shares: one for each of four blocks, then what follows."""
    openers = {name: Opener(partial(Recorder, name)) for name in "AB"}
    return time_session(
        SECTION, openers, QUESTIONS, together=True, monitor=lambda: Scripted(shares)
    )


def marked(timed: Timed) -> dict[str, list[int]]:
    """The replicates that are marked as disturbed, by model."""
    return {
        name: sorted(row["replicate"] for row in rows if row.get("disturbed"))
        for name, rows in timed.rows.items()
    }


def test_a_quiet_session_takes_nothing_again() -> None:
    timed = hold(0.0)
    assert timed.disturbed == {"A": [], "B": []}
    assert marked(timed) == {"A": [], "B": []}
    assert timed.about["load"]["disturbed"] == 0.0


def test_what_was_disturbed_is_taken_again_of_all_models() -> None:
    timed = hold(0.0, BUSY, 0.0, 0.0, 0.0)
    assert timed.about["load"]["disturbed"] == 0.25
    assert timed.about["load"]["retaken"] == 1
    assert {name: len(rows) for name, rows in timed.disturbed.items()} == {"A": 2, "B": 2}
    assert marked(timed) == {"A": [], "B": []}


def test_what_is_disturbed_again_says_so_and_does_not_count_beside_what_is_not() -> None:
    timed = hold(0.0, BUSY, 0.0, 0.0, BUSY)
    assert timed.about["load"]["retaken"] == 0
    assert marked(timed) == {"A": [0, 1], "B": [0, 1]}
    assert [len(calm(rows)) for rows in timed.rows.values()] == [6, 6]


def test_a_load_that_is_always_there_disturbs_nothing() -> None:
    timed = hold(BUSY)
    assert timed.about["load"]["disturbed"] == 0.0
    assert timed.about["load"]["others"] == pytest.approx(BUSY)


def row(replicate: int, e2e_s: float, *, disturbed: bool = False) -> dict[str, Any]:
    told: dict[str, Any] = {"disturbed": True} if disturbed else {}
    return {
        "sample_id": "q", "replicate": replicate, "e2e_s": e2e_s, "ttft_s": 0.1,
        "output_tokens": 4, "text": "x", "error": None, **told,
    }  # fmt: skip


def test_undisturbed_replicates_stand_for_a_question() -> None:
    rows = [row(0, 3.0, disturbed=True), row(1, 3.0, disturbed=True), row(2, 1.0), row(3, 1.0)]
    found = latency(rows)
    assert found is not None
    assert found["p50_s"] == 1.0
    assert found["cv"] > 0.2  # and still they varied


def test_one_undisturbed_replicate_is_too_few() -> None:
    rows = [row(at, 3.0, disturbed=True) for at in range(3)]
    assert calm([*rows, row(3, 1.0)]) == [*rows, row(3, 1.0)]


def test_the_kernel_counts_what_others_do() -> None:
    kernel = Kernel()
    start = kernel.read()
    while kernel.read().at - start.at < 0.05:
        continue
    found = usage(start, kernel.read())
    assert found.others is None or 0 <= found.others <= 1


# --- prompts that no cache has seen --------------------------------------------------------------


@dataclass
class Listening(Recorder):
    """Keeps the questions as they were sent."""

    sent: list[Sample] = field(default_factory=list)

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        asked = list(samples)
        self.sent += asked
        return super().generate(asked)


def is_marked(text: str, plain: str) -> bool:
    """Whether a text is another with a line of single letters before it."""
    line, _, rest = text.partition("\n")
    letters = line.split(" ")
    return rest == plain and len(letters) == LETTERS and all(len(one) == 1 for one in letters)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("names", ["AB", "BA"])
@pytest.mark.parametrize("needed", [True, False])
def test_what_one_model_needs_all_get_from_the_first_question_on(
    names: str, together: bool, needed: bool
) -> None:
    """Also where the one that needs it is reached after others were asked."""
    up = {name: Listening(name) for name in names}
    openers = {
        name: Opener(partial(dict.__getitem__, up, name), forgets=not needed or name == "A")
        for name in names
    }
    timed = time_session(SECTION, openers, QUESTIONS, together=together)
    assert timed.about["unique_prompts"] is needed
    plain = {one.id: one.question for one in QUESTIONS}
    for engine in up.values():
        sent = [(one.question, plain[one.id]) for one in engine.sent]
        assert len(sent) > 8
        assert all(is_marked(*one) is needed for one in sent)
        assert not needed or len({question for question, _ in sent}) == len(sent)


def test_plain_text_is_marked_as_well() -> None:
    plain = replace(sample(0), prompt="Q: when?\nA:")
    stamp = Stamp(seed=0)
    marked = [stamp.mark(plain) for _ in range(20)]
    texts = [one.prompt or "" for one in marked]
    assert all(is_marked(text, "Q: when?\nA:") for text in texts)
    assert len(set(texts)) == 20
    assert len({len(text) for text in texts}) == 1
    assert all(is_marked(one.question, plain.question) for one in marked)
    assert stamp.mark(sample(0)).prompt is None
