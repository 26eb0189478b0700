"""What kind a right answer is, where nobody says: with care, since a kind decides what is right.

An answer is a text unless it cannot be: the checker reads texts that are plainly a time, a number,
a date or a yes as such anyway. Prose, which no rule can check, is free.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import get_args

from harness.core import Kind
from harness.text.normalize import fold

KINDS: Sequence[Kind] = get_args(Kind)
# What question papers call their parts.
_FORMS: Mapping[str, Kind] = {
    "单选": "choice", "单选题": "choice", "单项选择": "choice", "单项选择题": "choice",
    "选择": "choice", "选择题": "choice", "多选": "choice", "多选题": "choice",
    "多项选择题": "choice", "不定项选择题": "choice", "multiple choice": "choice",
    "single choice": "choice", "mcq": "choice", "判断": "text", "判断题": "text",
    "true/false": "text", "填空": "text", "填空题": "text", "简答": "free", "简答题": "free",
    "问答": "free", "问答题": "free", "论述": "free", "论述题": "free", "开放题": "free",
    "主观题": "free", "essay": "free", "open": "free", "open-ended": "free",
}  # fmt: skip
# A name, a title or a short phrase; what is longer, or has sentences in it, is prose.
_LONGEST_TEXT = 24
_MOST_WORDS = 6
_SENTENCES = re.compile(r"[。！？!?;；\n]|[.][ \n]|[,，].*[,，]")
_CJK = re.compile(r"[\u3400-\u9fff]")
_CODE = re.compile(r"[\w./:+\-#%°$¥€ ]{1,40}")


def kind_of_form(form: str) -> Kind | None:
    """The kind that a paper's part asks for, such as 简答题; `None` where its name says nothing."""
    return _FORMS.get(fold(form).casefold())


def guessed(answer: object) -> Kind:
    """The kind of one answer that has neither kind nor options."""
    if isinstance(answer, list | tuple):
        return "set"
    if isinstance(answer, bool):
        return "text"
    if isinstance(answer, int | float | dt.date | dt.time):  # the checker reads such texts
        return "duration" if isinstance(answer, dt.timedelta) else "text"
    if isinstance(answer, dt.timedelta):
        return "duration"
    return "free" if is_prose(str(answer)) else "text"


def is_prose(text: str) -> bool:
    """Tell whether an answer says more than a value: no rule can tell whether such a one is right.

    Short answers of one clause are values: 兰州, 8小时以内, George Orwell.
    """
    folded = fold(text).rstrip("。.!！?？;；")
    if _SENTENCES.search(folded):
        return True
    if _CJK.search(folded):
        return len(folded) > _LONGEST_TEXT
    return len(folded.split()) > _MOST_WORDS and not _CODE.fullmatch(folded)


def settled(kinds: Sequence[Kind]) -> list[Kind]:
    """The guesses of a file together: where half of its texts are prose, all of them are free.

    A short answer among explanations is an explanation too, and to score one by what it holds and
    the next by its words would mix two things in one number.

    Args:
        kinds: of the answers of one file that were guessed.
    """
    texts = [kind for kind in kinds if kind in ("text", "free")]
    if 2 * texts.count("free") < len(texts) or not texts.count("free"):
        return list(kinds)
    return ["free" if kind == "text" else kind for kind in kinds]
