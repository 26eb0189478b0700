"""Answers with the right value: what they may say besides, and what they may not."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.checker.check import check
from harness.core import Domain, Gold, Message, Sample
from harness.distill.verify.answer import Answered, Values, answer_problem

GOLDEN: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "answers.yaml").read_text("utf-8")
)
NOT_REASONS = ("question", "named", "taught", "gold", "reference")
CASES = [
    pytest.param(case, "" if reason == "fine" else reason, answer, id=answer)
    for case in GOLDEN
    for reason, answers in case.items()
    if reason not in NOT_REASONS
    for answer in answers
]
COLUMNS = ("检票口", "站台", "开点", "到点", "供应商")
VALUES = Values(
    {"终到站": Domain(frozenset(["西安", "兰州"])), "供应商": Domain(frozenset(["绿源"]))}
)


def sample_of(case: dict[str, Any]) -> Sample:
    value = case["gold"]["value"]
    gold = Gold(case["gold"]["kind"], tuple(value) if isinstance(value, list) else value)
    return Sample(
        id="x", messages=(Message("user", case["question"]),), gold=gold,
        reference=case["reference"], family="f", row=case["named"][0], template="p/train-0",
        split="train", named=tuple(case["named"]),
    )  # fmt: skip


@pytest.mark.parametrize(("case", "reason", "answer"), CASES)
def test_an_answer_and_what_it_says_besides(case: dict[str, Any], reason: str, answer: str) -> None:
    sample = sample_of(case)
    taught = case.get("taught", "")
    said = Answered(sample, sample.question, answer, Domain(), taught, COLUMNS)
    found = answer_problem(said, VALUES)
    assert (found.reason if found else "") == reason, found


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: str(case["question"]))
def test_the_checker_takes_what_is_fine(case: dict[str, Any]) -> None:
    sample = sample_of(case)
    for answer in case["fine"]:
        verdict = check(answer, sample.gold, sample.question)
        assert verdict.value == 1, (answer, verdict)
