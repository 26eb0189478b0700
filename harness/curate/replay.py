"""Rows of one's own file, mixed in so that a model does not forget what the suite never asks."""

from __future__ import annotations

from collections.abc import Sequence

from harness.config.sections import Replay
from harness.curate.augment.add import Added
from harness.curate.decontaminate import Leaks
from harness.curate.rows import Origin, Row, conversation, digest

KIND = "replay"
_LEAKED, _TWICE = "leaked", "duplicate"


def replay(section: Replay, kept: int, rows: Sequence[Row], held_out: Leaks) -> Added:
    """Draw rows, by a hash of the seed and their ids, until there are as many as the share asks.

    Args:
        section: the share and the seed.
        kept: how many rows of the suite are trained on, of which it is a share.
        rows: those of the file.
        held_out: the test, of which none may be taught.
    """
    added = Added(max(1, round(section.share * kept)))
    seen: set[bytes] = set()
    for row in sorted(rows, key=lambda row: digest(f"{section.seed}:{row.sample.id}")):
        if len(added.rows) == added.asked_for:
            break
        asked = conversation(row.sample)
        if held_out.leak(row.sample) is not None:
            added.refused[_LEAKED] += 1
        elif asked in seen:
            added.refused[_TWICE] += 1
        else:
            seen.add(asked)
            added.rows.append(Row(row.sample, row.answer, Origin(KIND, row.sample.row)))
    return added
