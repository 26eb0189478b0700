"""Which of several values an answer stands by.

An answer may restate the question, deny a wrong value, compare, show its working or name the
neighbouring field. What is left after those readings is what it says; if that is more than one
value, it hedges.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.metrics.concepts import VALUE
from harness.metrics.labels import (
    MOST,
    SENTENCE_END,
    apart,
    asked_of,
    is_called_otherwise,
    labels_of,
    names_another,
    names_of,
    words_of,
)
from harness.metrics.quantities import asked_noun

if TYPE_CHECKING:
    from harness.metrics.mention import Mention
    from harness.metrics.values import ValueKind

_DENIED = re.compile(
    r"(?:(?<!是)不是|并非|而非|绝非|不会是?|不在|不到|不为|不包括|不含|不包含|除了?|不停|不经过?|不[由归去从叫选姓属卖收用花值]于?"
    r"|rather than|instead of)(?:(?!是|而|就|但|\bbut\b|为)[^,。;!?\n]){0,12}$"
    r"|(?:\bnot\b|n't\b|\bnever\b)(?! only)(?:(?!\bbut\b|\buntil\b|\bthan\b)[^,。;!?\n]){0,32}$",
    re.ASCII,
)
_REFUTED = re.compile(
    r"[\"”')]? ?(?:次|站)?(?:列车)?"
    r"(?:不对|是错|错误|有误|不符合|不满足|除外|并不|不是正确|没有?关系|无关|没关|is (?:wrong|not))"
)
_ASKED_AND_DENIED = re.compile(
    r"[\"”')]? ?(?:次|站)?(?:列车)?[吗么吧]?[\"”')]? ?\? ?,? ?(?:不(?!错)|错|并非|当然不|no\b"
    r"|nope|wrong)",
    re.ASCII,
)
_COMPARED = re.compile(r"(?:比|than|晚于|早于|快于|慢于|长于|短于) ?(?:约|车次|列车)?$")
_BELOW = re.compile(
    r"(?:不到|不足|不止|不仅|超过|大于|小于|多于|少于|高于|低于|不低于|不高于|最多|至多|最少"
    r"|至少|起码|少说|将近|接近|逼近|临近|近(?=[ 0-9一二三四五六七八九十百]*$)"
    r"|(?<![最附])近"
    r"|\b(?:more|less|fewer|longer|shorter|higher|lower|greater|older|younger) than|\b(?:just "
    r"|well )?(?:over|under)"
    r"|\bat (?:least|most)|\bup to|\bno (?:more|less|fewer) than|\bnearly|\balmost|\bclose to"
    r"|\bas many as|\bas much as"
    r"|\bbetween [a-z0-9 .$:-]{1,24} and|\b(?:from|starting (?:at|from))(?= ?[$€£¥])|\bminimum"
    r" of|\bmaximum of|\bexceed(?:s|ed|ing)?|\bupwards of) ?(?:约|了|有|要|会|是|[a-z]{1,3}"
    r" )?[ $¥€£]*$",
    re.ASCII,
)
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_UNIT_BETWEEN = r"[^\W\d_]{0,3}?"
_AND_MORE = re.compile(
    rf" ?{_UNIT_BETWEEN} ?(?:多(?!少|[停花用等出了])|或更[多少早晚高低]|(?:及|或)?以[上下内外]"
    rf"|开外|有余|出头|不到|不止|起步|起售|起(?=$|[,。;!])|封顶"
    r"|or (?:more|less|fewer|above|over|below)|and (?:above|over|up|more)|at (?:least|most)"
    r"|plus\b)|\+(?![0-9])"
)
_BEFORE_TIME = re.compile(
    r"(?:(?:不早|不晚|不迟|早|晚|迟)于|\b(?:after|before|until|since|by|past|as early as|no"
    r" (?:later|earlier) than)) ?$",
    re.ASCII,
)
# 最晚几点退房 is answered by 12:00之前, 最早几点入住 by 14:00以后.
_ASKS_LATEST = re.compile(
    r"最[晚迟]|截止|截至|期限|之前|\b(?:latest|deadline|by when|by what|due)\b", re.ASCII
)
_ASKS_EARLIEST = re.compile(r"最早|之后|\bearliest\b", re.ASCII)
_UP_TO = re.compile(r"\b(?:before|until|by|no later than) ?$|^ ?[之以]?前|不[晚迟]于 ?$", re.ASCII)
_FROM_ON = re.compile(r"\b(?:after|since|from|no earlier than) ?$|^ ?[之以]?后|不早于 ?$", re.ASCII)
_AFTER_TIME = re.compile(
    r" ?[之以]?[前后](?![往续天])| (?:at the (?:earliest|latest)|or (?:later|earlier)|onwards?)\b"
)
_OR_NUMBER = re.compile(
    r"[^,。;!?\n0-9]{0,6},? ?(?:\bor (?:maybe |perhaps |possibly |about |even )?|或者?(?:是|说)?"
    r"|也可能是?|要么)"
    r"[约$¥]?(?P<number>[0-9]+(?!%)|[一二两三四五六七八九十]+(?=[点号日月趟元块个])|(?:one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve|half|quarter)\b)",
    re.ASCII,
)
_OR = re.compile(r"(?:或|还是|抑或|要么|\bor\b)", re.ASCII)
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
_OR_SO = re.compile(r" ?[\u4e00-\u9fff]{0,3}?(?:左右|上下|前后)|(?: [a-z.]{1,8}){0,2} or so\b")
_JOINS_ENDS = re.compile(r"到|至|和|~|-|与|\band\b|\bto\b", re.ASCII)
_BETWEEN = re.compile(r"(?:之间|\bbetween\b)")
_LONGEST_RANGE = 12
_HEDGE = re.compile(
    r"或|还是|可能|也许|大概|说不定|不确定|\bor\b|maybe|perhaps|might|possibly", re.ASCII
)
_CONCLUDES = re.compile(
    r"(?P<strong>(?P<final>(?:最终|正确)?答案|结论|\b(?:final )?answer\b)|因此|所以|综上|总之"
    r"|最终(?!到)|可知|可得|得出|故(?!障|宫|事|居|乡)"
    r"|正确(?:结果|的)?[是为应]|实为|实际上?是|应该?[为是]|其实是|重新(?:统计|计算|核对|数)"
    r"|更正|纠正|修正|说错|算错|不对[,。]|改口"
    r"|therefore|thus|hence|\bso\b(?! (?:far|that|much|many))|correction|\bwait\b|actually|in"
    r" conclusion|should be"
    r"|\bmake that\b|\bi mean\b|\bcorrected?\b)"
    r"|[涨降升增减调延改移提][到至]|\b(?:moved|changed|postponed|rescheduled|delayed|raised|reduced|increased|cut|extended"
    r"|brought forward)\b[^.;!?\n]{0,40}?\bto (?=[a-z$€£]{0,10} ?[0-9])"
    r"|即(?![将可使便刻日])|等于|=|≈|(?:推迟|延后|延迟|顺延|延期)[到至为]|(?:更改|改|调整|变更)(?:为|成|到|至)"
    r"|(?P<superlative>最[早晚长短多少快慢大小高低近远后先久])[^,。;\n]{0,12}?[是为]",
    re.ASCII,
)
_CORRECTS = re.compile(
    r"更正|纠正|修正|说错|算错|不对|重新|改口|correct|wait|actually|make that|i mean|sorry|mistake"
)
_REST = re.compile(r"其余|其他|另外|剩下|剩余|\b(?:the (?:others?|rest)|remaining)\b", re.ASCII)
_WHOLE = re.compile(
    rf"共|总|全(?:部|班|校|程|年|天|表|站|馆|店|长)|合计|\b(?:out of|in total|altogether|in all"
    rf"|a total of)\b|\bof (?:the |all |its |these )?(?:\w+ )?{VALUE}",
    re.ASCII,
)
_TOTAL = re.compile(
    rf"(?:共计?|总计|总共|合计|相差)(?:有|是|为|约)?[^,。]{{0,6}}{VALUE}|total(?:s|ing)? (?:of"
    rf" )?{VALUE}"
    rf"|{VALUE}[^,.;]{{0,16}}\b(?:in total|in all|altogether)\b|\btotal\b[^,.;]{{0,16}}{VALUE}",
    re.ASCII,
)
_OPERATOR = re.compile(r" ?[+*×x÷/-] ?[0-9(]")
_TOTAL_ASKED = re.compile(r"共|总|合计|全部|\b(?:total|altogether|in all)\b", re.ASCII)
_FORMER = re.compile(
    rf"原 ?{VALUE}|先{VALUE}|(?:之前|先前|早先)[^,。{VALUE}]{{0,8}}{VALUE}"
    r"|原(?:[定本来先计价为是]|计划|开点|到点|发车|售价|票价)|计划|图定|预定|本应|本该|曾(?!经理)|此前|以前|之前是|过去|上(?:周|个?月|次)|去年|前年|往年|起初|最初"
    r"|先定|先算|初步|误|旧|\b(?:scheduled|original\w*|former\w*|previous\w*|used to|initially"
    r"|at first"
    r"|first (?:thought|said|planned)|last (?:week|month|year)|was due|planned|had been|no"
    r" longer|old)\b",
    re.ASCII,
)
_WAS = re.compile(r"\b(?:was|were|had)\b", re.ASCII)
_DELAY = re.compile(r"晚点|延误|误点|推迟|推后|延后|提前|delay|late|postpone|earlier")
_NOW = re.compile(
    r"现(?!场|金)|目前|如今|实际|改[为到至成]|推迟[到至]|延[后期迟][到至]|提前[到至]|调整[到至为]|\b(?:now|actual\w*|currently)\b"
    rf"|\b(?:delayed|moved|changed|postponed|brought forward) (?:to|until) {VALUE}",
    re.ASCII,
)
_DIFFERENCE_ASKED = re.compile(
    r"比|相差|差(?!不多)|差距|[多少早晚提延]前?[^,。?]{0,6}(?:多少|几)|\b(?:than|differ\w*|gap"
    r"|ahead|behind|how much (?:more|less|longer))\b",
    re.ASCII,
)
_MORE_BY = re.compile(
    r"(?:比|较)(?![前后]者)[^,。;!?\n]{1,20}(?:多|少|早|晚|贵|便宜|高|低|长|短|快|慢|大|小|重|轻|远|近|涨|降|增|减)[^,。;!?\n0-9]{0,5}$"
    r"|(?:落后|领先|超出|高出|多出|节省|相差|温差|差距|上涨|下降|上升|下调|上调|减少了?|增加了?)[^,。;!?\n0-9]{0,12}$"
    r"|\b(?:exceed\w*|ahead of|behind|beat\w*|trail\w*)\b[^,.;!?\n0-9]{0,24}\bby $",
    re.ASCII,
)
_MORE_THAN = re.compile(
    r" ?(?:[a-z]{1,12} ){0,2}(?:more|less|fewer|longer|shorter|later|earlier|higher|lower"
    r"|cheaper|older|younger|faster"
    r"|slower|heavier|lighter|taller|ahead|behind|apart|better|worse|above|below(?! zero))\b(?! or)"
)
_COMPARED_WITH = re.compile(
    r"(?:低于|高于|超过|多于|少于|大于|小于|短于|长于|不及|好于)[^,。;!?\n0-9]{0,10}$"
    r"|\b(?:than|compared (?:with|to)|versus|vs\.?)[^,.;!?\n0-9]{0,24}$",
    re.ASCII,
)
_DOUBT = re.compile(
    r"或|还是|可能|也许|大概|说不定|不确定|据说|有人|[也又]有|另一|不同说法|说是|\bor\b|maybe|perhaps|might|possibly"
    r"|\bothers?\b|some sa|unsure|another source|sources",
    re.ASCII,
)
_LAST_MARKERS = 8  # a bound on work; conclusions stand at the end
_CLAUSE_END = re.compile(r"[,。!?;\n]|\. ")
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
    strong = [m for m in kept if not m.weak]
    return strong or kept


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
        after = context.text[mention.end : mention.end + 4]
        if _is_limit(before, after, context.question):
            return False
        told = _BEFORE_TIME.search(before)
        if told and re.search(rf"\b{re.escape(told[0].strip())}\b", context.question, re.ASCII):
            return False
        return bool(told or _AFTER_TIME.match(context.text, mention.end))
    if context.kind in ("number", "duration"):
        if _YEAR.fullmatch(context.text, mention.start, mention.end) and _BEFORE_TIME.search(
            before
        ):
            return True
        return bool(_BELOW.search(before) or _AND_MORE.match(context.text, mention.end))
    return False


def _is_limit(before: str, after: str, question: str) -> bool:
    """Whether a bound is what the question asks for, by the words on its sides."""
    for asks, bound in ((_ASKS_LATEST, _UP_TO), (_ASKS_EARLIEST, _FROM_ON)):
        if asks.search(question):
            return bool(bound.search(before) or bound.search(after))
    return False


def offers_more(mentions: Sequence[Mention], text: str) -> bool:
    """Tell whether an "or" with another number, of whatever form, follows one of the values."""
    starts = {m.start for m in mentions}
    for mention in mentions:
        found = _OR_NUMBER.match(text, mention.end)
        if found and not starts.intersection(range(found.start("number"), found.end() + 1)):
            return True
    return False


def offers_choice(mentions: Sequence[Mention], text: str) -> bool:
    """Tell whether two different values stand side by side as alternatives."""
    for one, other in pairwise(mentions):
        between = text[one.end : other.start]
        if one.value != other.value and len(between) <= 16 and _OR.search(between):
            return True
    return False


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
        if one.value != other.value and (
            (
                plain
                and (not between or _RANGE.fullmatch(between))
                and not _SUBTRACTS.match(text, other.end)
            )
            or (_JOINS_ENDS.search(between) and _is_between(text, one.start, other.end))
        ):
            ends |= {one.start, other.start}
    return bool(ends) and all(m.start in ends for m in mentions if same(m))


def _is_between(text: str, start: int, end: int) -> bool:
    return bool(
        _BETWEEN.search(text[max(0, start - 16) : start]) or _BETWEEN.search(text[end : end + 8])
    )


def is_misnamed(mentions: Sequence[Mention], context: Context) -> bool:
    """Tell whether a value is called another thing than is asked for, wherever it stands."""
    if not context.question or context.kind == "text":
        return False
    asked = asked_of(context.question)
    titles = frozenset(_TITLE.findall(context.question))
    if context.kind in ("number", "duration") and not _DIFFERENCE_ASKED.search(context.question):
        if all(_is_difference(m, context.text) for m in mentions):
            return True
    names = names_of(context.question) if _tells_rows(context) else {}
    return all(
        is_called_otherwise(label, asked)
        or names_another(names_of(f"{label.heading} {label.text}"), names)
        or _is_not_so(label.tail, asked.field)
        or _is_of_another(label.text, titles, context.text)
        for label in labels_of(mentions, context.text)
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


def hedges(text: str) -> bool:
    """Tell whether a prepared answer holds words of doubt."""
    return bool(_HEDGE.search(text))


def narrow(mentions: Sequence[Mention], context: Context) -> list[Mention]:
    """Reduce several values to those that the answer concludes with or labels as asked for.

    Returns:
        The mentions that stand; all of them where nothing tells them apart.
    """
    remaining = list(mentions)
    for step in _STEPS:
        if len({m.value for m in remaining}) > 1:
            remaining = step(remaining, context)
    return remaining


def _of_this_row(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside the values of other rows: of 2号楼 or iPhone 14 where 3号楼 or iPhone 15 is asked."""
    asked = names_of(context.question)
    if not asked or len(mentions) > MOST:
        return mentions
    kept = [
        m for m, label in zip(mentions, labels_of(mentions, context.text), strict=True)
        if not names_another(names_of(f"{label.heading} {label.text}"), asked)
    ]  # fmt: skip
    return kept or mentions


def _without_former(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside what was planned or was so before, unless the question asks for that."""
    if context.kind == "text" or _asks_former(context.question):
        return mentions
    labels = labels_of(mentions, context.text)
    now = [bool(_NOW.search(label.text)) for label in labels]
    past = [
        bool(_FORMER.search(label.text) or (any(now) and _WAS.search(label.text)))
        for label in labels
    ]
    kept = [m for m, old, new in zip(mentions, past, now, strict=True) if new or not old]
    return kept or mentions


def _asks_former(question: str) -> bool:
    """Whether a question wants what was planned; one that only tells it asks for what came."""
    if _FORMER.search(asked_of(question).near):
        return True
    told = _NOW.search(question) or _DELAY.search(question)
    return bool(_FORMER.search(question)) and not told


def _without_differences(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside by how much the answer differs from another row, unless that is asked for."""
    if context.kind not in ("number", "duration") or _DIFFERENCE_ASKED.search(context.question):
        return mentions
    text = context.text
    kept = [
        m for m in mentions
        if not (
            _is_difference(m, text)
            or _COMPARED_WITH.search(text[max(0, m.start - 20) : m.start])
        )
    ]  # fmt: skip
    return kept or mentions


def _concluded(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what follows the last "so", "=" or "the earliest is", unless a hedge comes after.

    A conclusion in so many words goes before a mere sum. Two that differ are a hedge.
    """
    text = context.text
    strong = [m for m in _CONCLUDES.finditer(text) if m["strong"]]
    finals = [_inside(m, mentions, context) for m in strong[-_LAST_MARKERS:] if m["final"]]
    values = [frozenset(m.value for m in inside) for inside in finals if inside]
    if len(set(values)) > 1 and not _CORRECTS.search(text):
        return mentions
    return _last_of(strong, mentions, context)


def _equated(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what follows the last "=", "that is" or "the earliest is"."""
    markers = [m for m in _CONCLUDES.finditer(context.text) if not m["strong"]]
    return _last_of(markers, mentions, context)


def _total_asked(mentions: list[Mention], context: Context) -> list[Mention]:
    return _total(mentions, context) if _TOTAL_ASKED.search(context.question) else mentions


def _total(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the value that is called the total, if one is."""
    if context.kind not in ("number", "duration"):
        return mentions
    labels = labels_of(mentions, context.text)
    totals = [
        m for m, label in zip(mentions, labels, strict=True)
        if _TOTAL.search(label.text) and not _OPERATOR.match(context.text, m.end)
    ]  # fmt: skip
    return totals if len({m.value for m in totals}) == 1 else mentions


def _current(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the value that alone is called the present one."""
    if context.kind == "text" or _asks_former(context.question):
        return mentions
    labels = labels_of(mentions, context.text)
    now = [m for m, label in zip(mentions, labels, strict=True) if _NOW.search(label.text)]
    return now if len({m.value for m in now}) == 1 else mentions


def _difference(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take by how much one is more than the other, where that is asked for."""
    if context.kind not in ("number", "duration") or not _DIFFERENCE_ASKED.search(context.question):
        return mentions
    found = [m for m in mentions if _is_difference(m, context.text)]
    return found if len({m.value for m in found}) == 1 else mentions


def _is_difference(mention: Mention, text: str) -> bool:
    return bool(
        _MORE_BY.search(text[max(0, mention.start - 32) : mention.start])
        or _MORE_THAN.match(text, mention.end)
    )


def _last_of(
    markers: Sequence[re.Match[str]], mentions: list[Mention], context: Context
) -> list[Mention]:
    for marker in reversed(markers[-_LAST_MARKERS:]):
        inside = _inside(marker, mentions, context)
        if not inside:
            continue
        end = max(m.end for m in inside)
        later = any(m.start >= end for m in mentions)
        return mentions if later and _HEDGE.search(context.text, end) else inside
    return mentions


def _inside(marker: re.Match[str], mentions: list[Mention], context: Context) -> list[Mention]:
    """The values that a concluding word brings in: to the end of its sentence or clause."""
    superlative = marker["superlative"]
    if superlative and superlative not in context.question:
        return []
    end_pattern = _CLAUSE_END if superlative else SENTENCE_END
    found = end_pattern.search(context.text, marker.end())
    end = found.start() if found else len(context.text)
    return [m for m in mentions if marker.end() <= m.start < end]


def _alone(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the value that stands alone in the first or the last line or sentence, if one does."""
    bare = [
        m for m, other in zip(mentions, [*mentions[1:], None], strict=True)
        if _stands_alone(m, other.start if other else len(context.text) + 1, context.text)
    ]  # fmt: skip
    at_ends = any(m is mentions[0] or m is mentions[-1] for m in bare)
    return bare if at_ends and len({m.value for m in bare}) == 1 else mentions


def _stands_alone(mention: Mention, following: int, text: str) -> bool:
    """Whether a sentence or line holds a value, its unit and no more."""
    before = text[max(0, mention.start - 12) : mention.start]
    head = SENTENCE_END.split(before)[-1]
    if head.strip(" $¥€£约:-#>*") or len(head) == 12:
        return False
    found = SENTENCE_END.search(text, mention.end, mention.end + 8)
    end = found.start() if found else len(text)
    return end < following and len(text[mention.end : end].strip()) <= 3


def _leading(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the value that the answer starts with, where the others are called something else."""
    text = context.text
    start = mentions[0].start
    if start > 16 or words_of(text[:start]) or not context.question:
        return mentions
    if not re.search(r"[,。!?;()\n]", text[mentions[0].end : mentions[1].start]):
        return mentions
    first, *others = zip(mentions, labels_of(mentions, text), strict=True)
    if len(words_of(first[1].tail)) > 1 or _DOUBT.search(text, mentions[0].end):
        return mentions
    asked = asked_of(context.question)
    rest = [label for m, label in others if m.value != mentions[0].value]
    apart_from = all(words_of(label.text) - asked.words for label in rest)
    clash = any(words_of(label.text) & asked.field for label in rest)
    return [mentions[0]] if apart_from and not clash else mentions


def _named(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the value that the answer calls what the question asks for, unless it is in doubt."""
    kept = apart(mentions, context.text, context.question)
    dropped = [m for m in mentions if m not in kept]
    for mention in dropped:
        around = context.text[max(0, mention.start - 16) : mention.end + 8]
        if _DOUBT.search(around):
            return mentions
    return kept


def _in_asked_role(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the departure where the departure is asked for, if every value is labelled."""
    asked = asked_role(context.question, context.kind)
    if not asked:
        return mentions
    labels = roles(mentions, context)
    if any(not label for label in labels) or asked not in labels:
        return mentions
    return [m for m, label in zip(mentions, labels, strict=True) if label == asked]


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
        ahead = list(pattern.finditer(_CLAUSE_END.split(head)[-1]))
        free = mention.end
        if ahead:
            labels.append(ahead[-1].lastgroup or "")
            continue
        end = mentions[i + 1].start if i + 1 < len(mentions) else len(text)
        tail = text[mention.end : min(end, mention.end + _LABEL_REACH)]
        behind = pattern.search(_CLAUSE_END.split(tail)[0])
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


def _of_asked_noun(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the platform where a platform is asked for, if every number has another noun."""
    noun = asked_noun(context.question) if context.kind == "number" else ""
    if not noun or any(not m.unit for m in mentions):
        return mentions
    return [m for m in mentions if m.unit.startswith(noun[:4])] or mentions


def _with_asked_noun(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what an English answer counts as the question does: 24 chapters, 12 in each part."""
    noun = asked_noun(context.question) if context.kind == "number" else ""
    if not noun.isascii():
        return mentions
    return [m for m in mentions if noun and m.unit.startswith(noun[:4])] or mentions


def _whole_or_part(mentions: list[Mention], context: Context) -> list[Mention]:
    """共36人，其中男生20人: the part where its own words are asked for, else the whole."""
    if context.kind not in ("number", "duration"):
        return mentions
    labels = labels_of(mentions, context.text)
    at = next((i for i, label in enumerate(labels[:-1]) if _WHOLE.search(label.text)), None)
    among = context.text.find("其中")
    if at is None:
        at = max((i for i, m in enumerate(mentions[:-1]) if m.end <= among), default=None)
    if at is None:
        return mentions
    asked = asked_of(context.question).words
    told = words_of(labels[at].text)
    names = names_of(context.question)
    own = [
        words_of(label.text) - told for label in labels[at + 1 :]
        if not _is_numbered_otherwise(label.text, names)
    ]  # fmt: skip
    if any(len(word) > 1 for words in own for word in words & asked):
        parts = [
            m for i, (m, label) in enumerate(zip(mentions, labels, strict=True))
            if i != at and not _REST.search(label.text)
        ]  # fmt: skip
        return parts or mentions
    return [mentions[at]] if among > mentions[at].end else mentions


def _is_numbered_otherwise(label: str, asked: dict[str, frozenset[str]]) -> bool:
    """Whether a label numbers one of several things, which the question does not: 一车间."""
    return any(
        number not in asked.get(sort, ())
        for sort, found in names_of(label).items()
        for number in found
    )


_STEPS: tuple[Callable[[list[Mention], Context], list[Mention]], ...] = (
    _of_this_row, _without_former, _difference, _without_differences, _concluded, _whole_or_part,
    _total_asked, _equated, _in_asked_role, _of_asked_noun, _named, _total, _with_asked_noun, _current, _alone, _leading,
)  # fmt: skip
