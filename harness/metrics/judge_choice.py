"""Judging answers whose right value is the letter of an option."""

from __future__ import annotations

from harness.metrics.choice import named_options
from harness.metrics.options import options_in, stem_of
from harness.metrics.refusal import says_unknown
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

__all__ = ["judge_choice", "judge_free", "options_in"]

# Where nobody says which options there are: papers seldom have more.
_USUAL = "ABCDEFGH"


def judge_choice(case: Case) -> Verdict:
    """Judge which option an answer names: by its letter, or in its words.

    The options are the domain's values, its aliases what they say; without a domain they are read
    from the question, `A. ...`, `B. ...`. An answer that names several is a hedge.
    """
    gold = str(case.gold.value)
    options = _options(case)
    options.setdefault(gold, "")
    named = named_options(case.text, options, stem_of(case.question))
    if not named:
        return wrong(SAYS_UNKNOWN) if says_unknown(case.text) else unparsed()
    if len(named) > 1:
        return wrong(HEDGE, named)
    return correct(named) if named[0] == gold else wrong(WRONG, named)


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
