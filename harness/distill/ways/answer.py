"""Way `answer`: the teacher answers a row's list of questions, and programs check each answer."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterator, Mapping, Sequence

from harness.core import Sample
from harness.distill.candidates import Candidates
from harness.distill.request import (
    Numbered,
    Request,
    asked_line,
    ideal_reply,
    json_lines,
    prompt_sample,
    row_object,
)
from harness.tables.table import Row, Table

# A table of more rows than this is not shown whole: its questions over many rows are left out.
MOST_ROWS = 400


class Answer(Numbered):
    """A row and its questions a request; questions over many rows are shown the whole table.

    A teacher that sees a window of rows answers as if it were the table, so a window is never
    shown.

    Args:
        candidates: the questions, in the order `rows`.
        table: the rows.
        prompt: what the teacher is told, with `$rows` and `$items`.
        per_request: most questions in one request.
    """

    def __init__(
        self, candidates: Candidates, table: Table, prompt: string.Template, per_request: int
    ) -> None:
        super().__init__(candidates, prompt, per_request)
        self._rows = {row.key: row for row in table.rows}
        self._table = table

    def requests(self, wanted: Mapping[str, int]) -> Iterator[Request]:
        """One request for the questions of a row, or for some over the whole table."""
        questions = self._candidates.read(self._candidates.draw(wanted))
        for _, together in itertools.groupby(questions, key=lambda found: self._row(found[1])):
            while batch := tuple(itertools.islice(together, self._per_request)):
                yield self._request(batch)

    def _row(self, sample: Sample) -> str:
        """The row that a question is about; empty where that is the whole table."""
        return sample.row if sample.row in self._rows else ""

    def _request(self, batch: tuple[tuple[int, Sample], ...]) -> Request:
        first = batch[0][1]
        shown: Sequence[Row] = (
            [self._rows[first.row]] if first.row in self._rows else self._table.rows
        )
        rows = json_lines(row_object(self._table, row) for row in shown)
        numbered = list(enumerate((sample for _, sample in batch), start=1))
        items = json_lines({"id": n, "question": asked_line(s.question)} for n, s in numbered)
        prompt = self._prompt.safe_substitute(rows=rows, items=items)
        ideal = ideal_reply([{"id": n, "answer": sample.reference} for n, sample in numbered])
        name = f"answer-{next(self._made)}"
        return Request(prompt_sample(name, prompt, ideal), batch, len(batch))
