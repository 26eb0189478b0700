"""Way `template`: each question with the reference sentence that the suite has for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.core import Output
from harness.distill.request import OfTheSuite, Proposal, Request


class Template(OfTheSuite):
    """The embedded way: nothing is reworded, everything is still verified."""

    def requests(self, wanted: Mapping[str, int]) -> Iterator[Request]:
        """One request a question."""
        for place, sample in self._candidates.read(self._candidates.draw(wanted)):
            yield Request(sample, ((place, sample),))

    def read(self, request: Request, output: Output) -> Iterator[Proposal]:
        """The question as it is, with its reference."""
        ((place, sample),) = request.items
        yield Proposal(place, sample, sample.question, output.text)

    def hand_back(self, proposal: Proposal) -> None:
        """A template says the same the next time: nothing is asked again."""
