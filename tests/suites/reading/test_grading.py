"""What an answer is worth: references much, and whatever is broken about them less."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import mean

import pytest

from harness.core import Gold, Message, Output, Sample, Suite
from harness.judges.judge import Judge
from harness.metrics.measure import Graded
from suites.reading import Options, build, grade
from suites.reading.quiz import ask
from suites.reading.rubric import CRITERIA, Context, coverage, unique_fault
from suites.reading.support import answerable

OPTIONS = Options()
SUITE = build(OPTIONS)
SAMPLES = (*SUITE.train, *SUITE.test)
Change = Callable[[Sample], str]


def asking(samples: Sequence[Sample]) -> Suite:
    return replace(SUITE, test=tuple(samples))


def graded(change: Change, samples: Sequence[Sample] = SAMPLES) -> Graded:
    outputs = [Output(sample.id, change(sample)) for sample in samples]
    return grade(OPTIONS, asking(samples), outputs, None)


def value(result: Graded) -> float:
    verdicts = [verdict.value for verdict in result.verdicts if verdict is not None]
    return mean(verdict for verdict in verdicts if verdict is not None)


def measure(result: Graded, name: str) -> float | None:
    return next(one.value for one in result.measures if (one.name, one.group) == (name, ""))


def next_key(sample: Sample) -> str:
    def turn(match: re.Match[str]) -> str:
        return match[1] + "ABCD"["BCDA".index(match[2])]

    return re.sub(r"(答案：|Answer: )([A-D])", turn, sample.reference)


def another(sample: Sample) -> str:
    alike = [one for one in SAMPLES if one.family == sample.family]
    return alike[(alike.index(sample) + 5) % len(alike)].reference


def translated(sample: Sample) -> str:
    return next(one.reference for one in SAMPLES if one.family != sample.family)


def test_references_are_worth_nearly_everything() -> None:
    result = graded(lambda sample: sample.reference)
    whole = [one for one in SAMPLES if one.reference.count("\n\n") == 3]
    perfect = graded(lambda sample: sample.reference, whole)
    assert value(perfect) == pytest.approx(1)
    assert {one.note for one in perfect.verdicts if one is not None} == {"correct"}
    assert value(result) > 0.9
    assert measure(perfect, "form kept") == 100


@pytest.mark.parametrize(
    ("change", "most", "criterion"),
    [
        (next_key, 0.3, "answerable"),
        (lambda sample: sample.reference.replace("\nC. ", "\n"), 0.05, "format"),
        (lambda sample: re.sub(r"\nD\. .*", "", sample.reference), 0.0, "format"),
        (lambda sample: re.sub(r"(答案：|Answer: ).", "", sample.reference), 0.0, "format"),
        (lambda sample: re.sub(r"(答案：|Answer: ).", r"\1AC", sample.reference), 0.0, "format"),
        (another, 0.5, "answerable"),
        (translated, 0.0, "language"),
        (lambda sample: sample.reference.partition("\n\n")[0], 0.25, "format"),
        (lambda sample: "\n\n".join([sample.reference.partition("\n\n")[0]] * 4), 0.25, "unique"),
        (lambda sample: re.sub(r"(?m)^C\. .*", "C. 以上都对", sample.reference), 0.0, "unique"),
        (lambda sample: sample.question.rpartition("\n")[2], 0.0, "format"),
        (lambda _: "", 0.0, "format"),
        (lambda _: "\n".join(["1. b\nA. x\nB. y\nC. z\nD. w\n答案：A"] * 4), 0.0, "answerable"),
    ],
)  # fmt: skip
def test_what_is_broken_is_worth_less(change: Change, most: float, criterion: str) -> None:
    result = graded(change)
    assert value(result) <= most
    perfect = measure(graded(lambda sample: sample.reference), criterion)
    broken = measure(result, criterion)
    assert perfect is not None
    assert broken is not None
    assert broken < perfect - 15


def test_an_answer_that_did_not_come_is_not_judged_and_counts_as_nothing() -> None:
    outputs = [Output(SAMPLES[0].id, error="timed out"), Output(SAMPLES[1].id, "")]
    result = grade(OPTIONS, asking(SAMPLES[:2]), outputs, None)
    assert result.verdicts[0] is None
    assert result.verdicts[1] is not None
    assert (result.verdicts[1].value, result.verdicts[1].note) == (0.0, "empty")
    notes = {(one.metric, one.value, one.note) for one in result.scores[: len(CRITERIA)]}
    assert notes == {(name, 0.0, "timed out") for name in CRITERIA}
    overall = [(one.value, one.n) for one in result.measures if not one.group]
    assert overall == [(0.0, 2)] * (len(CRITERIA) + 1)


@pytest.mark.parametrize("failed", [{"error": "down"}, {"text": "……"}, {"finish_reason": "error"}])
def test_what_was_not_answered_counts_in_every_mean(failed: dict[str, str]) -> None:
    sample, other = SAMPLES[:2]
    lost = Output(other.id, **failed)  # type: ignore[arg-type] # fields of an output
    both = grade(OPTIONS, asking(SAMPLES[:2]), [Output(sample.id, sample.reference), lost], None)
    alone = grade(OPTIONS, asking(SAMPLES[:1]), [Output(sample.id, sample.reference)], None)
    halves = [one.value / 2 for one in alone.measures if not one.group and one.value is not None]
    assert [one.value for one in both.measures if not one.group] == pytest.approx(halves, abs=0.01)


def test_five_questions_are_no_better_than_four() -> None:
    sample = next(one for one in SAMPLES if one.reference.count("\n\n") == 3)
    more = sample.reference + "\n\n5. ?"
    assert value(graded(lambda _: more, [sample])) == pytest.approx(0.8)


def test_thinking_before_an_answer_is_no_part_of_it() -> None:
    thought = graded(lambda sample: f"<think>1. A or B?</think>\n{sample.reference}<|im_end|>")
    assert value(thought) == value(graded(lambda sample: sample.reference))


PASSAGE = "Mara keeps bees in Ridgeton. She sells honey on market days. The work is tedious."


@pytest.mark.parametrize(
    ("stem", "options", "key", "expected"),
    [
        ("What does Mara keep?", ("Bees.", "Goats.", "Roses.", "Pigs."), "A", 1.0),
        ("What does Mara keep?", ("Bees.", "Goats.", "Roses.", "Pigs."), "B", 0.0),
        ("What does she sell?", ("Bees.", "Honey.", "Roses.", "Pigs."), "B", 1.0),
        ("What does she sell?", ("Bees.", "Honey.", "Roses.", "Pigs."), "A", 0.5),
        ('What does "lazy" mean?', ("Bees.", "Honey.", "Roses.", "Pigs."), "A", 0.0),
        (
            "Which is NOT true?",
            ("Mara keeps bees.", "She sells honey.", "She owns a mill.", "The work is tedious."),
            "C",
            1.0,
        ),
        (
            "Which is NOT true?",
            ("Mara keeps bees.", "She sells honey.", "She owns a mill.", "The work is tedious."),
            "A",
            0.5,
        ),
    ],
)
def test_a_passage_bears_out_a_key_or_not(
    stem: str, options: tuple[str, ...], key: str, expected: float
) -> None:
    assert answerable(stem, options, key, PASSAGE)[0] == expected


@pytest.mark.parametrize(
    ("language", "stems", "share"),
    [
        ("zh", ["下列对“慢读”的理解，正确的一项是", "画线句子的意思是", "文章的中心论点是"], 1),
        ("zh", ["下列对论证的分析，不正确的一项是", "本文的论据是"], 1 / 3),
        ("zh", ["他几点到家？"], 0),
        ("en", ["What is it mainly about?", "When did he go?", "The word “it” refers to"], 1),
        ("en", ["What does the underlined word mean?"], 1 / 3),
        ("en", [], 0),
    ],
)  # fmt: skip
def test_demanded_aspects_are_told_by_what_stems_ask(
    language: str, stems: list[str], share: float
) -> None:
    assert coverage(stems, "zh" if language == "zh" else "en") == pytest.approx(share)


def test_a_stem_copied_from_training_counts_where_it_is_another_passages_own() -> None:
    from suites.reading.parse_questions import Item

    own = {"whendidmarasellhoney": (PASSAGE,), "whatisthemainidea": (PASSAGE,)}
    context = Context("Tobin milks goats at dawn.", "en", 4, own)
    options = ("At dawn.", "At noon.", "At night.", "Never.")
    copied = Item("choice", 1, "When did Mara sell honey?", options, "A")
    general = Item("choice", 1, "What is the main idea?", options, "A")
    assert unique_fault(copied, context) == "copies a training question"
    assert unique_fault(general, context) == ""
    assert unique_fault(copied, Context(PASSAGE, "en", 4, own)) == ""


class Saying:
    """A judge that says the same of every question."""

    def __init__(self, reply: str) -> None:
        self.reply = reply
        self.asked: list[str] = []

    def generate(self, samples: object) -> object:
        for sample in samples:  # type: ignore[attr-defined]  # any iterable of samples
            self.asked.append(sample.question)
            yield Output(sample.id, self.reply)


@pytest.mark.parametrize(
    ("reply", "expected", "note"),
    [
        ('{"理由": "好", "可答": "是", "唯一": "是"}', 1.0, "correct"),
        ('{"理由": "两项都对", "可答": "是", "唯一": "否"}', 0.0, "question 1: 两项都对"),
        ("我不知道", None, "the judge's marks cannot be read"),
    ],
)
def test_a_judge_takes_the_place_of_the_rules(
    reply: str, expected: float | None, note: str
) -> None:
    sample = next(one for one in SAMPLES if one.family == "zh" and one.reference.count("\n\n") == 3)
    model = Saying(reply)
    judge = Judge(model, "strict")  # type: ignore[arg-type]  # a model in all that is used here
    result = grade(OPTIONS, asking([sample]), [Output(sample.id, sample.reference)], judge)
    (verdict,) = result.verdicts
    assert verdict is not None
    assert verdict.value == expected
    assert verdict.note.startswith(note)
    assert len(model.asked) == 4
    assert "judge:strict" in next(one for one in result.measures if one.name == "unique").signature


def test_a_judge_is_not_asked_about_what_has_no_form() -> None:
    passage = "灯塔在海边。"
    sample = Sample(
        "x", (Message("user", ask(passage, "zh", 4)),), Gold("free", ""), "", "zh", "x", "x", "test"
    )
    model = Saying("")
    judge = Judge(model, "strict")  # type: ignore[arg-type]  # a model in all that is used here
    result = grade(OPTIONS, asking([sample]), [Output("x", "1. 灯塔\nA. 甲\nB. 乙")], judge)
    assert model.asked == []
    assert result.verdicts[0] is not None
    assert result.verdicts[0].value == 0.0
