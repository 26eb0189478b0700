"""Accepted rows to training data: no duplicate, no contradiction, no test question."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.errors import RunError
from harness.files import read_jsonl, write_json, write_jsonl
from harness.metrics.text import fold
from harness.records import read_samples
from harness.sections import Dataset


def make_dataset(section: Dataset, distilled: Path, questions: Path, work: Path) -> None:
    """Write `train.jsonl` (id, family, messages ending in the answer) and `dataset.json`.

    Raises:
        RunError: two rows contradict each other, or nothing is left to train on.
    """
    asked = {fold(sample.messages[-1].content) for sample in read_samples(questions / "test.jsonl")}
    counts = {"duplicates": 0, "leaked": 0}
    rows = list(_kept(section, distilled / "accepted.jsonl", asked, counts))
    if not rows:
        raise RunError(f"no training row is left ({counts['leaked']} equal a test question)")
    random.Random(section.shuffle_seed).shuffle(rows)
    write_jsonl(work / "train.jsonl", rows)
    write_json(work / "dataset.json", {"rows": len(rows), **counts})


def _kept(
    section: Dataset, accepted: Path, asked: set[str], counts: dict[str, int]
) -> Iterator[dict[str, Any]]:
    answers: dict[str, str] = {}
    kept: set[str] = set()
    for row in read_jsonl(accepted):
        question = fold(row["messages"][-1]["content"])
        answer = str(row["answer"])
        if question in asked:
            counts["leaked"] += 1
            continue
        if answers.setdefault(question, answer) != answer:
            raise RunError(
                f"training data contradicts itself: {question!r} is answered "
                f"{answers[question]!r} and {answer!r}"
            )
        if section.deduplicate and question in kept:
            counts["duplicates"] += 1
            continue
        kept.add(question)
        yield _training_row(row)


def _training_row(row: Mapping[str, Any]) -> dict[str, Any]:
    turns = [*row["messages"], {"role": "assistant", "content": row["answer"]}]
    return {"id": row["id"], "family": row["family"], "value": row["answer"], "messages": turns}
