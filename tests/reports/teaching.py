"""`distill.json` and `dataset.json` as a distillation leaves them, for the tests of the reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.reports.folders import FAMILIES

Json = dict[str, Any]

BROKEN = "reply is not JSON"
WRONG = "answer is wrong"


def refused(question: str = "Z19几点开？", **texts: str) -> Json:
    """One rejected row as `distill.json` shows it."""
    row = {
        "family": FAMILIES[0],
        "question": question,
        "answer": "12:00",
        "expected": "13:00",
        "detail": "12:00",
        "raw": '[{"id": 1, "answer": "12:00"}]',
    }
    return row | texts


def distillation(families: Mapping[str, tuple[int, int]] | None = None, **fields: Any) -> Json:
    """A distillation of families with so many accepted and rejected rows each.

    A quarter of the rejected rows could not be read, the others were wrong.
    """
    counts = dict.fromkeys(FAMILIES, (20, 4)) if families is None else families
    rejected = {name: rows for name, (_, rows) in counts.items() if rows}
    broken = {name: rows // 4 for name, rows in rejected.items()}
    by = {BROKEN: broken, WRONG: {name: rows - broken[name] for name, rows in rejected.items()}}
    reasons = {reason: sum(rows.values()) for reason, rows in by.items() if any(rows.values())}
    made = {
        "teacher": "qwen3-8b",
        "wanted": sum(rows for rows, _ in counts.values()),
        "accepted": sum(rows for rows, _ in counts.values()),
        "rejected": sum(rejected.values()),
        "families": {
            name: {
                "wanted": accepted,
                "accepted": accepted,
                "rejected": lost,
                "answer_chars": {"median": 14, "p95": 24} if accepted else None,
            }
            for name, (accepted, lost) in counts.items()
        },
        "reasons": reasons,
        "reasons_by_family": {reason: by[reason] for reason in reasons},
        "answer_chars": {"median": 14, "p95": 24},
        "examples": {reason: [refused(f"{reason} {at}?") for at in range(3)] for reason in reasons},
        "replies": 40,
        "prompt_tokens": 30_000,
        "output_tokens": 5_000,
        "cost": {"calls": 42, "prompt_tokens": 31_000, "output_tokens": 6_000, "money": 0.0123},
    }
    return made | fields


def training_set(families: Mapping[str, int] | None = None, **fields: Any) -> Json:
    """A training set that holds so many rows of each family."""
    counts = dict.fromkeys(FAMILIES, 19) if families is None else families
    total = sum(counts.values())
    made = {
        "rows": total,
        "duplicates": 0,
        "near_duplicates": 0,
        "leaked": 0,
        "families": {
            name: {
                "accepted": rows,
                "kept": rows,
                "rows": rows,
                "share": round(rows / max(1, total), 4),
                "answers": min(rows, 7),
                "top_answer": 0.25,
            }
            for name, rows in counts.items()
        },
        "augmented": {},
        "examples": {},
    }
    return made | fields


def many(teacher: str, size: int) -> Json:
    """A distillation with so many families and reasons, and long texts."""
    families = [f"family {at} of {teacher}" for at in range(size)]
    long = {**refused(), **dict.fromkeys(("question", "answer", "detail"), "问" * 400)}
    long |= {"raw": "答" * 400}
    reasons = {f"reason {at}": size * (at + 1) for at in range(size)}
    return distillation(
        dict.fromkeys(families, (9, 9)),
        teacher=teacher,
        rejected=sum(reasons.values()),
        reasons=reasons,
        reasons_by_family={reason: dict.fromkeys(families, 3) for reason in reasons},
        examples=dict.fromkeys(reasons, [long] * 3),
    )
