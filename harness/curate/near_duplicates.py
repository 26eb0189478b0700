"""Wordings of one question that hardly differ: the later one teaches nothing."""

from __future__ import annotations

import re

from harness.core import Gold, Sample
from harness.curate.decontaminate import asking_line, masked_phrasing, program_of
from harness.curate.rows import digest
from harness.curate.similarity import Alike
from harness.text.normalize import prepare

# Figures and words that turn a question into another one, however little else differs.
_TELLING = re.compile(
    r"[0-9]|[零〇一二两三四五六七八九十百千半]|[不没无未非别勿缺]|[最早晚先后前首末头尾新旧]"
    r"|[大小多少长短高低快慢远近]|[东南西北上下左右内外里]|[始终起止来去往到从开发进出离抵]"
    r"|\b(?:no|not|never|without|none|least|most|less|more|few(?:er|est)?|long(?:er|est)?"
    r"|short(?:er|est)?|earl(?:y|ier|iest)|late(?:r|st)?|first|last|before|after|from|to|into"
    r"|out|in|up|down|arriv\w*|depart\w*|leav\w*|start\w*|end\w*)\b|n't\b",
    re.ASCII,
)


class NearDuplicates:
    """Tells a wording that nearly repeats an earlier one of the same question.

    Only wordings of one program, with one right answer, about the same values and over the same
    rows of context are compared, so that two rows of a table never are. Words that tell, such as
    figures, negations, earliest and latest, must be the same, in the same order.

    Args:
        threshold: above 0, up to 1: how alike, in the sense of `harness.curate.similarity`.
    """

    def __init__(self, threshold: float) -> None:
        self._alike = Alike(threshold)

    def like(self, sample: Sample) -> str | None:
        """Return the earlier phrasing, values masked, that a question nearly repeats.

        Where there is none the question itself is remembered for later ones.
        """
        line = asking_line(sample.question, sample.named)
        phrasing = masked_phrasing(line, sample.named)
        bucket = _bucket(sample, line)
        found = self._alike.find(bucket, phrasing)
        if found is None:
            self._alike.add(bucket, phrasing)
        return found


def telling_words(line: str) -> list[str]:
    """Return the figures and words that tell one question from another, in their order."""
    return [match[0] for match in _TELLING.finditer(prepare(line))]


def gold_key(gold: Gold) -> tuple[str, object]:
    """What two equal right answers share: a set has no order."""
    value = gold.value
    return gold.kind, frozenset(value) if isinstance(value, tuple) else value


def _bucket(sample: Sample, line: str) -> bytes:
    kind, value = gold_key(sample.gold)
    parts = (
        sample.family, program_of(sample.template), sample.domain,
        kind, sorted(map(repr, value)) if isinstance(value, frozenset) else value,
        sorted(map(prepare, sample.named)), telling_words(line),
        [message.content for message in sample.messages[:-1]],
        prepare(sample.messages[-1].content).removesuffix(line),
    )  # fmt: skip
    return digest(repr(parts))
