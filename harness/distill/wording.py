"""Does another wording of a question still ask the same? What can be told from the words alone.

The answer of a reworded question is computed for the question before it was reworded, so a wording
that drifts makes a right answer wrong.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from harness.metrics.text import fold, prepare
from harness.metrics.values import find_values

_BLANK = "□"
# Pairs of opposites. A wording that drops one side and takes the other asks the reverse.
_OPPOSITES = tuple(
    (re.compile(one), re.compile(other))
    for one, other in (
        ("最早|最先|头班|首班|头一班|earliest", "最晚|最迟|末班|最后一班|latest"),
        ("最短|最少|最快|shortest|least|fewest", "最长|最多|最久|最慢|longest|most"),
        ("最低|最小|最便宜|lowest|smallest|cheapest", "最高|最大|最贵|highest|largest|dearest"),
        (
            "以后|之后|及以后|不早于|或更晚|起(?:开|到|发)|after|from",
            "以前|之前|不晚于|或更早|before|until",
        ),
        (
            "以上|至少|不低于|不少于|不小于|(?<!不)(?:高于|超过|多于|大于)|at least|or more",
            "以下|至多|不超过|不高于|不多于|不大于|(?<!不)(?:低于|少于|小于)|at most|or less",
        ),
        ("晚点|推迟|延误|晚|推后|late|delay", "提前|早点|提早|early"),
    )
)
_NEGATION = re.compile(r"没|缺|未|无|空着|空白|\b(?:no|not|without|missing|lacks?)\b")
_IDIOM = re.compile(r"有没有|知不知道|不知道|没赶上|没来得及|无论|无误")
_DIGITS = re.compile(r"[0-9]+")
_LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
_CJK = re.compile(r"[\u4e00-\u9fff]")

LEAVES_OUT = "question leaves out what it asks about"
ADDS = "question adds a value"
REVERSED = "question asks the reverse"
LANGUAGE = "question in another language"


def wording_problem(original: str, question: str, named: Sequence[str]) -> tuple[str, str]:
    """What is wrong with another wording of a question: a reason and a detail, empty if nothing.

    Args:
        original: the question as the suite words it.
        question: the other wording.
        named: the values that both must name.
    """
    new, old = prepare(question), prepare(original)
    lacking = [value for value in named if not names(new, value)]
    if lacking:
        return LEAVES_OUT, lacking[0]
    new_words, old_words = without_values(new, named), without_values(old, named)
    added = set(_DIGITS.findall(new_words)) - set(_DIGITS.findall(old_words))
    if added:
        return ADDS, min(added)
    if turned := _reversed(old_words, new_words):
        return REVERSED, turned
    foreign = _foreign(old_words, new_words, fold(original), fold(question))
    return (LANGUAGE, foreign) if foreign else ("", "")


def names(prepared: str, value: str) -> bool:
    """Whether a prepared question names a value: as it is written, or as the same time or span."""
    wanted = prepare(value)
    if wanted in prepared:
        return True
    for kind in ("time", "duration"):
        asked = {mention.value for mention in find_values(kind, wanted)}
        if asked:
            return asked <= {mention.value for mention in find_values(kind, prepared)}
    return False


def without_values(prepared: str, named: Iterable[str]) -> str:
    """A prepared question with the values that it names blanked, also in other spellings."""
    text = prepared
    for value in sorted(map(prepare, named), key=len, reverse=True):
        if value and value in text:
            text = text.replace(value, _BLANK)
            continue
        for kind in ("time", "duration"):
            asked = {mention.value for mention in find_values(kind, value)}
            for mention in reversed(find_values(kind, text)) if asked else ():
                if mention.value in asked:
                    text = text[: mention.start] + _BLANK + text[mention.end :]
    return text


def _reversed(old: str, new: str) -> str:
    """The word that turns the question round; empty where none does."""
    for one, other in _OPPOSITES:
        for had, has in ((one, other), (other, one)):
            turned = has.search(new)
            if had.search(old) and turned and not had.search(new) and not has.search(old):
                return str(turned[0])
    denied, denies = (_NEGATION.search(_IDIOM.sub("", text)) for text in (old, new))
    if (denied is None) is not (denies is None):
        found = denied if denies is None else denies
        return str(found[0]) if found is not None else ""
    return ""


def _foreign(old: str, new: str, original: str, question: str) -> str:
    """A word or character that the question's own language does not have; empty if there is none.

    Simplified characters fit into GB 2312, traditional ones do not.
    """
    if not _CJK.search(old):
        found = _CJK.search(question)
        return str(found[0]) if found else ""
    foreign = set(_LATIN_WORD.findall(new)) - set(_LATIN_WORD.findall(old))
    if foreign:
        return str(min(foreign))
    strange = (c for c in _CJK.findall(question) if c not in original and not _is_simplified(c))
    return next(strange, "")


def _is_simplified(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


class Keys:
    """The keys of a table's rows, to be found in a text without trying each of them."""

    def __init__(self, keys: Collection[str]) -> None:
        # A key that is a short number would be found in times and counts.
        folded = {prepare(key) for key in keys}
        self._keys = {key for key in folded if len(key) > (3 if key.isdigit() else 1)}
        self._lengths = sorted({len(key) for key in self._keys}, reverse=True)

    def others(self, text: str, allowed: Iterable[str]) -> list[str]:
        """The keys that a text names apart from what is allowed, in order."""
        rest = prepare(text)
        for value in sorted(map(prepare, allowed), key=len, reverse=True):
            rest = rest.replace(value, _BLANK) if value else rest
        return [rest[start:end] for start, end in self._spans(rest)]

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        start = 0
        while start < len(text):
            end = next(self._ends(text, start), 0)
            if end:
                yield start, end
            start = end or start + 1

    def _ends(self, text: str, start: int) -> Iterator[int]:
        """Where keys that begin here end, the longest first."""
        for length in self._lengths:
            end = start + length
            if end <= len(text) and text[start:end] in self._keys and _whole(text, start, end):
                yield end


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a code stands for itself, not inside a longer one."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_glued(before, text[start]) or _glued(text[end - 1], after))


def _glued(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()
