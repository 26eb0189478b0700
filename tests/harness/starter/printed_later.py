"""More tables as people print them, made after the readers were."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl

from tests.harness.starter.printed import As, fill, reads, refused, text, xlsx

T, DT, TD = dt.time, dt.datetime, dt.timedelta


@reads(
    5,
    {"序号": "number", "项目": "text", "报价": "number in 元", "增长": "number in %",
     "负责人": "text"},
    ["编制单位"],
    外墙={"报价": "128000元", "增长": "12.3%"},
    绿化={"增长": "-4%"},
)  # fmt: skip
def tender(folder: Path) -> Path:
    money = '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ '
    rows = [
        ("2025年工程报价表", None, None, None, None),
        ("序号", "项目", "报价", "增长", "负责人"),
        (1, "外墙", As(128000, money), As(0.123, "0.0%"), "王强"),
        (2, "屋面", As(56000.5, money), As(0.051, "0.0%"), "李霞"),
        (3, "绿化", As(23000, money), As(-0.04, "0.0%"), "王强"),
        (4, "管网", As(77000, money), As(0, "0.0%"), "赵敏"),
        (5, "照明", As(9800, money), As(0.2, "0.0%"), "李霞"),
        ("编制单位：城建公司", None, None, "编制日期：2025-06-01", None),
        ("编制人：周凯", None, "复核：吴娜", None, None),
    ]
    return xlsx(folder / "报价.xlsx", rows, ["A1:E1"])


@reads(
    4,
    {"Hotel": "text", "Stars": "number", "Rate": "number in €", "Check-in": "time", "Pool": "text"},
    ["Average"],
    Lido={"Rate": "€120.5", "Check-in": "15:00", "Pool": ""},
)
def hotels_en(folder: Path) -> Path:
    euro = "[$€-2] #,##0.00"
    rows = [
        ("Hotel", "Stars", "Rate", "Check-in", "Pool"),
        ("Lido", 4, As(120.5, euro), "3 pm", "n/a"),
        ("Astoria", 5, As(210, euro), "2:30 PM", "indoor"),
        ("Metro", 3, As(75.25, euro), "14:00", "outdoor"),
        ("Garni", 3, As(64, euro), "4 p.m.", "indoor"),
        ("Average", 3.75, As(117.44, euro), None, None),
    ]
    return xlsx(folder / "hotels.xlsx", rows)


@reads(
    4,
    {"车次": "text", "经停站": "text", "到达": "time", "开车": "time", "里程": "number in km"},
    [],
    Z21={"到达": "次日02:05", "开车": "次日02:15", "里程": "1200 km"},
    T7={"到达": "19:40"},
)
def overnight(folder: Path) -> Path:
    rows = [
        ("车次", "经停站", "到达", "开车", "里程"),
        ("T7", "郑州", As(T(19, 40), "hh:mm"), As(T(19, 46), "hh:mm"), As(695, '0"km"')),
        ("Z21", "西宁", As(TD(hours=26, minutes=5), "[hh]:mm"),
         As(TD(hours=26, minutes=15), "[hh]:mm"), As(1200, '0"km"')),
        ("K9", "洛阳", As(T(21, 2), "hh:mm"), As(T(21, 8), "hh:mm"), As(810, '0"km"')),
        ("G5", "西安", As(T(12, 30), "hh:mm"), As(T(12, 33), "hh:mm"), As(1090, '0"km"')),
    ]  # fmt: skip
    return xlsx(folder / "经停.xlsx", rows)


@reads(
    5,
    {"科室": "text", "医生": "text", "上午": "time", "下午": "time"},
    ["备注"],
    内科={"上午": "08:30", "下午": "14:00"},
    儿科={"下午": ""},
)
def clinic(folder: Path) -> Path:
    return text(
        folder / "门诊.csv",
        """
        科室,医生,上午,下午
        内科,张医生,8点半,下午2点
        外科,李医生,上午9:00,14：30
        儿科,王医生,9时,——
        眼科,赵医生,8:45,下午1点45分
        牙科,孙医生,10:00,15:15
        备注：节假日停诊，急诊除外,,,
        """,
        "gb18030",
    )


@reads(
    4,
    {"Pays": "text", "Population": "number", "Taux": "number in %", "Note": "number"},
    ["Taux", "decimal comma"],
    France={"Taux": "7.5%", "Note": "3.25", "Population": "67.8"},
)
def french(folder: Path) -> Path:
    return text(
        folder / "pays.csv",
        """
        Liste des pays
        Pays;Population;Taux;Note
        France;67,8;7,5%;3,25
        Belgique;11,7;5,6%;4,5
        Suisse;8,8;2,1%;4,75
        Italie;58,9;8,0%;2,5
        """,
        "utf-8-sig",
    )


@reads(
    4,
    {"Package": "text", "Release": "text", "Size (MB)": "number in MB"},
    [],
    beta={"Release": "2.10", "Size (MB)": "3.5 MB"},
)
def packages(folder: Path) -> Path:
    return text(
        folder / "packages.tsv",
        "Package\tRelease\tSize (MB)\nalpha\t2.1\t1.25\nbeta\t2.10\t3.5\ngamma\t3.0\t12\n"
        "delta\t3.11\t7.75\n",
    )


@reads(
    4,
    {"球队": "text", "主场胜": "number", "主场负": "number", "客场胜": "number",
     "客场负": "number"},
    [],
    红队={"主场胜": "5", "客场负": "3"},
)  # fmt: skip
def three_row_title(folder: Path) -> Path:
    rows = [
        ("春季联赛", None, None, None, None),
        (None, None, None, None, "截至6月1日"),
        ("球队", "主场 ", None, "客场 ", None),
        (None, "胜", "负", "胜", "负"),
        ("红队", 5, 1, 2, 3), ("蓝队", 4, 2, 4, 1), ("黄队", 1, 5, 0, 6), ("绿队", 3, 3, 2, 2),
    ]  # fmt: skip
    return xlsx(folder / "联赛.xlsx", rows, ["A1:E1", "A3:A4", "B3:C3", "D3:E3"])


@reads(
    3,
    {"员工": "text", "一月": "number", "二月": "number"},
    ["明细", "--sheet", "封面"],
    李雷={"一月": "22"},
)
def cover_of_pairs(folder: Path) -> Path:
    book = openpyxl.Workbook()
    cover = book.worksheets[0]
    cover.title = "封面"
    fill(
        cover,
        [("考勤统计", None), ("编制单位：", "行政部"), ("制表人：", "周敏"), ("日期：", "2025-03"),
         ("版本：", "V2")],
    )  # fmt: skip
    hidden = book.create_sheet("字典")
    fill(hidden, [("代码", "含义"), ("A", "全勤"), ("B", "请假"), ("C", "旷工")])
    hidden.sheet_state = "veryHidden"
    fill(
        book.create_sheet("明细"),
        [("员工", "一月", "二月"), ("李雷", 22, 19), ("韩梅", 21, 20), ("王强", 23, 18)],
    )
    book.save(folder / "考勤.xlsx")
    return folder / "考勤.xlsx"


@refused("side by side")
def menus_side_by_side(folder: Path) -> Path:
    rows = [
        ("早餐", None, None, "午餐", None),
        ("菜名", "价格", None, "菜名", "价格"),
        ("豆浆", "3元", None, "红烧肉", "28元"),
        ("油条", "2元", None, "清蒸鱼", "38元"),
        ("包子", "4元", None, "炒青菜", "12元"),
        (None, None, None, "米饭", "1元"),
    ]
    return xlsx(folder / "三餐.xlsx", rows, ["A1:B1", "D1:E1"])


@refused("questions and answers")
def training_pairs(folder: Path) -> Path:
    return text(
        folder / "pairs.csv",
        """
        编号,提问,回答,来源
        1,怎么退票？,可在官网办理,客服
        2,能改签吗？,开车前可以,客服
        3,有学生票吗？,凭证购买,窗口
        """,
    )


@reads(
    5,
    {"商品": "text", "条码": "text", "含糖": "text", "优惠": "text"},
    [],
    可乐={"条码": "0069012", "优惠": "满十减一"},
    茶={"优惠": ""},
)
def barcodes(folder: Path) -> Path:
    rows = [
        ("商品", "条码", "含糖", "优惠"),
        ("可乐", As(69012, "0000000"), "是", "满十减一"),
        ("雪碧", As(69013, "0000000"), "是", "暂无"),
        ("茶", As(69014, "0000000"), "否", "暂无"),
        ("水", As(112, "0000000"), "否", "/"),
        ("果汁", As(7, "0000000"), "是", "第二件半价"),
    ]
    return xlsx(folder / "饮料.xlsx", rows)


@reads(
    4,
    {"Runner": "text", "Country": "text", "Start": "time", "Points": "number"},
    ["Start: has seconds", "Page 1 of 1"],
    Kim={"Start": "09:00", "Points": "1250"},
)
def runners(folder: Path) -> Path:
    return text(
        folder / "runners.csv",
        """
        "Results, round 2"
        Runner,Country,Start,Points
        Kim,Korea,09:00:30,"1,250"
        Lee,Korea,09:01:00,"1,100"
        Ng,Laos,09:01:30,980
        Roy,India,09:02:00,"1,005"
        ,,,
        Page 1 of 1,,,
        """,
    )
