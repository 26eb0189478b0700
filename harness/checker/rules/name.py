"""Judging answers whose right value is a name or a phrase."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.checker.parse.absence import none_clauses
from harness.checker.parse.mention import mask, mask_mentions
from harness.checker.parse.names import lexicon, parts_of, shortened
from harness.checker.parse.refusal import excuses_itself
from harness.checker.reading.asked_row import names_only_others
from harness.checker.reading.asserted import undefeated
from harness.checker.reading.claims import claims
from harness.checker.reading.concepts import VALUE, called_otherwise
from harness.checker.reading.disambiguate import Context, asked_role, other_role, roles, standing
from harness.checker.reading.fit import SWAPPED, TOP, VARIANT
from harness.checker.reading.labels import (
    asked_of,
    labels_of,
    names_another,
    names_of,
    words_of,
)
from harness.checker.reading.rivals import rivals, says_another
from harness.checker.reading.roles import MARK, named_roles
from harness.checker.reading.said_once import said_once
from harness.checker.reading.set_aside import CORRECTS, live
from harness.checker.reading.statements import holder, statements
from harness.checker.reading.substitutes import says_whose
from harness.checker.rules.phrase import judge_phrase
from harness.checker.rules.value import contradicts_itself, settle, without_value
from harness.checker.verdict import HEDGE, SAYS_UNKNOWN, WRONG, Case, Verdict, correct, wrong
from harness.text.normalize import informative, prepare

if TYPE_CHECKING:
    from harness.checker.parse.mention import Mention

# Longer ones are sentences: they are compared as a whole, and never called wrong.
_LONGEST_NAME = 24
_CONCLUDES = re.compile(
    r"因此|所以|综上|由此|最终(?:答案|结果)|答案(?:应该?)?[是为:]|结论[是为:]|\btherefore\b"
    r"|\bthus\b|\bhence\b|\bbut the (?:correct|right) (?:row|line|entry|cell|one)\b"
    r"|(?:^|[.,;\n] ?)so,? (?=the|it|he|she|this)|\b(?:final )?answer(?: is|:)"
)
_RANKS = re.compile(r"[^<>=\n]{0,16}[<>=][^<>=\n]{0,4}")
_WINNER = re.compile(r"冠军|第一名|金牌|夺冠|\b(?:won|winner|champion|first place|gold medal)\b")
_RANK = re.compile(r"(?:^|[\s|,;(])(?P<rank>[0-9]{1,2})(?:st|nd|rd|th)?[.、):]?[ |]*$")
_LONGEST_RANK = 12
_MOST = re.compile(r"最|\b(?:\w+est|most|least)\b")
_LEAST = re.compile(
    r"最[低小少短矮轻冷近慢便]|\b(?:lowest|smallest|cheapest|shortest|least|fewest|lightest"
    r"|slowest|youngest|coldest)\b"
)
_UNSURE = re.compile(
    r"\bhard to (?:say|tell)\b|(?:can't|cannot|couldn't|can not) (?:say|tell|decide)\b"
    r"|(?:can't|cannot|don't|do not) (?:remember|recall|know) (?:which|who|if)\b"
    r"|\b(?:not sure"
    r"|unclear"
    r"|unsure) which\b|\b(?:must|should|has to) be (?:among|one of) (?:them|these|those)\b"
    r"|不(?:太|是很|大|能|敢)?(?:确定|清楚|知道|记得|肯定)(?:到底|究竟|具体|应该)?[是在为属]?于?(?:哪|谁|[^,。;]{1,8}还是)"
    r"|拿不准|吃不准|分不清|[记搞弄]不清|难说|说不[准好清]|(?:难以|无法|不能|不好)(?:确定|判断|区分|断定)"
)
_ARROW = re.compile(r"(?:→|=>|->) ?(?P<name>[^→>\n,;(]{1,40})(?:\([^()]{0,12}\))?[.。]?$")
_ASKS_END = re.compile(r"现[在任]|目前|如今|目的地|\b(?:now|currently|current|destination)\b")
_NUMBERED = re.compile(r"(?P<kind>[a-z]{3,}) (?P<number>[0-9]{1,4}[a-z]?|[a-z])")
_LONGEST_END = 48
_GUESS = re.compile(r"\b(?:could|might|may) be\b|\bmy (?:best )?guess\b")
_OTHERS = re.compile(r"其他|其它|其余|别的|另外|\b(?:others?|rest)\b")
# What a name is called right before it: 是著名导演张艺谋.
_APPOSED = re.compile(r"(?<=[是为由自在叫])[^,。;!?\n是为由自在叫]{1,16}$")
_LAST_NUMBER = re.compile(r"[0-9]{1,6}$")
# "You can join the class in Studio 2": a verb of the reader's, and no other thing.
_SPEAKS_TO = re.compile(r"^ ?(?:you|we|they|it|he|she|i)\b[^,.;!?]{0,24}?\b(?:the|an?|your|this) ")
_TURNS = re.compile(r"[,;.]? ?(?:\b(?:while|whereas|but|although|though)\b|而(?!且)|但)")
_DIALLED = re.compile(r"\+?[0-9(][0-9() /.-]{5,24}[0-9]")
_NO_DIGIT = re.compile("[^0-9]")
_SHORTEST_DIALLED = 7
_SHORTEST_CORRECTION = 2
_ROLE = re.compile(rf"{MARK}[a-z]+")
_STATIONS = ("origin", "terminus")
_DENIES = "denies the right answer"


def judge_name(case: Case) -> Verdict:
    """Judge an answer whose right value is a name, with or without a domain.

    A name that joins several (two halls) is right when all of them are named and no other.
    """
    gold = prepare(str(case.gold.value))
    if informative(case.text) == informative(gold):
        return correct((gold,))
    case = _dialled(case, gold)
    numbered = _NUMBERED.fullmatch(gold)
    if numbered and numbered["kind"] in case.question and _is_number(case.text, numbered["number"]):
        return correct((gold,))
    case = _corrected(case)
    if len(informative(gold)) > _LONGEST_NAME:
        return judge_phrase(case, gold)
    if _guesses(case):
        return wrong(SAYS_UNKNOWN)
    case = _concluded(said_once(case), gold)
    verdict = _judge_known(case, gold) if case.domain.values else _judge_free(case, gold)
    return _doubted(verdict, case, gold) if verdict.value else verdict


def _corrected(case: Case) -> Case:
    """The answer from its last "no wait" on, where no names are known that could stand behind."""
    last = None if case.domain.values else CORRECTS.search(case.text)
    if last is None or len(informative(case.text[last.end() :])) < _SHORTEST_CORRECTION:
        return case
    cased = case.cased[last.end() :] if len(case.cased) == len(case.text) else ""
    return _corrected(replace(case, text=case.text[last.end() :], cased=cased))


def _dialled(case: Case, gold: str) -> Case:
    """The answer with a telephone number spaced as the right one is: 0471556208."""
    digits = _NO_DIGIT.sub("", gold)
    if len(digits) < _SHORTEST_DIALLED or not _DIALLED.fullmatch(gold):
        return case
    text = _DIALLED.sub(
        lambda found: gold if _NO_DIGIT.sub("", found[0]) == digits else found[0], case.text
    )
    return replace(case, text=text, cased="") if text != case.text else case


def _doubted(verdict: Verdict, case: Case, gold: str) -> Verdict:
    """The verdict on an answer that holds the right name, and may take it back."""
    if _gives_up(case, gold) or _counts_on(case, gold):
        return wrong(HEDGE, verdict.found)
    return wrong(WRONG, verdict.found) if _tells_of_another(case, gold) else verdict


def _tells_of_another(case: Case, gold: str) -> bool:
    """Whether the answer gives the name, and no other, to another thing than the question names."""
    names = lexicon(case.domain, (gold,)).find(case.text)
    if len(names) != 1 or not case.question:
        return False
    label = labels_of(names, case.text)[0]
    head = _APPOSED.sub("", _SPEAKS_TO.sub("", label.head))
    told = f"{'' if words_of(head) else label.heading} {head}{VALUE}{label.tail}"
    asked = asked_of(case.question)
    said = mask_mentions(case.text, names)
    if names_only_others(told, case.question) or names_another(
        names_of(told), names_of(case.question)
    ):
        return True
    if _TURNS.match(case.text, names[0].end + len(label.tail)):
        said = told  # what another is said to be comes behind: "A won the B Prize, while the C …"
    return not label.cells and (
        _tells(told, said, asked.text, case.names) or called_otherwise(asked.text, asked.near, told)
    )


def _tells(told: str, said: str, asked: str, names: frozenset[str]) -> bool:
    """Whether another thing is told of; by its role where both name one: writer, author."""
    if not says_whose(told, said, asked, names):
        return False
    one, said, other = map(named_roles, (told, said, asked))
    both = set(_ROLE.findall(one)) & set(_ROLE.findall(other))
    return not both or says_whose(one, said, other, names)


def _is_number(text: str, number: str) -> bool:
    """Whether an answer is nothing but the number of what was asked: 7, No. 7."""
    return text.strip(" .。").removeprefix("no. ").removeprefix("number ") == number


def _gives_up(case: Case, gold: str) -> bool:
    """Whether the answer ends by saying that it cannot tell which."""
    named = lexicon(case.domain, (gold,)).find(case.text)
    return bool(named) and _UNSURE.search(case.text, named[-1].end) is not None


def _counts_on(case: Case, gold: str) -> bool:
    """Whether another number stands beside that of the name: 行政楼305或306, "gates 7 and 8"."""
    number = _LAST_NUMBER.search(gold)
    if number is None:
        return False
    own, length = number[0], len(number[0])
    joint = rf"(?<![0-9]){own} ?(?:或者?|、|/|和|\bor|\band) ?"
    return re.search(rf"{joint}(?!{own})[0-9]{{{length}}}(?![0-9])", case.text) is not None


def _concluded(case: Case, gold: str) -> Case:
    """The answer from its last "therefore" on, where a name stands behind it."""
    last = None
    for last in _CONCLUDES.finditer(case.text):  # noqa: B007 -- only the last one counts
        pass
    pointed = _pointed_at(case, gold)
    if pointed:
        return replace(case, text=pointed, cased="")
    if last is None or not lexicon(case.domain, (gold,)).find(case.text[last.end() :]):
        return case
    cased = case.cased[last.end() :] if len(case.cased) == len(case.text) else ""
    return replace(case, text=case.text[last.end() :], cased=cased)


def _pointed_at(case: Case, gold: str) -> str:
    """The name of several that an arrow at the end points at: "A 15, B 12 → B"."""
    arrow = _ARROW.search(case.text[-_LONGEST_END:])
    if arrow is None or not lexicon(case.domain, (gold,)).find(arrow["name"]):
        return ""
    named_before = arrow["name"].strip(" .。!*") in case.text[: -len(arrow[0])]
    return arrow["name"] if named_before or _ASKS_END.search(case.question) else ""


def _guesses(case: Case) -> bool:
    """Whether an answer refuses, and then guesses."""
    return bool(_GUESS.search(case.text)) and excuses_itself(case.text)


def _judge_known(case: Case, gold: str) -> Verdict:
    """Judge by the names of a domain: another of them is another answer."""
    names = lexicon(case.domain, (gold,))
    wanted = {names.canonical(part) for part in parts_of(gold)}
    plural = str(case.gold.value).islower()  # no name but a word: fire stations
    mentions = names.find(case.text, plural=plural) or shortened(
        gold, case.domain, case.question
    ).find(case.text)
    asked = names.values_in(case.question)
    if len(wanted) == 1:
        return _judge_one(case, mentions, wanted, asked)
    if not mentions:
        return without_value(case)
    named = {str(m.value) for m in live(mentions, case.text, case.question)}
    if asked.isdisjoint(wanted):  # otherwise the question offers a choice
        named -= asked
    found = tuple(sorted(named))
    return correct(found) if named == wanted else wrong(WRONG, found)


def _judge_one(
    case: Case, mentions: list[Mention], wanted: set[str], asked: frozenset[str]
) -> Verdict:
    """Judge by the names that the answer stands by."""
    alive = live(mentions, case.text, case.question)
    if mentions and not alive:
        return wrong(_DENIES if any(m.value in wanted for m in mentions) else WRONG)
    kept = undefeated(alive, case.text, case.question)
    if alive and (not kept or _is_of_another(kept, case)):
        return wrong(WRONG, tuple(sorted({str(m.value) for m in alive})))
    kept = _ranked(kept, case)
    if _is_one_of_several(kept, case, wanted, asked):
        return wrong(HEDGE, tuple(dict.fromkeys(str(m.value) for m in kept)))
    case = _without_others(case, mentions, kept)
    verdict = settle(case, "text", kept, lambda m: m.value in wanted, asked)
    if verdict.value and rivals(case, mentions, known=True):
        return wrong(HEDGE, verdict.found)
    return verdict


def _ranked(mentions: list[Mention], case: Case) -> list[Mention]:
    """Of a ranking "A > B > C" the end that is asked for."""
    joints = [case.text[one.end : other.start] for one, other in pairwise(mentions)]
    if (
        joints
        and _WINNER.search(case.question)
        and _numbers(mentions, case.text) == [str(n + 1) for n in range(len(mentions))]
    ):
        return [mentions[0]]
    if not joints or not _MOST.search(case.question) or not all(map(_RANKS.fullmatch, joints)):
        return mentions
    if len({">" in joint for joint in joints if "=" not in joint}) != 1:
        return mentions
    from_top = any(">" in joint for joint in joints)
    end = 0 if from_top != bool(_LEAST.search(case.question)) else -1
    return [mentions[end]]


def _numbers(mentions: list[Mention], text: str) -> list[str]:
    """The ranks that stand before names: "1. A 2. B", "| 1 | A |"."""
    heads = (_RANK.search(text[max(0, m.start - _LONGEST_RANK) : m.start]) for m in mentions)
    return [head["rank"] if head else "" for head in heads]


def _is_of_another(mentions: list[Mention], case: Case) -> bool:
    """Whether the answer speaks throughout of another role or row: 2002 where 2001 is asked for.

    So it does where it only says who came second.
    """
    return all(
        any(map(_tells_row, claim.fit.replaced))
        or (TOP in claim.fit.replaced and TOP not in claim.fit.shared)
        for claim in claims(mentions, case.text, case.question)
    )


def _tells_row(word: str) -> bool:
    return word.startswith((MARK, SWAPPED, VARIANT)) or any(map(str.isdigit, word))


def _is_one_of_several(
    mentions: list[Mention], case: Case, wanted: set[str], asked: frozenset[str]
) -> bool:
    """Whether the right name stands only in a list of names that are given as equals."""
    held = [
        {m.value for m in claim.mentions}
        for claim in claims(mentions, case.text, case.question)
        if any(m.value in wanted for m in claim.mentions)
    ]
    return bool(held) and all(values - wanted - asked for values in held)


def _without_others(case: Case, mentions: list[Mention], kept: list[Mention]) -> Case:
    """The answer without what it says of others: "A has one; B has none"."""
    parts = statements(case.text, mentions)
    held = {holder(parts, mention.start) for mention in kept}
    others = {holder(parts, mention.start) for mention in mentions} - held
    spans = [
        (part.start, part.end)
        for i, part in enumerate(parts)
        if i in others or (i not in held and _OTHERS.search(case.text[part.start : part.end]))
    ]
    return replace(case, text=mask(case.text, spans, " ")) if spans else case


def _judge_free(case: Case, gold: str) -> Verdict:
    """Judge without a domain: the right name is there, and no rival beside it."""
    names = lexicon(case.domain, (gold,))
    wanted = {names.canonical(part) for part in parts_of(gold)}
    context = Context(case.text, case.question, "text")
    plural = str(case.gold.value).islower()  # no name but a word: fire stations
    mentions = names.find(case.text, plural=plural) or shortened(
        gold, case.domain, case.question
    ).find(case.text)
    alive = live(mentions, case.text, case.question)
    kept = standing(undefeated(alive, case.text, case.question), context)
    if {m.value for m in kept} != wanted:
        if mentions and not kept:
            return wrong(_DENIES)
        verdict = without_value(case)
        return verdict if none_clauses(case.text) or verdict.value == 0 else wrong()
    found = tuple(dict.fromkeys(str(m.value) for m in kept))
    other = names_only_others(case.text[: kept[-1].start], case.question)
    if other or _is_of_another(kept, case) or says_another(case, kept):
        return wrong(WRONG, found)
    if rivals(case, kept, known=False) or contradicts_itself(case, context):
        return wrong(HEDGE, found)
    return wrong(WRONG, found) if _has_wrong_label(kept, context) else correct(found)


def _has_wrong_label(mentions: list[Mention], context: Context) -> bool:
    """Whether the answer gives the name as the origin although the terminus is asked for.

    Only where the answer labels both: a single label may be a slip of the tongue.
    """
    asked = asked_role(context.question, "text")
    if not asked:
        return False
    other = next(role for role in _STATIONS if role != asked)
    if any(claim.fit.full for claim in claims(mentions, context.text, context.question)):
        return False
    labels = roles(mentions, context)
    return all(label == other for label in labels) and not other_role(context.text, asked, "text")
