"""Names in free text: stations, halls and whatever else a text answer can be.

With a domain the longest of its values and aliases is found: 兰州 is not read out of 兰州西.
Without one the right answer itself is looked for, and rivals beside it
(`harness.checker.reading.rivals`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.checker.parse.mention import Mention
from harness.checker.parse.spellings import spellings
from harness.text.normalize import prepare

if TYPE_CHECKING:
    from harness.core import Domain

_PARTS = re.compile(r" ?[,、;] ?|\n")
_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
# 兰州西 and 兰州动车段 are other places than 兰州, and 兰州西部 is a part of it.
_OTHER_PLACE = re.compile(
    r"[东西南北](?![部方侧边行面向])|动车[段所运]|客车段|客技|客整|车辆段|机务段"
)
_OTHER_ENGLISH = re.compile(r"[ -](?:west|east|north|south|xi|dong|nan|bei)\b", re.ASCII)
_KINDS = frozenset("代朝姓氏省市县区国系科组队级")  # 唐代
_STOPS = frozenset(",。;!\n")
_AROUND_ONE = frozenset("是为在到往至有于朝向面站次加、,。;:!?()\"' \n-“”")


def parts_of(name: str) -> tuple[str, ...]:
    """Split a prepared name that joins several: `综合候乘中心,高架候车区东区` is two halls."""
    return tuple(part for part in _PARTS.split(name) if part)


class Lexicon:
    """Names to look for, prepared once.

    Args:
        values: names as they are written in the table.
        aliases: other spellings, each with the name that it stands for.
    """

    def __init__(self, values: Iterable[str], aliases: Iterable[tuple[str, str]] = ()) -> None:
        self._names: dict[str, str] = {}
        for value in values:
            for part in parts_of(prepare(value)):
                self._names[part] = part
        for name in [n for n in self._names if len(n) > 2 and n.endswith("站")]:
            self._names.setdefault(name[:-1], name)
        for alias, value in aliases:
            prepared = prepare(value)
            self._names[prepare(alias)] = self._names.get(prepared, prepared)
        for name in list(self._names):
            for spelling in spellings(name):
                self._names.setdefault(spelling, self._names[name])
        self._names.pop("", None)
        self._lengths: dict[str, list[int]] = {}
        for name in self._names:
            self._lengths.setdefault(name[0], []).append(len(name))
        for first, lengths in self._lengths.items():
            self._lengths[first] = sorted(set(lengths), reverse=True)
        firsts = "".join(map(re.escape, self._lengths))
        self._first = re.compile(f"[{firsts}]" if firsts else r"(?!)")

    def canonical(self, name: str) -> str:
        """Return the prepared name that a spelling stands for, itself where it is unknown."""
        prepared = prepare(name)
        return self._names.get(prepared, prepared)

    def __contains__(self, name: str) -> bool:
        return prepare(name) in self._names

    def find(self, text: str, *, plural: bool = False) -> list[Mention]:
        """Find the names in a prepared text, the longest first at each place.

        Args:
            text: the text.
            plural: whether Mondays is Monday.
        """
        found: list[Mention] = []
        last = 0
        for match in self._first.finditer(text):
            start = match.start()
            if start < last:
                continue
            end = self._end_of_name(text, start, plural=plural)
            if end:
                last = end + (plural and not stands_alone(text, start, end))
                found.append(Mention(self._names[text[start:end]], start, last))
        return found

    def values_in(self, text: str) -> frozenset[str]:
        """Return the names that a prepared text holds."""
        return frozenset(str(m.value) for m in self.find(text))

    def _is_article(self, text: str, start: int, end: int) -> bool:
        """Whether "a" stands before another name: a B+. The "and" behind it holds none."""
        if text[start:end] != "a" or text[end : end + 1] != " ":
            return False
        behind = end + 1
        ends = (behind + n for n in self._lengths.get(text[behind : behind + 1], ()))
        return any(
            text[behind:last] in self._names and stands_alone(text, behind, last) for last in ends
        )

    def _end_of_name(self, text: str, start: int, *, plural: bool) -> int:
        for length in self._lengths[text[start]]:
            end = start + length
            # A slice past the end could spell a shorter name: it comes up under its own length.
            if end > len(text):
                continue
            if text[start:end] not in self._names:
                continue
            if stands_alone(text, start, end) and not self._is_article(text, start, end):
                return end
            if plural and text[end : end + 1] == "s" and stands_alone(text, start, end + 1):
                return end
        return 0


@lru_cache(maxsize=1024)
def _lexicon(values: frozenset[str], aliases: tuple[tuple[str, str], ...]) -> Lexicon:
    return Lexicon(sorted(values), aliases)


def lexicon(domain: Domain, gold: Iterable[str] = ()) -> Lexicon:
    """Return the lexicon of a domain, with the right answer where the domain lacks it."""
    base = _lexicon(domain.values, tuple(domain.aliases.items()))
    missing = frozenset(name for name in gold if name not in base)
    return _lexicon(domain.values | missing, tuple(domain.aliases.items())) if missing else base


_LATIN = re.compile(r"[a-z]+")
_ENGLISH_FIRM = re.compile(
    r"(?<=[a-z]{2}) (?:air|airlines?|airways|inc\.?|ltd\.?|co\.?|company|group|hotel|bank"
    r"|university|college)$"
)
# 10号线 is enough for 地铁10号线.
_PLACED = re.compile(r"[\u4e00-\u9fff]{1,4}?(?P<number>[0-9]{1,3}[\u4e00-\u9fff]{2,3})")
# What firms and houses are, which people leave out: 顺达 for 顺达物流.
_FIRM = re.compile(
    r"(?<=..)(?:有限公司|公司|集团|物流|电子|科技|快递|酒店|宾馆|大学|银行|医院|超市|商场|餐厅|书店|出版社"
    r"|航空|保险|影城|健身房|药房)$"
)
_SHORTEST_HAN, _SHORTEST_LATIN = 2, 4
_LONGEST_KIND = 3  # 哪家酒店


def shortened(gold: str, domain: Domain, question: str) -> Lexicon:
    """Return a lexicon of what is left of the right answer without the words of the question.

    Lindenhof is enough for Hotel Lindenhof where the question asks which hotel, and 海淀 for
    海淀区.
    It is empty where another name of the domain could be meant.
    """
    short = _without_said(gold, question)
    if short == gold and (people := _surnames(domain)):
        return _lexicon(frozenset(), people)
    if short == gold and _without_common(gold, domain) != gold:
        known = tuple((_without_common(prepare(name), domain), name) for name in domain.values)
        return _lexicon(frozenset(), () if all(n.isdigit() for n, _ in known) else known)
    shortest = _SHORTEST_LATIN if short.isascii() and short.isalpha() else _SHORTEST_HAN
    if len(short) < shortest or short == gold or (short.isdigit() and len(short) < 3):
        return _lexicon(frozenset(), ())
    others = (prepare(value) for value in domain.values)
    if any(short in other for other in others if other != gold):
        return _lexicon(frozenset(), ())
    named = ((_without_said(prepare(value), question), value) for value in domain.values)
    others_short = [
        (other, value)
        for other, value in named
        if prepare(value) != gold
        and len(other) >= shortest
        and (short.isdigit() or not other.isdigit())
    ]
    return _lexicon(frozenset(), ((short, gold), *sorted(others_short)))


def _surnames(domain: Domain) -> tuple[tuple[str, str], ...]:
    """The last words of names that all have two or three and end differently: Silva, Kern."""
    names = [name for value in sorted(domain.values) if (name := prepare(value).split())]
    last = {name[-1] for name in names}
    alike = len(last) == len(names) > 1 and len({name[0] for name in names}) > 1
    alike = alike and all(2 <= len(n) <= 3 and len(n[-1]) > 1 and n[-1].isalpha() for n in names)
    return tuple((name[-1], " ".join(name)) for name in names) if alike else ()


def _without_common(gold: str, domain: Domain) -> str:
    """A name without the word that all names of its domain begin or end with: Unit 4B."""
    names = [prepare(value).split() for value in domain.values]
    words = gold.split()
    if len(names) < 2 or len(words) < 2 or any(len(name) < 2 for name in names):
        return gold
    if all(name[0] == words[0] for name in names):
        return " ".join(words[1:])
    return " ".join(words[:-1]) if all(name[-1] == words[-1] for name in names) else gold


def _without_said(name: str, question: str) -> str:
    """A name without words at its ends that the question says."""
    words = _ENGLISH_FIRM.sub("", name).split()
    if " " in name:
        said = set(_LATIN.findall(question))
        while len(words) > 1 and words[0] in said:
            del words[0]
        while len(words) > 1 and words[-1] in said:
            del words[-1]
        return " ".join(words)
    placed = _PLACED.fullmatch(name)
    if placed or name.isascii():
        return placed["number"] if placed else name
    if _FIRM.search(name):
        return _FIRM.sub("", name)
    for length in range(min(_LONGEST_KIND, len(name) - _SHORTEST_HAN), 1, -1):
        if name[-length:] in question:
            return name[:-length]
    for length in range(min(_LONGEST_KIND, len(name) - _SHORTEST_HAN), 0, -1):
        if re.search(f"哪[一个家条座]*{re.escape(name[-length:])}", question):
            return name[:-length]
    return name


# 新兰州 and New York are other places than 兰州 and York.
_OTHER_BEFORE = re.compile(
    r"(?:^|[,、;:。!?\n(\"“《「 是为在到往至])(?:[新老伪假准仿近副]|人造|人工|仿真|合成)$"
    r"|\b(?:new|north|south|east|west|fort|port|saint|st\.?|san|los|old|upper|lower|great"
    r"|little|mount|lake|imitation|fake|faux|mock|artificial|synthetic|pseudo|assistant|associate|deputy"
    r"|vice|acting|senior|junior|former|non|ex|pre|post|anti)[ -]$"
)


_NUMERALS = frozenset("一二三四五六七八九十0123456789")
_COUNTS_UP = re.compile("[一二三四五六七八九十0-9][楼层号]?(?:至|到|~|或)$")  # 一至二楼

_SHADES = frozenset("粉深浅淡大暗橘酒玫天湖草墨米咖藏宝乳银土橙紫红蓝绿黄灰金亮")


def _goes_back(text: str, start: int) -> bool:
    """Whether what stands before a name is of it, or the first of two numbers."""
    if _OTHER_BEFORE.search(text[max(0, start - 11) : start]):
        return True
    return text[start] in _NUMERALS and bool(_COUNTS_UP.search(text[max(0, start - 4) : start]))


def stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether the name at a place is a whole name and not a piece of a longer one."""
    if start and _goes_back(text, start):
        return False
    before = text[start - 1] if start else " "
    after = text[end : end + 1]
    if text[start] in _ALNUM and (before in _ALNUM or _slashed(text, start - 1, -1)):
        return False
    last = text[end - 1]
    if last in _ALNUM:
        if (after and after in _ALNUM) or (last.isdigit() and _slashed(text, end, 1)):
            return False
        return not (last.isalpha() and _OTHER_ENGLISH.match(text, end))
    if end - start == 1:
        return _stands_alone_as_one(before, after)
    return last in "楼层" or not _OTHER_PLACE.match(text, end)


def _stands_alone_as_one(before: str, after: str) -> bool:
    """Whether a name of one character is whole, by its neighbours: "" behind the last."""
    if after == "色":  # 红色 is 红, and 粉红色 is not
        return before not in _SHADES
    ends = not after or after in _STOPS  # 成都晴,重庆小雨
    return ends or (before in _AROUND_ONE and (after in _AROUND_ONE or after in _KINDS))


def _slashed(text: str, at: int, step: int) -> bool:
    """Whether a slash goes on to a digit: 6 is no name in K4547/6."""
    beyond = at + step
    return 0 <= beyond < len(text) and text[at] == "/" and text[beyond].isdigit()
