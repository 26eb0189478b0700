"""The distill stage with teachers whose every reply is known."""

import itertools
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import Budget, Distill
from harness.config.teachers import FakeTeacher
from harness.core import Output, Sample
from harness.distill.distillation import Teaching, distill, plan_distillation
from harness.errors import RunError, SpecError
from harness.models.api import open_api
from harness.models.budget import Meter
from harness.models.fake import draw
from harness.models.response_cache import Responses
from harness.models.template import TemplateModel
from harness.stages.questions import write_questions
from harness.store.files import read_json, read_jsonl
from harness.tables import benchmark
from suites import timetable
from tests.gateway_server import completion, gateway, json_reply
from tests.harness.models.remote.asking import whom

Speak = Callable[[Sample, int], str]


@dataclass
class Scripted:
    """A teacher that says what a function makes of each request and of how often it was asked."""

    speak: Speak
    asked: Counter[str] = field(default_factory=Counter)

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        for sample in samples:
            self.asked[sample.question] += 1
            text = self.speak(sample, self.asked[sample.question])
            yield Output(sample.id, text, "stop", len(sample.question), len(text))


def ideal(sample: Sample, _: int) -> str:
    return sample.reference


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions")
    options = timetable.Options()
    write_questions(replace(benchmark.build(options), frames=()), folder)
    return folder


def run(questions: Path, work: Path, speak: Speak = ideal, **section: Any) -> dict[str, Any]:
    """Distill; return what `distill.json` says."""

    @contextmanager
    def opened() -> Iterator[Teaching]:
        yield Teaching(Scripted(speak), "scripted")

    spec = Distill(teacher=FakeTeacher(engine="fake"), **section)
    distill(plan_distillation(spec, 0.9, None, questions), opened, "test", work)
    summary: dict[str, Any] = read_json(work / "distill.json")
    return summary


def rows(work: Path, name: str = "accepted.jsonl") -> list[dict[str, Any]]:
    return list(read_jsonl(work / name))


@pytest.mark.parametrize("way", ["reword", "answer", "ask"])
@pytest.mark.parametrize("count", [1, 37, 100])
def test_exactly_as_many_rows_as_asked_for(
    questions: Path, tmp_path: Path, way: str, count: int
) -> None:
    summary = run(questions, tmp_path, way=way, samples=count, per_request=5)
    accepted = rows(tmp_path)
    assert summary["accepted"] == len(accepted) == count
    assert len({row["messages"][-1]["content"] for row in accepted}) == count


def test_rejected_rows_are_asked_for_again_and_no_more(questions: Path, tmp_path: Path) -> None:
    def half(sample: Sample, time: int) -> str:
        return sample.reference if draw(f"{sample.question}{time}") < 0.5 else "不知道"

    summary = run(questions, tmp_path, half, samples=200, per_request=1)
    rejected = rows(tmp_path, "rejected.jsonl")
    assert summary["accepted"] == 200
    assert summary["replies"] == 200 + len(rejected)
    assert summary["reasons"] == {"reply is not JSON": len(rejected)}
    assert 100 < len(rejected) < 400


def test_a_rejected_row_says_why_and_what(questions: Path, tmp_path: Path) -> None:
    def wrong(sample: Sample, _: int) -> str:
        items = json.loads(sample.reference)
        if len(items) > 1:
            items[0]["answer"] = "3A、5B、不清楚"
        return "```json\n" + json.dumps(items, ensure_ascii=False) + "\n```"

    section = {"samples": 20, "per_request": 4, "quotas": {"lookup": 1.0}}
    run(questions, tmp_path, wrong, **section)
    row = rows(tmp_path, "rejected.jsonl")[0]
    assert row["reason"].startswith("answer ")
    assert row["answer"] == "3A、5B、不清楚"
    assert row["expected"]
    assert row["raw"].startswith("```json")
    assert row["usage"]["of"] == 4
    assert row["usage"]["output_tokens"] > 0


def test_an_accepted_row_says_where_it_comes_from(questions: Path, tmp_path: Path) -> None:
    run(questions, tmp_path, samples=8, per_request=4)
    row = rows(tmp_path)[0]
    assert row["teacher"] == "scripted"
    assert row["template"].partition("/")[0]
    assert row["row"]
    assert len(row["prompt"]) == 16
    assert row["request"] == "reword-0"


def test_items_in_another_order_are_no_other_items(questions: Path, tmp_path: Path) -> None:
    def reversed_(sample: Sample, _: int) -> str:
        return json.dumps(json.loads(sample.reference)[::-1], ensure_ascii=False)

    summary = run(questions, tmp_path, reversed_, samples=60, per_request=6)
    assert summary["rejected"] == 0


def test_an_item_left_out_shifts_no_other(questions: Path, tmp_path: Path) -> None:
    def short(sample: Sample, _: int) -> str:
        items = json.loads(sample.reference)
        return json.dumps(items[1:] or items, ensure_ascii=False)

    summary = run(questions, tmp_path, short, samples=60, per_request=6)
    assert set(summary["reasons"]) == {"reply leaves the question out"}


def test_two_answers_to_one_question_are_none(questions: Path, tmp_path: Path) -> None:
    def twice(sample: Sample, _: int) -> str:
        items = json.loads(sample.reference)
        other = [{**items[0], "answer": "别的"}] if len(items) > 1 else []
        return json.dumps(items + other, ensure_ascii=False)

    summary = run(questions, tmp_path, twice, samples=40, per_request=4)
    assert set(summary["reasons"]) == {"reply answers the question twice"}


def test_quotas_are_kept_to_the_row(questions: Path, tmp_path: Path) -> None:
    quotas = {"lookup": 0.5, "dwell": 0.1, "missing": 0.25}
    summary = run(questions, tmp_path, samples=80, quotas=quotas)
    families = {name: family["accepted"] for name, family in summary["families"].items()}
    assert families["lookup"] == 40
    assert families["dwell"] == 8
    assert families["missing"] == 20
    assert sum(families.values()) == 80


def test_more_than_there_is_fails_before_anything_is_asked(questions: Path, tmp_path: Path) -> None:
    def never(_: Sample, __: int) -> str:
        raise AssertionError("nobody may be asked")

    with pytest.raises(RunError, match="asks for 99,999 rows, and the suite has 2,796"):
        run(questions, tmp_path, never, samples=99_999)
    with pytest.raises(RunError, match=r"quotas\.dwell asks for 1,000 rows, and the suite has 132"):
        run(questions, tmp_path, never, samples=1_000, quotas={"dwell": 1.0})


def test_too_few_accepted_says_how_many_and_why(questions: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"asks for 30 rows: 0 accepted, .* reply is not JSON"):
        run(questions, tmp_path, lambda *_: "抱歉", samples=30, quotas={"dwell": 1.0})
    assert not (tmp_path / "meta.json").exists()


def test_a_hopeless_teacher_is_given_up_before_it_has_cost_much(
    questions: Path, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match="stopped after 200 in a row"):
        run(questions, tmp_path, lambda *_: "抱歉", samples=1_000, per_request=1)


def test_nothing_accepted_is_a_failure(questions: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no row was accepted"):
        run(questions, tmp_path, lambda *_: "抱歉", attempts=1, phrasings=1)


def test_without_a_number_every_question_is_tried(questions: Path, tmp_path: Path) -> None:
    summary = run(questions, tmp_path, phrasings=1)
    assert summary["wanted"] is None
    assert summary["rejected"] == 0
    assert summary["accepted"] > 200


def test_the_same_seed_gives_the_same_rows(questions: Path, tmp_path: Path) -> None:
    def some(sample: Sample, time: int) -> str:
        return sample.reference if draw(f"{sample.question}{time}") < 0.7 else "{}"

    files = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        run(questions, tmp_path / name, some, samples=90, per_request=3)
        files.append((tmp_path / name / "accepted.jsonl").read_bytes())
    assert files[0] == files[1]


def test_a_reply_cut_off_keeps_what_came_before(questions: Path, tmp_path: Path) -> None:
    class Cut(Scripted):
        def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
            for sample in samples:
                alone = len(json.loads(sample.reference)) == 1
                text = sample.reference[: len(sample.reference) * (3 if alone else 2) // 3]
                yield Output(sample.id, text, "stop" if alone else "length")

    @contextmanager
    def opened() -> Iterator[Teaching]:
        yield Teaching(Cut(ideal), "cut")

    section = Distill(teacher=FakeTeacher(engine="fake"), samples=60, per_request=6)
    distill(plan_distillation(section, 0.9, None, questions), opened, "test", tmp_path)
    summary = read_json(tmp_path / "distill.json")
    assert summary["accepted"] == 60
    assert set(summary["reasons"]) == {"reply was cut off"}


def test_templates_teach_what_the_suite_says(questions: Path, tmp_path: Path) -> None:
    @contextmanager
    def opened() -> Iterator[Teaching]:
        yield Teaching(TemplateModel(), "template")

    every = Distill(phrasings=None)
    distill(plan_distillation(every, 0.9, None, questions), opened, "test", tmp_path)
    taught = [row["id"] for row in rows(tmp_path)]
    assert sorted(taught) == sorted(row["id"] for row in read_jsonl(questions / "train.jsonl"))
    assert all(row["answer"] == row["reference"] for row in rows(tmp_path))


def test_ones_own_prompt(questions: Path, tmp_path: Path) -> None:
    prompt = tmp_path / "mine.txt"
    prompt.write_text("改写：\n$items\n花费$$1", encoding="utf-8")
    section = Distill(teacher=FakeTeacher(engine="fake"), samples=4, per_request=2)
    plan = plan_distillation(section, 0.9, prompt, questions)
    request = next(iter(plan.way.requests({"dwell": 2})))
    assert request.sample.question.startswith("改写：\n{")
    assert request.sample.question.endswith("花费$1")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("改写$item", "unknown placeholder $item (did you mean 'items'?)"),
        ("改写", "must hold $items"),
        ("改写$items要5$", "a $ that names nothing; write $$ for the sign"),
    ],
)
def test_a_prompt_that_cannot_be(questions: Path, tmp_path: Path, text: str, problem: str) -> None:
    prompt = tmp_path / "mine.txt"
    prompt.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as error:
        plan_distillation(Distill(teacher=FakeTeacher(engine="fake")), 0.9, prompt, questions)
    assert problem in str(error.value)
    assert str(prompt) in str(error.value)


def test_the_answer_way_shows_a_row_and_never_a_window(questions: Path) -> None:
    section = Distill(teacher=FakeTeacher(engine="fake"), way="answer", samples=200, per_request=20)
    plan = plan_distillation(section, 0.9, None, questions)
    shown = set()
    for request in plan.way.requests(plan.tally.lacking()):
        lines = request.sample.question.splitlines()
        shown.add(sum(line.startswith('{"车次"') for line in lines))
    assert shown == {1, 24}


def test_requests_are_made_only_as_they_are_taken(questions: Path) -> None:
    section = Distill(teacher=FakeTeacher(engine="fake"), per_request=2)
    way = plan_distillation(section, 0.9, None, questions).way
    taken = list(itertools.islice(way.requests(way.there), 3))
    assert [len(request.items) for request in taken] == [2, 2, 2]


@pytest.mark.parametrize(
    ("reply", "reason", "advice"),
    [
        (completion(None, reasoning_content="先想想"), "thought only", "raise the teacher"),
        (completion("<think>先想想", "length"), "thought only", "turn its thinking off"),
        (completion("<think>想好了</think>\n"), "thought only", "turn its thinking off"),
        (completion("", "length"), "thought only", "enable_thinking: false"),
        (completion(None, "tool_calls", tool_calls=[{"function": {"name": "find"}}]),
         "calls a tool", "find"),
        (completion("", "content_filter"), "stopped by the content filter", "change the prompt"),
        (completion(None, refusal="I cannot help with that."), "is a refusal", "I cannot help"),
        (completion("- id: 1\n  answer: 甲\n- id: 2\n  answer: 乙"), "YAML", "ask for JSON"),
        (completion("抱歉，我不会。"), "not JSON", "the first reply: 抱歉，我不会。"),
        (completion(""), "is empty", "see whether the model answers at all"),
        (completion('[{"id": ' + "9" * 4301 + ', "answer": 1e400}]'), "leaves the question", "99"),
        (completion("{" * 300_000), "not JSON", "{{{"),
    ],
)  # fmt: skip
def test_replies_of_no_use_end_soon_and_say_what_to_do(
    questions: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, reply: Any, reason: str,
    advice: str,
) -> None:  # fmt: skip
    caplog.set_level(logging.WARNING, "podium")
    replies = Responses(tmp_path / "responses.sqlite3")

    @contextmanager
    def opened() -> Iterator[Teaching]:
        asked = whom(server.address, concurrency=4, timeout_s=10)
        with open_api(*asked, replies, Meter(Budget()), "distill-0") as model:
            yield Teaching(model, "gateway")

    section = Distill(teacher=FakeTeacher(engine="fake"), samples=60, attempts=1, per_request=4)
    with gateway(json_reply(reply)) as server:
        said: list[str] = []
        for _ in range(2):  # what is remembered ends it the same way
            plan = plan_distillation(section, 0.9, None, questions)
            with pytest.raises(RunError, match=reason) as caught:
                distill(plan, opened, "test", tmp_path)
            if not said:  # a second or two, and more on a busy machine
                assert time.monotonic() - server.first_at < 20
            said.append(str(caught.value))
        assert server.calls < 100
    replies.close()
    assert said[0] == said[1]
    assert advice in said[0]
    assert len(said[0]) < 1500
    warnings = [record.getMessage() for record in caplog.records]
    assert len(warnings) == 2
    assert all("all of the first 20 rows were rejected: reply " in told for told in warnings)
    assert reason in warnings[0]


def test_no_warning_where_some_rows_are_right(
    questions: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "podium")
    wrong = itertools.count()
    run(questions, tmp_path, lambda s, n: "抱歉" if next(wrong) in range(1, 60) else ideal(s, n),
        samples=30, per_request=1, attempts=2)  # fmt: skip
    assert not caplog.records
