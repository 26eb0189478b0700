"""Training answers from a teacher, each checked against the answer that the program computed.

The embedded teacher, `template`, says the suite's reference sentence; it needs no network.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from harness.core import Domain, Sample
from harness.errors import RunError
from harness.files import write_json, write_jsonl
from harness.metrics.answer import check
from harness.records import read_samples, read_suite, sample_to
from harness.sections import Distill


def distill(section: Distill, questions: Path, work: Path) -> None:
    """Write `accepted.jsonl`, `rejected.jsonl` and `distill.json`.

    Raises:
        RunError: fewer rows than `samples` were accepted.
    """
    domains = read_suite(questions).domains
    candidates = _drawn(list(read_samples(questions / "train.jsonl")), section)
    accepted, rejected = [], []
    for sample in candidates:
        verdict = check(
            sample.reference, sample.gold, sample.question, domains.get(sample.domain, Domain())
        )
        row = {**sample_to(sample), "answer": sample.reference, "teacher": section.teacher}
        if verdict.value == 1.0:
            accepted.append(row)
        else:
            rejected.append({**row, "reason": verdict.note or "wrong"})
    if section.samples is not None and len(accepted) != section.samples:
        raise RunError(
            f"distill.samples asks for {section.samples} rows, {len(accepted)} were accepted of "
            f"{len(candidates)} candidates ({len(rejected)} rejected)"
        )
    write_jsonl(work / "accepted.jsonl", accepted)
    write_jsonl(work / "rejected.jsonl", rejected)
    families = Counter(str(row["family"]) for row in accepted)
    reasons = Counter(str(row["reason"]) for row in rejected)
    write_json(
        work / "distill.json",
        {"accepted": len(accepted), "rejected": len(rejected), "families": dict(families),
         "reasons": dict(reasons)},
    )  # fmt: skip


def _drawn(samples: Sequence[Sample], section: Distill) -> list[Sample]:
    """At most `phrasings` wordings a question, then `samples` rows, evenly over the families."""
    draw = random.Random(section.seed)
    by_question: dict[tuple[str, str, str], list[Sample]] = {}
    for sample in samples:
        program = sample.template.partition("/")[0]
        by_question.setdefault((sample.family, program, sample.row), []).append(sample)
    kept: dict[str, list[Sample]] = {}
    for (family, _, _), wordings in by_question.items():
        count = len(wordings) if section.phrasings is None else section.phrasings
        kept.setdefault(family, []).extend(draw.sample(wordings, min(count, len(wordings))))
    if section.samples is None:
        return [sample for rows in kept.values() for sample in rows]
    for rows in kept.values():
        draw.shuffle(rows)
    turns = zip_longest(*kept.values())
    return [s for turn in turns for s in turn if s is not None][: section.samples]
