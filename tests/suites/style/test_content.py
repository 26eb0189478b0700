from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suites.style.content import content, content_words

USER = "快递丢在半路"
REFERENCE = "抱抱你，快递丢了很难受吧，联系客服就好啦💖"


def test_words_that_carry_content() -> None:
    assert content_words("快递丢了呢，Ａbc！💖") == ["快", "递", "丢", "abc"]


def test_a_reference_says_all_of_itself_whatever_its_tone() -> None:
    assert content(REFERENCE, USER, ["别的", REFERENCE]) == 1
    assert content("抱抱你,快递丢难受,联系客服好!!!", USER, [REFERENCE]) == 1


def test_by_hand() -> None:
    # Reference 快递丢联系客服 has 7 words of content and takes up 3 of 快递丢在半路; the reply
    # 快递会来 has 4, of which 快递 stand in the reference.
    near, kept = 2 * 2 / (4 + 7), 2 / 3
    found = content("快递会来", USER, ["快递丢了，联系客服"])
    assert found == pytest.approx((2 * near + kept) / 3)


def test_where_the_reference_takes_up_nothing_only_the_reference_counts() -> None:
    assert content("天气好", USER, ["天气差"]) == pytest.approx(2 / 3)


def test_the_order_of_words_counts() -> None:
    assert content("客服联系", USER, ["联系客服"]) == pytest.approx(0.5)


def test_the_best_reference_counts() -> None:
    several = ["天气差", "联系客服"]
    assert content("联系客服", USER, several) == content("联系客服", USER, several[::-1]) == 1


def test_nothing_like_nothing() -> None:
    assert content("💖", USER, ["呢"]) == 1
    assert content("", USER, [REFERENCE]) == 0


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_share(reply: str, user: str, reference: str) -> None:
    assert 0 <= content(reply, user, [reference]) <= 1
    assert content(reference, user, [reference]) == pytest.approx(1)


@given(st.text(max_size=20), st.text(max_size=20), st.lists(st.text(max_size=20), min_size=1))
def test_another_reference_never_hurts(reply: str, user: str, references: list[str]) -> None:
    assert content(reply, user, [*references, "联系客服"]) >= content(reply, user, references)
