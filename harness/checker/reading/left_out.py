"""Items that a list names only to leave them out, and lists that leave open what is on them.

除A、B外, "except A and B", 不教A和B and A、B都不 leave out; A或B and A、B之一 leave open.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from harness.checker.parse.mention import Mention
from harness.checker.reading.denials import (
    asks_for_gone,
    denied_before,
    denied_behind,
    says_not,
)
from harness.checker.reading.fit import fit
from harness.checker.reading.set_aside import is_past, shut_out

# 除了A，还有B names both; 除A外 leaves A out.
_EXCEPT = re.compile(
    r"(?P<besides>除了)?(?:(?<=除了)|除(?!外|法|以))(?P<items>[^。;!?\n]{1,120}?)"
    r"(?:[之以]外|外(?![地国部面籍])|,|(?=都[不没是有可会要教需在]|均|全"
    r"|其[余他它]))(?P<rest>[^。;!?\n]{0,12})"
    r"|\b(?:except|(?:all|everything|everyone) but|excluding|other than|apart from|but not"
    r"|not including|without)\b(?: for)?:?"
    r"(?P<english>(?:(?! (?:is|are|was|were|all|every|the rest|he|she|it|they|that is,?"
    r"|namely|i\.e\.|only) )[^.:;!?\n]){1,120})"
    r"|(?:其[他它余]|另外|剩下|余下)(?!的?也|还)[^,。;:!?\n()]{0,12}\((?P<others>[^()\n]{1,80})\)"
    r"(?=[则均都皆全为不没未无只仅])(?![则均都皆全]?[也还同])"
    r"|[(,。;\n](?P<behind>[^(),。;!?\n]{1,80})(?:除外|不算|不在内|不包括在内)",
    re.ASCII,
)
_ALL = re.compile(
    r"除[^。;!?\n]{1,120}?(?:外|,)[^。;!?\n]{0,16}?(?:都|均|每|所有|其[余他它]|全部?|皆)"
    r"|(?:每|所有|全部)[^。;!?\n]{0,16}除"
    r"|\b(?:all|every\w*|each|the rest|any)\b"
)
_MAY_EXCEPT = re.compile(
    "除|其[他它余]|另外|剩下|余下|不算|不在内|不包括在内|(?:all|every[a-z]{1,5}) but|exc"
    "|other than|apart|not|without"
)
_AFTER_EXCEPT = re.compile(r"除[^,。;!?\n]{0,12}$")
_STILL = re.compile(r"^,? ?[^,。;!?\n]{0,8}?(?:还|也|又|同时)(?!不|没)")
_RANGE = re.compile(r" ?(?:次|站|号)?(?:列车)? ?(?:到|至|~|-{1,2}|—|\bto\b|\band\b) ?", re.ASCII)
_WITHIN = re.compile(r" ?(?:次|站|号)?(?:列车)? ?(?:之间|间|期间|以内|这段)")
_BETWEEN = re.compile(r"\b(?:between|from) $")
_DIGIT = re.compile("[0-9]")
_JOINED = re.compile(
    r" ?(?:次|站|号|课)?(?:列车)?[\"”']? ?(?:、|,(?= $)|,? ?(?:和|与|及|以及|或|\band\b|\bor\b"
    r"|\bnor\b)) ?(?:the |an? )?[\"“']?",
    re.ASCII,
)
_OR = re.compile(r"或|还是|抑或|要么|\bor\b", re.ASCII)
_LONGEST_GAP = 24
_LONGEST_HEAD = 64
# 没参加的有A, 不停靠的是A.
_OTHERS = re.compile(r"(?:没有?|未|不)[^,。;!?\n]{1,8}的[^,。;!?\n]{0,6}(?:有|是|为|包括|:)+ ?$")
_NEGATED = re.compile(r"[不没未]|除|\bnot\b|n't|except", re.ASCII)
_ASIDE = re.compile(r"\([^()\n]{0,60}\)")
_CROSSED = re.compile(" ?[✘✗×❌](?! ?[0-9])")  # A✔ B✘
_NOT_THIS = re.compile(r"(?:不是|并非|而非|不包括)[^,。;!?\n]{0,6}$")
# A、B都不…, where the denial is one of them all.
_ALL_BEHIND = re.compile(
    r"[^,。;!?\n]{0,8}(?:都|均|全|皆)|,? (?:all |both )?(?:are|do|is|does|were|was)"
)
_FAILS = re.compile(
    " ?(?:符合|满足|属于|在(?:其|此|内|列)|包[括含]|算|included|qualify|count|meet|belong)"
)
_ONE_OF_THEM = re.compile(
    r"[^,。;!?\n]{0,6}?(?:之一|其一|中的?(?:任意|任何|某)?一[个趟种门位名人项款只所家间座条本类场]|任选|任意一)"
)
_ONE_OF_THESE = re.compile(r"\b(?:(?:any )?one of|either|some of)\b|其中之一|任选其一")


def taken(mentions: Sequence[Mention], text: str, question: str = "") -> list[Mention]:
    """Drop what the answer leaves out, denies, or gives as the end of a range.

    Args:
        mentions: items in a prepared answer, in order.
        text: the answer.
        question: the prepared question. Where it asks what is not so, 不教A is no denial of A.
    """
    asks_not = bool(_NEGATED.search(_ASIDE.sub("", question)))
    spans = _excluded(text)
    starts = [start for start, _ in spans]
    kept: list[Mention] = []
    off = False
    closed = shut_out(mentions, text, question)
    for i, mention in enumerate(mentions):
        joined = bool(i) and _joins(text[mentions[i - 1].end : mention.start])
        off = (
            (off and joined)
            or mention.start in closed
            or _denies(mention, text, question, asks_not=asks_not)
        )
        within = bisect_right(starts, mention.start) - 1
        if not off and not (within >= 0 and mention.end <= spans[within][1]):
            kept.append(mention)
    return _without_ranges(kept if asks_not else _without_denied_lists(kept, text, question), text)


# "Cash or card, both are taken"
_ALL_OF_THEM = re.compile(
    r"[^.;。;\n]{0,12}?(?:\bboth\b|[都均](?:可以?|行|能|收|接受|支持|是)"
    r"|\beither (?:one )?(?:is|will|works))"
)


def leaves_open(mentions: Sequence[Mention], text: str) -> bool:
    """Tell whether a list is one of alternatives: A或B, A、B之一, "either A or B"."""
    if len({m.value for m in mentions}) < 2:
        return False
    for one, other in pairwise(mentions):
        between = text[one.end : other.start]
        if one.value != other.value and len(between) <= _LONGEST_GAP and _OR.search(between):
            return _ALL_OF_THEM.match(text, other.end) is None
    first = text[max(0, mentions[0].start - _LONGEST_GAP) : mentions[0].start]
    return bool(_ONE_OF_THEM.match(text, mentions[-1].end) or _ONE_OF_THESE.search(first))


def _excluded(text: str) -> list[tuple[int, int]]:
    """Where the items stand that a text leaves out by 除…外, "except" and the like."""
    if not _MAY_EXCEPT.search(text):
        return []
    found = []
    for match in _EXCEPT.finditer(text):
        name = next(n for n in ("items", "english", "others", "behind") if match[n] is not None)
        if name == "items" and match["besides"] and _STILL.match(match["rest"]):
            continue
        found.append(match.span(name))
    return found


def excluded_from_all(text: str) -> list[tuple[int, int]]:
    """Where the items stand that "all except A" leaves out; nothing where not all is said."""
    return _excluded(text) if _ALL.search(text) else []


def _denies(mention: Mention, text: str, question: str, *, asks_not: bool) -> bool:
    before = text[max(0, mention.start - 24) : mention.start]
    if _AFTER_EXCEPT.search(before):  # what is left out by 除 is found as a whole
        return False
    if asks_not:
        return bool(_NOT_THIS.search(before))
    head = text[max(0, mention.start - _LONGEST_HEAD) : mention.start]
    if is_past(head, text, mention.end, question):
        return True
    return denied_before(head, question) or bool(_OTHERS.search(before))


def _joins(between: str) -> bool:
    """Whether a denial goes on from one item to the next."""
    return len(between) <= _LONGEST_GAP and _JOINED.fullmatch(between) is not None


def _without_denied_lists(mentions: list[Mention], text: str, question: str) -> list[Mention]:
    """A、B都不…: from its end the denial reaches back over the whole list."""
    kept: list[Mention] = []
    off = False
    for i in range(len(mentions) - 1, -1, -1):
        behind = text[mentions[i].end : mentions[i + 1].start] if i + 1 < len(mentions) else ""
        off = (off and _joins(behind)) or _denied_behind(text, mentions[i].end, question)
        if not off:
            kept.append(mentions[i])
    return kept[::-1]


def _denied_behind(text: str, end: int, question: str) -> bool:
    """Whether what was asked is denied of the item that ends here: A没有, A不停靠2站台."""
    if _CROSSED.match(text, end):
        return True
    what = denied_behind(text, end, question)
    if what is None or (asks_for_gone(question) and not says_not(text, end)):
        return False
    said = fit(what, question)
    asked = said.bare or said.shared or said.characters
    return bool(asked or _FAILS.match(what) or _ALL_BEHIND.match(text, end))


def _without_ranges(mentions: list[Mention], text: str) -> list[Mention]:
    """06:00到08:00之间 and "between A and B" name no item of a list."""
    ends: set[int] = set()
    for one, other in pairwise(mentions):
        if not _RANGE.fullmatch(text[one.end : other.start][:_LONGEST_GAP]):
            continue
        before = text[max(0, one.start - 9) : one.start]
        named = not _DIGIT.search(str(one.value))  # from Dublin to Rome is a journey
        if _WITHIN.match(text, other.end) or (_BETWEEN.search(before) and not named):
            ends |= {one.start, other.start}
    return [m for m in mentions if m.start not in ends]
