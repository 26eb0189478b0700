"""The loader against real files: xlsx by openpyxl, csv and tsv by hand."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from harness.errors import InputError
from harness.tables.load import load_table
from harness.tables.table import Column, Key, Table

HALLS = {"高架候车北区": "高架候车厅北区"}
COLUMNS = (
    Column("车次", "text"),
    Column("到点", "time"),
    Column("候车厅", "list", HALLS),
    Column("站台", "number"),
)
HEADER = ("车次", "到点", "候车厅", "站台")
GOOD = ("K2095/8", dt.time(5, 51), "东广场候车厅，高架候车厅北区", 3)


def write(path: Path, *rows: Sequence[object], sheets: Sequence[str] = ("Sheet1",)) -> Path:
    book = openpyxl.Workbook()
    for index, name in enumerate(sheets):
        book.create_sheet(name, index)
    del book["Sheet"]
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(path)
    return path


def load(path: Path, sheet: str | None = None) -> Table:
    return load_table(path, COLUMNS, "车次", sheet)


def test_a_table_with_every_quirk(tmp_path: Path) -> None:
    path = write(
        tmp_path / "board.xlsx",
        (" 车次 ", "到　点", "候车厅\n", "站台", "备注"),
        (7001, "2:00", "高架候车北区", 5.0, "x"),
        ("OK365", dt.time(0, 10), "东广场候车厅，高架候车北区", 5),
        ("0K365", "５：０５", "--", "4"),
        (None, None, None, None, None),
        GOOD,
        ("Z1", None, None, None),
        (None, "", " ", None),
    )
    table = load(path)
    assert (table.name, table.key, table.columns) == ("board", "车次", COLUMNS)
    assert [tuple(row.cells.values()) for row in table.rows] == [
        ("7001", 120, ("高架候车厅北区",), 5),
        ("OK365", 10, ("东广场候车厅", "高架候车厅北区"), 5),
        ("0K365", 305, None, 4),
        ("K2095/8", 351, ("东广场候车厅", "高架候车厅北区"), 3),
        ("Z1", None, None, None),
    ]
    assert [row.number for row in table.rows] == [2, 3, 4, 6, 7]
    assert table.notes == (
        "row 5: blank, skipped",
        "row 2: 车次 is a number, kept as text",
        "rows 2, 4: 到点 is text not written as HH:MM, read as a time",
        "rows 2, 3: 候车厅 holds '高架候车北区', read as '高架候车厅北区'",
        "row 4: 候车厅 holds '--', taken as missing",
    )


def test_a_sound_table_has_no_notes(tmp_path: Path) -> None:
    assert load(write(tmp_path / "a.xlsx", HEADER, GOOD)).notes == ()


def test_many_rows_with_one_repair_are_one_sentence(tmp_path: Path) -> None:
    rows = [(number, None, None, None) for number in range(1, 11)]
    notes = load(write(tmp_path / "a.xlsx", HEADER, *rows)).notes
    assert notes == ("rows 2, 3, 4, 5, 6, 7 and 4 more: 车次 is a number, kept as text",)


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    table = load(write(tmp_path / "a.xlsx", ("郑州站列车时刻表",), (), HEADER, GOOD))
    assert table.rows[0].number == 4
    assert table.notes == ("row 3: taken as the header",)


def test_the_sheet_is_the_first_or_the_one_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", HEADER, GOOD, sheets=("时刻表", "说明"))
    assert load(path).notes == ("the file has 2 sheets (时刻表, 说明); read '时刻表'",)
    assert load(path, "时刻表").notes == ()
    with pytest.raises(InputError, match=r"no sheet '时刻' \(did you mean '时刻表'\?\)"):
        load(path, "时刻")
    with pytest.raises(InputError, match="the table is empty"):
        load(path, "说明")


@pytest.mark.parametrize(
    ("name", "encoding", "comma"),
    [
        ("a.csv", "utf-8", ","),
        ("a.csv", "utf-8-sig", ","),
        ("a.csv", "gb18030", ","),
        ("a.csv", "utf-16", "\t"),
        ("a.csv", "utf-8", ";"),
        ("A.CSV", "utf-8", "\t"),
        ("a.tsv", "gb18030", "\t"),
    ],
)
def test_delimited_text(tmp_path: Path, name: str, encoding: str, comma: str) -> None:
    lines = (HEADER, ("7001", "5:51", "东广场候车厅，高架候车北区", "3"), ("K2", "", "无数据", ""))
    path = tmp_path / name
    path.write_bytes("\r\n".join(comma.join(line) for line in lines).encode(encoding))
    table = load(path)
    assert tuple(table.rows[0].cells.values()) == (
        "7001",
        351,
        ("东广场候车厅", "高架候车厅北区"),
        3,
    )
    assert tuple(table.rows[1].cells.values()) == ("K2", None, None, None)


def test_a_quoted_cell_may_hold_the_separator(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('车次,到点,候车厅,站台\nK2,05:51,"甲,乙",3\n', encoding="utf-8")
    assert load(path).rows[0]["候车厅"] == ("甲", "乙")
    path.write_text("车次,到点,候车厅,站台\nK2,05:51,甲,乙,3\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 2 has more cells than the header's 4"):
        load(path)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "the table is empty"),
        ([HEADER], "has a header in row 1 and no rows under it"),
        ([HEADER, GOOD, ("K1", None), GOOD], "车次 'K2095/8' stands in row 2 and again in row 4"),
        ([HEADER, (7001,), ("7001",)], "车次 '7001' stands in row 2 and again in row 3"),
        ([HEADER, GOOD, (None, "5:51")], "row 3: the key column 车次 is empty"),
        ([HEADER, ("K1", "25:61")], "row 2: 到点 holds '25:61', past the end of the clock"),
        ([HEADER, ("K1", 7.05)], "row 2: 到点 holds the number '7.05', no time of day"),
        ([HEADER, GOOD, ("K1", None, None, "五")], "row 3: 站台 holds '五', no number"),
        ([HEADER, ("K1", None, None, "#REF!")], "row 2: 站台 holds a spreadsheet error"),
        ([HEADER, ("K1", "=1/4")], r"row 2: 到点 is a formula whose .* \('=1/4'\)"),
        ([HEADER, GOOD, ("=A2",)], "row 3: 车次 is a formula whose result was never saved"),
        ([("车号", "到点", "候车厅", "站台"), GOOD], r"no column '车次' \(found: '车号', '到点'"),
        ([("车次", "到点", "候车厅", "站台号"), GOOD], r"'站台' \(did you mean '站台号'\? found:"),
        ([(*HEADER, "到点"), GOOD], "the column '到点' stands there twice"),
    ],
)
def test_a_wrong_table_is_one_line_that_says_where(
    tmp_path: Path, rows: list[tuple[object, ...]], message: str
) -> None:
    path = write(tmp_path / "board.xlsx", *rows)
    with pytest.raises(InputError, match=message) as caught:
        load(path)
    assert "board.xlsx" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_columns_that_are_not_asked_for_may_hold_anything(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", (*HEADER, "x", "x"), (*GOOD, "=1+1", "#REF!"))
    assert load(path).row("K2095/8")["站台"] == 3


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path / "board-24.xlsx", HEADER, GOOD)
    with pytest.raises(InputError, match=r"no such file \(did you mean 'board-24.xlsx'\?\)"):
        load(tmp_path / "board-25.xlsx")
    with pytest.raises(InputError, match="no folder"):
        load(tmp_path / "none" / "board.xlsx")
    with pytest.raises(InputError, match="a folder"):
        load(tmp_path)


def test_a_file_of_another_format_says_what_to_do(tmp_path: Path) -> None:
    for name, message in (
        ("a.xls", "old .xls format is not read"),
        ("a.pdf", "not a table; one of .xlsx"),
        ("a.xlsx", "not an xlsx, or a damaged one"),
    ):
        (tmp_path / name).write_bytes(b"anything")
        with pytest.raises(InputError, match=message):
            load(tmp_path / name)
    (tmp_path / "a.csv").write_bytes(b"\xff\xff\xff")
    with pytest.raises(InputError, match="not UTF-8 at byte 0; save it as UTF-8"):
        load(tmp_path / "a.csv")
    with pytest.raises(InputError, match="has no sheets"):
        load(tmp_path / "a.csv", "Sheet1")
    (tmp_path / "b.csv").write_bytes(b'"a\nb')
    with pytest.raises(InputError, match="cannot be read as csv"):
        load(tmp_path / "b.csv")


def test_the_key_must_be_one_of_the_columns(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the key '车号' is none of the columns"):
        load_table(tmp_path / "a.xlsx", COLUMNS, "车号")


def test_importing_the_loader_does_not_import_pandas() -> None:
    code = "import sys, harness.tables.load; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


LESSONS = (
    Column("星期", "text"), Column("节次", "number"), Column("日期", "date"),
    Column("课程", "text"),
)  # fmt: skip
LESSON_HEADER = tuple(column.name for column in LESSONS)


def test_several_columns_tell_rows_apart(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.xlsx", LESSON_HEADER, ("周一", 1, None, "数学"), ("周一", 2, None, "语文"),
        ("周二", 1, None, "数学"),
    )  # fmt: skip
    table = load_table(path, LESSONS, Key(("星期", "节次"), "{星期}第{节次}节"))
    assert [row.key for row in table.rows] == ["周一第1节", "周一第2节", "周二第1节"]
    assert (table.key, table.keys) == ("星期 + 节次", ("星期", "节次"))
    assert table.row("周二第1节")["课程"] == "数学"


def test_a_key_says_times_and_dates_as_people_do(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", LESSON_HEADER, ("周一", 1, dt.datetime(2025, 3, 8), "数学"))
    assert load_table(path, LESSONS, "日期").rows[0].key == "2025-03-08"
    columns = (Column("日期", "date"), Column("到点", "time"))
    path = write(tmp_path / "b.xlsx", ("日期", "到点"), ("2025/3/8", dt.time(7, 5)))
    assert load_table(path, columns, Key(("日期", "到点"), "{日期} {到点}")).rows[0].key == (
        "2025-03-08 07:05"
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [("周一", 1, None, "数学"), ("周一", 1, None, "语文")],
            "星期 [+] 节次 '周一第1节' stands in row 2 and again in row 3",
        ),
        ([("周一", 1, None, "数学"), (None, 2, None, "x")], "row 3: the key column 星期 is empty"),
    ],
)
def test_rows_that_several_columns_cannot_tell_apart(
    tmp_path: Path, rows: list[tuple[object, ...]], message: str
) -> None:
    path = write(tmp_path / "a.xlsx", LESSON_HEADER, *rows)
    with pytest.raises(InputError, match=message):
        load_table(path, LESSONS, Key(("星期", "节次"), "{星期}第{节次}节"))
    with pytest.raises(InputError, match="the key '教室' is none of the columns"):
        load_table(path, LESSONS, Key(("星期", "教室"), "{星期}{教室}"))


def test_rows_to_ignore(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.xlsx", LESSON_HEADER, ("周一", 1, None, "数学"), ("小计", 1),
        ("小计表", 2, None, "语文"), (None, " 合计 ", 2), ("注：单周有效",),
    )  # fmt: skip
    key = Key(("星期", "节次"), "{星期}第{节次}节")
    table = load_table(path, LESSONS, key, ignore=("小计", "合计", "注："))
    assert [row.number for row in table.rows] == [2, 4]
    assert table.notes == ("rows 3, 5, 6: to be ignored, left out",)
