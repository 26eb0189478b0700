"""Ten ways in which tables differ from what a program expects, each as it was met and in others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from harness.errors import InputError
from harness.starter.column_kinds import Kind, understand
from harness.starter.headers import read_header
from harness.starter.init import Request, start
from harness.starter.sheet import read_sheet
from harness.tables.table import Cell
from tests.harness.starter.printed import As, Rows, fill, text, xlsx

T, TD = dt.time, dt.timedelta
GOODS: Rows = [("品名", "产地", "单价"), ("梨", "鲁", 3), ("桃", "冀", 5), ("枣", "晋", 9)]


def column(name: str, *cells: object, commas: bool = False) -> Kind:
    return understand(read_header(name), cells, "", commas=commas)


# --- a footer row with a label and a name in the first columns -----------------------------------


@pytest.mark.parametrize(
    "footer",
    [
        [("制表人：某某", None, "审核：某某")],
        [(), ("制表人：某某", None, "审核：某某")],
        [("制表人：某某", "审核：某某", None)],
        [("经办人", "李明", None)],
        [(), (), ("制表人：某某",), ("审核：某某",)],
        [("校对人：王芳", None, "审批：李明")],
        [(None, "制表人：李明", "审核：王芳")],
        [("填报人：王芳 联系电话：123", None, None)],
        [("负责人签字：", None, "日期：")],
        [("Compiled by A. Jones", None, "Checked by B. Lee")],
        [("第1页 共3页", None, None)],
        [("共 3 条记录", None, None)],
        [("人数合计", None, 17)],
        [("Average price", None, 5.7)],
        [("TOTAL (3)", None, 17)],
        [("Fruit subtotal", None, 17), ("最高价", None, 9)],
    ],
)
def test_what_signs_or_sums_up_a_table_is_no_row(
    tmp_path: Path, footer: list[Sequence[object]]
) -> None:
    sheet = read_sheet(xlsx(tmp_path / "t.xlsx", [*GOODS, *footer]), None)
    assert sheet.numbers == (2, 3, 4)
    assert "left out: " in sheet.notes[-1]


@pytest.mark.parametrize(
    "last",
    [
        ("经办人之家", "鲁", 3), ("合计器", "鲁", 3), ("负责人", "鲁", 3), ("Totally", "晋", 3),
        ("联系人牌枣", "晋", None), ("平均律", "冀", 3),
    ],
)  # fmt: skip
def test_a_name_that_begins_like_a_label_is_a_row(tmp_path: Path, last: Sequence[object]) -> None:
    assert read_sheet(xlsx(tmp_path / "t.xlsx", [*GOODS, last]), None).numbers == (2, 3, 4, 5)


# --- per cent ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ([As(0.935, "0.0%"), As(0.1, "0.0%")], [93.5, 10]),
        ([As(0.9349999999999999, "0.0%"), As(0.07 * 3, "0%")], [93.5, 21]),
        ([As(0.935, "0.0%"), "87%", As(0.5, "0%")], [93.5, 87, 50]),
        ([As(-0.05, "0.00%;[Red]-0.00%"), As(1.5, "0%")], [-5, 150]),
        ([As(0.29, "0%"), 0, As(1, "0%")], [29, 0, 100]),
        ([As(0.005, "0.0 %"), As(0.2, "0.0 %")], [0.5, 20]),
        ([As(12.5, "#,##0%"), As(0.333333, "0.00%")], [1250, 33.33]),
    ],
)
def test_cells_in_per_cent_format(
    tmp_path: Path, cells: Sequence[object], values: list[float]
) -> None:
    rows = [("品名", "比例"), *((f"货{n}", cell) for n, cell in enumerate(cells))]
    sheet = read_sheet(xlsx(tmp_path / "t.xlsx", rows), None)
    kind = column("比例", *sheet.columns[1].cells)
    assert (kind.column.kind, kind.column.unit, list(kind.values)) == ("number", "%", values)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("15%", "8%", "—"), (15, 8, None)),
        (("15％", "8％", "—", "20 %"), (15, 8, None, 20)),
        (("15%", "8%", "－"), (15, 8, None)),
        (("15.5%", "–", "8%"), (15.5, None, 8)),
        (("+15%", "-8%", "−"), (15, -8, None)),
        (("15%", "8%", "n/a"), (15, 8, None)),
        (("15%", "8%", "暂无"), (15, 8, None)),
        (("15%", "8%", "……"), (15, 8, None)),
        (("15%", "TBC", "8%"), (15, None, 8)),
        (("15%", "8%", "待确认"), (15, 8, None)),
    ],
)
def test_text_in_per_cent(cells: tuple[str, ...], values: tuple[float | None, ...]) -> None:
    kind = column("占比", *cells)
    assert (kind.column.kind, kind.column.unit, kind.values) == ("number", "%", values)


# --- times ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "late", "day"),
    [
        (("到达", "发车"), As(TD(hours=25, minutes=38), "[h]:mm"), As(T(1, 30), "h:mm")),
        (("降落", "起飞"), As(TD(hours=25, minutes=5), "[h]:mm"), As(T(22, 5), "hh:mm")),
        (("Arrives", "Departs"), As(1.05, "[h]:mm"), As(0.92, "h:mm")),
        (("下班", "上班"), As(30 / 24, "[h]:mm"), As(T(22, 0), "h:mm")),
        (("靠泊时刻", "开航时刻"), As(1.25, "[hh]:mm:ss"), As(T(22, 0), "hh:mm")),
        (("结束", "开始"), "26:10", As(T(23, 30), "hh:mm")),
    ],
)
def test_a_clock_past_midnight_beside_one_of_the_day(
    tmp_path: Path, names: tuple[str, str], late: object, day: object
) -> None:
    early = As(TD(hours=6), "[h]:mm") if isinstance(late, As) else "6:00"
    rows = [
        ("编号", "线路", *names), ("A1", "东", late, day), ("A2", "西", early, As(0.25, "h:mm")),
        ("A3", "东", early, As(0.5, "h:mm")),
    ]  # fmt: skip
    made = start(Request(xlsx(tmp_path / "t.xlsx", rows)))
    assert {row["column"]: row["kind"] for row in made.columns[2:]} == dict.fromkeys(names, "time")
    assert any("counts on past 24:00, as to" in note for note in made.notes)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("6:05", "06：10", "6点15分", "下午3:20", "--"), (365, 370, 375, 920, None)),
        (("早上6点", "晚上8点半", "中午12点", "凌晨1:20", "—"), (360, 1230, 720, 80, None)),
        (("6时5分", "18时", "20时30分", "7时一刻", "/"), (365, 1080, 1230, 435, None)),
        (("AM 6:05", "PM 3:20", "a.m. 11:00", "pm 12:10", "-"), (365, 920, 660, 730, None)),
        (("6:05am", "3:20 PM", "12 noon", "midnight", "n/a"), (365, 920, 720, 0, None)),
        (("上午 9:00", "下午 2 点", "晚 7:30", "傍晚6点", "–"), (540, 840, 1170, 1080, None)),
        (("２３：１５", "06∶05", "06﹕10", "6:15", "－"), (1395, 365, 370, 375, None)),
        (("六点半", "七点一刻", "十二点二十", "无"), (390, 435, 740, None)),
        (("次日6:05", "23:10", "+1 06:20", "06:40(+1)"), (1805, 1390, 1820, 1840)),
        ((T(6, 5), "06：10", "6点15分", "下午3:20", "待定"), (365, 370, 375, 920, None)),
    ],
)
def test_times_in_several_spellings(
    cells: tuple[object, ...], values: tuple[int | None, ...]
) -> None:
    kind = column("开点", *cells)
    assert (kind.column.kind, kind.values) == ("time", values)


# --- decimal commas ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1,50", "2,25"), [1.5, 2.25]),
        (("0,5", "1", "1,25"), [0.5, 1, 1.25]),
        (("1,50", "2,75", "1.001,00"), [1.5, 2.75, 1001]),
        (("€1,50", "€2", "€3,25"), [1.5, 2, 3.25]),
        (("12,50 EUR", "3,99 EUR", "1 EUR"), [12.5, 3.99, 1]),
        (("1,5 kg", "2 kg", "0,75 kg"), [1.5, 2, 0.75]),
        (("1'234,50", "2,5", "—"), [1234.5, 2.5, None]),
        (("1,50", "1.001", "2,00"), None),
        (("0,75", "12.500", "3,5"), None),
    ],
)
def test_decimal_commas_of_a_file_with_semicolons(
    tmp_path: Path, cells: tuple[str, ...], values: list[Cell] | None
) -> None:
    lines = [f"Ware {n};Ort {n};{cell}" for n, cell in enumerate(cells)]
    path = text(tmp_path / "t.csv", "\n".join(["Artikel;Ort;Preis", *lines]))
    sheet = read_sheet(path, None)
    kind = column("Preis", *sheet.columns[2].cells, commas=sheet.commas)
    if values is None:
        assert kind.column.kind == "text"
        assert "say kind: number with decimal: ','" in kind.note
        return
    assert (kind.column.kind, list(kind.values)) == ("number", values)
    assert "has a decimal comma" in kind.note


# --- sheets --------------------------------------------------------------------------------------

COVER: Rows = [("2025年度报表",), (), ("编制部门：财务部",), ("2025年3月",)]
CONTENTS: Rows = [("序号", "内容"), (1, "价目"), (2, "库存"), (3, "说明")]
ADDRESS: Rows = [("公司", None), ("地址", "某路1号"), ("电话", "010-123"), ("联系人", "李")]
HOW_TO: Rows = [("How to use this file",), ("1. Open the next sheet",), ("2. Fill it in",)]
LOG: Rows = [("Date", "Author"), ("2025-01-01", "Ann"), ("2025-01-02", "Bob")]


def book(path: Path, *sheets: tuple[str, Rows, str]) -> Path:
    made = openpyxl.Workbook()
    del made["Sheet"]
    for title, rows, state in sheets:
        fill(made.create_sheet(title), rows)
        made[title].sheet_state = state  # type: ignore[assignment]  # one of three, as typed there
    made.save(path)
    return path


@pytest.mark.parametrize(
    "before",
    [
        [("参数", GOODS, "hidden")],
        [("封面", COVER, "visible")],
        [("封面", COVER, "visible"), ("目录", CONTENTS, "visible")],
        [("公司", ADDRESS, "visible"), ("字典", GOODS, "veryHidden")],
        [("Instructions", HOW_TO, "visible"), ("Change log", LOG, "visible")],
        [("Sheet1", [], "visible")],
        [("隐藏", GOODS, "hidden"), ("说明", COVER, "visible")],
    ],
)
def test_the_sheet_that_a_person_means(tmp_path: Path, before: list[tuple[str, Rows, str]]) -> None:
    made = start(Request(book(tmp_path / "t.xlsx", *before, ("价目", GOODS, "visible"))))
    assert [row["column"] for row in made.columns] == ["品名", "产地", "单价"]
    assert made.notes[0].endswith("read '价目'; --sheet NAME reads another")
    assert all(title in made.notes[0] for title, _, _ in before)


def test_a_sheet_of_contents_is_read_where_it_is_all_there_is(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", ("目录", GOODS, "visible"), ("a", COVER, "visible"))
    assert read_sheet(path, None).sheet == "目录"


def test_where_the_first_cannot_be_used_the_others_are_named(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", ("一览", CONTENTS, "visible"), ("价目", GOODS, "visible"))
    with pytest.raises(InputError, match=r"一览, 价目\); read '一览'; --sheet NAME reads another$"):
        start(Request(path))


@pytest.mark.parametrize(
    "rows",
    [
        [("品名", "价", None, "姓名", "电话"), ("梨", 1, None, "王", 2), ("桃", 3, None, "李", 4)],
        [("品名", "价", None, "品名", "价"), ("梨", 1, None, "桃", 2), ("枣", 3, None, None, None)],
        [("东区", None, None, "西区"), ("店", "人", None, "店", "人"), ("a", 1, None, "b", 2),
         ("c", 3, None, "d", 5)],
        [("姓名", "语文", None, "统计", None), ("王", 90, None, "平均", 80),
         ("李", 80, None, "最高", 90), ("赵", 70, None, "最低", 70)],
        [("姓名", "分", None, "等级", "人数"), ("王", 90, None, "优", 3), ("李", 80, None, "良", 5),
         ("赵", 70, None, None, None)],
        [("a", "b", None, "a", "b", None, "a", "b"), ("x", 1, None, "y", 2, None, "z", 3),
         ("u", 4, None, "v", 5, None, "w", 6)],
    ],
)  # fmt: skip
def test_two_tables_side_by_side_are_told(tmp_path: Path, rows: Rows) -> None:
    with pytest.raises(InputError, match="two tables stand side by side, in columns A to B and D"):
        read_sheet(xlsx(tmp_path / "t.xlsx", rows), None)


@pytest.mark.parametrize(
    "header",
    [
        "问题,答案", "question,answer", "instruction,output", "问句,答句", "标准问,标准答,分类",
        "FAQ,Answer", "question_text,answer_text", "Question (EN),Answer (EN)", "input,output",
        "id,input,output,system", "title,question,best_answer", "考题,正确答案",
        "prompt,ground_truth", "问题（中文）,答案（中文）,来源",
    ],
)  # fmt: skip
def test_questions_and_answers_are_told(tmp_path: Path, header: str) -> None:
    cells = [",".join(f"{word}{n}" for word in header.split(",")) for n in range(3)]
    with pytest.raises(InputError, match=r"holds questions and answers \("):
        read_sheet(text(tmp_path / "t.csv", "\n".join([header, *cells])), None)


@pytest.mark.parametrize("header", ["input,output,voltage", "Input (V),Output (V),Model"])
def test_what_goes_into_a_machine_and_out_is_a_table(tmp_path: Path, header: str) -> None:
    lines = "\n".join([header, "5,3,a", "12,5,b", "24,12,c"])
    assert len(read_sheet(text(tmp_path / "t.csv", lines), None).columns) == 3


# --- two header rows -----------------------------------------------------------------------------

ROWS: Rows = [("甲", 1, 2, 3, 4), ("乙", 5, 6, 7, 8), ("丙", 9, 10, 11, 13)]


@pytest.mark.parametrize(
    ("head", "spans", "names", "told"),
    [
        ([("班", "上午", None, "下午", None), (None, "第一节", "第二节", "第三节", "第四节")],
         ["A1:A2", "B1:C1", "D1:E1"], "班 第一节 第二节 第三节 第四节", "上午, 下午 left out"),
        ([("站", "上行", None, "下行", None), (None, "首班", "末班", "首班", "末班")],
         ["A1:A2", "B1:C1", "D1:E1"], "站 上行首班 上行末班 下行首班 下行末班", "joined"),
        ([("名", "上学期", "上学期", "下学期", "下学期"), ("名", "语文", "数学", "语文", "数学")],
         [], "名 上学期语文 上学期数学 下学期语文 下学期数学", "joined"),
        ([("名", "上午", "上午", "下午", "下午"), (None, "一", "二", "三", "四")],
         [], "名 一 二 三 四", "上午, 下午 left out"),
        ([("店", "上半年", None, None, None), (None, "一季度", None, "二季度", None),
          (None, "量", "额", "量", "额")], ["A1:A3", "B1:E1", "B2:C2", "D2:E2"],
         "店 一季度量 一季度额 二季度量 二季度额", "row 1: 上半年 left out"),
        ([("店", "销量", None, "销量", None), (None, "线上", "线下", "退货", "换货")],
         ["A1:A2", "B1:C1", "D1:E1"], "店 线上 线下 退货 换货", "销量 left out"),
        ([("店", "2024年", None, "2025年", None), (None, "量", "额", "量", "额")],
         ["A1:A2", "B1:C1", "D1:E1"], "店 2024年量 2024年额 2025年量 2025年额", "joined"),
    ],
)  # fmt: skip
def test_names_in_several_rows(
    tmp_path: Path, head: list[Sequence[object]], spans: list[str], names: str, told: str
) -> None:
    sheet = read_sheet(xlsx(tmp_path / "t.xlsx", [*head, *ROWS], spans), None)
    assert [found.name for found in sheet.columns] == names.split()
    assert len(sheet.numbers) == len(ROWS)
    assert any(told in note for note in sheet.notes)


def test_a_name_twice_over_data_is_no_second_header(tmp_path: Path) -> None:
    rows = [("Fruit", "Price", "Price", "Farm"), ("Pear", 2, 3, "a"), ("Plum", 4, 5, "b")]
    sheet = read_sheet(xlsx(tmp_path / "t.xlsx", rows), None)
    assert [found.name for found in sheet.columns] == ["Fruit", "Farm"]
