"""The suite's questions, computed from the user's table: what may be taught and what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.core import Suite
from harness.files import write_json, write_jsonl
from harness.records import sample_to, suite_to
from harness.tables.stored import table_to
from harness.tables.table import Table


def write_questions(suite: Suite, table: Table, frames: Sequence[str], work: Path) -> None:
    """Write `train.jsonl`, `test.jsonl`, `suite.json`, `table.json` and `frames.json`.

    Args:
        suite: what is taught and asked.
        table: what it is about.
        frames: the suite's own polite words around a question; those that ship where empty.
        work: the stage's folder.
    """
    write_jsonl(work / "train.jsonl", map(sample_to, suite.train))
    write_jsonl(work / "test.jsonl", map(sample_to, suite.test))
    write_json(work / "suite.json", suite_to(suite))
    write_json(work / "table.json", table_to(table))
    write_json(work / "frames.json", list(frames))
