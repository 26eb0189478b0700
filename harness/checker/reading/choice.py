"""Which of its options an answer stands by, by letter, place or words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from harness.checker.parse.options import latin_labels
from harness.checker.reading.choice_reading import Reading, stands_by
from harness.text.normalize import answer_part, informative, unmarked

#: The letters of the options, or each letter with what its option says.
Options = Mapping[str, str] | Sequence[str]

_BOXED = re.compile(r"\\boxed\b")
_CIRCLED = str.maketrans(
    {0x1F170 + i: chr(65 + i) for i in range(26)} | {0x1F150 + i: chr(65 + i) for i in range(26)}
)
_WORD = re.compile(r"[^\W_]+")
_LONE = re.compile(r"(?:选项|option|choice)?([A-Za-z])(?:项|选项)?", re.IGNORECASE)
_NEAR = 24


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
