"""Of a whole and its parts, a sum and what it adds up, which an answer stands by."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.checker.reading.concepts import VALUE, says_left
from harness.checker.reading.disambiguate import Context
from harness.checker.reading.labels import (
    SENTENCE_END,
    Label,
    apart,
    asked_of,
    foreign,
    labels_of,
    names_another,
    names_of,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.checker.parse.mention import Mention

_PART_OF = re.compile(
    r" (?:[a-z]+ )?of (?:the |its |these |all )?(?:total |[a-z]{2,16}(?: [a-z]{2,16})?(?:'s|s') )?"
    r"| (?:[a-z-]{2,16} ){0,4}out of (?:a |the |its |these |all )?(?:total (?:of )?)?"
)
# "Of Norway's 37 medals, 16 were gold", 37枚奖牌中，16枚是金牌
_OF_ALL = re.compile(r"(?:^|[.;:\n] ?)of (?:[^,.;:!?\n0-9]|(?<=[a-z0-9-])[0-9]){0,32}$")
_OF_ALL_BEHIND = re.compile(r" ?[a-z' -]{0,24}, (?:only |just )?")
_AMONG_ALL = re.compile(r" ?[^,。;!?\n0-9]{0,8}(?:之?中|里面?),?[^,。;!?\n0-9]{0,4}")
_LONGEST_WHOLE = 40
#: Characters of a bracket before a value.
LONGEST_BRACKET = 48
# What comes on top: 装订另需10分钟
_EXTRA = re.compile(
    r"另[需收付加须要]|额外|外加|\b(?:plus|additional|extra|on top|in addition)\b", re.ASCII
)
_EXTRA_ASKED = re.compile(
    rf"{_EXTRA.pattern}|另外|共|总|合计|\b(?:total|altogether|in all|all together)\b", re.ASCII
)
_OF_THEM = re.compile(r" ?(?:[a-z]+ )?of (?:whom|which|them|these)\b")
_INCLUDED = re.compile(r"^ ?(?:其中)?(?:含|包括|包含)|^ ?(?:including|incl|of which)\b")
_IN_ALL = re.compile(
    r" ?(?:总共|一共|共计?|全[部班校]|out of|of|total:?)(?: of)?(?: a total of)? ?(?:有|是|为)? ?"
)
_REST = re.compile(r"其余|其他|另外|剩下|剩余|\b(?:the (?:others?|rest)|remaining)\b", re.ASCII)
_WHOLE = re.compile(
    rf"共|总|全(?:部|班|校|程|年|天|表|站|馆|店|长)|合计|\b(?:out of|in total|altogether|in all"
    rf"|a total of)\b|\bof (?:the |all |its |these )?(?:\w+ )?{VALUE}",
    re.ASCII,
)
_TOTAL = re.compile(
    rf"(?:共计?|总计|总共|合计|相差|总[和额价]|总费用|加(?:起来|在一起)|合在一起|一起)(?:有|是|为|约)?"
    rf"[^,。]{{0,6}}{VALUE}|total(?:s|ing)? (?:of )?{VALUE}"
    rf"|{VALUE}[^,.;]{{0,16}}\b(?:in total|in all|altogether)\b|\btotal\b[^,.;]{{0,16}}{VALUE}",
    re.ASCII,
)
# 215元(75元×2+65元)
_WORKING = re.compile(
    r"(?<=[0-9元块人个分钟时天米克吨%]) ?\([^()=\n]{0,40}[0-9元块人个分钟时天米克吨%]"
    r" ?[+×*÷] ?[$€£¥]?[0-9][^()=\n]{0,40}\)"
)
_ONE_OF = re.compile(r"[一每/] ?(斤|公斤|千克|份|杯|碗|盒|瓶|袋|箱|包|桶|罐|张|本|件)")
_OPERATOR = re.compile(r" ?[+*×x÷/-] ?[$€£¥]?[0-9(]")
_OPERAND = re.compile(rf"{_OPERATOR.pattern}| ?[元块个人份张天]?(?:小时)? ?=")
_ADDED = re.compile(r"[0-9] ?[\u4e00-\u9fff]{0,2} ?[+*×x÷/-] ?[$€£¥]?$")
_TOTAL_ASKED = re.compile(r"共|总|合计|全部|\b(?:total|altogether|in all)\b", re.ASCII)
_LEFT_BEHIND = re.compile(r" [a-z]{2,12} (?:are )?(?:still )?(?:left|remain(?:ing)?)\b")
#: What leaves open which of several values is meant.
DOUBT = re.compile(
    r"或|还是|可能|也许|大概|说不定|不确定|据说|有人|[也又]有|另一|不同说法|说是|\bor\b"
    r"|maybe|perhaps|might|possibly"
    r"|\bothers?\b(?! [0-9])|some sa|unsure|another source|sources",
    re.ASCII,
)


def bracket_before(mention: Mention, text: str) -> str:
    """What stands before a value in its brackets: (on Saturdays it opens earlier, at 08:00)."""
    before = text[max(0, mention.start - LONGEST_BRACKET) : mention.start]
    _, opens, inside = before.rpartition("(")
    return inside if opens and ")" not in inside else ""


def without_extras(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside what comes on top, unless all of it is asked for: 另需10分钟, plus $30."""
    if context.kind not in ("number", "duration") or _EXTRA_ASKED.search(context.question):
        return mentions
    kept = [
        m for m, label in zip(mentions, labels_of(mentions, context.text), strict=True)
        if not _EXTRA.search(label.head) or _shares_word(label, context)
    ]  # fmt: skip
    return kept or mentions


def part_of(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the 14 of "14 of the 37"."""
    wholes = {
        other.start
        for one, other in pairwise(mentions)
        if _PART_OF.fullmatch(context.text[one.end : other.start][:_LONGEST_WHOLE])
    }
    return [m for m in mentions if m.start not in wholes] or mentions


def _leads_to_part(one: Mention, other: Mention, text: str) -> bool:
    """Whether a number is only the whole of which the next one is a part."""
    between = text[one.end : other.start][:_LONGEST_WHOLE]
    if _AMONG_ALL.fullmatch(between):
        return True
    ahead = _OF_ALL.search(text[max(0, one.start - _LONGEST_WHOLE) : one.start])
    return ahead is not None and _OF_ALL_BEHIND.fullmatch(between) is not None


def without_included(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside what a bracket says to be included: 120分钟（含休息15分钟）."""
    labels = labels_of(mentions, context.text)
    kept = [
        m for m, label in zip(mentions, labels, strict=True) if not _INCLUDED.search(label.head)
    ]  # fmt: skip
    return kept or mentions


def without_bracketed_whole(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside of how many in all a bracket says: 17个(总共60个)."""
    if _TOTAL_ASKED.search(context.question):
        return mentions
    text = context.text
    kept = [m for m in mentions if not _IN_ALL.fullmatch(bracket_before(m, text))]
    return kept or mentions


def left_over(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what is said to be left where that is asked for: 共200张,已售165张,还剩35张."""
    if context.kind != "number" or not says_left(context.question):
        return mentions
    labels = labels_of(mentions, context.text)
    text = context.text
    left = [
        m for m, label in zip(mentions, labels, strict=True)
        if (says_left(label.text) or _LEFT_BEHIND.match(text, m.end))
        and not (_OPERATOR.match(text, m.end) or text.endswith("out of ", 0, m.start))
    ]  # fmt: skip
    return left or mentions


def without_working(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside what a bracket behind a value works it out from: 215元(75元×2+65元)."""
    spans = [found.span() for found in _WORKING.finditer(context.text)]
    kept = [m for m in mentions if not any(start < m.start < end for start, end in spans)]
    return kept or mentions


def of_asked_unit(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what is said of one where one is asked about: 一盒250毫升，一箱3000毫升."""
    one = _ONE_OF.search(context.question) if context.kind == "number" else None
    if one is None or _TOTAL_ASKED.search(context.question):
        return mentions
    text = context.text
    own = re.compile(rf"[一每/] ?{one[1]}[^,。;!?\n0-9]{{0,8}}$")
    kept = [m for m in mentions if own.search(text[max(0, m.start - 12) : m.start])]
    return kept if len({m.value for m in kept}) == 1 else mentions


def total_asked(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the total where one is asked for, unless another value is just what is asked for."""
    if not _TOTAL_ASKED.search(context.question):
        return mentions
    called = [m for m in named(mentions, context) if not _OPERAND.match(context.text, m.end)]
    whole = total(mentions, context)
    if len(whole) < len(mentions):
        parts = [m for m in mentions if m not in whole]
        by_chance = not any(
            _shares_word(label, context)
            for m, label in zip(mentions, labels_of(mentions, context.text), strict=True)
            if m in called
        )
        alike = called == parts or _all_asked(parts, context)
        called = whole if alike or by_chance else called
    return called if len({m.value for m in called}) == 1 else whole


def _shares_word(label: Label, context: Context) -> bool:
    """Whether a label shares more than single characters with the question."""
    shared = words_of(f"{label.text} {label.heading}") & asked_of(context.question).words
    return any(len(word) > 1 for word in shared)


def _all_asked(parts: list[Mention], context: Context) -> bool:
    """Whether the question names what each of several parts is of: A区两张760元, B区三张660元."""
    asked, names = asked_of(context.question), names_of(context.question)
    labels = [label.text.replace("其中", "") for label in labels_of(parts, context.text)]
    return len(parts) > 1 and all(
        (words := words_of(label))
        and not foreign(words, asked)
        and not names_another(names_of(label), names)
        for label in labels
    )


def total(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the value that is called the total, if one is."""
    if context.kind not in ("number", "duration"):
        return mentions
    labels = labels_of(mentions, context.text)
    totals = [
        m for m, label in zip(mentions, labels, strict=True)
        if _TOTAL.search(label.text) and not _is_operand(m, context.text)
    ]  # fmt: skip
    return totals if len({m.value for m in totals}) == 1 else mentions


def _is_operand(mention: Mention, text: str) -> bool:
    """Whether a value is worked with: either of 合计180+280=460."""
    if _OPERATOR.match(text, mention.end):
        return True
    added = _ADDED.search(text[max(0, mention.start - 16) : mention.start])
    return added is not None and _OPERAND.match(text, mention.end) is not None


def named(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the value that the answer calls what the question asks for, unless it is in doubt."""
    kept = apart(mentions, context.text, context.question)
    dropped = [m for m in mentions if m not in kept]
    for mention in dropped:
        before = context.text[max(0, mention.start - 16) : mention.start]
        behind = context.text[mention.end : mention.end + 8]
        around = (SENTENCE_END.split(before)[-1], SENTENCE_END.split(behind, maxsplit=1)[0])
        if any(map(DOUBT.search, around)):
            return mentions
    return kept


def whole_or_part(mentions: list[Mention], context: Context) -> list[Mention]:
    """共36人，其中男生20人: the part where its own words are asked for, else the whole."""
    if context.kind not in ("number", "duration"):
        return mentions
    labels = labels_of(mentions, context.text)
    among = context.text.find("其中")
    at = _whole(mentions, labels, context.text, among)
    if at is None:
        return mentions
    asked = asked_of(context.question).words
    said = words_of(labels[at].text)
    names = names_of(context.question)
    own = [
        words_of(label.text) - said for label in labels[at + 1 :]
        if not _is_numbered_otherwise(label.text, names)
    ]  # fmt: skip
    if any(len(word) > 1 for words in own for word in words & asked):
        parts = [
            m for i, (m, label) in enumerate(zip(mentions, labels, strict=True))
            if i != at and not _REST.search(label.text)
        ]  # fmt: skip
        sums = _TOTAL_ASKED.search(context.question) and _all_asked(parts, context)
        return ([mentions[at]] if sums else parts) or mentions
    told = among > mentions[at].end or _leads_to_part(mentions[at], mentions[at + 1], context.text)
    return [mentions[at]] if told else mentions


def _whole(mentions: list[Mention], labels: Sequence[Label], text: str, among: int) -> int | None:
    """Which value is the whole of which those behind it are parts."""
    for i, label in enumerate(labels[:-1]):
        if _WHOLE.search(label.text) or _leads_to_part(mentions[i], mentions[i + 1], text):
            return i
    for i, label in enumerate(labels):
        if i and (_OF_THEM.match(label.tail) or _OF_THEM.match(label.head)):
            return i - 1
    return max((i for i, m in enumerate(mentions[:-1]) if m.end <= among), default=None)


def _is_numbered_otherwise(label: str, asked: dict[str, frozenset[str]]) -> bool:
    """Whether a label numbers one of several things, which the question does not: 一车间."""
    return any(
        number not in asked.get(sort, ())
        for sort, found in names_of(label).items()
        for number in found
    )
