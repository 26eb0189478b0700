import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from suites.roleplay.character import character_of, repeats_itself
from suites.roleplay.options import OUT_OF_CHARACTER

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "character.yaml").read_text("utf-8")
)
CHINESE = character_of(OUT_OF_CHARACTER, ["小满只管撑船。", "客人坐稳了。"])
ENGLISH = character_of(OUT_OF_CHARACTER, ["Mind the rope, sir.", "Two pence."])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["reply"] or "nothing")
def test_in_character_or_not(case: dict[str, Any]) -> None:
    character = ENGLISH if case.get("english") else CHINESE
    assert character.fault(case["reply"], case["cue"], ()) == case["fault"]


def test_what_a_reply_of_the_data_says_may_be_said() -> None:
    assert CHINESE.fault("AI来了。", "谁？", ["是AI来了。"]) is None
    assert CHINESE.fault("The End", "完了？", ["The End"]) is None
    assert CHINESE.fault("😂", "好笑么？", ["😂😂"]) is None
    assert CHINESE.fault("好", "好", ["好"]) is None


def test_ones_own_words() -> None:
    character = character_of(("手机",), ["走。"])
    assert character.fault("小满用手机记账。", "怎么记？", ()) == "says 手机"
    assert character.fault("我是AI。", "你是谁？", ()) is None


@pytest.mark.parametrize(
    "unit",
    [
        "好",
        "船来了",
        "水路不欺人。",
        "客人慢些走，小满记着呢，下回过河还来找小满，船就在柳树底下。",
    ],
)
def test_a_piece_over_and_over_is_a_loop_however_long(unit: str) -> None:
    assert repeats_itself(unit * 40)
    prefix = "".join(chr(0x4E00 + n) for n in range(300))
    assert repeats_itself(prefix + unit * 40)
    assert not repeats_itself(prefix)


def test_long_sentences_are_no_loop() -> None:
    said = "".join(f"第{n}日，{a}在{b}渡口上船。" for n, (a, b) in enumerate(
        itertools.product("张王李赵刘陈杨黄周吴", "东西南北上下左右前后")
    ))  # fmt: skip
    assert not repeats_itself(said[:200])
    assert not repeats_itself(
        "The ferry leaves at dawn, and again when the sun stands over the hill. " * 2
    )


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_reply_is_judged(reply: str, cue: str) -> None:
    assert CHINESE.fault(reply, cue, ["走。"]) in (
        None, "empty", "no words", "repeats itself", "repeats the question", "in another language",
        *(f"says {word}" for word in OUT_OF_CHARACTER),
    )  # fmt: skip
