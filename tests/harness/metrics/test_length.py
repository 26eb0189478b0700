"""Lengths that compare between models, and the gate for what got shorter and wrong."""

from __future__ import annotations

import pytest

from harness.core import Output
from harness.metrics.length import length, shortened


def test_what_is_cut_empty_or_thinking_is_counted() -> None:
    outputs = [
        Output("a", "K1次07:06开车。", output_tokens=9),
        Output("b", "<think>嗯</think>07:06", output_tokens=12),
        Output("c", "。", output_tokens=1),
        Output("d", "长", "length", output_tokens=64),
        Output("e", error="none"),
    ]
    found = length(outputs)
    assert found is not None
    assert (found["truncated"], found["empty"], found["thinking"]) == (1, 1, 1)
    assert found["tokenizer"] == "podium-1"
    assert found["characters"]["median"] == pytest.approx(5)


def test_nothing_counted_is_no_length() -> None:
    assert length([Output("a", "x")]) is None


@pytest.mark.parametrize(
    ("text", "right", "flagged"),
    [("七", 0.0, True), ("七点零六分开车", 0.0, False), ("七", 1.0, False)],
)
def test_only_shorter_and_wrong_is_flagged(text: str, right: float, flagged: bool) -> None:
    questions = [f"q{number}" for number in range(12)]
    found = shortened(
        dict.fromkeys(questions, text), dict.fromkeys(questions, right),
        dict.fromkeys(questions, "七点零六分开车"), dict.fromkeys(questions, 1.0),
    )  # fmt: skip
    assert found.flagged == flagged
