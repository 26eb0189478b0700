"""The file behind `dataset.replay`, in whatever format `podium data` reads."""

from __future__ import annotations

import logging
from pathlib import Path

from harness.curate.replay import KIND
from harness.curate.rows import Row
from harness.data.formats import FORMATS
from harness.data.samples import Place, read_items, to_sample
from harness.errors import InputError

log = logging.getLogger("podium")


def read_replay(path: Path | None) -> list[Row]:
    """The conversations of a file that end in an answer; none without a file.

    What is left out is counted in the log, with the first reason.

    Raises:
        InputError: it cannot be read, has no known format, or holds no conversation to learn.
    """
    if path is None:
        return []
    read = read_items(path, tuple(FORMATS))
    samples = [
        to_sample(item.conversation, Place(f"{KIND}-{number}", KIND, item.where, "train"))
        for number, item in enumerate(read.items)
        if item.conversation is not None
    ]
    lost = [finding for finding in read.findings if finding.lost]
    first = f"{lost[0].where}: {lost[0].detail}" if lost else ""
    if not samples:
        raise InputError(f"dataset.replay.file: {path}: no row can be learned: {first}")
    if lost:
        log.warning(
            "dataset.replay.file: %d rows are left out, the first: %s",
            len(read.items) - len(samples), first,
        )  # fmt: skip
    return [Row(sample, sample.reference) for sample in samples]
