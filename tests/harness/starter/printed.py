"""Tables as people print, mail and export them: small builders, each with what a person reads.

A reading says each column with its kind and unit, how many rows there are, some cells as questions
say them, and what must be told; where no one could go on without a change, the sentence that says
which.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[object]]
T, DT, TD = dt.time, dt.datetime, dt.timedelta


@dataclass(frozen=True)
class As:
    """A cell with a number format, as a spreadsheet program shows it."""

    value: object
    format: str


@dataclass(frozen=True)
class Reading:
    """What a person reads in a table; `refused` is what the one sentence must hold."""

    rows: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class Printed:
    """A table: its builder, and how it is to be read."""

    make: Callable[[Path], Path]
    reading: Reading

    @property
    def name(self) -> str:
        """The builder's name."""
        return self.make.__name__


Made = Callable[[Path], Path]


def tables_of(*modules: ModuleType) -> list[Printed]:
    """The tables that modules hold."""
    return [
        value for module in modules for value in vars(module).values() if isinstance(value, Printed)
    ]


def reads(
    rows: int,
    columns: Mapping[str, str],
    told: Sequence[str] = (),
    **cells: Mapping[str, str],
) -> Callable[[Made], Printed]:
    """A builder whose table is read; cells by the words of their row."""
    return partial(Printed, reading=Reading(rows, columns, cells, tuple(told)))


def refused(sentence: str) -> Callable[[Made], Printed]:
    """A builder whose table cannot be read as it is."""
    return partial(Printed, reading=Reading(refused=sentence))


def fill(sheet: Worksheet, rows: Rows, merged: Sequence[str] = ()) -> None:
    """Put rows into a sheet."""
    for r, row in enumerate(rows, start=1):
        for c, value in enumerate(row, start=1):
            cell = sheet.cell(r, c)
            if isinstance(value, As):
                cell.value, cell.number_format = value.value, value.format  # type: ignore[assignment]
            elif value is not None:
                cell.value = value  # type: ignore[assignment]
    for cells in merged:
        sheet.merge_cells(cells)


def xlsx(path: Path, rows: Rows, merged: Sequence[str] = ()) -> Path:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    fill(book.worksheets[0], rows, merged)
    book.save(path)
    return path


def text(path: Path, lines: str, encoding: str = "utf-8") -> Path:
    """A file of text, its lines as they stand."""
    path.write_bytes(
        "\r\n".join(line.strip() for line in lines.strip().splitlines()).encode(encoding)
    )
    return path


# --- footers -------------------------------------------------------------------------------------


@reads(
    6,
    {"菜名": "text", "类别": "text", "价格": "number in 元", "辣度": "number"},
    ["制表人"],
    鱼香肉丝={"价格": "18元", "辣度": "2"},
    米饭={"价格": "1.5元"},
)
def canteen_menu(folder: Path) -> Path:
    yuan = '"¥"#,##0.00'
    dishes = [
        ("鱼香肉丝", "热菜", 18, 2), ("宫保鸡丁", "热菜", 20, 3), ("清炒时蔬", "素菜", 10, 0),
        ("紫菜蛋汤", "汤", 6, 0), ("米饭", "主食", 1.5, 0), ("馒头", "主食", 1, 0),
    ]  # fmt: skip
    rows = [(name, kind, As(price, yuan), hot) for name, kind, price, hot in dishes]
    return xlsx(
        folder / "菜单.xlsx",
        [("第一食堂菜单",), ("菜名", "类别", "价格", "辣度"), *rows, (),
         ("制表人：李明", None, "审核：王芳", None)],
        ["A1:D1"],
    )  # fmt: skip


@reads(
    5,
    {"序号": "number", "姓名": "text", "部门": "text", "折扣": "number in %"},
    ["制表人"],
    张伟={"部门": "研发部", "折扣": "85%"},
)
def staff_discounts(folder: Path) -> Path:
    return text(
        folder / "折扣.csv",
        """
        序号,姓名,部门,折扣
        1,张伟,研发部,85%
        2,王芳,市场部,90%
        3,李娜,市场部,—
        4,刘洋,人事部,75%
        5,陈静,研发部,88%
        制表人,周敏,审核人,赵强
        """,
    )


@reads(
    4,
    {"Item": "text", "Category": "text", "Unit price": "number in $", "Stock": "number"},
    ["Grand Total", "Prepared by"],
    Bagels={"Unit price": "$0.95", "Stock": "75"},
)
def bakery_prices(folder: Path) -> Path:
    return text(
        folder / "bakery.csv",
        """
        Item,Category,Unit price,Stock
        Rye bread,Bread,$4.75,18
        Bagels,Rolls,$0.95,75
        Croissants,Pastry,$2.10,40
        Baguette,Bread,$2.80,22
        Grand Total,,,155
        ,,,
        Prepared by: J. Smith,,Checked by: A. Jones,
        Date: 2025-03-01,,,
        """,
    )


@reads(
    5,
    {"客房": "text", "房型": "text", "床位": "number", "房价": "number in 元", "早餐": "text"},
    ["填表日期", "合 计"],
    **{"301": {"房价": "388元", "早餐": "双早"}},
)
def hotel_rooms(folder: Path) -> Path:
    rows = [
        ("客房", "房型", "床位", "房价", "早餐"),
        ("301", "标准间", 2, As(388, '0"元"'), "双早"),
        ("302", "大床房", 1, As(428, '0"元"'), "双早"),
        ("305", "家庭房", 3, As(568, '0"元"'), "三早"),
        ("306", "标准间", 2, As(388, '0"元"'), "单早"),
        ("401", "套房", 2, As(888, '0"元"'), "双早"),
        ("合 计", None, 10, None, None),
        ("填表日期：2025年3月1日", None, None, "填表人：孙勇", None),
    ]
    return xlsx(folder / "客房.xlsx", rows)


@reads(
    4,
    {"产品": "text", "一季度": "number", "二季度": "number"},
    ["数据来源", "单位"],
    电视={"一季度": "120"},
)
def quarters(folder: Path) -> Path:
    rows = [
        ("销量表", None, None),
        ("单位：台", None, None),
        ("产品", "一季度", "二季度"),
        ("电视", 120, 133), ("冰箱", 98, 101), ("空调", 45, 230), ("洗衣机", 77, 80),
        (None, 340, 544),
        (),
        ("数据来源：销售部", None, "更新时间：2025-07-02"),
    ]  # fmt: skip
    return xlsx(folder / "销量.xlsx", rows)


# --- number formats ------------------------------------------------------------------------------


@reads(
    4,
    {"地区": "text", "目标": "number", "完成率": "number in %", "同比": "number in %"},
    ["总计"],
    华东={"完成率": "93.5%", "同比": "-2.1%", "目标": "1200"},
    华南={"完成率": "101.2%"},
)
def completion(folder: Path) -> Path:
    rows = [
        ("地区", "目标", "完成率", "同比"),
        ("华东", As(1200, "#,##0"), As(0.9349999999999999, "0.0%"), As(-0.021, "0.0%")),
        ("华南", As(800, "#,##0"), As(1.012, "0.0%"), As(0.035, "0.0%")),
        ("华北", As(950, "#,##0"), As(0.8857, "0.0%"), As(0.1, "0.0%")),
        ("西南", As(430, "#,##0"), As(0.7, "0.0%"), As(0.004, "0.0%")),
        ("总计", As(3380, "#,##0"), As(0.9, "0.0%"), None),
    ]
    return xlsx(folder / "完成率.xlsx", rows)


@reads(
    4,
    {"Code": "text", "Product": "text", "Margin": "number in %", "Price": "number in $"},
    [],
    Lamp={"Code": "0007", "Margin": "86%", "Price": "$1234.5"},
)
def codes_and_margins(folder: Path) -> Path:
    usd = '"$"#,##0.00'
    rows = [
        ("Code", "Product", "Margin", "Price"),
        (As(7, "0000"), "Lamp", As(0.8571, "0%"), As(1234.5, usd)),
        (As(12, "0000"), "Desk", As(0.4, "0%"), As(99.999, usd)),
        (As(130, "0000"), "Chair", As(0.333, "0%"), As(45, usd)),
        (As(131, "0000"), "Shelf", As(0.25, "0%"), As(60.5, usd)),
    ]
    return xlsx(folder / "margins.xlsx", rows)


@reads(
    4,
    {"材料": "text", "重量": "number in kg", "均价": "number", "比例": "number in %"},
    [],
    钢板={"重量": "12.5 kg", "均价": "33.33", "比例": "15%"},
    木板={"比例": "8%"},
)
def materials(folder: Path) -> Path:
    rows = [
        ("材料", "重量", "均价", "比例"),
        ("钢板", As(12.5, '0.0"kg"'), As(33.333333333, "0.00"), "15%"),
        ("木板", As(3, '0.0"kg"'), As(8, "0.00"), "8%"),
        ("铜线", As(0.75, '0.00"kg"'), As(61.666, "0.00"), "—"),
        ("玻璃", As(20, '0.0"kg"'), As(12.1, "0.00"), "30%"),
    ]
    return xlsx(folder / "材料.xlsx", rows)


@reads(
    4,
    {"账户": "text", "余额": "number", "利率": "number in %"},
    [],
    甲={"余额": "1234.5", "利率": "2.75%"},
    乙={"余额": "-80"},
)
def balances(folder: Path) -> Path:
    fine = "#,##0.00_);[Red](#,##0.00)"
    rows = [
        ("账户", "余额", "利率"),
        ("甲", As(1234.5, fine), As(0.0275, "0.00%")),
        ("乙", As(-80, fine), As(0.031, "0.00%")),
        ("丙", As(0.1 + 0.2, fine), As(0.0305, "0.00%")),
        ("丁", As(99999.9, fine), As(0.0195, "0.00%")),
    ]
    return xlsx(folder / "余额.xlsx", rows)


@reads(
    4,
    {"项目": "text", "开始": "text", "预算": "number in 元"},
    [],
    桥梁={"开始": "2025年3月", "预算": "12000元"},
)
def months_only(folder: Path) -> Path:
    month, yuan = 'yyyy"年"m"月"', "[$¥-804]#,##0"
    rows = [
        ("项目", "开始", "预算"),
        ("桥梁", As(DT(2025, 3, 1), month), As(12000, yuan)),
        ("道路", As(DT(2025, 4, 1), month), As(8000, yuan)),
        ("绿化", As(DT(2025, 4, 1), month), As(560, yuan)),
        ("路灯", As(DT(2025, 6, 1), month), As(1300, yuan)),
    ]
    return xlsx(folder / "项目.xlsx", rows)


# --- times ---------------------------------------------------------------------------------------


@reads(
    4,
    {"车次": "text", "终到站": "text", "到点": "time", "开点": "time"},
    [],
    K1={"到点": "23:50", "开点": "23:58"},
    K2={"到点": "次日01:30", "开点": "次日01:38"},
)
def trains_past_midnight(folder: Path) -> Path:
    rows = [
        ("车次", "终到站", "到点", "开点"),
        ("K1", "广州", As(T(23, 50), "h:mm"), As(TD(hours=23, minutes=58), "[h]:mm")),
        ("K2", "昆明", As(1 + 1.5 / 24, "h:mm"), As(TD(hours=25, minutes=38), "[h]:mm")),
        ("K3", "成都", As(T(6, 5), "h:mm"), As(TD(hours=6, minutes=12), "[h]:mm")),
        ("K4", "西安", As(T(12, 0), "h:mm"), As(TD(hours=12, minutes=9), "[h]:mm")),
    ]
    return xlsx(folder / "夜车.xlsx", rows)


@reads(
    5,
    {"车次": "text", "发车时间": "time", "到达时间": "time"},
    [],
    Z10={"发车时间": "22:15", "到达时间": "次日06:40"},
    Z12={"到达时间": "次日01:30"},
)
def trains_with_next_day(folder: Path) -> Path:
    return text(
        folder / "z.csv",
        """
        车次,发车时间,到达时间
        Z10,22:15,次日06:40
        Z12,20:05,25:30
        Z14,08:00,14:20
        Z16,09:10,18:30
        Z18,23:00,次日 7:15
        """,
        "gbk",
    )


@reads(
    6,
    {"班车": "text", "方向": "text", "发车": "time"},
    [],
    **{
        "1路": {"发车": "06:05"}, "2路": {"发车": "06:10"}, "3路": {"发车": "06:15"},
        "4路": {"发车": "15:20"}, "6路": {"发车": "06:30"},
    },
)  # fmt: skip
def buses(folder: Path) -> Path:
    return text(
        folder / "班车.csv",
        """
        班车,方向,发车
        1路,东站,6:05
        2路,西站,06：10
        3路,东站,6点15分
        4路,南站,下午3:20
        5路,西站,--
        6路,北站,6点半
        """,
        "gb18030",
    )


@reads(
    5,
    {"Shop": "text", "Opens": "time", "Closes": "time", "Floor": "number"},
    [],
    Bakery={"Opens": "07:30", "Closes": "17:30"},
    Cinema={"Closes": "23:45"},
)
def shop_hours(folder: Path) -> Path:
    return text(
        folder / "shops.tsv",
        "Shop\tOpens\tCloses\tFloor\n"
        "Bakery\t7:30 AM\t5:30 pm\t1\n"
        "Cinema\tnoon\t11:45 PM\t3\n"
        "Books\t9 a.m.\t8:00 pm\t2\n"
        "Gym\t6:00\t22:00\t3\n"
        "Bank\t-\t4:30 pm\t1\n",
    )


@reads(
    5,
    {"姓名": "text", "日期": "date", "打卡": "time"},
    ["打卡: has seconds"],
    张伟={"日期": "2025-03-08", "打卡": "08:58"},
)
def clock_in(folder: Path) -> Path:
    names = ("张伟", "王芳", "李娜", "刘洋", "陈静")
    rows: list[Sequence[object]] = [("姓名", "日期", "打卡")]
    for n, name in enumerate(names):
        rows.append((name, DT(2025, 3, 8 + n % 2), T(8, 58 - n, 12 + n)))
    return xlsx(folder / "打卡.xlsx", rows)


@reads(
    4,
    {"单号": "text", "客户": "text", "下单时间": "text", "金额": "number in 元"},
    [],
    A001={"下单时间": "2025-03-08 10:31:07", "金额": "56.5元"},
)
def orders(folder: Path) -> Path:
    rows = [
        ("单号", "客户", "下单时间", "金额"),
        ("A001", "甲公司", DT(2025, 3, 8, 10, 31, 7), As(56.5, "¥0.00")),
        ("A002", "乙公司", DT(2025, 3, 8, 11, 2, 40), As(120, "¥0.00")),
        ("A003", "甲公司", DT(2025, 3, 9, 9, 15, 0), As(75.25, "¥0.00")),
        ("A004", "丙公司", DT(2025, 3, 10, 16, 45, 59), As(18, "¥0.00")),
    ]
    return xlsx(folder / "订单.xlsx", rows)


@reads(
    4,
    {"Name": "text", "Club": "text", "Finish time": "duration", "Rank": "number"},
    [],
    Ann={"Finish time": "3小时5分钟"},
    Bea={"Finish time": "3小时21分7秒"},
)
def marathon(folder: Path) -> Path:
    rows = [
        ("Rank", "Name", "Club", "Finish time"),
        (1, "Ann", "Harriers", As(TD(hours=3, minutes=5), "[h]:mm:ss")),
        (2, "Bea", "Striders", As(TD(hours=3, minutes=21, seconds=7), "[h]:mm:ss")),
        (3, "Cleo", "Harriers", As(TD(hours=4, minutes=2), "[h]:mm:ss")),
        (4, "Dot", "Runners", As(TD(hours=5), "[h]:mm:ss")),
    ]
    return xlsx(folder / "marathon.xlsx", rows)


# --- decimal commas, versions --------------------------------------------------------------------


@reads(
    4,
    {"Artikel": "text", "Preis": "number", "Gewicht (kg)": "number in kg"},
    ["Preis", "decimal comma"],
    Apfel={"Preis": "1.5", "Gewicht (kg)": "0.2 kg"},
)
def german_prices(folder: Path) -> Path:
    return text(
        folder / "preise.csv",
        """
        Artikel;Preis;Gewicht (kg)
        Apfel;1,50;0,2
        Brot;3,25;1
        Butter;2,19;0,25
        Wein;12,00;1,4
        """,
        "utf-8-sig",
    )


@reads(
    4,
    {"Produkt": "text", "Umsatz": "number", "Anteil": "number in %"},
    ["Umsatz", "decimal comma"],
    Stahl={"Umsatz": "1234.5", "Anteil": "12.5%"},
    Holz={"Umsatz": "1001"},
)
def german_sales(folder: Path) -> Path:
    return text(
        folder / "umsatz.csv",
        """
        Produkt;Umsatz;Anteil
        Stahl;1.234,50;12,5%
        Holz;1.001;8,0%
        Glas;85,00;30,5%
        Kupfer;12.400,10;49%
        """,
    )


@reads(
    4,
    {"Sorte": "text", "Menge": "text", "Lager": "text"},
    ["1.001"],
    Roggen={"Menge": "1.001"},
)
def german_doubt(folder: Path) -> Path:
    return text(
        folder / "mengen.csv",
        """
        Sorte;Menge;Lager
        Weizen;1,50;Nord
        Roggen;1.001;Nord
        Hafer;2,75;West
        Mais;3,00;Ost
        """,
    )


@reads(
    5,
    {"Version": "text", "Released": "date", "Notes": "text"},
    [],
    **{"3.11": {"Released": "2022-10-24"}, "3.0": {"Released": "2008-12-03"}},
)
def versions(folder: Path) -> Path:
    return text(
        folder / "versions.csv",
        """
        Version,Released,Notes
        3.0,2008-12-03,new print
        3.1,2009-06-27,ordered dict
        3.10,2021-10-04,matching
        3.11,2022-10-24,faster
        3.2,2011-02-20,futures
        """,
    )


@reads(
    4,
    {"章节": "text", "标题": "text", "页码": "number"},
    [],
    **{"1.1": {"标题": "绪论"}, "1.10": {"标题": "小结"}},
)
def chapters(folder: Path) -> Path:
    rows = [
        ("章节", "标题", "页码"),
        ("1.1", "绪论", 3), ("1.2", "方法", 9), ("1.10", "小结", 40), ("2.1", "实验", 44),
    ]  # fmt: skip
    return xlsx(folder / "目录.xlsx", rows)


# --- sheets and places ---------------------------------------------------------------------------


@reads(
    3,
    {"城市": "text", "门店": "text", "面积": "number in 平方米"},
    ["门店表", "--sheet"],
    北京={"面积": "120平方米"},
)
def hidden_first(folder: Path) -> Path:
    book = openpyxl.Workbook()
    hidden = book.worksheets[0]
    hidden.title = "参数"
    fill(hidden, [("键", "值"), ("a", 1), ("b", 2)])
    hidden.sheet_state = "hidden"
    fill(
        book.create_sheet("门店表"),
        [("城市", "门店", "面积"), ("北京", "东店", "120㎡"), ("上海", "南店", "96㎡"),
         ("广州", "西店", "150㎡")],
    )  # fmt: skip
    book.save(folder / "门店.xlsx")
    return folder / "门店.xlsx"


@reads(
    3,
    {"Course": "text", "Teacher": "text", "Room": "text"},
    ["About", "Courses", "--sheet"],
    Algebra={"Teacher": "Dr Moss"},
)
def cover_sheet(folder: Path) -> Path:
    book = openpyxl.Workbook()
    cover = book.worksheets[0]
    cover.title = "About"
    fill(cover, [("Autumn term",), (), ("This workbook lists all courses.",), ("See next sheet",)])
    fill(
        book.create_sheet("Courses"),
        [("Course", "Teacher", "Room"), ("Algebra", "Dr Moss", "A1"), ("Botany", "Ms Fern", "B2"),
         ("Chemistry", "Mr Flask", "C3")],
    )  # fmt: skip
    book.create_sheet("Empty")
    book.save(folder / "term.xlsx")
    return folder / "term.xlsx"


@refused("side by side")
def two_tables(folder: Path) -> Path:
    rows = [
        ("品名", "单价", None, "姓名", "电话"),
        ("梨", 3.5, None, "王芳", "13800001111"),
        ("桃", 5, None, "李雷", "13800002222"),
        ("葱", 2, None, None, None),
        ("姜", 7, None, None, None),
    ]
    return xlsx(folder / "两表.xlsx", rows)


@refused("side by side")
def two_halves(folder: Path) -> Path:
    rows = [
        ("车次", "开点", None, "车次", "开点"),
        ("K1", "6:05", None, "K5", "12:05"),
        ("K2", "7:10", None, "K6", "13:40"),
        ("K3", "8:30", None, "K7", "18:20"),
    ]
    return xlsx(folder / "两半.xlsx", rows)


@reads(
    3,
    {"学号": "text", "姓名": "text", "语文": "number", "数学": "number"},
    [],
    张三={"语文": "90"},
)
def spacer_column(folder: Path) -> Path:
    rows = [
        ("学号", "姓名", None, "语文", "数学"),
        ("S01", "张三", None, 90, 80), ("S02", "李四", None, 71, 95), ("S03", "王五", None, 66, 78),
    ]  # fmt: skip
    return xlsx(folder / "成绩.xlsx", rows)


@refused("questions and answers")
def faq_zh(folder: Path) -> Path:
    return text(
        folder / "常见问题.csv",
        """
        问题,答案
        几点开门？,早上八点开门
        能退货吗？,七天内可以退货
        有停车场吗？,地下一层有停车场
        """,
        "gbk",
    )


@refused("questions and answers")
def faq_en(folder: Path) -> Path:
    rows = [
        ("instruction", "input", "output"),
        ("Translate", "good morning", "早上好"),
        ("Sum up", "a long text", "short"),
        ("Name a fruit", None, "apple"),
    ]
    return xlsx(folder / "alpaca.xlsx", rows)


@refused("questions and answers")
def quiz(folder: Path) -> Path:
    return text(
        folder / "quiz.tsv",
        "No\tQuestion\tAnswer\tPoints\n1\tCapital of Peru?\tLima\t2\n"
        "2\tLargest planet?\tJupiter\t2\n3\tWho wrote Emma?\tJane Austen\t3\n",
    )


# --- headers -------------------------------------------------------------------------------------


@reads(
    3,
    {"班级": "text", "第一节": "text", "第二节": "text", "第三节": "text", "第四节": "text"},
    ["上午", "下午"],
    一班={"第一节": "语文", "第四节": "体育"},
)
def half_days(folder: Path) -> Path:
    rows = [
        ("班级", "上午", None, "下午", None),
        (None, "第一节", "第二节", "第三节", "第四节"),
        ("一班", "语文", "数学", "英语", "体育"),
        ("二班", "数学", "语文", "美术", "英语"),
        ("三班", "英语", "语文", "数学", "音乐"),
    ]
    return xlsx(folder / "课表.xlsx", rows, ["A1:A2", "B1:C1", "D1:E1"])


@reads(
    3,
    {"姓名": "text", "上学期语文": "number", "上学期数学": "number", "下学期语文": "number",
     "下学期数学": "number"},
    [],
    李四={"上学期语文": "91", "下学期数学": "61"},
)  # fmt: skip
def two_terms(folder: Path) -> Path:
    rows = [
        ("三班成绩", None, None, None, None),
        ("姓名", "上学期", None, "下学期", None),
        (None, "语文", "数学", "语文", "数学"),
        ("张三", 90, 80, 70, 60), ("李四", 91, 81, 71, 61), ("王五", 88, 85, 79, 77),
    ]  # fmt: skip
    return xlsx(folder / "两学期.xlsx", rows, ["A1:E1", "A2:A3", "B2:C2", "D2:E2"])


@reads(
    3,
    {"Team": "text", "Home Won": "number", "Home Lost": "number", "Away Won": "number",
     "Away Lost": "number"},
    [],
    Reds={"Home Won": "8", "Away Lost": "5"},
)  # fmt: skip
def home_and_away(folder: Path) -> Path:
    return text(
        folder / "league.csv",
        """
        Team,Home,,Away,
        ,Won,Lost,Won,Lost
        Reds,8,1,4,5
        Blues,7,3,6,2
        Greens,2,9,1,8
        """,
    )


@reads(
    4,
    {"景点": "text", "门票（元）": "number in 元", "开放时间": "text"},
    ["row 2 is the header"],
    西湖={"门票（元）": "0元", "开放时间": "全天"},
)
def title_in_csv(folder: Path) -> Path:
    return text(
        folder / "景点.csv",
        """
        2025年杭州景点一览表
        景点;门票（元）;开放时间
        西湖;0;全天
        灵隐寺;45;07:00-18:00
        宋城;320;10:00-21:00
        西溪湿地;80;08:00-17:30
        """,
        "gbk",
    )


@refused("Price stands above columns B and C")
def twice_named(folder: Path) -> Path:
    return text(
        folder / "twice.csv",
        """
        Fruit,Price,Price
        Pear,2,3
        Plum,4,5
        Fig,6,8
        """,
    )


@reads(
    5,
    {"车次": "text", "始发站": "text", "站台": "number"},
    ["车次"],
    K5={"始发站": "武汉"},
)
def printed_on_two_pages(folder: Path) -> Path:
    rows = [
        ("车次", "始发站", "站台"),
        ("K1", "北京", 1), ("K2", "上海", 2), ("K3", "武汉", 1),
        ("车次", "始发站", "站台"),
        ("K4", "北京", 3), ("K5", "武汉", 2),
    ]  # fmt: skip
    return xlsx(folder / "两页.xlsx", rows)


# --- placeholders and others ---------------------------------------------------------------------


@reads(
    5,
    {"酒店": "text", "星级": "number", "停车场": "text", "备注": "text"},
    [],
    东湖宾馆={"停车场": "有", "备注": "近地铁"},
    北苑酒店={"备注": ""},
)
def hotels(folder: Path) -> Path:
    return text(
        folder / "酒店.csv",
        """
        酒店,星级,停车场,备注
        东湖宾馆,5,有,近地铁
        西苑酒店,4,有,无
        南山客栈,3,无,N/A
        北苑酒店,3,有,无
        中城饭店,4,无,-
        """,
    )


@reads(
    4,
    {"Flight": "text", "To": "text", "Departs": "time", "Gate": "text", "Delay": "duration"},
    [],
    BA12={"Departs": "06:05", "Delay": "15分钟", "Gate": ""},
    LH7={"Delay": ""},
)
def flights_board(folder: Path) -> Path:
    return text(
        folder / "flights.tsv",
        "Flight\tTo\tDeparts\tGate\tDelay\n"
        "BA12\tParis\t6:05 am\tTBA\t15 min\n"
        "LH7\tBonn\t7:40 am\tB2\t—\n"
        "AF33\tLyon\t1:15 pm\tB4\t1 h 5 min\n"
        "KL90\tOslo\t6:00 pm\tC1\t20 min\n",
        "utf-16",
    )


@reads(
    4,
    {"Employee": "text", "Dept": "text", "Start date": "date", "Extension": "text"},
    ["Total"],
    Ann={"Start date": "2021-05-03", "Extension": "0142"},
)
def staff_en(folder: Path) -> Path:
    rows = [
        ("Staff list, May 2025",),
        ("Employee", "Dept", "Start date", "Extension"),
        ("Ann", "Sales", DT(2021, 5, 3), As(142, "0000")),
        ("Bob", "Sales", DT(2019, 1, 14), As(150, "0000")),
        ("Cy", "IT", DT(2024, 9, 1), As(77, "0000")),
        ("Di", "HR", DT(2020, 2, 28), As(9, "0000")),
        ("Total: 4 employees",),
    ]
    return xlsx(folder / "staff.xlsx", rows)


@reads(
    6,
    {"菜品": "text", "价格": "number in 元", "份量": "text"},
    ["凉菜", "热菜", "备注"],
    拍黄瓜={"价格": "12元"},
)
def menu_with_sections(folder: Path) -> Path:
    rows = [
        ("菜品", "价格", "份量"),
        ("凉菜", None, None),
        ("拍黄瓜", "12元", "小份"), ("凉拌木耳", "16元", "小份"), ("酱牛肉", "38元", "大份"),
        ("热菜", None, None),
        ("红烧肉", "48元", "大份"), ("麻婆豆腐", "22元", "中份"), ("清蒸鱼", "68元", "大份"),
        ("备注：以上价格含税，打包另收一元", None, None),
    ]  # fmt: skip
    return xlsx(folder / "菜品.xlsx", rows, ["A2:C2", "A6:C6", "A10:C10"])


@reads(
    5,
    {"Pos": "number", "Team": "text", "Pld": "number", "GD": "number", "Pts": "number"},
    ["Source"],
    Reds={"GD": "12", "Pts": "40"},
    Greens={"GD": "-9"},
)
def league(folder: Path) -> Path:
    return text(
        folder / "table.csv",
        """
        Pos,Team,Pld,GD,Pts
        1,Reds,18,+12,40
        2,Blues,18,+8,38
        3,Whites,17,0,25
        4,Blacks,18,-3,20
        5,Greens,18,-9,11
        Source: league office,,,,
        """,
    )
