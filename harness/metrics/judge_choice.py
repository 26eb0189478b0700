"""Judging answers whose right value is the letter of an option."""

from __future__ import annotations

import re
from string import ascii_uppercase

from harness.metrics.choice import latin_labels, named_options
from harness.metrics.refusal import says_unknown
from harness.metrics.text import unmarked
from harness.metrics.verdict import (
    HEDGE,
    SAYS_UNKNOWN,
    WRONG,
    Case,
    Verdict,
    correct,
    unparsed,
    wrong,
)

# Where nobody says which options there are: papers seldom have more.
_USUAL = "ABCDEFGH"
_OPTION = re.compile(r"(?:^|(?<=[\s;,。]))[(\[【]? ?([A-Z]) ?(?:[)\]】.、:]+) ?")


def judge_choice(case: Case) -> Verdict:
    """Judge which option an answer names: by its letter, or in its words.

    The options are the domain's values, its aliases what they say; without a domain they are read
    from the question, `A. ...`, `B. ...`. An answer that names several is a hedge.
    """
    gold = str(case.gold.value)
    options = _options(case)
    options.setdefault(gold, "")
    named = named_options(case.text, options)
    if not named:
        return wrong(SAYS_UNKNOWN) if says_unknown(case.text) else unparsed()
    if len(named) > 1:
        return wrong(HEDGE, named)
    return correct(named) if named[0] == gold else wrong(WRONG, named)


def judge_free(_case: Case) -> Verdict:
    """Leave an open answer to its suite: no rule here knows what would be right."""
    return unparsed()


def options_in(question: str) -> dict[str, str]:
    """Read the options that a question lists: `A. 相关` on a line of its own, or all in one.

    Returns:
        What each option says, by letter in alphabetical order from A; nothing where there are
        fewer than two.
    """
    text = latin_labels(unmarked(question))
    marks = list(_OPTION.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    found = {
        mark[1]: text[mark.end() : end].partition("\n")[0].strip(" ;,。")
        for mark, end in zip(marks, ends[: len(marks)], strict=True)
    }
    letters = ascii_uppercase[: len(found)]
    if len(found) < 2 or set(found) != set(letters):
        return {}
    return {letter: found[letter] for letter in letters}


def _options(case: Case) -> dict[str, str]:
    if not case.domain.values:
        return options_in(case.question) or dict.fromkeys(_USUAL, "")
    options = dict.fromkeys(sorted(case.domain.values), "")
    for words, letter in case.domain.aliases.items():
        options[letter] = options.get(letter) or words
    return options
