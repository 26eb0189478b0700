"""The plain form in which questions are taught and asked for, written and read back.

1. 题干
A. 甲
B. 乙
C. 丙
D. 丁
答案：B
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from harness.core import Sample
from harness.text.normalize import answer_part
from suites.reading.parse_labels import LETTERS
from suites.reading.parse_questions import Item, read_questions
from suites.reading.parse_row import Question

Language = Literal["zh", "en"]

FAMILIES: Mapping[Language, str] = {"zh": "Chinese passages", "en": "English passages"}
_ANSWER: Mapping[Language, str] = {"zh": "答案：", "en": "Answer: "}
# The line of a prompt behind which the passage stands.
_PASSAGE: Mapping[Language, str] = {"zh": "\n短文：\n", "en": "\nPassage:\n"}
_PROMPTS = Path(__file__).parent / "prompts"
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile("[A-Za-z][A-Za-z'’-]*")


@dataclass(frozen=True, slots=True)
class Quiz:
    """What a model wrote, read as questions.

    Args:
        items: its questions.
        bare: whether there is nothing else, and the questions are numbered from 1.
    """

    items: tuple[Item, ...]
    bare: bool

    @property
    def well_formed(self) -> tuple[bool, ...]:
        """Of each item, whether it has a stem, four options and exactly one key."""
        return tuple(item.kind == "choice" and item.key in tuple(LETTERS) for item in self.items)

    def keeps_form(self, count: int) -> bool:
        """Whether it is `count` questions in the form asked for, and nothing else."""
        return self.bare and len(self.items) == count and all(self.well_formed)


def render(questions: Iterable[Question], language: Language) -> str:
    """Questions in the form that is taught, numbered from 1."""
    blocks = []
    for number, question in enumerate(questions, start=1):
        options = zip(LETTERS, question.options, strict=True)
        lines = [f"{number}. {question.stem}", *(f"{letter}. {text}" for letter, text in options)]
        blocks.append("\n".join([*lines, f"{_ANSWER[language]}{question.key}"]))
    return "\n\n".join(blocks)


def read_quiz(text: str) -> Quiz:
    """Read what a model wrote; thinking and end marks are left out."""
    read = read_questions(answer_part(text))
    numbered = [item.number for item in read.items] == list(range(1, len(read.items) + 1))
    bare = numbered and not read.before and not any(item.rest for item in read.items)
    return Quiz(read.items, bare)


def ask(passage: str, language: Language, count: int) -> str:
    """The prompt for questions on a passage."""
    return _prompt(language).substitute(passage=passage, count=count)


def passage_of(sample: Sample) -> str:
    """The passage that a sample's prompt holds; the whole prompt where it is another's."""
    asked = sample.messages[-1].content
    # The first: the passage may hold the other language's line.
    ends = [asked.index(mark) + len(mark) for mark in _PASSAGE.values() if mark in asked]
    return asked[min(ends, default=0) :]


def language_of(text: str) -> Language | None:
    """The language that most of a text is in, an ideograph weighing as much as half a word.

    `None` where it holds neither Chinese nor words in Latin letters.
    """
    chinese, words = len(_IDEOGRAPH.findall(text)) / 2, len(_WORD.findall(text))
    if not chinese and not words:
        return None
    return "zh" if chinese >= words else "en"


def in_language(stem: str, options: Iterable[str], language: Language) -> bool:
    """Whether a question is in a language; options of figures alone are in every one."""
    return all(language_of(text) in (language, None) for text in (stem, " ".join(options)))


@cache
def _prompt(language: Language) -> string.Template:
    text = (_PROMPTS / f"{language}.txt").read_text(encoding="utf-8").rstrip("\n")
    return string.Template(text)
