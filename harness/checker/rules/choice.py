"""Judging answers whose right value is the letter of an option."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from harness.checker.parse.options import options_in, stem_of
from harness.checker.parse.refusal import says_unknown
from harness.checker.parse.values import ValueKind, question_values, read
from harness.checker.reading.choice import named_options
from harness.checker.rules.value import judge_number, judge_time
from harness.checker.verdict import (
    HEDGE,
    SAYS_UNKNOWN,
    WRONG,
    Case,
    Verdict,
    correct,
    unparsed,
    wrong,
)
from harness.core import Gold
from harness.text.normalize import answer_part, informative, prepare

__all__ = ["judge_choice", "judge_free", "options_in"]

# Where nobody says which options there are: papers seldom have more.
_USUAL = "ABCDEFGH"
_LETTER = re.compile(r"(?<![A-Za-z0-9])[A-H](?![A-Za-z0-9])")
_LONGEST_UNIT = 4
_BY_KIND: dict[ValueKind, Callable[[Case], Verdict]] = {"time": judge_time, "number": judge_number}


def judge_choice(case: Case) -> Verdict:
    """Judge which option an answer names: by its letter, or in its words.

    The options are the domain's values, its aliases what they say; without a domain they are read
    from the question, `A. ...`, `B. ...`. An answer that names several is a hedge.
    """
    gold = str(case.gold.value)
    options = _options(case)
    options.setdefault(gold, "")
    text = _without_inner_letters(case.text, options)
    named = named_options(text, options, stem_of(case.question))
    if not named and not _LETTER.search(case.text):
        named = _by_value(case, options)
    if not named:
        return wrong(SAYS_UNKNOWN) if says_unknown(case.text) else unparsed()
    if len(named) > 1:
        return wrong(HEDGE, named)
    return correct(named) if named[0] == gold else wrong(WRONG, named)


def _without_inner_letters(text: str, options: Mapping[str, str]) -> str:
    """The text with an option's words in lower case where a letter in them looks like one: R&D."""
    for words in options.values():
        if len(words) > 1 and _LONE_LETTER.search(words):
            text = text.replace(words, words.lower())
    return text


_LONE_LETTER = re.compile(r"(?<![A-Za-z])[A-Z](?![A-Za-z])")


def _by_value(case: Case, options: Mapping[str, str]) -> tuple[str, ...]:
    """The option whose value an answer gives, where each option is another one of a kind.

    答：两管齐开2小时注满, 每小时一百二十公里, 九点半.
    """
    for kind, judge in _BY_KIND.items():
        values = {letter: _value(kind, words) for letter, words in options.items()}
        if None in values.values() or len(set(values.values())) < len(values):
            continue
        said = prepare(answer_part(case.text))
        asked = replace(case, text=said, question=prepare(stem_of(case.question)))
        given = question_values(kind, asked.question)  # those it only repeats
        return tuple(
            letter
            for letter, value in values.items()
            if value not in given and judge(replace(asked, gold=Gold(kind, value))).value
        )
    return ()


def _value(kind: ValueKind, words: str) -> float | str | None:
    """The value of an option that says nothing else but its unit."""
    reading = read(kind, words)
    if reading is None or len(informative(reading.leftover)) > _LONGEST_UNIT:
        return None
    return reading.value


def judge_free(_case: Case) -> Verdict:
    """Leave an open answer to its suite: no rule here knows what would be right."""
    return unparsed()


def _options(case: Case) -> dict[str, str]:
    if not case.domain.values:
        return options_in(case.question) or dict.fromkeys(_USUAL, "")
    options = dict.fromkeys(sorted(case.domain.values), "")
    for words, letter in case.domain.aliases.items():
        options[letter] = options.get(letter) or words
    return options
