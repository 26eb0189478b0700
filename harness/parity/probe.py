"""What is asked for parity: a few questions, and whole conversations as token ids.

The ids are made once and every path scores the same ones, so that nothing but the weights and the
arithmetic can differ.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from harness.config.sections import ParitySection
from harness.core import Message, Sample
from harness.models.chat import conversation_ids
from harness.models.trying import TemplateFailure

# Of a long conversation its end is scored, where the answer is: so many tokens.
MOST_SCORED = 512


def drawn(section: ParitySection, samples: Sequence[Sample]) -> list[Sample]:
    """The questions that are asked, drawn by a seed, in the order of the suite."""
    count = min(section.questions, len(samples))
    places = random.Random(section.seed).sample(range(len(samples)), count)
    return [samples[place] for place in sorted(places)]


def conversations(
    tokenizer: Any, samples: Sequence[Sample], answers: Mapping[str, str], max_length: int
) -> list[list[int]]:
    """Each question with what was answered to it, as token ids, the last of them where long.

    Args:
        tokenizer: the base's, with its chat template.
        samples: the questions.
        answers: by a sample's id; one that has none is left out.
        max_length: most tokens that an engine takes, one of them for what it generates.

    Returns:
        Rows of at least two ids. A conversation that the template refuses is left out.
    """
    most = min(MOST_SCORED, max_length - 1)
    rows = []
    for sample in samples:
        if sample.id not in answers:
            continue
        said = Message("assistant", answers[sample.id])
        try:
            ids = conversation_ids(tokenizer, (*sample.messages, said))
        except TemplateFailure:
            continue
        if len(ids) > 1:
            rows.append(ids[-most:])
    return rows
