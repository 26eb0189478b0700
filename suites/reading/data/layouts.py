"""How people type questions and answers into a cell: the quirks of the competition's workbooks."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

LETTERS = "ABCD"
_CYRILLIC = str.maketrans("ABC", "АВС")
_FULL_WIDTH = str.maketrans("ABCD.()0123456789", "ＡＢＣＤ．（）０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Asked:
    """A stem and its options; `key` is the letter of the right one."""

    stem: str
    options: tuple[str, ...]
    key: str = "A"

    def shuffled(self, rng: random.Random) -> Asked:
        """The same with its options in another order."""
        right = self.options[LETTERS.index(self.key)]
        options = rng.sample(self.options, len(self.options))
        return Asked(self.stem, tuple(options), LETTERS[options.index(right)])


@dataclass(frozen=True, slots=True)
class Cells:
    """What two cells of a row say, before anybody types it.

    Args:
        asked: the questions.
        numbers: as printed.
        keys: the answers; empty where one is missing.
        language: zh or en.
        open: a question to be answered in words, behind the others; empty where there is none.
    """

    asked: tuple[Asked, ...]
    numbers: tuple[int, ...]
    keys: tuple[str, ...]
    language: str
    open: str = ""


def numbered(asked: Sequence[Asked], first: int, language: str) -> Cells:
    """Questions with numbers from `first` on."""
    numbers = tuple(range(first, first + len(asked)))
    return Cells(tuple(asked), numbers, tuple(question.key for question in asked), language)


def short_answer(cells: Cells) -> Cells:
    """The same with a question behind it that is to be answered in words."""
    asks = {
        "zh": "请结合原文，简要分析A、B两种看法的不同。（6分）",
        "en": "Why? Explain it in your own words. (3 points)",
    }
    return replace(cells, open=asks[cells.language])


# --- questions -----------------------------------------------------------------------------------


def _block(number: str, question: Asked, options: Sequence[str]) -> str:
    return "\n".join([f"{number}{question.stem}", *options])


def _labelled(question: Asked, form: str = "{letter}. {text}", order: str = LETTERS) -> list[str]:
    texts = dict(zip(LETTERS, question.options, strict=True))
    return [form.format(letter=letter, text=texts[letter]) for letter in order]


def _join(cells: Cells, blocks: Sequence[str], number: str = "{}. ") -> str:
    more = [number.format(cells.numbers[-1] + 1) + cells.open] if cells.open else []
    return "\n".join([*blocks, *more])


def _each(cells: Cells, number: str, form: str, order: str = LETTERS) -> str:
    blocks = [
        _block(number.format(n), question, _labelled(question, form, order))
        for n, question in zip(cells.numbers, cells.asked, strict=True)
    ]
    return _join(cells, blocks, number)


def plain(cells: Cells) -> str:
    """One option a line."""
    return _each(cells, "{}. ", "{letter}. {text}")


def scored(cells: Cells) -> str:
    """Full-width marks, and points behind each stem."""
    marked = [replace(one, stem=f"{one.stem}（   ）（3分）") for one in cells.asked]
    return _each(replace(cells, asked=tuple(marked)), "{}．", "{letter}．{text}").translate(
        str.maketrans("ABCD", "ＡＢＣＤ")
    )


def cyrillic(cells: Cells) -> str:
    """Labels as a scanner reads them."""
    blocks = [
        _block(f"{n}.", question, [
            line[0].translate(_CYRILLIC) + line[1:] for line in _labelled(question)
        ])
        for n, question in zip(cells.numbers, cells.asked, strict=True)
    ]  # fmt: skip
    return _join(cells, blocks)


def crossed(cells: Cells) -> str:
    """Two options a line, read down the columns: ACBD."""
    blocks = []
    for number, question in zip(cells.numbers, cells.asked, strict=True):
        a, c, b, d = _labelled(question, order="ACBD")
        blocks.append(f"{number}. {question.stem}\n{a}      {c}\n{b}      {d}")
    return _join(cells, blocks)


def backwards(cells: Cells) -> str:
    """Options in no order."""
    return _each(cells, "{}、", "{letter}、{text}", "BDCA")


def glued(cells: Cells) -> str:
    """Options that touch one another and the stem."""
    blocks = [
        f"{n}.{question.stem} {''.join(_labelled(question, '{letter}.{text}'))}"
        for n, question in zip(cells.numbers, cells.asked, strict=True)
    ]
    return _join(cells, blocks, "{}.")


def ringed(cells: Cells) -> str:
    """Numbers in rings, from one on whatever the paper says, and labels in brackets."""
    blocks = [
        _block(chr(0x2460 + place), question, _labelled(question, "({letter}) {text}"))
        for place, question in enumerate(cells.asked)
    ]
    return "\n".join([*blocks, *([chr(0x2460 + len(blocks)) + cells.open] if cells.open else [])])


def out_of_order(cells: Cells) -> str:
    """The last question first."""
    turned = replace(
        cells, asked=(cells.asked[-1], *cells.asked[:-1]),
        numbers=(cells.numbers[-1], *cells.numbers[:-1]),
    )  # fmt: skip
    blocks = plain(replace(turned, open=""))
    more = f"\n{cells.numbers[-1] + 1}. {cells.open}" if cells.open else ""
    return blocks + more


def bare(cells: Cells) -> str:
    """Options without labels."""
    return _each(cells, "第{}题 ", "{text}")


def small(cells: Cells) -> str:
    """Labels in small letters."""
    blocks = []
    for number, question in zip(cells.numbers, cells.asked, strict=True):
        labels = [line[0].lower() + line[1:] for line in _labelled(question, "{letter}) {text}")]
        blocks.append(_block(f"({number}) ", question, labels))
    return _join(cells, blocks, "({}) ")


def wrapped(cells: Cells) -> str:
    """All in one line, broken where it was full."""
    text = "  ".join(
        f"{n}. {question.stem} {'  '.join(_labelled(question))}"
        for n, question in zip(cells.numbers, cells.asked, strict=True)
    )
    return _join(cells, [text])


QUESTIONS: tuple[Callable[[Cells], str], ...] = (
    plain, scored, cyrillic, crossed, glued, ringed, wrapped, out_of_order, bare, backwards, small,
)  # fmt: skip


# --- answers -------------------------------------------------------------------------------------


def _pairs(cells: Cells) -> list[tuple[int, Asked, str]]:
    known = zip(cells.numbers, cells.asked, cells.keys, strict=True)
    return [(n, question, key) for n, question, key in known if key]


def lines(cells: Cells) -> str:
    """A number and a letter a line."""
    said = [f"{n}. {key}" for n, _, key in _pairs(cells)]
    more = [f"{cells.numbers[-1] + 1}. 言之成理即可。"] if cells.open else []
    return "\n".join([*said, *more])


def worded(cells: Cells) -> str:
    """Two a line, with the words of the option."""
    said = [
        f"{n}.{key}. {question.options[LETTERS.index(key[0])]}"
        for n, question, key in _pairs(cells)
    ]
    both = [f"{one:<60}{other}" for one, other in zip(said[::2], said[1::2], strict=False)]
    return "\n".join([*both, *(said[-1:] if len(said) % 2 else [])])


def explained(cells: Cells) -> str:
    """With an explanation that names letters and numbers."""
    said = [
        f"{n}.{key}【解析】由第{n - 1 or 2}句可知，D项与原文不符，A项无中生有。"
        for n, _, key in _pairs(cells)
    ]
    return "\n".join(said)


def full_width(cells: Cells) -> str:
    """In full-width letters, glued by blanks."""
    return "　".join(f"{n}.{key}" for n, _, key in _pairs(cells)).translate(_FULL_WIDTH)


def reversed_order(cells: Cells) -> str:
    """From the last to the first."""
    return "；".join(f"{n}．{key}" for n, _, key in reversed(_pairs(cells)))


def table(cells: Cells) -> str:
    """As a range, where no letter is missing."""
    pairs = _pairs(cells)
    if len(pairs) < len(cells.asked) or any(len(key) > 1 for *_, key in pairs):
        return lines(cells)
    return f"{pairs[0][0]}-{pairs[-1][0]} {''.join(key for *_, key in pairs)}"


def titled(cells: Cells) -> str:
    """Under a title, a sheet for itself, with explanations below."""
    sheet = "  ".join(f"{n}. {key}" for n, _, key in _pairs(cells))
    return f"【答案】{sheet}\n【解析】\n" + "\n".join(
        f"{n}. A项与文意不合。" for n, *_ in _pairs(cells)
    )


ANSWERS: tuple[Callable[[Cells], str], ...] = (
    lines, worded, explained, full_width, reversed_order, table, titled,
)  # fmt: skip
