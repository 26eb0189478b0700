"""The committed workbooks come from their script, are read as they were meant, and fit the base."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import openpyxl
import pytest
from tokenizers import Tokenizer

from suites.reading import Options, build
from suites.reading.data import make
from suites.reading.parse_row import read_row

FOLDER = Path(make.__file__).parent


def test_the_script_writes_the_committed_workbooks(tmp_path: Path) -> None:
    make.main(["--out", str(tmp_path)])
    for name in (make.CHINESE, make.ENGLISH):
        made = list(openpyxl.load_workbook(tmp_path / name).worksheets[0].values)
        kept = list(openpyxl.load_workbook(FOLDER / name).worksheets[0].values)
        assert made == kept
        assert len(kept) == 1 + make.ROWS


@pytest.mark.parametrize("texts", [make.chinese, make.english])
def test_every_question_of_a_workbook_is_read_with_its_key(texts: object) -> None:
    assert callable(texts)
    made = make.rows(texts(random.Random(7)), random.Random(7))
    known: dict[str, make.Text] = {}
    for text in itertools.islice(texts(random.Random(7)), 200):
        known.setdefault(text.passage, text)
    for passage, questions, answers in made:
        right = {asked.options[0] for asked in known[passage.strip()].asked}
        read = read_row(questions, answers)
        assert read.kept
        for question in read.kept:
            assert question.options["ABCD".index(question.key)] in right


def test_prompt_and_answer_fit_the_tiny_base(tiny_base: Path) -> None:
    tokenizer = Tokenizer.from_file(str(tiny_base / "tokenizer.json"))
    made = build(Options())
    for sample in (*made.train, *made.test):
        tokens = tokenizer.encode(sample.question + sample.reference).ids
        assert len(tokens) < 1500
