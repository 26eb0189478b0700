"""A data file from one format or ending to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.core import Finding


@dataclass(frozen=True, slots=True)
class Lost:
    """A field that the target cannot hold: in how many rows, and where first."""

    field: str
    count: int
    where: str


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion did.

    Args:
        source_format: name of the format that was read.
        target_format: name of the format that was written.
        read: rows of the source, faulty ones too.
        written: rows of the target.
        counts: how often each rule was broken.
        findings: the first few of each rule; `lost` marks a row that was left out.
        lost: what the target cannot hold.
        registered: the `dataset_info.json` that names the target now, if asked for.
    """

    source_format: str
    target_format: str
    read: int
    written: int
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    lost: tuple[Lost, ...]
    registered: Path | None = None


def convert(
    source: Path,
    target: Path,
    *,
    source_format: str | None = None,
    target_format: str | None = None,
    dataset: str | None = None,
    strict: bool = False,
    repair: bool = False,
) -> Converted:
    """Read every row of `source` and write it to `target`, one at a time.

    Args:
        source: a data file.
        target: the file to write; its ending says how.
        source_format: name of the source's format; None: told from its first rows.
        target_format: name of the target's format; None: the source's.
        dataset: name to register the target under for LLaMA-Factory, beside it.
        strict: a faulty row is an error; else it is left out and reported.
        repair: mend rows that are nearly JSON, and report each.

    Raises:
        InputError: a file or format cannot be, no row can be read, or, if strict, one cannot.
        StoreError: the target cannot be written.
    """
    raise NotImplementedError
