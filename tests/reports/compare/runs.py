"""Run folders to compare: their times are those that were scored, so they can be split."""

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
    return _retimed(write_run(root, entrant, questions(count)))


def write_several(root: Path, entrant: Entrant, skills: Sequence[float]) -> Path:
    """One run folder of a recipe with several seeds; it scores the mean of theirs."""
    folder = _retimed(write_repeated(root, entrant, skills, questions(COUNT)))
    seeds = [_retimed(folder / "seeds" / str(seed)) for seed in range(len(skills))]
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


def _retimed(folder: Path) -> Path:
    """Give the times without the jitter that the scores do not have, and cut nothing off."""
    edit(folder, "predictions.jsonl", _whole)
    outputs = {row["sample_id"]: row for row in lines(folder / "predictions.jsonl")}
    rows = [{**row, "e2e_s": outputs[row["sample_id"]]["e2e_s"]} for row in times(folder)]
    write_lines(folder / "timings.jsonl", rows)
    return folder


def _whole(row: Row) -> Row:
    return {**row, "finish_reason": row["finish_reason"].replace("length", "stop")}


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
