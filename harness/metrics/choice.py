"""Answers that choose an option: the public benchmarks' careless reading, and a strict one.

`first_capital` is how OpenCompass reads a choice: it takes the O of "<think>Okay" for an answer.
`choice` reads what a person would read, and nothing where a person would not know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from harness.metrics.choice_forms import (
    announced,
    contradicting,
    labelled,
    lone,
    opening,
    without_listing,
    worded,
)
from harness.metrics.points import points
from harness.metrics.text import answer_part, unmarked

#: The letters of the options, or each letter with what its option says.
Options = Mapping[str, str] | Sequence[str]

# Cyrillic and Greek letters, typed or scanned for Latin ones, which no other such letter touches.
_LOOK_ALIKE = re.compile(r"(?<![\u0370-\u052f])[АВСЕΑΒΕ](?![\u0370-\u052f])")
_LATIN = dict(zip("АВСЕΑΒΕ", "ABCEABE", strict=True))


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


def named_options(text: str, options: Options) -> tuple[str, ...]:
    """Return the letters that an answer stands by, in order; some may be none of the options.

    What is called the answer, or stands before an explanation, counts before letters that are
    merely there, and those count before the words of an option.
    """
    known = _with_words(options)
    said = without_listing(latin_labels(unmarked(answer_part(text))), known)
    for named in (
        lone(said),
        [*opening(said, known), *announced(said, known)],
        list(labelled(said, known)),
        list(worded(said, known)),
    ):
        if named:
            return tuple(dict.fromkeys([*named, *contradicting(said, named[0], known)]))
    return ()


def latin_labels(text: str) -> str:
    """Return a text with Cyrillic and Greek letters that stand alone in Latin: А is A."""
    return _LOOK_ALIKE.sub(lambda match: _LATIN[match[0]], text)


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
