"""Which column of a file holds what, by the names that people give to columns.

问题, 答案                              question, answer
题目, A, B, C, D, 正确答案              question, four options, answer
instruction, input, output, split      question, input, answer, split
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import ascii_uppercase

import yaml

# What a question file may hold, beside the columns of its options.
FIELDS = (
    "id", "question", "answer", "kind", "reference", "family", "row", "template", "domain",
    "messages", "input", "context", "system", "history", "choices", "split", "form", "serial",
)  # fmt: skip
# Further answers that are right as well as the first.
MORE_ANSWERS = tuple(f"answer{n}" for n in range(2, 10))
_LONGEST_NAME = 40
_OPENING, _CLOSING = "(（[【<", (")", "）", "]", "】", ">")
_BETWEEN = re.compile(r"[\s_\-./:：*'\"“”]+")
_LANGUAGE = re.compile(r"(?<=[a-z])(?:_|-| |\.)(?:en|zh|cn|text|content|string)$", re.IGNORECASE)
_LEAST_OPTIONS = 2
# 答案1 and Answer 2 are right answers; response_1 and output_2 are what models said.
_COUNTED = ("答", "ans")
_PLACES = ("123456789", "一二三四五六七八九")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file that count.

    Args:
        fields: by field of `FIELDS` or `MORE_ANSWERS`, the column that holds it.
        options: by letter from A, the column that holds what that option says.
    """

    fields: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask."""
        return "question" in self.fields or "messages" in self.fields

    def taken(self) -> dict[str, str]:
        """Column by field, options under their letters, as a spec writes them."""
        return {**self.fields, **self.options}


def find_columns(names: Collection[str]) -> Columns:
    """Find the columns that count among some names."""
    known = {name: _plain(name) for name in names if name and len(name) <= _LONGEST_NAME}
    options = _options(known)
    left = {name: plain for name, plain in known.items() if name not in options.values()}
    fields: dict[str, str] = {}
    for name in FIELDS:
        if name in left:  # as the fields are called here
            fields[name] = name
            del left[name]
    for name in ("messages", *FIELDS):
        if name not in fields and (found := _first(_words(name), left)) is not None:
            fields[name] = found
            del left[found]
    accepted = _accepted(known)
    if accepted and fields.get("answer") in (None, *accepted):
        fields |= dict(zip(("answer", *MORE_ANSWERS), accepted, strict=False))
        options = {} if {*options.values()} & {*accepted} else options
    _settle_pairs(fields, names)
    return Columns(fields, options)


def _accepted(names: Collection[str]) -> list[str]:
    """Columns of several right answers, counted from 1: 答案1, 答案2."""
    found: dict[str, dict[int, str]] = {}
    for name in names:
        plain, place = _counted(unicodedata.normalize("NFKC", name).strip())
        if place and plain in (*_words("answer"), "answer"):
            found.setdefault(plain, {})[place] = name
    for by_place in found.values():
        if len(by_place) > 1 and sorted(by_place) == [*range(1, len(by_place) + 1)]:
            return [by_place[place] for place in sorted(by_place)]
    return []


def _counted(name: str) -> tuple[str, int]:
    """A header such as "Answer (2)" without its number, and that; 0 where it is no counted one."""
    numbered = name.removesuffix(")")
    word, mark = numbered[:-1].rstrip(" \t_-("), numbered[-1:]
    is_answer = any(part in word.lower() for part in _COUNTED)
    places = (marks.find(mark) + 1 for marks in _PLACES if mark)
    return _plain(word), max(places, default=0) if is_answer else 0


def _settle_pairs(fields: dict[str, str], names: Collection[str]) -> None:
    """Make a question of the input where there is no other, beside what can only be its answer."""
    if "question" in fields or "messages" in fields:
        return
    plain = {_plain(name): name for name in names}
    asked = next((plain[word] for word in _words("beside_target") if word in plain), None)
    answered = next((plain[word] for word in _words("target") if word in plain), None)
    if asked is not None and answered is not None:
        fields.pop("input", None)
        fields |= {"question": asked, "answer": answered}


def is_question_file(columns: Columns, names: Collection[str]) -> bool:
    """Tell whether columns are those of questions, and not of a table of things.

    A column that asks and one that answers, or a conversation, are enough. Questions alone are so
    only where every other column is one that such files have: 问题 heads a list of faults as well;
    and so are input and output, which machines have too.
    """
    if "messages" in columns.fields:
        return True
    if "question" not in columns.fields:
        return False
    if "answer" in columns.fields and _plain(columns.fields["question"]) not in _words(
        "beside_target"
    ):
        return True
    taken = {*columns.taken().values()}
    others = [name for name in names if name and name not in taken]
    return all(_plain(name) in _words("beside") for name in others)


def is_beside(name: str) -> bool:
    """Whether a column says more of a question and changes nothing about it: 难度, source."""
    return _plain(name) in _words("beside")


def letters_of(count: int) -> str:
    """The letters of so many options."""
    return ascii_uppercase[:count]


def _first(words: Sequence[str], left: Mapping[str, str]) -> str | None:
    for word in words:
        found = next((name for name, plain in left.items() if plain == word), None)
        if found is not None:
            return found
    return None


def _options(names: Collection[str]) -> dict[str, str]:
    """The columns of options by letter, from A on: A, 选项B, option_c, or 选项1, 选项2."""
    named: dict[str, dict[str, str]] = {}
    for name in names:
        for marks in _MARKS:
            place = marks.find(_option_mark(name, bare=marks in _MARKS[:2]) or " ")
            if place >= 0:
                named.setdefault(marks, {}).setdefault(letters_of(place + 1)[-1], name)
    for found in named.values():
        letters = letters_of(len(found))
        if len(found) >= _LEAST_OPTIONS and {*found} == {*letters}:
            return {letter: found[letter] for letter in letters}
    return {}


# How options are marked: letters may stand alone, numbers need a word beside them.
_MARKS = ("abcdefghij", "甲乙丙丁戊己", "123456789", "一二三四五六七八九十")


def _option_mark(name: str, *, bare: bool) -> str | None:
    """What marks an option in the name of its column, such as the b of 选项（B）; `None` else."""
    text = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name)).casefold()
    if len(text) == 1:
        return text if bare else None
    words = sorted(_words("option"), key=len, reverse=True)
    while len(text) > 1:
        shorter = next((rest for word in words if (rest := _without(word, text)) != text), text)
        if shorter == text:
            return None
        text = shorter
    return text


def _without(word: str, text: str) -> str:
    rest = text.removeprefix(word) if text.startswith(word) else text.removesuffix(word)
    return rest if rest else text


def _plain(name: str) -> str:
    """A name as the lists of words have it, or the field's name that it is a longer form of.

    Blanks, case, brackets behind it and a translation beside it do not count: 问题（必填）,
    question_text and 问题Question are 问题 and question.
    """
    text = unicodedata.normalize("NFKC", name).replace("\ufeff", "").strip()
    bare = _before_brackets(text).strip() or text
    forms = (bare, _LANGUAGE.sub("", bare), _LATIN.sub("", bare) if _CJK.search(bare) else bare)
    spelled = [_BETWEEN.sub("", form).casefold() for form in forms]
    known = next((form for form in spelled if form in _every_word()), None)
    if known is not None:
        return known
    if any(_OF_QUESTIONS.fullmatch(form) for form in spelled):
        return "question"
    if any(_OF_ANSWERS.fullmatch(form) for form in spelled):
        return "answer"
    return spelled[0]


def _before_brackets(text: str) -> str:
    """A name without the remark in brackets at its end: 问题 of 问题(必填)."""
    if not text.endswith(_CLOSING):
        return text
    first = text.rfind("\n") + 2  # the remark stands in the last line, behind something
    opening = (at for at in range(first, len(text)) if text[at] in _OPENING)
    return text[: next(opening, len(text))]


_CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z/|\\]+")
# Names that say whose, or which part of it, a question or an answer is.
_OF_QUESTIONS = re.compile(
    r"(?:用户|客户|学生|测试|标准|知识|试题|faq|常见|咨询|原始|输入|考试|中文|英文|原|评测)?"
    r"(?:问题|题目|题干|试题|考题|提问|问句|指令|提示词|提示|咨询|问)(?:描述|说明|内容|文本|语句|正文|原文|题干)?"
    r"|(?:user|customer|test|input|original|eval|the)?(?:question|query|prompt|instruction)s?"
    r"(?:text|content|body|stem)?[#?]?"
)
_OF_ANSWERS = re.compile(
    r"(?:标准|正确|参考|知识|试题|faq|期望|理想|最佳|模型|机器人|客服|官方|系统|人工|预期|真实|最终)?"
    r"(?:答案|回答|答复|回复|解答|应答|输出|响应)(?:内容|文本|语句|正文|选项|字母|项)?"
    r"|(?:标准|正确|参考)(?:选项|项)|(?:标准|参考|机器人|客服)答"
    r"|(?:expected|ideal|gold|golden|correct|reference|model|target|right|true|best|standard"
    r"|final|the|assistant)*(?:answer|ans|response|output|reply|completion)s?"
    r"(?:text|content|key|letter|option|choice)?"
    r"|(?:gold|answer|correct|right)(?:key|label|option|choice)(?:answer)?"
)


@cache
def _every_word() -> frozenset[str]:
    return frozenset(word for words in _read().values() for word in words)


def _words(name: str) -> Sequence[str]:
    return _read()[name]


@cache
def _read() -> Mapping[str, tuple[str, ...]]:
    text = Path(__file__).with_name("headers.yaml").read_text(encoding="utf-8")
    return {name: tuple(map(str, words)) for name, words in yaml.safe_load(text).items()}
