"""One row of a data file, before anything is known of its format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.core import Finding

# Is told what is wrong with a row that is left out or mended, instead of an error being raised.
Found = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Record:
    """One row: where it stands, such as `data.jsonl:3`, and its fields by name."""

    where: str
    fields: Mapping[str, Any]
