"""Judging answers where the right answer is that there is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.checker.parse.absence import clause_of, implies_none, none_clauses
from harness.checker.parse.names import lexicon
from harness.checker.parse.refusal import follows_from_refusal, refuses, says_unknown
from harness.checker.parse.values import ValueKind, find_values, question_values, show
from harness.checker.reading.asked_row import is_of_another, is_value_of_another
from harness.checker.reading.disambiguate import Context, asked_role, denied, roles
from harness.checker.reading.doubts import is_misnamed
from harness.checker.reading.grid import Tables
from harness.checker.reading.inventions import invented
from harness.checker.verdict import HEDGE, SAYS_UNKNOWN, Case, Verdict, correct, unparsed, wrong
from harness.text.normalize import informative

if TYPE_CHECKING:
    from harness.checker.parse.mention import Mention

_GIVES_VALUE = "gives a value where there is none"
_KINDS: tuple[ValueKind, ...] = ("time", "duration", "text")
_LACKS = re.compile(
    r"(?:不设有?|不配备?|不开设|不安排|不提供|未设|未配备?|没有?|暂无|并无|尚无|无|缺少?"
    r"|未填写?|未记录)(?:其|该|任何)?(?P<thing>[\w()/%《》\"“”]{1,24})"
    r"|(?:(?<!不)不|未|没有?)(?P<verb>[\u4e00-\u9fff]{2,4})(?=$|[^\w])"
    r"|\b(?:does|do|did|will)(?: not|n't) (?P<act>[a-z]{3,})"
    r"|(?:\b(?:no|lacks?|missing|without)|(?<=, )not|(?<=but )not) (?:an? |any |its |the |their )?"
    r"(?P<english>[a-z0-9 /-]{2,32})"
)
# What a question asks for in other words than its name.
_SAME = (
    ("多少钱|几元|几块", "(?:标|定|售|单)?价[格钱]?|费用"),
    ("谁", "姓名|名字|人"),
    ("哪里|在哪", "地点|地址|位置"),
)
_SAME_ENGLISH = (
    (r"\bhow (?:tall|high)\b", r"height\b"),
    (r"\bhow (?:long|far)\b", r"(?:length|duration|running time|distance)\b"),
    (r"\bhow (?:much|expensive)\b", r"(?:price|cost|fee|fare|charge|rate)\b"),
    (r"\bhow old\b", r"age\b"),
    (r"\bhow (?:heavy|much does \w+ weigh)\b", r"weight\b"),
    (r"\bhow many\b", r"(?:number|count|figure)\b"),
    (r"\bwho\b", r"name\b"),
    (r"\bwhere\b", r"(?:location|address|place)\b"),
    (r"\bwhen\b", r"(?:date|time|year)\b"),
)
# The row itself: 没有叫小李的员工, 没有小李这个人.
_NAMED = re.compile(
    r"(?:叫|名叫|名为|关于|有关)?(?P<name>.{2,12}?)(?:(?:这|那)一?[个名位趟道本种门班家部]\w{0,3}"
    r"|的(?:人|员工|人员|列车|车次|航班|学生|老师|教师|菜品?|书|图书|电影|影片|商品|产品|课程?"
    r"|酒店))"
)
# 刘洋至今未离职, 该房尚未出租: behind the name nothing but the denied verb.
_NOT_DONE = re.compile(
    r"(?:但是?|因此|所以|由于|因为)?(?P<who>[^,]{2,24}?)(?:目前|至今|现在|暂时?|尚|还|并|也|都|均|仍)*"
    r"(?:不|未|没(?!有))(?!是|在|为|能|知|确|清|错|会|可)[\u4e00-\u9fff]{2,4}"
)
_NOT_DONE_ENGLISH = re.compile(
    r"\b(?:does|do|did|is|are|was|were|has|have)(?: not|n't)\b(?! (?:only|just|known|sure)\b)"
)
_ASIDE = re.compile(r"\([^()]{4,}\)?")  # (2) names a class, (the match on 19 April ...) not
_AREA = re.compile("[kcm]?m[23]")  # a unit, and no code
_AGED = re.compile(r"\b(?:under|over|aged)[- ]$")  # the under-14s
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "the and does did not has have had was were are for from with that this there but any",
    )
)
_MOST = 40  # values of an answer that are each held against the question: a bound on work
_LONGEST_CLAUSE = 120
# "None, except the granola", 除周一外都没有: one is named after all.
_EXCEPT = re.compile(
    r"\b(?:none|no[ -]one|nobody)\b(?: of (?:them|these|those|the \w+))?,?"
    r" (?:except|apart from|other than|save for|besides)\b"
    r"|除了?[^,。;!?\n]{1,16}(?:以外|之外|外)?,? ?(?:其[他余它])?"
    r"[^,。;!?\n]{0,8}[都均]?(?:没有|无)(?=$|[^\w])"
)
_ASKS_TIME = re.compile(r"[点时分]|哪些|哪[趟个]|\b(?:when|time|hour|which|what)\b")
_ASKS_LONG = re.compile(
    r"[长久]|时间|分钟|小时|\b(?:long|time|duration|minutes?|hours?|last|take)\b", re.ASCII
)
_SHORTEST_NOUN = 3
# What is said of a thing that is not there, besides its name, and particles behind.
_ENDING = re.compile("(?:的?(?:数据|信息|记录|资料|情况|内容|数量|数值))?[哦呢呀啊噢喔哟嘛了]*$")


def judge_none(case: Case) -> Verdict:
    """Judge an answer to a question that has no answer: it must say so and offer no value."""
    role = asked_role(case.question, "time")
    absent = (
        bool(_none_clauses(case))
        or implies_none(case.text, role, case.question)
        or _lacks_what_is_asked(case)
        or _is_not_done(case)
    )
    values = _offered(case, role, only_asked=absent) + (
        invented(case) if absent else _bare_values(case)
    )
    if values:
        return wrong(HEDGE if absent else _GIVES_VALUE, values)
    if _EXCEPT.search(case.text):
        return wrong(_GIVES_VALUE)
    if absent:
        return correct(("none",))
    return wrong(SAYS_UNKNOWN) if says_unknown(case.text) else unparsed()


def _none_clauses(case: Case) -> list[str]:
    """The clauses that say that there is none, of the day or train that is asked about."""
    return [
        c
        for c in dict.fromkeys(none_clauses(case.text))
        if not is_of_another(_ASIDE.sub("", c), case.question)
    ]


def _lacks_what_is_asked(case: Case) -> bool:
    """Whether an answer says that what the question asks for, by any such name, is not there."""
    said = _LACKS.finditer(case.text)
    return any(
        bool(clause := clause_of(case.text, *match.span()))
        and not is_of_another(_ASIDE.sub("", clause), case.question)
        and not follows_from_refusal(clause, case.text)
        and _is_asked(match[match.lastgroup or 0], case.question)
        for match in said
    )


def _is_not_done(case: Case) -> bool:
    """Whether an answer denies of what the question names, and of nothing else, that it is done.

    张医生下午不出诊, "buses to Pine Valley do not run on Sundays".
    """
    for clause in re.split(r"[,。;:!?\n()]|\. ", case.text):
        if len(clause) > _LONGEST_CLAUSE or refuses(clause) or is_of_another(clause, case.question):
            continue
        han = _NOT_DONE.fullmatch(clause)
        if han and _plain(han["who"]) in _plain(case.question):
            return True
        if _NOT_DONE_ENGLISH.search(clause) and _is_all_but_one_asked(clause, case.question):
            return True
    return False


def _plain(text: str) -> str:
    """The characters of a text that say something, without 的."""
    return informative(text).replace("的", "")


def _is_all_but_one_asked(clause: str, question: str) -> bool:
    """Whether two words of a clause stand in the question, and at most its verb does not."""
    words = [word for word in re.findall(r"[a-z0-9]{3,}", clause) if word not in _SMALL]
    known = sum(word.removesuffix("s").removesuffix("e") in question for word in words)
    return known >= 2 and len(words) - known <= 1


def _is_asked(thing: str, question: str) -> bool:
    """Whether a thing is what the question asks for: most of its name stands there.

    Chinese names of one thing share characters: 供货商 is the 供应商, 入职手续费 no 入职日期.
    """
    if thing.isascii():
        return _is_asked_in_english(thing, question)
    thing = thing if ")" in thing else thing.partition("(")[0]
    whole = _NAMED.fullmatch(thing)
    if whole and whole["name"] in question:
        return True
    name = _ENDING.sub("", thing.strip()).removesuffix("的").rpartition("的")[2]
    if any(re.search(asks, question) and re.fullmatch(names, name) for asks, names in _SAME):
        return True
    if not name or name in question:
        return bool(name)
    shared = sum(character in question for character in name)
    return shared >= 2 and 2 * shared >= len(name)


def _is_asked_in_english(thing: str, question: str) -> bool:
    """The same of an English thing: "manager is given for Lyon" goes on about the thing."""
    first, _, rest = thing.strip().partition(" ")
    if rest[:1].isdigit():  # "no gate 3" may have another
        return False
    if any(re.search(asks, question) and re.match(names, thing) for asks, names in _SAME_ENGLISH):
        return True
    stem = first.removesuffix("es") if len(first) > _SHORTEST_NOUN + 1 else first
    return len(first) >= _SHORTEST_NOUN and bool(re.search(rf"\b{re.escape(stem)}", question))


def _offered(case: Case, role: str, *, only_asked: bool) -> tuple[str, ...]:
    """Return the values that an answer offers although there is none.

    What the question says is left out, and so is a time that is labelled as the field that was
    not asked for. Where something is said not to be there, a time counts only if one is asked for.
    """
    offered: list[Mention] = []
    for kind in _KINDS:
        if only_asked and case.question and not _may_ask_for(kind, case.question):
            continue
        fresh = _of_asked(_fresh(case, kind), case, kind)
        if kind == "time" and role and fresh:
            labels = roles(fresh, Context(case.text, case.question, "time"))
            tables = Tables(case.text, case.text)
            fresh = [
                mention
                for mention, label in zip(fresh, labels, strict=True)
                if (label or asked_role(tables.heading(mention), "time")) in ("", role)
            ]
        offered += fresh
    if case.domain.values:
        names = lexicon(case.domain)
        known_names = names.values_in(case.question)
        offered += [m for m in names.find(case.text) if m.value not in known_names]
    return tuple(dict.fromkeys(map(show, offered)))


def _may_ask_for(kind: ValueKind, question: str) -> bool:
    """Whether a question can ask for a value of a kind; 24小时开放 is no closing time."""
    asks = {"time": _ASKS_TIME, "duration": _ASKS_LONG}.get(kind)
    return asks is None or bool(asks.search(question))


def _fresh(case: Case, kind: ValueKind) -> list[Mention]:
    """The values of a kind that the question does not say and the answer does not deny."""
    known = question_values(kind, case.question)
    mentions = [m for m in find_values(kind, case.text) if not m.weak and m.value != 0]
    return [
        m
        for m in mentions
        if m.value not in known
        and not denied(m, case.text)
        and not _AREA.fullmatch(case.text, m.start, m.end)
        and not _AGED.search(case.text[max(0, m.start - 6) : m.start])
    ]


def _of_asked(mentions: list[Mention], case: Case, kind: ValueKind) -> list[Mention]:
    """The values that may be of what is asked; behind a great many, all that follow."""
    told, rest = mentions[:_MOST], mentions[_MOST:]
    return [m for m in told if _is_of_asked(m, case, kind)] + rest


def _is_of_asked(mention: Mention, case: Case, kind: ValueKind) -> bool:
    """Whether a value may be of the row and the field that are asked for."""
    return not is_value_of_another(mention, case.text, case.question) and not is_misnamed(
        [mention], [mention], Context(case.text, case.question, kind)
    )


def _bare_values(case: Case) -> tuple[str, ...]:
    """The numbers and dates of an answer that nowhere says that there is none."""
    kinds: tuple[ValueKind, ...] = ("number", "date")
    return tuple(show(mention) for kind in kinds for mention in _fresh(case, kind))
