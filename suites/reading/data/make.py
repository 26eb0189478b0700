"""Write two small workbooks of passages: `python -m suites.reading.data.make [--out FOLDER]`.

The competition's workbooks are its entrants' alone. These stand in for them in examples and tests:
invented passages in the same three columns, with questions that follow a few patterns, so that
there is something to learn, and with the same quirks (`layouts`): letters of other alphabets,
full-width marks, options in any order, glued, wrapped, unlabelled, numbers of all kinds, score
marks, short answers among the choices, keys in a table, in words, after an explanation.

A few rows of each cannot be kept whole: a key is missing or double, or a passage stands there
twice. The same seed gives the same bytes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from suites.own_data import words_of, write
from suites.reading.data.layouts import ANSWERS, QUESTIONS, Asked, Cells, numbered, short_answer
from suites.timetable.tables.make import workbook

SEED = 2024
CHINESE, ENGLISH = "chinese.xlsx", "english.xlsx"
ROWS = 24
HEADERS = {
    CHINESE: ("序号", "阅读文本", "选项", "答案"),
    ENGLISH: ("选 项", "答案　", "阅读文本", "来源"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A passage and what is asked about it; the right option stands first."""

    passage: str
    asked: tuple[Asked, ...]
    language: str


def chinese(rng: random.Random) -> Iterator[Text]:
    """Chinese passages without end, each with an idea, a claim, an example and a saying."""
    words = words_of(__file__)
    while True:
        ideas = rng.sample(words["ideas"], 4)
        sayings = rng.sample(list(words["sayings"].items()), 4)
        word, means, claim, example = ideas[0]
        saying, moral = sayings[0]
        passage = (
            f"所谓“{word}”，是指{means}。{rng.choice(words['writers'])}认为，{claim}。{example}，就是例子。"
            f"俗话说“{saying}”，意思是{moral}。{rng.choice(('今天', '如今', '眼下'))}，"
            f"许多人求快，这样的道理更值得记住。"
        )
        last = Asked("文中用来论证观点的例子是", tuple(idea[3] for idea in ideas))
        if rng.random() < 0.3:
            false = (ideas[1][2], claim, f"“{word}”是指{means}", f"{example}是例子")
            last = Asked("下列说法不符合原文论证的一项是", false)
        asked = (
            Asked(f"下列对“{word}”的理解，正确的一项是", tuple(idea[1] for idea in ideas)),
            Asked(f"“{saying}”这句话的意思是", tuple(moral for _, moral in sayings)),
            Asked("文章的论点是", tuple(idea[2] for idea in ideas)),
            last,
        )
        yield Text(passage, asked, "zh")


def english(rng: random.Random) -> Iterator[Text]:
    """English passages without end, each with a person, a habit, its reason and a hard word."""
    known = words_of(__file__)
    while True:
        names, towns = rng.sample(known["keepers"], 4), rng.sample(known["towns"], 4)
        things, moments, words = (
            rng.sample(list(known[name].items()), 4) for name in ("things", "moments", "words")
        )
        (name, town), (thing, act) = (names[0], towns[0]), things[0]
        (when, why), (word, means) = moments[0], words[0]
        passage = (
            f"{name} keeps {thing} in {town}. {name} {act} {when}, because {why} then. "
            f"Friends call the work {word}, that is, {means}."
        )
        keep = [
            f"How {one} keeps {what[0]} in {place}."
            for one, what, place in zip(names, things, towns, strict=True)
        ]
        reasons = tuple(f"Because {reason}." for _, reason in moments)
        asked = (
            Asked("What is the passage mainly about?", tuple(keep)),
            Asked(
                f"When is it that {name} {act}?", tuple(f"{m.capitalize()}." for m, _ in moments)
            ),
            Asked(f"Why does {name} choose that time?", reasons),
            Asked(
                f'What does the word "{word}" mean in the passage?',
                tuple(f"{meaning.capitalize()}." for _, meaning in words),
            ),
        )
        yield Text(passage, asked, "en")


def rows(texts: Iterator[Text], rng: random.Random) -> list[tuple[str, str, str]]:
    """Rows of passage, questions and answers, each with a layout of its own."""
    made: list[tuple[str, str, str]] = []
    seen: set[str] = set()
    layouts = [
        (QUESTIONS[n % len(QUESTIONS)], ANSWERS[n % len(ANSWERS)], _CHANGES.get(n))
        for n in range(ROWS - 1)
    ]
    while layouts:
        text = next(texts)
        if text.passage not in seen:
            seen.add(text.passage)
            made.append(_row(text, *layouts.pop(0), rng))
    passage, questions, answers = made[5]
    made.insert(ROWS - 4, (f"{passage} ", questions, answers))
    return made


Change = Callable[[Cells], Cells]


def _row(
    text: Text,
    questions: Callable[[Cells], str],
    answers: Callable[[Cells], str],
    change: Change | None,
    rng: random.Random,
) -> tuple[str, str, str]:
    asked = list(text.asked)
    shuffled = [question.shuffled(rng) for question in asked]
    cells = numbered(shuffled, rng.choice((1, 1, 21, 32)), text.language)
    if change is not None:
        cells = change(cells)
    return text.passage, questions(cells), answers(cells)


def _without_key(cells: Cells) -> Cells:
    """The last question's answer is missing."""
    return replace(cells, keys=(*cells.keys[:-1], ""))


def _two_keys(cells: Cells) -> Cells:
    """The second question has two right options."""
    return replace(cells, keys=(cells.keys[0], "AC", *cells.keys[2:]))


def _three(cells: Cells) -> Cells:
    """One question less."""
    return replace(cells, asked=cells.asked[:-1], numbers=cells.numbers[:-1], keys=cells.keys[:-1])


# By the place of a row: what is wrong with it, beside its layout.
_CHANGES: dict[int, Change] = {
    2: short_answer, 7: _without_key, 10: _three, 13: short_answer, 16: _two_keys,
}  # fmt: skip


def sheets(seed: int = SEED) -> dict[str, list[tuple[str, ...]]]:
    """Each workbook's rows, the header first, by file name."""
    rng = random.Random(seed)
    made: dict[str, list[tuple[str, ...]]] = {CHINESE: [HEADERS[CHINESE]]}
    for number, row in enumerate(rows(chinese(rng), rng), start=1):
        made[CHINESE].append((str(number), *row))
    made[ENGLISH] = [HEADERS[ENGLISH]]
    for passage, questions, answers in rows(english(rng), rng):
        made[ENGLISH].append((questions, answers, passage, "自拟"))
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both workbooks into a folder, by default this one."""
    files = {name: (workbook(made), f"{len(made) - 1} rows") for name, made in sheets().items()}
    write(__file__, files, arguments)


if __name__ == "__main__":
    main()
