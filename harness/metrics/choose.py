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

from harness.metrics.quantities import asked_noun

if TYPE_CHECKING:
    from harness.metrics.mention import Mention
    from harness.metrics.values import ValueKind

_DENIED = re.compile(
    r"(?:(?<!是)不是|并非|而非|绝非|不会是?|不在|不到|不为|不包括|不含|不包含|除了?|不停|不经过?|不[由归去从叫选姓属]于?"
    r"|\bnot\b|isn't|wasn't|rather than|instead of)"
    r"(?:(?!是|而|就|但|\bbut\b|为)[^,。;!?\n]){0,12}$",
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
    r"(?:不到|不足|超过|大于|小于|多于|少于|高于|低于|最多|至多|最少|至少"
    r"|(?:more|less|fewer|longer|shorter) than|over|under|at (?:least|most)) ?(?:约|了)? ?$"
)
_AND_MORE = re.compile(r" ?(?:多(?!少)|以上|以下|or more|or less)")
_BEFORE_TIME = re.compile(r"(?:(?:不早|不晚|早|晚)于|\b(?:after|before|until|since)) ?$", re.ASCII)
_AFTER_TIME = re.compile(r" ?[之以]?[前后](?![往续天])")
_OR = re.compile(r"(?:或|还是|抑或|要么|\bor\b)", re.ASCII)
_RANGE = re.compile(r"[^\W\d_]{0,3}? ?(?:到|至|~|\bto\b) ?", re.ASCII)
_LONGEST_RANGE = 12
_HEDGE = re.compile(
    r"或|还是|可能|也许|大概|说不定|不确定|\bor\b|maybe|perhaps|might|possibly", re.ASCII
)
_CONCLUDES = re.compile(
    r"因此|所以|综上|总之|答案|结论|最终(?!到)|可知|可得|得出|故(?!障)|即(?![将可使便刻日])|等于|="
    r"|共计|一共|总共|合计|总计|相差|共(?=[0-9有计是为约一二两三四五六七八九十])"
    r"|(?:推迟|延后|延迟|顺延)[到至为]|(?:更改|改|调整|变更)为"
    r"|更正|纠正|修正|说错|不对[,。]"
    r"|(?P<superlative>最[早晚长短多少快慢大小高低近远后先久])[^,。;\n]{0,12}?[是为]"
    r"|therefore|thus|hence|\bso\b|answer|in total|total of|correction|wait,|actually",
    re.ASCII,
)
_LAST_MARKERS = 8  # a bound on work; conclusions stand at the end
_SENTENCE_END = re.compile(r"[。!?;\n]|\. ")
_CLAUSE_END = re.compile(r"[,。!?;\n]|\. ")
_DELAY = re.compile(r"晚点|延误|误点|推迟|推后|延后|提前|delay|late|postpone|earlier")
_PLANNED = re.compile(r"(?:原|计划|图定|正点|本应|本该|scheduled|original)[^,。;\n0-9]{0,12}$")

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
    before = text[max(0, mention.start - 18) : mention.start]
    return bool(_DENIED.search(before) or _REFUTED.match(text, mention.end))


def asked_and_denied(mention: Mention, text: str) -> bool:
    """Tell whether the answer asks itself whether it is this value, and says no."""
    return bool(_ASKED_AND_DENIED.match(text, mention.end))


def is_bound(mention: Mention, context: Context) -> bool:
    """Tell whether the answer only says that it is more, less, earlier or later than this."""
    before = context.text[max(0, mention.start - 14) : mention.start]
    if context.kind in ("time", "date"):
        return bool(_BEFORE_TIME.search(before) or _AFTER_TIME.match(context.text, mention.end))
    if context.kind in ("number", "duration"):
        return bool(_BELOW.search(before) or _AND_MORE.match(context.text, mention.end))
    return False


def offers_choice(mentions: Sequence[Mention], text: str) -> bool:
    """Tell whether two different values stand side by side as alternatives."""
    for one, other in pairwise(mentions):
        between = text[one.end : other.start]
        if one.value != other.value and len(between) <= 16 and _OR.search(between):
            return True
    return False


def gives_range(mentions: Sequence[Mention], text: str) -> bool:
    """Tell whether two different numbers stand as the ends of a range: 10到12趟."""
    return any(
        one.value != other.value and _RANGE.fullmatch(text[one.end : other.start][:_LONGEST_RANGE])
        for one, other in pairwise(mentions)
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
    steps: tuple[Callable[[list[Mention], Context], list[Mention]], ...] = (
        _without_planned, _concluded, _in_asked_role, _of_asked_noun, _whole_or_part,
        _labelled_as_asked,
    )  # fmt: skip
    for step in steps:
        if len({m.value for m in remaining}) > 1:
            remaining = step(remaining, context)
    return remaining


def _without_planned(mentions: list[Mention], context: Context) -> list[Mention]:
    """After a delay the time in the timetable is not the answer, where it is called so."""
    if context.kind != "time" or not _DELAY.search(context.question):
        return mentions
    rest = [
        m for m in mentions if not _PLANNED.search(context.text[max(0, m.start - 20) : m.start])
    ]
    return rest or mentions


def _concluded(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what follows the last "so", "=" or "the earliest is", unless a hedge comes after."""
    text = context.text
    for marker in reversed(list(_CONCLUDES.finditer(text))[-_LAST_MARKERS:]):
        superlative = marker["superlative"]
        if superlative and superlative not in context.question:
            continue
        end_pattern = _CLAUSE_END if superlative else _SENTENCE_END
        found = end_pattern.search(text, marker.end())
        end = found.start() if found else len(text)
        inside = [m for m in mentions if marker.end() <= m.start < end]
        if not inside:
            continue
        later = any(m.start >= end for m in mentions)
        return mentions if later and _HEDGE.search(text, end) else inside
    return mentions


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
    return [m for m in mentions if m.unit.startswith(noun)] or mentions


def _whole_or_part(mentions: list[Mention], context: Context) -> list[Mention]:
    """共36人，其中男生20人: the part where its own words are asked for, else the whole."""
    at = context.text.find("其中")
    whole = [m for m in mentions if m.end <= at]
    part = [m for m in mentions if m.start > at]
    if context.kind != "number" or not whole or not part:
        return mentions
    pairs = [
        {text[i : i + 2] for i in range(len(text) - 1) if text[i : i + 2] in context.question}
        for text in (context.text[:at], context.text[at + len("其中") :])
    ]
    return part if pairs[1] - pairs[0] else whole


def _labelled_as_asked(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the value that alone is called what the question asks for, if each is called something.

    会议14:00开始，16:30结束 and 候车厅：甲；检票口：乙.
    """
    labels = [_label(mention, context.text) for mention in mentions]
    if not context.question or not all(labels):
        return mentions
    kept = [m for m, label in zip(mentions, labels, strict=True) if label in context.question]
    return kept if len({m.value for m in kept}) == 1 else mentions


def _label(mention: Mention, text: str) -> str:
    """The two characters or the word before a colon or 是, or else right behind a value."""
    head = _NAMED.search(text[max(0, mention.start - _LABEL_REACH) : mention.start])
    if head:
        return head[1] if head[1].isascii() else head[1][-2:]
    tail = _CALLED.match(text, mention.end)
    return tail[1] if tail else ""


_NAMED = re.compile(r"(?:^|(?<=[,。;|\n ]))([^\W\d_]{2,12}) ?(?::|是|为|在) ?$")
_CALLED = re.compile(r" ?(?:分|整|次)? ?([^\W\d_]{2})")
