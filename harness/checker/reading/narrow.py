"""Steps by which an answer with several values is reduced to those that it stands by.

Each step sets values aside for one reason: another row, what was planned, a comparison, working, a
part or the whole, another field. What is left after all of them is what the answer says.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from harness.checker.parse.quantities import asked_noun
from harness.checker.parse.units import unit_at
from harness.checker.reading.concepts import VALUE, shared_concepts
from harness.checker.reading.counted import PLURAL
from harness.checker.reading.disambiguate import CLAUSE_END, HEDGE, Context, asked_role, roles
from harness.checker.reading.labels import (
    MOST,
    SENTENCE_END,
    Label,
    asked_of,
    is_called_otherwise,
    labels_of,
    names_another,
    names_of,
    words_of,
)
from harness.checker.reading.picks import picked
from harness.checker.reading.set_aside import after_retraction
from harness.checker.reading.substitutes import tells_of_another
from harness.checker.reading.wholes import (
    DOUBT,
    LONGEST_BRACKET,
    bracket_before,
    left_over,
    named,
    of_asked_unit,
    part_of,
    total,
    total_asked,
    whole_or_part,
    without_bracketed_whole,
    without_extras,
    without_included,
    without_working,
)

if TYPE_CHECKING:
    from harness.checker.parse.mention import Mention

_CONCLUDES = re.compile(
    r"(?P<strong>(?P<final>(?:最终|正确)?答案|结论|\b(?:final )?answer\b|(?<![^\W\d_])答:)"
    r"|因此|所以|综上|总之"
    r"|最终(?!到)|可知|可得|得出|故(?!障|宫|事|居|乡)"
    r"|正确(?:结果|的)?[是为应]|实为|实际上?是|应该?[为是]|其实是|重新(?:统计|计算|核对|数)"
    r"|更正|纠正|修正|说错|算错|不对[,。]|改口"
    r"|therefore|thus|hence|\bso\b(?! (?:far|that|much|many))|correction|\bwait\b|actually|in"
    r" conclusion|should be"
    r"|\bfinal (?:price|cost|amount|total|result|value)\b"
    r"|\bmake that\b|\bi mean\b|\bcorrected?\b)"
    r"|[涨降升增减调延改移提][到至]|\b(?:moved|changed|postponed|rescheduled|put off|pushed back"
    r"|delayed|raised|reduced"
    r"|increased|cut|extended"
    r"|brought forward)\b[^.;!?\n]{0,40}?\bto (?=[a-z$€£]{0,10} ?[0-9])"
    r"|得(?:到|出)?(?=[ 0-9])(?! ?[0-9.]{1,8} ?分)"
    r"|即(?![将可使便刻日])|等于|=|≈|(?:推迟|延后|延迟|顺延|延期)[到至为]|(?:更改|改"
    r"|调整|变更)(?:为|成|到|至)"
    r"|(?P<superlative>最[早晚长短多少快慢大小高低近远后先久])[^,。;\n]{0,12}?[是为]",
    re.ASCII,
)
_SAME_END = {
    "最早": re.compile(r"最早|第一|首|头[班趟]|\b(?:first|earliest)\b"),
    "最先": re.compile(r"最先|最早|第一|首"),
    "最晚": re.compile(r"最晚|最迟|最后|末|\b(?:last|latest)\b"),
    "最迟": re.compile(r"最晚|最迟|最后|末"),
    "最后": re.compile(r"最晚|最迟|最后|末|\b(?:last|latest)\b"),
}
# What the question asks about needs no name: it lasts 90 minutes.
_PRONOUN = re.compile(
    r"(?:it|they|this|that)(?:'s|(?: [a-z]{2,10}){1,2})(?: for| about)? "
    r"|[它其该][\u4e00-\u9fff]{0,4}[是为]?"
)
_CORRECTS = re.compile(
    r"更正|纠正|修正|说错|算错|不对|重新|改口|correct|wait|actually|make that|i mean|sorry|mistake"
)
_LETTERS = frozenset("abcdefgh")
_FEW = 40  # values of which each is held against the question
_IF = re.compile(
    r"如[遇果若有逢]|若(?!干)|倘若|假如|万一|遇[雨雪]|\b(?:if|in case|unless|rain date)\b", re.ASCII
)
_IN_CLAUSE = re.compile(r"[,。;!?\n()]|\. ")
_AND = re.compile(r" ?(?:、|和|与|及|以及|,? and) ?")
_FORMER = re.compile(
    rf"原 ?{VALUE}|先{VALUE}|(?:之前|先前|早先)[^,。{VALUE}]{{0,8}}{VALUE}"
    r"|原(?:[定本来先计价为是]|计划|开点|到点|发车|售价|票价)|计划|图定|预定|本应|本该|应[到出交收]"
    r"|曾(?!经理)|此前|以前|之前是|过去|上(?:周|个?月|次)|去年|前年"
    r"|往年|起初|最初"
    r"|先定|先算|初步|误|旧|\b(?:scheduled|original\w*|former\w*|previous\w*|used to|initially"
    r"|at first"
    r"|first (?:thought|said|planned)|last (?:week|month|year|season|term|quarter)|was due"
    r"|planned|had been|(?:was|were) to (?:be|have)|no"
    r" longer|old)\b",
    re.ASCII,
)
_WAS = re.compile(r"\b(?:was|were|had)\b", re.ASCII)
_DELAY = re.compile(r"晚点|延误|误点|推迟|推后|延后|提前|delay|late|postpone|earlier")
_ARROW = re.compile(" ?(?:→|=>|-{1,2}>|⇒)")  # 18:50→19:06(晚点)
_NOW = re.compile(
    r"现(?!场|金)|目前|如今|实[际到出交收]|改[为到至成]|推迟[到至]|延[后期迟][到至]|提前[到至]"
    r"|调整[到至为]|\b(?:now|actual\w*|currently)\b"
    rf"|\b(?:delayed|moved|changed|postponed|brought forward) (?:to|until) {VALUE}",
    re.ASCII,
)
_DIFFERENCE_ASKED = re.compile(
    r"比|优惠|折扣|变化|变动|涨跌|增减|涨幅|\b(?:chang(?:ed?|es)|growth)\b|\b(?:discount\w*|reduction|off|sav(?:e|es|ed|ings?))\b|相差|差(?!不多)|差距"
    r"|(?:[多少]|(?<![昨今明当最夜])[早晚](?![上间餐饭班的])|提前?|延[后迟误]?)[^,。?]{0,6}(?:多少|几)|\b(?:than|differ\w*|gap"
    r"|ahead|behind|how much (?:more|less|longer))\b",
    re.ASCII,
)
_MORE_BY = re.compile(
    r"(?:比|较)(?![前后]者)[^,。;!?\n]{1,20}(?:多|少|早|晚|贵|便宜|高|低|长"
    r"|短|快|慢|大|小|重|轻|远|近|涨|降|增"
    r"|减)[^,。;!?\n0-9]{0,5}$"
    r"|(?:落后|领先|超出|高出|多出|节省|相差|温差|差距|上涨|下降|上升|下调|上调|减少了?"
    r"|增加了?)[^,。;!?\n0-9]{0,12}$"
    r"|(?:[可能立共]省|省[了下]|节约|(?<!最)便宜|优惠(?![价后票券])|立减|减免)了?[^,。;!?\n0-9]{0,4}$"
    r"|\bsav(?:e|es|ing)(?: you| about)? ?[$€£¥]?$"
    r"|\b(?:rose|risen|fell|fallen|grew|grown|dropped|increased|decreased|climbed|declined|up|down)"
    r" by (?:about )?[$€£¥]?$"
    r"|\b(?:exceed\w*|ahead of|behind|beat\w*|trail\w*)\b[^,.;!?\n0-9]{0,24}\bby $",
    re.ASCII,
)
_BY_SO_MUCH = re.compile(
    " ?(?:因此|所以|即|也就是|相差)?(多|少|早|晚|贵|便宜|高|低|长|短|快|慢|大|小|重|轻"
    "|远|近)(?:了|出|约)?"
)
_MORE_THAN = re.compile(
    r" ?(?:[a-z]{1,12} ){0,2}(?:more|less|fewer|longer|shorter|later|earlier|higher|lower"
    r"|cheaper|older|younger|faster"
    r"|slower|heavier|lighter|taller|ahead|behind|apart|better|worse|above|below(?! zero))\b(?! or)"
    r"| ?(?:[a-z]{1,12} )?(?:over|under|short of) (?:the|its)\b"
    r"| ?(?:euros?|dollars?|pounds?|元)? ?off (?:the|each|every|your|an?|regular|full|original)\b"
)
_COMPARED_WITH = re.compile(
    r"(?:低于|高于|超过|多于|少于|大于|小于|短于|长于|不及(?!格)|好于)[^,。;!?\n0-9]{0,10}$"
    r"|(?:相比(?:于|较)?|相较(?:于|之)?|比起|较之|对比)[^,。;!?\n]{0,16}$"
    r"|\b(?:than|compared (?:with|to)|versus|vs\.?)[^,.;!?\n0-9]{0,24}$",
    re.ASCII,
)
_BASE = re.compile(
    r"(?<![0-9.])(?<![0-9],)(?P<one>1(?:00)?|一百?) ?[\u4e00-\u9fffa-z]{1,8}? ?(?:=|≈|可?以?[兑换]"
    r"|约?等于|约?合|is |equals|buys|can be)"
)
_LAST_MARKERS = 8  # a bound on work; conclusions stand at the end


def narrow(mentions: Sequence[Mention], context: Context) -> list[Mention]:
    """Reduce several values to those that the answer concludes with or labels as asked for.

    Returns:
        The mentions that stand; all of them where nothing tells them apart.
    """
    remaining = list(mentions)
    for step in _STEPS:
        if len(remaining) > MOST and step not in (concluded, _equated):
            continue
        if len({m.value for m in remaining}) > 1:
            remaining = step(remaining, context)
    return remaining


def _after_retraction(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what follows "wait, no"."""
    return mentions if context.kind == "text" else after_retraction(mentions, context.text)


_ADVICE = re.compile(
    r" ?(?:另外|此外|同时)?,?(?:请(?!注意)|建议|记得|\bplease (?!note)|\bremember\b"
    r"|make sure|be sure)"
)


def _without_advice(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside what a sentence asks the reader to do: "Please arrive early, at 15:20"."""
    if context.kind == "text":
        return mentions
    starts = [0, *(m.end() for m in SENTENCE_END.finditer(context.text))]
    kept = [
        m for m in mentions
        if not _ADVICE.match(context.text, starts[bisect_right(starts, m.start) - 1])
    ]  # fmt: skip
    return kept or mentions


def _of_a_life(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the birth of 鲁迅(1881年9月25日-1936年10月19日), or the death, as is asked."""
    born, died = (bool(shared_concepts(context.question, word)) for word in ("born", "died"))
    if context.kind != "date" or born == died or len(mentions) != 2:
        return mentions
    one, other = mentions
    text = context.text
    if not text.endswith("(", 0, one.start) or text[one.end : other.start].strip() not in "-~":
        return mentions
    return [one if born else other]


# In, on and at say where or when; to and from which way.
_SLOTS = {"on": "at", "in": "at", "at": "at", "to": "to", "from": "from", "for": "for", "of": "of"}
_SLOT = re.compile(r"\b(on|in|at|to|from|for|of) (?:the )?([a-z]{3,})", re.ASCII)


def _in_asked_place(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what is told "to the airport", and not "to the zoo", where the question says so too."""
    if context.kind == "text" or len(mentions) > _FEW:
        return mentions
    asked = _slots(context.question)
    told = [_slots(label.text) for label in labels_of(mentions, context.text)]
    told_of = {how for slots in told for how, _ in slots & asked}
    kept = [
        m for m, slots in zip(mentions, told, strict=True)
        if told_of.isdisjoint(
            {how for how, _ in slots - asked} - {how for how, _ in slots & asked}
        )
    ]  # fmt: skip
    return kept or mentions


def _slots(text: str) -> frozenset[tuple[str, str]]:
    return frozenset((_SLOTS[m[1]], m[2]) for m in _SLOT.finditer(text))


def _of_this_row(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside the values of other rows: of 2号楼, where 3号楼 is asked for."""
    asked = names_of(context.question)
    if not asked or len(mentions) > MOST:
        return mentions
    kept = [
        m for m, label in zip(mentions, labels_of(mentions, context.text), strict=True)
        if not names_another(names_of(f"{label.heading} {label.text}"), asked)
        and not names_another(names_of(bracket_before(m, context.text)), asked)
        and not _is_other_letter(label, asked)
    ]  # fmt: skip
    return kept or mentions


def _is_other_letter(label: Label, asked: dict[str, frozenset[str]]) -> bool:
    """Whether a value is headed by another letter than the one of "option B"."""
    head = label.head.strip(" :,;-\n")
    letters = [names for names in asked.values() if all(len(name) == 1 for name in names)]
    return len(head) == 1 and head in _LETTERS and any(head not in names for names in letters)


def _of_this_thing(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside what is told of another thing, where the answer has words for the one asked for."""
    if context.kind == "text" or not context.question or len(mentions) > _FEW:
        return mentions
    asked = asked_of(context.question).text
    kept: list[Mention] = []
    last: Mention | None = None
    for m, label in zip(mentions, labels_of(mentions, context.text), strict=True):
        goes_on = last is not None and _AND.fullmatch(context.text[last.end : m.start][:8])
        told = f"{label.lead} {label.head}{VALUE}{label.tail}"
        if goes_on:
            off = not kept or kept[-1] is not last
        else:
            off = not label.cells and tells_of_another(told, context.text, asked, frozenset())
        kept += [] if off else [m]
        last = m
    return kept or mentions


def _without_other_sentences(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside the sentences behind the first that tell of nothing but other things."""
    kept = _of_this_thing(mentions, context)
    if len(kept) == len(mentions):
        return mentions
    ends = [m.start() for m in SENTENCE_END.finditer(context.text)]
    within = [bisect_left(ends, m.start) for m in mentions]
    starts = {m.start for m in kept}
    told = {at for at, m in zip(within, mentions, strict=True) if m.start in starts}
    told.add(within[0])
    return [m for at, m in zip(within, mentions, strict=True) if at in told]


def _without_asides(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside what a bracket says of something else: (the return leg takes 2 h 55 min)."""
    if context.kind == "text" or len(mentions) > _FEW:
        return mentions
    asked = asked_of(context.question).words
    text = context.text
    kept = [
        m for m, label in zip(mentions, labels_of(mentions, text), strict=True)
        if not _is_aside(m, label, text, asked)
    ]  # fmt: skip
    return kept or mentions


def _is_aside(mention: Mention, label: Label, text: str, asked: frozenset[str]) -> bool:
    start = mention.start - len(label.head)
    words = words_of(label.head)
    if len(words) < 3 or DOUBT.search(label.head) or _CONCLUDES.search(label.head):
        return False
    opened = text[max(0, start - 1) : start] == "(" and text[mention.end :][:12].find(")") >= 0
    return opened and bool(words) and words.isdisjoint(asked)


def _without_former(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside what was planned or was so before, unless the question asks for that."""
    if context.kind == "text":
        return mentions
    labels = labels_of(mentions, context.text)
    if _asks_former(context.question):
        if context.kind not in ("time", "date"):
            return mentions
        told = [m for m, label in zip(mentions, labels, strict=True) if not says_now(label)]
        return told or mentions
    now = [bool(_NOW.search(label.text)) for label in labels]
    both = f"{context.text}\n{context.question}"
    changes = _DELAY.search(both) or _NOW.search(both)
    past = [
        bool(
            _FORMER.search(label.text)
            or (any(now) and _WAS.search(label.text))
            or (changes and _ARROW.match(context.text, m.end))
        )
        for m, label in zip(mentions, labels, strict=True)
    ]
    kept = [m for m, old, new in zip(mentions, past, now, strict=True) if new or not old]
    return kept or mentions


def says_now(label: Label) -> bool:
    """Tell whether a value is called the present one, and not what was planned."""
    return bool(_NOW.search(label.text)) and _FORMER.search(label.text) is None


def asks_former(question: str) -> bool:
    """Tell whether a prepared question asks for nothing but what was planned."""
    return bool(question) and _asks_former(question)


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
            is_difference(m, text)
            or _COMPARED_WITH.search(text[max(0, m.start - 20) : m.start])
        )
    ]  # fmt: skip
    return kept or mentions


def _without_conditional(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside what is so only under a condition: 如遇雨顺延至10月24日."""
    if context.kind == "text" or _IF.search(context.question):
        return mentions
    text = context.text
    kept = [
        m for m in mentions
        if not _IF.search(_IN_CLAUSE.split(text[max(0, m.start - LONGEST_BRACKET) : m.start])[-1])
    ]  # fmt: skip
    return kept or mentions


def concluded(mentions: list[Mention], context: Context) -> list[Mention]:
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


def _of_asked_base(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what one euro is where a euro is asked about, and not what a dollar is."""
    if context.kind != "number" or len(mentions) > _FEW:
        return mentions
    return [m for m in mentions if not is_of_other_base(m, context)] or mentions


def is_of_other_base(mention: Mention, context: Context) -> bool:
    """Tell whether a value is what one of another money is worth than the question says."""
    asked = _money_base(context.question) if context.kind == "number" else None
    if asked is None:
        return False
    before = context.text[max(0, mention.start - 32) : mention.start]
    bases = [unit for found in _BASE.finditer(before) if (unit := _unit_of(found))]
    return bool(bases) and bases[-1] != asked


def _money_base(question: str) -> str | None:
    """The money of which one is asked for in another: 1欧元等于多少元."""
    found = _BASE.search(question)
    return _unit_of(found) if found else None


def _unit_of(base: re.Match[str]) -> str | None:
    unit = unit_at(base.string, base.start("one"), base.end("one"))
    return unit.measures if unit is not None and unit.is_money else None


def _equated(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what follows the last "=", "that is" or "the earliest is"."""
    markers = [m for m in _CONCLUDES.finditer(context.text) if not m["strong"]]
    last = _last_of(markers, mentions, context)
    totals = total(mentions, context)
    return totals if totals[0].start > last[-1].end else last


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
    found = [m for m in mentions if is_difference(m, context.text)]
    found = found or [
        m for m, label in zip(mentions, labels_of(mentions, context.text), strict=True)
        if (how := _BY_SO_MUCH.fullmatch(label.head)) and how[1] in context.question
    ]  # fmt: skip
    return found if len({m.value for m in found}) == 1 else mentions


def asks_difference(question: str) -> bool:
    """Tell whether a prepared question asks by how much two things differ."""
    return bool(_DIFFERENCE_ASKED.search(question))


def is_difference(mention: Mention, text: str) -> bool:
    """Tell whether a value says by how much one thing is more or less than another."""
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
        return mentions if later and HEDGE.search(context.text, end) else inside
    return mentions


def _inside(marker: re.Match[str], mentions: list[Mention], context: Context) -> list[Mention]:
    """The values that a concluding word brings in: to the end of its sentence or clause."""
    superlative = marker["superlative"]
    if superlative and not _asks_for(superlative, context.question):
        return []
    end_pattern = CLAUSE_END if superlative else SENTENCE_END
    found = end_pattern.search(context.text, marker.end())
    end = found.start() if found else len(context.text)
    return [m for m in mentions if marker.end() <= m.start < end]


def _asks_for(superlative: str, question: str) -> bool:
    """Whether a question asks for the most of a scale; the earliest is the first too."""
    others = _SAME_END.get(superlative[:2])
    return superlative in question or (others is not None and bool(others.search(question)))


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
    if not re.search(r"[,。!?;()\n]| - |:(?![0-9])", text[mentions[0].end : mentions[1].start]):
        return mentions
    first, *others = zip(mentions, labels_of(mentions, text), strict=True)
    if len(words_of(first[1].tail)) > 1 or DOUBT.search(text, mentions[0].end):
        return mentions
    asked = asked_of(context.question)
    rest = [label for m, label in others if m.value != mentions[0].value]
    apart_from = all(words_of(label.text) - asked.words for label in rest)
    clash = any(words_of(label.text) & asked.field for label in rest)
    return [mentions[0]] if apart_from and not clash else mentions


def _of_it(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what is told of "it", where all others are told of something else."""
    text = context.text
    if not context.question or not _PRONOUN.fullmatch(text[: mentions[0].start][:32]):
        return mentions
    asked = asked_of(context.question)
    first, *others = zip(mentions, labels_of(mentions, text), strict=True)
    rest = [words_of(label.text) for m, label in others if m.value != first[0].value]
    if is_called_otherwise(first[1], asked):
        return mentions
    if words_of(first[1].tail) - asked.words or DOUBT.search(text, first[0].end):
        return mentions
    told = all(words - asked.words and not asked.field <= words for words in rest)
    return [first[0]] if told else mentions


def _in_asked_role(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the departure where the departure is asked for, if every value is labelled."""
    asked = asked_role(context.question, context.kind)
    if not asked:
        return mentions
    labels = roles(mentions, context)
    if any(not label for label in labels) or asked not in labels:
        return mentions
    return [m for m, label in zip(mentions, labels, strict=True) if label == asked]


def _of_asked_noun(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the platform where a platform is asked for, if every number has another noun."""
    noun = asked_noun(context.question) if context.kind == "number" else ""
    if not noun or any(not m.unit for m in mentions):
        return mentions
    return [m for m in mentions if m.unit.startswith(noun[:4])] or mentions


def _without_other_nouns(mentions: list[Mention], context: Context) -> list[Mention]:
    """Set aside the continents of "21 countries from five continents", asked for countries."""
    noun = asked_noun(context.question) if context.kind == "number" else ""
    if not PLURAL.fullmatch(noun) or not any(m.unit == noun for m in mentions):
        return mentions
    return [m for m in mentions if m.unit == noun or not PLURAL.fullmatch(m.unit)]


def _with_asked_noun(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take what an English answer counts as the question does: 24 chapters, 12 in each part."""
    noun = asked_noun(context.question) if context.kind == "number" else ""
    if not noun.isascii():
        return mentions
    return [m for m in mentions if noun and m.unit.startswith(noun[:4])] or mentions


_STEPS: tuple[Callable[[list[Mention], Context], list[Mention]], ...] = (
    _after_retraction, _of_a_life, _without_advice, _of_this_row, _in_asked_place, part_of,
    _without_conditional, without_bracketed_whole, without_working, _without_asides, without_extras,
    _without_former, _difference, _without_differences, concluded, picked, left_over,
    of_asked_unit, _without_other_nouns, whole_or_part, total_asked, _of_asked_base, _equated,
    _in_asked_role, _of_asked_noun, _of_it, _without_other_sentences, named, _of_this_thing, total,
    without_included, _with_asked_noun, _current, _alone, _leading,
)  # fmt: skip
