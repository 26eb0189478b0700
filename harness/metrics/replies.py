"""What any set of replies is measured by beside its references: overlap, variety and length."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from harness.metrics.diversity import distinct
from harness.metrics.measure import Measure
from harness.metrics.overlap import (
    corpus_bleu,
    corpus_chrf,
    rouge,
    rouge_signature,
    rouge_tokenizer,
)
from harness.metrics.points import points
from harness.text.normalize import information_length

NO_REPLY = "no reply to measure"


def overlap_measures(
    replies: Sequence[str], references: Sequence[Sequence[str]], group: str = ""
) -> list[Measure]:
    """Measure how much of the references replies share: `rouge_1`, `_2`, `_l`, `bleu` and `chrf`.

    All run from 0 to 100. ROUGE is the mean of the replies' F1, the best over a reply's
    references; BLEU and chrF are over the whole corpus.

    Args:
        replies: the replies; an empty one counts.
        references: for each reply one or more.
        group: what part of the run it is.
    """
    if not replies:
        names = ("rouge_1", "rouge_2", "rouge_l", "bleu", "chrf")
        return [Measure(n, None, 0, note=NO_REPLY, group=group, scale="number") for n in names]
    chosen = rouge_tokenizer(references)
    pairs = zip(replies, references, strict=True)
    found = [rouge(reply, several, chosen) for reply, several in pairs]
    n, signature = len(replies), rouge_signature(chosen)
    means = {
        "rouge_1": math.fsum(one.rouge1 for one in found) / n,
        "rouge_2": math.fsum(one.rouge2 for one in found) / n,
        "rouge_l": math.fsum(one.rouge_l for one in found) / n,
    }
    measures = [
        Measure(name, 100 * mean, n, signature=signature, group=group, scale="number")
        for name, mean in means.items()
    ]
    corpora = (corpus_bleu(replies, references), corpus_chrf(replies, references))
    return measures + [replace(one, group=group, scale="number") for one in corpora]


def variety_measures(replies: Sequence[str], references: Sequence[str]) -> list[Measure]:
    """Measure how varied and how long replies are: `distinct_2` and `length_ratio`.

    `distinct_2` is the share of different pairs of tokens, in percent. `length_ratio` is the
    characters that carry information of all replies over those of their references; neither short
    nor long is better.
    """
    n = len(replies)
    pairs = distinct(replies, 2)
    wanted = sum(map(information_length, references))
    ratio = sum(map(information_length, replies)) / wanted if n and wanted else None
    note = "" if n else NO_REPLY
    return [
        Measure(
            "distinct_2", None if pairs is None else 100 * pairs, n,
            note="" if pairs is not None else note or "no reply has two words",
        ),
        Measure("length_ratio", ratio, n, "neither", note=note, scale="number"),
    ]  # fmt: skip


def share(name: str, marks: Sequence[float], group: str = "") -> Measure:
    """Return the mean of marks in [0, 1], in percent."""
    n = len(marks)
    value = points(math.fsum(marks), n) if n else None
    return Measure(name, value, n, group=group, note="" if n else NO_REPLY)
