"""Judging answers whose right value is a name or a phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.metrics.absence import none_clauses
from harness.metrics.choose import (
    Context,
    asked_and_denied,
    asked_role,
    denied,
    other_role,
    roles,
    standing,
)
from harness.metrics.judge_phrases import judge_phrase
from harness.metrics.judge_values import contradicts_itself, settle, without_value
from harness.metrics.names import lexicon, parts_of
from harness.metrics.rivals import offers_either, rivals
from harness.metrics.text import informative, prepare
from harness.metrics.verdict import HEDGE, WRONG, Case, Verdict, correct, wrong

if TYPE_CHECKING:
    from harness.metrics.mention import Mention

# Longer ones are sentences: they are compared as a whole, and never called wrong.
_LONGEST_NAME = 24
_STATIONS = ("origin", "terminus")


def judge_name(case: Case) -> Verdict:
    """Judge an answer whose right value is a name, with or without a domain.

    A name that joins several (two halls) is right when all of them are named and no other.
    """
    gold = prepare(str(case.gold.value))
    if informative(case.text) == informative(gold):
        return correct((gold,))
    if len(informative(gold)) > _LONGEST_NAME:
        return judge_phrase(case, gold)
    if case.domain.values:
        return _judge_known(case, gold)
    return _judge_free(case, gold)


def _judge_known(case: Case, gold: str) -> Verdict:
    """Judge by the names of a domain: another of them is another answer."""
    names = lexicon(case.domain, (gold,))
    wanted = {names.canonical(part) for part in parts_of(gold)}
    mentions = names.find(case.text)
    asked = names.values_in(case.question)
    if len(wanted) == 1:
        verdict = settle(case, "text", mentions, lambda m: m.value in wanted, asked)
        if verdict.value and rivals(case.text, _cased(case), mentions, case.question, known=True):
            return wrong(HEDGE, verdict.found)
        return verdict
    if not mentions:
        return without_value(case)
    named = {str(m.value) for m in mentions if not denied(m, case.text)}
    if asked.isdisjoint(wanted):  # otherwise the question offers a choice
        named -= asked
    found = tuple(sorted(named))
    return correct(found) if named == wanted else wrong(WRONG, found)


def _judge_free(case: Case, gold: str) -> Verdict:
    """Judge without a domain: the right name is there, and no rival beside it."""
    names = lexicon(case.domain, (gold,))
    wanted = {names.canonical(part) for part in parts_of(gold)}
    context = Context(case.text, case.question, "text")
    mentions = names.find(case.text)
    kept = standing([m for m in mentions if not asked_and_denied(m, case.text)], context)
    if {m.value for m in kept} != wanted:
        if mentions and not kept:
            return wrong("denies the right answer")
        verdict = without_value(case)
        return verdict if none_clauses(case.text) or verdict.value == 0 else wrong()
    found = tuple(dict.fromkeys(str(m.value) for m in kept))
    hedged = (
        rivals(case.text, _cased(case), kept, case.question, known=False)
        or offers_either(case.text)
        or contradicts_itself(case, context)
    )
    if hedged:
        return wrong(HEDGE, found)
    return wrong(WRONG, found) if _has_wrong_label(kept, context) else correct(found)


def _cased(case: Case) -> str:
    """The answer with its capitals; without them where that changed its length (İ)."""
    return case.cased if len(case.cased) == len(case.text) else case.text


def _has_wrong_label(mentions: list[Mention], context: Context) -> bool:
    """Whether the answer gives the name as the origin although the terminus is asked for.

    Only where the answer labels both: a single label may be a slip of the tongue.
    """
    asked = asked_role(context.question, "text")
    if not asked:
        return False
    other = next(role for role in _STATIONS if role != asked)
    labels = roles(mentions, context)
    return all(label == other for label in labels) and not other_role(context.text, asked, "text")
