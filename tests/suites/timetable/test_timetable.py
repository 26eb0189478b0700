"""The suite as a spec asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError, SpecError
from harness.tables.benchmark import build, check, inputs
from suites.timetable import HERE, Options


def test_the_suite_as_it_ships() -> None:
    options = Options()
    check(options)
    made = build(options)
    assert (made.name, made.profile.id) == ("timetable", "timetable-2025/2")
    assert made.profile.weights == {"AS": 0.4, "ART": 0.3, "AE": 0.3}
    assert list(made.families) == [
        "lookup", "filter", "compare", "dwell", "window", "missing", "convert"
    ]  # fmt: skip
    for family in made.families:
        assert any(sample.family == family for sample in made.train)
        assert any(sample.family == family for sample in made.test)


def test_every_file_that_decides_the_questions_is_an_input() -> None:
    assert inputs(Options()) == {
        "table": HERE / "tables" / "board-24.xlsx",
        "definition": HERE / "suite.yaml",
    }


def test_families_can_be_chosen() -> None:
    made = build(Options(families=("dwell", "lookup")))
    assert list(made.families) == ["lookup", "dwell"]
    assert {sample.family for sample in (*made.train, *made.test)} == {"lookup", "dwell"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"families": ("lokup",)},
            "families: suite timetable has no family 'lokup' (did you mean 'lookup'?)",
        ),
        (
            {"table": HERE / "tables" / "board-25.xlsx"},
            "table: HERE/tables/board-25.xlsx: no such file (did you mean 'board-24.xlsx'?)",
        ),
        ({"table": HERE}, "table: HERE: is a folder, no file"),
        (
            {"definition": HERE / "suit.yaml"},
            "definition: HERE/suit.yaml: no such file (did you mean 'suite.yaml'?)",
        ),
        ({"context_rows": -1}, "context_rows: must be at least 1, not -1"),
    ],
)
def test_options_that_cannot_be(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        check(Options(**given))
    assert str(caught.value).replace(str(HERE), "HERE") == sentence


def test_a_wrong_suite_file_is_found_before_anything_runs(tmp_path: Path) -> None:
    text = (HERE / "suite.yaml").read_text("utf-8").replace("key: 车次", "key: 车号")
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.yaml:\d+: key: no column '车号'"):
        check(Options(definition=path))
