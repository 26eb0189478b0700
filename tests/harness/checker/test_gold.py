"""Right answers as question files hold them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from harness.checker.check import check, gold_from
from harness.core import Gold
from harness.errors import InputError


@pytest.mark.parametrize(
    ("kind", "answer", "value"),
    [
        ("text", "兰州", "兰州"),
        ("text", "　Ｋ４２０ ", "K420"),
        ("text", 7001, "7001"),
        ("text", 3.0, "3"),
        ("text", dt.time(7, 6), "07:06"),
        ("number", 35, 35.0),
        ("number", 3.5, 3.5),
        ("number", Decimal("3.5"), 3.5),
        ("number", "1,234", 1234.0),
        ("number", "十二", 12.0),
        ("number", "3号站台", 3.0),
        ("number", "35%", 35.0),
        ("time", dt.time(7, 6), "07:06"),
        ("time", dt.time(7, 6, 30), "07:06:30"),
        ("time", dt.datetime(1900, 1, 1, 7, 6), "07:06"),
        ("time", "7:06", "07:06"),
        ("time", "07:06:00", "07:06"),
        ("time", "下午7点06分", "19:06"),
        ("time", "次日00:12", "00:12"),
        ("date", dt.date(2025, 3, 8), "2025-03-08"),
        ("date", dt.datetime(2025, 3, 8), "2025-03-08"),
        ("date", "2025-03-08", "2025-03-08"),
        ("date", "2025/3/8", "2025-03-08"),
        ("date", "2025年3月8日", "2025-03-08"),
        ("date", "March 8, 2025", "2025-03-08"),
        ("date", "20250308", "2025-03-08"),
        ("duration", 75, 75.0),
        ("duration", "75", 75.0),
        ("duration", "75分钟", 75.0),
        ("duration", "1小时15分", 75.0),
        ("duration", "1 hour 15 minutes", 75.0),
        ("duration", dt.timedelta(hours=1, minutes=15), 75.0),
        ("duration", "0 days 01:15:00", 75.0),
        ("set", ["K420", 7001], ("K420", "7001")),
        ("set", "K420、7001", ("K420", "7001")),
        ("set", "K420, 7001", ("K420", "7001")),
        ("set", '["K420", "7001"]', ("K420", "7001")),
        ("set", "综合候乘中心，高架候车区东区", ("综合候乘中心", "高架候车区东区")),
        ("set", "K420", ("K420",)),
        ("set", 7001, ("7001",)),
        ("set", ["K420", "K420", None, ""], ("K420",)),
        ("set", [], ()),
        ("none", None, None),
        ("none", "", None),
        ("none", "无", None),
        ("none", float("nan"), None),
        ("choice", "B", "B"),
        ("choice", " ｂ ", "B"),
        ("choice", "(B)", "B"),
        ("choice", "【C】", "C"),
        ("choice", "B. 相关", "B"),
        ("choice", "B．相关", "B"),
        ("choice", "В", "B"),
    ],
)
def test_an_answer_is_read_as_its_kind(kind: str, answer: object, value: object) -> None:
    assert gold_from(kind, answer) == Gold(kind, value)  # type: ignore[arg-type]  # by parameter


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("text", ["a"]), ("text", True), ("text", None), ("text", "  "),
        ("number", "很多"), ("number", "3和5"), ("number", "八点五分"), ("number", float("nan")),
        ("number", True), ("number", "K420"), ("number", [3]),
        ("time", "25:61"), ("time", 7.5), ("time", "7:06或8:06"), ("time", "开点7:06"),
        ("date", "3月8日"), ("date", "03/08/2025"), ("date", "2025-03-08或09"), ("date", 45724),
        ("date", dt.datetime(2025, 3, 8, 10, 30)), ("date", "2025年3月"),
        ("duration", "很久"), ("duration", "3到5分钟"), ("duration", "K420停15分钟"),
        ("duration", dt.time(1, 15)), ("set", None), ("set", ""), ("set", '["K420'),
        ("none", "K420"), ("none", 3), ("choice", "AB"), ("choice", "相关"), ("choice", 1),
        ("choice", None), ("choice", ["A"]), ("choice", "A和B"), ("choice", "答案是B"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_sentence(kind: str, answer: object) -> None:
    with pytest.raises(InputError) as caught:
        gold_from(kind, answer)
    assert "\n" not in str(caught.value)
    assert kind in str(caught.value) or repr(answer) in str(caught.value)


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'duration'"):
        gold_from("durations", 75)


def test_an_open_answer_belongs_to_its_suite() -> None:
    with pytest.raises(InputError, match=r"judged by its suite alone.*text.*choice"):
        gold_from("free", "今天天气很好")
    assert check("今天天气很好", Gold("free", "今天天气很好")).note == "unparsed"
    assert check(" ", Gold("free", ("a", "b"))).note == "empty"


def test_a_gold_answer_is_right_about_itself() -> None:
    for kind, answer in (
        ("time", "7:06"),
        ("duration", 75),
        ("set", "K420、7001"),
        ("text", "兰州"),
    ):
        gold = gold_from(kind, answer)
        said = "、".join(gold.value) if isinstance(gold.value, tuple) else f"{gold.value}分钟"
        assert check(said if kind in ("set", "duration") else str(gold.value), gold).value == 1
