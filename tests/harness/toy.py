"""A stage small enough to kill often, and what its result looks like."""

import time
from pathlib import Path
from typing import Any

import pytest

from harness.store.files import read_json, read_jsonl, write_text
from harness.store.jsonl import JsonlAppender
from harness.store.store import stage_key

INPUTS: dict[str, Any] = {"lora": {"rank": 8, "targets": ["q", "v"]}, "data": "0" * 64, "seed": 0}
KEY = stage_key(INPUTS)


def toy(work: Path, items: int = 5, calls: Path | None = None, pause: float = 0.0) -> None:
    """A stage as they are meant to be: item by item, going on from what it finds."""
    with JsonlAppender(work / "rows.jsonl") as rows:
        for item in range(len(list(read_jsonl(work / "rows.jsonl"))), items):
            if calls is not None:
                with calls.open("a", encoding="utf-8") as file:
                    file.write(f"{item}\n")
            time.sleep(pause)
            rows.append({"item": item, "answer": item * item})
    write_text(work / "checkpoints" / "step-1" / "state.txt", "scratch")
    write_text(work / ".cache" / "x", "scratch")
    write_text(work / "half.partial", "scratch")
    write_text(work / "adapter" / "weights.txt", "w" * 100)


def never(work: Path) -> None:
    pytest.fail(f"{work} was built although the result was there")


def tree(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything under a folder: changes if a file is so much as touched."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_mtime_ns,
            path.stat().st_ino,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(folder.rglob("*"))
    }


def contents(folder: Path) -> dict[str, Any]:
    """The result without what differs from run to run."""
    meta = read_json(folder / "meta.json")
    return {
        **{k: v for k, v in meta.items() if k not in ("created", "seconds")},
        "content": {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.name != "meta.json"
        },
    }
