from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError, SpecError
from suites.fewclue import HERE, Options, build, check, inputs
from suites.fewclue.files import read
from tests.suites.fewclue.made import bustm, ocnli, public, write


def test_the_public_files_have_these_counts_and_letters(tmp_path: Path) -> None:
    made = build(Options(folder=public(tmp_path)))
    counts = Counter(sample.family for sample in made.test)
    assert counts == {
        "bustm-dev": 160, "bustm-test": 1772, "ocnli_fc-dev": 160, "ocnli_fc-test": 2520
    }  # fmt: skip
    letters = Counter((sample.family, sample.gold.value) for sample in made.test)
    assert letters == {
        ("bustm-dev", "A"): 82, ("bustm-dev", "B"): 78,
        ("bustm-test", "A"): 886, ("bustm-test", "B"): 886,
        ("ocnli_fc-dev", "A"): 49, ("ocnli_fc-dev", "B"): 60, ("ocnli_fc-dev", "C"): 51,
        ("ocnli_fc-test", "A"): 840, ("ocnli_fc-test", "B"): 840, ("ocnli_fc-test", "C"): 840,
    }  # fmt: skip
    assert len({sample.id for sample in made.test}) == len(made.test)
    assert (made.train, made.findings) == ((), ())


def test_another_size_is_told(tmp_path: Path) -> None:
    rows = [bustm(number, "0") for number in range(159)]
    write(public(tmp_path) / "bustm" / "dev_few_all.json", rows)
    (found,) = build(Options(folder=tmp_path)).findings
    assert (found.rule, found.lost) == ("another size", False)
    assert found.detail == "159 pairs, the public file 160: no score of FewCLUE"
    assert found.where == str(tmp_path / "bustm" / "dev_few_all.json")


@pytest.mark.parametrize("below", [".", "FewCLUE", "datasets"])
@pytest.mark.parametrize("name", ["ocnli", "ocnli_fc"])
def test_folders_as_people_have_them(tmp_path: Path, below: str, name: str) -> None:
    wanted = write(tmp_path / below / name / "dev_few_all.json", [ocnli(0, "neutral")])
    options = Options(folder=tmp_path, tasks=("ocnli_fc",), splits=("dev",))
    check(options)
    assert inputs(options) == {"ocnli_fc-dev": wanted}


def test_the_folder_of_a_task(tmp_path: Path) -> None:
    wanted = write(tmp_path / "bustm" / "test_public.json", [bustm(0, "1")])
    options = Options(folder=tmp_path / "bustm", tasks=("bustm",), splits=("test",))
    check(options)
    assert inputs(options) == {"bustm-test": wanted}


def test_a_single_file(tmp_path: Path) -> None:
    path = write(tmp_path / "ocnli" / "test_public.json", [ocnli(0, "neutral")])
    options = Options(folder=path, modes=("gen", "ppl"))
    check(options)
    assert inputs(options) == {"ocnli_fc-test": path}
    made = build(options)
    assert list(made.families) == ["ocnli_fc-test", "ocnli_fc-test-ppl"]
    assert [sample.gold.value for sample in made.test] == ["C", "C"]


def test_inputs_are_the_files_of_what_is_chosen() -> None:
    assert inputs(Options(tasks=("bustm",), splits=("dev",))) == {
        "bustm-dev": HERE / "data" / "bustm" / "dev_few_all.json",
        "bustm-train": HERE / "data" / "bustm" / "train_few_all.json",
    }


def replaced(**options: Any) -> Callable[[Path], Options]:
    return lambda folder: Options(**{"folder": folder, **options})


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (replaced(), "folder: FOLDER: holds no bustm/dev_few_all.json"),
        (replaced(tasks=()), "tasks: must not be empty"),
        (replaced(modes=("gen", "gen")), "modes: names gen twice"),
        (
            replaced(layout=("9ef540", "e53034")),
            "layout: 9ef540 and e53034 are both of bustm: name one",
        ),
        (lambda folder: Options(folder=folder / "no"), "folder: FOLDER/no: no such folder"),
        (
            lambda folder: Options(folder=folder / "odd.json"),
            "folder: FOLDER/odd.json: a single file must lie in a folder named bustm or ocnli and "
            "be one of dev_few_all.json, test_public.json",
        ),
    ],
)
def test_options_that_cannot_be(
    tmp_path: Path, make: Callable[[Path], Options], sentence: str
) -> None:
    folder = tmp_path / "mine"
    write(folder / "odd.json", [])
    with pytest.raises(SpecError) as caught:
        check(make(folder))
    assert str(caught.value).replace(str(folder), "FOLDER") == sentence


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"sentence1": "a", "sentence2": "b"}', "1: no label, as in the private test file; name"),
        ('{"sentence1": "a", "sentence2": "b", "label": 2}', "1: label 2 is none of bustm"),
        ('{"sentence1": "a", "sentence2": "b", "label": true}', "1: label True is none of bustm"),
        ('{"sentence1": "a", "sentence2": "b", "label": "-"}', "1: label '-' is none of bustm"),
        (
            '{"sentence1": "a", "sentense2": "b", "label": "0"}',
            "1: sentence2 must be text (did you mean 'sentense2'?)",
        ),
        ('{"sentence1": 7, "sentence2": "b", "label": "0"}', "1: sentence1 must be text"),
        ("", ": holds no labelled pair"),
        ("\n{", "2: not valid JSON"),
        ('"text"', "1: not a JSON object"),
    ],
)
def test_rows_that_cannot_be(tmp_path: Path, line: str, sentence: str) -> None:
    path = tmp_path / "dev_few_all.json"
    path.write_text(line, "utf-8")
    with pytest.raises(InputError) as caught:
        read(path, "bustm")
    assert sentence in str(caught.value)


def test_one_list_a_mark_and_windows_lines_are_read_too(tmp_path: Path) -> None:
    rows = [bustm(0, "1"), bustm(1, 0), bustm(2, " 1 ")]
    lines = "".join(json.dumps(row) + "\r\n" for row in rows)
    for number, text in enumerate((json.dumps(rows, indent=1), f"\ufeff{lines}\r\n")):
        path = tmp_path / f"{number}.json"
        path.write_bytes(text.encode())
        assert [row.label for row in read(path, "bustm").rows] == ["1", "0", "1"]


def test_what_is_noticed(tmp_path: Path) -> None:
    rows = [
        ocnli(0, "neutral"), ocnli(1, "-"), ocnli(2, "neutral", sentence2=" "),
        {**ocnli(0, "neutral"), "id": 3}, {**ocnli(0, "entailment"), "id": 4},
    ]  # fmt: skip
    found = read(write(tmp_path / "dev_few_all.json", rows), "ocnli_fc").findings
    told = [(f.rule, f.where.rpartition(":")[2], f.detail, f.lost) for f in found]
    assert told == [
        ("no label", "2", "labelled -: the annotators did not agree", True),
        ("repeated", "4", "the pair of dev_few_all.json:1", False),
        (
            "labelled twice", "5",
            "the pair of dev_few_all.json:1, labelled neutral there and entailment here", False,
        ),
        ("empty", "3", "sentence2 says nothing", False),
    ]  # fmt: skip


def test_training_pairs_that_are_asked_are_told(tmp_path: Path) -> None:
    write(public(tmp_path) / "bustm" / "train_few_all.json", [bustm(3, "0"), bustm(9000, "0")])
    (found,) = build(Options(folder=tmp_path, tasks=("bustm",), splits=("dev",))).findings
    assert (found.rule, found.detail) == ("asked too", "the pair of dev_few_all.json:4")


_SENTENCES = st.text(st.characters(codec="utf-8"))


@given(st.lists(st.tuples(_SENTENCES, _SENTENCES, st.sampled_from("01")), min_size=1, max_size=5))
def test_sentences_come_through_unchanged(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str, str]]
) -> None:
    rows = [bustm(n, z, sentence1=x, sentence2=y) for n, (x, y, z) in enumerate(pairs)]
    path = write(tmp_path_factory.mktemp("any") / "dev_few_all.json", rows)
    assert [(r.sentence1, r.sentence2, r.label) for r in read(path, "bustm").rows] == pairs
