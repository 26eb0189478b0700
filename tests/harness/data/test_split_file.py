import csv
import json
from pathlib import Path
from typing import Any

import pytest

from harness.data.report import parted_text
from harness.data.split_file import Parted, Request, split_file
from harness.errors import InputError
from harness.rows.files import read_records
from tests.harness.data.made import roleplay_rows, write_array, write_lines

SHARES = {"train": 0.8, "test": 0.1, "val": 0.1}


def _chats(tmp_path: Path) -> Path:
    rows = [(f"第{n // 2}句话", "温柔" if n % 2 else "毒舌", f"第{n}个回答") for n in range(200)]
    path = tmp_path / "chats.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("user", "style", "assistant"), *rows])
    return path


def _rows(parted: Parted) -> dict[str, list[Any]]:
    return {
        part.name: [dict(record.fields) for record in read_records(part.path)]
        for part in parted.parts
    }


def test_every_row_is_in_one_part_as_it_was(tmp_path: Path) -> None:
    source = write_array(tmp_path / "a.json", roleplay_rows())
    parted = split_file(Request(source, SHARES, tmp_path / "out"))
    written = _rows(parted)
    assert [part.rows for part in parted.parts] == [2983, 373, 373]
    assert [len(written[part.name]) for part in parted.parts] == [2983, 373, 373]
    together = [json.dumps(row, ensure_ascii=False) for rows in written.values() for row in rows]
    source_rows = [json.dumps(row, ensure_ascii=False) for row in roleplay_rows()]
    assert sorted(together) == sorted(source_rows)
    assert [part.path.name for part in parted.parts] == ["train.json", "test.json", "val.json"]


def test_one_question_stays_in_one_part_unless_ungrouped(tmp_path: Path) -> None:
    source = _chats(tmp_path)
    grouped = split_file(Request(source, SHARES, tmp_path / "grouped"))
    assert [part.leaked for part in grouped.parts] == [None, 0, 0]
    assert [part.rows for part in grouped.parts] == [160, 20, 20]
    assert "warning" not in parted_text(grouped)
    ungrouped = split_file(Request(source, SHARES, tmp_path / "ungrouped", grouped=False))
    written = _rows(ungrouped)
    taught = {row["user"] for row in written["train"]}
    for part in ungrouped.parts[1:]:
        assert part.leaked == sum(row["user"] in taught for row in written[part.name])
        assert part.leaked
    assert "ask what stands in train too" in parted_text(ungrouped)


def test_the_tutorials_way_cuts_the_file_as_it_stands(tmp_path: Path) -> None:
    rows = [{"instruction": f"第{n}题", "output": "好的"} for n in range(10)]
    source = write_lines(tmp_path / "a.jsonl", rows)
    request = Request(
        source, {"train": 0.7, "test": 0.3}, tmp_path / "out", seed=None, grouped=False
    )
    assert _rows(split_file(request)) == {"train": rows[:7], "test": rows[7:]}


def test_questions_that_differ_in_width_and_punctuation_are_one(tmp_path: Path) -> None:
    asked = [q for n in range(20) for q in (f"K{n}几点开?", f"Ｋ{n} 几点开？")]
    rows = [{"instruction": question, "output": "七点"} for question in asked]
    source = write_lines(tmp_path / "a.jsonl", rows)
    parted = split_file(Request(source, {"train": 0.5, "test": 0.5}, tmp_path / "out"))
    assert [part.questions for part in parted.parts] == [10, 10]


def test_rows_by_a_field_need_no_format(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"frage": n, "thema": ["a", "b"][n % 2], "zahl": n % 2} for n in range(10)
    ]
    source = write_lines(tmp_path / "a.jsonl", rows)
    for field in ("thema", "zahl"):
        request = Request(source, {"train": 0.5, "test": 0.5}, tmp_path / "out", by=field)
        for part in _rows(split_file(request)).values():
            assert len({row[field] for row in part}) == 1


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    source = _chats(tmp_path)
    for name in ("a", "b"):
        split_file(Request(source, SHARES, tmp_path / name, seed=4))
    split_file(Request(source, SHARES, tmp_path / "c", seed=5))
    texts = [(tmp_path / name / "train.csv").read_bytes() for name in "abc"]
    assert texts[0] == texts[1] != texts[2]


def test_broken_rows_and_groups_too_large_are_told(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    rows = [{"instruction": "几点开", "output": f"{n}点"} for n in range(8)]
    more: list[dict[str, Any]] = [{"instruction": "好吗", "output": 5}]
    more.append({"instruction": "在吗", "output": "在"})
    lines = [json.dumps(row, ensure_ascii=False) for row in (*rows, *more)]
    source.write_text("\n".join([*lines, "{broken"]), encoding="utf-8")
    parted = split_file(Request(source, SHARES, tmp_path / "out"))
    assert sum(part.rows for part in parted.parts) == 10
    assert [(found.rule, found.where) for found in parted.findings] == [
        ("not valid JSON", f"{source}:11"),
        ("group larger than a part", f"{source}:1"),
    ]
    assert "8 rows with one question" in parted.findings[1].detail
    text = parted_text(parted)
    assert f"{source}:11: left out: not valid JSON" in text


def test_an_empty_part_is_told(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "a.jsonl", [{"instruction": "a", "output": "b"}])
    text = parted_text(split_file(Request(source, SHARES, tmp_path / "out")))
    assert "warning: test is empty" in text
    assert (tmp_path / "out/test.jsonl").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shares": {"a/b": 1.0}}, "must be a name that a file can have"),
        ({"shares": {"": 1.0}}, "must be a name that a file can have"),
        ({"shares": {"Test": 0.5, "test": 0.5}}, "part 'test': may be the same file as 'Test'"),
        ({"shares": {"train": 7, "test": 3}}, "must add up to 1"),
        ({"by": "instrution"}, "no field 'instrution' .did you mean 'instruction'"),
        ({"format": "sharegtp"}, "did you mean 'sharegpt'"),
        ({"shares": {"a": 0.5, "b": 0.5}, "out": "."}, "is the file to split"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    source = write_lines(tmp_path / "a.jsonl", [{"instruction": "a", "output": "b"}] * 4)
    before = source.read_bytes()
    if "out" in change:
        change = {**change, "out": tmp_path}
    request = {"shares": SHARES, "out": tmp_path / "out", **change}
    with pytest.raises(InputError, match=said):
        split_file(Request(source, **request))
    assert source.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_nothing_to_split(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="holds no rows"):
        split_file(Request(source, SHARES, tmp_path / "out"))
