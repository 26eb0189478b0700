import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from harness.core import Finding
from harness.data.formats import detect
from harness.errors import InputError
from harness.rows.files import (
    read_records,
    unheld,
    unwritable,
    write_records,
)


def read(path: Path, **options: bool) -> tuple[list[dict[str, Any]], list[Finding]]:
    findings: list[Finding] = []
    records = read_records(path, found=findings.append, **options)
    return [dict(record.fields) for record in records], findings


def told(findings: list[Finding]) -> list[tuple[str, str, bool]]:
    return [(f"{f.where.rpartition('/')[2]} {f.rule}", f.detail, f.lost) for f in findings]


def text_file(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def sheet(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    for row in rows:
        first.append(row)
    book.save(path)
    return path


def test_csv_rows_have_the_line_that_they_begin_on(tmp_path: Path) -> None:
    path = text_file(
        tmp_path / "a.csv", '\ufeffuser,style\r\n"一\r\n二",温柔\r\n\r\n三,毒舌,多\r\n四\r\n'
    )
    findings: list[Finding] = []
    records = list(read_records(path, found=findings.append))
    assert [(r.where.rpartition("/")[2], dict(r.fields)) for r in records] == [
        ("a.csv:2", {"user": "一\r\n二", "style": "温柔"}),
        ("a.csv:6", {"user": "四"}),
    ]
    what = "more cells than the header's 2; is a quotation mark missing?"
    assert told(findings) == [("a.csv:5 too many cells", what, True)]


def test_a_column_without_a_name_is_not_read_and_that_is_told(tmp_path: Path) -> None:
    sheet(tmp_path / "a.xlsx", [[None, "instruction"], ["0", "一"]])
    text_file(tmp_path / "a.csv", ",instruction\n0,一\n")
    for ending in (".csv", ".xlsx"):
        rows, findings = read(tmp_path / f"a{ending}")
        assert rows == [{"instruction": "一"}]
        assert [(f.rule, f.detail) for f in findings] == [
            ("column without a name", "column 1 is not read")
        ]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx"])
@pytest.mark.parametrize("row", [{"": "0", "instruction": "一"}, {"instruction": "一", " ": "0"}])
def test_a_field_without_a_name_is_lost_and_its_row_is_not(
    tmp_path: Path, row: dict[str, Any], ending: str
) -> None:
    path = tmp_path / f"a{ending}"
    assert unheld(path, row) == ["(no name)"]
    write_records(path, [row])
    assert read(path) == ([{"instruction": "一"}], [])


def test_a_sheet_behind_the_first_is_told_unless_it_is_empty(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["instruction"], ["一"]])
    book = openpyxl.load_workbook(path)
    book.create_sheet("Sheet2")
    book.create_sheet("更多").append(["instruction"])
    book.save(path)
    rows, findings = read(path)
    assert rows == [{"instruction": "一"}]
    assert told(findings) == [("a.xlsx sheet not read", "'更多'; only the first sheet is", False)]
    del book["Sheet"]
    book.save(path)
    with pytest.raises(
        InputError, match=r"no rows that can be read; .*a\.xlsx: sheet not read: '更多'"
    ):
        detect(path)


def test_names_that_look_right_are_right(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", "\ufeff\ufeffinstruction,\u200b ｏｕｔｐｕｔ\xa0\n一,二\n")
    assert read(path) == ([{"instruction": "一", "output": "二"}], [])


def test_a_text_longer_than_csvs_own_limit_is_read(tmp_path: Path) -> None:
    row = {"input": "读" * 200_000, "target": "题"}
    for ending in (".csv", ".tsv", ".parquet"):
        write_records(tmp_path / f"a{ending}", [row])
        assert read(tmp_path / f"a{ending}")[0] == [row]


def test_a_sheet_holds_texts_as_texts_and_refuses_what_it_would_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_records(path, [{"instruction": "=1+1", "output": "a\rb"}])
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in sheet
    assert unwritable(path, {"output": "长" * 32_767}) == ""
    assert "32768 characters" in unwritable(path, {"output": "长" * 32_768})
    assert "character 1 is '\\x07'" in unwritable(path, {"output": "a\x07"})
    with pytest.raises(InputError, match="row 1: output: 32768 characters"):
        write_records(path, [{"output": "长" * 32_768}])


def test_a_workbook_of_somebody_elses(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("First", 0)
    for row in (
        [None],
        ["instruction", " output ", "id"],
        ["几号站台?", 3, 1],
        [],
        ["几点?", "07:06", 2, "多"],
        ["读写_x000D_", "是", None],
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    rows, findings = read(tmp_path / "a.xlsx")
    assert rows == [
        {"instruction": "几号站台?", "output": "3", "id": 1},
        {"instruction": "读写\r", "output": "是"},
    ]
    assert told(findings) == [
        ("a.xlsx: row 3 number read as text", "output: 3", False),
        ("a.xlsx: row 5 too many cells", "more than the header's 3", True),
    ]


def test_parquet_of_pandas_has_missing_values_and_native_turns(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    turns = [{"role": "user", "content": "问", "loss": None}]
    table = pa.table({"messages": [turns, None], "score": [float("nan"), 1.5]})
    parquet.write_table(table, tmp_path / "a.parquet")
    rows, _ = read(tmp_path / "a.parquet")
    assert rows == [{"messages": [{"role": "user", "content": "问"}]}, {"score": 1.5}]
    write_records(tmp_path / "b.parquet", rows)
    kind = parquet.read_schema(tmp_path / "b.parquet").field("messages").type
    assert pa.types.is_list(kind)
    assert pa.types.is_struct(kind.value_type)


@pytest.mark.parametrize("row", [{"task_type": {}}, {"messages": [{}]}, {"id": 10**30}])
def test_what_parquet_has_no_type_for_is_refused(tmp_path: Path, row: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"a\.parquet: .* write jsonl"):
        write_records(tmp_path / "a.parquet", [row])
    assert not list(tmp_path.iterdir())


def test_a_parquet_column_of_two_types_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the column 'id' of a parquet file .* write jsonl"):
        write_records(tmp_path / "a.parquet", [{"id": 1}, {"id": "a"}])
    assert not list(tmp_path.iterdir())


def test_merged_cells_hold_what_people_see(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "a.xlsx",
        [["instruction", "output"], ["问", "一"], [None, "二"], ["再问", "三", None], [None, None],
         ["末", "四"]],
    )  # fmt: skip
    book = openpyxl.load_workbook(path)
    for cells in ("A2:A3", "B4:D5", "A4:A5"):
        book.worksheets[0].merge_cells(cells)
    book.save(path)
    rows, findings = read(path)
    assert [(row["instruction"], row["output"]) for row in rows] == [
        ("问", "一"), ("问", "二"), ("再问", "三"), ("末", "四"),
    ]  # fmt: skip
    assert findings == []


def test_the_first_sheet_that_is_not_hidden_is_read(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["instruction", "output"], ["一", "二"]])
    book = openpyxl.load_workbook(path)
    book.create_sheet("字典", 0).append(["键", "值"])
    book["字典"].sheet_state = "veryHidden"
    book.save(path)
    rows, findings = read(path)
    assert rows == [{"instruction": "一", "output": "二"}]
    assert told(findings) == [("a.xlsx sheet not read", "'字典'; only 'Sheet' is", False)]


def test_what_a_spreadsheet_could_not_work_out_is_empty_and_told(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["instruction", "output"], ["#REF!", "=1+1"], ["一", "二"]])
    rows, findings = read(path)
    assert rows == [{"instruction": "", "output": ""}, {"instruction": "一", "output": "二"}]
    assert told(findings) == [
        ("a.xlsx formula without a result", "read as an empty cell", False),
        ("a.xlsx: row 2 spreadsheet error", "instruction: read as an empty cell", False),
    ]


def test_half_a_pair_stays_as_it_is_written(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["output"], ["a_xD800_b_x0041_c_x005F_x0041_"]])
    assert read(path)[0] == [{"output": "a_xD800_bAc_x0041_"}]


def test_a_workbook_with_macros_is_read_and_never_written(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", [["instruction", "output"], ["一", "二"]])
    path = path.rename(tmp_path / "a.xlsm")
    assert read(path) == ([{"instruction": "一", "output": "二"}], [])
    with pytest.raises(InputError, match=r"b\.xlsm: \.xlsm files are read and not written; write"):
        write_records(tmp_path / "b.xlsm", [{"output": "一"}])
    assert [other.name for other in tmp_path.iterdir()] == ["a.xlsm"]


def test_csv_is_parted_by_what_it_says_or_by_what_most_lines_have(tmp_path: Path) -> None:
    rows = [{"instruction": "1,5还是2？", "output": "1,5"}]
    for text in (
        "sep=|\ninstruction|output\n1,5还是2？|1,5\n",
        "instruction;output\n1,5还是2？;1,5\n",
    ):
        assert read(text_file(tmp_path / "a.csv", text)) == (rows, [])
