from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.calibrate.scores_file import read_scores
from harness.errors import InputError


def written(folder: Path, text: str) -> Path:
    path = folder / "scores.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "head",
    [
        "run,official",
        "Run Name,Official Score",
        "运行,官方总分",
        "模型名称,总分（100分制）",
        "entry,SCORE",
    ],
)
def test_columns_go_by_many_names(tmp_path: Path, head: str) -> None:
    sheet = read_scores(written(tmp_path, f"{head}\na,61\nb,６２分\n"))
    assert [(one.run, dict(one.scores)) for one in sheet.submissions] == [
        ("a", {"total": 61.0}),
        ("b", {"total": 62.0}),
    ]
    assert sheet.half["total"] == 0.5


def test_parts_are_read_beside_the_total(tmp_path: Path) -> None:
    sheet = read_scores(written(tmp_path, "run,AS,art,回答效率,total\na,80,50.25,40,61\n"))
    (one,) = sheet.submissions
    assert dict(one.scores) == {"total": 61.0, "AS": 80.0, "ART": 50.25, "AE": 40.0}
    assert (sheet.half["total"], sheet.half["ART"]) == (0.5, 0.005)


@pytest.mark.parametrize("unit", ["(秒)", "（ms）", " [s]", "(Seconds)"])
def test_seconds_are_no_score(tmp_path: Path, unit: str) -> None:
    for name in ("平均响应时间", "latency"):
        sheet = read_scores(written(tmp_path, f"run,official,{name}{unit}\na,38,0.62\n"))
        assert [dict(one.scores) for one in sheet.submissions] == [{"total": 38.0}]


def test_a_computed_score_has_the_digits_of_a_float(tmp_path: Path) -> None:
    sheet = read_scores(written(tmp_path, "run,official\na,38.33333333333333\n"))
    assert sheet.submissions[0].scores["total"] == pytest.approx(38 + 1 / 3)
    assert sheet.half["total"] == 0.0005


def test_a_row_without_a_score_could_be_submitted_next(tmp_path: Path) -> None:
    sheet = read_scores(written(tmp_path, "run,official\na,61\nb,\nc,-\n,\n"))
    assert [(one.run, dict(one.scores)) for one in sheet.submissions] == [
        ("a", {"total": 61.0}),
        ("b", {}),
        ("c", {}),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("run,official\na,61\nb,good\n", "official is 'good': write a number"),
        ("run,official\na,161\n", "official is '161': scores go from 0 to 100"),
        ("run,official\na,-3\n", "official is '-3': scores go from 0 to 100"),
        ("run,official\na,61\n,61\n", "scores.csv:3: run is empty"),
        ("run,offical\na,61\n", "no column holds scores (did you mean 'offical'?)"),
        ("rnu,official\na,61\n", "no column names the run (did you mean 'rnu'?)"),
        ("run,official\n", "holds no rows"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as told:
        read_scores(written(tmp_path, text))
    assert said in str(told.value)
    assert "scores.csv" in str(told.value)


@given(st.text(max_size=12))
def test_any_cell_is_a_score_or_told(tmp_path_factory: pytest.TempPathFactory, cell: str) -> None:
    folder = tmp_path_factory.mktemp("cell")
    quoted = cell.replace('"', '""')
    path = folder / "scores.csv"
    path.write_bytes(f'run,official\na,"{quoted}"\n'.encode("utf-8", "replace"))
    try:
        sheet = read_scores(path)
    except InputError:
        return
    for one in sheet.submissions:
        assert all(0 <= score <= 100 for score in one.scores.values())
