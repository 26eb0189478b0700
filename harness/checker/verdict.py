"""What the checker is given and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.core import Domain, Gold

CORRECT = "correct"
WRONG = "wrong"
HEDGE = "hedge"
EMPTY = "empty"
UNPARSED = "unparsed"
SAYS_NONE = "says there is none"
SAYS_UNKNOWN = "says it does not know"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement of one answer.

    Args:
        value: correctness in [0, 1], or `None` where the rules cannot tell (`unparsed`). A set
            scores its F1; everything else is 0 or 1.
        note: why, in a few words: `correct`, `wrong`, `hedge`, `empty`, `unparsed`, ...
        found: what the answer was read to say, as text, in order and without repeats.
        unjudged: whether a judge model was asked and said nothing that can be read. The answer is
            then unscored; one that is only unparsed earns nothing.
        is_open: whether nobody knows the right answer, so that none, not even an empty one, is
            right or wrong.
    """

    value: float | None
    note: str
    found: tuple[str, ...] = ()
    unjudged: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to judge.

    Args:
        text: the answer, prepared (`harness.text.normalize.prepare`); for a choice as it is.
        question: the question, prepared, without rows given as context; for a choice as it is.
        gold: the right answer.
        domain: what a name can be; empty where nobody said.
        cased: the answer as `text`, with its capitals; empty where nobody needs them.
        names: stems of the words of answer and question that are written as names.
    """

    text: str
    question: str
    gold: Gold
    domain: Domain
    cased: str = ""
    names: frozenset[str] = frozenset()


def correct(found: tuple[str, ...] = ()) -> Verdict:
    """The answer is right."""
    return Verdict(1.0, CORRECT, found)


def wrong(note: str = WRONG, found: tuple[str, ...] = ()) -> Verdict:
    """The answer is not right, for a reason."""
    return Verdict(0.0, note, found)


def unjudged(note: str, found: tuple[str, ...] = ()) -> Verdict:
    """A judge model was asked about the answer and said nothing that can be read."""
    return Verdict(None, note, found, unjudged=True)


def open_question(note: str) -> Verdict:
    """Nobody knows the right answer."""
    return Verdict(None, note, unjudged=True, is_open=True)


def unparsed() -> Verdict:
    """The rules cannot tell: a judge model may be asked, and until then it counts as wrong."""
    return Verdict(None, UNPARSED)
