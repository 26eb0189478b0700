"""Training rows on their way from `accepted.jsonl` to `train.jsonl`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from hashlib import blake2b
from pathlib import Path
from typing import Any

from harness.core import Sample
from harness.store.codec import sample_from, sample_to
from harness.store.files import read_jsonl
from harness.text.normalize import fold

_SAMPLE = tuple(field.name for field in fields(Sample))
# The same few words in a hundred thousand rows: kept once.
_REPEATED = ("family", "row", "template", "split", "domain")


@dataclass(frozen=True, slots=True)
class Origin:
    """How an added row came about: the kind of change, and the id of the row that it changes."""

    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question with the answer to be learned. `origin` is `None` for a row that was accepted."""

    sample: Sample
    answer: str
    origin: Origin | None = None


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of an `accepted.jsonl`, one after the other.

    Raises:
        InputError: the file is missing, or a line is no JSON object.
    """
    for data in read_jsonl(path):
        sample = {name: data[name] for name in _SAMPLE if name in data}
        for name in _REPEATED:
            sample[name] = sys.intern(str(sample.get(name, "")))
        yield Row(sample_from(sample), str(data["answer"]))


def training_row(row: Row) -> dict[str, Any]:
    """A row of `train.jsonl`: a conversation that ends in the answer."""
    turns = [{"role": m.role, "content": m.content} for m in row.sample.messages]
    return {
        "id": row.sample.id,
        "family": row.sample.family,
        "value": row.answer,
        "messages": [*turns, {"role": "assistant", "content": row.answer}],
        **_origin(row),
    }


def whole_row(row: Row) -> dict[str, Any]:
    """A row with all that is known of it, as accepted rows are kept."""
    return {**sample_to(row.sample), "answer": row.answer, **_origin(row)}


def _origin(row: Row) -> Mapping[str, Any]:
    if row.origin is None:
        return {}
    return {"augmented": {"kind": row.origin.kind, "from": row.origin.source}}


def conversation(sample: Sample) -> bytes:
    """A digest of what is asked, and of what was said before: two equal ones are one question."""
    said = "\n\0".join(fold(m.content) for m in sample.messages if m.role != "system")
    return digest(said)


def digest(text: str) -> bytes:
    """A short digest of a text; 12 bytes do not collide by chance among millions."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()
