"""An answer may be very long: time grows with its length, and not faster."""

from __future__ import annotations

import time

import pytest

from harness.checker.check import check
from harness.core import Domain, Gold

CHOICE = "哪个？\nA. 鲨鱼\nB. 鲸鱼\nC. 金枪鱼\nD. 海龟"
PHRASE = "Items can be returned within thirty days with the original receipt."
ASKED = (
    (Gold("choice", "B"), CHOICE),
    (Gold("text", "是"), "K420经过兰州吗？"),
    (Gold("text", "Yes"), "Does the train K55 stop at Baoji?"),
    (Gold("none", None), "K420几点到？"),
    (Gold("text", PHRASE), "What is the policy?"),
)
PIECES = ("A. 鲨鱼\n", "A、", "B ", "答案是", "鲸鱼(B)", "(", "不", "10:15 ", "|5|")
SHORT, TIMES, TRIES = 2_000, 4, 3
NAMES = (
    (Gold("text", "兰州"), "K420的终到站是哪里？", Domain()),
    (Gold("text", "兰州"), "K420的终到站是哪里？", Domain(frozenset(("兰州", "西宁", "天水")))),
    (Gold("set", ("兰州", "西宁")), "K420停靠哪些站？", Domain()),
    (Gold("text", "Ann Lee"), "Who designed the bridge?", Domain()),
)
NAMED = ("兰州、", "兰州 ", "兰州。", "兰州", "天水，", "Ann Lee, ", "Ann Lee ", "Ann Lee\n")
LONG, MOST_SECONDS = 100_000, 2.0


@pytest.mark.parametrize(("gold", "question", "domain"), NAMES)
@pytest.mark.parametrize("piece", NAMED)
def test_names_alone_are_read_in_two_seconds(
    gold: Gold, question: str, domain: Domain, piece: str
) -> None:
    text = piece * (LONG // len(piece))
    start = time.process_time()
    check(text, gold, question, domain)
    assert time.process_time() - start < MOST_SECONDS


@pytest.mark.parametrize(("gold", "question"), ASKED)
@pytest.mark.parametrize("piece", PIECES)
def test_time_grows_with_the_length(gold: Gold, question: str, piece: str) -> None:
    short, long = (piece * (length // len(piece)) for length in (SHORT, TIMES * SHORT))
    before = _seconds(short, gold, question)
    # That of the square would be TIMES times as much, in every try; other work is not.
    assert any(_seconds(long, gold, question) < 3 * TIMES * before + 0.5 for _ in range(TRIES))


def _seconds(text: str, gold: Gold, question: str) -> float:
    start = time.process_time()
    check(text, gold, question)
    return time.process_time() - start
