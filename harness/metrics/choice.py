"""Answers that choose an option: the public benchmarks' careless reading, and a strict one.

`first_capital` is how OpenCompass reads a choice: it takes the O of "<think>Okay" for an answer.
`choice` reads what a person would read, and nothing where a person would not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.metrics.points import points

if TYPE_CHECKING:
    from harness.checker.reading.choice import Options


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
    from harness.checker.reading.choice import named_options  # as slow to load as the checker is

    named = named_options(text, options)
    return named[0] if len(named) == 1 and named[0] in options else None


def percent(correct: int, n: int) -> float:
    """Return an accuracy as OpenCompass prints it: `correct / n * 100` to two decimals.

    The order of the operations matters: 93/160 prints 58.13 and 101/160 prints 63.12, although
    both lie half way.

    Raises:
        ZeroDivisionError: there are no questions.
    """
    return float(f"{points(correct, n):.2f}")
