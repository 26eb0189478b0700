"""Files of the public sizes and shares of labels, with sentences that mean nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path
from typing import Any

Row = dict[str, Any]

SHARES: Mapping[str, Mapping[str, int]] = {
    "bustm/dev_few_all.json": {"0": 82, "1": 78},
    "bustm/test_public.json": {"0": 886, "1": 886},
    "ocnli/dev_few_all.json": {"contradiction": 60, "neutral": 51, "entailment": 49},
    "ocnli/test_public.json": {"contradiction": 840, "neutral": 840, "entailment": 840},
}


def bustm(number: int, label: Any, **changed: Any) -> Row:
    row = {"id": number, "sentence1": f"甲{number}", "sentence2": f"乙{number}", "label": label}
    return {**row, **changed}


def ocnli(number: int, label: str, **changed: Any) -> Row:
    labels = {f"label{annotator}": label for annotator in range(5)}
    row = {
        "level": "easy", "sentence1": f"前提{number},", "sentence2": f"推断{number}。",
        "label": label, **labels, "genre": "tv", "prem_id": f"tv_{number}", "id": number,
    }  # fmt: skip
    return {**row, **changed}


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), "utf-8")
    return path


def public(folder: Path) -> Path:
    """All four files; return the folder."""
    for name, shares in SHARES.items():
        make = bustm if name.startswith("bustm") else ocnli
        labels = chain.from_iterable(repeat(label, count) for label, count in shares.items())
        write(folder / name, [make(number, label) for number, label in enumerate(labels)])
    return folder
