"""What keeps the right value from being an answer: a range, another "or", another field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.checker.parse.numbers import ENGLISH, NUMERAL
from harness.checker.reading.labels import (
    SENTENCE_END,
    Asked,
    Label,
    asked_of,
    is_called_otherwise,
    labels_among,
    months_of,
    names_another,
    names_of,
    words_of,
)
from harness.checker.reading.narrow import (
    asks_difference,
    asks_former,
    is_difference,
    is_of_other_base,
    says_now,
)
from harness.checker.reading.opposites import opposites_of
from harness.checker.reading.substitutes import names_other_field

if TYPE_CHECKING:
    from harness.checker.parse.mention import Mention
    from harness.checker.reading.disambiguate import Context

_OR_NUMBER = re.compile(
    r"[^,。;!?\n0-9]{0,6},? ?(?:\bor (?:maybe |perhaps |possibly |about |even )?|或者?(?:是|说)?"
    r"|也可能是?|要么)"
    r"[约$¥]?(?P<number>[0-9]+(?!%)|[一二两三四五六七八九十]+(?=[点号日月趟元块个])|(?:one|two|three|four|five|six"
    r"|seven|eight|nine|ten"
    r"|eleven|twelve|half|quarter)\b)",
    re.ASCII,
)
_RANGE = re.compile(
    "[\u4e00-\u9fffa-z%°]{0,4}? ?(?:到|至|~|--?|(?<![a-z])to(?![a-z])) ?[ $¥€£从约]{0,2}"
)
_SUBTRACTS = re.compile(r"[-+*×x÷/0-9. $¥€£\u4e00-\u9fff]{0,12}=")
_MUCH = re.compile("多少|how (?:many|much|long|tall|far)")
_TITLE = re.compile("《[^《》\n]{1,40}》")
_NOT_SO = re.compile(
    r" ?[人个名趟天号日元]?(?:并|也|都|就|还|尚)?(?:不|没有?|未|并非)(?:能|会"
    r"|再)?(?P<what>[\u4e00-\u9fff]{1,2})"
)
_ABOUT = re.compile(
    r"(?:大约|大概|约莫|(?<!预)约|差不多|\b(?:about|around|roughly|approximately|some))"
    r" ?(?:[是为在有]|[a-z]{1,3} )?[ $¥€£]*$",
    re.ASCII,
)
_OR_SO = re.compile(
    r" ?[\u4e00-\u9fff]{0,3}?(?:左右|上下|前后)|(?: [a-z.]{1,8}){0,2} or so\b"
    r"|(?: [a-z.]{1,8}){0,2},? give or take\b"
    r"|[\u4e00-\u9fff]{0,3}?吧(?![\u4e00-\u9fff])"
)
_CHANGES = re.compile("[降涨升增减改调提延推]")
_JOINS_ENDS = re.compile(r"到|至|和|~|-|与|\band\b|\bto\b", re.ASCII)
_BETWEEN = re.compile(r"(?:之间|[之其]?中的?[某任]|\bbetween\b|\bsome time\b|\bsometime\b)")
_LONGEST_RANGE = 12
_COMPARES = re.compile("[比差超赢胜负落领高低早晚多少大小快慢长短增减涨降省贵重轻]|相距|[-=+]")
_PER = re.compile(
    r"(?:[一每/] ?)(斤|个|公斤|千克|公里|度|份|杯|碗|盒|瓶|袋|张|晚|天|个?月|年"
    r"|次|小时|人|位|件|箱|本|kg)"
)
_MONEY_PER = re.compile(rf" ?(?:元|块钱?) ?{_PER.pattern}")
_FOR_SEVERAL = re.compile(" ?(?:元|块钱?) ?/? ?[两二三四五六七八九2-9] ?[张个份斤杯碗盒瓶袋本件箱]")
_THAN = re.compile(
    r"(?P<one>[\u4e00-\u9fffa-z0-9]{1,8})比(?P<other>[\u4e00-\u9fffa-z0-9]{1,8}?)(?P<how>便宜|[多少高低贵早晚长短快慢重轻大小])"
)


def offers_more(mentions: Sequence[Mention], text: str) -> bool:
    """Tell whether an "or" with another number, of whatever form, follows one of the values."""
    starts = {m.start for m in mentions}
    for mention in mentions:
        found = _OR_NUMBER.match(text, mention.end)
        if found and not starts.intersection(range(found.start("number"), found.end() + 1)):
            return True
    return False


_GUESS = re.compile(
    r"一般|通常|往往|常见|大[概约致]|可能|估计|猜|推测|应该|或许|多半"
    r"|\b(?:typical\w*|usual\w*|generally|commonly|normally|probably|likely|perhaps|maybe|might|guess\w*|estimate\w*"
    r"|often|around|about|roughly|approximately)\b",
    re.ASCII,
)


def guesses(mention: Mention, text: str) -> bool:
    """Tell whether the sentence of a value calls it usual or likely."""
    before = SENTENCE_END.split(text[max(0, mention.start - 80) : mention.start])[-1]
    behind = SENTENCE_END.split(text[mention.end : mention.end + 24])[0]
    return bool(_GUESS.search(before) or _GUESS.search(behind))


def ends_range(mention: Mention, text: str) -> bool:
    """Tell whether a value ends a range whose start is in Chinese numerals: 四十到四十五人."""
    before = text[max(0, mention.start - 16) : mention.start]
    return bool(_NUMERAL_TO.search(before) or _WORD_TO.search(before))


_WORD_TO = re.compile(rf"(?<!from )\b{ENGLISH} (?:to|or) $")
_NUMERAL_TO = re.compile(rf"(?<![第周期拜{NUMERAL}])[{NUMERAL}]{{1,6}} ?(?:到|至|~|-|—) ?$")


def gives_range(
    mentions: Sequence[Mention], text: str, same: Callable[[Mention], bool], *, plain: bool
) -> bool:
    """Tell whether the right value is one end of a range: 10到12趟.

    Args:
        mentions: the values in the answer.
        text: the prepared answer.
        same: whether a value is the right one.
        plain: whether "to" makes a range by itself; times and dates need "between".
    """
    ends: set[int] = set()
    for one, other in pairwise(mentions):
        if not (same(one) or same(other)):
            continue
        between = text[one.end : other.start][:_LONGEST_RANGE]
        joined = plain and _joins(between) and not _SUBTRACTS.match(text, other.end)
        between_them = _JOINS_ENDS.search(between) and _is_between(text, one.start, other.end)
        if one.value != other.value and (joined or between_them):
            ends |= {one.start, other.start}
    return bool(ends) and all(m.start in ends for m in mentions if same(m))


def _joins(between: str) -> bool:
    """Whether what stands between two values makes a range of them, and no change: 从12降到9."""
    return not between or bool(_RANGE.fullmatch(between) and not _CHANGES.search(between))


def _is_between(text: str, start: int, end: int) -> bool:
    return bool(
        _BETWEEN.search(text[max(0, start - 16) : start]) or _BETWEEN.search(text[end : end + 8])
    )


def is_misnamed(mentions: Sequence[Mention], told: Sequence[Mention], context: Context) -> bool:
    """Tell whether a value is called another thing than is asked for, wherever it stands.

    Args:
        mentions: the value that the answer stands by, as often as it says it.
        told: these and all others in the answer, which have words of their own.
        context: the answer.
    """
    if not context.question or context.kind == "text":
        return False
    asked = asked_of(context.question)
    titles = frozenset(_TITLE.findall(context.question))
    compares = context.kind in ("number", "duration") and not asks_difference(context.question)
    if all(is_of_other_base(m, context) for m in mentions):
        return True
    if compares and all(is_difference(m, context.text) for m in mentions):
        return True
    if (
        _is_of_other_year(context)
        or _is_per_other(mentions, context)
        or _is_turned_round(context.text, context.question)
    ):
        return True
    names, months = names_of(context.question), months_of(context.question)
    if not _tells_rows(context):
        names = {sort: names[sort] for sort in names if sort == "day"}
    former = context.kind in ("time", "date") and asks_former(context.question)
    labels = labels_among(mentions, told, context.text)
    if context.kind != "number" and _tells_field_apart(labels, asked, context.text):
        return True
    return all(
        is_called_otherwise(label, asked)
        or names_other_field(label.text, context.question)
        or (former and says_now(label))
        or names_another(names_of(f"{label.heading} {label.text}"), names)
        or names_another(months_of(label.head), months)
        or _is_not_so(label.tail, asked.field)
        or _is_of_another(label.text, titles, context.text)
        for label in labels
    )


def _tells_field_apart(labels: Sequence[Label], asked: Asked, text: str) -> bool:
    """Whether another clause has the field that is asked for, with a value that no parser reads.

    2025年6月30日开盘，交房时间为2026年底: not the day of 交房.
    """
    field = [word for word in asked.field if len(word) > 1 and not word.isascii()]
    own = " ".join(f"{label.lead}{label.heading}{label.text}" for label in labels)
    if (
        not field
        or any(word in own for word in field)
        or not all(words_of(label.text) for label in labels)
    ):
        return False
    return any(
        re.search(rf"{re.escape(word)}(?:日期|时间|时长)?(?:[是为在于:]|预计)+ ?[0-9]", text)
        for word in field
    )


_YEAR_FIELD = re.compile(r"(?:\byear|年份)\"? ?[:|] ?\"?((?:19|20)[0-9]{2})(?![0-9])")
_ASKED_YEAR = re.compile("(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")


def _is_of_other_year(context: Context) -> bool:
    """Whether a row's own field says another year than the question."""
    said, asked = set(_YEAR_FIELD.findall(context.text)), set(_ASKED_YEAR.findall(context.question))
    return bool(said and asked) and said.isdisjoint(asked)


def _is_per_other(mentions: Sequence[Mention], context: Context) -> bool:
    """Whether all prices are of another unit, or of more things, than the question's: 45元/公斤."""
    if (
        context.kind == "number"
        and mentions
        and all(_FOR_SEVERAL.match(context.text, m.end) for m in mentions)
    ):
        return True
    per = _PER.search(context.question) if context.kind == "number" else None
    if per is None or not mentions:
        return False
    return all(
        _is_of_several(m, per[1], context.text)
        or ((told := _MONEY_PER.match(context.text, m.end)) and told[1] != per[1])
        for m in mentions
    )


def _is_of_several(mention: Mention, unit: str, text: str) -> bool:
    """Whether a price is of more than the one that is asked for: 两晚458元."""
    before = text[max(0, mention.start - 12) : mention.start]
    return bool(
        re.search(rf"(?<!第)[两二三四五六七八九十2-9] ?{unit}(?:共|要|是|为|:)?[$¥]? ?$", before)
    )


def _is_turned_round(text: str, question: str) -> bool:
    """Whether 乙队比甲队多 is said where 甲队比乙队多 is asked."""
    asked, told = _THAN.search(question), _THAN.search(text)
    if asked is None:
        return False
    one = re.split("[里中的]", asked["one"])[-1] or asked["one"]
    if told is None:  # 甲队得了9分
        if asked["other"] not in text and _turns(asked["how"], text):  # 少150人
            return True
        return one in text and not _COMPARES.search(text) and asked["how"] not in text
    if asked["how"] != told["how"]:  # 便宜25元 where 贵 is asked, of the same two
        return told["how"][0] in opposites_of(asked["how"][0]) and (
            asked["one"].endswith(told["one"]) and asked["other"] == told["other"]
        )
    return told["one"].endswith(asked["other"]) and told["other"] == one


def _turns(how: str, text: str) -> bool:
    """Whether the other end of a scale stands before a number, and this one nowhere."""
    others = "".join(opposites_of(how))
    return how not in text and bool(
        others and re.search(rf"[{others}]宜?(?:了|约|出|大约)?[0-9一二两三四五六七八九十]", text)
    )


def _tells_rows(context: Context) -> bool:
    """Whether a value is another one under another number: a platform may be called what it is."""
    return context.kind != "number" or bool(_MUCH.search(context.question))


def _is_not_so(tail: str, field: frozenset[str]) -> bool:
    """Whether the words behind a value deny what is asked: 5月18日不开幕."""
    found = _NOT_SO.match(tail)
    return found is not None and not words_of(found["what"]).isdisjoint(field)


def _is_of_another(label: str, titles: frozenset[str], text: str) -> bool:
    """Whether a label names another title than the question's, which the answer never names."""
    named = set(_TITLE.findall(label))
    return bool(named and titles) and named.isdisjoint(titles) and not any(map(text.count, titles))


def is_doubly_softened(mentions: Sequence[Mention], text: str) -> bool:
    """Tell whether "about" stands on both sides of a value: 约75分钟左右."""
    return all(
        _ABOUT.search(text[max(0, m.start - 12) : m.start]) and _OR_SO.match(text, m.end)
        for m in mentions
    )
