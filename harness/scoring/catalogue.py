"""`podium suites`: what benchmarks there are, what one asks, and its data as files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.benchmark import family_counts, find_benchmark, lists, suite_names
from harness.core import Sample, Suite
from harness.data.conversation import Conversation, Turn
from harness.errors import InputError, SpecError
from harness.findings import by_rule
from harness.question_files.domains import domain_cells
from harness.scoring.score_files import build_suite
from harness.store.files import write_jsonl

if TYPE_CHECKING:
    from harness.data.formats import Format


def list_suites() -> list[dict[str, str]]:
    """Name and first line of each suite, what files it needs, and a question that it asks."""
    return [lists(name) for name in suite_names()]


def describe_suite(
    name: str,
    changes: Sequence[str],
    questions: Path | None = None,
    target: Path | None = None,
    form: str | None = None,
) -> dict[str, Any]:
    """What a suite asks, and what was noticed in its files.

    Args:
        name: the suite's.
        changes: its options, as `data=my.csv`.
        questions: where its test questions go as a question file, if anywhere.
        target: where its training data goes, if anywhere.
        form: the format of `target`; what the suite's platform takes where `None`.

    Raises:
        InputError: a file of the suite is wrong, or there is no such format.
        SpecError: the files cannot be written as asked.
    """
    _check_targets(questions, target, form)
    suite = build_suite(name, changes)
    if questions is not None:
        write_jsonl(questions, map(_question_row, suite.test, domain_cells(suite)))
    notes = list(by_rule(suite.findings))
    if target is not None:
        notes.append(_export(name, suite, target, form))
    return {
        "suite": suite.name,
        "version": suite.version,
        "profile": suite.profile.id,
        "families": family_counts(suite),
        "notes": notes,
    }


def _check_targets(questions: Path | None, target: Path | None, form: str | None) -> None:
    """Check what is asked for before the suite's files are read."""
    if questions is not None and questions.suffix.lower() != ".jsonl":
        raise SpecError(f"--questions {questions}: questions are written as .jsonl")
    if form is not None and target is None:
        raise SpecError(f"--to {form}: is the format of an export: name its file with --export")


def _export(name: str, suite: Suite, target: Path, form: str | None) -> str:
    """Write the training data that has answers; return a line that says what was written.

    Args:
        name: that of the suite's module, which a table's suite file does not share.
        suite: the suite as it was built.
        target: the file.
        form: its format; what the suite's platform takes where `None`.
    """
    from harness.data.formats import detect, find
    from harness.rows.files import write_records

    export = find_benchmark(name).export
    known = [sample for sample in suite.train if sample.reference]
    if not known:
        raise InputError(f"suite {suite.name}: has no training data to export")
    if form is None and export is not None:
        count = write_records(target, export(suite))
        return f"{target}: {count:,} rows as {detect(target).name}"
    format_ = find("alpaca" if form is None else form)
    lost: Counter[str] = Counter()
    count = write_records(target, _rows(known, format_, lost))
    told = "".join(f"; {name} cannot be kept ({n:,} rows)" for name, n in lost.items())
    return f"{target}: {count:,} rows as {format_.name}{told}"


def _rows(
    samples: Iterable[Sample], format_: Format, lost: Counter[str]
) -> Iterator[Mapping[str, Any]]:
    for sample in samples:
        turns = [Turn(message.role, message.content) for message in sample.messages]
        conversation = Conversation((*turns, Turn("assistant", sample.reference)))
        lost.update(format_.loses(conversation))
        yield format_.write(conversation)


def _question_row(sample: Sample, domain: str | dict[str, Any]) -> dict[str, Any]:
    """A sample in the form of a question file."""
    value = sample.gold.value
    return {
        "id": sample.id,
        "question": sample.question,
        "answer": list(value) if isinstance(value, tuple) else value,
        "kind": sample.gold.kind,
        "reference": sample.reference,
        "family": sample.family,
        "row": sample.row,
        "template": sample.template,
        "domain": domain,
    }
