"""ROUGE, BLEU and chrF of all replies of a run, as measures."""

from __future__ import annotations

from collections.abc import Sequence

from harness.metrics.graded import Measure
from harness.metrics.overlap import corpus_bleu, corpus_chrf, rouge

_TOO_FEW = "no reply to measure"


def overlap_measures(
    replies: Sequence[str], references: Sequence[Sequence[str]], group: str = ""
) -> list[Measure]:
    """Measure how much of the references replies share: `rouge_1/2/l`, `bleu` and `chrf`.

    All run from 0 to 100. ROUGE is the mean of the replies' F1, the best over a reply's
    references; BLEU and chrF are over the whole corpus.

    Args:
        replies: the replies; an empty one counts.
        references: for each reply one or more.
        group: what part of the run it is.
    """
    names = ("rouge_1", "rouge_2", "rouge_l", "bleu", "chrf")
    if not replies:
        return [Measure(name, None, 0, note=_TOO_FEW, group=group) for name in names]
    found = [rouge(reply, several) for reply, several in zip(replies, references, strict=True)]
    n = len(replies)
    means = (
        100 * sum(one.rouge1 for one in found) / n,
        100 * sum(one.rouge2 for one in found) / n,
        100 * sum(one.rouge_l for one in found) / n,
    )
    measures = [
        Measure(name, round(value, 2), n, group=group, scale="number")
        for name, value in zip(names, means, strict=False)
    ]
    for name, corpus in (("bleu", corpus_bleu), ("chrf", corpus_chrf)):
        got = corpus(replies, references)
        measures.append(
            Measure(
                name, round(got.value, 2), n, signature=got.signature, group=group, scale="number"
            )
        )
    return measures
