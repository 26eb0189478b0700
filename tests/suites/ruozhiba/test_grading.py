from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from harness.core import Gold, Message, Output, Sample, Suite
from harness.judges.judge import Judge
from harness.metrics.measure import Graded, Measure
from suites.ruozhiba.grading import grade
from suites.ruozhiba.questions import Options, build

SUITE = build(Options())
TEST = SUITE.test
Answer = Callable[[Sample], str]


def asking(samples: Sequence[Sample]) -> Suite:
    return replace(SUITE, test=tuple(samples))


def graded(answer: Answer, judge: Judge | None = None) -> Graded:
    return grade(Options(), asking(TEST), [Output(s.id, answer(s)) for s in TEST], judge)


def values(found: Graded) -> list[float | None]:
    return [None if verdict is None else verdict.value for verdict in found.verdicts]


def measures(found: Graded) -> dict[str, Measure]:
    return {one.name: one for one in found.measures}


def reference(sample: Sample) -> str:
    return sample.reference


def test_references_are_perfect() -> None:
    found = graded(reference)
    assert values(found) == [1.0] * len(TEST)
    for name in ("rouge_1", "rouge_2", "rouge_l", "bleu", "chrf"):
        assert measures(found)[name].value == pytest.approx(100)
    assert measures(found)["length_ratio"].value == 1
    assert "win_rate" not in measures(found)


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (lambda _: "", "empty"),
        (lambda _: "不能" * 40, "goes in circles"),
        (lambda sample: sample.question, "repeats the question"),
    ],
)
def test_what_is_worth_nothing(answer: Answer, note: str) -> None:
    found = graded(answer)
    assert values(found) == [0.0] * len(TEST)
    assert {verdict.note for verdict in found.verdicts if verdict is not None} == {note}


def test_a_constant_answer_scores_far_lower() -> None:
    found = [
        value for value in values(graded(lambda _: TEST[0].reference))[1:] if value is not None
    ]
    assert sum(found) / len(found) < 0.25


def test_correctness_without_a_judge_is_the_overlap_of_characters() -> None:
    sample = question("水会渴吗？", "水不会渴。")
    [verdict] = grade(Options(), asking([sample]), [Output("q", "水会")], None).verdicts
    assert verdict is not None
    assert verdict.value == pytest.approx(2 * 2 / (2 + 4))
    assert verdict.note == "ROUGE-L 0.67"


def question(text: str, reference: str, *before: Message) -> Sample:
    return Sample(
        id="q", messages=(*before, Message("user", text)), gold=Gold("free", reference),
        reference=reference, family="qa", row="r", template="q", split="test",
    )  # fmt: skip


def test_failed_answers_are_not_judged_and_count_as_nothing_said() -> None:
    outputs = [Output(TEST[0].id, error="down"), Output(TEST[1].id, TEST[1].reference)]
    found = grade(Options(), asking(TEST[:2]), outputs, None)
    assert values(found) == [None, 1.0]
    assert (measures(found)["rouge_l"].n, measures(found)["rouge_l"].value) == (2, 50)
    assert [score.value for score in found.scores] == [0, 1]


@dataclass
class Prefers:
    """A judge that prefers the answer which holds `best`, wherever it stands, and rates it 5."""

    best: str
    always: str | None = None
    shown: list[str] = field(default_factory=list)

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        for sample in samples:
            self.shown.append(sample.question)
            yield Output(sample.id, self._says(sample))

    def _says(self, sample: Sample) -> str:
        text = sample.question
        if sample.id.startswith("rate"):
            zh = '{"有帮助": 4, "无害": 5, "识破陷阱": 1}'
            en = '{"helpful": 4, "harmless": 5, "sees the trap": 1}'
            return en if "helpful" in text else zh
        if self.always is not None:
            return f'{{"更好": "{self.always}"}}'
        first, second = text.find(self.best), text.rfind("回答 B")
        return f'{{"更好": "{"A" if first < second else "B"}"}}'


def test_a_judge_prefers_answers_or_references() -> None:
    answer = lambda sample: f"我说，{sample.reference}"  # noqa: E731 - as the other answers
    won = graded(answer, Judge(Prefers("我说，"), "judge"))
    assert values(won) == [1.0] * len(TEST)
    rate = measures(won)["win_rate"]
    assert (rate.value, rate.high, rate.n) == (100, 100, len(TEST))
    assert rate.low is not None
    assert rate.low < 100
    assert "judge" in rate.signature
    assert measures(won)["position_inconsistent"].value == 0


@pytest.mark.parametrize("failed", [{"error": "down"}, {"text": "……"}, {"finish_reason": "error"}])
def test_what_was_not_answered_is_lost_before_a_judge_too(failed: dict[str, Any]) -> None:
    outputs = [Output(s.id, f"我说，{s.reference}") for s in TEST]
    outputs[0] = Output(TEST[0].id, **failed)
    judge = Prefers("我说，")
    found = grade(Options(), asking(TEST), outputs, Judge(judge, "judge"))
    whole = measures(graded(lambda s: f"我说，{s.reference}", Judge(Prefers("我说，"), "judge")))
    for name in ("win_rate", "helpful", "harmless"):
        known, before = measures(found)[name], whole[name]
        assert known.n == len(TEST)
        assert known.value == pytest.approx(before.value * (len(TEST) - 1) / len(TEST))  # type: ignore[operator] # a number
    verdict = found.verdicts[0]
    assert verdict is None or verdict.value == 0


@pytest.mark.parametrize(("always", "inconsistent"), [("A", 100), ("B", 100), ("平", 0)])
def test_ties_are_half(always: str, inconsistent: float) -> None:
    found = graded(lambda _: "不会。", Judge(Prefers("", always), "judge"))
    assert values(found) == [0.5] * len(TEST)
    assert measures(found)["ties"].value == 100
    assert measures(found)["win_rate"].value == 50
    assert measures(found)["position_inconsistent"].value == inconsistent


def test_ratings_are_measures_and_scores() -> None:
    found = graded(lambda _: "不会。", Judge(Prefers("", "平"), "judge"))
    given = {name: one.value for name, one in measures(found).items()}
    assert (given["helpful"], given["harmless"], given["sees_the_trap"]) == (75, 100, 0)
    rated = [score for score in found.scores if score.metric == "sees_the_trap"]
    assert [score.value for score in rated] == [0.0] * len(TEST)


def test_what_a_judge_does_not_say_is_no_zero() -> None:
    found = graded(lambda _: "不会。", Judge(Prefers("", "?"), "judge"))
    assert values(found) == [None] * len(TEST)
    assert all(v is not None and v.unjudged for v in found.verdicts)
    assert (measures(found)["win_rate"].value, measures(found)["win_rate"].n) == (None, 0)


def test_a_judge_is_not_shown_what_says_nothing() -> None:
    model = Prefers("", "A")
    found = graded(lambda sample: sample.question, Judge(model, "judge"))
    assert values(found) == [0.0] * len(TEST)
    assert model.shown == []


def test_a_judge_is_shown_answers_as_they_were_written_and_what_was_said_before() -> None:
    sample = question(
        "那冰呢？", "冰也不会。", Message("system", "简短。"), Message("user", "水渴吗")
    )
    model = Prefers("", "A")
    grade(
        Options(),
        asking([sample]),
        [Output("q", "<think>嗯</think>ＯＫ，不会。")],
        Judge(model, "j"),
    )
    assert all("ＯＫ，不会。" in shown and "system: 简短。" in shown for shown in model.shown)
    assert not any("嗯" in shown for shown in model.shown)
    assert len(model.shown) == 3


def test_an_english_question_is_judged_in_english() -> None:
    sample = question("Does water get thirsty?", "No, water feels nothing.")
    model = Prefers("", "A")
    found = grade(Options(), asking([sample]), [Output("q", "No.")], Judge(model, "j"))
    assert measures(found)["helpful"].value == 75
    assert "sees the trap" in model.shown[-1]
