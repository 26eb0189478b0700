"""A model as a judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from harness.core import Model, Output, Sample
from harness.judges.pairwise import Pair, Preference, pair_requests, read_preference
from harness.judges.rating import Rated, Rating, rating_request, read_rating
from harness.judges.request import prompts_digest
from harness.progress import bar


@dataclass(frozen=True, slots=True)
class Judge:
    """Rates answers, and prefers one of two.

    Args:
        model: what is asked.
        name: what it is called in reports.
    """

    model: Model
    name: str

    @property
    def signature(self) -> str:
        """What two judgements must share to be comparable: who judged, and how it was asked."""
        return f"judge:{self.name}|prompts:{prompts_digest()}"

    def rate(self, cases: Sequence[Rated]) -> list[Rating]:
        """Rate answers, one request each.

        Returns:
            One rating a case, in order.
        """
        asked = (rating_request(case, number) for number, case in enumerate(cases))
        replies = self._replies(asked, len(cases))
        return [read_rating(case, reply) for case, reply in zip(cases, replies, strict=True)]

    def prefer(self, pairs: Sequence[Pair]) -> list[Preference]:
        """Compare answers, two requests each: one an order.

        Returns:
            One preference a pair, in order.
        """
        asked = chain.from_iterable(pair_requests(pair, n) for n, pair in enumerate(pairs))
        replies = list(self._replies(asked, 2 * len(pairs)))
        both = zip(pairs, replies[::2], replies[1::2], strict=True)
        return [read_preference(pair, one, other) for pair, one, other in both]

    def _replies(self, asked: Iterable[Sample], total: int) -> Iterator[Output]:
        with bar(f"judge {self.name}", total=total) as tick:
            for output in self.model.generate(asked):
                yield output
                tick.advance()
