"""What a teacher gets past the verifier, and what is kept from it wrongly."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from harness.core import Message, Sample
from harness.distill.verify.verifier import (
    CONTRADICTION,
    DUPLICATE,
    NO_QUESTION,
    TEST_PHRASING,
    Verifier,
    open_verifier,
)
from harness.store.codec import read_samples
from tests.harness.distill.verify.wrong import WAYS, Row, Way, Wording, program
from tests.harness.distill.verify.wrong_words import WORDS

WRONG = 0.1
ALL = (*WAYS, *WORDS)


@cache
def train(questions: Path) -> Sequence[Sample]:
    return tuple(read_samples(questions / "train.jsonl"))


@cache
def each_question(questions: Path) -> Sequence[Sample]:
    """One wording of each question of a board."""
    first: dict[tuple[str, str], Sample] = {}
    for sample in train(questions):
        first.setdefault((program(sample), sample.row), sample)
    return tuple(first.values())


opened = cache(open_verifier)


def fresh(questions: Path) -> Verifier:
    """A verifier that has accepted nothing yet; what it knows of the board is read once."""
    known = opened(questions, 0.9)
    return Verifier(known.domains, known.held_out, known.meanings, known.keys, known.columns)


def teach(questions: Path, seed: int, wrong: float) -> Iterator[Row]:
    """A teacher's row for each question, wrong at a rate."""
    wording = Wording(train(questions), seed)
    draw = random.Random(seed)
    for sample in each_question(questions):
        is_wrong = draw.random() < wrong
        yield wording.wrong(sample, ALL) if is_wrong else wording.right(sample)


@pytest.mark.parametrize("seed", range(3))
def test_a_teacher_that_is_wrong_in_a_tenth_of_rows(large: Path, seed: int) -> None:
    verifier = fresh(large)
    judged: Counter[tuple[bool, bool]] = Counter()
    slips = []
    for row in teach(large, seed, WRONG):
        accepted = verifier.judge(row.sample, row.question, row.answer) is None
        judged[bool(row.kind), accepted] += 1
        if accepted is bool(row.kind):
            slips.append(row)
    wrong = judged[True, True] + judged[True, False]
    right = judged[False, True] + judged[False, False]
    assert wrong > 150
    assert right > 1_500
    assert judged[True, False] / wrong >= 0.995, slips
    assert judged[False, False] / right <= 0.005, slips


@pytest.mark.parametrize("way", ALL, ids=lambda way: way.__name__)
def test_every_kind_of_wrong_is_rejected(large: Path, way: Way) -> None:
    verifier = fresh(large)
    wording = Wording(train(large), 7)
    questions = list(each_question(large))
    wording.draw.shuffle(questions)
    rows = (way(wording, wording.right(sample)) for sample in questions)
    wrong = list(islice((row for row in rows if row is not None), 200))
    slips = [row for row in wrong if verifier.judge(row.sample, row.question, row.answer) is None]
    assert len(wrong) >= 20
    assert len(slips) <= 0.005 * len(wrong), slips


def test_what_the_templates_say_is_accepted(small: Path) -> None:
    verifier = fresh(small)
    for sample in train(small):
        assert verifier.judge(sample, sample.question, sample.reference) is None, sample


def test_no_test_phrasing_is_ever_accepted(small: Path) -> None:
    verifier = fresh(small)
    rows = {(program(s), s.row): s for s in each_question(small)}
    for asked in read_samples(small / "held_out.jsonl"):
        sample = rows[program(asked), asked.row]
        refused = verifier.judge(sample, asked.question, sample.reference)
        assert refused is not None
        # Words that a teacher may not use are told of before.
        is_kept = "/report-" in asked.template
        assert is_kept or refused.reason == TEST_PHRASING, asked.question
        assert verifier.held_out.near(asked.question, asked.named, program(asked)) is not None


def test_a_question_is_taught_once_and_with_one_answer(small: Path) -> None:
    verifier = fresh(small)
    gates = [s for s in each_question(small) if program(s) == "lookup.gate"]
    first = gates[0]
    second = next(s for s in gates if s.gold != first.gold)
    assert verifier.judge(first, first.question, first.reference) is None
    again = verifier.judge(first, first.question, first.reference)
    assert again is not None
    assert again.reason == DUPLICATE
    # The same words under another gold answer: as if two programs asked alike.
    other = replace(first, gold=second.gold, reference=second.reference)
    refused = verifier.judge(other, first.question, str(second.gold.value))
    assert refused is not None
    assert refused.reason == CONTRADICTION


def test_a_row_without_a_question_is_none(small: Path) -> None:
    sample = each_question(small)[0]
    refused = fresh(small).judge(sample, " ", sample.reference)
    assert refused is not None
    assert refused.reason == NO_QUESTION


def test_rows_above_an_open_book_question_are_no_part_of_its_wording(small: Path) -> None:
    sample = next(s for s in each_question(small) if program(s) == "lookup.gate")
    rows = "车次,检票口\nK1,1A\nK2,9B\n"
    shown = replace(sample, messages=(Message("user", rows + sample.question),))
    reworded = rows + f"{sample.row}次车在哪个检票口检票进站？"
    assert fresh(small).judge(shown, reworded, sample.reference) is None


@pytest.mark.parametrize("marks", ["「」", "“”", '""', "『』", "‘’", "＂＂"])
def test_quotation_marks_around_what_is_asked_and_answered(small: Path, marks: str) -> None:
    sample = next(s for s in each_question(small) if program(s) == "lookup.gate")
    assert sample.row is not None
    asked = f"请问{marks[0]}{sample.row}{marks[1]}次列车在哪个检票口检票？"
    answer = str(sample.gold.value)
    answered = f"{sample.row}次列车在{marks[0]}{answer}{marks[1]}检票口检票。"
    assert fresh(small).judge(sample, asked, answered) is None


def test_words_without_end_are_not_judged(large: Path) -> None:
    verifier = fresh(large)
    sample = each_question(large)[0]
    for piece in ('"', "吗", "K1 ", "9", "“{", "，没有"):
        endless = piece * (300_000 // len(piece))
        asked = verifier.judge(sample, endless, sample.reference)
        answered = verifier.judge(sample, sample.question, endless)
        assert asked is not None
        assert answered is not None
        assert asked.reason == "question is no plain sentence"
        assert answered.reason == "answer is no plain sentence"
