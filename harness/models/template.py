"""The embedded teacher: it says what the suite's own template says, and needs no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.core import Output, Sample


class TemplateModel:
    """Answers with the reference of each sample."""

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Yield one output a sample, in order."""
        return (Output(sample.id, sample.reference) for sample in samples)
