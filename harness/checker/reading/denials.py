"""What an answer denies, in whatever words: 不开往A, "never visits A", A已停运, "anyone but A".

A denial reaches from its word to the value, unless the sentence turns round between them
(不是A，而是B); and a value is denied where its own predicate is: A不停, "A does not".
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile

_REACH = 48
# 不仅 and 不但 deny nothing, nor do 不错, 未来, 无锡.
_NOT = (
    r"(?:不(?!仅|只|但|光|止|过|错|同|论|妨|愧|久|断|管|少|难|用说|要紧|客气|好意思|确定|清楚"
    r"|知道)|没有?(?!错|想到|问题)"
    r"|未(?!来|免|央)|并无|无(?!锡|论|疑|线|法|人驾|需|忧)|并非|绝非|而非|(?<![a-z])非(?!常"
    r"|洲|但|凡|遗))"
)
_NOT_ENGLISH = (
    r"(?:\bnot\b(?! only| just| merely)|n't\b(?! only| just)|\bno\b(?! doubt| ?\.? ?[0-9])"
    r"|\bnever\b|\bneither\b|\bnor\b"
    r"|\bnone of\b|\bnothing\b(?! (?:but|except|other|more|less|apart)\b)|\bwithout\b"
    r"|\brather than\b|\binstead of\b|"
    r"\b(?:any|every)(?:one|body|thing|where) but\b|\b(?:any|every|all"
    r"|each)(?: \w+){0,2} but\b|\bno longer\b|\bunlike\b|\bother than\b|\bexcept(?: for)?\b"
    r"|\bapart from\b"
    r"|\boutside(?: of)?\b|\bexcluding\b|\blooks like\b)"
)
_TURN = (
    r"而是|而在|而由|而到|(?<![不可或总要就只还都都也便若])是(?!否|不)|[但就只仅才却改]|反而"
    r"|应该?[为是]|另[有一]"
    r"|\bbut\b|\bonly\b|\bis\b|\bare\b|\bwas\b|\brather\b(?! than)|\bit's\b|\bdoes\b|\bteaches\b"
)
_NEGATION = re.compile(rf"{_NOT}|(?P<english>{_NOT_ENGLISH})", re.ASCII)
_CLAUSE_END = re.compile(r"[,。;!?\n]|\. |[)(](?![^()]{0,8}$)")
_TURNED = re.compile(_TURN, re.ASCII)
_LONGEST_BETWEEN = 8
_LONGEST_ENGLISH = 32
# What a person may be called, and the small words between a name and its predicate.
_CALLED = (
    r"[\"'”’》」)]{0,2} ?(?:站|市|老师|先生|女士|教授|队|次(?:列车)?|馆|课|号|色)?(?:本人"
    r"|这一?[个位站门趟]?)?"
    r"(?:都|均|也|并|则|最|已经?|现已|目前|暂时?|其实|从|就|尚|还|根本|完全|皆|全)*"
)
_REFUSED = r"不(?![仅只但光止过错同久断少远愧]|超过|晚于|到)|没有?(?!错)|未(?!来)|并非"
# Words by which something has ended, changed or been missed.
_GONE = (
    r"调任|调走|调岗|转岗|辞职|升任|病休|落选|落败|出局|无缘|停运|停开|停办|停业|停用|闭馆|关闭|取消|售罄|请假|缺席|离职|卸任"
    r"|调离|退休|退出|退房|除外|错(?!过)|有误|以外|之外|无关"
)
_ENDED = (
    r" ?: ?(?:无|没有|否|no\b|[✗×❌])(?![\u4e00-\u9fff])| ?[✗✘❌]|"
    rf"{_GONE}|[与和][^,。;!?\n]{{1,10}}(?:失之交臂|无缘)|被[^,。;!?\n]{{1,12}}?(?:取代|替代"
    rf"|接替|代替|替换|顶替)"
    r"|(?:改|换|调整|变更|变|更名|转|切换|搬|迁|挪|移)(?:成|为|到|至|往)|[调转升迁搬]入|\((?:现?已"
    r"|已于)[^()\n]{0,8}"
    rf"(?:{_GONE})"
)
_AUXILIARY = r"is|was|are|were|does|do|did|has|have|had|will|would|can|could|should"
_OVER = (
    r"closed|shut|excluded|cancelled|canceled|sold out|wrong|incorrect|absent|replaced"
    r"|succeeded (?:as|by)|retired|out of|not"
)
_BEHIND = re.compile(
    rf"{_CALLED}(?:{_REFUSED}|{_ENDED})(?P<what>[^,。;!?\n]{{0,40}})"
    rf"|[\"'”’)]{{0,2}} ?(?:(?:themselves|himself|herself|also|all"
    rf"|both) )*(?:(?:{_AUXILIARY})(?: ?n't\b| not\b| never\b| no longer\b)"
    rf"|never\b|no longer\b|(?:is|was|are|were|has been"
    rf"|have been) (?:all )?(?:{_OVER}))(?P<then>[^,.;!?\n]{{0,60}})",
    re.ASCII,
)
_ASKS_GONE = re.compile(
    rf"{_GONE}|\b(?:closed|shut|excluded|cancell?ed|sold out|absent|out of"
    r"|(?:was|were|is|been) (?:replaced|retired))\b"
)
_NOT_GONE = re.compile(r"[^,.;!?\n]{0,24}?(?:[不没未]|\bnot\b|n't|\bnever\b)")
_ASKS_NOT = re.compile("[不没未无非]|除")
_OWN = re.compile(r"[无免非][\u4e00-\u9fff]|不[含限锈]")
_ASKED = re.compile(
    r"[\"'”’)》]{0,2} ?(?:站|市|老师|次)?(?:列车)?[吗么吧呢]? ?\?[ \"'”’]{0,2},? ?(?:不(?!错)"
    r"|错|并非|当然不|no\b|nope|wrong|incorrect|not\b)",
    re.ASCII,
)
_LEFT_OPEN = re.compile(
    r"[\"'”’)》]{0,2} ?(?:站|市|老师)?[吗么呢]? ?\?(?! ?(?:是的|对|没错|yes|right|correct|嗯))"
)
_WHETHER = re.compile(
    r"(?:是不是|是否(?:是|为|在|到)?|whether(?: it)?(?: is|'s)?|\bif it(?: is|'s))[^,。;!?\n]{0,6}$"
)
_HINTS = re.compile(
    "[不没未无非]|n't|no|ne|without|rather|instead|but|unlike|other than|outside|exc|apart"
    "|looks like"
)


def denied_before(head: str, question: str = "") -> bool:
    """Tell whether what follows a stretch of a prepared answer is denied by it.

    Args:
        head: the answer up to the value; only its end is read.
        question: the prepared question, whose own words deny nothing: 无糖 where it asks for that.
    """
    head = head[-_REACH:]
    for own in _OWN.findall(question):
        head = head.replace(own, "  ")
    near = _CLAUSE_END.split(head[-_REACH:])[-1]
    return bool(_HINTS.search(near)) and _reaches_end(near)


@lru_cache(maxsize=4096)
def _reaches_end(clause: str) -> bool:
    """Whether the last denial of a clause reaches its end."""
    words = list(_NEGATION.finditer(clause))
    if not words:
        return False
    between = clause[words[-1].end() :].lstrip("是为在到由 ")
    if words[-1][0].startswith(("exc", "apart", "other", "all", "every")) and ":" in between:
        return False  # "all except A: B and C"
    longest = _LONGEST_ENGLISH if words[-1]["english"] else _LONGEST_BETWEEN
    return len(between) <= longest and not _TURNED.search(between)


def negates(clause: str) -> bool:
    """Tell whether a clause of a prepared answer holds a word that denies."""
    return bool(_HINTS.search(clause)) and _NEGATION.search(clause) is not None


def denied_behind(text: str, end: int, question: str = "") -> str | None:
    """What is denied of the value that ends at a place: the rest of its predicate, or nothing.

    Words of the question may stand between: 测试组周末不加班, asked who works at weekends.
    """
    found = _BEHIND.match(text, end)
    if found is None and question and not _ASKS_NOT.search(question):
        asked = takewhile(
            lambda c: c > "\u2fff" and c in question, text[end : end + _LONGEST_BETWEEN]
        )
        found = _BEHIND.match(text, end + sum(1 for _ in asked))
    if found is None:
        return None
    return found["what"] if found["what"] is not None else found["then"]


def asks_for_gone(question: str) -> bool:
    """Tell whether a prepared question asks what has ended: which is out of stock?"""
    return _ASKS_GONE.search(question) is not None


def says_not(text: str, end: int) -> bool:
    """Tell whether a plain "not" is what denies the value that ends at a place."""
    return _NOT_GONE.match(text, end) is not None


def asked_and_denied(text: str, end: int) -> bool:
    """Tell whether the answer asks itself whether it is the value, and says no."""
    return bool(_ASKED.match(text, end))


def left_open(text: str, start: int, end: int) -> bool:
    """Tell whether the answer only asks whether it is the value: 是兰州吗？, 是不是兰州."""
    return bool(_LEFT_OPEN.match(text, end) or _WHETHER.search(text[max(0, start - 24) : start]))
