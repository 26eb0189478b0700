"""Names of columns that no list holds, by the word that they end in and those before it.

The last word of a name says what the column holds, in Chinese as in English: 用户输入 is an input,
输入时间 a time, Expected Output an output, output tokens are tokens.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum

from harness.question_files.words import words

# A remark behind a name: Question - max 120 characters; 题目：不超过 100 字.
_REMARK = re.compile(r"\s[-–—]\s|[:：，,;；(（\[【]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-z]+")
_CJK = re.compile(r"[\u3400-\u9fff]+")


class Standing(IntEnum):
    """Whose answer a column holds, by its name: of several, the greatest is the right one."""

    OTHERS = 0
    PLAIN = 1
    RIGHT = 2


def field_of(name: str) -> str | None:
    """`question` or `answer` where a name ends in a word for it, `None` else."""
    text = bare(name)
    chinese = "".join(_CJK.findall(text))
    if chinese:
        if text[-1].isdigit():  # 题目1 and 题目2 head what was scored, not what was asked
            return None
        return _chinese(chinese)
    return _english(_words(text))


def standing(name: str) -> Standing:
    """Whose answer it is."""
    text = bare(name)
    said = {*_words(text)}
    if _holds(text, "others_zh") or not said.isdisjoint(words("others_en")):
        return Standing.OTHERS
    is_right = _holds(text, "right_zh") or not said.isdisjoint(words("right_en"))
    return Standing.RIGHT if is_right else Standing.PLAIN


def is_weak(name: str) -> bool:
    """Whether a name heads questions and other things as well: user, input, source."""
    text = bare(name)
    said = _words(text)
    return text.endswith(words("weak_zh")) or (bool(said) and said[-1] in words("weak_en"))


def is_reply(name: str) -> bool:
    """Whether a name heads what is said to a user, so that the user beside it asks: assistant."""
    return bare(name).casefold() in words("replies")


def bare(name: str) -> str:
    """A name without the remark behind it."""
    text = unicodedata.normalize("NFKC", name).strip(" *＊#")
    return _REMARK.split(text, maxsplit=1)[0].strip() or text


def _words(text: str) -> list[str]:
    return _WORD.findall(_CAMEL.sub(" ", text).casefold())


def _holds(text: str, name: str) -> bool:
    return any(word in text for word in words(name))


def _chinese(text: str) -> str | None:
    last = next((tail for tail in words("neutral_zh") if text.endswith(tail) and text != tail), "")
    for core in dict.fromkeys((text, text.removesuffix(last))):
        if core.endswith(words("answer_zh")) and (
            not core.endswith("选项") or _holds(core, "right_zh")
        ):
            return "answer"
        if core.endswith(words("question_zh")):
            return "question"
    return None


def _english(said: list[str]) -> str | None:
    while len(said) > 1 and said[-1] in words("neutral_en"):
        said = said[:-1]
    if len(said) > 1 and said[-1] in words("place_en") and said[-2] in words("answer_en"):
        return "answer"
    if not said:
        return None
    if said[-1] in words("answer_en"):
        return "answer"
    return "question" if said[-1] in words("question_en") else None
