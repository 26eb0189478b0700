"""Questions that are answered by yes or no, and which of the two a right answer is."""

from __future__ import annotations

import re
from functools import lru_cache

from harness.text.normalize import prepare

_YES_WORDS = ("是", "是的", "对", "对的", "正确", "yes", "true", "√")
_NO_WORDS = ("否", "不是", "不对", "错", "错误", "不正确", "no", "false", "×")
# Answers that are a yes or a no only to a question that asks for one.
_SAYS_YES = (
    "有|会|能|可以|能够|需要|要|必须|应该|支持|包含|包括|提供|允许|属于|存在|行|营业|开放|免费|同意"
    "|适合|y|it does|it is"
)
_MODAL = re.compile(rf"(?:{_SAYS_YES})的?")
_DENIED = re.compile(
    r"(?:不用|无需|不必|无须|不|没有?|未|无|否|非|免)(?P<rest>.{0,6})|not (?P<word>\w+)|n"
)
_POLAR = re.compile(
    r"吗|是否|能否|可否|会否|有否|与否|(?P<verb>[\u4e00-\u9fff]{1,2})[不没](?P=verb)"
    r"|(?P<short>[\u4e00-\u9fff])[不没](?P=short)"
    r"|对错|正误|(?:^|[.,;:!?\n] ?)(?:is|are|was|were|does|do|did|has|have|had|can|could|will"
    r"|would"
    r"|should|must|may) (?!.{0,200}\bor\b)",
    re.ASCII,
)
_EITHER = re.compile("还是")
_LONGEST = 8  # a longer right answer is a sentence


def is_yes_no(gold: object, question: str = "") -> bool:
    """Tell whether a right answer is a mere yes or no."""
    return polarity(prepare(str(gold)), question) is not None


def says_yes(gold: object, question: str = "") -> bool:
    """Tell whether a right answer, known to be a yes or a no, is a yes."""
    return bool(polarity(prepare(str(gold)), question))


@lru_cache(maxsize=8192)
def polarity(gold: str, question: str) -> bool | None:
    """Return whether a right answer is a yes or a no; `None` where it is neither.

    需要 and 不开放 are, where the question asks whether something is so.

    Args:
        gold: the right answer, prepared.
        question: the question, prepared.
    """
    if gold in (*_YES_WORDS, *_NO_WORDS):
        return gold in _YES_WORDS
    if len(gold) > _LONGEST or not _POLAR.search(question) or _EITHER.search(question):
        return None
    denied = _DENIED.fullmatch(gold)
    if denied:
        rest = (denied["rest"] or denied["word"] or "").rstrip("的")
        return False if rest in question or _MODAL.fullmatch(rest) else None
    word = re.escape(gold)
    asked = rf"{word}吗|是否{word}|{word}[不没]|[不没]{word}"
    return True if _MODAL.fullmatch(gold) or re.search(asked, question) else None
