"""The way that a spec asks for, and who judges its rows, over a `questions` stage."""

from __future__ import annotations

from pathlib import Path

from harness.config.sections import Distill
from harness.curate.conversations import HeldOutTexts
from harness.distill.candidates import Candidates, Order
from harness.distill.dialogue.novel import Story, story_from
from harness.distill.prompts import read_prompt
from harness.distill.request import Way
from harness.distill.tally import Tally
from harness.distill.verify.verifier import Judges, open_verifier
from harness.distill.ways.answer import MOST_ROWS, Answer
from harness.distill.ways.ask import Ask
from harness.distill.ways.conversations import Accept, TextAnswer, TextVerifier, answered
from harness.distill.ways.extract import Extract, Spoken
from harness.distill.ways.reword import Reword
from harness.distill.ways.template import Template
from harness.errors import SpecError
from harness.store.codec import of_texts, read_held_out, read_samples
from harness.store.files import read_json
from harness.tables.codec import table_from


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
    if of_texts(questions):
        return _open_text_way(section, prompt, questions)
    if section.way == "extract":
        raise SpecError("distill.way: extract reads a novel, and this suite is about a table")
    if not section.asks:
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


def _open_text_way(section: Distill, prompt: Path | None, questions: Path) -> Way:
    """A way over texts; the embedded teacher says what the user's own files say."""
    train = questions / "train.jsonl"
    if section.way == "extract":
        return Extract(_story(questions), section, read_prompt("extract", prompt))
    if not section.asks:
        order: Order = "file" if section.samples is None else "drawn"
        return Template(Candidates(train, section, order, answered(train)))
    if section.way == "answer":
        return TextAnswer(Candidates(train, section, "drawn"))
    raise SpecError(
        f"distill.way: {section.way} works on questions about a table; this suite comes from "
        "texts, whose questions a teacher can answer: distill.way=answer"
    )


def _story(questions: Path) -> Story:
    path = questions / "story.json"
    if not path.is_file():
        raise SpecError("distill.way: extract reads a novel, and the suite has none: suite.novel")
    return story_from(read_json(path))


def open_judges(
    section: Distill, leak: float | None, questions: Path, accept: Accept | None
) -> Judges:
    """Who says what may be taught.

    Args:
        section: the spec's.
        leak: how alike a wording may be to a test phrasing; `None` lets all through.
        questions: folder of the questions stage.
        accept: what a suite over texts says to an answer that is not its own.
    """
    if not of_texts(questions):
        return open_verifier(questions, leak)
    test = () if leak is None else read_held_out(questions)
    if section.way == "extract":
        return Spoken(test)
    return TextVerifier(HeldOutTexts(test), accept)


def open_tally(section: Distill, way: Way) -> Tally:
    """The tally of a way: what a teacher invents or finds falls into families as it comes."""
    asked = section.way == "ask" and section.asks
    as_it_comes = asked or section.way == "extract"
    return Tally(section, way.there, even=bool(section.quotas) or not as_it_comes)
