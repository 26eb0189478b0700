import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.core import Finding
from harness.errors import InputError, StoreError
from harness.rows import broken_json
from harness.rows.files import (
    ENDINGS,
    read_records,
    unheld,
    unwritable,
    write_records,
)

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "broken_rows.yaml").read_text("utf-8"))

TEXT = st.text(max_size=12) | st.sampled_from(
    [
        "",
        "=1+1",
        "#N/A",
        "null",
        "[1]",
        '"a"',
        '"[1]"',
        '{"a": 1}',
        "a\r\nb",
        "\r",
        "_x000D_",
        " b ",
    ]
)
NESTED = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
)
TURN = st.fixed_dictionaries({"role": TEXT, "content": TEXT})
ROWS = st.lists(
    st.fixed_dictionaries(
        {"instruction": TEXT, "output": TEXT},
        optional={
            "input": TEXT,
            "messages": st.lists(TURN, min_size=1, max_size=2),
            "history": st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=2),
            "human_verified": st.booleans(),
            "remark": TEXT,
            "more": st.lists(NESTED, max_size=2) | st.dictionaries(TEXT, NESTED, max_size=2),
            "number": st.integers(-(2**53), 2**53)
            | st.floats(allow_nan=False, allow_infinity=False),
            " blank ": TEXT,
            "nothing": st.none(),
        },
    ),
    min_size=1,
    max_size=3,
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


# --- round trips ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
def test_rows_come_back_as_they_were_but_for_what_is_named(
    ending: str, rows: list[dict[str, Any]]
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"rows{ending}"
        rows = [row for row in rows if not unwritable(path, row)]
        if not rows:
            return
        assert write_records(path, rows) == len(rows)
        back, findings = read(path)
        blank = [all(v in ("", None) for v in row.values()) for row in rows]
        filled = [row for row, empty in zip(rows, blank, strict=True) if not empty]
        if ending not in (".csv", ".tsv", ".xlsx"):  # a row of empty cells is no row
            filled = rows
        assert [_held(row, unheld(path, row)) for row in filled] == [
            _held(got, unheld(path, row)) for got, row in zip(back, filled, strict=True)
        ]
        for got, row in zip(back, filled, strict=True):
            for name in unheld(path, row):  # nothing is named that was held
                field = name.partition(" (")[0]
                assert field not in got or got[field] != row[field]
        assert not findings


def _held(row: Mapping[str, Any], lost: list[str]) -> dict[str, Any]:
    gone = {name.partition(" (")[0] for name in lost} | {"input"}
    kept = {name: value for name, value in row.items() if name not in gone}
    return kept | {"input": row.get("input", "")}  # a column of text has no missing cells


@pytest.mark.parametrize("ending", [".json", ".jsonl"])
def test_json_keeps_half_a_surrogate_pair_and_others_refuse_it(tmp_path: Path, ending: str) -> None:
    row = {"instruction": "\ud83d", "output": "a"}
    write_records(tmp_path / f"a{ending}", [row])
    assert read(tmp_path / f"a{ending}")[0] == [row]
    for other in (".csv", ".xlsx", ".parquet"):
        with pytest.raises(InputError, match="row 1: instruction: "):
            write_records(tmp_path / f"a{other}", [row])
        assert not list(tmp_path.glob(f"*{other}"))


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    for ending in ENDINGS:
        path = tmp_path / f"a{ending}"
        write_records(path, [{"instruction": "旧", "output": "a"}])
        before = path.read_bytes()

        def rows() -> Any:
            yield {"instruction": "新", "output": "b"}
            raise InputError("the source breaks off")

        with pytest.raises(InputError, match="breaks off"):
            write_records(path, rows())
        assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == len(ENDINGS)


def test_nan_is_never_written(tmp_path: Path) -> None:
    for ending in ENDINGS:
        with pytest.raises((StoreError, InputError, ValueError), match=r"finite|JSON"):
            write_records(tmp_path / f"a{ending}", [{"instruction": "a", "x": float("nan")}])


# --- json ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:40] for case in CASES])
def test_a_broken_row_is_named_and_mended_only_where_nothing_changes(case: dict[str, Any]) -> None:
    assert broken_json.is_cut(case["text"]) == case.get("cut", False)
    assert broken_json.looks_like(case["text"]) == case["looks"]
    if not case.get("cut"):
        assert broken_json.mend(case["text"]) == case["mended"]


def test_a_baselines_jsonl_is_read_around_its_broken_lines(tmp_path: Path) -> None:
    path = text_file(
        tmp_path / "a.jsonl",
        '\ufeff{"ｉｎｓｔｒｕｃｔｉｏｎ": "一", " output ": "甲", "①": 1}\r\n\r\n'
        '{"instruction": "二", "output": 07:51}\r\n'
        '{"introduction": "三", "output": "丙"}\r\n'
        '{"instruction": "四", "output": "丁"} {"instruction": "五", "output": "戊"}\r\n'
        "[1]\r\n"
        '{"instruction": "六", "outp',
    )
    rows, findings = read(path)
    assert rows == [
        {"instruction": "一", "output": "甲", "①": 1},
        {"introduction": "三", "output": "丙"},
    ]
    assert told(findings) == [
        ("a.jsonl:3 not valid JSON", "a value without quotation marks", True),
        ("a.jsonl:5 not valid JSON", "two objects on one line", True),
        ("a.jsonl:6 not an object", "[1]", True),
        ("a.jsonl:7 not valid JSON", "the file ends in the middle of a row", True),
    ]
    rows, findings = read(path, repair=True)
    assert [row["instruction"] for row in rows] == ["一", "二", "三", "四", "五"]
    assert told(findings)[:3] == [
        ("a.jsonl:3 repaired", "a value without quotation marks", False),
        ("a.jsonl:4 repaired", "'introduction' read as 'instruction'", False),
        ("a.jsonl:5 repaired", "two objects on one line", False),
    ]
    with pytest.raises(InputError, match=r"a\.jsonl:3: not valid JSON: a value without quot"):
        list(read_records(path))


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_a_list_names_the_line_of_each_row_and_goes_on_behind_a_broken_one(
    tmp_path: Path, indent: int | str | None
) -> None:
    good = [
        {"conversations": [{"from": "human", "value": f"{n}"}, {"from": "gpt", "value": "{]"}]}
        for n in range(3)
    ]
    text = json.dumps(good, indent=indent, ensure_ascii=False)
    path = text_file(tmp_path / "a.json", text.replace('"value": "1"', '"value": 1"'))
    findings: list[Finding] = []
    records = list(read_records(path, found=findings.append))
    assert [record.fields for record in records] == [good[0], good[2]]
    assert [f.rule for f in findings if f.lost] == ["not valid JSON"]
    wanted = [text[: text.index(f'"value": "{n}"')].count("\n") + 1 for n in (0, 2)]
    begins = 4 if indent else 0  # a row's bracket stands four lines above its first value
    places = [record.where.rpartition(":")[2] for record in records]
    if indent is None:  # all on one line, where a place names the item too
        assert places == ["1", "1 item 3"]
        assert [f.where.rpartition(":")[2] for f in findings] == ["1 item 2"]
    else:
        assert [int(place) + begins for place in places] == wanted


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.dictionaries(TEXT.filter(str.isalnum), NESTED, max_size=3), max_size=5),
    indent=st.sampled_from([None, 0, 3]),
    piece=st.integers(1, 7),
)
def test_a_list_is_read_the_same_however_its_text_arrives(
    rows: list[dict[str, Any]], indent: int | None, piece: int
) -> None:
    from harness.rows.json_stream import Stream

    text = json.dumps(rows, indent=indent, ensure_ascii=False)
    pieces = (text[at : at + piece] for at in range(0, len(text), piece))
    stream = Stream(pieces, json.JSONDecoder(), Path("a.json"))
    assert stream.peek() == "["
    wrong: list[str] = []
    assert [value for _, value in stream.items(lambda _, what, __: wrong.append(what))] == rows
    assert not wrong


@pytest.mark.parametrize(
    ("text", "where", "detail"),
    [
        ('[{"a": 1},\n]', "a.json:2", "a comma before the closing bracket"),
        ('[{"a": 1}\n{"a": 2}]', "a.json:2", "a comma is missing before this row"),
        ('[{"a": 1},,\n{"a": 2}]', "a.json:1", "a comma too many"),
        ('[{"a": 1}\n', "a.json:2", "the file ends before the list does"),
        ('[{"a": 1}]\n\n[]', "a.json:3", "another list follows"),
        ('[{"a": 1}, {"a": 2} {"a": 3}]', "a.json:1 item 3", "a comma is missing before this row"),
        ('[{"a": 1}, {"a": 2}, ]', "a.json:1 item 2", "a comma before the closing bracket"),
    ],
)
def test_what_is_wrong_between_rows_is_told(
    tmp_path: Path, text: str, where: str, detail: str
) -> None:
    rows, findings = read(text_file(tmp_path / "a.json", text))
    assert rows[0] == {"a": 1}
    assert told(findings) == [(f"{where} not valid JSON", detail, False)]
    with pytest.raises(InputError, match=detail):
        list(read_records(tmp_path / "a.json"))


def test_lists_behind_one_another_are_all_read(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.json", '[{"a": 1}, {"a": 2}][{"a": 3}]\n[]\n[{"a": 4}] {"a": 5}')
    rows, findings = read(path)
    assert rows == [{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}]
    assert told(findings) == [
        ("a.json:1 item 3 not valid JSON", "another list follows", False),
        ("a.json:2 not valid JSON", "another list follows", False),
        ("a.json:3 not valid JSON", "another list follows", False),
        ("a.json:3 item 2 not valid JSON", "something follows the list; it is not read", True),
    ]
    mended = read(path, repair=True)
    assert mended[0] == rows
    assert [f.rule for f in mended[1]] == ["repaired"] * 3 + ["not valid JSON"]


@pytest.mark.parametrize(
    ("name", "text", "places"),
    [
        (
            "a.json",
            '[{"a": 1}, 5, {"a": 2},\n {"a": 3}, {"a": 4}]',
            ["1", "1 item 3", "2", "2 item 2"],
        ),
        ("a.json", '[{"a": 1}, {"a": x}, {"a": 2}]', ["1", "1 item 3"]),
        ("a.json", '[{\n"a": 1}, {"a": 2}, {"a": 3}]', ["1", "2", "2 item 2"]),
        ("a.json", '{\n"a": 1} {"a": 2} {"a": 3}', ["1", "2", "2 item 2"]),
        ("a.jsonl", '{"a": 1} {"a": 2}\n{"a": 3}\n', ["1", "1 item 2", "2"]),
    ],
)
def test_rows_that_begin_on_one_line_have_a_place_each(
    tmp_path: Path, name: str, text: str, places: list[str]
) -> None:
    path = text_file(tmp_path / name, text)
    findings: list[Finding] = []
    records = read_records(path, found=findings.append, repair=name.endswith("l"))
    assert [record.where for record in records] == [f"{path}:{place}" for place in places]


def test_a_json_file_may_hold_an_object_a_line(tmp_path: Path) -> None:
    path = text_file(tmp_path / "dev.json", '{"id": 0, "label": "1"}\n{"id": 1, "label": "0"}\n')
    assert [r.where.rpartition("/")[2] for r in read_records(path)] == ["dev.json:1", "dev.json:2"]
    text_file(path, '{\n "id": 0\n}\n{\n "id": 1\n}\n')
    assert [dict(r.fields) for r in read_records(path)] == [{"id": 0}, {"id": 1}]


def test_bare_turns_are_a_conversation_and_said_to_be(tmp_path: Path) -> None:
    turns = [{"from": "human", "value": "问"}, {"from": "gpt", "value": "答"}]
    whole = {"conversations": turns}
    for value, rows in ((turns, [whole]), ([turns, turns], [whole, whole])):
        path = text_file(tmp_path / "a.json", json.dumps(value))
        assert read(path)[0] == rows
        assert {f.rule for f in read(path)[1]} == {"bare turns"}
    lines = text_file(tmp_path / "a.jsonl", json.dumps([{"role": "user", "content": "问"}]) + "\n")
    assert read(lines)[0] == [{"messages": [{"role": "user", "content": "问"}]}]


def test_a_number_without_end_is_named(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.jsonl", '{"id": 1e999}\n{"id": -Infinity}\n{"id": 1e9}\n')
    rows, findings = read(path)
    assert rows == [{"id": 1e9}]
    assert told(findings) == [
        ("a.jsonl:1 not valid JSON", "1e999 is too large for a number", True),
        ("a.jsonl:2 not valid JSON", "-Infinity is not a JSON number", True),
    ]


def test_a_field_said_twice_is_told(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.jsonl", '{"output": "甲", "ｏｕｔｐｕｔ": "乙"}\n{"a": 1}\n')
    rows, findings = read(path)
    assert rows == [{"output": "乙"}, {"a": 1}]
    assert told(findings) == [
        ("a.jsonl:1 repeated field", "'output' stands there twice; the last one counts", False)
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            '{"a": "你好"}\n'.encode("gbk") + b"\xff",
            "not UTF-8 at byte 7, nor GBK at byte 14; save it as UTF-8",
        ),
        ('{"a": "你好"}\n{"b": "'.encode() + b'\xff"}', "not UTF-8 at byte 23; save it as UTF-8"),
        ('{"a": 1}'.encode("utf-16") + b"\0", "not UTF-16 at byte 18"),
        ('{"a": "café noël"}'.encode("latin-1"), "not UTF-8 at byte 10; save it as UTF-8"),
        ('{"a": "你好吗'.encode()[:-1], "not UTF-8 at byte 13; save it as UTF-8"),
        ("\ufeff你".encode()[:-1], "not UTF-8 at byte 3; save it as UTF-8"),
    ],
)
@pytest.mark.parametrize("ending", [".json", ".jsonl", ".csv"])
def test_bad_bytes_are_named_by_their_place_in_the_file(
    tmp_path: Path, data: bytes, sentence: str, ending: str
) -> None:
    path = text_file(tmp_path / f"a{ending}", data)
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {sentence}"


def test_bad_bytes_far_into_a_file_are_named(tmp_path: Path) -> None:
    head = b"[" + b'{"a": "\xe4\xbd\xa0"},\n' * 100_000
    path = text_file(tmp_path / "a.json", head + b'{"a": "\xff"}]')
    with pytest.raises(InputError, match=f"not UTF-8 at byte {len(head) + 7};"):
        list(read_records(path))


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.jsonl", "[\n{}\n]", "holds a list; name it a.json"),
        ("a.jsonl", '[{"a": 1}, {"a": 2}]\n', "holds a list; name it a.json"),
        ("a.json", "你好", "holds neither a list nor objects"),
        ("a.xls", "", r"did you mean '\.xlsx'"),
        ("a.csv", "a,a\n1,2\n", "the column 'a' stands there twice"),
        ("a.csv", 'a,b\n1,"2\n', r"a\.csv:2: cannot be read as csv: a quotation mark is never"),
        ("a.xlsx", "PK", "not an xlsx"),
        ("a.parquet", "PAR1", "cannot be read as parquet"),
    ],
)
def test_a_file_that_is_something_else_says_what(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    path = text_file(tmp_path / name, text)
    with pytest.raises(InputError, match=sentence):
        read(path)


def test_a_carriage_return_ends_a_line_of_csv_too(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", 'a,b\r1,"x\ry"\r2,z\r')
    assert read(path) == ([{"a": "1", "b": "x\ry"}, {"a": "2", "b": "z"}], [])


def test_a_link_to_nothing_is_named_as_one(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "gone.jsonl")
    with pytest.raises(InputError, match=r"a\.jsonl: is a link to a file that is not there"):
        read(tmp_path / "a.jsonl")


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    text_file(tmp_path / "train.jsonl", "")
    with pytest.raises(InputError, match=r"no such file \(did you mean 'train\.jsonl'\?\)"):
        read(tmp_path / "trian.jsonl")
