"""What an answer claims of each name in it: its statement, and how well that fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from harness.checker.parse.mention import USED, Mention, mask_mentions
from harness.checker.reading.fit import Fit, fit
from harness.checker.reading.opposites import opposed
from harness.checker.reading.set_aside import ASKS_COMPARED, COMPARES, PAST, is_joint
from harness.checker.reading.statements import Statement, holder, statements

_SPEAKS_OF_OTHERS = re.compile(COMPARES, re.ASCII)
_MORE = re.compile(
    r"或|也(?!不|没|非|被称)|还(?!不|没|有(?:库存|现货|货|余|剩|空))|可能|也许|大概|另外|此外|都|均|并列|同时"
    r"|\b(?:or|also|maybe|perhaps|possibly|might|could|too|both|another|as well)\b"
)
_SPLITS = re.compile(r"\b(?:and|but|while|whereas)\b|[而和]|(?<=[^\W\d_]),")
_NOT_IT = re.compile(r"(?:而?不是|并非|而非|\bnot|isn't|is not)(?P<what>[^\n]{2,60})")
_TOLD = re.compile(r"(?:\b(?:by|is|was|are|were)|:)$")  # what follows is the value of what was said
_SUBORDINATE = re.compile(
    r" ?(?:(?:right |just |shortly )?(?:after|before|following|unlike|besides"
    r"|compared)\b|继|随着|在[^,]*[之以]?[前后])"
)
_PRONOUN = re.compile(
    r" ?(?:and )?(?:(?:he|she|they|his|her|their|who|whose)\b|[他她]|其(?![实中余他它]))"
)
_LONGEST_NOTE = 24
# A name that is masked, with what the person or place is called.
_NAME = re.compile(
    rf"{USED}+ ?(?:老师|先生|女士|教授|同学|博士|医生|大夫|经理|主任|站|市|队|馆|课)?"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Names that one statement gives as equals.

    Args:
        mentions: the names, in order.
        words: what is said around them.
        fit: how well that fits the question.
        more: whether it says that they are more of the same, or only perhaps.
        aside: whether it stands in brackets.
        set_apart: whether a label or the row of a table says whose they are.
        more_of_it: whether it goes on about what was named: "and she reports to B".
        opposed: whether it speaks of the opposite, or another rank, than was asked.
        opens: whether it opens a sentence or what is set against the one before.
        subordinate: whether it only says after, before or unlike what something was.
        inherits: whether all that it repeats of the question is said in the clause before.
    """

    mentions: tuple[Mention, ...]
    words: str
    fit: Fit
    more: bool
    aside: bool
    set_apart: bool
    more_of_it: bool
    opposed: bool
    opens: bool = False
    subordinate: bool = False
    inherits: bool = False


_NEIGHBOUR = re.compile(
    r"(?:旁边|隔壁|相邻|对面|邻座|上一?行|下一?行)的?[那另这]?一?[个件座幅本部位只条台款间家]"
    r"|[它其该](?:的)?(?:兄弟|姊妹|姐妹|同门)|(?:姊妹|兄弟)[款版机车型]|(?:上一?|前)[代版]"
    r"|\b(?:its|his|her|their) (?:sibling|sister|predecessor|successor|counterpart|rival|stablemate"
    r"|(?:big|little) (?:brother|sister))\b"
    r"|\bthe (?:one|item|piece|room|row|painting|book) (?:next to|beside|above|below)\b"
)


def claims(mentions: Sequence[Mention], text: str, question: str) -> list[Claim]:
    """Group the names of a prepared answer by what is said of them."""
    return list(_claims(tuple(mentions), text, question))


@lru_cache(maxsize=16)
def _claims(mentions: tuple[Mention, ...], text: str, question: str) -> tuple[Claim, ...]:
    if not mentions:
        return ()
    masked = mask_mentions(text, mentions)
    parts = statements(text, mentions)
    held = [(holder(parts, m.start), m) for m in mentions]
    found: list[Claim] = []
    said: Fit | None = None
    last = -1
    labelled = any(_tells(part, masked, question) for part in parts if part.aside)
    for index, group in groupby(held, key=lambda pair: pair[0]):
        part = parts[index]
        rest = _resumed(parts, index, masked)
        for said_here, names, anew in _groups([m for _, m in group], part, masked):
            words = said_here + rest
            apart = (
                bool(part.row)
                or masked[max(0, names[0].start - 3) : names[0].start].rstrip(' "')[-1:] == ":"
            )
            aside = _aside(parts, index, masked) if labelled else ""
            bare = fit(_NAME.sub(" ", words), question).bare
            off = opposed(f"{part.over} {words} {aside if bare else ''}", question)
            own = fit_of(part, f"{words} {aside}", question)
            off = off or _is_of_neighbour(words, question)
            off = off or (
                not own.full and not own.bare and _denied_next(parts, index, masked, question)
            )
            goes_on = not anew if last == index else part.follows
            inherits = False
            if said is not None and goes_on and _same_sentence(parts, last, index):
                apart = apart or (own.bare and found[-1].set_apart)
                inherits = not own.bare and not own.shared
                own = said if own.bare else _inherits(own, said)
            more = _opens_more(masked, part) if part.aside else bool(_MORE.search(words))
            found.append(
                Claim(
                    tuple(names),
                    words,
                    own,
                    more,
                    part.aside,
                    apart,
                    goes_on and _pronoun(words),
                    off,
                    not part.follows,
                    _SUBORDINATE.match(words) is not None,
                    inherits,
                )
            )
            said, last = own, index
    return tuple(found)


def fit_of(part: Statement, words: str, question: str) -> Fit:
    """How well a statement fits the question, by words in it and those that stand over it.

    A cell speaks of its column and of what heads its row; the other cells only can be asked for.
    """
    words = _NAME.sub(" ", words)
    if not part.row:
        return fit(f"{part.over} {words}", question)
    key = next((cell for cell in part.row.split(" | ") if cell and USED not in cell), "")
    own = fit(f"{part.over} {key} {words}", question)
    row = fit(part.row.replace(USED, " "), question)
    return Fit(
        own.shared | row.shared, own.characters | row.characters, own.own, own.replaced - row.shared
    )


def speaks_of_others(words: str, question: str) -> bool:
    """Tell whether a statement only compares, tells what was before or what lies on the way."""
    if ASKS_COMPARED.search(question) or PAST.search(question):
        return False
    return bool(_SPEAKS_OF_OTHERS.search(words) or PAST.search(words))


def _is_of_neighbour(words: str, question: str) -> bool:
    """Whether words speak of what stands beside what was asked for: 旁边那件是南宋的, 上一代."""
    return _NEIGHBOUR.search(words) is not None and _NEIGHBOUR.search(question) is None


def _opens_more(masked: str, part: Statement) -> bool:
    """Whether a bracket adds to what it stands behind: (or B), (also B)."""
    return _MORE.match(masked[part.start : part.end].lstrip()) is not None


def _same_sentence(parts: Sequence[Statement], first: int, last: int) -> bool:
    return all(part.follows for part in parts[first + 1 : last + 1])


def _inherits(own: Fit, said: Fit) -> Fit:
    """Let a clause without a subject of its own go on with the one before."""
    if own.replaced:
        return own
    return Fit(own.shared | said.shared, own.characters | said.characters, own.own, own.replaced)


def _tells(aside: Statement, masked: str, question: str) -> bool:
    """Whether a bracket speaks of what was asked: Jamaica (gold)."""
    said = fit(masked[aside.start : aside.end], question)
    return bool(said.shared or said.replaced)


def _pronoun(words: str) -> bool:
    """Whether words start with one who was named before."""
    return _PRONOUN.match(words) is not None


def _denied_next(parts: Sequence[Statement], index: int, masked: str, question: str) -> bool:
    """Whether the next clause denies what was asked of the same: 甲是班长，不是校长."""
    behind = parts[index + 1] if index + 1 < len(parts) else None
    if behind is None or not behind.follows:
        return False
    denial = _NOT_IT.match(masked[behind.start : behind.end].lstrip())
    return denial is not None and USED not in denial["what"] and fit(denial["what"], question).full


_OF_OTHER = re.compile(r"\b\w+(?:ed|ten) by \w|由.|: ?\w")  # (translated by B), (译者:B)


def _aside(parts: Sequence[Statement], index: int, masked: str) -> str:
    """What stands in brackets right behind a statement."""
    behind = parts[index + 1] if index + 1 < len(parts) else None
    if behind is None or not behind.aside or parts[index].aside:
        return ""
    words = masked[behind.start : behind.end]
    if _OF_OTHER.search(words):
        return ""
    brief = len(words) <= _LONGEST_NOTE if words.isascii() else len(words) <= _LONGEST_NOTE // 2
    return words if brief and USED not in words else ""


def _resumed(parts: Sequence[Statement], index: int, masked: str) -> str:
    """What a statement says behind a bracket within it: "A (version 15) is the database"."""
    if index + 2 >= len(parts) or not parts[index + 1].aside or parts[index].aside:
        return ""
    rest = parts[index + 2]
    words = masked[rest.start : rest.end]
    goes_on = not rest.aside and rest.follows and masked[rest.start - 1] in ")]"
    return f" {words}" if goes_on and USED not in words else ""


def _groups(
    mentions: Sequence[Mention], part: Statement, masked: str
) -> Iterator[tuple[str, list[Mention], bool]]:
    """The names of a statement with the words around them, those that a joint joins together.

    With them, whether a word like "and" starts anew behind the names before.
    """
    groups: list[list[Mention]] = []
    for mention in mentions:
        if groups and is_joint(masked[groups[-1][-1].end : mention.start]):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    left = masked[part.start : groups[0][0].start] if groups[0][0].start > part.start else ""
    anew = False
    for i, group in enumerate(groups):
        end = groups[i + 1][0].start if i + 1 < len(groups) else max(part.end, group[-1].end)
        between = masked[group[-1].end : end]
        cut = _SPLITS.search(between) if i + 1 < len(groups) else None
        if i + 1 == len(groups):
            yield f"{left} {between}", group, anew
        elif cut:
            yield f"{left} {between[: cut.start()]}", group, anew
            left, anew = between[cut.end() :], True
        else:
            told = _TOLD.search(left.rstrip()) is not None
            yield left if told else f"{left} {between}", group, anew
            left, anew = between, False
