from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.rows.files import write_records
from suites.style.options import Options
from suites.style.rows import COLUMNS, SHARES, read_rows

Cells = tuple[str, str, str]
LINES: list[Cells] = [
    (f"第{n}句话", style, f"{style}{n}") for n in range(20) for style in ("温柔", "毒舌")
]


def as_csv(path: Path, rows: list[Cells], header: Any = COLUMNS, end: str = "\r\n") -> Path:
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows([header, *rows])
    path.write_bytes(text.getvalue().encode())
    return path


@pytest.mark.parametrize("header", [
    ("\ufeffuser", "style", "assistant"),
    ("ｕｓｅｒ", "ｓｔｙｌｅ", "ａｓｓｉｓｔａｎｔ"),
    (" user ", "style\u3000", " assistant"),
    ("User", "STYLE", "Assistant"),
    ("assistant", "user", "style"),
])  # fmt: skip
def test_headers_as_people_save_them(tmp_path: Path, header: tuple[str, str, str]) -> None:
    place = [("user", "style", "assistant").index(name) for name in map(_folded, header)]
    rows = [tuple(row[at] for at in place) for row in LINES]
    path = as_csv(tmp_path / "a.csv", rows, header)  # type: ignore[arg-type] # three cells each
    read = read_rows(Options(data=path))
    assert [(row.user, row.style, row.reply) for row in read.rows] == LINES
    assert read.findings == ()


def _folded(name: str) -> str:
    from unicodedata import normalize

    return normalize("NFKC", name).strip("\ufeff ").lower()


def test_values_lose_their_outer_blanks_and_keep_the_rest(tmp_path: Path) -> None:
    cells = (" 有家的感觉,喜欢! ", " 温柔", ' 太"好"了呢!\n真的,我很开心💖 ')
    read = read_rows(Options(data=as_csv(tmp_path / "a.csv", [cells, *LINES])))
    assert (read.rows[0].user, read.rows[0].style) == ("有家的感觉,喜欢!", "温柔")
    assert read.rows[0].output == '温柔\n太"好"了呢!\n真的,我很开心💖'


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_where_a_row_begins(tmp_path: Path, end: str) -> None:
    rows = [("甲", "温柔", "一\n二"), ("乙", "严厉", "三"), *LINES]
    path = as_csv(tmp_path / "a.csv", rows, end=end)
    read = read_rows(Options(data=path))
    assert read.rows[0].where == f"{path}:2"
    assert [(f.where, f.lost) for f in read.findings] == [(f"{path}:4", True)]


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv", "tsv", "xlsx"])
def test_the_same_rows_in_any_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    write_records(path, [dict(zip(COLUMNS, row, strict=True)) for row in LINES])
    assert [(r.user, r.style, r.reply) for r in read_rows(Options(data=path)).rows] == LINES


def test_what_is_left_out_is_told_by_line_and_reason(tmp_path: Path) -> None:
    rows = [("", "温柔", "好"), ("甲", "", "好"), ("甲", "温柔", " "), ("甲", "温桑", "好"), *LINES]
    path = as_csv(tmp_path / "a.csv", rows)
    read = read_rows(Options(data=path))
    assert len(read.rows) == len(LINES)
    assert [(f.rule, f.where, f.lost) for f in read.findings] == [
        ("empty user", f"{path}:2", True),
        ("empty style", f"{path}:3", True),
        ("empty assistant", f"{path}:4", True),
        ("unknown style", f"{path}:5", True),
    ]
    assert "'温桑' is none of the styles" in read.findings[3].detail


def test_styles_are_known_whatever_their_width_and_case(tmp_path: Path) -> None:
    rows = [
        (f"line {n}", style, "so") for n, style in enumerate(("Gentle", " ｓｈａｒｐ", "SHARP"))
    ]
    read = read_rows(Options(data=as_csv(tmp_path / "a.csv", rows), styles=("gentle", " Sharp ")))
    assert [row.style for row in read.rows] == ["gentle", "Sharp", "Sharp"]


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (("user", "stlye", "assistant"), r"has no column 'style' \(did you mean 'stlye'\?\)"),
        (("user", "style", "reply"), "has no column 'assistant'.*needs user, style, assistant"),
    ],
)
def test_a_missing_column_is_named_with_the_nearest(
    tmp_path: Path, header: tuple[str, str, str], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        read_rows(Options(data=as_csv(tmp_path / "a.csv", LINES, header)))


def test_a_cell_may_be_empty_in_the_first_row(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "a.csv", [("甲", "", "好"), *LINES])
    assert len(read_rows(Options(data=path)).rows) == len(LINES)


def test_a_file_of_unknown_styles_says_what_they_are(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "a.csv", [("甲", "gentle", "好")] * 3)
    with pytest.raises(
        InputError, match=r"no row that can be used \(.*:2: unknown style: 'gentle' is"
    ):
        read_rows(Options(data=path))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.csv"):
        read_rows(Options(data=as_csv(tmp_path / "a.csv", [])))


def test_numbers_in_a_sheet_are_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"user": 666, "style": "毒舌", "assistant": 6}, {"user": None, "style": "毒舌"}]
    path.write_text("\n".join(map(json.dumps, rows)))
    read = read_rows(Options(data=path))
    assert [(row.user, row.output) for row in read.rows] == [("666", "毒舌\n6")]


def test_grouped_keeps_a_user_line_in_one_part_however_it_is_punctuated(tmp_path: Path) -> None:
    rows = [
        (f"第{n}句话{mark}", "温柔", f"{n}{mark}") for n in range(30) for mark in ("", "！", " 。")
    ]
    read = read_rows(Options(data=as_csv(tmp_path / "a.csv", rows)))
    parts: dict[str, set[str]] = {}
    for row in read.rows:
        parts.setdefault(row.key, set()).add(row.part)
    assert len(parts) == 30
    assert all(len(found) == 1 for found in parts.values())
    assert Counter(row.part for row in read.rows) == {"train": 72, "test": 9, "val": 9}


def test_ungrouped_tells_how_many_test_rows_are_trained_on(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "a.csv", LINES)
    read = read_rows(Options(data=path, split="ungrouped"))
    taught = {row.user for row in read.of("train")}
    told = {f.rule: f.detail for f in read.findings}
    leaked = sum(row.user in taught for row in read.of("test"))
    assert leaked > 0
    details = [f.detail for f in read.findings if f.rule == "user line in two parts"]
    wanted = f"{leaked} of 4 rows of the part test have a user line that stands in the training"
    assert any(detail.startswith(wanted) for detail in details)
    assert set(told) == {"user line in two parts"}


def test_the_seed_decides_the_parts(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "a.csv", LINES)
    once, again, other = (
        [row.part for row in read_rows(Options(data=path, seed=seed)).rows] for seed in (1, 1, 2)
    )
    assert once == again
    assert once != other


def test_duplicates_and_absent_styles_are_told_and_nothing_is_dropped(tmp_path: Path) -> None:
    rows = [row for row in LINES if row[1] == "温柔"]
    read = read_rows(Options(data=as_csv(tmp_path / "a.csv", [*rows, *rows[:3]])))
    assert len(read.rows) == 23
    assert [(f.rule, f.detail) for f in read.findings] == [
        ("duplicate", "3 rows equal an earlier row in all columns"),
        ("style without rows", "no row is in the style 毒舌"),
    ]


def test_a_line_said_200_times_stays_whole_and_is_told(tmp_path: Path) -> None:
    often = [("在吗", "毒舌", f"不在{n}") for n in range(200)]
    read = read_rows(Options(data=as_csv(tmp_path / "a.csv", [*LINES, *often])))
    assert len({row.part for row in read.rows if row.user == "在吗"}) == 1
    [finding] = read.findings
    assert finding.rule == "many rows of one line"
    assert "'在吗' has 200 rows" in finding.detail
    assert set(SHARES) >= {row.part for row in read.rows}


CELL = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=12
)


@given(st.lists(st.tuples(CELL, st.sampled_from(("温柔", "毒舌")), CELL), min_size=1, max_size=8))
def test_any_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Cells]
) -> None:
    path = as_csv(tmp_path_factory.mktemp("rows") / "a.csv", rows)
    if not all(cell.strip().strip("\ufeff").strip() for row in rows for cell in row):
        return
    read = [(row.user, row.style, row.reply) for row in read_rows(Options(data=path)).rows]
    assert read == [tuple(cell.strip() for cell in row) for row in rows]
