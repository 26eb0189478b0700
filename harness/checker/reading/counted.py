"""Which numbers of an answer can be what its question counts or measures, in its unit.

Asked for kilograms 2500克 are 2.5 and 2.5个 are nothing; 第12趟 counts no trains, and 14 in
小米14 is part of a name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from harness.checker.parse.dates import ORDINALS
from harness.checker.parse.mention import Mention, names_one
from harness.checker.parse.quantities import find_numbers
from harness.checker.parse.units import Unit, asked_measure, asked_scale, says_unit, unit_at

# Counters of which each group counts the same things; 个 counts anything.
_COUNTERS = (
    "趟列班次辆条", "名位人口员", "本册卷部套", "种类样款项道", "间套室", "家所座处", "门节堂科",
    "片粒颗丸",
    "张份枚支", "件套", "箱", "盒", "袋", "瓶", "包", "桶", "打", "双", "对", "台架", "篇首", "分",
    "岁", "级", "层楼", "号", "页", "天", "场", "队", "杯", "碗", "只头匹", "株棵", "栋幢", "站",
    "户", "句", "字", "段", "集", "季",
)  # fmt: skip
_COUNTER = {counter: i for i, group in enumerate(_COUNTERS) for counter in group}
# What a number before these names rather than counts: 3班, 5号楼.
_NAMING = "车班号楼站路层组队级期章节课线室排座届题版区"
_NAMES_ONE = "号站台楼路层排座"
_ASKED_COUNTER = re.compile(
    r"(?:多少|(?<!第)几)(?P<counter>[\u4e00-\u9fff])(?P<rest>[\u4e00-\u9fff]{0,2})"
)
_COUNTS = re.compile(
    r"多少(?!号)|(?<=[有共])几|(?<!第)几(?![号站楼层路排班级])"
    r"|\bhow (?:many|much|long|far|old|big|large|heavy"
    r"|tall|high)\b"
)
_ASKS_RANK = re.compile(r"第几[名位]|排名?第?几|名次|\bwhat (?:place|rank)\b")
_WHICH_ONE = re.compile(
    r"\b(?:which|what) (?:lane|platform|gate|room|seat|row|page|floor"
    r"|track|terminal|chapter|line|bus|stage|place)\b"
)
_ORDINAL = re.compile(rf"\b(?:{'|'.join(sorted(ORDINALS, key=len, reverse=True))})\b", re.ASCII)
_FIRST_OF = re.compile(
    r"第 ?$|\b(?:round|leg|session|period|lap|shift|heat|zone|route|act|phase|group|team) $"
    # 房间号120, 型号为BCD-328
    r"|(?:[编型货序代证房车工学票单批座]|房间|门牌|订单)号码?[是为:]? ?(?:[a-z]{2,8}-)?$"
    r"|(?<![a-z0-9])[a-z]{2,8}-$"
)
# "lines 2, 5, 9 and 14" names four of them
_NAMED_ONES = re.compile(
    r"\b[a-z]{3,16}s(?: no\.| numbers?)? [0-9]{1,4}"
    r"(?:(?:, |,? and |,? & )[0-9]{1,4}(?![0-9]|[.:][0-9]| (?!and\b)[a-z]))+",
    re.ASCII,
)
_LONGEST_LABEL = 12
_NTH = re.compile(r"(?:st|nd|rd|th)\b", re.ASCII)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|[一二三四五六七八九十]+")
_ASKED_OTHER = re.compile("多少(?:毫安|伏|瓦|赫|像素|帧|卡路里|千卡|大卡|焦|牛|帕|安|马力|转)")
_HOW_MANY = re.compile(r"\bhow many\b")
_COUNTS_WHAT = re.compile(r"\bhow many(?: of [^?,]{1,60}|(?: [^ ?,]{1,20}){1,3})")
_COUNTED = re.compile(
    r"(?: (?!in\b|of\b|at\b|on\b)[a-z-]{2,16})?? (?P<noun>[a-z]{3,16}s)(?= (?:with|in|of|for|at"
    r"|on|who|that|from)\b|[.,;]|$)"
)
_ASKS_PEOPLE = re.compile(r"\bpopulation\b")
_PEOPLE = re.compile(r"people|persons?|inhabitants|residents|citizens|souls")
_ASKS_MONEY = re.compile(
    r"\bhow much (?:does|do|is|are|did|was|were|will)\b.*\bcosts?\b|\b(?:price|fare|fee)\b"
)
_STATED = re.compile(
    r"(?:\b(?:at|is)|[:=是为]|(?:[,;]| and| but)(?! (?:on|in|at|by)\b)(?: [a-z']{1,12}){1,3}) ?$",
    re.ASCII,
)
_HAN = re.compile("[\u4e00-\u9fff]")
_WORD_BEFORE = re.compile(r"(?<![a-z])([a-z]{2,})[ -]?$")
_OFFERS = re.compile(r"还是|\bor\b", re.ASCII)


def fitting(mentions: Sequence[Mention], text: str, question: str) -> list[Mention]:
    """Return the numbers that a question can mean, in its unit; all where it names none."""
    if not question or not mentions:
        return list(mentions)
    kept = _without_names(mentions, text, question)
    if _COUNTS.search(question):
        named = {at for span in _NAMED_ONES.finditer(text) for at in range(*span.span())}
        kept = [
            m
            for m in kept
            if m.start not in named
            and (not _is_ordinal(m, text) or _is_numbered_as_asked(m, text, question))
        ]
    if _ASKS_RANK.search(question):
        kept = [m for m in kept if _is_ordinal(m, text)] or [
            m for m in kept if m.unit[:1] not in _COUNTER or m.unit[:1] in "名位"
        ]
    if _WHICH_ONE.search(question):
        kept = [m for m in kept if not PLURAL.fullmatch(m.unit)]
    wanted = asked_measure(question)
    kept = [_in_full(m, text, question, wanted) for m in kept]
    if wanted is None and _ASKS_MONEY.search(question):
        kept = [m for m in kept if not PLURAL.fullmatch(m.unit) or _is_money(m, text)]
    if _ASKS_PEOPLE.search(question):  # no households
        kept = [m for m in kept if not PLURAL.fullmatch(m.unit) or _PEOPLE.fullmatch(m.unit)]
    scale = asked_scale(question)
    if scale != 1:
        kept = [_scaled(m, text, scale, wanted) for m in kept]
        wanted = wanted and replace(wanted, scale=wanted.scale * scale)
    if wanted is not None:
        return _in_unit(kept, text, wanted, strict=says_unit(question))
    return _of_counter(kept, text, question)


@lru_cache(maxsize=4096)
def amounts_in(question: str) -> tuple[Mention, ...]:
    """Return the numbers of a prepared question that name nothing: not the 11 of 11路."""
    found = find_numbers(question)
    return tuple(m for m in found if question[m.end : m.end + 1] not in tuple(_NAMING))


def find_ordinals(text: str, question: str) -> list[Mention]:
    """Find third in "on the third floor", where the question asks which floor."""
    if not _WHICH_ONE.search(question):
        return []
    return [Mention(float(ORDINALS[m[0]]), *m.span()) for m in _ORDINAL.finditer(text)]


def _is_money(mention: Mention, text: str) -> bool:
    unit = unit_at(text, mention.start, mention.end, mention.unit)
    return unit is not None and unit.is_money


def _scaled(mention: Mention, text: str, scale: float, wanted: Unit | None) -> Mention:
    """A number that says 万 itself, where the question counts by 万; with a unit it says all."""
    if not _SAYS_LARGE.search(text, mention.start, mention.end):
        return mention
    if wanted is not None and unit_at(text, mention.start, mention.end, mention.unit) is not None:
        return mention
    return replace(mention, value=round(float(mention.value) / scale, 9))


_SAYS_LARGE = re.compile("[百千万亿k]|thousand|million|billion")


# 7w元, "$1.2m": short for 万, million and billion, where no watts, metres or minutes are meant.
_SHORT = re.compile(r" ?(?:(?P<w>w)|(?P<m>m)|(?P<mn>mn)|(?P<bn>bn))(?![a-z0-9/])")
_SHORT_FOR = {"w": 1e4, "m": 1e6, "mn": 1e6, "bn": 1e9}
_POWER = re.compile("瓦|功率|watt|power")
_COUNTS_MANY = re.compile(r"\bhow many (?!minutes?|met)|\bnumber of\b|\bpopulation\b")


def _in_full(mention: Mention, text: str, question: str, wanted: Unit | None) -> Mention:
    """A number that says 万, million or billion by one letter."""
    short = _SHORT.match(text, mention.end)
    if short is None or not (wanted is None or wanted.is_money):
        return mention
    if short["w"] and _POWER.search(question):
        return mention
    if short["m"] and wanted is None and not _COUNTS_MANY.search(question):
        sign = unit_at(text, mention.start, mention.start)
        if sign is None or not sign.is_money:
            return mention
    unit = _HAN_OR_WORD.match(text, short.end())
    return replace(
        mention,
        value=float(mention.value) * _SHORT_FOR[short.lastgroup or ""],
        end=short.end(),
        unit=unit[1] if unit else "",
    )


_HAN_OR_WORD = re.compile(" ?([a-z]+|[\u4e00-\u9fff]{1,3})")


def _is_ordinal(mention: Mention, text: str) -> bool:
    before = text[max(0, mention.start - 10) : mention.start]
    return names_one(text, mention.start) or bool(
        _FIRST_OF.search(before) or _NTH.match(text, mention.end)
    )


def _without_names(mentions: Sequence[Mention], text: str, question: str) -> list[Mention]:
    """Drop numbers within names such as the question has: 小米13 where it asks for 小米14."""
    if _OFFERS.search(question):
        return list(mentions)
    before, behind, whole = _name_parts(question)
    kept = [
        m for m in mentions
        if not (
            text.startswith("年级", m.end)
            or _before(text, m.start) in before
            or text[m.end : m.end + 2].removeprefix(")")[:1] in behind
            or _with_unit(text, m.start, m.end) in whole
        )
    ]  # fmt: skip
    return kept or list(mentions)


def _name_parts(question: str) -> tuple[set[str], set[str], set[str]]:
    """What stands before and behind the numbers that a question has in its names, and those."""
    before: set[str] = set()
    behind: set[str] = set()
    whole: set[str] = set()
    for number in _NUMBER.finditer(question):
        lead = _before(question, number.start())
        following = question[number.end() : number.end() + 2].removeprefix(")")[:1]
        measured = unit_at(question, number.start(), number.end()) is not None
        if number[0][0].isdigit() and lead and not measured:
            before.add(lead)
        if following and following in _NAMING:
            behind.add(following)
        if following and following not in "元块分" and (following.isalnum() or lead):
            whole.add(_with_unit(question, number.start(), number.end()))
    asked = _ASKED_COUNTER.search(question)
    return before, behind - {asked["counter"] if asked else ""}, whole - {""}


def _before(text: str, start: int) -> str:
    """The two characters or the word in front of a number that is part of a name, else nothing."""
    word = _WORD_BEFORE.search(text[max(0, start - 16) : start])
    if word:
        return word[1] if word[1] not in _NO_NAMES else ""
    lead = text[max(0, start - 2) : start]
    return lead if len(lead) == 2 and all(map(_HAN.match, lead)) and lead not in _NO_NAMES else ""


_NO_NAMES_TEXT = (
    "are is was were has have had of the for at in on to from by than over under about and or only"
    " costs cost with below above since until"
    " 低于 高于 超过 少于 多于 大于 小于 不足 至少 至多 达到 有约 大约 不到 卖了 共有 位列 排名"
)
_NO_NAMES = frozenset(re.split(" ", _NO_NAMES_TEXT))


def _is_numbered_as_asked(mention: Mention, text: str, question: str) -> bool:
    """Whether a number stands behind the very name that the question has: 学号是多少."""
    found = _FIRST_OF.search(text[max(0, mention.start - _LONGEST_LABEL) : mention.start])
    label = found[0].strip("是为: ") if found else ""
    return len(label) > 1 and label in question


def _with_unit(text: str, start: int, end: int) -> str:
    """A number with the character behind it, where that is a letter: 100米."""
    following = text[end : end + 1]
    return text[start : end + 1] if following.isalnum() else ""


def _in_unit(mentions: list[Mention], text: str, wanted: Unit, *, strict: bool) -> list[Mention]:
    """Give every number in the unit that is asked for, and drop those that measure another thing.

    Args:
        mentions: the numbers.
        text: the prepared answer.
        wanted: the unit.
        strict: whether the question names the unit; a mere price may be in any money.
    """
    found: list[Mention] = []
    sure: list[Mention] = []
    for mention in mentions:
        unit = unit_at(text, mention.start, mention.end, mention.unit)
        if wanted.measures == "yuan" and _FEN.match(text, mention.end):
            unit = Unit("yuan", 1.0)
        if wanted.measures == "energy" and unit is not None and unit.measures == "temperature":
            unit = wanted  # 186度电
        if wanted.measures == "data" and mention.unit in _SHORT_DATA:  # 16G
            unit = wanted
        if unit is None or (
            unit.measures == "share" and wanted.measures == "share" and unit.scale >= 1
        ):
            if not _other_counter(mention, strict=strict):
                found.append(mention)
        elif unit.measures == wanted.measures:
            value = unit.to(float(mention.value), wanted)
            digits = 1 if unit.measures == "temperature" and unit.scale != 1 else 9
            same = unit == wanted
            found.append(mention if same else replace(mention, value=round(value, digits)))
            sure.append(found[-1])
        elif not strict and unit.is_money:
            found.append(mention)
    if not (strict and sure):
        return found
    starts = sorted(mention.start for mention in sure)
    kept = frozenset(starts)
    return [m for m in found if m.start in kept or _leads_to(m, starts) or _is_stated(m, text)]


def _is_stated(mention: Mention, text: str) -> bool:
    """Whether a number without a unit ends its clause: "the euro at 1.02"."""
    before, after = text[max(0, mention.start - 40) : mention.start], text[mention.end :][:2]
    return bool(_STATED.search(before)) and (not after.strip(".。") or after[0] in ",;，。\n")


def _leads_to(mention: Mention, starts: Sequence[int]) -> bool:
    """Whether a bare number stands right before one with its unit: 5到5.5元."""
    at = bisect_left(starts, mention.end)
    return at < len(starts) and starts[at] - mention.end <= 6


_FEN = re.compile(" ?分(?!之)")
_SHORT_DATA = frozenset("gmtk")


def _other_counter(mention: Mention, *, strict: bool) -> bool:
    """Whether a number counts things: 3 places in 排名第3位 are no points and no money."""
    if strict and mention.unit != "degrees" and PLURAL.fullmatch(mention.unit):
        return True
    if strict and len(mention.unit) > 1 and mention.unit[0] == "个":
        return True
    return mention.unit[:1] in _COUNTER and mention.unit[:1] not in "分岁班号条口套对双打部"


_OTHER_TIME = re.compile("个(?:自然月|工作日|自然日|月|星期|小时|季度|世纪|学期)")
#: A word behind a number that is counted.
PLURAL = re.compile(r"[a-z]{2,30}[^su\W]s|people|children|men|women", re.ASCII)


def _of_counter(mentions: list[Mention], text: str, question: str) -> list[Mention]:
    """Drop numbers that count something else: 56包 where 箱 are asked for, and 12分钟."""
    if _ASKED_OTHER.search(question):  # no milliampere hours are yuan
        return [m for m in mentions if unit_at(text, m.start, m.end, m.unit) is None]
    if _HOW_MANY.search(question):  # no calories are 303 grams
        return [
            m
            for m in mentions
            if unit_at(text, m.start, m.end, m.unit) is None
            and not _counts_other(m, text, question)
        ]
    asked = _ASKED_COUNTER.search(question)
    if asked is None or _names_one(question, asked):
        return mentions
    if asked["counter"] not in _COUNTER and asked["counter"] != "个":
        return mentions
    counter = asked["counter"]
    names = counter == "个" or counter in _COUNTER
    kept: list[Mention] = []
    for mention in mentions:
        unit = unit_at(text, mention.start, mention.end, mention.unit)
        if unit is not None and not (counter in "分天" and unit.measures in ("time",)):
            continue
        first = text[mention.end : mention.end + 2].removeprefix(" ")[:1]
        first = first if _HAN.match(first) else ""
        if (
            first == "个" != counter
            and (behind := text[mention.end + 1 : mention.end + 2]) in _COUNTER
        ):
            first = behind
        other = _OTHER_TIME.match(text, mention.end) if counter == "个" else None
        if other and other[0][1:] not in question:
            continue
        if names and first and _differs(first, counter, asked["rest"]):
            continue
        kept.append(mention)
    return kept


def _counts_other(mention: Mention, text: str, question: str) -> bool:
    """Whether a number counts another thing of the question: departments, asked for employees."""
    counted, asked = _COUNTED.match(text, mention.end), _COUNTS_WHAT.search(question)
    if counted is None or asked is None:
        return False
    stem = counted["noun"].removesuffix("s")
    said = re.search(rf"\b{re.escape(stem)}s?\b", question)
    return said is not None and said.start() >= asked.end()


def _names_one(question: str, asked: re.Match[str]) -> bool:
    """Whether a question asks which one, not how many: 停在几号站台, but not 有几层."""
    counted = asked[0].startswith("多少") or question[: asked.start()].endswith(("有", "共"))
    return asked["counter"] in _NAMES_ONE and not counted


def _differs(first: str, counter: str, noun: str) -> bool:
    if first in (counter, noun.removesuffix("次")):
        return False
    if first == "个":
        return counter in "分岁层号页"
    if counter == "个":
        return (first in _NAMING and first not in "层节期组座") or first in "箱盒袋瓶包桶"
    if first in _NAMING and counter not in _NAMING:
        return True
    return first in _COUNTER and _COUNTER[first] != _COUNTER[counter] and first not in noun
