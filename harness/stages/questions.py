"""The suite's questions, computed from the user's table: what may be taught and what is asked."""

from __future__ import annotations

from pathlib import Path

from harness.core import Suite
from harness.files import write_json, write_jsonl
from harness.records import sample_to, suite_to
from harness.tables.stored import table_to
from harness.tables.table import Table


def write_questions(suite: Suite, table: Table, work: Path) -> None:
    """Write `train.jsonl`, `test.jsonl`, `suite.json` and `table.json`."""
    write_jsonl(work / "train.jsonl", map(sample_to, suite.train))
    write_jsonl(work / "test.jsonl", map(sample_to, suite.test))
    write_json(work / "suite.json", suite_to(suite))
    write_json(work / "table.json", table_to(table))
