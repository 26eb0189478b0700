"""Training rows that would give the test away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harness.core import Sample
from harness.curate.conversations import HeldOutTexts
from harness.curate.decontaminate import Leaks, open_held_out
from harness.preflight.problem import Problem, error, warning
from harness.text.display import shown

# How alike phrasings may be where a spec lets all through.
USUAL = 0.9


def held_out(samples: Iterable[Sample], threshold: float | None, *, texts: bool) -> Leaks:
    """The test questions, as training questions are held against them.

    Args:
        samples: what may not be taught.
        threshold: `dataset.leak`; where a spec has none, the usual one.
        texts: whether they come from texts, and not from a table.
    """
    if texts:
        return HeldOutTexts(samples)
    return open_held_out(samples, USUAL if threshold is None else threshold)


def check_leaks(taught: Sequence[Sample], known: Leaks, *, allowed: bool) -> Iterator[Problem]:
    """Taught questions that equal or nearly copy one of the test.

    Args:
        taught: the training questions.
        known: those of the test.
        allowed: whether the spec says `dataset.leak: null`.
    """
    found = [(one, like) for one in taught if (like := known.leak(one)) is not None]
    if not found:
        return
    one, like = found[0]
    detail = (
        f"{len(found):,} of {len(taught):,} training questions copy one of the test, such as "
        f"{one.id} ‘{shown(one.question, 40)}’, like ‘{shown(like, 40)}’"
    )
    if allowed:
        change = "set dataset.leak to 0.9, unless a number with leaks is to be repeated"
        yield warning("leak", detail, change, field="dataset.leak", count=len(found))
    else:
        change = "take them out of the training data"
        yield error("leak", detail, change, field="dataset.leak", count=len(found))
