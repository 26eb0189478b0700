"""Judging answers whose right value is a long phrase or a sentence."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise, takewhile

from harness.checker.rules.value import without_value
from harness.checker.verdict import HEDGE, Case, Verdict, correct, wrong
from harness.text.normalize import informative, is_informative, prepare

# A denial just before or behind the phrase, with at most a mark between.
_DENIED_BEFORE = re.compile(
    r"(?:不是|并非|而非|绝非|不应该?|不该|不能|不可以?|不要|不会|不得|不等于|不对|错误|有误"
    r"|误以为|除了?|没有?(?:规定|说|写|提|讲|要求)|谣传|误传"
    r"|\bnot(?! to worry)(?: (?:that|true|the case))?|\bnever|\bfalse|\bwrong|\buntrue"
    r"|\bincorrect|n't"
    r"|\bdeny|\bdenies"
    r"|rather than|instead of|contrary to)"
    r"(?:(?!而是|是|but\b)[^,。;!?\n]){0,12}[\"'“”:, ]*$|\bcontrary to [^,。;!?\n]{0,60}$",
    re.ASCII,
)
_DENIED_BEHIND = re.compile(
    r"[^\w\n]{0,4}(?:,|\.)? ?(?:这(?:个|种|一|句)?(?:说法|写法|答案|回答|话|内容|条)?|此说法"
    r"|以上说法|上述说法|该说法|这些?)?"
    r"(?:是|都|并|也|就|完全)?(?:不(?:对|正确|符|成立|准确|是正确|是真)|错(?!过)|有误|并非|为假)"
    r"|[^\w\n]{0,4}(?:,|\.)? ?(?:this |that |it |which )?(?:is|was) (?:not|wrong|false"
    r"|incorrect|untrue)\b",
    re.ASCII,
)
_OR_BEFORE = re.compile(r"(?:或者?是?|还是|要么|抑或|\bor)[\"'“”:,; \n]*$", re.ASCII)
_OR_BEHIND = re.compile(r"[^\w]{0,6}(?:或者?|还是|要么|抑或|or\b|alternatively)", re.ASCII)
_ITEM = re.compile(r"^ ?(?:[-*•·]|\(?[0-9]{1,2}[.、)]|\(?[a-z][.)])(?! ?[0-9])", re.MULTILINE)
# A question that the answer asks itself, unless it says yes to it.
_ASKED = re.compile(r"[\"'”’」』)]{0,3} ?[吗么呢]? ?\?(?! ?(?:是|对|没错|yes))")
_TAKEN_BACK = re.compile(
    r"[\"'”’」』)]{0,3}[,;。.]? ?(?:但是?|不过|然而|其实|现在|如今|but|however|although|though"
    r"|now)[^。;!?\n]{0,10}?"
    r"(?:不|没|取消|废止|作废|失效|改为|已改|\bnot\b|n't|no longer|false|wrong|cancelled"
    r"|banned|changed)"
)
_DOUBTED = re.compile(r"(?:可能|也许|或许|大概|maybe|perhaps|possibly|might)[^,。;!?\n]{0,8}$")
_DOUBTED_TOO = re.compile(r"[^。!?\n]{0,6}?(?:可能|也许|或许|maybe|perhaps|possibly|might)")
_SENTENCE = re.compile(r"[。;!?\n]|\.(?= |$)")
_IN_OTHER_WORDS = re.compile(
    r"[,(]? ?(?:即|也就是|换句话说|意思是|i\.?e\.?|that is|meaning|in other words|而不是|而非)"
)
_TOKENS = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]")
_SAME_WORDS, _SAME_PAIRS = 0.6, 0.35  # from which on an addition speaks of the same thing
_NEAR = 40  # characters around the phrase that can deny it
_KEY = 8  # informative characters by which another phrase is looked up
_SHARE = 3  # an item of a list is an alternative from a third of the phrase's length


def judge_phrase(case: Case, gold: str) -> Verdict:
    """Judge by the whole phrase: it is there, undenied, and no alternative beside it.

    Without it an answer is never called wrong: other words may say the same.
    """
    span = _find(gold, case.text)
    if span is None:
        return without_value(case)
    before, behind = case.text[: span[0]], case.text[span[1] :]
    near = re.split(r"[。!?\n]|\. ", before[-2 * _NEAR :])[-1]
    if _DENIED_BEFORE.search(near) or _is_denied_behind(behind[:_NEAR]):
        return wrong("denies the right answer")
    doubted = _DOUBTED.search(near) and _DOUBTED_TOO.match(behind[:_NEAR])
    if doubted or _offers_another(case, gold, before, behind) or _adds(gold, before, behind):
        return wrong(HEDGE, (gold,))
    return correct((gold,))


def _is_denied_behind(behind: str) -> bool:
    """Whether what follows the phrase denies it, takes it back or makes it a question."""
    return any(form.match(behind) for form in (_DENIED_BEHIND, _ASKED, _TAKEN_BACK))


def _adds(gold: str, before: str, behind: str) -> bool:
    """Whether more of the same stands in its sentence, or a variant of it in another one."""
    first = _SENTENCE.split(behind, maxsplit=1)[0]
    wanted = _TOKENS.findall(gold)
    added = _TOKENS.findall(first)
    long = 4 * len(added) >= len(wanted) and not _IN_OTHER_WORDS.match(first)
    if long and _share(added, wanted) >= (_SAME_WORDS if wanted[0].isascii() else _SAME_PAIRS):
        return True
    rest = (*_SENTENCE.split(before), *_SENTENCE.split(behind)[1:])
    return any(_is_variant(_TOKENS.findall(sentence[: len(gold) * 2]), wanted) for sentence in rest)


def _share(tokens: list[str], wanted: list[str]) -> float:
    """The share of a text's words, or of its pairs of Chinese characters, that a phrase has too."""
    if wanted[0].isascii():
        return sum(token in wanted for token in tokens) / len(tokens)
    same = set(pairwise(wanted))
    return sum(pair in same for pair in pairwise(tokens)) / len(tokens)


def _is_variant(tokens: list[str], wanted: list[str]) -> bool:
    """Whether a sentence begins as the phrase does and goes on otherwise."""
    common = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(tokens, wanted, strict=False))
    )
    enough = 2 if wanted and wanted[0].isascii() else 4
    return enough <= common < min(len(tokens), len(wanted))


def _find(gold: str, text: str) -> tuple[int, int] | None:
    """Where a phrase stands in a text, marks and blanks aside."""
    wanted = informative(gold)
    at = informative(text).find(wanted)
    if at < 0:
        return None
    places = [i for i, character in enumerate(text) if is_informative(character)]
    return places[at], places[at + len(wanted) - 1] + 1


def _offers_another(case: Case, gold: str, before: str, behind: str) -> bool:
    if _OR_BEFORE.search(before[-_NEAR:]) and informative(before):
        return True
    if _OR_BEHIND.match(behind[:_NEAR]):
        return True
    wanted = informative(gold)
    if any(_named(case.domain.values, wanted, informative(part)) for part in (before, behind)):
        return True
    return _is_listed(before, behind, len(wanted))


def _is_listed(before: str, behind: str, length: int) -> bool:
    """Whether the phrase is one item of a list whose others are about as long."""
    lines = [line for line in (*before.split("\n")[:-1], *behind.split("\n")[1:]) if line.strip()]
    items = [line for line in lines if _ITEM.match(line)]
    own = before.rpartition("\n")[2]
    return bool(_ITEM.match(own)) and any(
        _SHARE * len(informative(item)) >= length for item in items
    )


def _named(values: frozenset[str], gold: str, text: str) -> bool:
    """Whether a text names another phrase of a domain: work grows with the text alone."""
    starts = _by_start(values)
    return any(
        phrase not in gold and text.startswith(phrase, at)
        for at in range(len(text) - _KEY + 1)
        for phrase in starts.get(text[at : at + _KEY], ())
    )


@lru_cache(maxsize=64)
def _by_start(values: frozenset[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for value in values:
        phrase = informative(prepare(value))
        if len(phrase) >= _KEY:
            found.setdefault(phrase[:_KEY], []).append(phrase)
    return {key: tuple(phrases) for key, phrases in found.items()}
