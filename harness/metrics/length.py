"""How long answers are, and whether a model got shorter by getting wrong.

Each engine counts tokens of its own vocabulary, so lengths of different models compare only in
tokens of one tokenizer (`harness.text.tokens`) and in characters that carry information.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.core import Output
from harness.metrics.intervals import percentile
from harness.text.normalize import information_length, is_empty
from harness.text.tokens import TOKENS, tokenize

# Shorter by this much, in the median over the questions that became wrong, is no chance wording.
_SHORTER = 0.8
_LEVEL = 0.05
# Fewer answers of a kind have no usual length.
_LEAST = 5


def length(outputs: Sequence[Output]) -> dict[str, Any] | None:
    """Lengths of the answers that came; `None` where nobody counted tokens.

    `median_tokens` and `p95_tokens` are the engine's own; `words` and `characters` compare between
    models, and count what was thought: kept apart, or left over in the answer. `truncated`, `empty`
    and `thinking` are counts of answers.
    """
    counted = [float(o.output_tokens) for o in outputs if o.output_tokens is not None]
    if not counted:
        return None
    came = [o for o in outputs if not o.failed]
    said = [f"{o.reasoning}\n{o.text}" if o.reasoning else o.text for o in came]
    return {
        "median_tokens": statistics.median(counted),
        "p95_tokens": percentile(counted, 0.95),
        "truncated": sum(o.finish_reason == "length" for o in outputs),
        "empty": sum(is_empty(o.text) for o in came),
        "thinking": sum(map(_thinks, came)),
        "tokenizer": TOKENS,
        "words": _spread([len(tokenize(text)) for text in said]),
        "characters": _spread([information_length(text) for text in said]),
    }


def _thinks(output: Output) -> bool:
    return bool(output.reasoning) or "<think>" in output.text or "</think>" in output.text


def _spread(values: Sequence[int]) -> dict[str, float | None]:
    found = [float(value) for value in values]
    return {"median": percentile(found, 0.5), "p95": percentile(found, 0.95)}


@dataclass(frozen=True, slots=True)
class Curt:
    """Wrong answers beside right ones of one model, each by its length over its reference's.

    Args:
        wrong: whole answers that are wrong.
        right: whole answers that are right.
        ratio: median relative length of the wrong over that of the right.
        p: chance of wrong ones so short, if both were of one length (one-sided rank sum).
        flagged: whether the model is wrong where it is short.
    """

    wrong: int
    right: int
    ratio: float
    p: float
    flagged: bool


def curt(
    outputs: Sequence[Output], references: Sequence[str], right: Sequence[float]
) -> Curt | None:
    """Whether a model is wrong where it is short; `None` with fewer than five of either kind.

    Whole answers count, those neither cut nor failed. Each is as long as its information in
    multiples of its reference's, so that questions with long answers do not stand apart.

    Args:
        outputs: the answers.
        references: a terse right answer to each; one that is empty has no length to hold against.
        right: correctness of each, 0 to 1, NaN where nobody decided; at least a half is right.
    """
    kinds: dict[bool, list[float]] = {True: [], False: []}
    for output, reference, c in zip(outputs, references, right, strict=True):
        needed = information_length(reference)
        if needed and not math.isnan(c) and not output.failed and output.finish_reason == "stop":
            kinds[c >= 0.5].append(information_length(output.text) / needed)
    short, usual = kinds[False], kinds[True]
    if min(len(short), len(usual)) < _LEAST or not (middle := statistics.median(usual)):
        return None
    ratio, p = statistics.median(short) / middle, _lower(short, usual)
    return Curt(len(short), len(usual), round(ratio, 4), p, p < _LEVEL and ratio < _SHORTER)


def _lower(values: Sequence[float], others: Sequence[float]) -> float:
    """One-sided p of the rank-sum test that values are lower than others.

    Normal approximation with ties and continuity corrected (H. B. Mann, D. R. Whitney 1947;
    E. L. Lehmann, "Nonparametrics", 1975, §1.5).
    """
    n, total = len(values), len(values) + len(others)
    _, places, ties = np.unique([*values, *others], return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[places]
    alike = float((ties.astype(float) ** 3 - ties).sum()) / (total * (total - 1))
    spread = math.sqrt(n * (total - n) / 12 * (total + 1 - alike))
    away = float(ranks[:n].sum()) - n * (total + 1) / 2
    return 1.0 if not spread else 0.5 * math.erfc(-(away + 0.5) / spread / math.sqrt(2))


@dataclass(frozen=True, slots=True)
class Shortened:
    """A model that got shorter and wrong, against another on the same questions.

    Args:
        lost: questions that the other answers right and it does not.
        won: the reverse.
        ratio: median length over the other's, of the questions lost.
        p: chance of so many more lost than won, one-sided exact McNemar.
        flagged: whether it is so: fewer right, and shorter where it became wrong.
    """

    lost: int
    won: int
    ratio: float | None
    p: float
    flagged: bool


def shortened(
    texts: Mapping[str, str],
    right: Mapping[str, float],
    other_texts: Mapping[str, str],
    other_right: Mapping[str, float],
) -> Shortened:
    """Hold a model's answers against another's, such as its base's, question by question.

    Args:
        texts: answers by question.
        right: correctness of each, 0 to 1; at least a half is right.
        other_texts: the other's answers.
        other_right: and their correctness.
    """
    shared = [q for q in texts if q in other_texts and q in right and q in other_right]
    lost = [q for q in shared if other_right[q] >= 0.5 > right[q]]
    won = sum(right[q] >= 0.5 > other_right[q] for q in shared)
    lengths = [
        information_length(texts[q]) / max(1, information_length(other_texts[q])) for q in lost
    ]
    ratio = statistics.median(lengths) if lengths else None
    p = _more_lost(len(lost), won)
    return Shortened(
        len(lost), won, ratio, p, p < _LEVEL and ratio is not None and ratio < _SHORTER
    )


def _more_lost(lost: int, won: int) -> float:
    """Chance of at least so many lost of all that changed, if either were as likely."""
    n = lost + won
    return float(sum(math.comb(n, k) for k in range(lost, n + 1)) / 2**n)
