"""Models made by others, from a timetable to a leaderboard: `real_models_bench.py FOLDER...`.

Each folder holds one model. Its spec has three entries: the model untuned, tuned and answered by
vLLM, and the same adapter answered by transformers. The path is walked stage by stage, each in a
process of its own, so that seconds and memory belong to one part; `podium run` does the same in one
command. Printed are the boards and a table as docs/real-models.md has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).parent / "real_models" / "trains.csv"
PARTS = ("dataset", "finetune", "infer", "parity", "latency", "score")
RECIPE = {
    "rank": 16, "alpha": 32, "lr": 1e-3, "epochs": 3, "batch_size": 8, "max_length": 128,
    "watch": 0,
}  # fmt: skip


def spec(model: Path) -> dict[str, Any]:
    """The experiment: six trains, their questions on wordings that were never taught."""
    return {
        "name": model.name,
        "suite": {
            "name": "timetable", "table": str(TABLE), "families": ["lookup", "dwell", "missing"]
        },
        "distill": {"teacher": "template", "phrasings": 6},
        "model": {"base": str(model), "engine": "vllm", "max_length": 256},
        "generate": {"max_tokens": 48},
        "latency": {"questions": 4, "replicates": 4, "warmup": 2},
        "runtime": {"memory_gib": 1.0},
        "entries": [
            {"name": f"{model.name}-untuned"},
            {"name": f"{model.name}-tuned", "finetune": RECIPE},
            {"name": f"{model.name}-hf", "model": {"engine": "hf"}, "finetune": RECIPE},
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


def measured(model: Path, folder: Path) -> list[str]:
    """The rows of the table that one model has."""
    file = folder / f"{model.name}.yaml"
    file.write_text(yaml.safe_dump(spec(model), allow_unicode=True), encoding="utf-8")
    parts = [walk(file, part) for part in PARTS]
    rows = json.loads((folder / "runs" / model.name / "leaderboard.json").read_text("utf-8"))
    by_name = {row["name"]: row for row in rows}
    untuned, tuned, hf = (by_name[entry["name"]] for entry in spec(model)["entries"])
    scores = (f"{row['parts']['AS']['value']:.1f}" for row in (untuned, tuned, hf))
    costs = (f"{part.seconds:.0f} s, {part.gib:.1f} GiB" for part in parts[1:5])
    return [f"| {model.name} | {tuned['n']} | {' | '.join((*scores, *costs))} |"]


def main() -> None:
    """Measure each model and print the table."""
    models = [Path(name).absolute() for name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for model in models for row in measured(model, Path(folder))]
    head = ("model", "questions", "AS untuned", "AS tuned", "AS tuned, hf", *PARTS[1:5])
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")  # noqa: T201
    print("\n".join(rows))  # noqa: T201


if __name__ == "__main__":
    main()
