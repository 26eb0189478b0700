"""Prompts that no cache has seen: an address's cache cannot be emptied, so its prompts differ.

A line of single letters with blanks between them goes before everything else, where a prefix cache
begins to compare. All lines have the same shape: in vocabularies of the usual kind a letter behind
a blank is one token, so every prompt grows by the same number of tokens, and times stay comparable.
"""

from __future__ import annotations

import random
from dataclasses import replace

from harness.core import Sample

LETTERS = 8
# Letters that the tokenizers of GPT-2, Llama, Qwen, GLM and DeepSeek each hold as one token behind
# a blank, as all 26 are; vowels are left out, so that no word comes about.
_ALPHABET = "bcdfghjklmnpqrstvwxz"


class Stamp:
    """Hands out prefixes, none of them twice.

    Args:
        seed: where to begin; another process should take another, or it repeats this one's prompts.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._draw = random.SystemRandom() if seed is None else random.Random(seed)
        self._used: set[str] = set()

    def mark(self, sample: Sample) -> Sample:
        """The question with a prefix of its own at the head of its first message.

        At the head of its plain text as well, where it has one: that is what is sent then.
        """
        line = f"{self._next()}\n"
        first, *rest = sample.messages
        marked = replace(first, content=f"{line}{first.content}")
        prompt = None if sample.prompt is None else f"{line}{sample.prompt}"
        return replace(sample, messages=(marked, *rest), prompt=prompt)

    def _next(self) -> str:
        while (prefix := " ".join(self._draw.choices(_ALPHABET, k=LETTERS))) in self._used:
            continue
        self._used.add(prefix)
        return prefix
