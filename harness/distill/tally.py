"""What was accepted and rejected, by family and reason, and what is still lacking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.config.sections import Distill
from harness.core import Output
from harness.distill.candidates import shares, spread
from harness.distill.request import CUT_OFF, EMPTY, UNREADABLE, YAML
from harness.models.no_answer import ADVICE
from harness.store.secret import scrubbed

# Rejected rows of one reason that the summary shows.
_EXAMPLES = 3
# Rows rejected one after the other. Where one in twenty is right, this many wrong ones come once in
# thirty thousand times.
_HOPELESS = 200
# The first rows all rejected for one reason: after so many a person should look.
_SUSPICIOUS = 20
_LONGEST_EXAMPLE = 400
_LONGEST_QUOTE = 200
_LONGEST_LENGTH = 400
# What can be done where all rows are rejected for one reason.
_ADVICE: Mapping[str, str] = {
    **ADVICE,
    CUT_OFF: "raise the teacher's max_tokens, or lower distill.per_request",
    **dict.fromkeys((UNREADABLE, YAML), "ask for JSON in a distill.prompt of your own"),
    EMPTY: "see whether the model answers at all, or ask another",
}


@dataclass
class Tally:
    """Counts towards what a spec asks for.

    Args:
        section: how many rows, in which shares.
        there: how many rows each family could give.
        even: whether each family gives its share and no more. Where nobody knows what a family can
            give, and the spec names no quotas, a share is only what the teacher is asked for.
    """

    section: Distill
    there: Mapping[str, int]
    even: bool = True
    accepted: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    lengths: dict[str, Counter[int]] = field(default_factory=dict)
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    surplus: int = 0
    replies: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    in_vain: int = 0
    first_raw: str = ""

    def __post_init__(self) -> None:
        if self.section.samples is None:
            self.wanted = dict(self.there)
        else:
            self.wanted = shares(self.section.samples, self.there, self.section.quotas)

    @property
    def goal(self) -> int:
        """How many rows are to be accepted."""
        return sum(self.wanted.values()) if self.section.samples is None else self.section.samples

    @property
    def count(self) -> int:
        """How many rows are accepted."""
        return self.accepted.total()

    def lacking(self) -> dict[str, int]:
        """How many rows each family still has to give; families that are done are left out."""
        open_ = {family: wanted - self.accepted[family] for family, wanted in self.wanted.items()}
        lacking = {family: count for family, count in open_.items() if count > 0}
        if not self.even and sum(lacking.values()) > self.goal - self.count:
            return {f: n for f, n in spread(self.goal - self.count, lacking).items() if n}
        return lacking

    def wants(self, family: str) -> bool:
        """Whether a row of the family is still to be accepted."""
        return self.lacking().get(family, 0) > 0 if self.even else self.count < self.goal

    def move_on(self, left: Mapping[str, int]) -> None:
        """Let other families give what one can give no more, unless it has a quota.

        Args:
            left: how many questions of each family can still be asked.
        """
        lacking = self.lacking()
        free = {f: n for f, n in left.items() if f not in self.section.quotas}
        short = {f: n - free[f] for f, n in lacking.items() if f in free and n > free[f]}
        if self.section.samples is None or not short or not self.even:
            return
        for family, count in short.items():
            self.wanted[family] -= count
        spare = {f: max(0, n - lacking.get(f, 0)) for f, n in free.items() if f not in short}
        for family, more in spread(sum(short.values()), spare).items():
            self.wanted[family] += more

    def replied(self, output: Output) -> None:
        """Count a reply and its tokens, where the teacher tells them."""
        self.replies += 1
        self.prompt_tokens += output.prompt_tokens or 0
        self.output_tokens += output.output_tokens or 0

    @property
    def hopeless(self) -> bool:
        """Whether so many rows in a row were rejected that more calls would be money lost."""
        return self.in_vain >= max(_HOPELESS, 10 * self.section.per_request)

    def accept(self, family: str, answer: str) -> None:
        """Count an accepted row."""
        self.accepted[family] += 1
        self.in_vain = 0
        length = min(len(answer), _LONGEST_LENGTH)
        self.lengths.setdefault(family, Counter())[length] += 1

    def reject(self, family: str, row: Mapping[str, Any]) -> None:
        """Count a rejected row, and keep some of each reason to be shown."""
        reason = str(row["reason"])
        if not self.rejected:
            self.first_raw = _quoted(str(row.get("raw") or row.get("detail") or ""))
        self.rejected[family] += 1
        self.in_vain += 1
        self.reasons.setdefault(reason, Counter())[family] += 1
        kept = self.examples.setdefault(reason, [])
        if len(kept) < _EXAMPLES:
            fields = ("family", "question", "answer", "expected", "detail", "raw")
            kept.append({f: str(row.get(f) or "")[:_LONGEST_EXAMPLE] for f in fields})

    @property
    def warning(self) -> str:
        """What a person should know once: the first rows were all rejected for one reason."""
        if self.count or self.rejected.total() != _SUSPICIOUS or len(self.reasons) != 1:
            return ""
        return f"all of the first {_SUSPICIOUS} rows were rejected: {self.advice()}"

    def advice(self) -> str:
        """The commonest reason, what can be done about it, and the first reply that failed."""
        reasons = Counter({reason: by.total() for reason, by in self.reasons.items()})
        reason = next((reason for reason, _ in reasons.most_common(1)), "nothing was proposed")
        told = f"; {_ADVICE[reason]}" if reason in _ADVICE else ""
        return f"{reason}{told}; the first reply: {self.first_raw or 'says nothing'}"

    def summary(self) -> dict[str, Any]:
        """What `distill.json` says."""
        reasons = Counter({reason: by.total() for reason, by in self.reasons.items()})
        return {
            "wanted": self.section.samples,
            "accepted": self.count,
            "rejected": self.rejected.total(),
            "surplus": self.surplus,
            "families": {
                family: {
                    "wanted": None if self.section.samples is None else self.wanted[family],
                    "accepted": self.accepted[family],
                    "rejected": self.rejected[family],
                    "answer_chars": _quantiles(self.lengths.get(family, Counter())),
                }
                for family in self.wanted
            },
            "reasons": dict(reasons.most_common()),
            "reasons_by_family": {reason: dict(by) for reason, by in self.reasons.items()},
            "answer_chars": _quantiles(sum(self.lengths.values(), Counter())),
            "examples": self.examples,
            "replies": self.replies,
            "prompt_tokens": self.prompt_tokens,
            "output_tokens": self.output_tokens,
        }

    def sentence(self) -> str:
        """What came of it, on one line."""
        why = Counter({reason: by.total() for reason, by in self.reasons.items()}).most_common(5)
        told = ", ".join(f"{count} {reason}" for reason, count in why)
        return f"{self.count:,} accepted, {self.rejected.total():,} rejected" + (
            f" ({told})" if told else ""
        )


def _quoted(text: str) -> str:
    """A reply on one short line, without any key."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:4000]).split())
    shown = scrubbed(line)
    return shown if len(shown) <= _LONGEST_QUOTE else f"{shown[:_LONGEST_QUOTE]}…"


def _quantiles(lengths: Counter[int]) -> dict[str, int] | None:
    """Median and 95th percentile of lengths in characters; `None` where there are none."""
    total = lengths.total()
    if not total:
        return None
    found: dict[str, int] = {}
    seen = 0
    for length in sorted(lengths):
        seen += lengths[length]
        for name, share in (("median", 0.5), ("p95", 0.95)):
            if seen >= share * total:
                found.setdefault(name, length)
    return found
