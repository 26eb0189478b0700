"""A question asked as the second one about a row: it speaks of the row as 它 or "it"."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from harness.core import Message, Sample
from harness.curate.augment.question_parts import Asked, asked
from harness.curate.augment.words import Language, Pronouns, PronounWords
from harness.curate.decontaminate import program_of
from harness.curate.rows import Row, digest

_MOST_FIRSTS = 16


class Turns:
    """Joins two rows about the same row of the table into one conversation.

    Args:
        words: the pronouns by language.
        rows: all rows, among which first questions are found.
    """

    def __init__(self, words: PronounWords, rows: Iterable[Row]) -> None:
        self._pronouns = {"zh": words.zh, "en": words.en}
        self._about: dict[tuple[str, Language], list[Row]] = {}
        for row in rows:
            question = _about_its_row(row.sample)
            if question is not None and question.language is not None:
                self._about.setdefault((row.sample.row, question.language), []).append(row)

    def changes(self, row: Row, draw: random.Random) -> Iterator[Sample]:
        """The question behind each of a few others about the same row, in drawn order."""
        question = _about_its_row(row.sample)
        if question is None or question.language is None:
            return
        pronouns = self._pronouns[question.language]
        lines = list(_follow_ups(question, pronouns))
        if not lines:
            return
        for first in self._firsts(row.sample, question.language):
            line = _joined(draw.choice(pronouns.openings or ("",)), draw.choice(lines))
            yield _second(first, row.sample, line)

    def _firsts(self, sample: Sample, language: Language) -> Sequence[Row]:
        """First questions from other programs, ranked by a hash so that a new row moves few."""
        program = program_of(sample.template)
        others = (
            other
            for other in self._about[sample.row, language]
            if program_of(other.sample.template) != program
        )
        ranked = sorted(others, key=lambda other: digest(f"{sample.id}:{other.sample.id}"))
        return ranked[:_MOST_FIRSTS]


def _about_its_row(sample: Sample) -> Asked | None:
    """A lone question that names the key of the one row that its answer rests on."""
    is_lone = sum(message.role == "user" for message in sample.messages) == 1
    return asked(sample) if is_lone and sample.row in sample.named else None


def _follow_ups(question: Asked, pronouns: Pronouns) -> Iterator[str]:
    """The line with each pronoun in place of the row's key."""
    keys = [place for place in question.places if place.value == question.sample.row]
    if len(keys) != 1:
        return
    before, after = question.line[: keys[0].start], question.line[keys[0].end :]
    for pattern in sorted(pronouns.stands_for, key=len, reverse=True):
        head, _, tail = pattern.partition("{key}")
        if before.lower().endswith(head) and after.startswith(tail):
            start = before[: len(before) - len(head)]
            for pronoun in pronouns.stands_for[pattern]:
                said = pronoun if start.strip() else pronoun[0].upper() + pronoun[1:]
                yield start + said + after[len(tail) :]
            return


def _joined(opening: str, line: str) -> str:
    """An opening and a line; in English the line goes on in small letters behind it."""
    if opening.isascii() and opening.strip() and line[1:2].islower():
        return opening + line[0].lower() + line[1:]
    return opening + line


def _second(first: Row, sample: Sample, line: str) -> Sample:
    return replace(
        sample,
        messages=(
            *first.sample.messages,
            Message("assistant", first.answer),
            Message("user", line),
        ),
        named=tuple(value for value in sample.named if value != sample.row),
    )
