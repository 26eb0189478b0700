from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from suites.fewclue import HERE, Options, build
from suites.fewclue.data.make import FOLD, main

NAMES = [
    f"{task}/{part}"
    for task in ("bustm", "ocnli")
    for part in ("dev_few_all.json", "test_public.json", "train_few_all.json")
]


@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_what_the_script_writes(tmp_path: Path, name: str) -> None:
    main(["--out", str(tmp_path)])
    assert (tmp_path / name).read_bytes() == (HERE / "data" / name).read_bytes()


def test_labels_are_shared_as_in_the_public_small_files() -> None:
    made = build(Options())
    counts = Counter((sample.family, sample.gold.value) for sample in made.test)
    assert [counts["bustm-dev", letter] for letter in "AB"] == [82, 78]
    assert [counts["ocnli_fc-dev", letter] for letter in "ABC"] == [49, 60, 51]
    assert [counts["bustm-test", letter] for letter in "AB"] == [60, 60]
    assert [counts["ocnli_fc-test", letter] for letter in "ABC"] == [40, 40, 40]
    assert Counter(finding.rule for finding in made.findings) == {"repeated": 4, "no label": 1}


@pytest.mark.parametrize("name", NAMES)
def test_fields_and_types_are_the_public_ones(name: str) -> None:
    lines = (HERE / "data" / name).read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    if "few_all" in name:
        assert len(rows) == 5 * FOLD
    fields = {"id": int, "sentence1": str, "sentence2": str, "label": str}
    if name.startswith("ocnli"):
        words = ("level", "genre", "prem_id", *(f"label{n}" for n in range(5)))
        fields |= dict.fromkeys(words, str)
    for number, row in enumerate(rows):
        assert {key: type(value) for key, value in row.items()} == fields
        assert row["id"] == number


def test_no_training_pair_is_asked() -> None:
    made = build(Options())
    asked = {sample.question for sample in made.test}
    assert not asked & {sample.question for sample in made.train}
