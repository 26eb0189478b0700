"""A model that needs no weights: it knows the references, and errs at a chosen rate.

Ships with the package so that specs, sweeps and reports can be tried in seconds. Which samples it
gets wrong depends only on their ids, never on the order in which they come.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.core import Model, Output, Sample
from harness.models import Engine, EngineRequest


def open_engine(request: EngineRequest) -> FakeEngine:
    """Start it, which takes no time."""
    return FakeEngine(request.skill)


@dataclass(frozen=True, slots=True)
class FakeEngine(Engine):
    """Answers right with probability `skill`: the reference, or words that hold no answer.

    Of candidates it takes the right label, or a wrong one, with made-up scores.
    """

    skill: float

    def model(self, adapter: Path | None = None) -> Model:  # noqa: ARG002 - adapters change nothing
        """Itself."""
        return self

    def signature(self) -> dict[str, str]:
        """Not a real engine, and says so."""
        return {"engine": "fake", "device": "none", "mode": "none"}

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Yield one output a sample, in order."""
        for sample in samples:
            began = time.perf_counter()
            if sample.candidates:
                yield self._chosen(sample, began)
                continue
            text = sample.reference if draw(sample.id) < self.skill else "我不知道。"
            took = time.perf_counter() - began
            yield Output(sample.id, text, "stop", None, len(text), e2e_s=took, ttft_s=took)

    def _chosen(self, sample: Sample, began: float) -> Output:
        label = str(sample.gold.value)
        labels = [candidate.label for candidate in sample.candidates]
        others = [other for other in labels if other != label]
        if label not in labels or (others and draw(sample.id) >= self.skill):
            label = others[int(draw(f"{sample.id}/label") * len(others))]
        scores = {name: 1.0 if name == label else 2.0 for name in labels}
        took = time.perf_counter() - began
        return Output(sample.id, label, e2e_s=took, perplexity=scores)


def draw(sample_id: str) -> float:
    """A number in [0, 1) that depends on nothing but the id."""
    return int.from_bytes(hashlib.sha256(sample_id.encode()).digest()[:8], "big") / 2**64
