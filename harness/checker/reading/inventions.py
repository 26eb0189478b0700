"""What an answer puts in the place of a value that is not there: 没有价格，一般是25元."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.checker.parse.values import ValueKind, find_values, question_values, show
from harness.checker.reading.asked_row import is_of_another, is_of_others, is_value_of_another
from harness.checker.reading.disambiguate import Context, denied
from harness.checker.reading.doubts import is_misnamed
from harness.text.normalize import informative

if TYPE_CHECKING:
    from harness.checker.parse.mention import Mention
    from harness.checker.verdict import Case

_KINDS: tuple[ValueKind, ...] = ("number", "date")
_CLAUSE_END = re.compile(r"[,。;!?\n|]|\.(?= |$)|:(?![0-9])")
_LONGEST_TAIL = 2  # words behind a number: m deep
_MOST = 40  # values that are looked at: a bound on work
_REACH = 40  # characters around a value that tell what it is of
_GUESS = re.compile(
    r"一般|通常|往往|大概|大约|大致|大抵|左右|可能|应该|应当|应为|估计|推测|推断|推算|按惯例"
    r"|照惯例|猜|预计|据说|想必|多半|市场价|也许|或许|默认|按[^,。;!?\n]{0,8}[价算]|比照|参照|据我所知|我记得|印象中"
    r"|\b(?:probably|likely|presumably|usually|typically|normally|generally|perhaps|maybe"
    r"|about|approximately|around|roughly"
    r"|must (?:be|have)|(?:might|may|should|could|would) (?:be|have(?! to\b))|estimated?|i(?:'d"
    r"| would)? (?:guess|think|believe|assume|say)|guess|as far as i know|i recall|i remember)\b",
    re.ASCII,
)
# A reason, advice or another denial is no value, however likely it may be.
_NO_VALUE = re.compile(
    r"因为|由于|原因|所以|缺失|遗漏|[没无未不]|始发|终到|起点|终点|首发|停运|取消|建议|请|咨询"
    r"|询问|查询|查看|联系|核实|核对|确认|参考|补充|更新|空|待|需要|另行|稍后|错误|有误"
    r"|\b(?:because|since|due to|reason|missing|not|no|n't|without|start|starts|origin"
    r"|terminus|terminal|check|contact|ask"
    r"|consult|visit|recommend|verify|refer|error|mistake|cancelled|typo|blank|empty|none"
    r"|unknown|later|updated|incomplete|help)\b|n't\b"
)
_BUT = re.compile(
    r"^ ?(?:但是?|不过|而(?!是)|然而|其实|实际上?"
    r"|或者?|要么|所以|因此|故|\bbut|\bhowever|\byet|\band|\bor(?: else)?\b|\bso"
    r"|\btherefore"
    r"|\balthough)?,? ?"
)
# The field itself, or what stands for it, with something said of it.
_IT_IS = re.compile(
    r"(?:(?:(?P<owner>.{0,24}?)的)?(?P<who>[它他她其该这]?的?[\u4e00-\u9fff]{0,6}?)(?:就|应|而)?(?:[是为]|(?<=[它他她])在)"
    r"|the (?P<noun>[a-z]{3,16}(?: [a-z]{2,16}){0,3}?)"
    r" (?:is|was|are|were)(?!"
    r" (?:[a-z]+ed|given|shown|left|set|still|to|in|on|only|also|available|the same)\b)"
    r"|(?:it|he|she|they|that|this)(?:'s|'re| is| was| are| were| uses?| comes?| came| leaves?"
    r"| costs?| has| had)\b)"
    r" ?(?P<what>.{1,40})",
    re.ASCII,
)
_SAVE = re.compile(
    r"\b(?:(?:none|no one|nobody|nothing)(?: other)? (?:but|except|other than|than)"
    r"|no [a-z]+ (?:except|other than|save)) (?P<what>[^,.;!?\n]{1,40})"
)
# Bus 14 goes there, but it does not run on Sundays.
_TAKEN_BACK = re.compile(
    r"[^.。;!?\n]{0,60}?(?:,| )but [^,.;!?\n]{0,16}?(?:\bnot\b|n't\b)"
    r"|[^。;!?\n]{0,40}?,但是?[^,。;!?\n]{0,16}?[不没未]"
)
_MISSING = re.compile(
    r"(?:(?P<has>没有|无)(?:[^\W\d_]{1,4}的)?|未参加)(?P<kind>[\u4e00-\u9fff]{2})(?P<field>[\u4e00-\u9fff]{2})?(?=$|[^\w])"
)
_TITLE = re.compile(
    r"(?P<head>[^,。;!?\n《》]{0,24})(?P<title>《[^《》\n]{1,40}》)(?P<tail>[^,。;!?\n《》]{0,12})"
)
_PRONOUN = re.compile("[它他她其该这]?")
_COUNTED = re.compile(
    r"(?:第|只有|仅有?|共有?|总共|一共|前|截至|截止|其他|其余|\brows?|\blines?|\bcolumns?"
    r"|\bonly|\btotal of|\bthe other|\bpages?|\bof(?: the)?) ?$",
    re.ASCII,
)
_ORDINAL = re.compile(r" ?(?:行|列(?!车)|条|项|节|趟|rows?|lines?|entries|columns?|records?)")
_POINTS_BACK = re.compile(r"[它他她其该此]|\b(?:it|its|he|she|his|her|they|their|this|that)\b")
_FELLOWS = re.compile(
    r"\b(?:its|his|her|their) (?:\w+ )?(?:colleagues?|neighbou?rs?|sisters?|siblings?|brothers?"
    r"|predecessor|successor|peers|counterparts?|others?)\b"
)
_GENERIC = re.compile(
    r"可以|不妨|建议|试试?|请|\b(?:try|call|dial|ring|text|use)\b|拨打?|打|联系|参考|价格|单价|售价|标价|票价|定价|价钱|费用|年份|时间|日期|电话|号码|分机|答案"
    r"|[是为约只要售需在的了于共:]|(?<!外)卖"
    r"|\b(?:price|cost|costs|year|number|phone|extension|answer|value)\b"
)
_SMALL = frozenset(
    ("the", "and", "was", "were", "are", "has", "had", "for", "from", "with", "out", "you", "can")
)
_MEASURES = (
    (
        "多少钱|价|费|几元|几块|\\b(?:price|cost|fee|fare|charge)|how much",
        "元|块|美元|欧元|日元|[$€£¥]|yuan|dollars?|euros?|cents?|usd|rmb",
    ),
    ("年|\\byear|\\bwhen", "年"),
    ("电话|手机|号码|分机|\\bphone|\\bnumber|\\bextension", ""),
)
_FOR = re.compile(
    r"\bfor (?:the |an? )?(?!each\b|every\b|one\b|this\b|that\b|them\b|both\b|all\b|any\b"
    r"|example\b|instance\b|day|night|person|item|hour|week|month|year)([a-z]{3,})"
)
# What may stand before the name of a field and names no other one.
_USUAL = frozenset(
    re.findall(
        r"\w+",
        "full standard usual regular normal listed current actual correct total overall exact final"
        " new average typical general official basic default only right asked requested same",
    )
)
_BEHIND_NOUN = re.compile(r" (?:for|of|in|at|on|to)\b.*")
_YEAR = re.compile(r"(?<![0-9])(?:1[5-9]|20)[0-9]{2}(?![0-9])")
_LONG_NUMBER = re.compile(r"[0-9][0-9-]{2,}")


def invented(case: Case) -> tuple[str, ...]:
    """Return what an answer offers in the place of what it says is not there.

    A guess, a value of the kind that is asked for, or a statement of what "it" is. Other fields,
    counts of rows, reasons and advice are none.
    """
    numbers = [show(m) for m in _numbers(case) if _fills_the_gap(m, case)]
    return tuple(dict.fromkeys((*numbers, *_guesses(case))))


def _numbers(case: Case) -> list[Mention]:
    found: list[Mention] = []
    for kind in _KINDS:
        known = question_values(kind, case.question)
        found += [
            m
            for m in find_values(kind, case.text)[:_MOST]
            if m.value not in known
            and m.value != 0
            and not denied(m, case.text)
            and not _TAKEN_BACK.match(case.text, m.end)
            and (_is_guessed(m, case.text) or not is_value_of_another(m, case.text, case.question))
            and not (
                kind == "date" and is_misnamed([m], [m], Context(case.text, case.question, kind))
            )
        ]
    return found


def _is_guessed(mention: Mention, text: str) -> bool:
    """Whether a guess stands just before a value: 参考其他酒店约为100元."""
    return bool(_GUESS.search(text[max(0, mention.start - 8) : mention.start]))


def _fills_the_gap(mention: Mention, case: Case) -> bool:
    """Whether a number is what was asked for, by its measure or by the words around it."""
    before = case.text[max(0, mention.start - _REACH) : mention.start]
    behind = case.text[mention.end : mention.end + _REACH]
    head, tail = _CLAUSE_END.split(before)[-1], _CLAUSE_END.split(behind, maxsplit=1)[0]
    counts = _COUNTED.search(before) or _ORDINAL.match(behind)
    if counts or _is_of_another_field(head, case) or _is_for_another(head, tail, case.question):
        return False
    said = case.text[mention.start : mention.end]
    head = _BUT.sub("", head)
    if re.search(r"只有|仅有|\bonly\b", head):
        return False
    if _is_measured(said, head[-4:], tail[:9], case.question):
        return bool(_GUESS.search(head)) or not _is_of_another(head, case.question)
    if _NO_VALUE.search(head):
        return False
    if len(tail.split()) <= _LONGEST_TAIL and _is_of_asked_alone(head, case.question):
        return True
    clause = head + said + tail
    stated = _GUESS.search(clause) or _stated(clause, case.question)
    return bool(stated) or _shares(head[-8:], tail[:16], case.question)


def _is_for_another(head: str, tail: str, question: str) -> bool:
    """Whether a value is said to be for a thing that the question does not name: for books."""
    if _GUESS.search(head):
        return False
    told = [match[1] for words in (head, tail) for match in _FOR.finditer(words)]
    return bool(told) and not any(word.removesuffix("s") in question for word in told)


def _is_of_another_field(head: str, case: Case) -> bool:
    """Whether a value is named without the word that tells what is missing: 补考 of 补考成绩.

    Or behind a field that the question does not name: 套房的房价为688元.
    """
    if _GUESS.search(head) or len(informative(_GENERIC.sub("", head))) < 2:
        return False
    _, of, field = head.rpartition("的")
    field = informative(_GENERIC.sub("", field)) if of else ""
    if len(field) > 1 and not any(field[i : i + 2] in case.question for i in range(len(field) - 1)):
        return True
    return any(
        (thing["kind"] or "") in case.question
        and (thing["kind"] or "") not in head
        and (
            (thing["field"] in head or head.endswith("(") or _names_other(head, case.question))
            if thing["field"]
            else not thing["has"]
        )
        for thing in _missing(case.text)
    )


@lru_cache(maxsize=8)
def _missing(text: str) -> list[dict[str, str | None]]:
    """What an answer says is missing, each once."""
    found = {match[0]: match.groupdict() for match in _MISSING.finditer(text)}
    return list(found.values())


def _names_other(head: str, question: str) -> bool:
    """Whether the words before a value name something that the question does not: 王磊期末78分."""
    other = [c for c in informative(_GENERIC.sub("", head)) if c not in question]
    return len(other) > 1 and not _POINTS_BACK.search(head)


def _is_of_asked_alone(head: str, question: str) -> bool:
    """Whether the words before a value are all the question's: "the Roxy has" 4."""
    words = [word for word in re.findall(r"[a-z]{3,}", head) if word not in _SMALL]
    return bool(words) and all(word.removesuffix("s") in question for word in words)


def _is_measured(said: str, ahead: str, behind: str, question: str) -> bool:
    for asks, unit in _MEASURES:
        if not re.search(asks, question):
            continue
        if unit and (re.match(f" ?(?:{unit})", behind) or re.search(unit, said + ahead[-2:])):
            return True
        if unit == "年" and _YEAR.fullmatch(said):
            return True
        if not unit and _LONG_NUMBER.match(said):
            return True
    return False


def _is_of_another(head: str, question: str) -> bool:
    """Whether the words before a value name another thing than the question: 平日票价为60元."""
    if _POINTS_BACK.search(_FELLOWS.sub(" ", head)):
        return False
    rest = _GENERIC.sub(" ", head)
    words = [word for word in re.findall(r"[a-z]{3,}", rest) if word not in _SMALL]
    if words:
        return not any(word in question for word in words) or _is_namesake(words, question)
    said = "".join(c for c in informative(rest) if not c.isascii())
    pairs = [said[i : i + 2] for i in range(len(said) - 1)]
    return bool(pairs) and 2 * sum(pair in question for pair in pairs) < len(pairs)


def _is_namesake(words: list[str], question: str) -> bool:
    """Whether a noun of the question stands behind another name: the Vilnius branch for Riga's."""
    for name, noun in pairwise(words):
        own = re.search(rf"([a-z]{{3,}}) {re.escape(noun)}\b", question)
        if name not in question and own and own[1] not in (*_SMALL, *words):
            return True
    return False


def _shares(ahead: str, behind: str, question: str) -> bool:
    """Whether the words beside a number stand in the question: gate 12, 306办公."""
    last = re.search(r"([a-z]{3,})[ #.]{0,2}$", ahead)
    if last and last[1] in question:
        return last[1] not in ("the", "for", "this", "that", "and")
    word = re.match(r" ?([a-z]{4,})", behind)
    if word:
        return word[1] in question
    near = informative(behind)[:2], informative(behind)[:1] if behind[:1] in "室楼座号" else ""
    return any(text and not text.isascii() and text in question for text in near)


def _guesses(case: Case) -> list[str]:
    """Names that are guessed, or said to be it: 通常是自习, it's FreshCo."""
    found = [match["what"] for match in _SAVE.finditer(case.text)]
    found += _titles(case)
    for part in _CLAUSE_END.split(case.text):
        clause = _BUT.sub("", part)
        if _NO_VALUE.search(clause):
            continue
        guess = _GUESS.search(clause)
        if not guess and _is_of_another_field(clause, case):
            continue
        what = clause[guess.end() :] if guess else _stated(clause, case.question)
        words = informative(what)
        if words and words not in informative(case.question):
            found.append(what.strip())
    return found


def _titles(case: Case) -> list[str]:
    """Titles that are told of what is said not to be there: 没有续集，不过后来写了续集《黎明》."""
    missing = {thing["kind"] for thing in _MISSING.finditer(case.text)}
    return [
        match["title"]
        for match in _TITLE.finditer(case.text)
        if match["title"] not in case.question
        and any(kind in match["head"] + match["tail"] for kind in missing)
        and not _NO_VALUE.search(_BUT.sub("", match["head"]))
    ]


def _asks_for(noun: str, question: str) -> bool:
    """Whether a noun is what the question asks for: its first, before any "of" and "for"."""
    return bool(
        re.search(
            r"\b(?:what|which|who|when|where|how)(?:'s)?(?:\W+(?!(?:of|in|for|at|on|to)\b)\w+){0,4}?"
            rf"\W+{re.escape(noun)}s?\b",
            question,
        )
    )


def _stated(clause: str, question: str) -> str:
    """What a clause says of "it", or of what is asked for by its name."""
    said = _IT_IS.match(clause)
    if said is None or is_of_another(clause, question) or is_of_others(clause, question):
        return ""
    if said["noun"]:
        *kind, noun = _BEHIND_NOUN.sub("", said["noun"]).split()
        other = any(word not in question and word not in _USUAL for word in kind)
        return said["what"] if _asks_for(noun, question) and not other else ""
    who, owner = said["who"] or "", informative(said["owner"] or "")
    own = any(owner[i : i + 2] in question for i in range(len(owner) - 1))
    if len(owner) > 1 and not own and not _POINTS_BACK.search(owner):
        return ""  # 钱进的结果为“通过”
    shared = any(who[i : i + 2] in question for i in range(len(who) - 1))
    named = shared and not _is_of_another(who, question)
    if not who and informative(said["what"])[-2:] in question:
        return ""  # 为直飞航班 says what the thing is that was asked about
    return said["what"] if named or _PRONOUN.fullmatch(who) else ""
