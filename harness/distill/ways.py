"""The way that a spec asks for, over the questions of a `questions` stage."""

from __future__ import annotations

from pathlib import Path

from harness.distill.answer import MOST_ROWS, Answer
from harness.distill.ask import Ask
from harness.distill.candidates import Candidates, Order
from harness.distill.prompts import read_prompt
from harness.distill.reword import Reword
from harness.distill.tally import Tally
from harness.distill.template import Template
from harness.distill.way import Way
from harness.files import read_json
from harness.records import read_samples
from harness.sections import Distill
from harness.tables.stored import table_from


def open_way(section: Distill, prompt: Path | None, questions: Path) -> Way:
    """Make the way that a section names.

    Args:
        section: the spec's.
        prompt: the prompt file, where it is one's own.
        questions: folder of the questions stage.

    Raises:
        SpecError: the prompt file is missing or wrong.
    """
    train = questions / "train.jsonl"
    if section.teacher.engine == "template":
        order: Order = "file" if section.samples is None else "drawn"
        return Template(Candidates(train, section, order))
    text = read_prompt(section.way, prompt)
    if section.way == "reword":
        return Reword(Candidates(train, section, "drawn"), text, section.per_request)
    table = table_from(read_json(questions / "table.json"))
    if section.way == "ask":
        return Ask(section, table, text, read_samples(train))
    keys = {row.key for row in table.rows}
    whole = "" if len(keys) <= MOST_ROWS else None
    candidates = Candidates(train, section, "rows", lambda row: row if row in keys else whole)
    return Answer(candidates, table, text, section.per_request)


def open_tally(section: Distill, way: Way) -> Tally:
    """The tally of a way: invented questions fall into families as they come."""
    even = section.teacher.engine == "template" or section.way != "ask" or bool(section.quotas)
    return Tally(section, way.there, even)
