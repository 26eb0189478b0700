"""Which of the values that it lists an answer picks: "the last of these is X", 较晚的一次是X.

A pick counts where its rank is the one that the question asks for; of "the first is X, the last
is Y" each answers its own question.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.checker.reading.disambiguate import CLAUSE_END, HEDGE, Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.checker.parse.mention import Mention

# Words for one end of a scale; what is in one group stands for the same end.
_GROUPS = (
    r"earliest|first|earlier|soonest|opening|[最较更]早|最先|第一|首|头[班趟场次]",
    r"latest|last|later|final|most recent|[最较更][晚迟近]|最后|末|上一?次",
    r"highest|higher|largest|larger|biggest|bigger|greatest|greater|longest|longer|tallest|taller"
    r"|heaviest|heavier|dearest|priciest|maximum|most(?! recent)|[最较更][高多大长重贵远]",
    r"lowest|lower|smallest|smaller|fewest|fewer|shortest|shorter|lightest|lighter|cheapest"
    r"|cheaper|minimum|least|less|[最较更](?:[低少小短轻近]|便宜)",
    r"fastest|faster|quickest|quicker|shortest|shorter|[最较更][快短]",
    r"slowest|slower|longest|longer|[最较更][慢长]",
    r"oldest|older|earliest|[最较更][老早]",
    r"second(?! (?:to )?last)|第二",
    r"third|第三",
    r"fourth|第四",
    r"youngest|younger|newest|newer|latest|[最较更](?:新|年轻)",
)
_RANKS = tuple(re.compile(rf"(?<![a-z])(?:{group})(?![a-z])") for group in _GROUPS)
_RANK = (
    r"(?:(?<![a-z])(?:[a-z]{3,9}est|first|second|third|fourth|last|final|opening"
    r"|most [a-z]{3,12}|least [a-z]{3,12}|later|earlier|longer|shorter|higher|lower|larger"
    r"|smaller|bigger|cheaper|faster|slower|older|newer|younger)(?![a-z])"
    r"|第[一二三四]|[最较](?:[早先晚迟后近高多大长重贵远低少小短轻快慢老新]|便宜|年轻)|最后|[末首][班场趟次]?|头[班场趟次])"
)
# "the earliest one is X", 其中最早的一班是X
_AHEAD = re.compile(
    rf"(?P<rank>{_RANK})(?P<what>[^,.;:!?。\n]{{0,32}}?)"
    r"(?: (?:is|was|being|would be)(?: (?:at|on|the one (?:at|on)))?(?: the)?|[是为在]|:)"
    r" ?[$€£¥]? ?$"
)
# 最后一场15:30开始
_RIGHT_AHEAD = re.compile(
    r"(?P<rank>最后|最[早晚迟先]|[末首头])的?一?[班场趟次个天节届期批笔]"
    r"(?P<what>[\u4e00-\u9fff]{0,6}?)[于在]? ?$"
)
# "X is the latest of the three", X最晚
_BEHIND = re.compile(
    r"(?:[,)]? ?(?:is|was|being|comes?) (?:the )?"
    rf"| ?(?:这一?[班次趟场个天])?[是为]?(?=[\u4e00-\u9fff]))(?P<rank>{_RANK})"
)
_GOES_ON = re.compile(r" ?(?:-|~|至|到(?!达|站)|to\b|until\b|through\b)")
_PLAIN = re.compile(
    r"(?:one|ones|two|three|four|of|the|these|those|them|both|all|value|values|time|times|date"
    r"|dates|in|on|at|here|listed|entry|option|available|above|and|most)"
)
_HAN_PLAIN = re.compile(r"[的一班次趟场个天项条者位种那这其中两几些时间日期]")
_REACH = 60  # characters before a value that can pick it


def picked(mentions: list[Mention], context: Context) -> list[Mention]:
    """Take the value that is called what the question ranks by, if one alone is.

    Nothing is taken where another value follows in doubt.
    """
    question = context.question
    if not any(rank.search(question) for rank in _RANKS):
        return mentions
    found = [m for m in mentions if _is_pick(m, context.text, question)]
    if len({m.value for m in found}) != 1:
        return mentions
    end = found[-1].end
    later = any(m.start >= end for m in mentions)
    return mentions if later and HEDGE.search(context.text, end) else found


def _is_pick(mention: Mention, text: str, question: str) -> bool:
    clause = CLAUSE_END.split(text[max(0, mention.start - _REACH) : mention.start])[-1]
    if _GOES_ON.match(text, mention.end):  # the second: 14:00-22:00
        return False
    ahead = _AHEAD.search(clause)
    if ahead and _asked(ahead["rank"], question):
        return _says_no_more(ahead["what"], question)
    right = _RIGHT_AHEAD.search(clause)
    if right and _asked(right["rank"], question):
        return _says_no_more(right["what"], question)
    behind = _BEHIND.match(text, mention.end)
    return behind is not None and _asked(behind["rank"], question)


def _asked(rank: str, question: str) -> bool:
    """Whether a word names the end of a scale that a question asks for."""
    return any(one.search(rank) and one.search(question) for one in _RANKS)


def _says_no_more(what: str, question: str) -> bool:
    """Whether what stands between a rank and its verb is the question's, or names the list."""
    words: Sequence[str] = re.findall(r"[a-z]+", what)
    rest = _HAN_PLAIN.sub("", "".join(c for c in what if c > "\u2fff"))
    return all(_PLAIN.fullmatch(word) or word[:4] in question for word in words) and all(
        character in question for character in rest
    )
