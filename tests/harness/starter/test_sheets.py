"""Which sheet, which rows and which names are the table."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import yaml

from harness.errors import InputError
from harness.starter.init import Request, start
from harness.starter.sheet import Sheet, read_sheet
from harness.tables.load import load_table
from harness.tables.table import Column
from tests.harness.starter.printed import As, Rows, fill, text, xlsx

GOODS: Rows = [("品名", "产地", "单价"), ("梨", "鲁", 3), ("桃", "冀", 5), ("枣", "晋", 9)]
PROSE: Rows = [("说明",), (), ("本表供内部使用",), ("请看下一页",)]
PAIRS: Rows = [
    ("价目表",),
    ("编制单位：", "商店"),
    ("日期", "2025-03"),
    ("制表人", "王"),
    ("版本", "2"),
]


def book(path: Path, *sheets: tuple[str, Rows, str]) -> Path:
    made = openpyxl.Workbook()
    del made["Sheet"]
    for title, rows, state in sheets:
        sheet = made.create_sheet(title)
        fill(sheet, rows)
        sheet.sheet_state = state
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("sheets", "chosen"),
    [
        ([("a", PAIRS[:2], "hidden"), ("b", GOODS, "visible")], "b"),
        ([("a", GOODS, "veryHidden"), ("b", GOODS, "visible")], "b"),
        ([("a", PROSE, "visible"), ("b", GOODS, "visible")], "b"),
        ([("a", PAIRS, "visible"), ("b", GOODS, "visible")], "b"),
        ([("a", [], "visible"), ("b", PROSE, "visible"), ("c", GOODS, "visible")], "c"),
        ([("a", GOODS, "visible"), ("b", GOODS, "visible")], "a"),
        ([("a", PROSE, "visible"), ("b", GOODS, "hidden"), ("c", GOODS, "visible")], "c"),
    ],
)
def test_the_first_sheet_to_be_seen_that_holds_a_table(
    tmp_path: Path, sheets: list[tuple[str, Rows, str]], chosen: str
) -> None:
    path = book(tmp_path / "t.xlsx", *sheets)
    sheet = read_sheet(path, None)
    assert (sheet.sheet, len(sheet.numbers)) == (chosen, 3)
    assert all(title in sheet.notes[0] for title, _, _ in sheets)
    assert sheet.notes[0].endswith(f"read {chosen!r}; --sheet NAME reads another")
    made = start(Request(path))
    assert yaml.safe_load(made.spec.read_text("utf-8"))["suite"]["sheet"] == chosen
    columns = [Column("品名", "text"), Column("单价", "number")]
    assert load_table(path, columns, "品名").row("桃")["单价"] == 5


def test_a_sheet_that_is_asked_for_is_read_although_it_is_hidden(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", ("a", GOODS, "hidden"), ("b", GOODS[:3], "visible"))
    assert len(read_sheet(path, "a").numbers) == 3
    with pytest.raises(InputError, match="--sheet NAME reads another"):
        read_sheet(
            book(tmp_path / "p.xlsx", ("a", PROSE, "visible"), ("b", PROSE, "visible")), None
        )


def test_what_the_reader_of_workbooks_warns_of_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    fill(sheet, GOODS)
    sheet["C2"].number_format = "yyyy-mm-dd"
    sheet["C2"].value = 1e12  # past all calendars: a warning
    made.save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError, match="单价 holds a spreadsheet error"):
            read_sheet(path, None)


def rows_of(tmp_path: Path, *footer: Sequence[object]) -> Sheet:
    return read_sheet(xlsx(tmp_path / "t.xlsx", [*GOODS, *footer]), None)


@pytest.mark.parametrize(
    "footer",
    [
        [("制表人：李明", None, "审核：王芳")],
        [("制表人", "李明", "2025-03-01")],
        [(), ("制表：李明", "审核：王芳", "批准：赵强")],
        [("合计", None, 17), ("制表人：", "李明", None)],
        [(), (None, None, 17)],
        [(None, None, As(17, "¥0.00"))],
        [("Prepared by:", "J. Smith"), ("Date", "2025-03-01")],
        [("Prepared by J. Smith", "Approved by A. Jones")],
        [("填表日期：2025-03-01", None, "单位：果园")],
        [(), ("最后更新", "2025-03-01")],
        [("* 价格含税", None, "面议")],
        [("来源：市场", "电话：123")],
        [("合 计", None, 17), (), ("备注：", "随行就市")],
        [("平均", None, 5.7), ("Total: 3 items", None, 17)],
        [("品名", "产地", "单价"), ("注：以上含税",)],
        [("以上价格随行就市，以当日牌价为准",)],
    ],
)
def test_what_stands_below_is_left_out_and_told(
    tmp_path: Path, footer: list[Sequence[object]]
) -> None:
    sheet = rows_of(tmp_path, *footer)
    assert sheet.numbers == (2, 3, 4)
    assert "left out: " in sheet.notes[-1]
    columns = [Column("品名", "text"), Column("单价", "number")]
    loaded = load_table(tmp_path / "t.xlsx", columns, "品名", ignore=sheet.ignore)
    assert [row.number for row in loaded.rows] == [2, 3, 4]


@pytest.mark.parametrize(
    "last",
    [
        ("审核通过的枣", "鲁", 3), ("日期枣", "鲁", 4), ("Note 10", "鲁", 4), ("枣：大", "鲁", 4),
        ("8:30枣", "鲁", 4), ("共和桃", None, 4), ("王", "李", 7),
    ],
)  # fmt: skip
def test_rows_of_the_table_stay(tmp_path: Path, last: Sequence[object]) -> None:
    assert rows_of(tmp_path, last).numbers == (2, 3, 4, 5)


@pytest.mark.parametrize(
    ("head", "spans", "names", "told"),
    [
        (
            [("班", "上午", None, "下午", None), (None, "一", "二", "三", "四")],
            ["A1:A2", "B1:C1", "D1:E1"], "班 一 二 三 四", "row 1: 上午, 下午 left out",
        ),
        (
            [("班", "上午", None, "下午", None), (None, "一", "二", "一", "二")],
            ["A1:A2", "B1:C1", "D1:E1"], "班 上午一 上午二 下午一 下午二", "row 1: joined",
        ),
        (
            [("班", "上午", None, "下午", "备注"), (None, "一", "二", "一", None)],
            ["A1:A2", "B1:C1", "E1:E2"], "班 上午一 二 下午一 备注", "row 1: 上午 left out",
        ),
        (
            [("班", "上午", None, "下午", None), (None, "一", "二", "一", "二")],
            [], "班 上午一 上午二 下午一 下午二", "row 1: joined",
        ),
        (
            [("班", "上午", None, "下午", None), (None, 1, 2, 3, 4)],
            ["A1:A2", "B1:C1", "D1:E1"], "班 上午1 上午2 下午3 下午4", "row 1: joined",
        ),
        (
            [("店", "2024", None, "2025", None), (None, "1月", "2月", "1月", "2月")],
            ["A1:A2", "B1:C1", "D1:E1"], "店 2024年1月 2024年2月 2025年1月 2025年2月",
            "row 1: joined",
        ),
        (
            [("班", "周一", None, "周二", None), ("班", "上午", "下午", "上午", "下午")],
            ["B1:C1", "D1:E1"], "班 周一上午 周一下午 周二上午 周二下午", "row 1: joined",
        ),
        (
            [("Class", "Home", None, "Away", None), (None, "Won", "Lost", "Won", "Lost")],
            ["B1:C1", "D1:E1"], "Class|Home Won|Home Lost|Away Won|Away Lost", "row 1: joined",
        ),
    ],
)  # fmt: skip
def test_names_in_two_rows(
    tmp_path: Path, head: list[Sequence[object]], spans: list[str], names: str, told: str
) -> None:
    rows = [("甲", 1, 2, 3, "x"), ("乙", 4, 5, 6, "y"), ("丙", 7, 8, 9, "z")]
    path = xlsx(tmp_path / "t.xlsx", [*head, *rows], spans)
    sheet = read_sheet(path, None)
    wanted = names.split("|" if "|" in names else " ")
    assert [column.name for column in sheet.columns] == wanted
    assert sheet.numbers == (3, 4, 5)
    assert any(note.startswith(told) for note in sheet.notes)
    loaded = load_table(path, [Column(name, "text") for name in wanted], wanted[0])
    assert loaded.row("乙")[wanted[3]] == "6"


def test_a_remark_below_two_columns(tmp_path: Path) -> None:
    rows = [("品名", "单价"), ("梨", 3), ("桃", 5), (), ("果园供稿", None)]
    assert read_sheet(xlsx(tmp_path / "t.xlsx", rows), None).numbers == (2, 3)
    rows[3:] = [("以上含税。", None)]
    assert read_sheet(xlsx(tmp_path / "u.xlsx", rows), None).numbers == (2, 3)
    rows[3:] = [("枣", None)]
    assert read_sheet(xlsx(tmp_path / "v.xlsx", rows), None).numbers == (2, 3, 4)


def test_a_first_row_of_data_is_no_second_header(tmp_path: Path) -> None:
    rows = [
        ("姓名", "部门", "电话"),
        (None, "研发", "甲"),
        ("王", "市场", "乙"),
        ("李", "人事", "丙"),
    ]
    assert len(read_sheet(xlsx(tmp_path / "t.xlsx", rows), None).numbers) == 3


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([("a", "b", None, "c", "d"), ("x", 1, None, "y", 2), ("z", 3, None, None, None)],
         "columns A to B and D to E"),
        ([("a", "b", None, "a", "b"), ("x", 1, None, "y", 2), ("z", 3, None, "w", 4)],
         "columns A to B and D to E"),
        ([("品名", "价", None, None, "姓名", "电话"), ("梨", 1, None, None, "王", 2),
          ("桃", 3, None, None, "李", 4)], "columns A to B and E to F"),
        ([("早", None, None, "午", None), ("菜", "价", None, "菜", "价"), ("粥", 1, None, "饭", 2),
          ("包", 3, None, "面", 4)], "columns A to B and D to E"),
        ([("a", "b", "c", None, "d", "e"), ("x", 1, 2, None, "y", 2), ("z", 3, 4, None, "v", 5),
          (None, None, None, None, "w", 6)], "columns A to C and E to F"),
    ],
)  # fmt: skip
def test_two_tables_side_by_side(tmp_path: Path, rows: Rows, where: str) -> None:
    with pytest.raises(InputError, match=f"two tables stand side by side, in {where}: put the"):
        read_sheet(xlsx(tmp_path / "t.xlsx", rows), None)


@pytest.mark.parametrize(
    "rows",
    [
        [("学号", "姓名", None, "语文", "数学"), ("1", "王", None, 1, 2), ("2", "李", None, 3, 4)],
        [("名", "价", None, "库存", "单位"), ("梨", 1, None, 5, "斤"), ("桃", 2, None, 6, "斤"),
         ("合计", 3, None, None, None)],
        [("名", "价", None, "备注"), ("梨", 1, None, "甜"), ("桃", 2, None, None)],
        [("名", "价", None, "厂", "地"), ("梨", 1, None, "甲", "鲁"), ("桃", 2, None, "乙", "冀"),
         ("制表人：王", "审核：李", None, None, None)],
    ],
)  # fmt: skip
def test_an_empty_column_alone_makes_no_two(tmp_path: Path, rows: Rows) -> None:
    assert len(read_sheet(xlsx(tmp_path / "t.xlsx", rows), None).numbers) == 2


@pytest.mark.parametrize(
    "header",
    [
        "问题,答案",
        "question,answer",
        "Instruction,Input,Output",
        "题目,选项A,选项B,答案",
        "prompt,completion",
        "编号,提问,回答",
        "Query,Response,Source",
        "题干,正确答案,分值",
        "user,assistant",
        "问 题,参考答案",
    ],
)
def test_questions_and_answers_are_no_table(tmp_path: Path, header: str) -> None:
    cells = [",".join(f"{word}{n}" for word in header.split(",")) for n in range(3)]
    with pytest.raises(InputError, match=r"holds questions and answers \(.*asks them$"):
        read_sheet(text(tmp_path / "t.csv", "\n".join([header, *cells])), None)


@pytest.mark.parametrize(
    "header", ["问题,负责人,状态", "Question,Owner", "答案,页码", "output,unit"]
)
def test_one_of_the_two_alone_is_a_table(tmp_path: Path, header: str) -> None:
    cells = [",".join(f"{word}{n}" for word in header.split(",")) for n in range(3)]
    assert len(read_sheet(text(tmp_path / "t.csv", "\n".join([header, *cells])), None).columns) > 1


def test_names_that_stand_twice_are_named(tmp_path: Path) -> None:
    for lines, told in (
        ("品名,品名,单价\na,b,1\nc,d,2", "品名 stands above columns A and B"),
        ("品名,价,价,价\na,1,2,3\nc,4,5,6", "价 stands above columns B, C and D"),
        ("时间,内容,时间,内容\n1,a,2,b\n3,c,4,d", "时间 stands above columns A and C"),
    ):
        with pytest.raises(InputError, match=told):
            read_sheet(text(tmp_path / "t.csv", lines), None)
