"""`distill.json` and `dataset.json` of one run, read into types.

What a run was taught by an earlier Podium may lack the newer fields: they are `None` or empty then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.reader import Reader, open_object


@dataclass(frozen=True, slots=True)
class Chars:
    """How long answers are, in characters."""

    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Taught:
    """What a family asked for and got. `wanted` is `None` where all there is was asked for."""

    wanted: int | None
    accepted: int
    rejected: int
    chars: Chars | None


@dataclass(frozen=True, slots=True)
class Refused:
    """One rejected row as the teacher left it: text from strangers, all of it."""

    family: str
    question: str
    answer: str
    expected: str
    detail: str
    raw: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a distillation took; `money` is in whatever currency its prices are."""

    calls: int | None = None
    prompt_tokens: int = 0
    output_tokens: int = 0
    money: float | None = None

    @property
    def tokens(self) -> int:
        """Tokens of prompts and answers together; 0 where the teacher tells none."""
        return self.prompt_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Distillation:
    """One distillation. `reasons` counts rejected rows, `by_family` the same family by family.

    `raw` is the file as it was.
    """

    teacher: str
    wanted: int | None
    accepted: int
    rejected: int
    families: Mapping[str, Taught]
    reasons: Mapping[str, int]
    by_family: Mapping[str, Mapping[str, int]]
    chars: Chars | None
    examples: Mapping[str, tuple[Refused, ...]]
    cost: Cost
    raw: Mapping[str, Any]

    @property
    def rejected_share(self) -> float:
        """Rejected rows as a share of all that came."""
        rows = self.accepted + self.rejected
        return self.rejected / rows if rows else 0.0

    @property
    def tokens_per_row(self) -> float | None:
        """Tokens for each accepted row; `None` where the teacher tells none."""
        known = self.cost.tokens and self.accepted
        return self.cost.tokens / self.accepted if known else None


@dataclass(frozen=True, slots=True)
class Held:
    """A family's rows: `share` is of all training rows, `top_answer` of the family's own."""

    rows: int
    share: float | None = None
    accepted: int | None = None
    kept: int | None = None
    answers: int | None = None
    top_answer: float | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """Rows that one kind of augmentation was to add, and did. `refused` counts why it did not."""

    asked_for: int | None
    added: int
    refused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Dataset:
    """One training set. `near_duplicates` is `None` where nobody looked for them.

    `examples` are pairs of a question that was left out and what it is like, by why.
    """

    rows: int
    duplicates: int
    near_duplicates: int | None
    leaked: int
    families: Mapping[str, Held]
    augmented: Mapping[str, Added]
    examples: Mapping[str, tuple[tuple[str, str], ...]]
    raw: Mapping[str, Any]

    @property
    def left_out(self) -> int:
        """Accepted rows that are not trained on."""
        return self.duplicates + (self.near_duplicates or 0) + self.leaked

    @property
    def added(self) -> int:
        """Rows that are trained on besides the accepted ones."""
        return sum(kind.added for kind in self.augmented.values())


def load_distillation(file: Path) -> Distillation | None:
    """Read one `distill.json`; a missing one is none.

    Raises:
        InputError: it is damaged or no such file; the message names the field.
    """
    if not file.is_file():
        return None
    read = open_object(file)
    return Distillation(
        teacher=read.text("teacher"),
        wanted=read.some("wanted"),
        accepted=read.count("accepted"),
        rejected=read.count("rejected"),
        families={name: _taught(family) for name, family in read.each("families")},
        reasons=_counts(read.maybe("reasons")),
        by_family={reason: by.counts() for reason, by in read.each("reasons_by_family")},
        chars=_chars(read.maybe("answer_chars")),
        examples={name: tuple(map(_refused, rows)) for name, rows in _examples(read)},
        cost=_cost(read),
        raw=read.data,
    )


def load_dataset(file: Path) -> Dataset | None:
    """Read one `dataset.json`; a missing one is none.

    Raises:
        InputError: it is damaged or no such file; the message names the field.
    """
    if not file.is_file():
        return None
    read = open_object(file)
    return Dataset(
        rows=read.count("rows"),
        duplicates=read.count("duplicates"),
        near_duplicates=read.some("near_duplicates"),
        leaked=read.count("leaked"),
        families={name: _held(family) for name, family in read.each("families")},
        augmented={name: _added(kind) for name, kind in read.each("augmented")},
        examples={name: tuple(map(_alike, rows)) for name, rows in _examples(read)},
        raw=read.data,
    )


def _taught(read: Reader) -> Taught:
    return Taught(
        wanted=read.some("wanted"),
        accepted=read.count("accepted"),
        rejected=read.count("rejected"),
        chars=_chars(read.maybe("answer_chars")),
    )


def _chars(read: Reader | None) -> Chars | None:
    return None if read is None else Chars(read.sure("median"), read.sure("p95"))


def _counts(read: Reader | None) -> dict[str, int]:
    return {} if read is None else read.counts()


def _examples(read: Reader) -> Iterator[tuple[str, Iterator[Reader]]]:
    if (found := read.maybe("examples")) is not None:
        for name in found.data:
            yield name, found.rows(name)


def _refused(read: Reader) -> Refused:
    fields = ("family", "question", "answer", "expected", "detail", "raw")
    return Refused(*map(read.words, fields))


def _cost(read: Reader) -> Cost:
    """What was paid; where nothing was, what the replies took."""
    paid = read.maybe("cost")
    spent = read if paid is None else paid
    prompt, output = (spent.some(f"{kind}_tokens") or 0 for kind in ("prompt", "output"))
    if paid is not None:
        return Cost(paid.some("calls"), prompt, output, paid.number("money"))
    # A teacher that reads nothing, such as the templates, is not called either.
    return Cost(read.some("replies") if prompt or output else None, prompt, output)


def _held(read: Reader) -> Held:
    return Held(
        rows=read.count("rows"),
        share=read.share("share"),
        accepted=read.some("accepted"),
        kept=read.some("kept"),
        answers=read.some("answers"),
        top_answer=read.share("top_answer"),
    )


def _added(read: Reader) -> Added:
    return Added(read.some("asked_for"), read.count("added"), _counts(read.maybe("refused")))


def _alike(read: Reader) -> tuple[str, str]:
    return read.words("question"), read.words("like")
