"""Which of the names in an answer it gives as its answer.

Set aside are what it denies, what it only compares with, what was so before, and what stands in a
statement that fits the question less than another: about another row, or another field.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from harness.checker.parse.mention import Mention
from harness.checker.reading.claims import Claim, claims
from harness.checker.reading.fit import Fit
from harness.checker.reading.set_aside import is_list_joint

# From where and to where, in questions and just before a name.
_ASKS_WAY = {
    "start": re.compile(
        r"从哪|出发|起飞|始发|起点|起始|\b(?:start|depart|origin|leave|from)", re.ASCII
    ),
    "end": re.compile(
        r"到哪|去哪|往哪|到达|抵达|终到|终点|目的地|开往|飞往|\b(?:terminat|destination|arriv"
        r"|end|go\b|bound)",
        re.ASCII,
    ),
}
_WAY = re.compile(
    r"(?:(?P<start>从|自|由|\bfrom:?)|(?P<end>到达?|至|往|抵达?|\bto:?)) ?(?:the )?[\"“]?$",
    re.ASCII,
)
_ASKS_DOER = re.compile(r"^(?:who|which)\b(?!.*\b(?:to|for|from|against|with)\b)")
_DONE_TO = re.compile(r"\b(?:to|for|from|against) (?:the )?$")
_DIGIT = re.compile("[0-9]")
_ONLY = re.compile(r"(?:(?<!not )\bonly (?:the )?|(?<!不)(?:只有|仅有?|唯有))$")
_RESTRICTS = re.compile(r" *(?:(?:only|merely|solely|just)\b|[只仅](?!有))")
_ENDS_LIST = re.compile(r"\band\b|&")
_MOST_JUDGED = 200  # ways to fit: a bound on work


def undefeated(
    mentions: Sequence[Mention], text: str, question: str, of_list: bool = False
) -> list[Mention]:
    """Drop names whose statement fits the question less than that of another.

    Args:
        mentions: the live names of a prepared answer, in order.
        text: the answer.
        question: the prepared question.
        of_list: whether several are asked for. Then a statement about nothing in the question
            goes on with the list.
    """
    found = claims(mentions, text, question)
    found = _joined(found, text, of_list=of_list)
    found = [claim for claim in found if not claim.opposed]
    judged = {_sort(claim): claim for claim in found}
    if len(judged) > _MOST_JUDGED:
        return list(mentions)
    found = _only(found, text) or found
    bare = {value for claim in found if claim.fit.bare for value in _values(claim)}
    beaten = {
        key
        for key, claim in judged.items()
        if any(_defeats(other, claim, of_list) for other in judged.values())
        or (of_list and any(_is_contrast(one, claim, len(bare)) for one in judged.values()))
    }
    kept = [claim for claim in found if claim.more or _sort(claim) not in beaten]
    kept = kept if of_list else _in_direction(kept, text, question)
    return [mention for claim in kept or found for mention in claim.mentions]


def _only(found: list[Claim], text: str) -> list[Claim]:
    """The claims that "only" stands before: "only A does; B and C prefer shade"."""
    return [
        c
        for c in found
        if _ONLY.search(text[max(0, c.mentions[0].start - 12) : c.mentions[0].start])
    ]


def _joined(found: list[Claim], text: str, *, of_list: bool) -> list[Claim]:
    """Join what commas list: "A, B and C from D" says the same of all three."""
    kept: list[Claim] = []
    for claim in reversed(found):
        behind = kept[-1] if kept else None
        if behind is None:
            kept.append(claim)
        elif _lists_on(claim, behind, text):
            kept[-1] = replace(behind, mentions=claim.mentions + behind.mentions)
        elif of_list and _goes_on(claim, behind, text):
            kept[-1] = replace(claim, mentions=claim.mentions + behind.mentions)
        else:
            kept.append(claim)
    return kept[::-1]


def _goes_on(one: Claim, other: Claim, text: str) -> bool:
    """Whether only a joint and a bracket stand between: "A (rooms 1-3) and B (rooms 4-6)"."""
    between = text[one.mentions[-1].end : other.mentions[0].start]
    return "(" in between and is_list_joint(between)


def _lists_on(one: Claim, other: Claim, text: str) -> bool:
    """Whether a comma goes on with a list that "and" ends: "A, B and C"."""
    if text[one.mentions[-1].end : other.mentions[0].start] != ", " or len(other.mentions) < 2:
        return False
    last, end = other.mentions[-2:]
    return _ENDS_LIST.search(text[last.end : end.start]) is not None


def _sort(claim: Claim) -> tuple[object, ...]:
    """What decides between claims: most lists hold many of few sorts."""
    several = _values(claim) if claim.fit.bare or claim.fit.full else None
    apart = (claim.aside, claim.set_apart, claim.opens, claim.subordinate, claim.inherits)
    return claim.fit, apart, claim.more_of_it, several


def _defeats(one: Claim, other: Claim, of_list: bool) -> bool:
    less = other.fit.bare or one.fit.shared > other.fit.shared
    if not of_list and one.fit.full and less and _values(one) < _values(other):
        return True  # 甲-乙, 始发站为甲
    if not of_list and _says_less(other, one):
        return True
    if other.aside and not one.aside and (one.fit.full or one.fit.bare):
        return True
    if of_list and not one.fit.shared and len(one.fit.characters) == 1 and not one.fit.asked:
        return False  # 第五节 says as little of 周五 as 第六节
    return beats(one.fit, other.fit, of_list and not (one.set_apart and other.set_apart))


def _says_less(claim: Claim, than: Claim) -> bool:
    """Whether a statement only goes on about another, or limits itself to another thing."""
    return (
        (claim.subordinate and not than.subordinate and not claim.fit.full)
        or (claim.more_of_it and not than.more_of_it)
        or (_is_restricted(claim) and not _is_restricted(than) and bool(than.fit.shared))
    )


def _is_restricted(claim: Claim) -> bool:
    """Whether a statement limits what it says to another thing: "B only delivers the milk"."""
    return len(claim.fit.own) > 1 and _RESTRICTS.match(claim.words) is not None


def _is_contrast(one: Claim, other: Claim, listed: int) -> bool:
    """Whether a list answers, and another sentence says something else of others."""
    lists = one.fit.full or (one.fit.bare and listed > 1)
    said = other.fit.shared or other.fit.characters
    told = bool(other.fit.own) and (one.fit.bare or not said)
    behind = other.mentions[0].start > one.mentions[0].start
    if one.fit.full and other.inherits and other.fit.own and not other.more and behind:
        return True
    less = bool(other.fit.shared) and one.fit.shared > other.fit.shared
    less = less and bool(other.fit.own or _DIGIT.search(other.words))
    return (
        ((lists and behind and told) or less) and other.opens and not other.more and not other.aside
    )


def _values(claim: Claim) -> frozenset[object]:
    return frozenset(m.value for m in claim.mentions)


def _in_direction(found: list[Claim], text: str, question: str) -> list[Claim]:
    """Where the question asks from or to where, take what the answer says it of."""
    found = _doers(found, text, question)
    asked = [way for way, asks in _ASKS_WAY.items() if asks.search(question)]
    if len(asked) != 1 or len(found) < 2:
        return found
    ways = [_way(claim, text) for claim in found]
    if asked[0] not in ways or all(way == asked[0] for way in ways):
        return found
    return [claim for claim, way in zip(found, ways, strict=True) if way in (asked[0], "")]


def _doers(found: list[Claim], text: str, question: str) -> list[Claim]:
    """Where the question asks who did, drop those to whom it was done: "A sold it to B"."""
    if not _ASKS_DOER.search(question):
        return found
    kept = [
        claim
        for claim in found
        if not _DONE_TO.search(text[max(0, (at := claim.mentions[0].start) - 12) : at])
    ]
    return kept or found


def _way(claim: Claim, text: str) -> str:
    start = claim.mentions[0].start
    found = _WAY.search(text[max(0, start - 12) : start])
    return (found.lastgroup or "") if found else ""


def beats(one: Fit, other: Fit, of_list: bool = False) -> bool:
    """Tell whether words that fit one way answer the question, and the others something else."""
    if (one.asked or one.bare) and not (other.asked or other.bare):
        return not of_list or bool(other.replaced) or (one.full and bool(other.shared))
    if other.asked or other.bare or one.bare:
        return False
    if other.of_variant and not one.of_variant and one.shared >= other.shared:
        return True
    if other.replaced and not one.replaced:
        return bool(other.replaced & (one.shared | one.characters)) or one.shared > other.shared
    if of_list and not one.own <= other.own:
        return False
    return one.shared > other.shared or (
        one.shared == other.shared and one.characters > other.characters
    )
