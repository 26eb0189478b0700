"""Near duplicates are wordings of one question; whatever tells two questions apart keeps both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.core import Gold, Message, Sample
from harness.curate.near_duplicates import NearDuplicates, gold_key, telling_words
from tests.harness.curate.boards import suite

TIME = Gold("time", "07:05")
LONG = "请帮忙看一看{key}这一趟旅客列车究竟在什么时候能够准点抵达我们本地的这座火车站呀？"


def asked(question: str, named: tuple[str, ...] = ("K420",), gold: Gold = TIME) -> Sample:
    return Sample(
        question, (Message("user", question),), gold, "x", "lookup", "K420", "arrival/train-0",
        "train", "到点", named,
    )  # fmt: skip


def like(first: Sample, second: Sample, threshold: float = 0.95) -> bool:
    near = NearDuplicates(threshold)
    assert near.like(first) is None
    return near.like(second) is not None


@pytest.mark.parametrize(("board", "first"), [("board-24", 100_000), ("board-220", 12_000)])
def test_nothing_of_the_real_suite_is_dropped(board: str, first: int) -> None:
    near = NearDuplicates(0.95)
    assert [s.id for s in suite(board).train[:first] if near.like(s) is not None] == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("K420次列车几点钟到达这个站？", "K420次列车几点钟到达这个站呢？"),
        ("K420次列车几点钟到达这个站？", "k420次列车几点钟到达这个站"),
        ("请问K420次列车几点钟到达本站？", "请问，K420次列车几点钟到达本站?"),
        ("请问K420次列车几点钟到达本站？", "请问K420次的车几点钟到达本站？"),
    ],
)
def test_a_wording_that_hardly_differs_is_found(first: str, second: str) -> None:
    assert like(asked(first), asked(second))


def test_the_kept_phrasing_is_returned() -> None:
    near = NearDuplicates(0.95)
    near.like(asked("K420次列车几点钟到达这个站？"))
    assert near.like(asked("K420次列车几点钟到达这个站呢？")) == "□次列车几点钟到达这个站"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("能够", "不能够"), ("能够", "没能够"), ("抵达", "离开"), ("准点", "最早"),
        ("最早", "最晚"), ("以前", "以后"), ("早于", "晚于"), ("几点", "九点"), ("到达", "出发"),
        ("东边", "西边"), ("上一趟", "下一趟"), ("3号", "4号"), ("07:05", "07:06"),
        ("第一", "第二"), ("最长", "最短"), ("K421", "K422"),
    ],
)  # fmt: skip
def test_a_word_that_tells_is_no_small_difference(one: str, other: str) -> None:
    first, second = (LONG.replace("能够准点抵达", f"能够{word}抵达") for word in (one, other))
    assert not like(asked(first.format(key="K420")), asked(second.format(key="K420")))


@pytest.mark.parametrize(
    ("one", "other"),
    [("before", "after"), ("first", "last"), ("is", "is not"), ("does", "doesn't")],
)
def test_english_words_that_tell(one: str, other: str) -> None:
    words = (
        "Could you please be so kind and tell me whether train K420 {} there around the evening?"
    )
    assert not like(asked(words.format(one)), asked(words.format(other)))
    assert like(asked(words.format(one)), asked(words.format(one).replace("evening", "evenings")))


def test_only_one_question_is_compared_with_itself() -> None:
    first = asked(LONG.format(key="K420"))
    assert like(first, first)
    for other in (
        asked(LONG.format(key="K421"), ("K421",)),
        asked(LONG.format(key="K420"), gold=Gold("time", "07:06")),
        replace(first, template="departure/train-0"),
        replace(first, family="dwell"),
        replace(first, domain="开点"),
        replace(first, messages=(Message("user", f"车次\nK420\nK421\n{first.question}"),)),
        replace(first, messages=(Message("assistant", "好。"), *first.messages)),
    ):
        assert not like(first, other)


def test_a_set_has_no_order() -> None:
    one, other = (Gold("set", names) for names in (("K1", "K2"), ("K2", "K1")))
    assert gold_key(one) == gold_key(other) != gold_key(Gold("set", ("K1",)))
    question = LONG.format(key="K420")
    assert like(asked(question, gold=one), asked(question, gold=other))


def test_what_tells() -> None:
    assert telling_words("最早不晚于7点到") == ["最", "早", "不", "晚", "7", "到"]
    assert telling_words("It doesn't arrive before noon") == ["n't", "arrive", "before"]
    assert telling_words("哪座城市呢") == []
