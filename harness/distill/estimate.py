"""What a distillation will ask for, before the first call is made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.config.sections import Budget, Distill
from harness.distill.open import open_tally, open_way
from harness.models.budget import Spent

# Tokens a character, for Chinese mixed with figures and JSON; large models take about this many.
TOKENS_PER_CHARACTER = 0.7


@dataclass(frozen=True, slots=True)
class Estimate:
    """Calls and tokens of a first round in which every reply is right; rejections cost more."""

    calls: int
    prompt_tokens: int
    output_tokens: int

    def money(self, budget: Budget) -> float | None:
        """What it costs at the spec's prices; `None` where it has none."""
        if not budget.prompt_price and not budget.output_price:
            return None
        return Spent(self.calls, self.prompt_tokens, self.output_tokens).money(budget)


def estimate(section: Distill, prompt: Path | None, questions: Path) -> Estimate | None:
    """Make every request of the first round, and count; `None` where nobody is asked.

    Raises:
        SpecError: the prompt file is missing or wrong.
    """
    if section.teacher.engine == "template":
        return None
    way = open_way(section, prompt, questions)
    calls = prompts = answers = 0
    for request in way.requests(open_tally(section, way).lacking()):
        calls += 1
        prompts += sum(len(message.content) for message in request.sample.messages)
        answers += len(request.sample.reference)
    return Estimate(calls, _tokens(prompts), _tokens(answers))


def _tokens(characters: int) -> int:
    return round(characters * TOKENS_PER_CHARACTER)
