"""Answers to all questions, resumable one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.core import Candidate, Model, Output, Sample
from harness.errors import InputError, RunError
from harness.models.foreign import EngineFailed
from harness.stages.infer import PARTIAL, check_askable, infer
from harness.store.codec import output_from, output_to, sample_to
from harness.store.files import read_json, read_jsonl, write_jsonl


class Says:
    """Answers with the reference, notes who was asked, and may end early."""

    def __init__(self, most: int = 99, error: str | None = None) -> None:
        self.asked: list[str] = []
        self._most = most
        self._error = error

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        for sample in samples:
            if len(self.asked) == self._most:
                raise KeyboardInterrupt
            self.asked.append(sample.id)
            text = "" if self._error else sample.reference
            yield Output(sample.id, text, error=self._error)


@pytest.fixture
def questions(tmp_path: Path, samples: Sequence[Sample]) -> Path:
    folder = tmp_path / "questions"
    write_jsonl(folder / "test.jsonl", map(sample_to, samples))
    return folder


def opened(model: Says) -> tuple[Model, dict[str, str]]:
    return model, {"engine": "says"}


def answers(work: Path) -> list[Output]:
    return [output_from(row) for row in read_jsonl(work / "predictions.jsonl")]


def test_every_question_has_its_answer_in_order(
    questions: Path, tmp_path: Path, samples: Sequence[Sample]
) -> None:
    work = tmp_path / "work"
    infer(lambda: opened(Says()), questions, "all", work)
    assert [(o.sample_id, o.text) for o in answers(work)] == [(s.id, s.reference) for s in samples]
    assert read_json(work / "engine.json") == {"engine": "says"}


def test_an_address_is_not_asked_for_likelihoods(samples: Sequence[Sample]) -> None:
    scored = replace(samples[1], candidates=(Candidate("0", text="好", context="问："),))
    check_askable("vllm", [*samples, scored])
    check_askable("api", samples)
    told = "model.engine: api answers in text and cannot say how likely it finds the candidates"
    with pytest.raises(InputError, match=told) as raised:
        check_askable("api", [*samples, scored])
    assert "of lookup" in str(raised.value)


def test_what_a_killed_attempt_has_answered_is_not_asked_again(
    questions: Path, tmp_path: Path, samples: Sequence[Sample]
) -> None:
    work, first, second = tmp_path / "work", Says(most=2), Says()
    with pytest.raises(KeyboardInterrupt):
        infer(lambda: opened(first), questions, "killed", work)
    assert not (work / "predictions.jsonl").exists()
    infer(lambda: opened(second), questions, "resumed", work)
    assert [*first.asked, *second.asked] == [sample.id for sample in samples]
    assert [output.sample_id for output in answers(work)] == [sample.id for sample in samples]


def test_with_nothing_left_to_ask_no_model_is_started(
    questions: Path, tmp_path: Path, samples: Sequence[Sample]
) -> None:
    work = tmp_path / "work"
    done = (output_to(Output(sample.id, "x")) for sample in samples)
    write_jsonl(work / PARTIAL, done)
    infer(lambda: pytest.fail("started"), questions, "done", work)
    assert [output.text for output in answers(work)] == ["x"] * len(samples)


def test_a_torn_last_answer_is_asked_again(
    questions: Path, tmp_path: Path, samples: Sequence[Sample]
) -> None:
    work, model = tmp_path / "work", Says()
    write_jsonl(work / PARTIAL, [output_to(Output(samples[0].id, "x"))])
    with (work / PARTIAL).open("a", encoding="utf-8") as file:
        file.write('{"sample_id": "q1", "te')
    infer(lambda: opened(model), questions, "torn", work)
    assert model.asked == [sample.id for sample in samples[1:]]


def test_a_run_in_which_every_question_fails_says_why(questions: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="down: every question failed; the first: no memory"):
        infer(lambda: opened(Says(error="no memory")), questions, "down", tmp_path / "work")
    assert not (tmp_path / "work" / "predictions.jsonl").exists()


class Runs:
    """Answers some, and then is out of memory."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.asked: list[str] = []

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        for sample in samples:
            if len(self.asked) == self._most:
                raise EngineFailed("out of memory: lower runtime.batch")
            self.asked.append(sample.id)
            yield Output(sample.id, sample.reference)


def test_an_engine_that_fails_is_asked_once_more_for_what_is_left(
    questions: Path, tmp_path: Path, samples: Sequence[Sample]
) -> None:
    first, second = Runs(2), Runs(99)
    work = tmp_path / "work"
    infer(lambda: (first, {}), questions, "less", work, again=lambda: (second, {"less": "yes"}))
    assert first.asked + second.asked == [sample.id for sample in samples]
    assert [o.text for o in answers(work)] == [s.reference for s in samples]
    assert read_json(work / "engine.json") == {"less": "yes"}


def test_an_engine_that_fails_again_is_reported(questions: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"lower runtime\.batch"):
        infer(lambda: (Runs(1), {}), questions, "twice", tmp_path / "w", lambda: (Runs(1), {}))
    assert len(list(read_jsonl(tmp_path / "w" / PARTIAL))) == 2


def test_several_answers_to_a_question_stay_together(
    questions: Path, tmp_path: Path, samples: Sequence[Sample]
) -> None:
    work, model = tmp_path / "work", Says()
    infer(lambda: opened(model), questions, "drawn", work, number=3)
    assert len(set(model.asked)) == 3 * len(samples)
    found = answers(work)
    assert [o.sample_id for o in found] == [s.id for s in samples]
    assert all([other.sample_id for other in o.others] == [o.sample_id] * 2 for o in found)
    assert all(other.text == o.text for o in found for other in o.others)


def test_a_killed_attempt_goes_on_draw_by_draw(
    questions: Path, tmp_path: Path, samples: Sequence[Sample]
) -> None:
    work, most = tmp_path / "work", len(samples) + 1
    with pytest.raises(KeyboardInterrupt):
        infer(lambda: opened(Says(most)), questions, "killed", work, number=2)
    second = Says()
    infer(lambda: opened(second), questions, "resumed", work, number=2)
    assert second.asked == [f"{s.id}#1" for s in samples[1:]]


def test_what_is_answered_by_likelihood_is_asked_once(
    tmp_path: Path, samples: Sequence[Sample]
) -> None:
    folder, scored = tmp_path / "questions", (Candidate("A", text="a"), Candidate("B", text="b"))
    chosen = replace(samples[0], candidates=scored)
    write_jsonl(folder / "test.jsonl", map(sample_to, [chosen, samples[1]]))
    infer(lambda: opened(Says()), folder, "mixed", tmp_path / "work", number=2)
    assert [len(output.others) for output in answers(tmp_path / "work")] == [0, 1]
