"""What the cells of a column look like: questions, letters of options, verdicts, lists, turns."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from harness.checker.parse.options import options_in
from harness.question_files.words import words
from harness.text.normalize import fold

# What a text that asks ends in, holds (Chinese) or begins with (English).
_END = ("?", "？", ":", "：", "()", "( )", "___", "...")
_ASKING = re.compile(
    r"什么|怎[么样]|如何|[哪谁吗呢几]|多少|是否|为何|何[时处地者种]"
    r"|下列|以下.{0,20}[是有的]|请(?:问|简述|说明|解释|列出|写|翻译|判断|计算|将|把|用|你|介绍|描述|分析)"
)
_LETTERS = re.compile(r"[A-Ha-h](?:[ ,、;]?[A-Ha-h]){0,7}")
_NUMBER = re.compile(r"-?\d{1,3}")
_TURN_KEYS = ({"role", "content"}, {"from", "value"})
_MOST_CHARACTERS = 2000
_SENTENCE = re.compile(r"[\u3400-\u9fff]{2}.{0,40}[，。！？；]|[\u3400-\u9fff]{7}")
_LEAST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Look:
    """What the cells of a column that hold something have in common.

    Args:
        filled: the share of rows that hold something.
        distinct: the share of different cells.
        asks: the share of texts that ask.
        marked: the share of texts that end in a question mark.
        says: the share of texts that say something, as sentences do and names do not.
        length: characters of a cell, on average.
        is_text: whether all are texts, numbers or the like.
        letters: how many options there are at least where each cell is their letters; 0 else.
        numbers: the least and the greatest where all are whole numbers below a thousand.
        is_verdict: whether each says right or wrong.
        is_list: whether each is a list of texts, or their mapping by letter.
        is_turns: whether each is a conversation.
        is_labelled: whether nearly each lists options in a text: A. ... B. ...
    """

    filled: float
    distinct: float
    asks: float
    marked: float
    says: float
    length: float
    is_text: bool
    letters: int
    numbers: tuple[int, int] | None
    is_verdict: bool
    is_list: bool
    is_turns: bool
    is_labelled: bool


def look(cells: Sequence[object]) -> Look:
    """Look at the cells of a column."""
    held = [cell for cell in map(_opened, cells) if not _is_nothing(cell)]
    texts = [str(cell).strip() for cell in held if not isinstance(cell, list | dict)]
    is_text = bool(held) and len(texts) == len(held)
    folded = [fold(text[:_MOST_CHARACTERS]) for text in texts]
    return Look(
        filled=len(held) / max(1, len(cells)),
        distinct=len({*map(str, held)}) / max(1, len(held)),
        asks=sum(map(asks, texts)) / max(1, len(held)),
        marked=sum(text.endswith(("?", "？")) for text in texts) / max(1, len(held)),
        says=sum(map(_says, texts)) / max(1, len(held)),
        length=sum(map(len, texts)) / max(1, len(texts)),
        is_text=is_text,
        letters=_letters(folded) if is_text else 0,
        numbers=_numbers(folded) if is_text else None,
        is_verdict=is_text and all(text.casefold() in words("verdicts") for text in folded),
        is_list=_each(held, is_options),
        is_turns=_each(held, is_turns),
        is_labelled=is_text and _most(texts, lambda text: len(options_in(text)) > 1),
    )


def asks(text: str) -> bool:
    """Whether a text asks, or tells somebody to do something."""
    said = fold(text[:_MOST_CHARACTERS]).strip()
    if said.endswith(_END) or _ASKING.search(said):
        return len(said) > 1
    first, _, more = said.partition(" ")
    return bool(more) and first.casefold() in words("asking_en")


def _says(text: str) -> bool:
    """Whether a text says something, and is no name alone."""
    return _SENTENCE.search(text) is not None or len(text.split()) >= _LEAST_WORDS


def is_turns(value: object) -> bool:
    """Whether a value is a conversation."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(turn, Mapping) and any(keys <= {*turn} for keys in _TURN_KEYS)
                for turn in value)
    )  # fmt: skip


def is_options(value: object) -> bool:
    """Whether a value could be options: a list of texts, or a mapping by letter."""
    if isinstance(value, Mapping):
        return len(value) > 1 and (by_letter(value) or isinstance(value.get("text"), list))
    return (
        isinstance(value, list)
        and len(value) > 1
        and all(isinstance(one, str | int | float) or _is_labelled(one) for one in value)
    )


def by_letter(value: Mapping[str, object]) -> bool:
    """Whether a mapping's keys are the letters from A on, in any order."""
    letters = sorted(str(key).strip().upper() for key in value)
    return letters == list(ascii_uppercase[: len(letters)])


def _is_labelled(one: object) -> bool:
    return isinstance(one, Mapping) and isinstance(one.get("text"), str)


def _opened(cell: object) -> object:
    """A list that a spreadsheet's cell writes as JSON, and the text that is alone in a list."""
    if isinstance(cell, list) and len(cell) == 1 and isinstance(cell[0], str):
        return cell[0]
    if not isinstance(cell, str) or not cell.lstrip().startswith(("[", "{")):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def _is_nothing(cell: object) -> bool:
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or cell != cell or (isinstance(cell, list | dict) and not cell)  # noqa: PLR0124 # NaN


def _letters(texts: Sequence[str]) -> int:
    if not texts or not all(map(_LETTERS.fullmatch, texts)):
        return 0
    used = {letter for text in texts for letter in text.upper() if letter.isalpha()}
    return max(map(ascii_uppercase.index, used)) + 1


def _numbers(texts: Sequence[str]) -> tuple[int, int] | None:
    if not texts or not all(map(_NUMBER.fullmatch, texts)):
        return None
    numbers = [int(text) for text in texts]
    return min(numbers), max(numbers)


def _each(held: Sequence[object], says: Callable[[object], bool]) -> bool:
    return bool(held) and all(map(says, held))


def _most(texts: Sequence[str], says: Callable[[str], bool]) -> bool:
    return bool(texts) and sum(map(says, texts)) >= 0.8 * len(texts)
