"""Initials that stand for words of the question: ICU, asked about the intensive care unit."""

from __future__ import annotations

import re

_INITIALS = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2,6}(?![A-Za-z0-9])")
_WORD = re.compile(r"[A-Za-z]+")
# Words that initials may leave out: Department of Health is DH or DoH.
_SMALL = frozenset(("of", "and", "the", "for", "in", "on", "at", "to", "de"))
_MOST = 40  # words of a question that are looked at


def spelled_out(cased: str, question: str) -> str:
    """Return an answer with the question's own words in place of their initials.

    Args:
        cased: the prepared answer, with its capitals.
        question: the question, with its capitals.
    """
    found = {m[0] for m in _INITIALS.finditer(cased)} - {m[0] for m in _INITIALS.finditer(question)}
    if not found:
        return cased
    words = _WORD.findall(question)[:_MOST]
    for initials in sorted(found):
        meant = _meant(initials, words)
        if meant:
            cased = re.sub(rf"(?<![A-Za-z0-9]){initials}(?![A-Za-z0-9])", meant, cased)
    return cased


def _meant(initials: str, words: list[str]) -> str:
    """The words in a row that have these initials, small words left out."""
    telling = [(i, word) for i, word in enumerate(words) if word.lower() not in _SMALL]
    for at in range(len(telling) - len(initials) + 1):
        run = telling[at : at + len(initials)]
        if "".join(word[0] for _, word in run).upper() == initials:
            return " ".join(words[run[0][0] : run[-1][0] + 1])
    return ""
