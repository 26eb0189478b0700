"""How much of what a reference says a reply says too, whatever its tone."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from harness.text.tokens import tokenize

# Particles and the like, which carry tone and no content.
_STOP = frozenset("的了呢吗吧啊呀哦嘛啦哟喔噢哈呵嘿嗯诶哎唉么哇呐咯就都也还很太真是")
_NEAR, _KEPT = 2, 1


def content(reply: str, user: str, references: Sequence[str]) -> float:
    """Return the share of content that a reply preserves, in [0, 1]: the best over references.

    Two parts of ROUGE-L F1 of reply and reference over words that carry content, and one part of
    how many of the user line's words the reply takes up, measured by how many the reference does;
    the latter is left out where the reference takes up none. A reference itself has 1.

    Args:
        reply: without the line that names the style.
        user: the user line.
        references: replies to it, likewise; at least one.
    """
    words, asked = content_words(reply), content_words(user)
    return max(_content(words, asked, content_words(reference)) for reference in references)


def content_words(text: str) -> list[str]:
    """Return the tokens of a text, without emoji and particles (see `harness.text.tokens`)."""
    return [token for token in tokenize(text) if token not in _STOP and not _is_sign(token)]


def _is_sign(token: str) -> bool:
    return unicodedata.category(token[0])[0] == "S"


def _content(words: Sequence[str], asked: Sequence[str], reference: Sequence[str]) -> float:
    near = _rouge_l(words, reference)
    expected = _taken_up(asked, reference)
    if expected == 0:
        return near
    kept = min(1.0, _taken_up(asked, words) / expected)
    return (_NEAR * near + _KEPT * kept) / (_NEAR + _KEPT)


def _rouge_l(words: Sequence[str], reference: Sequence[str]) -> float:
    """F1 of the longest common subsequence; 1 where neither says anything."""
    from rapidfuzz.distance import LCSseq

    whole = len(words) + len(reference)
    return 2 * LCSseq.similarity(words, reference) / whole if whole else 1.0


def _taken_up(asked: Sequence[str], words: Sequence[str]) -> int:
    """How many of the words that were asked stand in a reply, each as often as it was asked."""
    return (Counter(asked) & Counter(words)).total()
