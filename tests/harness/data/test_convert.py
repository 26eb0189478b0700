import json
from pathlib import Path
from typing import Any

import pytest

from harness.core import Finding
from harness.data import convert as module
from harness.data.convert import KEPT, Lost, convert
from harness.data.formats import FORMATS
from harness.errors import InputError, MissingDependency, StoreError
from harness.rows.files import ENDINGS, read_records, write_records

BASELINE = """[
  {"instruction": "Z152次列车的终到站是哪里?", "output": "北京西"},
  {"instruction": "K4547/6号车次应该从哪个站台上车?", "output": 3号站台},
  {"introduction": "0T231次列车的开点是什么时候?", "output": "07:51"},
  {"instruction": "OK365次列车的候车厅在哪?", "output": "综合候乘中心，高架候车区东区",},
  {"instruction": "K420次列车停多久?", "output": ""}
]
"""


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [dict(record.fields) for record in read_records(path)]


def short(findings: tuple[Finding, ...]) -> list[tuple[str, str, str, bool]]:
    return [(f.where.rpartition("/")[2], f.rule, f.detail, f.lost) for f in findings]


def test_a_baselines_file_becomes_what_the_platform_takes(tmp_path: Path) -> None:
    source = tmp_path / "single_row.json"
    source.write_text(BASELINE, encoding="utf-8")
    done = convert(source, tmp_path / "upload.jsonl")
    assert (done.source_format, done.target_format) == ("qa", "qa")
    assert (done.read, done.written) == (5, 1)
    assert short(done.findings) == [
        ("single_row.json:3", "not valid JSON", "a value without quotation marks", True),
        (
            "single_row.json:4",
            "missing field",
            "no 'instruction' (did you mean 'introduction'?)",
            True,
        ),
        ("single_row.json:5", "not valid JSON", "a comma before a closing bracket", True),
        ("single_row.json:6", "empty output", "turn 2 says ''", True),
    ]
    done = convert(source, tmp_path / "upload.jsonl", repair=True)
    assert (done.read, done.written) == (5, 4)
    assert done.counts == {"repaired": 3, "empty output": 1}
    assert [row["output"] for row in rows_of(tmp_path / "upload.jsonl")] == [
        "北京西",
        "3号站台",
        "07:51",
        "综合候乘中心，高架候车区东区",
    ]
    with pytest.raises(InputError, match=r"single_row\.json:3: not valid JSON: a value without"):
        convert(source, tmp_path / "strict.jsonl", strict=True)
    assert not (tmp_path / "strict.jsonl").exists()


def test_what_is_lost_is_counted_with_its_first_place(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"instruction": "一", "input": "", "output": "1"},
        {"instruction": "二", "input": "材", "output": "2", "system": "甲", "id": 7},
        {"instruction": "三", "input": "", "output": "3", "system": "乙"},
    ]
    write_records(tmp_path / "a.jsonl", rows)
    done = convert(tmp_path / "a.jsonl", tmp_path / "b.csv", target_format="qa")
    place = f"{tmp_path / 'a.jsonl'}:2"
    assert done.lost == (Lost("system", 2, place), Lost("id", 1, place), Lost("input", 1, place))
    assert (tmp_path / "b.csv").read_bytes().startswith(b"instruction,output\r\n")
    done = convert(tmp_path / "a.jsonl", tmp_path / "b.csv")
    assert {one.field for one in done.lost} == {"id (as text)"}
    done = convert(tmp_path / "a.jsonl", tmp_path / "b.json", target_format="messages")
    assert done.lost == ()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_comes_back_through_every_format_and_ending(
    tmp_path: Path, name: str, ending: str
) -> None:
    rows: list[dict[str, Any]] = [
        {"instruction": "一", "input": "", "output": "1\r\n2"},
        {"instruction": "=二", "input": "材\n料", "output": "[2]"},
    ]
    write_records(tmp_path / "a.jsonl", rows)
    between = tmp_path / f"b{ending}"
    done = convert(tmp_path / "a.jsonl", between, target_format=name)
    convert(between, tmp_path / "c.jsonl", source_format=name, target_format="alpaca")
    back = rows_of(tmp_path / "c.jsonl")
    if name in ("qa", "style", "pairs"):
        assert [one.field for one in done.lost] == ["input"]
        assert back[1]["instruction"] == "=二\n材\n料"
        back = [
            {**back[1], "instruction": "=二", "input": "材\n料"} if n else r
            for n, r in enumerate(back)
        ]
    else:
        assert done.lost == ()
    assert back == rows


def test_a_file_may_become_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_records(path, [{"instruction": "一", "output": "1"}])
    convert(path, path, target_format="messages")
    assert rows_of(path) == [
        {
            "messages": [
                {"role": "user", "content": "一"},
                {"role": "assistant", "content": "1"},
            ]
        }
    ]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"instruction": "二", "output": 2}, r"a\.json:3: not a string: output is 2; the file its"),
        (
            {"instruction": "二", "output": "2", "id": 1},
            r"a\.json:3: id would be lost; the file its",
        ),
    ],
)
def test_a_file_that_becomes_itself_loses_nothing(
    tmp_path: Path, row: dict[str, Any], sentence: str
) -> None:
    path = tmp_path / "a.json"
    write_records(path, [{"instruction": "一", "output": "1"}, row])
    before = path.read_bytes()
    (tmp_path / "link.json").symlink_to(path)
    for target in (path, tmp_path / "link.json"):
        with pytest.raises(InputError, match=sentence):
            convert(path, target, target_format="pairs")
    assert path.read_bytes() == before
    assert convert(path, tmp_path / "b.json", target_format="pairs").read == 2


def test_a_link_is_written_through(tmp_path: Path) -> None:
    write_records(tmp_path / "a.jsonl", [{"instruction": "一", "output": "1"}])
    (tmp_path / "disk").mkdir()
    (tmp_path / "b.csv").symlink_to(tmp_path / "disk" / "b.csv")
    convert(tmp_path / "a.jsonl", tmp_path / "b.csv")
    assert (tmp_path / "b.csv").is_symlink()
    assert rows_of(tmp_path / "disk" / "b.csv") == [{"instruction": "一", "output": "1"}]
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["b.csv"]


def test_a_row_that_a_sheet_cannot_hold_is_left_out_and_told(tmp_path: Path) -> None:
    rows = [{"instruction": "一", "output": "长" * 40_000}, {"instruction": "二", "output": "2"}]
    write_records(tmp_path / "a.jsonl", rows)
    done = convert(tmp_path / "a.jsonl", tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx") == rows[1:]
    what = "output: 40000 characters, more than the 32767 of an xlsx cell"
    assert short(done.findings) == [("a.jsonl:1", "cannot be written", what, True)]


def test_an_empty_question_stays_and_is_told(tmp_path: Path) -> None:
    write_records(tmp_path / "a.jsonl", [{"instruction": " ", "output": "答"}])
    done = convert(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert short(done.findings) == [("a.jsonl:1", "empty question", "turn 1 says ' '", False)]
    assert done.written == 1


def test_many_faults_are_counted_and_a_hundred_kept(tmp_path: Path) -> None:
    good = '{"instruction": "一", "output": "1"}\n'
    (tmp_path / "a.jsonl").write_text(good + "{\n" * (KEPT + 5), encoding="utf-8")
    done = convert(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert done.counts == {"not valid JSON": KEPT + 5}
    assert len(done.findings) == KEPT
    assert (done.read, done.written) == (KEPT + 6, 1)


def test_nothing_is_written_where_no_row_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"instruction": "一", "output": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"no row .*; the first: .*a\.jsonl:1: not a string: out"):
        convert(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_wrong_names_and_places_are_said(tmp_path: Path) -> None:
    write_records(tmp_path / "a.jsonl", [{"instruction": "一", "output": "1"}])
    with pytest.raises(InputError, match=r"no data format 'share' .*did you mean 'sharegpt'"):
        convert(tmp_path / "a.jsonl", tmp_path / "b.jsonl", target_format="share")
    with pytest.raises(InputError, match=r"did you mean '\.jsonl'"):
        convert(tmp_path / "a.jsonl", tmp_path / "b.jsonls")
    with pytest.raises(StoreError, match="is no folder"):
        convert(tmp_path / "a.jsonl", tmp_path / "a.jsonl" / "b.jsonl")
    with pytest.raises(InputError, match=r"does not read \.xlsx"):
        convert(tmp_path / "a.jsonl", tmp_path / "b.xlsx", dataset="data")
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_records(tmp_path / "a.jsonl", [{"instruction": "一", "output": "1"}])

    def gone(module: str, extra: str) -> Any:
        raise MissingDependency(f"{module} is not installed: pip install 'podium-harness[{extra}]'")

    monkeypatch.setattr("harness.rows.parquet_rows.need", gone)
    with pytest.raises(MissingDependency, match=r"pyarrow .*\[parquet\]"):
        convert(tmp_path / "a.jsonl", tmp_path / "b.parquet")


def test_a_long_jsonl_names_its_hints_in_the_first_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PIECE", 100)
    rows: list[dict[str, Any]] = [
        {"instruction": "一", "input": "", "output": "1"},
        {"instruction": "二", "input": "材", "output": "2", "id": 3},
    ]
    write_records(tmp_path / "a.jsonl", rows)
    done = convert(tmp_path / "a.jsonl", tmp_path / "b.jsonl", target_format="messages")
    first = json.loads((tmp_path / "b.jsonl").read_text("utf-8").splitlines()[0])
    assert first["_podium"] == ""
    assert [(f.rule, f.detail.partition(";")[0]) for f in done.findings] == [
        ("late field", "'id' is not in the first row")
    ]
    convert(tmp_path / "b.jsonl", tmp_path / "c.jsonl", target_format="alpaca")
    assert rows_of(tmp_path / "c.jsonl") == rows
