"""Accepted rows to training data: no duplicate, no contradiction, no test question, and more."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.config.sections import Dataset
from harness.curate.augment.add import Added, augment
from harness.curate.balance import by_family, spread, tell_balance
from harness.curate.clean import DUPLICATES, LEAKED, NEAR_DUPLICATES, Tally, clean
from harness.curate.conversations import HeldOutTexts, clean_texts
from harness.curate.decontaminate import Leaks, open_held_out
from harness.curate.replay import KIND, replay
from harness.curate.rows import Row, read_rows, training_row, whole_row
from harness.errors import RunError
from harness.store.codec import of_texts, read_held_out, read_suite
from harness.store.files import read_json, write_json, write_jsonl

log = logging.getLogger("podium")


def make_dataset(
    section: Dataset, distilled: Path, questions: Path, work: Path, others: Sequence[Row] = ()
) -> None:
    """Write `train.jsonl` (id, family, messages ending in the answer) and `dataset.json`.

    Where rows are added, `augmented.jsonl` holds them with all that is known of them. `others` are
    the rows that may be replayed; they belong to no family of the suite.

    Raises:
        RunError: two rows contradict each other, or nothing is left to train on.
    """
    suite = read_suite(questions)
    tally = Tally()
    accepted = read_rows(distilled / "accepted.jsonl")
    test: Leaks
    if not of_texts(questions):
        test = held_out = open_held_out(read_held_out(questions), section.leak)
        kept = list(clean(accepted, section, held_out, tally))
        added = augment(section.augment, kept, suite.domains, held_out, _own_frames(questions))
    else:
        test = HeldOutTexts(() if section.leak is None else read_held_out(questions))
        kept = list(clean_texts(accepted, section, test, tally))
        added = {}
    if not kept:
        raise RunError(f"no training row is left ({tally.counts[LEAKED]} copy a test question)")
    own = [*kept, *(row for kind in added.values() for row in kind.rows)]
    families = spread(tally.accepted, by_family(kept), own)
    if section.replay is not None:
        added |= {KIND: replay(section.replay, len(kept), others, test)}
    extra = [row for kind in added.values() for row in kind.rows]
    rows = [*kept, *extra]
    random.Random(section.shuffle_seed).shuffle(rows)
    write_jsonl(work / "train.jsonl", map(training_row, rows))
    if extra:
        write_jsonl(work / "augmented.jsonl", map(whole_row, extra))
    write_json(
        work / "dataset.json",
        {"rows": len(rows), **tally.counts, "families": families,
         "augmented": {name: kind.summary() for name, kind in added.items()},
         "examples": tally.examples},
    )  # fmt: skip
    _tell(tally, added)
    tell_balance(families)


def _own_frames(questions: Path) -> list[str] | None:
    """The suite's own words around a question; `None` where it leaves them to those that ship."""
    path = questions / "frames.json"
    frames: list[str] = read_json(path) if path.is_file() else []
    return frames if frames else None


def _tell(tally: Tally, added: Mapping[str, Added]) -> None:
    """Say what was left out, and what could not be added."""
    for reason, what in (
        (LEAKED, "copies of test questions"),
        (DUPLICATES, "equal questions"),
        (NEAR_DUPLICATES, "hardly different ones"),
    ):
        for first in tally.examples.get(reason, [])[:1]:
            log.info(
                "dataset: left out %d (%s), such as %r, like %r",
                tally.counts[reason], what, first["question"], first["like"],
            )  # fmt: skip
    for name, kind in added.items():
        if len(kind.rows) < kind.asked_for:
            log.warning(
                "dataset: %s asks for %d rows, %d could be added",
                name if name == KIND else f"augment.{name}", kind.asked_for, len(kind.rows),
            )  # fmt: skip
