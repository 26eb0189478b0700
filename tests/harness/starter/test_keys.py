"""Which columns tell rows apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InputError
from harness.starter.column_kinds import Kind, understand
from harness.starter.headers import read_header
from harness.starter.keys import find_key, key_wording

PATH = Path("t.csv")


def columns(**cells: tuple[object, ...]) -> list[Kind]:
    return [understand(read_header(name), column, "") for name, column in cells.items()]


def key_of(*wanted: str, **cells: tuple[object, ...]) -> list[str]:
    kinds = columns(**cells)
    numbers = range(2, 2 + len(kinds[0].values))
    return [kind.column.name for kind in find_key(PATH, kinds, numbers, wanted)]


def test_a_name_goes_before_a_code_and_a_code_before_a_serial() -> None:
    cells = {"序号": (1, 2, 3), "编码": ("A1", "A2", "A3"), "品名": ("梨", "桃", "葱")}
    assert key_of(**cells) == ["品名"]
    assert key_of(**{**cells, "品名": ("梨", "梨", "葱")}) == ["编码"]
    assert key_of(序号=(1, 2, 3), 品名=("梨", "梨", "葱"), 编码=("A", "A", "B")) == ["序号"]


def test_several_columns_go_before_a_serial() -> None:
    found = key_of(序号=(1, 2, 3), 品名=("梨", "梨", "葱"), 规格=("大", "小", "小"))
    assert found == ["品名", "规格"]


def test_prices_and_times_are_different_by_accident() -> None:
    cells = {"品名": ("梨", "梨", "葱"), "单价": (1, 2, 3), "到点": ("8:00", "9:00", "10:00")}
    assert key_of(**cells, 规格=("大", "小", "小")) == ["品名", "规格"]


def test_a_days_periods_and_a_dates_times_belong_together() -> None:
    week = {
        "星期": ("周一", "周一", "周二", "周二"), "节次": (1, 2, 1, 2),
        "课程": ("数学", "语文", "语文", "数学"), "教师": ("甲", "乙", "丙", "甲"),
    }  # fmt: skip
    assert key_of(**week) == ["星期", "节次"]
    log = {
        "日期": ("2025-03-08", "2025-03-08", "2025-03-09"), "时间": ("8:00", "9:00", "8:00"),
        "状态": ("好", "坏", "好"), "值": (1, 2, 3),
    }  # fmt: skip
    assert key_of(**log) == ["日期", "时间"]


def test_three_columns_where_two_are_not_enough() -> None:
    cells = {
        "城市": ("京", "京", "京", "沪"), "门店": ("东", "东", "西", "东"),
        "品名": ("梨", "桃", "梨", "梨"), "规格": ("大", "大", "大", "大"),
    }  # fmt: skip
    assert key_of(**cells) == ["城市", "门店", "品名"]


def test_a_column_with_a_gap_tells_nothing_apart() -> None:
    assert key_of(品名=("梨", None, "桃"), 编码=("A1", "A2", "A3")) == ["编码"]


def test_the_users_own_key() -> None:
    cells = {"品名": ("梨", "桃"), "规格": ("大", "大"), "技能": ("甲、乙", "乙、甲")}
    assert key_of("规格", "品名", **cells) == ["规格", "品名"]
    with pytest.raises(InputError, match="规格 is '大' in row 2 and in row 3: name another --key"):
        key_of("规格", **cells)


def test_nothing_tells_them_apart() -> None:
    with pytest.raises(InputError) as caught:
        key_of(品名=("梨", "梨"), 规格=("大", "大"))
    assert str(caught.value) == (
        "t.csv: no column tells rows apart, nor do two or three together: 品名 is '梨' in row 2 "
        "and in row 3; add a column that does, such as a number"
    )
    with pytest.raises(InputError, match="every column has an empty cell"):
        key_of(品名=("梨", None), 规格=(None, "大"))


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"星期": ("周一",), "节次": (3,)}, "{星期}第{节次}节"),
        ({"星期": ("周一",), "节次": ("1-2",)}, "{星期}第{节次}节"),
        ({"星期": ("星期二",), "节次": ("第3节",)}, "{星期}{节次}"),
        ({"品名": ("梨",), "规格": ("大",)}, "{品名} {规格}"),
        ({"品名": ("梨",)}, "{品名}"),
    ],
)
def test_how_several_columns_say_a_row(cells: dict[str, tuple[object, ...]], words: str) -> None:
    assert key_wording(columns(**cells), "zh") == words


def test_how_english_says_it() -> None:
    cells: dict[str, tuple[object, ...]] = {"Day": ("Monday",), "Period": (3,)}
    assert key_wording(columns(**cells), "en") == "{Day} period {Period}"
