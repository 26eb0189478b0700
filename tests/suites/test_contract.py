"""What every suite keeps to, whatever it asks: see `harness.benchmark`."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import suites
from harness.benchmark import Chosen, about, find_benchmark, lists, suite_names
from harness.core import Output, Suite
from harness.metrics.summary import check_all
from harness.pipeline import run
from harness.spec import chosen_suite, load_specs
from harness.stages.questions import write_questions
from harness.store.codec import read_suite
from harness.store.files import read_json
from suites.timetable import HERE as TIMETABLE

# Options of those that have no file of their own.
GIVEN = {
    "table": {
        "table": TIMETABLE / "tables" / "board-24.xlsx",
        "definition": TIMETABLE / "suite.yaml",
    }
}
every_suite = pytest.mark.parametrize("name", suite_names())


def chosen(name: str) -> Chosen[Any]:
    benchmark = find_benchmark(name)
    return Chosen(name, benchmark, benchmark.options(**GIVEN.get(name, {})))


@cache
def built(name: str) -> Suite:
    return chosen(name).build()


def references(suite: Suite) -> list[Output]:
    return [Output(sample.id, sample.reference) for sample in suite.test]


@every_suite
def test_it_says_what_it_is_and_its_own_files_pass(name: str) -> None:
    one = chosen(name)
    assert about(name)
    one.benchmark.check(one.options)
    assert one.files
    assert all(path.is_file() for path in one.files.values())


@every_suite
def test_it_asks_and_teaches_apart(name: str) -> None:
    suite = built(name)
    assert suite.test
    assert suite.train
    for samples, split in ((suite.train, "train"), (suite.test, "test")):
        assert {sample.split for sample in samples} == {split}
        assert len({sample.id for sample in samples}) == len(samples)
        assert {sample.family for sample in samples} <= set(suite.families)


@every_suite
def test_the_example_that_is_shown_is_one_that_it_asks(name: str) -> None:
    told = lists(name)
    assert told["needs"]
    assert told["example"]
    assert any(told["example"] in sample.question for sample in built(name).test)


@every_suite
def test_it_is_about_a_table_or_comes_from_texts(name: str) -> None:
    one = chosen(name)
    assert one.benchmark.about_table is (built(name).table is not None)
    assert one.benchmark.about_table is (one.benchmark.grade is None)


@every_suite
def test_what_its_score_means_is_known_before(name: str) -> None:
    one = chosen(name)
    assert one.benchmark.profile(one.options) == built(name).profile


@every_suite
def test_the_same_files_make_the_same_suite(name: str) -> None:
    assert chosen(name).build() == built(name)


@every_suite
def test_judging_opens_no_file_of_the_user(name: str, tmp_path: Path) -> None:
    one = chosen(name)
    write_questions(built(name), tmp_path)
    suite = read_suite(tmp_path)
    user = {str(path) for path in one.files.values()}
    grade = one.benchmark.grade

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event == "open":
            assert str(arguments[0]) not in user

    watching = True
    sys.addaudithook(watch)  # cannot be taken back, so it goes by a flag
    try:
        outputs = references(suite)
        if grade is None:
            graded = check_all(suite.test, outputs, suite.domains)
        else:
            graded = grade(one.options, suite, outputs, None)
    finally:
        watching = False
    values = [verdict.value for verdict in graded.verdicts if verdict is not None]
    assert len(values) == len(suite.test)
    assert sum(value or 0.0 for value in values) > 0.8 * len(values)


@every_suite
def test_a_reference_can_be_taught(name: str) -> None:
    one = chosen(name)
    accept = one.accepting()
    if accept is not None:
        taught = [sample for sample in built(name).train if sample.reference]
        refused = [s.id for s in taught if accept(s, s.question, s.reference) is not None]
        assert len(refused) < 0.2 * len(taught)  # people leave a question without its options


@every_suite
def test_an_export_has_a_row_for_each_thing_that_is_taught(name: str) -> None:
    one = chosen(name)
    if one.benchmark.export is not None:
        suite = built(name)
        rows = list(one.benchmark.export(suite))
        assert 0 < len(rows) <= len(suite.train)
        assert json.loads(json.dumps(rows, ensure_ascii=False)) == rows


# --- a suite of one's own is one folder, and nothing else ----------------------------------------

TOY = '''
"""Say a word back."""

from dataclasses import dataclass
from pathlib import Path

from harness.benchmark import Benchmark
from harness.checker.verdict import correct, wrong
from harness.core import Gold, Message, Profile, Sample, Suite
from harness.errors import SpecError
from harness.metrics.measure import Graded

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Options:
    data: Path = HERE / "words.txt"
    times: int = 1


def check(options):
    if options.times < 1:
        raise SpecError(f"times: {options.times} is below 1")


def inputs(options):
    return {"data": options.data}


def profile(options):
    return Profile("toy/1", {"AS": 1.0}, 1.0, 2.0)


def sample(word, split, times):
    asked = Message("user", f"say {word}")
    answer = " ".join([word] * times)
    return Sample(
        f"{split}-{word}", (asked,), Gold("free", answer), answer, "words", word, "say", split
    )


def build(options):
    words = options.data.read_text().split()
    half = len(words) // 2
    return Suite(
        "toy", "1", {"words": "say a word"},
        tuple(sample(word, "train", options.times) for word in words[:half]),
        tuple(sample(word, "test", options.times) for word in words[half:]),
        profile(options),
    )


def grade(options, suite, outputs, judge):
    said = zip(suite.test, outputs)
    return Graded([
        correct((o.text,)) if o.text == s.reference else wrong("another word") for s, o in said
    ])


BENCHMARK = Benchmark(
    options=Options, home=HERE, check=check, inputs=inputs, profile=profile, build=build,
    grade=grade,
)
'''  # fmt: skip


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "more" / "toy"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(TOY, encoding="utf-8")
    (folder / "words.txt").write_text(" ".join(f"w{n}" for n in range(20)), encoding="utf-8")
    monkeypatch.setattr(suites, "__path__", [*suites.__path__, str(folder.parent)])
    yield folder
    sys.modules.pop("suites.toy", None)


def test_a_new_suite_over_texts_costs_one_folder(toy: Path, tmp_path: Path) -> None:
    assert "toy" in suite_names()
    spec = tmp_path / "toy.yaml"
    spec.write_text(
        "name: mine\nsuite: {name: toy, times: 2}\nmodel: {engine: fake}\nfinetune: null\n"
        f"runtime: {{runs: {tmp_path / 'runs'}}}\n",
        encoding="utf-8",
    )
    (folder,) = run(load_specs(spec))
    summary = read_json(folder / "summary.json")
    assert (summary["n"], summary["total"]["value"]) == (10, 100.0)
    shutil.rmtree(toy)  # what was asked is in the store


@pytest.mark.usefixtures("toy")
def test_an_option_of_a_new_suite_is_checked_like_any(tmp_path: Path) -> None:
    (spec,) = load_specs(_toy_spec(tmp_path, "times: 2"))
    assert chosen_suite(spec).options == replace(chosen_suite(spec).options, times=2)
    with pytest.raises(Exception, match=r"suite\.times: 0 is below 1"):
        load_specs(_toy_spec(tmp_path, "times: 0"))
    with pytest.raises(Exception, match=r"suite\.time: unknown option.*times"):
        load_specs(_toy_spec(tmp_path, "time: 2"))


def _toy_spec(folder: Path, option: str) -> Path:
    path = folder / "toy.yaml"
    path.write_text(f"name: mine\nsuite: {{name: toy, {option}}}\n", encoding="utf-8")
    return path
