"""Question and prediction files as people have them, and the sentence for what cannot be read."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core import Gold, Message, Output, Sample
from harness.errors import InputError
from harness.question_files.reading import read_questions
from harness.scoring.answer_files import read_predictions

ROWS: Sequence[dict[str, Any]] = (
    {"id": "t", "question": "K1几点开？", "answer": "7:06", "kind": "time"},
    {"id": "n", "question": "K1在几站台？", "answer": 3, "kind": "number"},
    {"id": "d", "question": "K1停多久？", "answer": "1小时15分", "kind": "duration"},
    {"id": "y", "question": "K1哪天首发？", "answer": "2025年3月8日", "kind": "date"},
    {"id": "s", "question": "哪些车到兰州？", "answer": "K1、K2", "kind": "set"},
    {"id": "x", "question": "K1几点到？", "answer": "", "kind": "none"},
    {"id": "7", "question": "K1去哪？", "answer": "兰州", "kind": ""},
)
GOLDS = {
    "t": Gold("time", "07:06"),
    "n": Gold("number", 3.0),
    "d": Gold("duration", 75.0),
    "y": Gold("date", "2025-03-08"),
    "s": Gold("set", ("K1", "K2")),
    "x": Gold("none", None),
    "7": Gold("text", "兰州"),
}


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Rows in the format that the file's ending names."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    cells = [header, *([row.get(name, "") for name in header] for row in rows)]
    if path.suffix == ".jsonl":
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    elif path.suffix == ".json":
        text = json.dumps(rows, ensure_ascii=False)
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for line in cells:
            book.active.append(line)  # type: ignore[union-attr] # a new workbook has a sheet
        book.save(path)
        return path
    else:
        out = io.StringIO()
        csv.writer(out, delimiter="\t" if path.suffix == ".tsv" else ",").writerows(cells)
        text = out.getvalue()
    path.write_text(text, encoding="utf-8", newline="")
    return path


def golds(samples: Sequence[Sample]) -> dict[str, Gold]:
    return {sample.id: sample.gold for sample in samples}


# --- questions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["jsonl", "json", "csv", "tsv", "xlsx", "JSONL"])
def test_every_format_says_the_same(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"q.{suffix.lower()}", ROWS)
    samples = read_questions(path.rename(tmp_path / f"q.{suffix}"))
    assert [sample.id for sample in samples] == [row["id"] for row in ROWS]
    assert golds(samples) == GOLDS


def test_what_a_question_needs_and_may_have(tmp_path: Path) -> None:
    bare = {"id": 1, "question": " K1去哪？ ", "answer": "兰州"}
    more = {"reference": "去兰州。", "family": "lookup", "row": "K1", "template": "t1"}
    full = {**bare, "id": "q2", **more}
    first, second = read_questions(write(tmp_path / "q.jsonl", [bare, full]))
    assert first == Sample(
        id="1",
        messages=(Message("user", "K1去哪？"),),
        gold=Gold("text", "兰州"),
        reference="兰州",
        family="text",
        row="1",
        template="1",
        split="test",
    )
    parts = (second.reference, second.family, second.row, second.template)
    assert parts == ("去兰州。", "lookup", "K1", "t1")


@pytest.mark.parametrize("extra", ["note", "source", "tokens", "comment", "难度", "index", "题型"])
def test_a_harmless_column_more(tmp_path: Path, extra: str) -> None:
    rows = [{**row, extra: "x"} for row in ROWS]
    for suffix in ("jsonl", "csv", "xlsx"):
        assert golds(read_questions(write(tmp_path / f"q.{suffix}", rows))) == GOLDS
    given = write(tmp_path / "p.jsonl", [{"id": "t", "text": "a", extra: 5}])
    assert read_predictions(given, ["t"])[0].text == "a"


def test_a_column_near_a_field_that_is_there_is_harmless(tmp_path: Path) -> None:
    row = {"id": "1", "question": "q", "answer": "a", "answer2": "b", "questions": "c"}
    assert golds(read_questions(write(tmp_path / "q.csv", [row]))) == {"1": Gold("text", "a")}


def test_line_ends_and_byte_order_marks(tmp_path: Path) -> None:
    for suffix in ("jsonl", "json", "csv", "tsv"):
        path = write(tmp_path / f"q.{suffix}", ROWS)
        text = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + text)
        assert golds(read_questions(path)) == GOLDS


def test_a_csv_from_a_chinese_spreadsheet(tmp_path: Path) -> None:
    path = write(tmp_path / "q.csv", ROWS)
    path.write_bytes(path.read_bytes().decode().encode("gb18030"))
    assert golds(read_questions(path)) == GOLDS


def test_empty_lines_and_rows_are_skipped(tmp_path: Path) -> None:
    lines = write(tmp_path / "q.jsonl", ROWS)
    lines.write_bytes(b"\n" + lines.read_bytes().replace(b"\n", b"\n  \n"))
    assert golds(read_questions(lines)) == GOLDS
    blank = dict.fromkeys(ROWS[0], "")
    rows: list[dict[str, Any]] = [blank, ROWS[0], blank, *ROWS[1:], blank]
    assert golds(read_questions(write(tmp_path / "q.csv", rows))) == GOLDS
    assert golds(read_questions(write(tmp_path / "q.xlsx", rows))) == GOLDS


def test_a_line_separator_inside_a_question_is_no_line_end(tmp_path: Path) -> None:
    row = {"id": "1", "question": "a\u2028b\x85c", "answer": "x"}
    (sample,) = read_questions(write(tmp_path / "q.jsonl", [row]))
    assert sample.question == "a\u2028b\x85c"


@pytest.mark.parametrize("answer", [["K1", "K2"], "K1、K2", "K1,K2", '["K1", "K2"]', " K1 、K2 "])
def test_a_set_as_a_list_or_joined(tmp_path: Path, answer: object) -> None:
    row = {"id": "1", "question": "q", "answer": answer, "kind": "set"}
    (sample,) = read_questions(write(tmp_path / "q.jsonl", [row]))
    assert sample.gold == Gold("set", ("K1", "K2"))
    assert sample.reference == "K1、K2"


def test_cells_of_a_spreadsheet(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1, "question": "q", "answer": dt.time(7, 6), "kind": " Time "},
        {"id": 2.0, "question": 5, "answer": dt.timedelta(minutes=75), "kind": "duration"},
        {"id": "三", "question": "q", "answer": dt.time(7, 6), "kind": None},
        {"id": "4", "question": "q", "answer": 35, "kind": "text"},
        {"id": "5", "question": "q", "answer": 2.5, "kind": "number"},
    ]
    assert golds(read_questions(write(tmp_path / "q.xlsx", rows))) == {
        "1": Gold("time", "07:06"),
        "2": Gold("duration", 75.0),
        "三": Gold("text", "07:06"),
        "4": Gold("text", "35"),
        "5": Gold("number", 2.5),
    }


def test_cells_that_a_spreadsheet_could_not_work_out(tmp_path: Path) -> None:
    row: dict[str, Any] = {"id": "1", "question": "q", "answer": "=1+1"}
    path = write(tmp_path / "q.xlsx", [row])
    assert complaint(path) == (
        f"{path}: row 2: answer is a formula whose result was never saved ('=1+1'); open the "
        "file in a spreadsheet program and save it"
    )
    path = write(tmp_path / "e.xlsx", [{**row, "answer": "#REF!"}])
    assert (
        complaint(path) == f"{path}: row 2: answer holds a spreadsheet error such as #REF! or #N/A"
    )
    harmless = {**row, "answer": "a", "note": "=1+1", "remark": "#REF!"}
    assert golds(read_questions(write(tmp_path / "h.xlsx", [harmless]))) == {"1": Gold("text", "a")}


def test_a_remark_beside_the_table_is_harmless(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    for line in (["id", "question", "answer"], [1, "q", "a", None, "check this"], [2, "r", "b"]):
        sheet.append(line)
    book.save(tmp_path / "q.xlsx")
    assert list(golds(read_questions(tmp_path / "q.xlsx"))) == ["1", "2"]


@pytest.mark.parametrize(
    ("question", "kind", "answer", "reference"),
    [
        ("q", "number", 1234567, "1234567"),
        ("q", "duration", 32, "32分钟"),
        ("q", "time", "9:05", "09:05"),
        ("q", "none", None, "none"),
        ("问", "none", None, "无"),
    ],
)
def test_the_least_that_says_the_answer_is_its_reference(
    tmp_path: Path, question: str, kind: str, answer: object, reference: str
) -> None:
    row = {"id": "1", "question": question, "answer": answer, "kind": kind}
    (sample,) = read_questions(write(tmp_path / "q.json", [row]))
    assert sample.reference == reference


# --- predictions ---------------------------------------------------------------------------------


def test_predictions_come_in_the_order_of_the_questions(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": 2, "text": "b", "e2e_s": 1, "ttft_s": 0.25, "output_tokens": 5.0,
         "finish_reason": "length"},
        {"id": "1", "text": "", "e2e_s": None, "output_tokens": None, "finish_reason": None},
    ]  # fmt: skip
    assert read_predictions(write(tmp_path / "p.jsonl", rows), ["1", "2"]) == [
        Output("1", ""),
        Output("2", "b", "length", None, 5, 1.0, 0.25),
    ]


def test_what_is_missing_is_an_error_and_no_zero(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "1", "text": None},
        {"id": "2", "text": "b", "finish_reason": "error"},
    ]
    outputs = read_predictions(write(tmp_path / "p.jsonl", rows), ["1", "2", "3"])
    assert [(o.finish_reason, o.error) for o in outputs] == [
        ("error", "the prediction's text is null"),
        ("error", "the prediction says finish_reason error"),
        ("error", "no prediction in the file"),
    ]


def test_a_missing_time_of_pandas_is_no_time(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"id": "1", "text": "a", "e2e_s": NaN}\n', encoding="utf-8")
    assert read_predictions(path, ["1"])[0].e2e_s is None


def test_an_id_of_no_question_names_the_nearest_of_many(tmp_path: Path) -> None:
    ids = [f"lookup/{number}" for number in range(300)]
    path = write(tmp_path / "p.jsonl", [{"id": "lokup/42", "text": "a"}])
    with pytest.raises(
        InputError, match=r"id 'lokup/42' is no question's id \(did you mean 'lookup/"
    ):
        read_predictions(path, ids)
    path = write(tmp_path / "p.jsonl", [{"id": "zzz", "text": "a"}])
    with pytest.raises(InputError, match=r"\(an id is such as 'lookup/0'\)"):
        read_predictions(path, ids)


# --- what cannot be read -------------------------------------------------------------------------


def complaint(path: Path) -> str | None:
    try:
        read_questions(path)
    except InputError as error:
        return str(error)
    return None


def mistakes(section: str) -> list[dict[str, str]]:
    golden = Path(__file__).parent / "golden" / "answer_file_mistakes.yaml"
    cases: list[dict[str, str]] = yaml.safe_load(golden.read_text("utf-8"))[section]
    return cases


def written(case: dict[str, str]) -> Path:
    Path(case["name"]).write_text(case["text"], encoding="utf-8", newline="")
    return Path(case["name"])


def test_fields_are_named_on_one_line(tmp_path: Path) -> None:
    path = write(tmp_path / "q.json", [{"a\nb": 1, **{f"c{n}": 1 for n in range(20)}}])
    assert complaint(path) == (
        f"{path}: item 1: has no id (found: 'a\\nb', "
        f"{', '.join(f'c{n}' for n in range(19))} and 1 more)"
    )


def test_nesting_without_end(tmp_path: Path) -> None:
    for suffix in ("jsonl", "json"):
        path = tmp_path / f"q.{suffix}"
        path.write_text("[" * 100_000, encoding="utf-8")
        assert (complaint(path) or "").endswith(": not valid JSON: nested too deeply")


@pytest.mark.parametrize("case", mistakes("questions"), ids=lambda case: case["says"])
def test_every_wrong_question_file_has_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert complaint(written(case)) == case["says"]


@pytest.mark.parametrize("case", mistakes("predictions"), ids=lambda case: case["says"])
def test_every_wrong_prediction_file_has_its_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = written(case)
    with pytest.raises(InputError) as caught:
        read_predictions(path, ["q1", "q2"])
    assert str(caught.value) == case["says"]


def test_files_that_are_not_there(tmp_path: Path) -> None:
    write(tmp_path / "questions.jsonl", ROWS)
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "latin.jsonl").write_bytes('{"id": "é"}'.encode("latin-1"))
    for name, says in {
        "qestions.jsonl": "no such file (did you mean 'questions.jsonl'?)",
        "questions.csv": "no such file",
        "no/such.xlsx": "no such file",
        "folder.jsonl": "is a folder, not a file",
        "latin.jsonl": "not UTF-8 at byte 8; save it as UTF-8",
    }.items():
        assert complaint(tmp_path / name) == f"{tmp_path / name}: {says}"


def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "q.xlsx"
    path.write_bytes(b"id,question,answer\n")
    assert (complaint(path) or "").startswith(f"{path}: ")


# --- arbitrary text ------------------------------------------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
fields = st.sampled_from(
    ["id", "question", "answer", "kind", "reference", "family", "row", "text", "e2e_s", "ttft_s"]
)
kinds = st.sampled_from(["text", "number", "time", "duration", "set", "none"])
objects = st.dictionaries(fields, values, max_size=6) | st.builds(
    lambda answer, kind: {"id": "1", "question": "q", "answer": answer, "kind": kind}, values, kinds
)
texts = (
    st.text(max_size=60)
    | st.lists(objects, max_size=3).map(lambda rows: "\n".join(map(json.dumps, rows)))
    | st.lists(objects, max_size=3).map(json.dumps)
    | st.lists(st.lists(st.text(max_size=6), max_size=5), max_size=4).map(
        lambda rows: "id,question,answer,kind\n" + "\n".join(map(",".join, rows))
    )
)


@settings(deadline=None)  # other jobs may share the machine
@given(texts, st.sampled_from(["jsonl", "json", "csv", "tsv", "xlsx"]))
def test_any_question_file_is_read_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, text: str, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    said = complaint(path)
    assert said is None or said.startswith(str(path))
    assert said is None or "\n" not in said


@settings(deadline=None)
@given(texts)
def test_any_prediction_file_is_read_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    try:
        outputs = read_predictions(path, ["1", "2"])
    except InputError as error:
        said = str(error)
    else:
        said = str(path)
        assert [output.sample_id for output in outputs] == ["1", "2"]
    assert said.startswith(str(path))
    assert "\n" not in said
