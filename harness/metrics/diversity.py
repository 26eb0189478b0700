"""How varied the words of many answers are, and how much each repeats itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from harness.text.tokens import tokenize

Gram = tuple[str, ...]


def distinct(texts: Sequence[str], n: int) -> float | None:
    """Return the share of different n-grams among all n-grams of a run, in [0, 1].

    Grams do not reach over the end of a text. It falls with the amount of text: compare runs over
    the same questions only. J. Li et al., "A Diversity-Promoting Objective Function for Neural
    Conversation Models", NAACL 2016.

    Returns:
        `None` where no text has `n` tokens.

    Raises:
        ValueError: `n` is below 1.
    """
    grams = list(chain.from_iterable(_grams(text, n) for text in texts))
    return len(set(grams)) / len(grams) if grams else None


def self_repetition(texts: Sequence[str], n: int) -> float | None:
    """Return the mean share of n-grams that repeat an earlier one of the same text, in [0, 1].

    Returns:
        `None` where no text has `n` tokens; texts with fewer are left out of the mean.

    Raises:
        ValueError: `n` is below 1.
    """
    shares = [1 - len(set(grams)) / len(grams) for text in texts if (grams := _grams(text, n))]
    return sum(shares) / len(shares) if shares else None


def _grams(text: str, n: int) -> list[Gram]:
    if n < 1:
        raise ValueError(f"n-grams of {n} tokens")
    tokens = tokenize(text)
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
