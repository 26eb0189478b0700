"""Names in a question that hold digits, and their repeats in an answer.

小米14多少钱? 小米14的价格是3999元: 14 is a piece of the name that the question says, and no amount.
"""

from __future__ import annotations

import re
from functools import lru_cache

from harness.checker.parse.mention import mask_pattern

# 3-101, iphone 15, 米14; 第3, 共12 and 5月8 name nothing.
_NAME = re.compile(
    r"(?<![a-z0-9])[a-z0-9]+(?:[-/][a-z0-9]+)+|(?<![a-z])[a-z]+[ -]?[0-9]+[a-z]?(?![a-z0-9/])"
    r"|[\u4e00-\u9fff](?<![第共有是为在到约于和与从比过达超年月日点时分秒周每前后近至或])[0-9]+(?![0-9:.,/-])",
    re.ASCII,
)
_DIGIT = re.compile("[0-9]")


def without_asked_names(text: str, question: str) -> str:
    """Make unreadable in a prepared answer the names with digits that the question says."""
    names = _asked(question)
    return text if names is None or not _DIGIT.search(text) else mask_pattern(text, names)


@lru_cache(maxsize=8192)
def _asked(question: str) -> re.Pattern[str] | None:
    found = {m[0] for m in _NAME.finditer(question) if _DIGIT.search(m[0])}
    if not found:
        return None
    names = "|".join(re.escape(name) for name in sorted(found, key=len, reverse=True))
    return re.compile(rf"(?<![a-z0-9/-])[一二两三四五六七八九十]?(?:{names})(?![0-9a-z/-])")
