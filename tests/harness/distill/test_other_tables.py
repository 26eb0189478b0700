"""Verification on tables that no suite was written for: `podium init` starts them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.core import Sample
from harness.distill.verify.verifier import TEST_PHRASING, open_verifier
from harness.stages.questions import write_questions
from harness.starter.init import Request, start
from harness.store.codec import read_samples
from harness.tables.benchmark import TableOptions, build
from tests.harness.distill.verify.wrong import program

GOLDEN: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "tables.yaml").read_text("utf-8")
)
ENGLISH = """Item,Price,Received,Supplier,Stock
Red apples,$1.25,2025-03-08,Acme,40
Gala pears,$2.50,2025-03-09,Acme,12
Oat milk,$3.10,2025-04-01,,7
Rye bread,$2.20,2025-04-02,Baker & Co,3
Green tea,$4.75,2025-04-02,Leaf Ltd,55
Black tea,$4.25,,Leaf Ltd,60
"""
TABLES = {name: entry["table"] for name, entry in GOLDEN.items()} | {"english": ENGLISH}
CASES = [
    pytest.param(name, about, *pair.split("|"), verdict == "right", id=f"{about}: {pair}")
    for name, entry in GOLDEN.items()
    for about, verdicts in entry["cases"].items()
    for verdict, pairs in verdicts.items()
    for pair in pairs
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: asked(text, tmp_path_factory.mktemp(name)) for name, text in TABLES.items()}


def asked(text: str, folder: Path) -> Path:
    """The questions over a table, as the `questions` stage writes them."""
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    options = TableOptions(table=path, definition=start(Request(path)).suite)
    questions = folder / "questions"
    write_questions(replace(build(options), frames=()), questions)
    return questions


def wordings(folder: Path, split: str) -> dict[tuple[str, str], list[Sample]]:
    found: dict[tuple[str, str], list[Sample]] = {}
    for sample in read_samples(folder / f"{split}.jsonl"):
        found.setdefault((program(sample), sample.row), []).append(sample)
    return found


@pytest.mark.parametrize(("name", "about", "question", "answer", "right"), CASES)
def test_what_a_teacher_makes_of_it(
    folders: dict[str, Path], name: str, about: str, question: str, answer: str, right: bool
) -> None:
    of, _, named = about.partition(" ")
    samples = read_samples(folders[name] / "train.jsonl")
    sample = next(s for s in samples if program(s) == of and s.named == (named,))
    refused = open_verifier(folders[name], 0.9).judge(sample, question, answer)
    assert (refused is None) is right, refused


@pytest.mark.parametrize("name", TABLES)
def test_a_suite_s_own_wordings_stand_for_one_another(folders: dict[str, Path], name: str) -> None:
    verifier = open_verifier(folders[name], 0.9)
    for first, *others in wordings(folders[name], "train").values():
        for other in others:
            assert verifier.judge(first, other.question, f"{first.reference} ") is None, other


@pytest.mark.parametrize("name", TABLES)
def test_phrasings_of_both_tests_are_refused_as_such(folders: dict[str, Path], name: str) -> None:
    verifier = open_verifier(folders[name], 0.9)
    taught = wordings(folders[name], "train")
    for key, samples in wordings(folders[name], "held_out").items():
        for sample in samples:
            refused = verifier.judge(taught[key][0], sample.question, sample.reference)
            assert refused is not None
            # Words that a teacher may not use are told of before.
            is_kept = "/report-" in sample.template
            assert is_kept or refused.reason == TEST_PHRASING, sample.question
            assert verifier.held_out.near(sample.question, sample.named, key[0]) is not None
