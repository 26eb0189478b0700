"""Run folders as a finished run leaves them, of adapters that were drawn and not trained."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from harness.models.merge import merge
from harness.spec import dump, load_specs
from harness.store.files import write_json, write_jsonl, write_text
from tests.harness.parity.made import TINY, Adapter, make

ROWS: list[dict[str, Any]] = [
    {
        "id": f"r{n}",
        "family": "lookup",
        "value": "x",
        "messages": [
            {"role": "user", "content": f"K{n}次几点开？"},
            {"role": "assistant", "content": f"K{n}次07:{n:02d}开车。"},
        ],
    }
    for n in range(3)
]
SUMMARY: dict[str, Any] = {
    "suite": "timetable",
    "suite_version": "2025.1",
    "n": 366,
    "scoring": {"id": "timetable-2025/2"},
    "total": {"value": 91.0, "low": 88.0, "high": 94.0},
    "parts": {"AS": {"value": 90.5, "low": 87.0, "high": 93.0}, "ART": None, "AE": None},
    "served_as_trained": {
        "verdict": "pass",
        "said": "served as trained",
        "effect": 1.0,
        "noise": 0,
    },
}
FINETUNE: dict[str, Any] = {
    "rank": 8,
    "alpha": 16,
    "lr": 3e-3,
    "epochs": 2,
    "batch_size": 16,
    "max_length": 96,
}


def run(folder: Path, finetune: dict[str, Any] | None, **model: Any) -> Path:
    """A run folder; where it is tuned, with an adapter or whole weights, and three rows of data."""
    folder.mkdir(parents=True)
    spec = {
        "name": folder.name,
        "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
        "model": {"base": "builtin:tiny-qwen2", "engine": "hf", "dtype": "float32", **model},
        "generate": {"max_tokens": 12},
        "finetune": finetune,
    }
    write_text(folder / "given.yaml", yaml.safe_dump(spec))
    (loaded,) = load_specs(folder / "given.yaml")
    write_text(folder / "spec.yaml", dump(loaded))
    if finetune is not None:
        trained = folder / "stages" / "finetune"
        adapter = make(Adapter(seed=1), trained / "adapter")
        if finetune.get("method") == "full":
            merge(TINY, adapter, trained / "model")
            shutil.rmtree(adapter)
        meta = {"key": "0" * 16, "inputs": {"seed": 0}, "created": "2026-01-01T00:00:00+00:00"}
        write_json(folder / "stages" / "finetune" / "meta.json", meta)
        write_jsonl(folder / "stages" / "dataset" / "train.jsonl", ROWS)
    write_json(folder / "summary.json", {"name": folder.name, **SUMMARY})
    return folder
