"""Training rows from texts: what counts as a test conversation, and what as said twice."""

from collections.abc import Iterable

import pytest

from harness.config.sections import Dataset
from harness.core import Gold, Message, Sample
from harness.curate.clean import DUPLICATES, LEAKED, Tally
from harness.curate.conversations import HeldOutTexts, clean_texts
from harness.curate.rows import Row


def sample(name: str, *said: str, system: str = "") -> Sample:
    head = (Message("system", system),) if system else ()
    turns = [Message("user" if at % 2 == 0 else "assistant", text) for at, text in enumerate(said)]
    return Sample(name, (*head, *turns), Gold("free", "好"), "好", "qa", name, name, "train")


def kept(rows: Iterable[Row], *test: Sample, deduplicate: bool = True) -> tuple[list[str], Tally]:
    tally = Tally()
    found = clean_texts(rows, Dataset(deduplicate=deduplicate), HeldOutTexts(test), tally)
    return [row.sample.id for row in found], tally


@pytest.mark.parametrize(
    "said", ["石油能炒菜吗", "石油能炒菜吗？？", "石油 能炒菜吗!", "石油能炒菜吗　"]
)
def test_a_test_question_is_one_however_it_is_punctuated(said: str) -> None:
    found, tally = kept([Row(sample("a", said), "不能")], sample("t", "石油能炒菜吗？"))
    assert found == []
    assert tally.counts[LEAKED] == 1
    assert tally.examples[LEAKED][0]["like"] == "t"


def test_a_cue_inside_a_longer_conversation_is_another_question() -> None:
    row = Row(sample("a", "嗯", "怎么了", "没事"), "好")
    assert kept([row], sample("t", "嗯"), sample("u", "没事"))[0] == ["a"]


def test_the_system_turn_does_not_hide_a_leak() -> None:
    row = Row(sample("a", "走，去北极", system="毒舌"), "冷")
    assert kept([row], sample("t", "走，去北极", system="温柔"))[0] == []


def test_texts_without_a_letter_are_compared_as_they_are() -> None:
    rows = [Row(sample("a", "😂😂"), "哈"), Row(sample("b", "……"), "哦")]
    assert kept(rows, sample("t", "😂😂"))[0] == ["b"]


def test_two_replies_to_one_cue_stay_and_an_exact_copy_goes() -> None:
    rows = [
        Row(sample("a", "你好"), "皇上万福"),
        Row(sample("b", "你好"), "给皇上请安"),
        Row(sample("c", "你好"), "皇上万福"),
        Row(sample("d", "你好", system="你是甄"), "皇上万福"),
    ]
    found, tally = kept(rows)
    assert found == ["a", "b", "d"]
    assert tally.counts[DUPLICATES] == 1
    assert kept(rows, deduplicate=False)[0] == ["a", "b", "c", "d"]
