"""What a distillation will ask for, before the first call is made."""

from __future__ import annotations

from pathlib import Path

from harness.config.sections import Distill
from harness.distill.open import open_tally, open_way
from harness.models.budget import Spent

# Tokens a character, for Chinese mixed with figures and JSON; large models take about this many.
TOKENS_PER_CHARACTER = 0.7


def estimate(section: Distill, prompt: Path | None, questions: Path) -> Spent:
    """Make every request of a first round in which every reply is right; rejections cost more.

    Raises:
        SpecError: the prompt file is missing or wrong.
    """
    way = open_way(section, prompt, questions)
    calls = prompts = answers = 0
    for request in way.requests(open_tally(section, way).lacking()):
        calls += 1
        prompts += sum(len(message.content) for message in request.sample.messages)
        answers += len(request.sample.reference)
    return Spent(calls, *(round(n * TOKENS_PER_CHARACTER) for n in (prompts, answers)))
