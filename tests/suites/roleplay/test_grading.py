import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from harness.core import Gold, Message, Output, Sample, Suite
from harness.judges.judge import Judge
from harness.metrics.measure import Graded, Measure
from suites import roleplay
from suites.roleplay import grading, questions
from suites.roleplay.options import Options

OPTIONS = Options(manner=("小满", "客人"), test_share=0.3)
SUITE = questions.build(OPTIONS)
SAMPLES = SUITE.test


def answered(replies: Sequence[str]) -> list[Output]:
    return [Output(s.id, reply) for s, reply in zip(SAMPLES, replies, strict=True)]


def asking(samples: Sequence[Sample]) -> Suite:
    return replace(SUITE, test=tuple(samples))


def graded(replies: Sequence[str]) -> Graded:
    return grading.grade(OPTIONS, asking(SAMPLES), answered(replies), None)


def measures(found: Graded) -> dict[str, Measure]:
    return {measure.name: measure for measure in found.measures}


def value(found: Graded, name: str) -> float:
    number = measures(found)[name].value
    assert number is not None
    return number


def mean(found: Graded) -> float:
    values = [verdict.value for verdict in found.verdicts if verdict is not None]
    return sum(v for v in values if v is not None) / len(values)


REFERENCES = [s.reference for s in SAMPLES]
SHUFFLED = random.Random(0).sample(REFERENCES, len(REFERENCES))
RIGHT = graded(REFERENCES)
MIXED = graded(SHUFFLED)
CONSTANT = graded(["客人坐稳了。"] * len(SAMPLES))
MACHINE = graded([f"作为一个AI语言模型，我无法回答第{n}个问题。" for n in range(len(SAMPLES))])
CIRCLES = graded(["小满小满小满" * 20] * len(SAMPLES))


def test_the_references_are_perfect() -> None:
    assert mean(RIGHT) == 1
    assert value(RIGHT, "rouge_l") == value(RIGHT, "in_character") == 100
    assert value(RIGHT, "length_ratio") == pytest.approx(1, abs=0.1)
    assert value(RIGHT, "loops") == 0


def test_the_measures_tell_good_replies_from_bad_ones() -> None:
    assert mean(RIGHT) > 2 * mean(MIXED)
    assert mean(MIXED) > mean(MACHINE) == mean(CIRCLES) == 0
    assert mean(RIGHT) > 2 * mean(CONSTANT)
    for name in ("rouge_l", "chrf"):
        assert value(RIGHT, name) > 2 * value(MIXED, name)
        assert value(RIGHT, name) > 2 * value(CONSTANT, name)


def test_what_is_in_character_is_told_apart_from_what_is_right() -> None:
    assert value(MIXED, "in_character") == value(CONSTANT, "in_character") == 100
    assert value(MACHINE, "in_character") == value(CIRCLES, "in_character") == 0
    assert value(MACHINE, "manner") == 0
    assert value(CONSTANT, "manner") == 100


def test_a_constant_reply_is_not_varied() -> None:
    for name in ("distinct_1", "distinct_2"):
        assert value(CONSTANT, name) < value(RIGHT, name) / 2
        assert value(MIXED, name) == pytest.approx(value(RIGHT, name))
    assert value(CONSTANT, "length_ratio") < 0.5


def test_loops_are_counted() -> None:
    assert value(CIRCLES, "loops") == 100
    assert measures(CIRCLES)["loops"].better == "lower"
    assert {verdict.note for verdict in CIRCLES.verdicts if verdict} == {"repeats itself"}


def test_an_answer_that_never_came_is_not_judged() -> None:
    outputs = answered(REFERENCES)
    outputs[0] = Output(outputs[0].sample_id, error="no route")
    found = grading.grade(OPTIONS, asking(SAMPLES), outputs, None)
    assert found.verdicts[0] is None
    assert None not in found.verdicts[1:]
    share = measures(found)["in_character"]
    assert share.n == len(SAMPLES)
    assert share.value == pytest.approx(100 * (len(SAMPLES) - 1) / len(SAMPLES))
    lost = {score.metric: score.value for score in found.scores if score.sample_id == SAMPLES[0].id}
    assert lost == {"in_character": 0, "rouge_l": 0}


def test_no_answer_at_all_is_worth_nothing() -> None:
    outputs = [Output(s.id, error="no route") for s in SAMPLES]
    found = grading.grade(OPTIONS, asking(SAMPLES), outputs, None)
    assert set(found.verdicts) == {None}
    for name in ("in_character", "rouge_1", "rouge_l", "bleu", "chrf", "length_median"):
        assert (measures(found)[name].value, measures(found)[name].n) == (0, len(SAMPLES))
    assert measures(found)["distinct_1"].value is None


def sample_of(*replies: str, cue: str = "走么？") -> Sample:
    gold = Gold("free", replies)
    return Sample("x", (Message("user", cue),), gold, replies[0], "single", "r", "t", "test")


def test_the_nearest_reply_counts() -> None:
    sample = sample_of("月亮上来就不开了。", "走罢，客人坐稳。")
    found = grading.grade(OPTIONS, asking([sample]), [Output("x", "走罢，客人坐稳。")], None)
    assert [verdict.value for verdict in found.verdicts if verdict] == [1.0]


def test_thinking_is_not_said() -> None:
    sample = sample_of("走罢。")
    answer = "<think>作为AI，我该说走罢。</think>走罢。"
    found = grading.grade(OPTIONS, asking([sample]), [Output("x", answer)], None)
    assert [verdict.value for verdict in found.verdicts if verdict] == [1.0]


def test_odd_replies() -> None:
    for reply in ("😂" * 3, "", "\0", "水" * 200_000, "a\n" * 50_000):
        found = grading.grade(OPTIONS, asking([sample_of("走罢。")]), [Output("x", reply)], None)
        assert [verdict.value for verdict in found.verdicts if verdict] == [0.0]


@dataclass
class Marks:
    """A judge that gives everything the same mark, or says nothing to read."""

    mark: int | None
    asked: int = 0

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        for sample in samples:
            self.asked += 1
            said = {"理由": "像", "人设": self.mark} if self.mark is not None else "嗯"
            yield Output(sample.id, json.dumps(said, ensure_ascii=False))


def test_a_judge_says_how_consistent_a_reply_is() -> None:
    model = Marks(4)
    outputs = answered(["走。", *SHUFFLED[1:-1], "我是AI。"])
    found = grading.grade(OPTIONS, asking(SAMPLES), outputs, Judge(model, "marks"))
    values = [verdict.value for verdict in found.verdicts if verdict]
    assert values == [*[0.75] * (len(SAMPLES) - 1), 0.0]
    assert model.asked == len(SAMPLES) - 1
    measure = measures(found)["persona_consistency"]
    assert measure.value == pytest.approx(75 * (len(SAMPLES) - 1) / len(SAMPLES))
    assert "marks" in measure.signature


def test_a_judge_who_says_nothing_leaves_a_reply_unjudged() -> None:
    found = grading.grade(
        OPTIONS, asking(SAMPLES), answered(REFERENCES), Judge(Marks(None), "dumb")
    )
    assert {(v.value, v.unjudged) for v in found.verdicts if v} == {(None, True)}
    measure = measures(found)["persona_consistency"]
    assert (measure.value, measure.n) == (None, 0)
    assert measure.note == f"{len(SAMPLES)} replies without a mark"


def test_without_a_judge_nothing_is_said_of_consistency() -> None:
    measure = measures(RIGHT)["persona_consistency"]
    assert (measure.value, measure.note) == (None, "no judge was asked")


def test_what_a_teacher_may_answer() -> None:
    sample = sample_of("走罢。")
    assert roleplay.accept(OPTIONS, sample, "走么？", "不走，客人明早来。") is None
    assert roleplay.accept(OPTIONS, sample, "走么？", "作为AI，我不走。") == (
        "reply says AI",
        "作为AI，我不走。",
    )
    assert roleplay.accept(OPTIONS, sample, "走么？", "No.") == ("reply in another language", "No.")
    assert roleplay.accept(OPTIONS, sample, "走么？", " ") == ("reply empty", "")
