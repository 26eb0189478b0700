"""Training rows from texts: no test conversation among them, none twice.

Where questions come from a table their phrasings are compared with the values masked. Texts have
neither phrasings nor values: a conversation is compared as a whole, and one cue may have several
replies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.config.sections import Dataset
from harness.core import Sample
from harness.curate.clean import DUPLICATES, LEAKED, Tally
from harness.curate.decontaminate import Leaks
from harness.curate.rows import Row, digest
from harness.text.normalize import fold, informative


class HeldOutTexts:
    """The test conversations: what is said in one may not be taught, however it is punctuated.

    Args:
        samples: the test samples; drawn once.
    """

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._asked = {_asked(sample): sample.id for sample in samples}

    def leak(self, sample: Sample) -> str | None:
        """The id of the test sample whose turns a training sample repeats."""
        return self._asked.get(_asked(sample))


def clean_texts(
    rows: Iterable[Row], section: Dataset, held_out: Leaks, tally: Tally
) -> Iterator[Row]:
    """Yield the rows to keep, in their order; count the others in `tally`.

    Another reply to the same question is no contradiction, and stays.
    """
    said: dict[bytes, str] = {}
    for row in rows:
        tally.accepted[row.sample.family] += 1
        if (leak := held_out.leak(row.sample)) is not None:
            tally.add(LEAKED, row, leak)
            continue
        turns = [*(message.content for message in row.sample.messages), row.answer]
        earlier = said.setdefault(digest("\n\0".join(map(fold, turns))), row.sample.id)
        if section.deduplicate and earlier != row.sample.id:
            tally.add(DUPLICATES, row, earlier)
            continue
        yield row


def _asked(sample: Sample) -> bytes:
    """A digest of what is said to the model, the system's turn aside."""
    turns = (m.content for m in sample.messages if m.role != "system")
    # Of a text without a letter, such as 😂😂, nothing informs but the text itself.
    return digest("\n\0".join(informative(fold(turn)) or turn for turn in turns))
