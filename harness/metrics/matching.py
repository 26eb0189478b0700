"""Plain comparisons with a reference: the same text, a part of it, a pattern, the same items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from harness.errors import InputError
from harness.text.display import short
from harness.text.normalize import answer_part, fold

# Seconds that a stranger's pattern may search one answer for.
PATTERN_S = 1.0
_END = re.compile(r"(?<![\s。.;,、])[\s。.;,、]+$")
_OTHER_JOINTS = re.compile(r"[,;\n]")


def exact(prediction: str, references: str | Sequence[str]) -> bool:
    """Tell whether an answer, folded and without thinking, is one of its references, folded.

    A full stop more is another text: the checker (`harness.checker.check`) is the one to ask
    whether an answer is right.
    """
    wanted = (references,) if isinstance(references, str) else references
    said = fold(answer_part(prediction))
    return any(said == fold(reference) for reference in wanted)


def contains(prediction: str, references: Sequence[str]) -> bool:
    """Tell whether an answer, folded, without case and thinking, holds one of its references."""
    said = fold(answer_part(prediction)).casefold()
    return any(wanted in said for each in references if (wanted := fold(each).casefold()))


def matches(prediction: str, patterns: Sequence[str]) -> bool:
    """Tell whether one of some regular expressions is found in an answer without thinking.

    One that takes longer than `PATTERN_S` on an answer is not found: patterns come from strangers.

    Raises:
        InputError: one is no regular expression.
    """
    said = answer_part(prediction)
    return any(_found(pattern, said) for pattern in patterns)


def _found(pattern: str, said: str) -> bool:
    try:
        return compiled(pattern).search(said, timeout=PATTERN_S) is not None
    except TimeoutError:
        return False


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:
    """Return a regular expression, compiled.

    Raises:
        InputError: it is none.
    """
    import regex  # heavy beside what most runs need of this module

    try:
        return regex.compile(pattern)
    except regex.error as error:
        raise InputError(f"{short(pattern)} is no regular expression: {error}") from error


def set_f1(prediction: str, reference: str) -> float:
    """Return the F1 of the items of a list, in [0, 1]: 2·shared / (named + right items).

    Order and repeats do not count. Two lists of nothing are the same.
    """
    said, wanted = set(items(answer_part(prediction))), set(items(reference))
    if not said and not wanted:
        return 1.0
    return 2 * len(said & wanted) / (len(said) + len(wanted))


def items(text: str) -> list[str]:
    """Split a list that `、` joins, or commas, semicolons or line ends where it holds none.

    Each item is folded; a full stop at the end belongs to none.
    """
    folded = _END.sub("", fold(text))
    parts = folded.split("、") if "、" in folded else _OTHER_JOINTS.split(folded)
    return [part for part in map(str.strip, parts) if part]
