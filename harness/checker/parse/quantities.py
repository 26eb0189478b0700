"""Plain numbers in free text: 1,234, 十二, 一百零五趟, 3号站台, 35%, minus five.

A number is what is left when dates, times of day, compound durations and codes are taken out:
八点五分, K420, 1461次 and 5B hold none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from harness.checker.parse.clock import DATE, find_times
from harness.checker.parse.codes import find_codes
from harness.checker.parse.durations import find_durations
from harness.checker.parse.mention import USED, Mention, mask, mask_mentions, mask_pattern
from harness.checker.parse.numbers import (
    DIGITS,
    ENGLISH,
    ENGLISH_NUMBER,
    HUNDREDS,
    NUMERAL,
    chinese_number,
    english_number,
    small_int,
)

# A Chinese numeral is a number only before one of these or at the end of a word: 三亚 is a city.
_MEASURES = (
    "个号站趟列次班条辆节人元块天年小分秒层楼名位本张座倍度公千米厘毫种项类排车页步"
    "折句字段集季根把封幅朵杯碗罐桶盘户栋幢棵株题桌匹件箱盒袋瓶份包套斤吨升立间摄华平亩票篇首部台颗粒场轮届级道门只头支枚架艘所家口角毛岁克环瓦伏帧寸尺磅帕赫"
)
_EDGE = rf"(?=$|[^\w{USED}]|[{_MEASURES}a-z]|星级)"
_LARGE = {
    "百": 100.0, "千": 1000.0, "万": 10_000.0, "亿": 100_000_000.0, "k": 1000.0,
    "thousand": 1000.0, "million": 1e6, "billion": 1e9, "dozen": 12.0,
}  # fmt: skip
_ASCII_UNIT = (
    r"(?:mins?|minutes?|hrs?|hours?|kms?|kgs?|lbs?|oz|ml|gb|mb|kb|tb|mah|k?wh|k?w|[kmg]?hz|fps"
    r"|[mgk]bps|bn|mn|kcals?|cals?|kj|hp|ps|cc|px|dpi|mp|cm|mm|m[23]?|[hsgtkl]|st|nd|rd|th)\b"
)
_GROUPED = (
    r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,3}(?:'[0-9]{3})+(?![0-9])"
    r"|[0-9]{1,3}(?: [0-9]{3})+(?![0-9]| ?[0-9])"
)

_ARABIC = re.compile(
    rf"(?<![0-9a-z])(?:(?<![0-9][.:/百千万亿])"
    rf"|(?<=[0-9]:)(?=[0-9]{{3}}))(?P<minus>(?:(?:(?<=[是为:=( 约温低高至到降于~/¥$€£])"
    rf"|(?<![^\n]))-|负|零下 ?"
    rf"|(?<![0-9%] )minus |negative )(?:[¥$€£] ?)?)?"
    rf"(?P<whole>{_GROUPED}|[0-9]{{1,15}})(?P<decimals>\.[0-9]{{1,12}})?"
    rf"(?![0-9]|[.:/][0-9])(?=[^a-z]|$|{_ASCII_UNIT})"
    rf"(?:(?P<large>[百万亿]|千(?![克米瓦帕卡字])|k(?![a-z])| ?(?:thousand|million|billion"
    rf"|dozen)\b)(?![0-9几多分]|(?!千[克米瓦])[{NUMERAL}])"
    rf")?(?![多几来余]|十[多几]|[百万亿]|千(?![克米瓦帕卡字]))"
    rf"(?P<percent> ?(?:%|per ?cent\b))?",
    re.ASCII,
)
_CHINESE = re.compile(
    rf"百分之(?P<share>[{NUMERAL}]{{1,12}}(?:点[{''.join(DIGITS)}]{{1,6}})?)"
    rf"|(?P<minus>负|零下 ?)?(?<![{NUMERAL}几数多好期拜点])(?<!(?<!每)周)"
    # 张三 and 李四 are people.
    r"(?<![张李王赵孙吴郑](?=[一二三四五六七八九十](?![张元块分岁名])))"
    rf"(?P<number>(?:(?!千[克米瓦])[{NUMERAL}]){{1,24}}(?:点[{''.join(DIGITS)}]{{1,6}})?)"
    rf"(?!分之|个半|[个]?多){_EDGE}"
)
_ENGLISH = re.compile(
    rf"(?<![a-z0-9-])(?P<minus>minus |negative )?(?P<word>{ENGLISH_NUMBER})"
    r"(?![a-z0-9]|-(?![a-z]{3,})|-(?:thirds?|quarters?|halves|fifths?|way|off)\b)"
)
_BELOW_ZERO = re.compile(
    r" ?(?:(?:°c?|degrees?(?: celsius)?|度) ?)?below (?:zero|freezing)|以下零度"
)
# 五块五, 3块2毛, 5元5角: the second number counts tenths.
_DIGIT = rf"(?:[0-9]{{1,6}}|[{NUMERAL}]{{1,12}})"
_SMALL_MONEY = re.compile(
    rf"(?<![0-9a-z.,{NUMERAL}])(?P<whole>{_DIGIT}) ?[元块](?P<tenths>[0-9一二两三四五六七八九])"
    rf"(?:[角毛](?:(?P<hundredths>[0-9一二三四五六七八九])(?:分|(?![^\W_])))?|(?=$|[^\w]|[左上一的])(?![.,:][0-9]))",
)
# 3万5
_THOUSANDS = re.compile(
    r"(?<![0-9.,])(?P<whole>[0-9]{1,4})万(?P<rest>[1-9])(?![0-9百千万亿十多几]|[.,][0-9])"
)
# 三毛五
_TENTHS = re.compile(
    rf"(?<![0-9a-z.,元块{NUMERAL}])(?P<whole>[0-9一二两三四五六七八九]) ?[毛角]"
    r"(?P<rest>[0-9一二三四五六七八九])(?:分|(?![^\W_]))"
)
_EUROS = re.compile(
    rf"(?<![a-z0-9.,-])(?P<whole>[0-9]{{1,6}}|{HUNDREDS}) (?:euros?|dollars?|pounds?) (?:and )?"
    rf"(?P<cents>[0-9]{{2}}|{ENGLISH})(?: cents?| pence)?(?![a-z0-9-])"
)
# 3,80 € has a decimal comma.
_COMMA = re.compile(
    r"(?<![0-9a-z.,])(?P<whole>[0-9]{1,6}),(?P<cents>[0-9]{1,2})(?= ?(?:€|euros?\b|eur\b))"
    r"|(?<=€)(?P<whole2>[0-9]{1,6}),(?P<cents2>[0-9]{2})(?![0-9])"
    r"|(?<=€ )(?P<whole3>[0-9]{1,6}),(?P<cents3>[0-9]{2})(?![0-9])"
)
# 两公斤半, 三块半
_AND_HALF = re.compile(
    rf"(?<![0-9a-z.,{NUMERAL}])(?P<whole>{_DIGIT}) ?(?:个|(?:公斤|千克|斤|吨|公里|千米|米|块|升"
    rf"|里|年|岁|天|亩|张|页|杯)钱?)半"
    r"(?!小时|钟头|天|年|月|个)"
)
# nine and a half euros; hours have a reader of their own
_ENGLISH_HALF = re.compile(
    rf"(?<![a-z0-9.,-])(?P<whole>{ENGLISH}|[0-9]{{1,4}}) and a half(?! hours?)(?![a-z-])"
)
# 八五折
_DISCOUNT = re.compile(
    r"(?<![0-9.点])(?P<whole>[一二三四五六七八九])(?P<rest>[一二三四五六七八九])(?=折)"
)
# 11秒8
_SECONDS = re.compile(r"(?<![0-9a-z.,分])(?P<whole>[0-9]{1,3})秒(?P<rest>[0-9]{1,2})(?![0-9.])")
# 1米83, 一米七五
_METRES = re.compile(
    r"(?<![0-9a-z.,一二两三四五六七八九十百])(?P<whole>[0-9]{1,2}|[一两二三]) ?(?:米|m )"
    r"(?P<rest>[0-9]{1,2}|[一二三四五六七八九][零一二三四五六七八九]?)(?![0-9]|\.[0-9]|[^\W\d_](?<![的左高a-z]))"
)
# 九两: the measure is a numeral itself.
_TAELS = re.compile(
    r"(?<![0-9一二两三四五六七八九十百斤])"
    r"(?P<whole>[0-9]{1,3}|[一二三四五六七八九十]{1,2}) ?两(?=$|[^\w]|重)"
)
_UNIT = re.compile(r" ?(?:号|个|条|#)?([a-z]+|[\u4e00-\u9fff]{1,3})")
# 3点 is a time and 3月 a month, but 3月台 is a platform.
_NO_NUMBER = re.compile("点|月(?!台)")
_LABEL = re.compile(r"([\u4e00-\u9fff]{1,2})(?:号|编号|数量)?(?:是|为|:|: )?$")
_AMOUNTS = "价费额款"
_LIST_ITEM = re.compile(r"^ ?\(?[0-9]{1,2}(?:[.、)]|\) )(?=[^0-9\n])", re.MULTILINE)
_WEAK_UNITS = tuple("家座所部支本只个种趟次列班条名位些辆天件份箱盒袋瓶包套张间")
_ASKED = re.compile(r"(?:多少|几|哪一?个?|第几)(?:号|个)?([\u4e00-\u9fff]{1,3})|how many ([a-z]+)")


def find_numbers(text: str) -> list[Mention]:
    """Find the plain numbers in a prepared text, in order.

    `unit` is the word that is counted or labelled; a share's unit is `%` and its value is the
    number before the sign. A single 一个 is `weak`.
    """
    text = _without_others(text)
    joined = _joined(text)
    text = mask_mentions(text, joined)
    found = [m for match in _ARABIC.finditer(text) for m in _arabic(match, text)]
    text = mask_mentions(text, found)
    found += [m for match in _CHINESE.finditer(text) for m in _chinese(match, text)]
    if text.isascii() or any(c.isascii() and c.isalpha() for c in text):
        found += _english(text)
    return sorted([*joined, *found], key=lambda m: m.start)


def _joined(text: str) -> list[Mention]:
    """Find the numbers that are told in two parts: 五块五, 两公斤半, 3,80 €, three euros eighty."""
    found: list[Mention] = []
    for pattern, read in _JOINED:
        fresh = [m for match in pattern.finditer(text) if (m := read(match)) is not None]
        text = mask_mentions(text, fresh)
        found += fresh
    return sorted(found, key=lambda m: m.start)


def _tenths(match: re.Match[str]) -> Mention | None:
    whole, tenths = small_int(match["whole"]), small_int(match["tenths"])
    hundredths = small_int(match["hundredths"] or "0")
    if whole is None or tenths is None or hundredths is None:
        return None
    value = round(whole + tenths / 10 + hundredths / 100, 2)
    return Mention(value, match.start(), match.end(), "元")


def _thousands(match: re.Match[str]) -> Mention:
    return Mention(1e4 * int(match["whole"]) + 1e3 * int(match["rest"]), *match.span())


def _tenths_alone(match: re.Match[str]) -> Mention | None:
    whole, rest = small_int(match["whole"]), small_int(match["rest"])
    if whole is None or rest is None:
        return None
    return Mention(round(whole / 10 + rest / 100, 2), match.start(), match.end(), "元")


def _cents(match: re.Match[str]) -> Mention | None:
    said, cents = match["whole"], small_int(match["cents"])
    whole = int(said) if said.isdigit() else english_number(said)
    if whole is None or cents is None:
        return None
    return Mention(round(whole + cents / 100, 2), match.start(), match.end())


def _decimal_comma(match: re.Match[str]) -> Mention:
    value = float(match[0].replace(",", "."))
    return Mention(value, match.start(), match.end())


def _and_half(match: re.Match[str]) -> Mention | None:
    whole = small_int(match["whole"])
    if whole is None:
        return None
    # The unit stands within, so that the mention ends before it as others do.
    return Mention(whole + 0.5, match.start(), match.end("whole"), match[0][len(match["whole"]) :])


def _whole_and_half(match: re.Match[str]) -> Mention | None:
    whole = small_int(match["whole"])
    return None if whole is None else Mention(whole + 0.5, match.start(), match.end())


def _taels(match: re.Match[str]) -> Mention | None:
    whole = small_int(match["whole"])
    return None if whole is None else Mention(float(whole), match.start(), match.end("whole"), "两")


def _discount(match: re.Match[str]) -> Mention | None:
    whole, rest = small_int(match["whole"]), small_int(match["rest"])
    if whole is None or rest is None:
        return None
    return Mention(round(whole + rest / 10, 1), match.start(), match.end(), "折")


def _metres(match: re.Match[str]) -> Mention | None:
    whole, rest = small_int(match["whole"]), match["rest"]
    digits = rest if rest.isascii() else "".join(str(small_int(digit)) for digit in rest)
    return None if whole is None else Mention(float(f"{whole}.{digits}"), *match.span(), "米")


def _seconds(match: re.Match[str]) -> Mention:
    return Mention(float(f"{match['whole']}.{match['rest']}"), match.start(), match.end(), "秒")


_JOINED: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Mention | None]], ...] = (
    (_SMALL_MONEY, _tenths),
    (_TENTHS, _tenths_alone),
    (_THOUSANDS, _thousands),
    (_EUROS, _cents),
    (_COMMA, _decimal_comma),
    (_AND_HALF, _and_half),
    (_ENGLISH_HALF, _whole_and_half),
    (_TAELS, _taels),
    (_SECONDS, _seconds),
    (_METRES, _metres),
    (_DISCOUNT, _discount),
)


def asked_noun(question: str) -> str:
    """Return what a prepared question counts or numbers: a word, or a Chinese character.

    Nothing where it says none.
    """
    match = _ASKED.search(question)
    return (match[1] or "")[:1] or match[2] if match else ""


def _without_others(text: str) -> str:
    times = find_times(text)
    text = mask_pattern(mask_mentions(text, times), DATE)
    compound = [
        m for m in find_durations(text) if not m.unit and _PARTS.search(text, m.start, m.end)
    ]
    text = mask_mentions(text, compound)
    items = list(_LIST_ITEM.finditer(text))
    if len(items) > 1:
        text = mask(text, (m.span() for m in items))
    codes = [m for m in find_codes(text) if not m.weak and not _is_measured(text, m)]
    return mask_mentions(text, codes)


# 0.13秒 is a number of seconds, 1小时15分 none of anything.
_PARTS = re.compile(r"[小钟分刻hm个半].{0,24}[0-9分刻秒半]", re.ASCII)


def _is_measured(text: str, code: Mention) -> bool:
    """Whether what looks like a gate or a code is a number with its unit: 90min."""
    return code.unit != "train" and bool(_MEASURED.fullmatch(text, code.start, code.end))


_MEASURED = re.compile(rf"[0-9]+{_ASCII_UNIT}", re.ASCII)


def _unit(text: str, start: int, end: int) -> str:
    after = _UNIT.match(text, end)
    if after:
        return after[1]
    before = _LABEL.search(text[max(0, start - 8) : start])
    if before and before[1][-1] in _AMOUNTS:
        return before[1][-1]  # 成本价 and 课本费 count no books
    return before[1] if before else ""


def _arabic(match: re.Match[str], text: str) -> Iterator[Mention]:
    value = float(re.sub("[, ']", "", match["whole"]) + (match["decimals"] or ""))
    value *= _LARGE.get((match["large"] or "").strip(), 1.0)
    unit = "%" if match["percent"] else _unit(text, match.start(), match.end())
    if _NO_NUMBER.match(unit) and "个" not in text[match.end() : match.end() + 2]:
        return
    below = _BELOW_ZERO.match(text, match.end())
    signed = -value if match["minus"] or below else value
    yield Mention(signed, match.start(), below.end() if below else match.end(), unit)


def _chinese(match: re.Match[str], text: str) -> Iterator[Mention]:
    numeral = match["share"] or match["number"]
    value = chinese_number(numeral)
    if value is None:
        return
    if match["share"]:
        yield Mention(value, match.start(), match.end(), "%")
        return
    unit = _unit(text, match.start(), match.end())
    if numeral == "十" and unit.startswith("分") and not unit.startswith("分钟"):
        return  # 十分 is "very"
    weak = numeral == "一" and text.startswith(_WEAK_UNITS, match.end())
    yield Mention(-value if match["minus"] else value, match.start(), match.end(), unit, weak)


def _english(text: str) -> Iterator[Mention]:
    end = 0
    for match in _ENGLISH.finditer(text):
        value = english_number(match["word"])
        if value is None or match.start() < end:  # the zero of "three below zero"
            continue
        unit = _unit(text, match.start(), match.end())
        below = _BELOW_ZERO.match(text, match.end())
        signed = float(-value if match["minus"] or below else value)
        end = below.end() if below else match.end()
        yield Mention(signed, match.start(), end, unit, match["word"] == "one")
