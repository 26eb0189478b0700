"""The floor: the most frequent training answer of each question's family. Models must beat it.

Among candidates it is the most frequent one in training, by label or by text, or the first of them
where training tells of none: blind choice, which knows nothing of the questions.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.core import Model, Output, Sample
from harness.errors import InputError
from harness.models import Engine, EngineRequest
from harness.store.files import read_jsonl


def open_engine(request: EngineRequest) -> FloorEngine:
    """Count the training answers.

    Raises:
        InputError: there is no training data to count.
    """
    if request.training is None:
        raise InputError("engine floor needs training data to count answers in")
    counts: dict[str, Counter[str]] = {}
    for row in read_jsonl(request.training):
        counts.setdefault(str(row["family"]), Counter())[str(row["value"])] += 1
    best = {family: _most_frequent(c, c) for family, c in counts.items()}
    return FloorEngine({family: text for family, text in best.items() if text is not None}, counts)


def _most_frequent(counts: Counter[str], among: Iterable[str]) -> str | None:
    """Ties go to the answer that sorts first, so that two runs agree."""
    known = (text for text in among if text in counts)
    return min(known, key=lambda text: (-counts[text], text), default=None)


@dataclass(frozen=True, slots=True)
class FloorEngine(Engine):
    """One answer a family, and how often each was right in training."""

    answers: Mapping[str, str]
    counts: Mapping[str, Counter[str]]

    def model(self, adapter: Path | None = None) -> Model:  # noqa: ARG002 - there is nothing to adapt
        """The floor itself."""
        return self

    def signature(self) -> dict[str, str]:
        """No engine at all."""
        return {"engine": "floor", "device": "none", "mode": "none"}

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Yield the most frequent answer of each sample's family, in order.

        Of candidates it takes the most frequent one, else the first.
        """
        for sample in samples:
            began = time.perf_counter()
            text = self._answer(sample)
            took = time.perf_counter() - began
            if text is None:
                error = f"no training answer of family {sample.family}"
                yield Output(sample.id, finish_reason="error", error=error)
            elif sample.candidates:
                yield Output(sample.id, text, e2e_s=took)
            else:
                yield Output(sample.id, text, "stop", None, len(text), e2e_s=took, ttft_s=took)

    def _answer(self, sample: Sample) -> str | None:
        if not sample.candidates:
            return self.answers.get(sample.family)
        counts = self.counts.get(sample.family, Counter())
        labels = {candidate.label: candidate.label for candidate in sample.candidates}
        texts = {
            candidate.text.strip(): candidate.label for candidate in reversed(sample.candidates)
        }
        for named in (labels, texts):
            found = _most_frequent(counts, named)
            if found is not None:
                return named[found]
        return sample.candidates[0].label
