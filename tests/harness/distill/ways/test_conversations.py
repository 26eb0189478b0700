"""Distilling over texts: the suite's own words, and answers of a teacher that the suite judges."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import Distill
from harness.config.teachers import FakeTeacher
from harness.core import Gold, Message, Model, Output, Profile, Refusal, Sample, Suite
from harness.distill.distillation import Teaching, distill, plan_distillation
from harness.errors import RunError, SpecError
from harness.models.template import TemplateModel
from harness.stages.questions import write_questions
from harness.store.files import read_json, read_jsonl

FAKE = FakeTeacher(engine="fake")


@dataclass
class Says:
    """A teacher that answers each question by a table of its own."""

    replies: dict[str, Output]

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        for sample in samples:
            yield self.replies[sample.question]


def question(name: str, text: str, reference: str, split: str = "train") -> Sample:
    return Sample(
        name, (Message("user", text),), Gold("free", reference), reference, "qa", name, name,
        "test" if split == "test" else "train",
    )  # fmt: skip


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    train = (
        question("a", "水兑水是稀水吗", "还是水。"),
        question("b", "水兑水是稀水吗", "还是水。"),
        question("c", "为什么人要睡觉", ""),
        question("d", "爸妈结婚为什么没请我", "那时还没有你。"),
    )
    test = (question("t", "爸妈结婚为什么没请我？", "那时还没有你。", "test"),)
    suite = Suite("tricks", "1", {"qa": ""}, train, test, Profile("t/1", {"AS": 1.0}, 0.5, 8.0))
    write_questions(suite, tmp_path / "questions")
    return tmp_path / "questions"


def accept(sample: Sample, question: str, answer: str) -> Refusal | None:
    short = sample.question == question and len(answer) < 3
    return Refusal("too short", answer) if short else None


def run(questions: Path, model: Model, leak: float | None = 0.9, **section: Any) -> dict[str, Any]:
    @contextmanager
    def opened() -> Iterator[Teaching]:
        yield Teaching(model, "scripted")

    work = questions.parent / "work"
    plan = plan_distillation(Distill(**section), leak, None, questions, accept)
    distill(plan, opened, "test", work)
    rows = list(read_jsonl(work / "accepted.jsonl"))
    return {"ids": [row["id"] for row in rows], "rows": rows, **read_json(work / "distill.json")}


def test_the_embedded_teacher_says_what_the_files_say(questions: Path) -> None:
    told = run(questions, TemplateModel())
    assert told["ids"] == ["a"]  # b says it again, c has no answer, d is a test question
    assert {row["reason"] for row in read_jsonl(questions.parent / "work" / "rejected.jsonl")} == {
        "question asked before", "question is a test phrasing",
    }  # fmt: skip


def test_a_leak_may_be_let_through(questions: Path) -> None:
    assert run(questions, TemplateModel(), leak=None)["ids"] == ["a", "d"]


def test_a_teacher_answers_and_the_suite_judges(questions: Path) -> None:
    replies = {
        "水兑水是稀水吗": Output("a", "<think>嗯</think>\n水兑水，仍然是水。"),
        "为什么人要睡觉": Output("c", "累"),
        "爸妈结婚为什么没请我": Output("d", "cut off", finish_reason="length"),
    }
    told = run(questions, Says(replies), way="answer", teacher=FAKE, attempts=1)
    assert [row["answer"] for row in told["rows"]] == ["水兑水，仍然是水。"]
    rejected = list(read_jsonl(questions.parent / "work" / "rejected.jsonl"))
    reasons = {row["id"]: (row["reason"], row["detail"]) for row in rejected}
    assert reasons["c"] == ("too short", "累")
    assert reasons["d"] == ("reply was cut off", "")


def test_rewording_needs_a_table(questions: Path) -> None:
    with pytest.raises(SpecError, match=r"distill\.way: reword works on questions about a table"):
        run(questions, Says({}), way="reword", teacher=FAKE)


def test_nothing_accepted_is_an_error(questions: Path) -> None:
    replies = dict.fromkeys(
        ("水兑水是稀水吗", "为什么人要睡觉", "爸妈结婚为什么没请我"), Output("x", " ")
    )
    with pytest.raises(RunError, match="no row was accepted"):
        run(questions, Says(replies), way="answer", teacher=FAKE)
