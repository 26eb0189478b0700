"""A test phrasing is found in training data whatever the row, and nothing else is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core import Gold, Message, Sample
from harness.curate.decontaminate import HeldOut, masked_phrasing, program_of
from harness.text.masking import MASK
from tests.harness.curate.boards import suite

THRESHOLD = 0.9
OTHER_WORDS = "呢啊嘛那就"


def asked(question: str, named: Sequence[str] = (), template: str = "p/test-0") -> Sample:
    return Sample(
        question, (Message("user", question),), Gold("text", "x"), "x", "f", "r", template, "test",
        named=tuple(named),
    )  # fmt: skip


def held_out(*samples: Sample, threshold: float = THRESHOLD) -> HeldOut:
    return HeldOut(samples, threshold)


BOARD = HeldOut(suite().held_out, THRESHOLD)
PHRASINGS = {masked_phrasing(s.question, s.named): s for s in suite().held_out}


# --- the real suite ------------------------------------------------------------------------------


@pytest.mark.parametrize(("board", "step"), [("board-24", 1), ("board-220", 23)])
def test_no_train_phrasing_is_held_back(board: str, step: int) -> None:
    held = HeldOut(suite(board).held_out, THRESHOLD)
    for sample in suite(board).train[::step]:
        assert held.near(sample.question, sample.named) is None
        assert held.near(sample.question, sample.named, program_of(sample.template)) is None
        assert held.near(sample.question, ()) is None, "codes and times are masked unnamed too"


def test_every_test_phrasing_is_found_for_any_row_of_another_board() -> None:
    others = suite("board-220").held_out
    assert {s.template for s in others} >= {s.template for s in suite().held_out}
    asked_here = {program_of(sample.template) for sample in suite().held_out}
    for sample in others:
        if program_of(sample.template) in asked_here:
            assert BOARD.near(sample.question, sample.named) is not None, sample.question


def test_rows_in_the_prompt_do_not_hide_a_phrasing() -> None:
    book = suite(track="open-book")
    assert all("\n" in sample.question for sample in book.test)
    for sample in book.held_out:
        assert BOARD.near(sample.question, sample.named) is not None
    for sample in book.train[::5]:
        assert BOARD.near(sample.question, sample.named) is None


@given(st.sampled_from(sorted(PHRASINGS)), st.data())
def test_a_copy_with_one_character_changed_is_found(phrasing: str, data: st.DataObject) -> None:
    sample = PHRASINGS[phrasing]
    copy = edited(sample.question, sample.named, data)
    assert BOARD.near(copy, sample.named, program_of(sample.template)) is not None, copy


@given(st.sampled_from(sorted(p for p in PHRASINGS if len(p) >= 11)), st.data())
def test_a_copy_with_two_characters_changed_is_found(phrasing: str, data: st.DataObject) -> None:
    sample = PHRASINGS[phrasing]
    copy = edited(edited(sample.question, sample.named, data), sample.named, data)
    assert BOARD.near(copy, sample.named, program_of(sample.template)) is not None, copy


def edited(question: str, named: Sequence[str], data: st.DataObject) -> str:
    """One character of the words inserted, removed or replaced; the values stay, and apart."""
    values = {at for value in named for at in occurrence(question, value)}
    between = {at for at in range(len(question)) if {at - 1, at + 1} <= values}
    places = [at for at in range(len(question)) if at not in values | between]
    at = data.draw(st.sampled_from(places))
    new = data.draw(st.sampled_from(["", *OTHER_WORDS]))
    end = at + data.draw(st.integers(0, 1))
    return f"{question[:at]}{new}{question[end:]}"


def occurrence(question: str, value: str) -> range:
    at = question.find(value)
    return range(at, at + len(value))


@pytest.mark.parametrize("sample", PHRASINGS.values(), ids=sorted(PHRASINGS))
def test_polite_words_around_a_phrasing_do_not_hide_it(sample: Sample) -> None:
    polite = f"您好，麻烦问一下，{sample.question}谢谢！"
    assert BOARD.near(polite, sample.named) is not None


# --- one rule a test -----------------------------------------------------------------------------


def test_the_offending_test_wording_is_returned() -> None:
    held = held_out(asked("K420次列车开往何方？", ["K420"]))
    assert held.near("Z152次列车开往何方", ["Z152"]) == "k420次列车开往何方?"
    assert held.near("Z152次列车晚点了吗", ["Z152"]) is None


def test_an_equal_question_is_found_although_its_values_are_not_known() -> None:
    held = held_out(asked("兰州的车去哪儿？", ["兰州"]))
    assert held.near("兰州的车去哪儿？", []) == "兰州的车去哪儿?"
    assert held.near("ABC的车去哪儿？", ["西宁"]) is None


def test_near_words_of_another_program_are_no_copy_but_equal_ones_are() -> None:
    held = held_out(
        asked("K1到底几点到达这个车站？", ["K1"], "arrival/test-0"),
        asked("K1今天在哪个口检票呢？", ["K1"], "departure/test-0"),
    )
    departure = "K2到底几点离开这个车站？"
    assert held.near(departure, ["K2"], "arrival") is not None
    assert held.near(departure, ["K2"]) is not None
    assert held.near(departure, ["K2"], "departure") is None
    assert held.near("K2到底几点到达这个车站？", ["K2"], "departure") is not None


def test_a_short_phrasing_of_another_program_is_found_too() -> None:
    held = held_out(asked("K1几点开？", ["K1"], "a/0"), asked("在哪等K1呢？", ["K1"], "b/0"))
    assert held.near("K2几点开？", ["K2"], "b") == "k1几点开?"
    assert held.near("K2几点到？", ["K2"], "b") is None


def test_a_program_that_the_test_does_not_ask_is_held_against_all() -> None:
    held = held_out(asked("K1到底几点到达这个车站？", ["K1"], "arrival/test-0"))
    assert held.near("K2究竟几点到达这个车站？", ["K2"], "dwell") is not None


def test_at_one_only_equal_phrasings_are_found() -> None:
    held = held_out(asked("K1到底几点到达这个车站？", ["K1"]), threshold=1.0)
    assert held.near("K2到底几点到达这个车站", ["K2"]) is not None
    assert held.near("请问K2到底几点到达这个车站", ["K2"]) is None


def test_no_test_question_no_leak() -> None:
    assert held_out().near("K420几点开？", ["K420"]) is None


def test_a_question_of_a_value_alone_is_no_phrasing() -> None:
    held = held_out(asked("K420", ["K420"]))
    assert held.near("K420", ["K420"]) == "k420"
    assert held.near("K178", ["K178"]) is None


def test_only_the_line_that_asks_is_compared() -> None:
    rows = "车次,备注\nK420,几点都行\nK178,\n"
    held = held_out(asked(f"{rows}我想知道K420次列车的去处。", ["K420"]))
    assert held.near("我想知道T9次列车的去处。", ["T9"]) is not None
    assert held.near(f"{rows}说说T9怎么走。", ["T9"]) is None


@pytest.mark.parametrize(
    ("question", "named", "words"),
    [
        ("K4547/6次 07:05 开？", [], f"{MASK}次{MASK}开"),
        ("停1站台、12站台的车", ["1"], f"停{MASK}站台{MASK}站台的车"),
        ("从兰州西到兰州", ["兰州", "兰州西"], f"从{MASK}到{MASK}"),
        ("ｋ４２０次几点到", ["K420"], f"{MASK}次几点到"),
        ("What does an orange cost in a bar?", ["a"], f"whatdoesanorangecostin{MASK}bar"),
        ("K1、K2都停吗", ["K1", "K2"], f"{MASK}{MASK}都停吗"),
        ("晚点1小时5分钟", ["1小时5分钟"], f"晚点{MASK}"),
    ],
)
def test_masked(question: str, named: list[str], words: str) -> None:
    assert masked_phrasing(question, named) == words


@given(st.text(), st.lists(st.text()))
def test_anything_can_be_masked(question: str, named: list[str]) -> None:
    held_out(asked(question, named)).near(question, named)
