"""Units of measure: which of them measure the same, and how much of one is another."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure.

    Args:
        measures: what it measures; values of two such are never the same.
        scale: how many of the smallest unit it is.
        offset: what its zero is in that unit; other than 0 only for temperatures.
    """

    measures: str
    scale: float
    offset: float = 0.0

    @property
    def is_money(self) -> bool:
        """Whether it measures money."""
        return self.measures in _MONIES

    def to(self, value: float, other: Unit) -> float:
        """Return a value of this unit in another unit that measures the same."""
        return (value * self.scale + self.offset - other.offset) / other.scale


_MONIES = frozenset(("yuan", "US dollar", "euro", "pound sterling", "yen", "Hong Kong dollar"))


def _same(measures: str, table: dict[str, float]) -> dict[str, Unit]:
    return {name: Unit(measures, scale) for names, scale in table.items() for name in names.split()}


# Longer names first where one begins another: the pattern takes the first that fits.
_UNITS: dict[str, Unit] = {
    **_same("mass", {
        "千克 公斤 kg kgs kilogram kilograms kilo kilos kilogramme kilogrammes": 1000.0,
        "毫克 mg milligram milligrams": 0.001, "克 g gram grams gramme grammes": 1.0,
        "斤 市斤": 500.0, "两": 50.0, "吨 t ton tons tonne tonnes": 1_000_000.0,
        "磅 lb lbs pound-mass": 453.592, "盎司 oz ounce ounces": 28.3495,
    }),
    **_same("length", {
        "公里 千米 km kms kilometre kilometres kilometer kilometers": 1_000_000.0,
        "厘米 公分 cm centimetre centimetres centimeter centimeters": 10.0,
        "毫米 mm millimetre millimetres millimeter millimeters": 1.0,
        "米 m metre metres meter meters": 1000.0, "英里 mile miles mi": 1_609_344.0,
        "英尺 foot feet ft": 304.8, "英寸 寸 inch inches": 25.4, "里": 500_000.0,
    }),
    **_same("speed", {
        "km/h kph 公里/小时 千米/小时 公里/时 千米/时 公里每小时 千米每小时": 1.0,
        "mph": 1.609344,
        "m/s 米/秒": 3.6,
    }),
    **_same("area", {
        "平方千米 平方公里"
        " km2": 1e6, "平方米 平米 平方 m2 sqm": 1.0, "公顷 hectare hectares ha": 1e4,
        "亩": 666.667,
    }),
    **_same("volume", {
        "毫升 ml millilitre millilitres milliliter milliliters": 1.0,
        "升 l litre litres liter liters": 1000.0,
        "立方米 立方 m3 cbm": 1e6, "立方厘米 cm3 cc": 1.0,
    }),
    **_same("yuan", {
        "元 块 块钱 圆 元钱 人民币 rmb cny yuan ¥ 元人民币": 100.0,
        "角 毛 毛钱": 10.0, "分钱": 1.0,
    }),
    **_same("US dollar", {
        "美元 美金 dollar dollars usd $ buck bucks": 100.0, "cent cents 美分": 1.0,
    }),
    **_same("euro", {"欧元 euro euros eur €": 1.0}),
    **_same("pound sterling", {"英镑 pounds gbp £ sterling": 100.0, "pence penny": 1.0}),
    **_same("yen", {"日元 yen jpy 円": 1.0}),
    **_same("Hong Kong dollar", {"港元 港币 hkd": 1.0}),
    **_same("time", {
        "小时 钟头 hour hours hr hrs h": 3600.0, "分钟 minute minutes min mins": 60.0,
        "秒 秒钟 second seconds sec secs s": 1.0, "天 day days": 86_400.0,
        "毫秒 ms millisecond milliseconds": 0.001, "周 星期 week weeks": 604_800.0,
    }),
    **_same("long time", {"年 year years yr yrs": 12.0, "月 month months": 1.0}),
    **_same("power", {"千瓦 kw kilowatt kilowatts": 1000.0, "瓦 瓦特 w watt watts": 1.0,
        "马力 ps hp bhp horsepower": 735.5}),
    **_same("turning", {"转/分钟 转/分 rpm": 1.0}), **_same("loudness", {"分贝 db": 1.0}),
    **_same("voltage", {"伏特 伏 volt volts v": 1.0}), **_same("light", {"流明 lm": 1.0}),
    **_same("energy", {"千瓦时 kwh": 1000.0, "瓦时 wh": 1.0,
        "千焦 kj kilojoule kilojoules": 1 / 3.6,
        # On menus a calorie is a large one.
        "千卡 大卡 卡路里 kcal kcals cal cals calorie calories": 4.184 / 3.6,
    }),
    **_same("charge", {"毫安时 mah": 1.0}),
    **_same("data", {
        "tb": 2.0**40, "gb g字节": 2.0**30, "mb 兆": 2.0**20, "kb": 2.0**10,
        "字节 b byte bytes": 1.0,
    }),
    **_same("share", {"% 百分点 percent 个百分点": 1.0, "‰": 0.1, "成": 10.0}),
    "k": Unit("temperature", 1.0, -273.15), "kelvin": Unit("temperature", 1.0, -273.15),
    **_same("temperature", {"度 摄氏度 °c celsius degree degrees": 1.0}),
    "华氏度": Unit("temperature", 5 / 9, -160 / 9), "°f": Unit("temperature", 5 / 9, -160 / 9),
    "fahrenheit": Unit("temperature", 5 / 9, -160 / 9),
}  # fmt: skip
_UNITS.update(
    {f"{name} per hour": Unit("speed", 1.0) for name in ("kilometres", "kilometers", "km")}
)
_NAMES = sorted(_UNITS, key=len, reverse=True)
_HAN_NAMES = "|".join(re.escape(name) for name in _NAMES if not name.isascii())
_LATIN_NAMES = "|".join(re.escape(name) for name in _NAMES if name.isascii())
_NAME = rf"(?:{_HAN_NAMES}|(?:{_LATIN_NAMES})(?![a-z0-9]))"
_BEHIND = re.compile(
    rf" ?\( ?(?P<bracket>{_NAME}) ?\)| ?-?(?:个|degrees? |° ?|us )?(?P<name>{_NAME})", re.ASCII
)
_BEFORE = re.compile(r"(?P<name>us\$|hk\$|[$¥€£]|rmb|cny|usd|eur|人民币) ?$", re.ASCII)
_ASKED = re.compile(
    rf"(?:多少|几|单位[是为:]? ?|(?:以|按|用) ?)(?:个|[百千十]?[万亿])?(?P<han>{_NAME})(?!钟头|类)"
    rf"|\((?:单位:? ?|in )?(?:[百千十]?[万亿])?(?P<bracket>{_NAME})\)"
    rf"|\b(?:how many|in) (?:(?:thousand|million|billion)s?(?: of)? )?(?:us |degrees?"
    rf" )?(?P<latin>{_NAME})",
    re.ASCII,
)
_MONEY = re.compile(
    r"多少钱|(?:价|费|工资|薪水?|房租|租金|单价|票价|售价)[^,。?多少几]{0,8}(?:是"
    r"|为)?多少(?=[?。, ]|$)|怎么卖"
)
_SHARE = re.compile(r"百分之(?:多少|几)|百分比|\bpercentage\b|\bpercent\b|\bper cent\b", re.ASCII)
_LARGE = {"百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "十亿": 1e9,
          "thousand": 1e3, "million": 1e6, "billion": 1e9}  # fmt: skip
_ASKED_LARGE = re.compile(
    r"(?:多少|几|单位[是为:]? ?|\()(?P<han>[百千十]?[万亿]|[百千](?![克米瓦帕卡字]))"
    r"|\b(?:how many|in) (?P<latin>thousand|million|billion)s?\b",
    re.ASCII,
)


def unit_at(text: str, start: int, end: int, within: str = "") -> Unit | None:
    """Return the unit of the number at a place in a prepared text, behind it or a sign before.

    Args:
        text: the text.
        start: where the number starts.
        end: where it ends.
        within: the unit where it stands within the number, as in 五块五.
    """
    if within in ("%", "元", "米"):
        return _UNITS[within]
    behind = _BEHIND.match(text, end)
    if behind and (behind["bracket"] or not _is_other_word(text, behind)):
        return _UNITS[behind["bracket"] or behind["name"]]
    before = _BEFORE.search(text[max(0, start - 4) : start])
    if before is None:
        return None
    return _UNITS.get(before["name"].removeprefix("us"))


# What begins like a unit and is none: 3分之一, 3年级, 3天津, 2块屏幕.
_NO_UNITS = re.compile(
    r"年级|天津|分之|克拉|米粉|里面|成都|块(?=[^\W\d_])(?!钱)|两(?=[^\W\d_])|元素|月台|周[一二三四五六日]|里[的有]|g(?=[0-9])"
)


def _is_other_word(text: str, unit: re.Match[str]) -> bool:
    return bool(_NO_UNITS.match(text, unit.start("name")))


def asked_scale(question: str) -> float:
    """Return how many a prepared question counts by: 10,000 in 多少万人, else 1."""
    found = _ASKED_LARGE.search(question)
    return _LARGE[found["han"] or found["latin"]] if found else 1.0


def says_unit(question: str) -> bool:
    """Tell whether a prepared question names the unit of its answer."""
    told = _ASKED.search(question) or _SHARE.search(question)
    return bool(told) or "多少钱" in question or "多少度" in question


def asked_measure(question: str) -> Unit | None:
    """Return the unit in which a prepared question wants its answer; `None` where it names none."""
    found = _ASKED.search(question)
    if found and found["han"] == "度" and "电" in question:
        return _UNITS["千瓦时"]
    if found:
        return _UNITS[found["han"] or found["bracket"] or found["latin"]]
    if "多少度" in question and "温" in question:
        return _UNITS["摄氏度"]
    if _SHARE.search(question):
        return _UNITS["%"]
    return _UNITS["元"] if _MONEY.search(question) else None
