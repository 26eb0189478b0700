"""Plain comparisons with a reference: the same text, the same items of a list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.text.normalize import answer_part, fold

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
