"""Which of several values an answer stands by.

An answer may restate the question, deny a wrong value, compare, show its working or name the
neighbouring field. What is left after those readings is what it says; if that is more than one
value, it hedges.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.checker.parse.mention import Mention
    from harness.checker.parse.values import ValueKind

_DENIED = re.compile(
    r"(?:(?<!是)不是|不再[是为从由在停归属]|并非|而非|绝非|不会是?|不在|不到|不为|不包括|不含|不包含|除了?|不停|不经过?|不[由归去从叫选姓属卖收用花值]于?"
    r"|rather than|instead of)(?:(?!是|而|就|但|\bbut\b|为)[^,。;!?\n]){0,12}$"
    r"|\b(?:all|any|every|no|any\w+|every\w+)(?: [a-z]{1,12})? (?:but|except|save)(?: for)?"
    r"(?: the| on)? ?$"
    r"|\bno longer (?:(?!\b(?:but|than|is|are|and)\b)[^,.;:!?\n]){0,32}$"
    r"|(?:\bnot\b|n't\b|\bnever\b)(?! only)(?:(?!\bbut\b|\buntil\b|\bthan\b|\. )"
    r"[^,。;!?\n]){0,32}$",
    re.ASCII,
)
_REFUTED = re.compile(
    r"[\"”')]? ?[\u4e00-\u9fff]{0,3}?"
    r"(?:不对|是错|错误|有误|不符合|不满足|除外|并不|不是正确|没有?关系|无关|没关|is (?:wrong|not))"
)
_ASKED_AND_DENIED = re.compile(
    r"[\"”')]? ?[\u4e00-\u9fff]{0,3}?[吗么吧]?[\"”')]? ?\? ?,? ?(?:不(?!错)|错|并非|当然不|no\b"
    r"|nope|wrong)",
    re.ASCII,
)
_COMPARED = re.compile(r"(?:比|than|晚于|早于|快于|慢于|长于|短于) ?(?:约|车次|列车)?$")
# 比李医生(30元)贵, "twice as many as Sweden (8)"
_COMPARED_BRACKET = re.compile(
    r"(?:比|与|较|和|\b(?:than|as|with|to|before|after|vs\.?)\b)[^,。;!?\n()]{1,28}\( ?[$€£¥]?$",
    re.ASCII,
)
# "half an hour after the zoo closes at 18:15": another moment, told to compare with
_AFTER_OTHER = re.compile(
    r"(?<![a-z])(?:minutes?|hours?|days?|weeks?|months?|just|shortly|right|soon|long)"
    r" (?:after|before|ahead of) [^,.;!?\n]{1,40}$"
)
_BELOW = re.compile(
    r"(?:不到|不足|不止|不仅|超过|大于|小于|多于|少于|高于|低于|不低于|不高于|最多|至多|最少"
    r"|至少|起码|少说|将近|接近|逼近|临近|近(?=[ 0-9一二三四五六七八九十百]*$)"
    r"|(?<![最附])近"
    r"|\b(?:more|less|[a-z]{3,9}er) than|\b(?:just "
    r"|well )?(?:over|under)"
    r"|\bat (?:least|most)|\bup to|\bno (?:more|less|fewer) than|\bnearly|\balmost|\bclose to"
    r"|\bas many as|\bas much as"
    r"|(?:轻|重|快|慢|长|短)于|介于(?:[^。;\n]{1,12}[和到至与])?"
    r"|\brang(?:e|es|ed|ing) (?:from|between) [^,;.!?\n]{1,24}? (?:to|and)"
    r"|\bbetween(?: [a-z0-9 .,$€£%°:-]{1,24} and)?"
    r"|\b(?:from"
    r"|starting (?:at|from))(?= ?[$€£¥])|\bminimum"
    r" of|\bmaximum of|\bexceed(?:s|ed|ing)?|\bupwards of) ?(?:约|了|有|要|会|是|[a-z]{1,3}"
    r" )?[ $¥€£]*$",
    re.ASCII,
)
# Who asks for the most is answered by "up to 14"; else what could be is not what is.
_MOST_ASKED = re.compile(
    r"最[多少大小]|上限|下限|容纳|限|\b(?:m(?:ax|in)imum|at (?:most|least)|up to|limit|capacity)\b"
    r"|\bhow (?:many|much|long)\b[^?.]{0,40}?\b(?:may|allowed)\b"
    r"|(?:可以?|能够?|允许|准许)[借带拿领买报选存寄][^,。?]{0,4}[几多]",
    re.ASCII,
)
_THRESHOLD_ASKED = re.compile(
    "(?:多少|几|多久|多长)[^,。?]{0,6}(?:算|视为|属于|达标)"
)  # 迟到多久算旷课
_MOST_SAID = re.compile(
    r"(?:最[多少]|至[多少]|\b(?:up to|at (?:most|least)|m(?:ax|in)imum of))[^,.;!?。0-9]{0,12}$",
    re.ASCII,
)
_HOLDS = re.compile("(?:最多|至多)(?:只?可以?|只?能够?)[\u4e00-\u9fff]{0,3}$")
_THAN_BRACKET = re.compile(r"\b(?:than|unlike|compared (?:with|to))\b[^,。.;!?\n()]{1,32}\( ?$")
_EVERY = re.compile(r"每隔?$|\bevery $")
_ASKS_EVERY = re.compile(
    r"一[班趟次辆]|每隔|间隔|频率|\b(?:how often|intervals?|frequen\w+|every)\b"
)
_AHEAD = re.compile(r" (?:before|prior to|in advance)\b")
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_UNIT_BETWEEN = r"[^\W\d_]{0,3}?"
_AND_MORE = re.compile(
    rf" ?{_UNIT_BETWEEN} ?(?:多(?!少|[停花用等出了])|或更[多少早晚高低]|(?:及|或)?以[上下内外]"
    rf"|开外|有余|出头|不到|不止|起步|起售|起(?=$|[,。;!])|封顶"
    r"|or (?:more|less|fewer|above|over|below)|and (?:above|over|up|more)|at (?:least|most)"
    r"|plus\b)|\+(?![0-9])| ?±"
)
_BEFORE_TIME = re.compile(
    r"(?:(?:不早|不晚|不迟|早|晚|迟)于|\b(?:after|before|until|since|by|past|as early as|no"
    r" (?:later|earlier) than)) ?$",
    re.ASCII,
)
# 最晚几点退房 is answered by 12:00之前, 最早几点入住 by 14:00以后.
_ASKS_LATEST = re.compile(
    r"最[晚迟]|最后[^,。?]{0,6}(?:日期|日子|哪[天日])|截止|截至|期限|之前"
    r"|\b(?:latest|deadline|by when|by what|due)\b",
    re.ASCII,
)
_ASKS_EARLIEST = re.compile(r"最早|之后|\bearliest\b", re.ASCII)
# Who asks from when on is answered so: "check-in from 15:00 onwards", 15:00以后入住.
_ONWARDS = re.compile(r" onwards?\b| ?[之以]?后(?=[可就才即办能])")
_ASKS_END = re.compile(
    r"\b(?:clos(?:e|es|ing)|ends?|finish\w*|expir\w+|deadline|stops?|check[- ]?out)\b"
)
_ASKS_START = re.compile(
    r"(?:几点|何时|时候|时间)[^。?]{0,8}(?:入住|开始|开放|领取|取)|入住时间|(?:入住|开始|开放)[^,。?]{0,4}(?:几点|何时|时候)"
    r"|check[- ]?in|\b(?:starts?|begins?|opens?|available)\b"
)
_UP_TO = re.compile(r"\b(?:before|until|by|no later than) ?$|^ ?[之以]?前|不[晚迟]于 ?$", re.ASCII)
_FROM_ON = re.compile(r"\b(?:after|since|from|no earlier than) ?$|^ ?[之以]?后|不早于 ?$", re.ASCII)
_AFTER_TIME = re.compile(
    r" ?±| ?[之以]?[前后](?![往续天])"
    r"| (?:at the (?:earliest|latest)|or (?:later|earlier)|onwards?)\b"
)
# 21名左右,24名也说得过去
_WOULD_DO = re.compile(
    "[^,。;!?\n]{0,4}?也(?:说得[过通]|不?是?没?有?可能|行|可以|成立?|对(?!外)|不算?错)"
)
_OR = re.compile(r"(?:或|还是|抑或|要么|\bor\b)", re.ASCII)
HEDGE = re.compile(
    r"或|还是|可能|也许|大概|说不定|不确定|\bor\b|maybe|perhaps|might|possibly", re.ASCII
)
CLAUSE_END = re.compile(r"[,。!?;\n]|\. ")
_LABELS = {
    "depart": r"开点|发车|出发|开车|离开|离站|开出|驶出|发出|开(?![往始通放])|depart\w*|leav\w*",
    "arrive": r"到点|到达|到站|抵达|进站|驶入|到(?=$|[^\w]|站|西|是|为|的|时|、)|arriv\w*",
    "origin": r"始发站?|起点站?|出发站|起始站|[从由自](?=$)|origin\w*|starts?",
    "terminus": r"终到站?|终点站?|开往|前往|到达站|目的地|destination|terminus|terminat\w*",
    "stop": r"(?:停靠|经停|途经|经过|路过|在|位于)(?=$)",
}
_WHEN = "(?:几点|何时|时候|时间)"
_ASKS = {
    "depart": rf"开点|发车|出发|开车|离开|离站|开出|开行时|{_WHEN}[^?。到]{{0,10}}[开发]"
    "|depart|leave",
    "arrive": rf"到点|到达|到站|抵达|进站|{_WHEN}[^?。出发]{{0,10}}到|arriv",
    "origin": "始发站|起点站|始发车站|从哪|哪里(?:始发|出发|发车)|始发地|起始站|origin|start",
    "terminus": "终到站|终点站?|终到|开往哪|到哪|目的地|前往哪|去哪|terminus|destination|terminat",
}
_LABEL_REACH = 32
_PAIRS = {"time": ("depart", "arrive"), "text": ("origin", "terminus")}


@dataclass(frozen=True, slots=True)
class Context:
    """What the words around a value are judged by.

    Args:
        text: the prepared answer.
        question: the prepared question, without rows given as context; empty where unknown.
        kind: `time`, `date`, `duration`, `number` or `text`.
    """

    text: str
    question: str
    kind: ValueKind


@lru_cache(maxsize=4096)
def asked_role(question: str, kind: str) -> str:
    """Return which of two neighbouring fields a prepared question wants, or nothing."""
    asked = [r for r in _PAIRS.get(kind, ()) if re.search(_ASKS[r], question)]
    return asked[0] if len(asked) == 1 else ""


def standing(mentions: Sequence[Mention], context: Context) -> list[Mention]:
    """Drop values that the answer denies, only compares with, or gives as a bound."""
    kept = [m for m in mentions if not denied(m, context.text) and not is_bound(m, context)]
    text = context.text
    kept = [m for m in kept if not _COMPARED.search(text[max(0, m.start - 8) : m.start])] or kept
    kept = [
        m
        for m in kept
        if context.kind in ("time", "text")
        or not _COMPARED_BRACKET.search(text[max(0, m.start - 40) : m.start])
    ] or kept
    if context.kind in ("time", "date"):
        kept = [m for m in kept if not _is_of_other_moment(m, text)] or kept
    strong = [m for m in kept if not m.weak]
    return strong or kept


def _is_of_other_moment(mention: Mention, text: str) -> bool:
    """Whether a moment is only told for another to be compared with it."""
    before = text[max(0, mention.start - 60) : mention.start]
    return bool(_THAN_BRACKET.search(before) or _AFTER_OTHER.search(before))


def denied(mention: Mention, text: str) -> bool:
    """Tell whether the answer says that it is not this value."""
    before = text[max(0, mention.start - 40) : mention.start]
    return bool(_DENIED.search(before) or _REFUTED.match(text, mention.end))


def asked_and_denied(mention: Mention, text: str) -> bool:
    """Tell whether the answer asks itself whether it is this value, and says no."""
    return bool(_ASKED_AND_DENIED.match(text, mention.end))


def is_bound(mention: Mention, context: Context) -> bool:
    """Tell whether the answer only says that it is more, less, earlier or later than this."""
    before = context.text[max(0, mention.start - 40) : mention.start]
    if context.kind in ("time", "date"):
        return _is_before_or_after(mention, before, context)
    return context.kind in ("number", "duration") and _is_limit_of(mention, before, context)


def _is_limit_of(mention: Mention, before: str, context: Context) -> bool:
    """Whether a number is only the least or the most of what it counts or measures."""
    is_year = _YEAR.fullmatch(context.text, mention.start, mention.end)
    if is_year and _BEFORE_TIME.search(before):
        return True
    if context.kind == "duration" and (
        (_EVERY.search(before) and not _ASKS_EVERY.search(context.question))
        or (_AHEAD.match(context.text, mention.end) and not _AHEAD.search(context.question))
    ):
        return True
    limit_asked = _MOST_ASKED.search(context.question) and _MOST_SAID.search(before)
    if limit_asked or _THRESHOLD_ASKED.search(context.question):
        return False
    return bool(
        _BELOW.search(before) or _HOLDS.search(before) or _AND_MORE.match(context.text, mention.end)
    )


def _is_before_or_after(mention: Mention, before: str, context: Context) -> bool:
    """Whether the answer names a moment only to say before or after it, unasked."""
    after = context.text[mention.end : mention.end + 4]
    if _is_limit(before, after, context.question):
        return False
    told = _BEFORE_TIME.search(before)
    if _ONWARDS.match(context.text, mention.end) and _ASKS_START.search(context.question):
        return False
    if told and told[0].strip() in ("until", "by") and _ASKS_END.search(context.question):
        return False
    if told and re.search(rf"\b{re.escape(told[0].strip())}\b", context.question, re.ASCII):
        return False
    return bool(told or _AFTER_TIME.match(context.text, mention.end))


def _is_limit(before: str, after: str, question: str) -> bool:
    """Whether a bound is what the question asks for, by the words on its sides."""
    for asks, bound in ((_ASKS_LATEST, _UP_TO), (_ASKS_EARLIEST, _FROM_ON)):
        if asks.search(question):
            return bool(bound.search(before) or bound.search(after))
    return False


def offers_choice(mentions: Sequence[Mention], text: str) -> bool:
    """Tell whether two different values stand side by side as alternatives."""
    for one, other in pairwise(mentions):
        between = text[one.end : other.start]
        if one.value == other.value or len(between) > _LONGEST_OR:
            continue
        if _OR.search(between) or _WOULD_DO.match(text, other.end):
            return True
        if _AND.fullmatch(between) and _SEVERAL.search(text[max(0, one.start - 64) : one.start]):
            return True
    return False


_LONGEST_OR = 16
_AND = re.compile(r" ?(?:,|、|/|和|与|及|,? ?\band\b) ?", re.ASCII)
# "Two possible arrival times for BA 2490: 22:10 and 22:40".
_SEVERAL = re.compile(
    r"(?:\b(?:two|three|four|several|multiple|various|different|conflicting|[2-4])"
    r" (?:possible|different|conflicting|candidate|alternative)"
    r"|(?:[两二三四几多2-4][个种])(?:可能|候选|不同|备选))[^.;!?。\n]{0,48}$"
)


def roles(mentions: Sequence[Mention], context: Context) -> list[str]:
    """Label each value by the field name before it in its clause, or else after it.

    到点10:00，开点10:15 and 10:00到，10:15开 say the same; a name labels one value only. The label
    is empty where there is none.
    """
    pattern = _label_pattern(context.kind)
    text = context.text
    labels: list[str] = []
    free = 0
    for i, mention in enumerate(mentions):
        head = text[max(free, mention.start - _LABEL_REACH) : mention.start]
        ahead = list(pattern.finditer(CLAUSE_END.split(head)[-1]))
        free = mention.end
        if ahead:
            labels.append(ahead[-1].lastgroup or "")
            continue
        end = mentions[i + 1].start if i + 1 < len(mentions) else len(text)
        tail = text[mention.end : min(end, mention.end + _LABEL_REACH)]
        behind = pattern.search(CLAUSE_END.split(tail)[0])
        labels.append(behind.lastgroup or "" if behind else "")
        free += behind.end() if behind else 0
    return labels


def other_role(clause: str, asked: str, kind: str) -> bool:
    """Tell whether a clause speaks of the neighbouring field and not of the one asked for."""
    named = {found.lastgroup for found in _label_pattern(kind).finditer(clause)}
    return bool(named - {"stop"}) and asked not in named


@lru_cache(maxsize=8)
def _label_pattern(kind: str) -> re.Pattern[str]:
    names = (*_PAIRS.get(kind, ()), "stop")
    return re.compile("|".join(f"(?P<{name}>{_LABELS[name]})" for name in names))
