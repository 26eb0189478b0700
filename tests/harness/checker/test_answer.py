"""The checker over all that it may meet: any form, any order, any characters, any length."""

from __future__ import annotations

import datetime as dt
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checker.check import asking_part, check
from harness.core import Domain, Gold
from harness.tables import benchmark
from suites import timetable
from tests.harness.checker.forms import (
    DATES,
    DURATIONS,
    NUMBERS,
    SENTENCES,
    TIMES,
    UNHURRIED,
    YEARLESS,
)  # fmt: skip

STATIONS = Domain(frozenset(["西安", "西安北", "兰州", "兰州西", "西宁", "宝鸡", "北京西"]))
TRAINS = ("K420", "K178", "T198", "K4547/6", "7001", "55516", "OK365", "0K213", "D218", "C229/32")
GOLDS = (
    Gold("time", "07:06"),
    Gold("date", "2025-03-08"),
    Gold("duration", 75.0),
    Gold("number", 3.0),
    Gold("text", "兰州"),
    Gold("text", "K4547/6"),
    Gold("text", "5B"),
    Gold("text", "是"),
    Gold("text", "综合候乘中心，高架候车区东区"),
    Gold("set", ("K420", "7001")),
    Gold("set", ("兰州", "西宁")),
    Gold("set", ("2", "5B", "07:06")),
    Gold("set", ()),
    Gold("none", None),
    Gold("free", "好的"),
    Gold("choice", "B"),
)
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31))
CLOCKS = st.tuples(st.integers(0, 23), st.integers(0, 59))


def clock(hour: int, minute: int) -> str:
    return f"{hour:02d}:{minute:02d}"


@UNHURRIED
@given(CLOCKS, st.sampled_from(TIMES), st.sampled_from(SENTENCES))
def test_the_right_time_is_right_in_any_words(at: tuple[int, int], form: Any, words: str) -> None:
    assert check(words.format(form(*at)), Gold("time", clock(*at))).value == 1


@UNHURRIED
@given(CLOCKS, CLOCKS, st.sampled_from(TIMES), st.sampled_from(SENTENCES))
def test_a_wrong_time_is_wrong_in_any_words(
    at: tuple[int, int], gold: tuple[int, int], form: Any, words: str
) -> None:
    if at != gold:
        assert check(words.format(form(*at)), Gold("time", clock(*gold))).value == 0


@UNHURRIED
@given(CLOCKS, CLOCKS, st.sampled_from(TIMES), st.sampled_from(("或", "、", "还是", "/", " or ")))
def test_two_times_are_a_hedge(
    at: tuple[int, int], other: tuple[int, int], form: Any, joint: str
) -> None:
    if at != other:
        verdict = check(form(*at) + joint + form(*other), Gold("time", clock(*at)))
        assert (verdict.value, verdict.note) == (0, "hedge")


@UNHURRIED
@given(DAYS, st.sampled_from((*DATES, *YEARLESS)), st.sampled_from(SENTENCES))
def test_the_right_date_is_right_in_any_words(day: dt.date, form: Any, words: str) -> None:
    assert check(words.format(form(day)), Gold("date", day.isoformat())).value == 1


@UNHURRIED
@given(DAYS, DAYS, st.sampled_from((*DATES, *YEARLESS)), st.sampled_from(SENTENCES))
def test_a_wrong_date_is_wrong_in_any_words(
    day: dt.date, gold: dt.date, form: Any, words: str
) -> None:
    if (day.month, day.day) != (gold.month, gold.day):
        assert check(words.format(form(day)), Gold("date", gold.isoformat())).value == 0


@UNHURRIED
@given(DAYS, DAYS, st.sampled_from(DATES), st.sampled_from(("或", "、", "还是", " or ", "和")))
def test_two_dates_are_a_hedge(day: dt.date, other: dt.date, form: Any, joint: str) -> None:
    if day != other:
        verdict = check(form(day) + joint + form(other), Gold("date", day.isoformat()))
        assert (verdict.value, verdict.note) == (0, "hedge")


@UNHURRIED
@given(DAYS, DAYS, st.sampled_from(DATES))
def test_the_questions_own_date_is_no_hedge(asked: dt.date, day: dt.date, form: Any) -> None:
    if asked != day:
        question = f"{form(asked)}生产的牛奶哪天到期？"
        answer = f"{form(asked)}生产的牛奶{form(day)}到期。"
        assert check(answer, Gold("date", day.isoformat()), question).value == 1


@UNHURRIED
@given(st.integers(1, 3_000), st.sampled_from(DURATIONS), st.sampled_from(SENTENCES))
def test_the_right_duration_is_right_in_any_words(minutes: int, form: Any, words: str) -> None:
    assert check(words.format(form(minutes)), Gold("duration", float(minutes))).value == 1
    assert check(words.format(form(minutes)), Gold("duration", minutes + 1.0)).value == 0


@UNHURRIED
@given(st.integers(2, 99_999), st.sampled_from(NUMBERS), st.sampled_from(SENTENCES))
def test_the_right_number_is_right_in_any_words(n: int, form: Any, words: str) -> None:
    assert check(words.format(form(n)), Gold("number", float(n))).value == 1
    assert check(words.format(form(n)), Gold("number", n + 1.0)).value == 0


@UNHURRIED
@given(
    st.lists(st.sampled_from(TRAINS), min_size=1, unique=True),
    st.sampled_from(("、", "，", ",", "\n", " ", "和", "次、", "次列车，", "; ")),
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_a_set_is_right_in_any_order_and_any_list(
    trains: list[str], joint: str, order: random.Random, known: bool
) -> None:
    gold = Gold("set", tuple(trains))
    said = order.sample(trains, len(trains))
    domain = Domain(frozenset(TRAINS)) if known else Domain()
    assert check(joint.join(said), gold, "", domain).value == 1
    assert check(joint.join([*said, "Z999"]), gold, "", domain).value == pytest.approx(
        2 * len(trains) / (2 * len(trains) + 1)
    )


@UNHURRIED
@given(st.sampled_from(sorted(STATIONS.values)), st.sampled_from(sorted(STATIONS.values)))
def test_a_station_is_told_from_every_other(said: str, gold: str) -> None:
    want = 1 if said == gold else 0
    for sentence in ("{}", "{}站", "K420次列车的终到站是{}站。"):
        assert check(sentence.format(said), Gold("text", gold), "", STATIONS).value == want
        assert check(sentence.format(said), Gold("text", gold)).value == want


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=80), st.text(max_size=40), st.sampled_from(GOLDS), st.booleans())
def test_any_characters_get_a_verdict(text: str, question: str, gold: Gold, known: bool) -> None:
    verdict = check(text, gold, question, STATIONS if known else Domain())
    assert verdict.value is None or 0 <= verdict.value <= 1
    assert verdict.note
    assert (verdict.value is None) == (verdict.note == "unparsed")


WORDS = """07:06 下午 7点06分 八点五分 1小时15分 75分钟 3号站台 K4547/6 7001次 5B 兰州 兰州西
、 ， 。
或 不是 没有 无数据 答案 = 共 原定 晚点 到达 开点 比
可能 <think> </think> 1. ** 十几 半 之后 or no"""
FRAGMENTS = st.lists(st.sampled_from(["\n", " ", *WORDS.split()]), max_size=12).map("".join)


@settings(max_examples=400, deadline=None)
@given(FRAGMENTS, FRAGMENTS, st.sampled_from(GOLDS), st.booleans())
def test_any_mixture_of_known_words_gets_a_verdict(
    text: str, question: str, gold: Gold, known: bool
) -> None:
    verdict = check(text, gold, question, STATIONS if known else Domain())
    assert verdict.value is None or 0 <= verdict.value <= 1
    assert check(text, gold, question, STATIONS if known else Domain()) == verdict


@pytest.mark.parametrize(
    "unit",
    [
        "1", " ", "兰州、", "K420、", "07:06 ", "7点", "十", "1,", "1:", "1/", "没有", "或", "= 1 ",
        "①", "<think>", "<a", "可能是", "不是", "1小时15分或", "到10:00", "twenty-", "half an ",
        "-1 ", "a1/", "兰州,x", "(", "“", "答案", "选A、", "A. ", "A B ", "\nB.", "answer is ",
    ],
)  # fmt: skip
def test_time_grows_no_faster_than_the_answer(unit: str) -> None:
    """Four times as long takes four times, where quadratic work would take sixteen."""
    text = unit * 12_000
    for gold in (*GOLDS[:4], *GOLDS[8:10], *GOLDS[-3:]):
        _seconds(text[:3000], gold)  # what is built once is no part of what grows
        short, long = (min(_seconds(text[:n], gold) for _ in "12") for n in (3000, 12_000))
        assert long < 10 * max(short, 0.02), gold


def _seconds(text: str, gold: Gold) -> float:
    start = time.process_time()
    check(f"{text}的", gold, "K420几点开？", STATIONS)
    return time.process_time() - start


def test_every_reference_of_the_timetable_is_right_and_its_neighbour_wrong() -> None:
    suite = benchmark.build(timetable.Options())
    draw = random.Random(0)
    for sample in draw.sample(suite.test, 300):
        domain = suite.domains.get(sample.domain, Domain())
        program = sample.template.partition("/")[0]
        others = [s for s in suite.test if s.template.startswith(program) and s.gold != sample.gold]
        for known in (domain, Domain()):
            assert check(sample.reference, sample.gold, sample.question, known).value == 1
            for other in draw.sample(others, min(2, len(others))):
                said = other.reference.replace(other.id.rpartition("/")[2], "这趟车")
                assert check(said, sample.gold, sample.question, known).value != 1, said


def test_rows_given_as_context_do_not_excuse_a_hedge() -> None:
    table = "车次,到点,开点,站台\nK420,10:00,10:15,2\nK178,00:50,01:02,3\nT198,01:00,01:10,3"
    question = f"{table}\nK420次列车几点开？"
    assert asking_part(question) == "k420次列车几点开?"
    assert check("10:15", Gold("time", "10:15"), question).value == 1
    assert check("10:15、01:02", Gold("time", "10:15"), question).value == 0
    question = f"{table}\n哪些列车停靠3站台？"
    assert check("K178、T198", Gold("set", ("K178", "T198")), question).value == 1
    assert check("K420、K178、T198", Gold("set", ("K178", "T198")), question).value == 0.8


def test_a_verdict_says_what_it_found() -> None:
    verdict = check("K420、T198和Z1", Gold("set", ("K420", "K178")))
    assert verdict.found == ("K420", "T198", "Z1")
    assert verdict.note == "missing K178; extra T198、Z1"
    assert check("下午7:06", Gold("time", "19:06")).found == ("19:06",)
    assert check("75分钟", Gold("duration", 90.0)).found == ("75",)
    assert check(" ", Gold("text", "兰州")).note == "empty"


def test_a_long_list_of_misses_stays_readable() -> None:
    gold = Gold("set", tuple(f"K{i}" for i in range(100, 120)))
    assert check("Z999", gold).note.endswith("K104 and 15 more; extra Z999")
