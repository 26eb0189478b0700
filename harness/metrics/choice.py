"""Answers that choose an option: the public benchmarks' careless reading, and a strict one.

`first_capital` is how OpenCompass reads a choice: it takes the O of "<think>Okay" for an answer.
`choice` reads what a person would read, and nothing where a person would not know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from harness.metrics.choice_reading import Reading, stands_by
from harness.metrics.points import points
from harness.metrics.text import answer_part, informative, unmarked

#: The letters of the options, or each letter with what its option says.
Options = Mapping[str, str] | Sequence[str]

# Cyrillic and Greek letters, typed or scanned for Latin ones, which no other such letter touches.
_LOOK_ALIKE = re.compile(r"(?<![\u0370-\u052f])[АВСЕΑΒΕ](?![\u0370-\u052f])")
_LATIN = dict(zip("АВСЕΑΒΕ", "ABCEABE", strict=True))
_BOXED = re.compile(r"\\boxed\b")
_CIRCLED = str.maketrans(
    {0x1F170 + i: chr(65 + i) for i in range(26)} | {0x1F150 + i: chr(65 + i) for i in range(26)}
)
_WORD = re.compile(r"[^\W_]+")
_LONE = re.compile(r"(?:选项|option|choice)?([A-Za-z])(?:项|选项)?", re.IGNORECASE)
_NEAR = 24


def first_capital(text: str) -> str:
    """Return the first character that is an upper-case letter of any script, else nothing.

    This is the public benchmarks' reading, faults included: thinking is read as well, and a
    lower-case answer is none.
    """
    return next((character for character in text if character.isupper()), "")


def choice(text: str, options: Options) -> str | None:
    """Return the option that an answer stands by, read strictly.

    Thinking is no part of the answer, full width and look-alike letters fold, an option that the
    answer denies does not count, and options that it merely repeats do not either.

    Args:
        text: the answer.
        options: upper-case letters, best with what each option says: an answer may then say that
            instead of the letter.

    Returns:
        One of the options; `None` where the answer names none, several, or a letter that is none
        of them, or where the letter and the words beside it are of different options.
    """
    named = named_options(text, options)
    return named[0] if len(named) == 1 and named[0] in options else None


def named_options(text: str, options: Options, stem: str = "") -> tuple[str, ...]:
    """Return the letters that an answer stands by, in order; some may be none of the options.

    What is called the answer, or stands alone in a clause, counts before what is said of each
    option, and that before letters and words that are merely there.

    Args:
        text: the answer.
        options: as for `choice`.
        stem: the question without its options.
    """
    known = _with_words(options)
    said = latin_labels(unmarked(_BOXED.sub(" answer: ", answer_part(text).translate(_CIRCLED))))
    if alone := lone(said) or _whole(said, known):
        return tuple(dict.fromkeys(alone))
    return stands_by(Reading(said, known, stem))


def latin_labels(text: str) -> str:
    """Return a text with Cyrillic and Greek letters that stand alone in Latin: А is A."""
    return _LOOK_ALIKE.sub(lambda match: _LATIN[match[0]], text)


def lone(text: str) -> list[str]:
    """Find a letter that is the whole answer, in either case."""
    words = [match[0] for match in _WORD.finditer(text[:_NEAR])]
    found = _LONE.fullmatch("".join(words)) if len(words) in (1, 2) else None
    return [found[1].upper()] if found and not _WORD.search(text, _NEAR) else []


def _whole(text: str, options: Mapping[str, str]) -> list[str]:
    """Find the options whose words are the whole answer."""
    said = informative(text.lower())
    return [
        letter for letter, words in options.items() if words and informative(words.lower()) == said
    ]


def _with_words(options: Options) -> dict[str, str]:
    """Return what each option says, folded as answers are; nothing where nobody knows."""
    if isinstance(options, Mapping):
        return {letter: unmarked(words) for letter, words in options.items()}
    return dict.fromkeys(options, "")


def percent(correct: int, n: int) -> float:
    """Return an accuracy as OpenCompass prints it: `correct / n * 100` to two decimals.

    The order of the operations matters: 93/160 prints 58.13 and 101/160 prints 63.12, although
    both lie half way.

    Raises:
        ZeroDivisionError: there are no questions.
    """
    return float(f"{points(correct, n):.2f}")
