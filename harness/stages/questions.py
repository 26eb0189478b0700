"""The suite's questions, from the user's files: what may be taught and what is asked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.core import Finding, Suite
from harness.errors import InputError
from harness.findings import by_rule, named_briefly
from harness.store.codec import sample_to, suite_to
from harness.store.files import write_json, write_jsonl
from harness.tables.codec import table_to
from harness.tables.table import Table

log = logging.getLogger("podium")


def make_questions(module: Any, options: Any, work: Path) -> None:
    """Build a suite and write it down.

    Args:
        module: the suite's module; see `suites`.
        options: its options.
        work: the stage's folder.

    Raises:
        InputError: a file that it reads is wrong, or holds nothing to ask.
    """
    suite = named_briefly(module.build(options), module.inputs(options).values())
    if not suite.test:
        raise InputError(f"suite {suite.name}: its files hold nothing to ask{_first(suite)}")
    about_table = hasattr(module, "read_table")
    table = module.read_table(options) if about_table else None
    write_questions(suite, table, module.frames(options) if about_table else (), work)
    story = module.story(options) if hasattr(module, "story") else None
    if story is not None:
        write_json(work / "story.json", story)
    _tell(suite.findings)


def write_questions(suite: Suite, table: Table | None, frames: Sequence[str], work: Path) -> None:
    """Write `train.jsonl`, `test.jsonl`, `suite.json`, and `table.json` and `frames.json`.

    Where more may not be taught than is asked, `held_out.jsonl` holds all of it.

    Args:
        suite: what is taught and asked.
        table: what it is about; `None` where it comes from texts.
        frames: the suite's own polite words around a question; those that ship where empty.
        work: the stage's folder.
    """
    write_jsonl(work / "train.jsonl", map(sample_to, suite.train))
    write_jsonl(work / "test.jsonl", map(sample_to, suite.test))
    if suite.held_out:
        write_jsonl(work / "held_out.jsonl", map(sample_to, suite.held_out))
    if suite.watched:
        write_jsonl(work / "watched.jsonl", map(sample_to, suite.watched))
    write_json(work / "suite.json", {**suite_to(suite), "texts": table is None})
    if table is not None:
        write_json(work / "table.json", table_to(table))
        write_json(work / "frames.json", list(frames))


def _first(suite: Suite) -> str:
    """What was found first in files that hold nothing, which is most likely why."""
    found = next(iter(suite.findings), None)
    return "" if found is None else f": {found.where}: {found.rule}: {found.detail}"


def _tell(findings: Sequence[Finding]) -> None:
    """Say what was noticed in the user's files."""
    for line in by_rule(findings):
        log.info("questions: %s", line)
