"""The formats that training examples come in, and which of them a file has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from harness.core import Finding
from harness.data.formats import alpaca, cqia, messages, pairs, qa, sharegpt, style, swift, xtuner
from harness.data.formats.format import Faulty, Format
from harness.errors import InputError, did_you_mean
from harness.rows.fields import KNOWN
from harness.rows.files import read_records

__all__ = ["FORMATS", "Faulty", "Format", "detect", "find"]

# Where a row looks like several, it is the first of them.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "messages": messages.FORMAT,
        "sharegpt": sharegpt.FORMAT,
        "xtuner": xtuner.FORMAT,
        "style": style.FORMAT,
        "cqia": cqia.FORMAT,
        "alpaca": alpaca.FORMAT,
        "qa": qa.FORMAT,
        "pairs": pairs.FORMAT,
        "swift": swift.FORMAT,
    }
)
_LOOKED_AT = 100


def find(name: str) -> Format:
    """The format of a name.

    Raises:
        InputError: there is none.
    """
    if name not in FORMATS:
        raise InputError(f"no data format {name!r}{did_you_mean(name, FORMATS)}")
    return FORMATS[name]


def detect(path: Path, *, repair: bool = False) -> Format:
    """Tell the format of a file: what most of its first hundred rows look like.

    Rows that cannot be read do not count. Rows of two fields among Alpaca's are Alpaca's.

    Args:
        path: the file.
        repair: mend rows that are nearly JSON, so that they count.

    Raises:
        InputError: it cannot be read, holds no rows, or they look like no format.
    """
    seen: Counter[str] = Counter()
    unread: list[Finding] = []
    names: dict[str, object] = {}
    records = read_records(path, found=unread.append, repair=repair)
    for record in islice(records, _LOOKED_AT):
        names |= record.fields
        fitting = (known.name for known in FORMATS.values() if known.fits(record.fields))
        seen.update([next(fitting, "")])
    if "alpaca" in seen:
        seen["alpaca"] += seen.pop("qa", 0)
    found = [name for name, _ in seen.most_common() if name]
    if found:
        return FORMATS[found[0]]
    if not names:
        unread.sort(key=lambda finding: not finding.lost)
        first = next((f"; {f.where}: {f.rule}: {f.detail}" for f in unread), "")
        raise InputError(f"{path}: holds no rows that can be read{first}")
    fields = ", ".join(map(repr, list(names)[:10]))
    known = "; ".join(f"{one.name} ({one.means})" for one in FORMATS.values())
    meant = _meant(names)
    raise InputError(f"{path}: its fields ({fields}) are those of no known format{meant}: {known}")


def _meant(fields: Mapping[str, object]) -> str:
    """What someone who has such fields may have to do."""
    for name, value in fields.items():
        if name not in KNOWN and name.lower() in KNOWN:
            return f" (did you mean {name.lower()!r}?)"
        inner = value if isinstance(value, list) and name not in KNOWN else []
        if inner and isinstance(inner[0], Mapping):
            return f" (if the rows stand in {name!r}, write that list to a file of its own)"
    return ""
