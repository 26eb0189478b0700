"""Judging answers whose right value is a yes or a no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from harness.metrics.absence import none_clauses
from harness.metrics.refusal import says_unknown
from harness.metrics.text import informative, prepare
from harness.metrics.verdict import (
    HEDGE,
    SAYS_UNKNOWN,
    WRONG,
    Case,
    Verdict,
    correct,
    unparsed,
    wrong,
)

_YES_WORDS = ("是", "是的", "对", "对的", "正确", "yes", "true")
_NO_WORDS = ("否", "不是", "不对", "错", "错误", "no", "false")
# 没错 and "no doubt" say yes; 不仅 says neither.
_ASSURANCE = re.compile(
    "没错|没有错|不错|没问题|没有问题|毫无疑问|毫无疑义|无疑|无误|不用说|不用怀疑"
    r"|\b(?:no|without(?: any| a)?) (?:doubt|question|problem)s?\b",
    re.ASCII,
)
_NEUTRAL = re.compile(r"不仅|不但|不光|不只|无论|不管|不得不|\bnot only\b", re.ASCII)
_WHETHER = re.compile(r"是否|能否|可否|有否|与否|(?P<verb>[\u4e00-\u9fff])[不没](?P=verb)")
_NO = re.compile(
    r"不(?![过久少锈])|没|未(?!来)|非(?![常洲])|错(?!过)|否|(?:^|[并均皆暂])无|无(?=[此该法权]|$)"
    r"|\b(?:no|not|false|never|cannot)\b|n't\b",
    re.ASCII,
)
_YES = re.compile(
    r"[是对有会能]|可以|正确|当然|确实|\b(?:yes|yeah|yep|true|correct|right|sure|does|do|did|is|are|was|were|has|have|can"
    r"|will|indeed|certainly|definitely)\b",
    re.ASCII,
)
_DOUBT = re.compile(
    "可能|也许|或许|大概|大约|兴许|未必|说不定|说不[好准清]|不一定|不好说|难说|不确定|拿不准|没把握|看情况|视情况|取决于"
    "|应该[是会能]?吧|估计|似乎|好像|[是会能]吧|是也不是|据说"
    r"|\b(?:maybe|perhaps|possibl[ey]|probably|likely|might|may (?:or|not|be|have|well)"
    r"|could be|unsure|uncertain"
    r"|depends|who knows|hard to (?:say|tell)|not (?:sure|certain|clear)|cannot (?:say|tell)"
    r"|seems?|i (?:guess|think so))\b",
    re.ASCII,
)
# A yes or a no that is a whole clause.
_WORD = re.compile(
    r"(?:又|也|同时|但|且|(?:but|also|maybe) )?(?:(?P<yes>是的?|对的?|正确"
    r"|有的?|会的?|能|可以|yes|yeah|yep|true|correct)"
    r"|(?P<no>否|不|不是的?|不对|没有|错误?|不会|不能|不可以|no|nope|false|not))"
)
# 需要或不需要, 支持/不支持
_BOTH = re.compile(r"(?P<said>[\u4e00-\u9fff]{1,4})(?:或者?|还是|[、/,和又与])[不没]有?(?P=said)")
_PIECES = re.compile(r"\b(?:and|or)\b|或者?|还是|[,。;:!?\n/、|&+]|\. |[和与及]", re.ASCII)
_CLAUSES = re.compile(r"(?P<end>[,。;!?\n]|\. |$)")
_ASKED = re.compile(r"是否|[吗么呢?]|请问|^(?:does|do|did|is|are|was|were|has|have|can|will) ")
_LONGEST_STATEMENT = 400
_PRONOUN = re.compile("^ ?(?:它|他|她|该车|此车|这趟车|该列车|本次列车|其)")
_WORDS = re.compile("[a-z0-9]+")
_SMALL_WORDS = frozenset(
    ("a", "an", "the", "of", "on", "in", "at", "to", "for", "from", "by", "with", "any", "this")
)


def is_yes_no(gold: object) -> bool:
    """Tell whether a right answer is a mere yes or no."""
    return prepare(str(gold)) in (*_YES_WORDS, *_NO_WORDS)


def says_yes(gold: object) -> bool:
    """Tell whether a right answer, known to be a yes or a no, is a yes."""
    return prepare(str(gold)) in _YES_WORDS


def judge_yes_no(case: Case) -> Verdict:
    """Judge a yes or a no: by the first clause that says either.

    Doubt is a hedge, and so is an answer that says both words or denies what it affirms.
    """
    if _DOUBT.search(_outside(case.text, case.question)):
        return wrong(HEDGE)
    words = set(_bare_words(case.text))
    clauses = list(_stated(case.text))
    says = [said for clause in clauses if (said := _reading(clause, case.question)) is not None]
    if len(words) > 1 or _BOTH.search(case.text):
        return wrong(HEDGE, ("yes", "no"))
    if not says:
        unknown = says_unknown(case.text)
        return wrong(SAYS_UNKNOWN) if unknown and not none_clauses(case.text) else unparsed()
    if says_unknown(case.text):
        return wrong(SAYS_UNKNOWN)
    found = ("yes",) if says[0] else ("no",)
    if any(_denies_itself(clause, case.question, says[0]) for clause in clauses):
        return wrong(HEDGE, ("yes", "no"))
    return correct(found) if says[0] is says_yes(case.gold.value) else wrong(WRONG, found)


def _outside(text: str, question: str) -> str:
    """An answer without the question, which may itself speak of what is likely."""
    return text.replace(question, " ") if question else text


def _stated(text: str) -> Iterator[str]:
    """The clauses of an answer that state something: no questions, and no words of assurance."""
    start = 0
    for match in _CLAUSES.finditer(text):
        clause = text[start : match.start()]
        start = match.end()
        asks = match["end"] == "?" or clause.endswith(("吗", "么"))
        if clause.strip() and not asks:
            yield clause


def _bare_words(text: str) -> Iterator[bool]:
    """Each yes and no that stands alone, whatever joins them: 是/否, yes and no."""
    for piece in _PIECES.split(text):
        word = _WORD.fullmatch(piece.strip(" .?!\"'()“”"))
        if word:
            yield bool(word["yes"])


def _reading(clause: str, question: str) -> bool | None:
    """What a clause says; `None` where it says neither.

    A statement of what was asked is a yes: K420经过兰州, where the question adds but 吗.
    """
    if _ASSURANCE.search(clause):
        return True
    clause = _NEUTRAL.sub("", _WHETHER.sub("", clause))
    if _states(clause, question):
        return True
    if _NO.search(clause):
        return False
    return True if _YES.search(clause) else None


def _states(clause: str, question: str) -> bool:
    """Whether a clause says what the question asks, in its words; 经过 alone will do."""
    return _is_part(clause, _ASKED.sub("", question))


def _is_part(clause: str, asked: str) -> bool:
    """Whether a clause is a part of what is asked; of a word in Latin letters, a whole one."""
    if clause.isascii():
        words = " ".join(_WORDS.findall(clause))
        return len(words) > 2 and f" {words} " in f" {' '.join(_WORDS.findall(asked))} "
    said = informative(clause)
    return len(said) >= 2 and said in informative(asked)


def _denies_itself(clause: str, question: str, yes: bool) -> bool:
    """Whether a clause says the contrary of the answer's yes or no about the very thing asked."""
    asked = _ASKED.sub("", question)[:_LONGEST_STATEMENT]
    clause = _NEUTRAL.sub("", _ASSURANCE.sub("", clause))
    denial = _NO.search(clause)
    if yes:
        return denial is not None and _is_part(clause[denial.end() :], asked)
    return denial is None and _says_it(clause, asked)


def _says_it(clause: str, asked: str) -> bool:
    """Whether a clause states what is asked, with nothing else in place of a part of it."""
    if not asked.isascii():
        said, wanted = informative(_PRONOUN.sub("", clause)), informative(asked)
        ahead, behind = _shared(said, wanted), _shared(said[::-1], wanted[::-1])
        return behind >= 2 and ahead + behind >= len(said)
    content = [word for word in _WORDS.findall(asked) if word not in _SMALL_WORDS]
    words = _WORDS.findall(clause)
    return len(content) > 2 and all(any(w.startswith(c) for w in words) for c in content[1:])


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
