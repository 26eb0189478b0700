"""Models made by others, from a timetable to a leaderboard: `real_models_bench.py FOLDER...`.

`--epochs` and `--phrasings` set how much is taught; the runs are kept in `--into`.

Each folder holds one model. Its spec has three entries: the model untuned, tuned and answered by
vLLM, and the same adapter answered by transformers. The path is walked stage by stage, each in a
process of its own, so that seconds and memory belong to one part; `podium run` does the same in one
command. Printed are the boards and a table as docs/real-models.md has it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).parent / "real_models" / "trains.csv"
PARTS = ("dataset", "finetune", "infer", "parity", "latency", "score")


def spec(model: Path, epochs: float, phrasings: int) -> dict[str, Any]:
    """The experiment: six trains, their questions on wordings that were never taught."""
    recipe = {
        "rank": 16, "alpha": 32, "lr": 1e-3, "epochs": epochs, "batch_size": 8, "max_length": 128,
        "watch": 0,
    }  # fmt: skip
    return {
        "name": model.name,
        "suite": {
            "name": "timetable", "table": str(TABLE), "families": ["lookup", "dwell", "missing"]
        },
        "distill": {"teacher": "template", "phrasings": phrasings},
        "model": {"base": str(model), "engine": "vllm", "max_length": 256},
        "generate": {"max_tokens": 48},
        "latency": {"questions": 4, "replicates": 4, "warmup": 2},
        "runtime": {"memory_gib": 1.0},
        "entries": [
            {"name": f"{model.name}-untuned"},
            {"name": f"{model.name}-tuned", "finetune": recipe},
            {"name": f"{model.name}-hf", "model": {"engine": "hf"}, "finetune": recipe},
        ],
    }  # fmt: skip


@dataclass(frozen=True)
class Part:
    """What one part took: wall seconds, and the largest process's peak memory in GiB."""

    name: str
    seconds: float
    gib: float


def walk(file: Path, part: str) -> Part:
    """Run a spec up to a stage, in a process of its own."""
    command = [sys.executable, "-m", "harness", "run", file.name, "--until", part]
    began = time.perf_counter()
    child = subprocess.Popen(command, cwd=file.parent)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{part} ended with {status}")
    return Part(part, time.perf_counter() - began, used.ru_maxrss / 2**20)


def measured(file: Path) -> list[str]:
    """The rows of the table that one model has."""
    parts = []
    for name in PARTS:
        parts.append(walk(file, name))
        print(f"{name}: {parts[-1].seconds:.0f} s, {parts[-1].gib:.1f} GiB", flush=True)  # noqa: T201
    rows = json.loads((file.parent / "runs" / file.stem / "leaderboard.json").read_text("utf-8"))
    by_name = {row["name"]: row for row in rows}
    kinds = ("untuned", "tuned", "hf")
    untuned, tuned, hf = (by_name[f"{file.stem}-{file.stem}-{kind}"] for kind in kinds)
    scores = (f"{row['parts']['AS']['value']:.1f}" for row in (untuned, tuned, hf))
    costs = (f"{part.seconds:.0f} s, {part.gib:.1f} GiB" for part in parts[1:5])
    return [f"| {file.stem} | {tuned['n']} | {' | '.join((*scores, *costs))} |"]


def main() -> None:
    """Measure each model and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("models", nargs="+", type=Path)
    asked.add_argument("--into", type=Path, required=True)
    asked.add_argument("--epochs", type=float, default=3)
    asked.add_argument("--phrasings", type=int, default=6)
    given = asked.parse_args()
    given.into.mkdir(parents=True, exist_ok=True)
    rows: list[str] = []
    for model in given.models:
        file = given.into / f"{model.name}.yaml"
        content = spec(model.absolute(), given.epochs, given.phrasings)
        file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        rows += measured(file)
    head = ("model", "questions", "AS untuned", "AS tuned", "AS tuned, hf", *PARTS[1:5])
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")  # noqa: T201
    print("\n".join(rows))  # noqa: T201


if __name__ == "__main__":
    main()
