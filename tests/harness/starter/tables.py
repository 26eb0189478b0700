"""Tables as people have them, none of which the project has seen: made where a test wants them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import openpyxl

Rows = Sequence[Sequence[object]]


def write_xlsx(path: Path, rows: Rows, merged: Sequence[str] = ()) -> Path:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def write_csv(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    """Text with commas; no cell may hold one."""
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def price_list(folder: Path) -> Path:
    """A fruit seller's prices: a title, units in cells and headers, words for missing, a total."""
    goods = (
        ("红富士苹果", "水果", "12.5元", "500g/袋", "山东烟台", "2025-03-01", 120, "7天"),
        ("皇冠梨", "水果", "8.8元", "1kg/袋", "河北赵县", "2025/3/4", 80, "10天"),
        ("砂糖橘", "水果", "9.9元", "500g/袋", "广西桂林", "2025年3月2日", 200, "5天"),
        ("海南香蕉", "水果", "6.5元", "1kg/把", "海南", "2025-03-08", 60, "4天"),
        ("丹东草莓", "水果", "￥35", "300g/盒", "辽宁丹东", "2025-03-09", 25, "2天"),
        ("山东大葱", "蔬菜", "3.2元", "1kg/捆", "山东章丘", "2025-02-20", 150, "15天"),
        ("土豆", "蔬菜", "2.5元", "1kg/袋", "内蒙古", "2025-02-11", 300, "30天"),
        ("西红柿", "蔬菜", "5.6元", "500g/袋", "暂无", "2025-03-07", 90, "6天"),
        ("黄瓜", "蔬菜", "4.2元", "500g/袋", "山东寿光", "2025-03-08", 110, "5天"),
        ("有机菠菜", "蔬菜", "待定", "250g/把", "北京", "2025-03-09", 40, "3天"),
        ("五常大米", "粮油", "￥69.9", "5kg/袋", "黑龙江五常", "2025-01-15", 75, "180天"),
        ("小米", "粮油", "16.8元", "1kg/袋", "山西沁县", "2025-01-20", 66, "120天"),
        ("花生油", "粮油", "￥128", "5L/桶", "山东", "2024-12-28", 48, "365天"),
        ("香菇", "菌菇", "18元", "250g/盒", "福建古田", "2025-03-05", 55, "8天"),
        ("金针菇", "菌菇", "3.9元", "200g/袋", "暂无", "2025-03-06", 70, "7天"),
    )
    rows = [
        ("2025年春季价目表",),
        (),
        (
            "序号", "品名", "类别", "单价（元）", "规格", "产地", "到货日期", "库存（袋）",
            "保质期", "备注",
        ),
        *((number, *row, "批发另议，量大从优，欢迎来电咨询，电话请打总机转三号窗口。")
          for number, row in enumerate(goods, start=1)),
        ("合计", None, None, None, None, None, None, 1489),
        ("注：价格随行就市",),
    ]  # fmt: skip
    return write_xlsx(folder / "果蔬价目表.xlsx", rows, ["A1:J1"])


def lessons(folder: Path) -> Path:
    """A class schedule as a list, in the encoding of an old spreadsheet program."""
    courses = {
        "数学": ("王芳", "A101"), "语文": ("李雷", "A101"), "英语": ("韩梅梅", "B203"),
        "物理": ("赵强", "实验楼302"), "体育": ("孙勇", ""), "化学": ("周敏", "实验楼305"),
    }  # fmt: skip
    week = ("周一", "周二", "周三", "周四", "周五")
    plan = (
        "数学语文英语物理",
        "英语数学体育化学",
        "语文数学物理英语",
        "化学英语语文体育",
        "数学物理语文英语",
    )
    rows: list[Sequence[object]] = [
        ("星期", "节次", "课程", "任课教师", "教室", "上课时间", "下课时间")
    ]
    times = (("08:00", "08:45"), ("8:55", "9:40"), ("10:00", "10:45"), ("10:55", "11:40"))
    for day, subjects in zip(week, plan, strict=True):
        for period, clock in enumerate(times, start=1):
            course = subjects[2 * period - 2 : 2 * period]
            rows.append((day, period, course, *courses[course], *clock))
    return write_csv(folder / "课程表.csv", rows, "gbk")


def grid(folder: Path) -> Path:
    """A class schedule as a grid, with merged cells."""
    rows = [
        ("三年级二班课程表", None, None, None, None, None, None),
        ("时段", "节次", "周一", "周二", "周三", "周四", "周五"),
        ("上午", "第1节", "语文", "数学", "语文", "英语", "数学"),
        (None, "第2节", "数学", "语文", "数学", "语文", "英语"),
        (None, "第3节", "英语", "体育", "音乐", "数学", "语文"),
        ("下午", "第4节", "美术", "科学", "体育", "劳动", "班会"),
        (None, "第5节", "美术", "阅读", None, "书法", None),
    ]
    return write_xlsx(folder / "三2班.xlsx", rows, ["A1:G1", "A3:A5", "A6:A7"])


def trains(folder: Path) -> Path:
    """A station's board with column names of its own."""
    ends = ("上海虹桥", "北京南", "南京南", "杭州东", "合肥南", "武汉", "广州南", "西安北")
    rows: list[Sequence[object]] = [
        ("列车号", "起点", "终点", "到达时间", "发车时间", "候车室", "闸口", "月台")
    ]
    for n in range(24):
        arrive = (6 * 60 + 37 * n) % 1440
        number = f"{'GDKZ'[n % 4]}{101 + 13 * n}"
        begins, stops = n % 7 == 3, n % 9 == 4
        rows.append(
            (
                number, ends[n % 8], ends[(3 * n + 5) % 8],
                None if begins else dt.time(*divmod(arrive, 60)),
                None if stops else dt.time(*divmod((arrive + 3 + n % 11) % 1440, 60)),
                f"{'东西'[n % 2]}候车室", f"{1 + n % 6}{'AB'[n % 2]}", 1 + n % 5,
            )
        )  # fmt: skip
    return write_xlsx(folder / "board.xlsx", rows)


def inventory(folder: Path) -> Path:
    """A shop's inventory in English, its dates month first."""
    rows = (
        ("SKU", "Item", "Category", "Unit Price", "Qty on hand", "Supplier", "Received", "Shelf"),
        ("A-1001", "Red apples", "Fruit", "$1.25", 120, "Acme Farms", "03/08/2025", "A1"),
        ("A-1002", "Gala pears", "Fruit", "$2.50", 80, "Acme Farms", "03/21/2025", "A1"),
        ("A-1003", "Oat milk", "Dairy", "$3.10", 45, "North Dairy", "04/01/2025", "C2"),
        ("A-1004", "Whole milk", "Dairy", "$2.20", 60, "North Dairy", "04/02/2025", "C2"),
        ("A-1005", "Rye bread", "Bakery", "$4.75", 18, "TBD", "04/03/2025", "B1"),
        ("A-1006", "Bagels", "Bakery", "$0.95", 75, "Corner Oven", "04/03/2025", "B1"),
        ("A-1007", "Green tea", "Drinks", "$6.40", 32, "Leaf & Co", "02/14/2025", "D4"),
        ("A-1008", "Ground coffee", "Drinks", "$8.99", 27, "Leaf & Co", "02/28/2025", "D4"),
        ("A-1009", "Brown rice", "Grains", "$5.30", 54, "TBD", "01/30/2025", "E2"),
        ("A-1010", "Rolled oats", "Grains", "$3.85", 41, "Mill Lane", "03/15/2025", "E2"),
    )
    return write_csv(folder / "inventory.csv", rows)


def sensors(folder: Path) -> Path:
    """A sensor's log: moments, and quantities with units in their headers."""
    start = dt.datetime(2025, 3, 8, 8, 0)
    rows: list[Sequence[object]] = [("记录时间", "温度（℃）", "湿度（%）", "风速（m/s）", "状态")]
    for n in range(30):
        at = start + dt.timedelta(minutes=20 * n)
        temperature = None if n == 11 else round(15 + 7 * ((n * 7) % 13) / 13, 1)
        rows.append((at, temperature, 40 + (n * 11) % 37, round(0.5 + (n * 3) % 10 / 4, 2),
                     ("正常", "告警")[n % 6 == 5]))  # fmt: skip
    return write_xlsx(folder / "sensor.xlsx", rows)


def staff(folder: Path) -> Path:
    """A staff list: two people of one name, dates as Excel has them."""
    names = (
        "张伟",
        "王芳",
        "李娜",
        "张伟",
        "刘洋",
        "陈静",
        "杨帆",
        "赵磊",
        "黄丽",
        "周杰",
        "吴迪",
        "徐明",
    )
    rows: list[Sequence[object]] = [
        ("工号", "姓名", "部门", "职位", "入职日期", "月薪（元）", "联系电话", "技能")
    ]
    for n, name in enumerate(names):
        rows.append(
            (
                f"E{1001 + n}", name, ("研发部", "市场部", "人事部")[n % 3],
                ("工程师", "经理", "专员", "主管")[n % 4],
                dt.datetime(2015 + n % 9, 1 + n % 12, 3 + n),
                8000 + 650 * n, f"1380000{1000 + 37 * n}",
                ("Python、SQL", "SQL", "Excel、Python", "沟通、Excel")[n % 4],
            )
        )  # fmt: skip
    return write_xlsx(folder / "员工表.xlsx", rows)


def dirty(folder: Path) -> Path:
    """What spreadsheets look like that many have worked on."""
    rows = [
        ("  办公用品登记 ", None, None, None, None, None, None),
        (None,) * 7,
        ("名称", None, "数量", "数量", " 领用 人 ", "单价", "用途"),
        ("签字笔", None, 20, 1, "王芳", 2.5, "办公"),
        ("打印纸", None, 5, 2, "李雷", "25", "办公"),
        (None,) * 7,
        ("文件夹", "旧", 12, 3, "王芳", 6, "办公"),
        ("订书机", None, 2, 4, "--", 18.5, "办公"),
        ("胶水", None, 8, 5, "赵强", "3", "办公"),
    ]
    return write_xlsx(folder / "dirty.xlsx", rows)


def flights(folder: Path) -> Path:
    """Trips, which leave before they arrive, some after midnight."""
    rows: list[Sequence[object]] = [
        ("航班号", "出发城市", "到达城市", "起飞时间", "降落时间", "机型", "票价（元）", "是否经停")
    ]
    for n in range(12):
        leaves = (6 * 60 + 95 * n) % 1440
        rows.append(
            (
                f"CA{1000 + 7 * n}", ("北京", "上海", "广州")[n % 3],
                ("成都", "西安", "昆明", "厦门")[n % 4], dt.time(*divmod(leaves, 60)),
                dt.time(*divmod((leaves + 90 + 25 * (n % 5)) % 1440, 60)),
                ("A320", "B738")[n % 2], 600 + 35 * n, n % 3 == 0,
            )
        )  # fmt: skip
    return write_xlsx(folder / "flights.xlsx", rows)


def rooms(folder: Path) -> Path:
    """Rooms in English, with pairs of times and of dates."""
    rows: list[Sequence[object]] = [
        ("Room", "Building", "Opens", "Closes", "Capacity", "Limit (kg)", "From", "Until", "Notes")
    ]
    for n in range(9):
        rows.append(
            (
                f"R{100 + n}", ("North", "South")[n % 2], f"{7 + n % 3}:00", f"{17 + n % 4}:30",
                10 + 5 * n, 100 + n, f"{1 + n} March 2025", f"{5 + 2 * n} March 2025",
                "Please leave the room tidy and close all of the windows when you go.",
            )
        )  # fmt: skip
    return write_xlsx(folder / "rooms.xlsx", rows)


def films(folder: Path) -> Path:
    """Lengths of time that a spreadsheet holds as times of day, and sums in 亿元."""
    rows = (
        ("片名", "片长", "上映日期", "票房（亿元）", "评分"),
        ("甲片", dt.time(2, 30), dt.datetime(2023, 1, 22), 45.4, 8.1),
        ("乙片", dt.time(1, 45), dt.datetime(2023, 5, 1), 12.5, 7.3),
        ("丙片", dt.time(2, 5), dt.datetime(2024, 2, 10), 34.8, 7.9),
        ("丁片", dt.time(1, 38), dt.datetime(2024, 7, 1), 2.3, 6.5),
    )
    return write_xlsx(folder / "films.xlsx", rows)


def phones(folder: Path) -> Path:
    """Names that end in digits, yes and no as values, and cells that hold a dash or 无."""
    rows = [
        ("型号", "品牌", "价格（元）", "支持无线充电", "颜色"),
        ("小米14", "小米", 3999, "是", "黑色"),
        ("小米14 Pro", "小米", 4999, "是", "岩石青"),
        ("红米K70", "红米", 2499, "否", "墨羽"),
        ("荣耀100", "荣耀", 2399, "否", "-"),
        ("真我GT5", "真我", 2999, "否", "无"),
        ("非凡1-101", "非凡", 1999, "是", "蓝色"),
        ("一加12", "一加", 4299, "是", "留白"),
    ]
    return write_csv(folder / "phones.csv", rows)
