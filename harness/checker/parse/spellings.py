"""Other spellings of a name that say the same: `Lee, Ann` for Ann Lee, 小米 14 for 小米14.

Each is a fold of marks, blanks and order alone. Translations and nicknames are told by aliases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_HAN = "\u3400-\u9fff"
_SEAM = re.compile(f"(?<=[{_HAN}])(?=[a-z0-9])|(?<=[a-z0-9])(?=[{_HAN}])")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_QUOTES = ("'", "\u2019", "`", "")
_DOTS = ("·", "•", "・", ".", "-", " ", "")
_PERSON = re.compile(
    r"(?P<first>[^\W\d_][^\W\d_.'-]*(?:[ .'-]+[^\W\d_]+\.?){0,2}?) (?P<last>[^\W\d_][\w'-]+)"
)
_MOST = 24
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_TITLE = re.compile(r"(?P<title>mr|mrs|ms|dr|prof|st)(?P<dot>\.?) ")
_WORDS = re.compile(r"[a-z]+(?: [a-z]+){1,2}")
_TO_DIGIT = {han: str(i) for i, han in enumerate("一二三四五六七八九", 1)}
_NUMBERED = re.compile(
    r"(?P<before>.*?)(?P<number>[一二三四五六七八九]?十?[一二三四五六七八九]|十|[1-9][0-9]?)"
    r"(?P<unit>楼|层|级|号|班|年级|组|期|栋|幢|单元|排|区|队|号线|室|车间|厅|馆|中|小"
    r"|会议|实验|教学|航站|车厢|食堂|门诊|候车|展|病|出口|赛|章|卷|季|集|节)(?P<after>.*)"
)
# What a province is called in full, and what may end the name of a place in it.
_PROVINCES = {
    "省": "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川"
    "|贵州|云南|陕西|甘肃|青海|台湾",
    "市": "北京|天津|上海|重庆",
    "自治区": "内蒙古|西藏",
    "壮族自治区": "广西",
    "回族自治区": "宁夏",
    "维吾尔自治区": "新疆",
}
_IN_PROVINCE = re.compile(
    "|".join(rf"(?P<p{i}>{names})(?:{full})?" for i, (full, names) in enumerate(_PROVINCES.items()))
)
_LONGEST_PLACE = 5
_PLACE_ENDS = ("", "市", "县", "区")
_FLOORS = {"楼": "层", "层": "楼"}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEK = re.compile("(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)
_CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTED = re.compile(r"(?P<thing>[a-z]{3,}(?: [a-z]{3,})?) (?P<number>[0-9]{1,2}|[a-z]{3,5})")
_NTH = re.compile(r"(?P<nth>\w+) (?P<thing>floor|grade|period|row|gate|platform|room)")


def spellings(name: str) -> Iterator[str]:
    """Yield other spellings of a prepared name, a bounded number of them."""
    found = {name: None}
    for vary in (
        _numbered,
        _days,
        _ordinals,
        _spaced,
        _hyphened,
        _quoted,
        _dotted,
        _joined,
        _compass,
        _unaccented,
        _untitled,
        _called,
        _turned,
        _in_province,
    ):
        for known in list(found):
            if len(found) >= _MOST:
                break
            found.update(dict.fromkeys(vary(known)))
    del found[name]
    yield from (spelling for spelling in found if spelling)


def _numbered(name: str) -> Iterator[str]:
    """三楼, 3楼 and 三层; 一班 and 1班."""
    found = _NUMBERED.fullmatch(name)
    if found is None:
        yield from _counted(name)
        return
    number, unit = found["number"], found["unit"]
    numbers = {number, _in_han(int(number)) if number.isdigit() else str(_from_han(number))}
    for one in (unit, *([_FLOORS[unit]] if unit in _FLOORS and not found["after"] else [])):
        yield from (f"{found['before']}{n}{one}{found['after']}" for n in sorted(numbers))
    if unit in _FLOORS and not found["before"] and not found["after"]:
        yield from (f"{n}f" for n in sorted(numbers) if n.isdigit())


def _counted(name: str) -> Iterator[str]:
    """Gate 7 and gate seven."""
    found = _COUNTED.fullmatch(name)
    if found and found["number"] in _CARDINALS:
        yield f"{found['thing']} {_CARDINALS.index(found['number']) + 1}"
    elif found and found["number"].isdigit() and 0 < int(found["number"]) <= len(_CARDINALS):
        yield f"{found['thing']} {_CARDINALS[int(found['number']) - 1]}"


def _in_han(number: int) -> str:
    digits = {digit: han for han, digit in _TO_DIGIT.items()}
    tens, ones = divmod(number, 10)
    if not tens:
        return digits[str(ones)]
    return ("" if tens == 1 else digits[str(tens)]) + "十" + digits.get(str(ones), "")


def _from_han(number: str) -> int:
    tens, ten, ones = number.rpartition("十")
    if not ten:
        return int(_TO_DIGIT[number[-1]])
    return 10 * int(_TO_DIGIT.get(tens, "1")) + int(_TO_DIGIT.get(ones, "0"))


def _days(name: str) -> Iterator[str]:
    """Monday and Mon; 周一, 星期一 and 礼拜一."""
    if name in _WEEKDAYS:
        yield from (
            f"{name}s",
            name[:3],
            f"{name[:3]}.",
            *([name[:4], name[:5]] if name[0] in "t" else []),
        )
    if name in _MONTHS:
        yield from (name[:3], f"{name[:3]}.", f"{name[:4]}." if name[0] == "s" else name[:3])
    week = _WEEK.fullmatch(name)
    if week:
        days = "日天" if week["day"] in "日天" else week["day"]
        yield from (word + day for word in ("周", "星期", "礼拜") for day in days)


def _ordinals(name: str) -> Iterator[str]:
    """Third floor, 3rd floor and floor 3."""
    found = _NTH.fullmatch(name.removeprefix("the "))
    if found and found["nth"] in _ORDINALS:
        number = _ORDINALS.index(found["nth"]) + 1
    elif found and found["nth"][:-2].isdigit() and int(found["nth"][:-2]) in range(1, 13):
        number = int(found["nth"][:-2])
    else:
        return
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
    thing = found["thing"]
    yield from (
        f"{_ORDINALS[number - 1]} {thing}",
        f"{number}{ending} {thing}",
        f"{thing} {number}",
    )


def _spaced(name: str) -> Iterator[str]:
    """小米14 Pro, 小米 14 Pro and 小米14Pro."""
    if _HAN_CHARACTER.search(name):
        yield name.replace(" ", "")
        yield _SEAM.sub(" ", name)
        yield _SEAM.sub(" ", name.replace(" ", ""))


def _hyphened(name: str) -> Iterator[str]:
    """Wi-Fi, WiFi and Wi Fi; midnight blue and midnight-blue."""
    yield _HYPHEN.sub(" ", name)
    yield _HYPHEN.sub("", name)
    if _WORDS.fullmatch(name):
        yield name.replace(" ", "-")


def _quoted(name: str) -> Iterator[str]:
    mark = next((q for q in _QUOTES[:-1] if q in name), "")
    if mark:
        yield from (name.replace(mark, other) for other in _QUOTES)


def _dotted(name: str) -> Iterator[str]:
    """加西亚·马尔克斯 with whatever dot a keyboard has."""
    mark = next((d for d in _DOTS[:3] if d in name), "")
    if mark:
        yield from (name.replace(mark, other) for other in _DOTS)


def _joined(name: str) -> Iterator[str]:
    """Harrow & Finch, and Harrow and Finch."""
    yield name.replace(" & ", " and ")
    yield name.replace(" and ", " & ")


def _compass(name: str) -> Iterator[str]:
    """南, 正南 and 朝南."""
    if name in "东南西北":
        yield from (f"正{name}", f"朝{name}", f"{name}向")


def _unaccented(name: str) -> Iterator[str]:
    if not name.isascii() and not _HAN_CHARACTER.search(name):
        split = unicodedata.normalize("NFD", name)
        yield "".join(c for c in split if not unicodedata.combining(c))


def _untitled(name: str) -> Iterator[str]:
    """A title with and without its marks."""
    yield name.strip('《》「」『』"“”')


def _called(name: str) -> Iterator[str]:
    """Ms. Lee and Ms Lee; version 4.2.0 and v4.2.0."""
    title = _TITLE.match(name)
    if title:
        dot = "" if title["dot"] else "."
        yield f"{title['title']}{dot} {name[title.end() :]}"
        if " " in name[title.end() :]:
            yield name[title.end() :]
    if _VERSION.fullmatch(name):
        yield f"v{name}"


def _turned(name: str) -> Iterator[str]:
    """Lee, Ann and Lee Ann: the surname first."""
    person = _PERSON.fullmatch(name)
    if person:
        yield f"{person['last']}, {person['first']}"
        yield f"{person['last']},{person['first']}"
        yield f"{person['last']} {person['first']}"


def _in_province(name: str) -> Iterator[str]:
    """福建安溪, 福建省安溪县, 福建省安溪 and 福建安溪县."""
    found = _IN_PROVINCE.match(name)
    if found is None or not 2 <= len(name) - found.end() <= _LONGEST_PLACE:
        return
    province = found[found.lastgroup or 0]
    full = tuple(_PROVINCES)[int((found.lastgroup or "p0")[1:])]
    place = name[found.end() :]
    bare = place[:-1] if place[-1] in "市县区" and len(place) > 2 else place
    ends = ("", place[len(bare) :]) if bare != place else _PLACE_ENDS
    yield from (f"{head}{bare}{end}" for head in (province + full, province) for end in ends)


def names_between(first: str, last: str) -> list[str] | None:
    """Return the names between two that count on: Tuesday for Monday and Wednesday.

    None where they do not count on.
    """
    for names in (_WEEKDAYS, _weeks("周"), _weeks("星期")):
        if first in names and last in names:
            start, end = names.index(first), names.index(last)
            return list(names[start + 1 : end]) if start < end else None
    one, other = _NUMBERED.fullmatch(first), _NUMBERED.fullmatch(last)
    if (
        not one
        or not other
        or any(one[part] != other[part] for part in ("before", "unit", "after"))
    ):
        return None
    ends = [int(n) if n.isdigit() else _from_han(n) for n in (one["number"], other["number"])]
    if ends[0] >= ends[1]:
        return None
    numbers = range(ends[0] + 1, ends[1])
    written = (str(n) if one["number"].isdigit() else _in_han(n) for n in numbers)
    return [f"{one['before']}{n}{one['unit']}{one['after']}" for n in written]


def _weeks(word: str) -> list[str]:
    return [word + day for day in "一二三四五六日"]
