"""The answer checker: is what a model said the right answer?

    check("K2095/8次列车改为07:06开。", Gold("time", "07:06")).value == 1.0

The kind of the right answer chooses a parser; the parser finds values in the answer; what the
question says, what the answer denies and what it merely works with are set aside. What is left is
right, wrong, a hedge, or unparsed: where the rules cannot read an answer they say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from harness.checker.gold import gold_from
from harness.checker.parse.absence import none_clauses
from harness.checker.parse.codes import shape_of
from harness.checker.parse.disowned import disowns
from harness.checker.parse.values import ValueKind, read
from harness.checker.reading.asked_names import without_asked_names
from harness.checker.reading.grid import barred
from harness.checker.reading.initials import spelled_out
from harness.checker.reading.lists import sort_of
from harness.checker.reading.substitutes import proper_names
from harness.checker.rules.choice import judge_choice, judge_free
from harness.checker.rules.date import judge_date
from harness.checker.rules.name import judge_name
from harness.checker.rules.none import judge_none
from harness.checker.rules.set import judge_set
from harness.checker.rules.value import judge_code, judge_duration, judge_number, judge_time
from harness.checker.rules.yes_no import is_yes_no, judge_yes_no
from harness.checker.verdict import EMPTY, HEDGE, Case, Verdict, wrong
from harness.core import Domain, Gold
from harness.text.normalize import answer_part, prepare, says_nothing, unmarked

__all__ = ["Verdict", "check", "gold_from"]

_ANYTHING = Domain()
_PLAIN_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,4})?(?:号站台|号|站台|趟|列|个|次列车)?")
_ASKS = re.compile(
    r"\?|几|多少|哪|什么|何时|何地|吗|谁|请|\b(?:which|what|when|where|how|who)\b", re.ASCII
)
_LINES_WITHOUT_CONTEXT = 2
_LONGEST_NONE = 8
_NAMES_WITHIN = 4000  # characters; a bound on work
# A face between two words ends a sentence as a stop does.
_SMILES = re.compile(
    r"(?<=\w) ?[\U0001f600-\U0001f64f\U0001f910-\U0001f93e\U0001f970-\U0001f97a\U0001f389\U0001f38a"
    r"\U0001f44b-\U0001f44d\U0001f44f\U0001f493-\U0001f49f\u2728\u2764]+ ?(?=\w)"
)
# "The other one, however, is not": a word between two commas is no clause.
_PARENTHETIC = re.compile(
    r", ?(?:however|though|by contrast|in contrast|on the other hand|in turn|meanwhile|instead"
    r"|of course|as it happens|in fact|indeed), ",
    re.IGNORECASE,
)
_IF = re.compile(r"如果|假如|若(?!干)|要是|的话|\b(?:if|unless|in case)\b", re.ASCII)
_OTHERWISE = re.compile(r"(?:否则|不然|\b(?:otherwise|or else|if not|else)\b)", re.IGNORECASE)
# What holds only under a condition, with something else otherwise: no answer to a plain question.
_EITHER_WAY = re.compile(
    r"(?<![^,;.。!?\n])[^,;.。!?\n]{0,40}?(?:如果|假如|若(?!干)|要是|\bif\b)[^.。!?\n]{1,80}"
    rf"[,;.。] ?{_OTHERWISE.pattern}[^.。!?\n]{{0,80}}",
    re.IGNORECASE,
)
_ECHO = re.compile(r"(?P<echo>[^,。;!?\n]+)(?:是|为|:) ?(?P<value>是|否)[。.!]?")
_STRUCK = re.compile("~~(?![~ ])[^~\n]{1,60}(?<! )~~")  # crossed out in Markdown
_WHOLE_DATE = len("YYYY-MM-DD")


def check(text: str, gold: Gold, question: str = "", domain: Domain = _ANYTHING) -> Verdict:
    """Judge one answer against the right one.

    Args:
        text: what the model wrote. Thinking up to `</think>` is not part of the answer.
        gold: the right answer with its kind.
        question: what was asked. What it says itself (the old time, the train) is no hedge.
        domain: what a name can be, with aliases. Without it a name is judged by its own spelling.

    Returns:
        A verdict whose value is 1 (right), 0 (wrong, hedged or empty), between the two for a set
        that is partly right, or `None` where the rules cannot read the answer.
    """
    said = answer_part(text)
    cased = _SMILES.sub("。", unmarked(barred(_STRUCK.sub(" ", said))))
    if says_nothing(cased):
        return wrong(EMPTY)
    if gold.kind == "choice":  # its letters count in their case, and its options in every line
        verdict = judge_choice(Case(said, question, gold, domain))
    else:
        verdict = _judged(cased, gold, asking_part(question), question, domain)
    if verdict.value and disowns(cased.lower()) and not disowns(prepare(str(gold.value)).lower()):
        return wrong(HEDGE, verdict.found)
    return verdict


def _judged(cased: str, gold: Gold, asked: str, question: str, domain: Domain) -> Verdict:
    """Judge a prepared answer, with its capitals, to anything but a choice."""
    cased = spelled_out(_PARENTHETIC.sub(" ", cased), question)
    if _OTHERWISE.search(cased) and not _IF.search(asked):
        cased = _EITHER_WAY.sub(" ", cased)
        if says_nothing(cased):
            return wrong(HEDGE)
    said = cased.lower()
    if gold.kind in ("number", "duration") or _PLAIN_NUMBER.fullmatch(str(gold.value)):
        said = without_asked_names(said, asked)
    names = proper_names(question) | proper_names(cased[:_NAMES_WITHIN])
    case = Case(said, asked, gold, domain, cased, names)
    if gold.kind == "text" and is_yes_no(gold.value, asked):
        return _judge_yes_no(case)
    return _judge_for(gold)(case)


@lru_cache(maxsize=8192)
def asking_part(question: str) -> str:
    """Return the prepared lines of a question that ask, without rows given as context.

    Values in an open-book context are no excuse for an answer that lists two of them.
    """
    prepared = prepare(question)
    lines = prepared.split("\n")
    if len(lines) <= _LINES_WITHOUT_CONTEXT:
        return prepared
    asking = [line for line in lines if _ASKS.search(line)]
    return "\n".join(asking) if asking else lines[-1]


def names_in(gold: Gold) -> tuple[str, ...]:
    """Return the names that a right answer holds: what another question's answer may be."""
    if isinstance(gold.value, tuple):
        return tuple(item for item in gold.value if sort_of(item) == "name")
    return (str(gold.value),) if _judge_for(gold) is judge_name else ()


@lru_cache(maxsize=8192)
def _judge_for(gold: Gold) -> Callable[[Case], Verdict]:
    """Choose the judge of a right answer."""
    if gold.kind == "set" and not gold.value:
        return judge_none
    return _judge_for_text(prepare(str(gold.value))) if gold.kind == "text" else _JUDGES[gold.kind]


def _judge_for_text(text: str) -> Callable[[Case], Verdict]:
    """Choose the judge of a text: what is plainly a code, a number or a time is judged as that.

    Question files seldom name the kind, and 7点06分 answers 07:06 there too.
    """
    for judge, fits in (
        (judge_code, bool(shape_of(text))),
        (_judge_yes_no, is_yes_no(text)),
        (judge_none, len(text) <= _LONGEST_NONE and bool(none_clauses(text))),
    ):
        if fits:
            return judge
    if _PLAIN_NUMBER.fullmatch(text):
        return _with_gold(judge_number, "number", text)
    readers: tuple[ValueKind, ...] = ("time", "duration", "date")
    for kind in readers:
        if _is_plainly(kind, text):
            return _with_gold(_JUDGES[kind], kind, text)
    return judge_name


def _judge_yes_no(case: Case) -> Verdict:
    """Judge a yes or no; behind the question's own words only the last word counts.

    非遗豆花的素食是否。
    """
    echo = _ECHO.fullmatch(case.text)
    if echo and set(echo["echo"]) <= {*case.question, "的", " "}:
        return judge_yes_no(replace(case, text=echo["value"]))
    return judge_yes_no(case)


def _is_plainly(kind: ValueKind, text: str) -> bool:
    """Whether a text is one value of a kind and nothing else.

    A date must tell its year and be no bare digits, which more often number something.
    """
    reading = read(kind, text)
    if reading is None or reading.leftover:
        return False
    return kind != "date" or (len(str(reading.value)) == _WHOLE_DATE and not text.isdigit())


def _with_gold(judge: Callable[[Case], Verdict], kind: str, text: str) -> Callable[[Case], Verdict]:
    gold = gold_from(kind, text)
    return lambda case: judge(replace(case, gold=gold))


_JUDGES: dict[str, Callable[[Case], Verdict]] = {
    "text": judge_name,
    "number": judge_number,
    "time": judge_time,
    "date": judge_date,
    "duration": judge_duration,
    "set": judge_set,
    "none": judge_none,
    "choice": judge_choice,
    "free": judge_free,
}
