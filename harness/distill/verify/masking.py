"""Texts with their values blanked, so that the words around them can be read by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from harness.checker.parse.mention import Mention
from harness.checker.parse.names import parts_of
from harness.checker.parse.values import ValueKind, find_values
from harness.core import Domain, Sample
from harness.distill.verify.question import BLANK, without_values
from harness.text.masking import places
from harness.text.normalize import prepare

#: Stands for the right value, as `BLANK` does for what the question names.
GOLD = "■"
_Span = tuple[int, int, str]


def blanked(text: str, sample: Sample, domain: Domain) -> str:
    """A prepared answer with the right value and what the question names blanked.

    The longer value goes first: 周二 is named and stands in the value 周二3-4节.
    """
    named = [
        (start, end, BLANK) for value in sample.named for start, end in places(text, prepare(value))
    ]
    taken: list[_Span] = []
    spans = (*_gold_spans(text, sample, domain), *named)
    for start, end, sign in sorted(spans, key=lambda span: span[0] - span[1]):
        if all(end <= first or last <= start for first, last, _ in taken):
            taken.append((start, end, sign))
    return without_values(_filled(text, taken), sample.named)


def without_gold(text: str, sample: Sample, domain: Domain) -> str:
    """A prepared answer with the right value alone blanked."""
    return _filled(text, list(_gold_spans(text, sample, domain)))


def gold_mentions(text: str, sample: Sample) -> list[Mention]:
    """The times, dates, lengths of time or numbers in a prepared text that are the right value.

    Where none is, a single value of the kind counts: the checker has taken it for the right one.
    """
    value, kind = sample.gold.value, sample.gold.kind
    if value is None or kind not in ("time", "date", "duration", "number"):
        return []
    own = cast("ValueKind", kind)
    kinds: tuple[ValueKind, ...] = (own, "number") if kind == "duration" else (own,)
    for one in kinds:
        found = find_values(one, text)
        right = [mention for mention in found if _is(mention, value)]
        if right or len({mention.value for mention in found}) == 1:
            return right or found
    return []


def _filled(text: str, spans: Sequence[_Span]) -> str:
    for start, end, sign in sorted(spans, reverse=True):
        text = text[:start] + sign + text[end:]
    return text


def _gold_spans(text: str, sample: Sample, domain: Domain) -> Iterator[_Span]:
    gold = sample.gold
    if gold.kind not in ("text", "set"):
        yield from ((mention.start, mention.end, GOLD) for mention in gold_mentions(text, sample))
        return
    items = gold.value if isinstance(gold.value, tuple) else (str(gold.value),)
    names = {part for item in items for part in (prepare(item), *parts_of(prepare(item)))}
    names |= {prepare(other) for other, value in domain.aliases.items() if prepare(value) in names}
    last = -1
    found = (span for name in names for span in places(text, name))
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= last:
            yield start, end, GOLD
            last = end


def _is(mention: Mention, value: object) -> bool:
    if isinstance(value, str):  # a date may leave out its year
        return value.endswith(str(mention.value))
    return isinstance(value, float) and abs(float(mention.value) - value) < 1e-6
