"""Options that an answer names, by letter or by word, as letters that the checker reads."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import lru_cache

from harness.text.normalize import answer_part, fold

# "a" that is no letter of an option: what follows it is what it belongs to, and no and.
_NOT_AND = r"(?! (?:and|or|nor|but|plus)\b)"
_ARTICLE = re.compile(rf"(?<![A-Za-z])a(?= [a-z]{{2}}){_NOT_AND}")
_MYSELF = re.compile(rf"(?<![A-Za-z])I(?=[ '][a-z]){_NOT_AND}(?! (?:is|are)\b)")


def spelled_out(text: str, options: Mapping[str, str]) -> str:
    """An answer that names several options with its letters apart.

    AC, A C, 苹果和梨 and "an apple and a pear" are A、C. Words of options become their letters
    where no letter of an option stands in the answer.
    """
    letters = "".join(options)
    said = _in_capitals(fold(answer_part(text)), options)
    said = _without_articles(_runs_apart(said, letters), options)
    if "I" in options:
        said = _MYSELF.sub("", said)
    lettered = said if _label(letters).search(said) else _in_letters(said, options)
    if not _label(letters).search(lettered):
        return lettered
    beside = re.compile(rf"(?<![A-Za-z])([{letters}])\** +\**(?=[{letters}](?![A-Za-z]))")
    return beside.sub(r"\1、", _ARTICLE.sub("", lettered))


def _label(letters: str) -> re.Pattern[str]:
    """A letter of an option that stands by itself."""
    return re.compile(rf"(?<![A-Za-z])[{letters}](?![A-Za-z])")


def _in_capitals(said: str, options: Mapping[str, str]) -> str:
    """An answer of small letters alone in capitals: ac and "a c"; a word is no such run."""
    named = re.findall("[a-z]", said)
    is_run = re.fullmatch(rf"(?:[{''.join(options).lower()}]|[\W_])+", said)
    rises = all(first < then for first, then in itertools.pairwise(named))
    return said.upper() if is_run and rises and said not in _by_words(options) else said


def _runs_apart(said: str, letters: str) -> str:
    """AC as A、C."""
    run = re.compile(rf"(?<![A-Za-z0-9])[{letters}]{{2,{len(letters)}}}(?![A-Za-z0-9])")
    return run.sub(lambda match: "、".join(dict.fromkeys(match[0])), said)


def _without_articles(said: str, options: Mapping[str, str]) -> str:
    """An answer without articles before words of options; the A of "A apple" may be its letter."""
    letters = _by_words(options)
    if not letters:
        return said
    article = re.compile(rf"(?<![A-Za-z])(A|(?i:an?|the)) (?={_words(tuple(letters)).pattern})")

    def kept(match: re.Match[str]) -> str:
        return match[0] if match[1] == "A" == letters[match["words"].lower()] else ""

    return article.sub(kept, said)


def _in_letters(said: str, options: Mapping[str, str]) -> str:
    """An answer with the letters of its options in the place of their words."""
    letters = _by_words(options)
    if not letters:
        return said
    return _words(tuple(letters)).sub(lambda match: f" {letters[match['words'].lower()]} ", said)


def _by_words(options: Mapping[str, str]) -> dict[str, str]:
    """The letter of what each option says, which an answer may write in other capitals."""
    return {words.lower(): letter for letter, words in options.items() if words}


@lru_cache(maxsize=1024)
def _words(said: tuple[str, ...]) -> re.Pattern[str]:
    """Words of options, the longest first: apple or apples, but no pineapple; 1, but no 1.5."""
    longest = sorted(said, key=len, reverse=True)
    each = (rf"{_begins(words)}{re.escape(words)}(?={_ends(words)})" for words in longest)
    return re.compile(rf"(?i:(?P<words>{'|'.join(each)}))(?:(?<=[A-Za-z])e?s\b)?")


def _begins(words: str) -> str:
    return r"(?<![A-Za-z0-9])(?<![0-9]\.)" if _is_latin(words[0]) else ""


def _ends(words: str) -> str:
    plural = "(?:e?s)?" if words[-1].isalpha() else ""
    return rf"{plural}(?![A-Za-z0-9])(?!\.[0-9])" if _is_latin(words[-1]) else ""


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
