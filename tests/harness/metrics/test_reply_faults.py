from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.metrics.reply_faults import ECHO, EMPTY, LOOPS, fault, goes_in_circles, said

QUESTION = "水会不会渴？"


@pytest.mark.parametrize("text", ["", "  \n", "…", "<think>水怎么会渴", "<|im_end|>不会"])
def test_empty(text: str) -> None:
    assert fault(text, QUESTION) == EMPTY


@pytest.mark.parametrize(
    "text",
    [
        "不能" * 20,
        "水不会渴。" + "因为水是水，" * 9,
        "\n".join(["- 不会"] * 30),
        "。" * 10 + "不" * 40,
    ],
)
def test_going_in_circles(text: str) -> None:
    assert fault(text, QUESTION) == LOOPS


@pytest.mark.parametrize(
    "text",
    [
        "不会。",
        "哈哈哈哈哈哈哈哈",  # short laughter
        "哈哈哈哈哈哈，水怎么会渴呢，渴的是喝水的人，水只是水，没有感觉也没有嘴巴。",
        "不会，水没有感觉。人觉得渴，是身体缺水；水本身就是水，谈不上缺。",
        "1. 不会\n2. 不会\n3. 不会",
    ],
)
def test_a_plain_reply_has_no_fault(text: str) -> None:
    assert fault(text, QUESTION) is None


@pytest.mark.parametrize("text", [QUESTION, "水会不会渴", " 水会，不会渴?\n"])
def test_an_echo_of_the_question(text: str) -> None:
    assert fault(text, QUESTION) == ECHO


def test_emoji_alone_are_an_echo_of_themselves_only() -> None:
    assert fault("😂😂", "😂😂") == ECHO
    assert fault("💖", "😂😂") is None


def test_only_what_is_said_counts() -> None:
    assert said("<think>水……</think>不会。<|im_end|>不会。不会。") == "不会。"
    assert fault("<think>" + "嗯" * 90 + "</think>不会。", QUESTION) is None


@given(st.text(min_size=1, max_size=10), st.integers(5, 40))
def test_a_piece_over_and_over_goes_in_circles(piece: str, times: int) -> None:
    text = piece * times
    assert goes_in_circles(text) == (len(text) >= 20)


@given(st.text(max_size=19))
def test_a_short_text_never_does(text: str) -> None:
    assert not goes_in_circles(text)
