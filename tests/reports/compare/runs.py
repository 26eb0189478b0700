"""Run folders to compare."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.reports.folders import Entrant, questions, write_repeated, write_run

Row = dict[str, Any]
UNTUNED: Mapping[str, Any] = {"finetune": None}
COUNT = 84
GOOD = Entrant("good", 0.95, 0.7, 14, seed=1, summary=UNTUNED)
BAD = Entrant("bad", 0.55, 1.4, 25, seed=2, summary=UNTUNED)
ALIKE = Entrant("alike", 0.95, 0.7, 14, seed=3, summary=UNTUNED)


def write(root: Path, entrant: Entrant, count: int = COUNT) -> Path:
    """One run folder."""
    return write_run(root, entrant, questions(count))


def write_several(root: Path, entrant: Entrant, skills: Sequence[float]) -> Path:
    """One run folder of a recipe with several seeds; it scores the mean of theirs."""
    folder = write_repeated(root, entrant, skills, questions(COUNT))
    seeds = [folder / "seeds" / str(seed) for seed in range(len(skills))]
    tables = [list(lines(seed / "scores.jsonl")) for seed in seeds]
    rows = [
        {**same[0], "value": _mean([row["value"] for row in same])}
        for same in zip(*tables, strict=True)
    ]
    write_lines(folder / "scores.jsonl", rows)
    return folder


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def times(folder: Path) -> list[Row]:
    return list(lines(folder / "timings.jsonl"))


def lines(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def write_lines(file: Path, rows: Sequence[Row]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def edit(folder: Path, name: str, change: Callable[[Row], Row]) -> None:
    """Change each row of a file of rows."""
    write_lines(folder / name, [change(row) for row in lines(folder / name)])


def edit_summary(folder: Path, **changes: Any) -> None:
    path = folder / "summary.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")
