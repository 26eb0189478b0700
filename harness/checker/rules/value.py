"""Judging answers whose right value is a time, a duration, a number or a code."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import lru_cache

from harness.checker.parse.absence import none_clauses
from harness.checker.parse.clock import find_times
from harness.checker.parse.codes import canonical, shape_of
from harness.checker.parse.dates import find_dates
from harness.checker.parse.durations import asked_unit
from harness.checker.parse.mention import Mention, mask_mentions, names_one
from harness.checker.parse.quantities import find_numbers
from harness.checker.parse.refusal import excuses_itself, says_unknown
from harness.checker.parse.spoken import spoken_durations, spoken_times
from harness.checker.parse.units import unit_at
from harness.checker.parse.values import ValueKind, find_values, question_values, show
from harness.checker.reading.asserted import undefeated
from harness.checker.reading.concepts import VALUE
from harness.checker.reading.counted import amounts_in, find_ordinals, fitting
from harness.checker.reading.disambiguate import (
    CLAUSE_END,
    Context,
    asked_and_denied,
    asked_role,
    denied,
    is_bound,
    offers_choice,
    other_role,
    standing,
)
from harness.checker.reading.doubts import (
    ends_range,
    gives_range,
    guesses,
    is_doubly_softened,
    is_misnamed,
    offers_more,
)
from harness.checker.reading.labels import Label, asked_of, labels_of, words_of
from harness.checker.reading.narrow import asks_difference, concluded, narrow
from harness.checker.reading.set_aside import live
from harness.checker.reading.substitutes import tells_of_another
from harness.checker.verdict import (
    HEDGE,
    SAYS_NONE,
    SAYS_UNKNOWN,
    WRONG,
    Case,
    Verdict,
    correct,
    unparsed,
    wrong,
)
from harness.text.normalize import prepare

Same = Callable[[Mention], bool]
#: Half a second: 1分30秒 is 1.5 minutes whatever the rounding.
_MINUTE_TOLERANCE = 0.009
#: 0.53小时 is 32 minutes to two decimals of an hour.
_HOUR_TOLERANCE = 0.301
_ASKS_AFTERNOON = re.compile(r"下午|晚上|傍晚|\b(?:afternoon|evening|p\.?m)\b", re.ASCII)
_HALF_DAY = re.compile("[a-z早上午晚晨夜]")
_ELLIPTICAL = re.compile(
    r"(?:\b[a-z]{2,} |[了是为:共时])(?P<number>[0-9]{1,4})(?=[.,;。)]?(?:[ \n]|$)|[。,;])", re.ASCII
)
# "90 minutes in Rome and 50 in Pisa": what the first says holds for the second.
_GAPPED = re.compile(
    r"(?:[,;]|\b(?:and|but"
    r"|while))(?: (?!in\b)[a-z'-]{2,16}){0,4} "
    r"(?P<number>[0-9]{2,3})(?=[.;]?(?:$|\n)|[.;] | (?:in|for|at|on|to|by|from|with)\b)"
    r"|[,;] ?[\u4e00-\u9fff]{2,8}(?<![第号座页])(?P<number2>[0-9]{1,3})(?=[。;]|$)",
    re.ASCII,
)
_DAYS = re.compile(r"(?<![月0-9.])([0-9]{1,4}) ?日(?![期报程])")
# No number of minutes, hours or days.
_OTHER_SPAN = re.compile("年|个?月|周|个?星期|个?世纪|year|month|week")
_IN_YEAR = re.compile(r"\b(?:in|since|from|until|by|of) $", re.ASCII)
_OUT_OF = re.compile("[0-9] out of $")
_ASKS_MARKS = re.compile("分|评级|score|rating|marks?|points|grade")
_MARKS = re.compile(
    r"(?<![0-9./])(?P<got>[0-9]{1,3}(?:\.[0-9]{1,2})?) ?/ ?(?:[0-9]{1,2}0|5)(?![0-9/]|\.[0-9])"
)
_MARKS_BEFORE = re.compile("(?:满分|总分|得分?|成绩|考了?)[是为:]? ?$")
_OTHER_COUNT = re.compile(" ?[个人元块次趟度位件份公千米]")
_SHARE = re.compile("百分|percent|per cent")
_FEW = 8  # mentions of one value
_PERIODLESS = re.compile("(?:凌晨|早上|上午|中午|下午|傍晚|晚上|从|至)$")
_NONE_OF = re.compile(
    r"(?:and |but |while |而|但)?(?P<name>[a-z]{3,20}|[\u4e00-\u9fff]{1,6}?)"
    r"(?: (?:had |has |scored |got |won )?(?:none|nothing)"
    r"|(?:一个)?(?:没有?|未)(?:得分|获奖|进球)?)"
)
# 19 rooms have no balcony: so many of them, not that there is none
_COUNTS_NONE = re.compile(
    r" ?(?:the )?(?:other |remaining |其余|另外|剩下的?)?"
    r"(?:[0-9]{1,6}|[一二两三四五六七八九十]{1,3}(?=[个名位人间家]))"
    r"[^,]{1,24}?(?:\b(?:no|not)\b|n't|没有?|无)"
)
_BASE = re.compile(
    r" ?[\u4e00-\u9fffa-z ]{0,8}?(?:元|币|镑|布|铢|盾|euros?|dollars?|pounds?|usd|eur|gbp)"
    r" ?(?:=|≈|可?以?[兑换]|约?等于|约?合|is |equals|buys|can be)"
)
_NOT_ONE = re.compile(
    r"没有?|无(?!法)|未|\b(?:no|none|nobody)\b|n[o']t any|\b(?:not|never)\b", re.ASCII
)
_BEFORE = 200  # characters before a clause
_SECONDS_CLOCK = re.compile(r"(?:([0-9]+) days?,? )?([0-9]{1,2}):([0-5][0-9]):([0-5][0-9])\W*")


def judge_time(case: Case) -> Verdict:
    """Judge an answer whose right value is a time of day."""
    gold = find_times(prepare(str(case.gold.value)))
    target = str(gold[0].value) if gold else str(case.gold.value)
    mentions = find_values("time", case.text)
    if case.question:
        mentions = spoken_times(case.text, mentions)
    if _ASKS_AFTERNOON.search(case.question):
        mentions = [_in_afternoon(m, case.text) for m in mentions]
    return settle(case, "time", mentions, lambda m: m.value == target)


def _in_afternoon(mention: Mention, text: str) -> Mention:
    """Read 五点二十 as 17:20 where the question speaks of the afternoon."""
    said = text[mention.start : mention.end]
    if str(mention.value) >= "12" or said.startswith("0") or _HALF_DAY.search(said):
        return mention
    return replace(mention, value=f"{int(str(mention.value)[:2]) + 12}{str(mention.value)[2:]}")


def judge_duration(case: Case) -> Verdict:
    """Judge an answer whose right value is a length of time in minutes."""
    target = _number(case.gold.value)

    def same(mention: Mention) -> bool:
        value = float(mention.value)
        rounded = mention.unit == "hours" and value % 60 != 0
        tolerance = _HOUR_TOLERANCE if rounded else _MINUTE_TOLERANCE
        return abs(value - target) < tolerance

    found = _clock_durations(case.text) or find_values("duration", case.text)
    if case.question:
        found = spoken_durations(case.text, found)
    found = _without_marks(found, case.text)
    if found and case.question:
        sure = asked_unit(case.question) is not None
        found = _with_elliptical(found, case.text, _ELLIPTICAL if sure else _GAPPED)
    mentions = found or _bare_durations(case) or _days(case)
    return settle(case, "duration", mentions, same)


def _without_marks(found: list[Mention], text: str) -> list[Mention]:
    """Drop 满分100分, and 100分 where the minutes are called 分钟."""
    ends = [text[m.end - 1] == "分" and m.unit == "minutes" for m in found]
    spelled = any(text.startswith("分钟", m.end - 2) for m in found)
    return [
        m for m, short in zip(found, ends, strict=True)
        if not (short and (spelled or _MARKS_BEFORE.search(text[max(0, m.start - 6) : m.start])))
    ]  # fmt: skip


def _with_elliptical(found: list[Mention], text: str, pattern: re.Pattern[str]) -> list[Mention]:
    """Add numbers without a unit: "scheduled for 105 minutes but lasted 90"."""
    units = {m.unit for m in found}
    if len(units) != 1 or not units <= {"minutes", "hours"}:
        return found
    unit = found[0].unit
    scale = 60.0 if unit == "hours" else 1.0
    masked = mask_mentions(text, found)
    masked = mask_mentions(masked, find_times(masked))
    masked = mask_mentions(masked, find_dates(masked))
    bare: list[Mention] = []
    for m in pattern.finditer(masked):
        start, end = next(span for span in m.regs[1:] if span != (-1, -1))
        if pattern is _ELLIPTICAL or not names_one(text, start):
            bare.append(Mention(scale * float(masked[start:end]), start, end, unit))
    return sorted([*found, *bare], key=lambda m: m.start)


def judge_number(case: Case) -> Verdict:
    """Judge an answer whose right value is a plain number, or a share with or without its sign."""
    target = _number(case.gold.value)
    asks_share = "%" in case.question or bool(_SHARE.search(case.question))

    def same(mention: Mention) -> bool:
        value = float(mention.value)
        fraction = (
            mention.unit != "%" and asks_share and math.isclose(100 * value, target, rel_tol=1e-9)
        )
        if fraction and value <= 1:
            return True
        share = mention.unit == "%" and math.isclose(value / 100, target, rel_tol=1e-9)
        return share or math.isclose(value, target, rel_tol=1e-9, abs_tol=1e-9)

    mentions = find_values("number", case.text) or _durations_as_numbers(case) or _marks(case)
    mentions = mentions or find_ordinals(case.text, case.question)
    mentions = fitting(mentions, case.text, case.question)
    if target < 0 and (asks_difference(case.question) or _ASKS_GAIN.search(case.question)):
        mentions = [_fallen(m, case.text) for m in mentions]
    if _ASKS_YEAR.search(case.question):
        return settle(case, "number", _years(mentions, case.text), same)
    told = [
        m
        for m in mentions
        if not (_is_year(m, case.text) or _is_most(m, case.text) or _is_base(m, case.text))
    ]
    mentions = told or mentions
    known = frozenset(m.value for m in amounts_in(case.question))
    return settle(case, "number", mentions, same, known)


_ASKS_YEAR = re.compile(r"哪一?年|何年|年份|几几年|\b(?:what|which) year\b", re.ASCII)
_ASKS_GAIN = re.compile(r"盈亏|利润|盈利|收益|\b(?:profit|net|balance|return)\b", re.ASCII)
_FELL = re.compile(
    r"(?:[下暴]?[降跌滑]低?|减少|亏损?|负增长|回落|\b(?:drop(?:ped)?|fell|fallen|down|decreased?|declined?"
    r"|lost|loss|shr[au]nk)(?: by| of)?)[了约为是 $€£¥]*$",
    re.ASCII,
)


def _fallen(mention: Mention, text: str) -> Mention:
    """Read 下降3度 as -3, where a change or a gain is asked for."""
    fell = _FELL.search(text[max(0, mention.start - 16) : mention.start])
    return replace(mention, value=-abs(float(mention.value))) if fell else mention


def _years(mentions: Sequence[Mention], text: str) -> list[Mention]:
    """The numbers that can be what a year is asked for: no metres, and no span of years."""
    kept = [
        m for m in mentions
        if text.startswith(("年", " 年"), m.end) or unit_at(text, m.start, m.end, m.unit) is None
    ]  # fmt: skip
    return [m for m in kept if m.end - m.start == len("2019")] or kept


_ROOM = re.compile("[A-Z][0-9]{2,4}")
_BUILDING = re.compile("(?<![a-z0-9].)(?<=[a-z])(?:栋|座|楼|幢|区|教)-?(?=[0-9]{2,4}(?![0-9]))")


def judge_code(case: Case) -> Verdict:
    """Judge an answer whose right value is a train number, a gate or another code."""
    target = canonical(prepare(str(case.gold.value)))
    shape = shape_of(target)
    if _ROOM.fullmatch(target):  # B203 is B栋203教室
        case = replace(case, text=_BUILDING.sub("", case.text), cased="")
    codes = [m for m in find_values("text", case.text) if m.unit == shape]
    known = _known_codes(case.domain.values)
    alive = live(codes, case.text, case.question) if case.question else codes
    if _loses(target, codes, alive):
        return wrong("denies the right answer")
    codes = alive or codes
    named = [m for m in codes if not m.weak or m.value == target or m.value in known]
    mentions = [replace(m, weak=False) for m in named or codes]
    return settle(case, "text", _answering(mentions, case), lambda m: m.value == target)


def _loses(target: str, codes: Sequence[Mention], alive: Sequence[Mention]) -> bool:
    """Whether the right code is named, but only as past or denied: "B7 is no longer used"."""
    return any(m.value == target for m in codes) and all(m.value != target for m in alive)


def _answering(codes: list[Mention], case: Case) -> list[Mention]:
    """The code that answers where the others are of rows: CA1856由A321执飞，CA1857由B738执飞."""
    rows = {_letters(m) for m in find_values("text", case.question)}
    others = [m for m in codes if _letters(m) not in rows]
    kept = undefeated(others, case.text, case.question) if rows else []
    return kept if len({m.value for m in kept}) == 1 else codes


def _letters(code: Mention) -> str:
    return str(code.value).rstrip("0123456789")


def _marks(case: Case) -> list[Mention]:
    """Read 92/100 as 92 where marks or a rating are asked for."""
    if not _ASKS_MARKS.search(case.question):
        return []
    found = _MARKS.finditer(case.text)
    return [Mention(float(m["got"]), m.start(), m.end(), "分") for m in found]


def _is_most(mention: Mention, text: str) -> bool:
    """Whether a number is the most that there can be: 8.7 out of 10."""
    return bool(_OUT_OF.search(text[max(0, mention.start - 12) : mention.start]))


def _is_base(mention: Mention, text: str) -> bool:
    """Whether a number is what a rate of exchange is for: 1欧元=163日元."""
    return mention.value in (1, 100) and bool(_BASE.match(text, mention.end))


def _is_year(mention: Mention, text: str) -> bool:
    """Whether a number says when: 2025年共有98趟, "in 2010 it was 41"."""
    if not (1900 <= float(mention.value) <= 2099) or not text[mention.start].isdigit():
        return False
    before = text[max(0, mention.start - 8) : mention.start]
    return text.startswith(("年", " 年"), mention.end) or bool(_IN_YEAR.search(before))


@lru_cache(maxsize=64)  # a suite asks thousands of questions about one domain
def _known_codes(values: frozenset[str]) -> frozenset[str]:
    return frozenset(map(canonical, values))


def settle(
    case: Case,
    kind: ValueKind,
    mentions: Sequence[Mention],
    same: Same,
    known: Collection[str | float] | None = None,
) -> Verdict:
    """Decide between the values that an answer names.

    Args:
        case: the answer.
        kind: what sort of values they are.
        mentions: every such value in the answer, in order.
        same: whether a value is the right one.
        known: the values that the question holds, where the kind's own parser cannot tell.
    """
    context = Context(_with_names(case), case.question, kind)
    if not mentions:
        return without_value(case)
    mentions = [m for m in mentions if not (same(m) and asked_and_denied(m, case.text))]
    kept = standing(mentions, context)
    if not kept:
        return _without_standing(mentions, context, same)
    if kind != "text" and any(map(same, kept)):
        said = [m for m in mentions if not denied(m, case.text)]
        kept = said if offers_choice(said, case.text) else kept
    known_values = question_values(kind, case.question) if known is None else known
    chosen = _choose(kept, context, same, known_values)
    found = tuple(dict.fromkeys(map(show, chosen)))
    if not all(map(same, chosen)):
        return wrong(HEDGE if any(map(same, chosen)) else WRONG, found)
    if contradicts_itself(case, context, chosen) or _leaves_open(chosen, context):
        return wrong(HEDGE, found)
    if is_misnamed(chosen, mentions, context) or _is_of_another(chosen, context, case.names):
        return wrong(WRONG, found)
    return correct(found)


def _with_names(case: Case) -> str:
    """The answer with the names in it that were hidden from the parsers: class 7B has 28."""
    whole = case.cased.lower()
    return whole if len(whole) == len(case.text) else case.text


def _is_of_another(chosen: Sequence[Mention], context: Context, names: frozenset[str]) -> bool:
    """Whether the answer gives its value to another thing than the question names."""
    if context.kind == "text" or not context.question:
        return False
    said = _outside_none(context.text)
    asked = asked_of(context.question)
    return all(
        not (label.cells or _is_elided(m, label, context.text, asked.words))
        and tells_of_another(_whole(label), said, asked.text, names)
        for m, label in zip(chosen[:_FEW], labels_of(chosen[:_FEW], context.text), strict=True)
    )


def _whole(label: Label) -> str:
    """A label with the heading of its line, where it has no words itself."""
    heading = "" if words_of(label.head) else label.heading
    return f"{heading} {label.head}{VALUE}{label.tail}"


def _is_elided(mention: Mention, label: Label, text: str, asked: frozenset[str]) -> bool:
    """Whether what the value is of may have been said in a clause before."""
    end = text.rfind(_PERIODLESS.sub("", label.head), 0, mention.end)
    before = text[max(0, end - _BEFORE) : max(0, end)]
    return not words_of(before).isdisjoint(asked)


def _outside_none(text: str) -> str:
    """What an answer says besides that there is none."""
    for clause in none_clauses(text):
        text = text.replace(clause, " ")
    return text


def _without_standing(mentions: Sequence[Mention], context: Context, same: Same) -> Verdict:
    """Judge an answer that denies all its values, or gives them only as bounds."""
    if not any(map(same, mentions)):
        return wrong(WRONG, tuple(dict.fromkeys(map(show, mentions))))
    right_denied = any(same(m) and not is_bound(m, context) for m in mentions)
    return wrong("denies the right answer") if right_denied else unparsed()


def _leaves_open(chosen: Sequence[Mention], context: Context) -> bool:
    """Whether the right value is only one of two, or told twice to be about right."""
    if excuses_itself(context.text) and all(guesses(m, context.text) for m in chosen[:_FEW]):
        return True
    if is_doubly_softened(chosen, context.text):
        return True
    if context.kind in ("number", "duration") and any(
        ends_range(m, context.text) for m in chosen[:_FEW]
    ):
        return True
    return context.kind != "text" and offers_more(chosen, context.text)


def _choose(
    kept: list[Mention], context: Context, same: Same, known: Collection[str | float]
) -> list[Mention]:
    """Return the values that the answer stands by, more than one where it hedges."""
    if len({m.value for m in kept}) == 1:
        return kept
    plain = context.kind in ("number", "duration")
    either = any(map(same, kept)) and offers_choice(kept, context.text)
    if either or gives_range(kept, context.text, same, plain=plain):
        return kept
    new = [m for m in kept if m.value not in known]
    if len({m.value for m in new}) == 1:
        stated = concluded(kept, context)  # though the question says it: "so the difference is 2"
        return stated if len({m.value for m in stated}) == 1 else new
    chosen = narrow(kept, context)
    if len({m.value for m in chosen}) == 1 and not (new and chosen[0].value in known):
        return chosen
    if new and len(new) < len(kept) and not _only_right(chosen, same):
        # "a 30-day pass costs $36 for adults"
        chosen = narrow(new, context)
    return [m for m in chosen if m.value not in known] or chosen


def _only_right(mentions: list[Mention], same: Same) -> bool:
    """Whether nothing but the right value is chosen, though the question says it too."""
    return bool(mentions) and all(map(same, mentions))


def without_value(case: Case) -> Verdict:
    """Judge an answer that names no value of the right kind."""
    zero = case.gold.kind in ("number", "duration") and case.gold.value == 0
    if zero and _says_not_one(case):
        return correct(("0",))
    if none_clauses(case.text):
        return correct(("0",)) if zero else wrong(SAYS_NONE)
    return wrong(SAYS_UNKNOWN) if says_unknown(case.text) else unparsed()


def _says_not_one(case: Case) -> bool:
    """Whether a clause denies what is counted, in its words: 今天没有航班取消."""
    asked = asked_of(case.question).words
    return not says_unknown(case.text) and any(
        not asked.isdisjoint(words_of(clause))
        for clause in CLAUSE_END.split(case.text)
        if _NOT_ONE.search(clause)
    )


def contradicts_itself(case: Case, context: Context, chosen: Sequence[Mention] = ()) -> bool:
    """Tell whether an answer gives the value and says as well that there is none.

    What the question says is excused, and so is the neighbouring field: 没有到点，10:15开 answers
    when the train leaves.
    """
    clauses = none_clauses(case.text)
    if not clauses or case.gold.value == 0 or none_clauses(case.question):
        return False
    values = [case.text[m.start : m.end] for m in chosen]
    clauses = [
        c
        for c in clauses
        if not _is_others_none(c, case.question)
        and not (values and _COUNTS_NONE.match(c) and not any(value in c for value in values))
    ]
    role = asked_role(case.question, context.kind)
    return bool(clauses) and not all(
        role and other_role(clause, role, context.kind) for clause in clauses
    )


def _is_others_none(clause: str, question: str) -> bool:
    """Whether a clause gives nothing to a thing that the question does not name: Brazil none."""
    found = _NONE_OF.fullmatch(clause.strip(" ,.;。"))
    return found is not None and found["name"] not in question


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float, str)) else math.nan


def _clock_durations(text: str) -> list[Mention]:
    """Read 0:32:00 and "0 days 00:32:00", which tables print, where nothing else is said."""
    clock = _SECONDS_CLOCK.fullmatch(text)
    if clock is None:
        return []
    days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
    return [Mention(days * 1440.0 + hours * 60 + minutes + seconds / 60, 0, len(text))]


def _bare_durations(case: Case) -> list[Mention]:
    """Read "75" as minutes where the question wants minutes."""
    unit = asked_unit(case.question)
    if unit is None:
        return []
    numbers = (
        m for m in find_numbers(case.text)
        if not (_OTHER_SPAN.match(m.unit) or _OTHER_COUNT.match(case.text, m.end))
    )  # fmt: skip
    return [replace(m, value=float(m.value) * unit) for m in numbers]


def _days(case: Case) -> list[Mention]:
    """Read 30日 as 30 days, where a date would be no answer."""
    found = _DAYS.finditer(case.text)
    return [Mention(1440.0 * float(match[1]), match.start(), match.end()) for match in found]


def _durations_as_numbers(case: Case) -> list[Mention]:
    """Read 1小时15分 as 75 where the question asks for a number of minutes."""
    unit = asked_unit(case.question)
    if unit is None:
        return []
    mentions = find_values("duration", case.text)
    return [replace(m, value=float(m.value) / unit) for m in mentions]
