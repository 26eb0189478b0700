"""Judging answers whose right value is a yes or a no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from harness.checker.parse.absence import none_clauses
from harness.checker.parse.refusal import says_unknown
from harness.checker.reading.polarity import is_yes_no, says_yes
from harness.checker.reading.propositions import (
    Asked,
    asked_of,
    is_label_of_another,
    loose_statement,
    shares_words,
    statement,
)
from harness.checker.reading.statements import statements
from harness.checker.verdict import (
    HEDGE,
    SAYS_UNKNOWN,
    WRONG,
    Case,
    Verdict,
    correct,
    unparsed,
    wrong,
)
from harness.text.normalize import informative

__all__ = ["is_yes_no", "judge_yes_no", "says_yes"]

_DOUBT = re.compile(
    "可能|也许|或许|大概|大约|兴许|未必|说不定|说不[好准清]|不一定|不好说|难说|不确定|拿不准"
    "|没把握|看情况|视情况|取决于|有时|(?<![大绝])部分"
    "|应该[是会能]?吧|估计|似乎|好像|[是会能要可以]吧|是也不是|据说|要看|得看|因[^,。]{1,6}而异"
    r"|\b(?:maybe|perhaps|possibly|(?<!not )possible that|it is possible|probably|likely"
    r"|might|may (?:or|not|be|have|well)"
    r"|could be|unsure|uncertain|sometimes|partly"
    r"|depends|depending|who knows|hard to (?:say|tell)|not (?:sure|certain|clear)"
    r"|cannot (?:say|tell)"
    r"|seems?|i (?:guess|think so))\b",
    re.ASCII,
)
_YES = (
    r"是的?|对的?|正确的?|没错|不错|有的?|会的?|能的?|可以的?|行|好的?|需要的?|要的?|肯定的?"
    r"|当然(?:[是会能有要]|可以|需要)?|确实|没问题"
    r"|毫无疑问|无疑|√|✓|✔|✅|yes|yeah|yep|yup|y|sure|true|correct|right|indeed|absolutely"
    r"|certainly|definitely"
    r"|affirmative|of course"
)
_NO = (
    r"否定?的?|不|不是的?|不对|不行|不用|不必|不需要|不要|不会的?|不能|不可以|没有?的?|无"
    r"|错误?的?|不正确|并不是?|并没有|并非|当然不|没|✗|×|✘|❌"
    r"|no|nope|nah|n|not|false|incorrect|wrong|never|negative|unfortunately not|not at all"
    r"|not really"
    r"|of course not|certainly not|absolutely not|definitely not"
)
# What may stand before a yes or a no without changing it.
_AHEAD = (
    r"(?:[\s\"'“”‘’*(\[]|答案?|结论|回答|结果|判断|因此|所以|故|那么|嗯|哦|应该|我认为|我的"
    r"|正确|最终|综上所?述?|总之|可见|又|也|其实|同时|但是?|且|而|则|是|为|选"
    r"|\b(?:so|therefore|thus|hence|the|my|final|correct|short|answer|conclusion|is|would be"
    r"|but|and|also"
    r"|well|then|actually|oh|wait|hmm|sorry|in short|to be clear|would|a|clear)\b|[:,=])*"
)
_WORD = re.compile(
    rf"{_AHEAD}?(?:(?P<yes>{_YES})|(?P<no>{_NO}))(?:[了啊呀哦呢嘛哈]|[\s\"'“”’.!)*\]])*", re.ASCII
)
# "yes it is": a word that the clause goes on from.
_OPENS = re.compile(
    r"(?:(?P<yes>是的|对的|没错|当然(?!不)|yes\b|yeah\b|yep\b|sure\b|correct\b)"
    r"|(?P<no>不是的|不对|no (?=it|the|he|she|they|there|this|that|you|we|i\b)|nope\b))",
    re.ASCII,
)
# The word itself is denied: 不是“否”, not "yes", wrong to say yes.
_SAID = re.compile(
    r"(?:(?P<wrong>不能说|不可以说|不应?该?说|不能(?:回答|答)|\b(?:wrong|incorrect|cannot"
    r"|can't|not possible|impossible) "
    r"(?:to )?(?:say|answer)(?: that)?)"
    r"|(?:不是|并非|而非|而不是|\bnot|\bisn't))"
    rf"[\s\"'“”‘’]*(?:(?P<yes>{_YES})|(?P<no>{_NO}))(?![a-z]| that\b)",
    re.ASCII,
)
_ASSURANCE = re.compile(
    "没错|没有错|不错|没问题|没有问题|毫无疑问|毫无疑义|无疑|无误|不用说|不用怀疑"
    r"|\b(?:no|without(?: any| a)?) (?:doubt|question|problem)s?\b",
    re.ASCII,
)
_BOTH = re.compile(
    r"(?P<said>[\u4e00-\u9fff]{1,4})(?:或者?|还是|[、/,和又与])[不没]有?(?P=said)"
    r"|[不没]有?(?P<not>[\u4e00-\u9fff]{1,4})(?:或者?|还是|[、/和又与])(?P=not)"
    r"|(?:是|对|yes|true)['\"”]? ?(?:或者?|还是|[/、和与|&]|and|or) ?['\"“]?(?:否|错|不是|no"
    r"|false)"
)
_CLAUSE = re.compile(
    r"(?P<said>[^,。;!?\n()]*?)(?P<end>[,。;!?\n()|&]|\.(?= |$)|:(?![0-9])| - |->|/(?![0-9])|$)"
)
_HEADING = re.compile(
    r"[\u4e00-\u9fff]{0,4}(?:答案?|结论|回答|结果|判断|\banswer|\bconclusion|\bverdict)"
    r"(?: ?(?:[是为]|is|would be))?[\"'”\]】]? ?[::]"
    r"|[【\[][\u4e00-\u9fff]{0,4}(?:答案?|结论|回答|结果|判断|answer|conclusion|verdict)[】\]]"
)
_TURN = re.compile(r"(?<=\w) (?:(?:but|while|whereas|although|though) |and (?=not\b))", re.ASCII)
_CONCEDES = re.compile(
    r"^ ?(?:虽然?|尽管|即使|如果|若|只要|although|though|even (?:if|though)|if|while"
    r"|according to|based on)"
)
# A clause before a colon or a dash that is no mere label.
_VERB = re.compile(r"\b(?:is|are|was|were|does|do|did|has|have|had|can)\b|'s\b|n't\b", re.ASCII)
_TICKED = re.compile(r"(?P<what>.{2,60}?)[ :]*(?:(?P<yes>[√✓✔✅])|[✗×✘❌])")
# A clause that states nothing of the matter, though it holds its words.
_ROW = re.compile(r"^ ?\|.*\|.*$", re.MULTILINE)
# 无法判断是否…: the matter itself is what is not known.
_CANNOT_TELL = re.compile(
    r"(?:无法|不能|难以|没法|无从)(?:判断|确定|确认|得知|知道|回答)[^,。;!?\n]{0,24}"
    r"(?:是否|有没有|能否|会不会|能不能|是不是)"
    r"|(?:cannot|can't|can not|unable to|impossible to) (?:tell|determine|say|know|confirm)"
    r" (?:whether|if)\b"
)
_IDLE = re.compile(r"\bno (?:idea|clue|one|longer|reason)\b|^ ?(?:是否|能否|whether\b)", re.ASCII)
_LONGEST_CELL = 16
_SHORT = 6  # characters of a clause that can only be about what was asked


@dataclass(frozen=True, slots=True)
class _Said:
    yes: bool
    doubt: bool


def judge_yes_no(case: Case) -> Verdict:
    """Judge a yes or a no, by the word or by what is said of the matter.

    Doubt is a hedge, and so is an answer that says both or denies what it affirms.
    """
    asked = asked_of(case.question)
    text = _HEADING.sub(" ", _outside(case.text, case.question))
    cells = _cells(text, asked)
    clauses = [*_stated(_ROW.sub("", text) if cells else text, asked), *cells]
    words = [one for clause in clauses for one in _by_word(clause)]
    said = words + [
        one for clause in clauses for one in _by_statement(clause, asked, firm=bool(words))
    ]
    said = said or [one for clause in clauses for one in _loosely(clause, asked)]
    both = {one.yes for one in said}
    if len(both) > 1 or _BOTH.search(text) or _doubts(clauses, said):
        return wrong(HEDGE, ("yes", "no"))
    if _CANNOT_TELL.search(text) or (says_unknown(text) and not (said and none_clauses(text))):
        return wrong(SAYS_UNKNOWN)
    if not both:
        return unparsed()
    yes = both.pop()
    found = ("yes",) if yes else ("no",)
    right = says_yes(case.gold.value, case.question)
    return correct(found) if yes is right else wrong(WRONG, found)


def _outside(text: str, question: str) -> str:
    """An answer without the question, which may itself speak of what is likely."""
    return text.replace(question, " ") if question and question != text else text


def _stated(text: str, asked: Asked) -> Iterator[str]:
    """The clauses of an answer that state something of what was asked.

    No questions, no conditions, and nothing under the label of another row.
    """
    label = ""
    parts = list(_CLAUSE.finditer(_TURN.sub(r", \g<0>", text)))
    named = any(match["end"] == ":" and shares_words(match["said"], asked) for match in parts)
    for match in parts:
        clause = match["said"].strip(" \"'“”‘’*-")
        asks = match["end"] == "?" or clause.endswith(("吗", "么", "呢"))
        of_another = bool(label) and (
            is_label_of_another(label, asked)
            or (
                named
                and len(informative(clause)) <= _LONGEST_CELL
                and not shares_words(label, asked)
            )
        )
        if match["end"] != ",":
            label = clause if match["end"] == ":" else ""
        label_only = match["end"] in (":", " - ", "|") and not _says_something(clause)
        if (
            clause
            and not label_only
            and not asks
            and not of_another
            and not _CONCEDES.match(clause)
        ):
            yield clause


def _says_something(clause: str) -> bool:
    """Whether a clause before a colon or a dash is more than a label."""
    return any((_WORD.fullmatch(clause), _OPENS.match(clause), _VERB.search(clause)))


def _cells(text: str, asked: Asked) -> list[str]:
    """The cells of a table that say yes or no in the row and the column that were asked for."""
    if not _ROW.search(text):
        return []
    said = [one for one in statements(text) if one.cell]
    words = [one for one in said if _WORD.fullmatch(text[one.start : one.end].strip())]
    words = [w for w in words if not any(is_label_of_another(x, asked) for x in w.row.split(" | "))]
    words = [one for one in words if shares_words(one.row, asked)] or words
    words = [one for one in words if shares_words(one.over, asked)] or words
    return [text[one.start : one.end].strip() for one in words]


def _by_word(clause: str) -> Iterator[_Said]:
    """What a clause says by a word that is all of it, or opens it."""
    doubt = bool(_DOUBT.search(clause))
    if word := _WORD.fullmatch(clause):
        yield _Said(bool(word["yes"]), doubt)
    elif denied := _SAID.search(clause):
        if not denied["wrong"]:
            yield _Said(not denied["yes"], doubt)
    elif _ASSURANCE.search(clause):
        yield _Said(yes=True, doubt=doubt)
    elif opens := _OPENS.match(clause):
        yield _Said(bool(opens["yes"]), doubt)


def _by_statement(clause: str, asked: Asked, *, firm: bool) -> Iterator[_Said]:
    """What a clause states of the matter, besides such a word."""
    if _WORD.fullmatch(clause) or _SAID.search(clause):
        return
    if ticked := _TICKED.fullmatch(clause):
        if shares_words(ticked["what"], asked) and not is_label_of_another(ticked["what"], asked):
            yield _Said(bool(ticked["yes"]), doubt=False)
        return
    rest = _ASSURANCE.sub("", clause)
    if rest == clause and (opens := _OPENS.match(clause)):
        rest = clause[opens.end() :]
    stated = None if _IDLE.search(rest) else statement(rest, asked, firm=firm)
    if stated is not None:
        yield _Said(stated, bool(_DOUBT.search(clause)))


def _loosely(clause: str, asked: Asked) -> Iterator[_Said]:
    """What a clause says of the matter in fewer words, where none says more."""
    stated = None if _IDLE.search(clause) else loose_statement(clause, asked)
    if stated is not None:
        yield _Said(stated, bool(_DOUBT.search(clause)))


def _doubts(clauses: list[str], said: list[_Said]) -> bool:
    """Whether an answer doubts what it says, or does nothing but doubt."""
    if any(one.doubt for one in said):
        return True
    idle = [clause for clause in clauses if _DOUBT.search(clause)]
    return any(len(informative(clause)) <= _SHORT or not said for clause in idle)
