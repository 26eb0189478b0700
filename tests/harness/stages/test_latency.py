"""Who is asked what, in which order, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from harness.config.sections import Latency
from harness.core import Model, Output, Sample
from harness.models import Engine
from harness.stages.latency import SESSION, rows_file, write_session
from harness.store.files import read_json, read_jsonl
from harness.timing.session import Opener, time_session
from harness.timing.turns import blocks, timed_questions
from tests.conftest import sample

# The loaded level has tests of its own.
latency = partial(Latency, load=0)

QUESTIONS = [sample(number) for number in range(6)]


@dataclass
class Recorder(Engine):
    """An engine that writes into a log that it may share with others."""

    name: str
    log: list[str] = field(default_factory=list)

    def __enter__(self) -> Recorder:
        self.log.append(f"start {self.name}")
        return self

    def __exit__(self, *error: object) -> None:
        self.log.append(f"end {self.name}")

    def model(self, adapter: Path | None = None) -> Model:  # noqa: ARG002 - there is one
        return self

    def reset_cache(self) -> None:
        self.log.append(f"reset {self.name}")

    def signature(self) -> dict[str, str]:
        return {"engine": self.name}

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        for one in samples:
            self.log.append(f"{self.name} {one.id}")
            yield Output(one.id, one.reference, output_tokens=3, e2e_s=0.5, ttft_s=0.1)


def turns(
    names: Sequence[str], replicates: int, samples: Sequence[Sample], *, together: bool
) -> list[tuple[str, int, Sample]]:
    order = blocks(names, replicates, samples, together=together)
    return [(turn.name, turn.replicate, turn.sample) for block in order for turn in block]


def hold(
    names: Sequence[str], section: Latency, *, together: bool
) -> tuple[list[str], dict[str, list[dict[str, object]]]]:
    """Time recorders; their log, and the rows."""
    log: list[str] = []

    def start(name: str) -> Engine:
        return Recorder(name, log)

    openers = {name: Opener(partial(start, name)) for name in names}
    return log, time_session(section, openers, QUESTIONS, together=together).rows


def test_models_that_are_up_together_take_turns_at_every_question() -> None:
    found = [(n, r, s.id) for n, r, s in turns("AB", 4, QUESTIONS[:2], together=True)]
    assert found == [
        (name, first + at // 2, question)
        for first, orders in ((0, ("ABBA", "BAAB")), (2, ("BAAB", "ABBA")))
        for question, order in zip(("q0", "q1"), orders, strict=True)
        for at, name in enumerate(order)
    ]


@pytest.mark.parametrize("names", ["AB", "ABC", "ABCDE"])
def test_each_is_asked_as_often_right_after_itself(names: str) -> None:
    """Whoever is asked twice in a row finds caches and connections warm."""
    count = 6 * len(names)
    found = turns(names, 4, [sample(number) for number in range(count)], together=True)
    after = [first[0] for first, second in pairwise(found) if first[0] == second[0]]
    often = [after.count(name) for name in names]
    assert max(often) - min(often) <= 1


@pytest.mark.parametrize("names", ["A", "AB", "ABC", "ABCDE"])
@pytest.mark.parametrize("replicates", [4, 6])
@pytest.mark.parametrize("together", [True, False])
def test_turns_are_fair(names: str, replicates: int, together: bool) -> None:
    """All are asked all in each replicate, and on average at the same time."""
    found = list(turns(names, replicates, QUESTIONS, together=together))
    assert len(set((n, r, s.id) for n, r, s in found)) == len(found)  # noqa: C401 - reads better
    assert len(found) == len(names) * replicates * len(QUESTIONS)
    moments = {
        name: [at for at, (other, _, _) in enumerate(found) if other == name] for name in names
    }
    assert len({sum(at) for at in moments.values()}) == 1


def test_models_that_are_not_up_together_take_turns_at_all_questions() -> None:
    found = [(n, r) for n, r, _ in turns("AB", 4, QUESTIONS[:2], together=False)]
    blocks = [("A", 0), ("B", 0), ("B", 1), ("A", 1), ("A", 2), ("B", 2), ("B", 3), ("A", 3)]
    assert found == [block for block in blocks for _ in range(2)]


def test_a_session_starts_all_warms_all_and_then_times() -> None:
    section = latency(questions=2, replicates=4, warmup=3)
    log, rows = hold("AB", section, together=True)
    asked, warm = timed_questions(section, QUESTIONS)
    assert not {s.id for s in asked} & {s.id for s in warm}
    assert log[:2] == ["start A", "start B"]
    assert log[-2:] == ["end B", "end A"]
    told = [line for line in log[2:-2] if not line.startswith("reset")]
    # Two waves: the second is no faster than the first.
    assert told[:12] == [f"{name} {s.id}" for name in "AB" for _ in range(2) for s in warm]
    timed = [(n, s.id) for n, _, s in turns("AB", 4, asked, together=True)]
    assert told[12:] == [f"{name} {question}" for name, question in timed]
    for name in "AB":
        assert [row["replicate"] for row in rows[name]] == [0, 1, 0, 1, 2, 3, 2, 3]
        assert [row["sample_id"] for row in rows[name]] == [
            s.id for _ in range(2) for s in asked for _ in range(2)
        ]


def test_no_question_is_served_from_the_cache_of_a_turn_before() -> None:
    log, _ = hold("AB", latency(questions=3, replicates=4, warmup=1), together=True)
    asked = [at for at, line in enumerate(log) if line.split()[1].startswith("q")]
    assert all(log[at - 1] == f"reset {log[at].split()[0]}" for at in asked)


def test_without_room_for_two_one_ends_before_the_next_starts() -> None:
    log, rows = hold("AB", latency(questions=2, replicates=4, warmup=1), together=False)
    ups = [line for line in log if line.startswith(("start", "end"))]
    # The one at the turn stays up: A0 | B0 B1 | A1 A2 | B2 B3 | A3.
    assert ups == [f"{what} {name}" for name in "ABABA" for what in ("start", "end")]
    assert [row["replicate"] for row in rows["A"]] == [0, 0, 1, 1, 2, 2, 3, 3]
    warmed = [at for at, line in enumerate(log) if line.startswith("start")]
    _, (warm,) = timed_questions(Latency(questions=2, replicates=4, warmup=1), QUESTIONS)
    assert all(log[at + 2].endswith(warm.id) for at in warmed)


def test_a_session_leaves_a_file_a_model_and_what_it_was(tmp_path: Path) -> None:
    openers = {name: Opener(partial(Recorder, name)) for name in ("a1", "b2")}
    section = latency(questions=2, replicates=4)
    timed = time_session(section, openers, QUESTIONS, together=True)
    write_session(timed, {"id": "s"}, tmp_path)
    for name in ("a1", "b2"):
        rows = list(read_jsonl(tmp_path / rows_file(name)))
        assert len(rows) == 8
        assert set(rows[0]) == {
            "sample_id", "replicate", "text", "finish_reason", "output_tokens", "e2e_s", "ttft_s",
            "error", "prompt_tokens",
        }  # fmt: skip
    record = read_json(tmp_path / SESSION)
    assert record["id"] == "s"
    assert record["engines"] == {name: {"engine": name} for name in ("a1", "b2")}
    assert record["waves"] == {name: [0.5, 0.5] for name in ("a1", "b2")}
    assert set(record["load"]) == {
        "before", "during", "mhz", "others", "steal", "waited", "disturbed", "retaken"
    }  # fmt: skip
