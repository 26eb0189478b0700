"""What takes a reply out of its character: told by rules, without a reference for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from harness.metrics.reply_faults import ECHO, EMPTY
from harness.text.normalize import fold, informative, is_empty, same_question
from harness.text.tokens import Script, script_of

LOOPS = "repeats itself"
LANGUAGE = "in another language"
NO_WORDS = "no words"

# A claim about oneself: what a persona may not say even where the user said the word first.
_CLAIM = (
    r"(?:(?:我|本人|自己)(?:其实|只|就|也)?是(?!不是)|作为|身为|\bi am\b|\bi['’]m\b|\bas an?\b)"
    r"(?!\s*not\b)[^。！？!?.\n]{0,12}?"
)
# Characters of a window, how many in a row are looked at, and the share of them that must be new.
_WINDOW, _GRAM, _NEW = 60, 4, 0.4
_SHORTEST = 16
# A stretch that comes so often is a loop too, however long the rest is.
_STRETCH, _OFTEN = 20, 4
_MOST_READ = 20_000
# A script that is a smaller part of a text does not make its language.
_PART = 0.1


@dataclass(frozen=True, slots=True)
class Character:
    """What every reply of a persona is held against.

    Args:
        words: what it never says of itself.
        scripts: those that it writes in, such as Chinese characters.
    """

    words: tuple[str, ...]
    scripts: frozenset[Script]

    def fault(self, reply: str, cue: str, references: Sequence[str]) -> str | None:
        """Why a reply is not the persona's, whatever it says; `None` where nothing is wrong.

        Args:
            reply: what was said, thinking left out.
            cue: what the user said.
            references: replies of the persona to it.
        """
        scripts = self.scripts | _scripts("\n".join(references))
        if is_empty(reply):
            return EMPTY
        if repeats_itself(reply):
            return LOOPS
        if same_question(reply) == same_question(cue) not in map(same_question, references):
            return ECHO
        if not _letters(reply):
            return NO_WORDS if all(_letters(reference) for reference in references) else None
        word = self.broken_by(reply, cue, references)
        if word:
            return f"says {word}"
        return None if _main_script(reply) in scripts else LANGUAGE

    def broken_by(self, reply: str, cue: str, references: Sequence[str]) -> str:
        """The word by which a reply falls out of character; empty if there is none.

        A word that the user says may be said back, but for a claim to be it: 我是AI.
        """
        said, asked = fold(reply).lower(), fold(cue).lower()
        known = fold("\n".join(references)).lower()
        for word in self.words:
            pattern = _word(word)
            if re.search(pattern, said) is None or re.search(pattern, known) is not None:
                continue
            if re.search(pattern, asked) is None or re.search(_CLAIM + pattern, said) is not None:
                return word
        return ""


def character_of(words: tuple[str, ...], replies: Iterable[str]) -> Character:
    """A character that speaks as some replies do."""
    return Character(words, _scripts("\n".join(replies)))


def repeats_itself(text: str) -> bool:
    """Whether a reply goes round and round.

    It does where most runs of four characters within some sixty are not new, or where a stretch of
    twenty comes four times. Only characters that inform count; laughter of a few signs is no loop.
    """
    bare = informative(fold(text[:_MOST_READ])).lower()
    if len(bare) < _SHORTEST:
        return False
    for start in range(0, max(1, len(bare) - _WINDOW + _GRAM), _WINDOW // 2):
        grams = _grams(bare[start : start + _WINDOW], _GRAM)
        if len(grams) >= _SHORTEST - _GRAM and len(set(grams)) < _NEW * len(grams):
            return True
    most = Counter(_grams(bare, _STRETCH)).most_common(1)
    return bool(most) and most[0][1] >= _OFTEN


def _grams(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(len(text) - size + 1)]


@lru_cache(maxsize=512)
def _word(word: str) -> str:
    """A pattern for a word; one in Latin letters stands by itself, but for digits: Qwen2.5."""
    folded = re.escape(fold(word).lower())
    return rf"(?<![a-z0-9]){folded}(?![a-z])" if folded[:1].isascii() else folded


def _letters(text: str) -> Counter[Script]:
    found = (script_of(character) for character in fold(text))
    return Counter(script for script in found if script is not None)


def _scripts(text: str) -> frozenset[Script]:
    """The scripts that make up a tenth of a text's letters or more."""
    letters = _letters(text)
    return frozenset(s for s, count in letters.items() if count >= _PART * letters.total())


def _main_script(text: str) -> Script:
    """The script of most of a text's letters; a Latin word counts as one Chinese character.

    A reply in Chinese is not one in English because of a long name in it.
    """
    words = re.findall(r"[^\W\d_]+", fold(text))
    counts: Counter[Script] = Counter()
    for word in words:
        for run in _runs(word):
            counts[run[0]] += 1 if run[0] == "latin" else run[1]
    return counts.most_common(1)[0][0] if counts else "other"


def _runs(word: str) -> Iterator[tuple[Script, int]]:
    letters = [script for character in word if (script := script_of(character)) is not None]
    start = 0
    for at in range(1, len(letters) + 1):
        if at == len(letters) or letters[at] != letters[start]:
            yield letters[start], at - start
            start = at
