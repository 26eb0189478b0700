"""The selection table, from files of the public sizes through scoring to what is printed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from harness.scoring.score_files import score_files
from harness.text.display import width
from reports.leaderboard import Leaderboard, build
from reports.selection import Gap, Row, Score, Selection, as_markdown, as_text, selection
from reports.strings import say
from suites import fewclue
from tests.reports.conftest import MakeBoard
from tests.reports.folders import Entrant
from tests.suites.fewclue.made import public

GOLDEN = Path(__file__).parent / "golden"

# How many each model has right, as the tutorial's percentages tell. The second model is right
# where the first is, but for some questions: so many are its own.
RIGHT: Mapping[str, tuple[int, int, int]] = {
    "ocnli_fc-dev": (101, 93, 20),
    "ocnli_fc-test": (1527, 1463, 300),
}


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    """Two models on ocnli_fc, as far right as the tutorial's."""
    folder = tmp_path_factory.mktemp("selection")
    changes = [f"folder={public(folder / 'FewCLUE')}", "tasks=[ocnli_fc]"]
    options = fewclue.Options(folder=folder / "FewCLUE", tasks=("ocnli_fc",))
    samples = fewclue.build(options).test
    runs = []
    for model, name in enumerate(("qwen2.5-1.5b-instruct-hf", "internlm2_5-1_8b-chat-hf")):
        rows = []
        for sample in samples:
            right = _right(sample.family, int(sample.id.rpartition("-")[2]), model)
            letter = str(sample.gold.value)
            rows.append({"id": sample.id, "text": letter if right else "BCA"["ABC".index(letter)]})
        predictions = folder / f"{name}.jsonl"
        predictions.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        out = folder / "runs" / name
        score_files("fewclue", changes, None, predictions, out)
        runs.append(out)
    return build(runs)


def _right(family: str, number: int, model: int) -> bool:
    first, second, own = RIGHT[family]
    if model == 0:
        return number < first
    return number < second - own or first <= number < first + own


def test_the_tutorials_table_with_what_it_proves(tutorial: Leaderboard) -> None:
    found = selection(tutorial)
    assert found is not None
    assert as_text(found, 120) + "\n" == (GOLDEN / "selection.txt").read_text("utf-8")
    assert as_markdown(found) + "\n" == (GOLDEN / "selection.md").read_text("utf-8")


def test_numbers_as_the_tutorial_has_them(tutorial: Leaderboard) -> None:
    found = selection(tutorial)
    assert found is not None
    assert found.cells == [
        ("ocnli_fc-dev", "51e956", "accuracy", "gen", "63.12", "58.13"),
        ("ocnli_fc-test", "51e956", "accuracy", "gen", "60.60", "58.06"),
    ]
    dev, test = found.gaps
    assert (round(dev.points, 2), dev.n, dev.real) == (5.0, 160, False)
    assert (round(test.points, 2), test.n, test.real) == (2.54, 2520, True)
    # 28 pairs against 20, and 364 against 300; then Holm over both.
    assert dev.p == pytest.approx(0.3123, abs=1e-4)
    assert test.p == pytest.approx(0.0290, abs=2e-3)


def test_a_suite_without_data_sets_has_no_table(make_board: MakeBoard) -> None:
    assert selection(make_board(Entrant("one"), Entrant("two", seed=2))) is None


def measured(group: str, value: float | None, signature: str = "") -> dict[str, object]:
    shown = {"name": "accuracy", "value": value, "n": 5, "group": group, "signature": signature}
    return {"measures": [shown, {**shown, "name": "macro_f1"}, {**shown, "group": ""}]}


def test_any_suite_that_measures_accuracy_by_group_has_one(make_board: MakeBoard) -> None:
    board = make_board(
        Entrant("good", 0.95, summary=measured("单字段", 80.0)),
        Entrant("none", 0.9, seed=2),
        Entrant("void", 0.8, seed=3, summary=measured("单字段", None)),
        Entrant("poor", 0.3, seed=4, summary=measured("单字段", 20.0)),
    )
    found = selection(board)
    assert found is not None
    assert found.cells == [("单字段", "-", "accuracy", "-", "80.00", "-", "-", "20.00")]
    assert found.best == [(0,)]
    (gap,) = found.gaps
    assert (gap.best, gap.other) == ("good", "poor")
    # The family's questions that both answered, right or not as the run folders say.
    family = [name for name, sample in board.samples.items() if sample.family == "单字段"]
    right = [
        sum(entry.run.answers[name].correct == 1 for name in family)
        for entry in (board.entries[0], board.entries[3])
    ]
    assert gap.n == len(family) == 5
    assert gap.points == pytest.approx(20 * (right[0] - right[1]))


def test_other_signatures_are_other_rows(make_board: MakeBoard) -> None:
    board = make_board(
        Entrant("a", summary=measured("缺失-ppl", 80.0, "version:aaaaaa|mode:ppl|rule:x")),
        Entrant("b", seed=2, summary=measured("缺失-ppl", 90.0, "version:bbbbbb|mode:ppl|rule:x")),
    )
    found = selection(board)
    assert found is not None
    assert [row[:4] for row in found.cells] == [
        ("缺失", version, "accuracy", "ppl")
        for version in ("aaaaaa", "bbbbbb")
    ]  # fmt: skip
    assert found.gaps == ()


def test_what_failed_is_not_compared(make_board: MakeBoard) -> None:
    board = make_board(
        Entrant("a", summary=measured("单字段", 80.0), lost=0),
        Entrant("b", seed=2, summary=measured("单字段", 70.0)),
    )
    found = selection(board)
    assert found is not None
    assert [gap.n for gap in found.gaps] == [4]


def chosen(models: Sequence[str], *gaps: Gap) -> Selection:
    scores = tuple(Score(50.0 + number, 7.5) for number in range(len(models)))
    return Selection(tuple(models), (Row("列车-dev", "abc123", "accuracy", "gen", scores),), gaps)


GAP = Gap("列车-dev", "gen", "a", "b", 5.0, 3.0, 160, 0.004)


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (GAP, "is real: p = 0.004, n = 160, 95% half-width 3.00."),
        (replace(GAP, p=0.41), "is inside noise: p = 0.41,"),
        (replace(GAP, p=0.0499), "is real: p = 0.0499,"),
        (replace(GAP, p=0.0501), "is inside noise: p = 0.0501,"),
        (replace(GAP, p=1e-9), "is real: p < 0.0001,"),
        (replace(GAP, p=1.0, points=0.0), "No gap on 列车-dev (gen) between a and b: n = 160,"),
    ],
)
def test_what_is_said_of_a_gap(gap: Gap, said: str) -> None:
    first = chosen(["a", "b"], gap).notes[0]
    assert said in say(first)
    assert gap.dataset in say(first, "zh")


def test_many_comparisons_are_counted() -> None:
    gaps = [replace(GAP, p=0.001 if number % 2 else 0.5) for number in range(21)]
    notes = [say(note) for note in chosen(["a", "b"], *gaps).notes]
    assert notes[12:14] == [
        "9 more comparisons, 4 of them real.",
        "p: exact McNemar on the same questions, Holm over all 21 comparisons.",
    ]


def test_columns_line_up_whatever_the_script() -> None:
    shown = as_text(chosen(["千问二点五", "internlm", "x"]), 100).splitlines()
    assert len({width(line) for line in shown[:3]}) == 1
    assert shown[2].endswith("50.00     51.00  52.00")


@pytest.mark.parametrize("columns", [1, 60, 80, 200])
def test_every_model_is_printed_however_narrow(columns: int) -> None:
    models = [f"model-{number}-" + "x" * 30 for number in range(7)]
    shown = as_text(chosen(models), columns)
    table = shown.partition("95%")[0]
    for number in range(7):
        assert table.count(f"model-{number}-x") == 1
        assert table.count(f"{50 + number}.00") == 1
    if columns >= 80:
        assert max(map(width, table.splitlines())) <= columns


def test_names_from_strangers_stay_text() -> None:
    shown = as_markdown(chosen(["a|b", "<i>"], replace(GAP, best="a|b", other="<i>")))
    assert "a\\|b" in shown
    assert "<i>" not in shown
