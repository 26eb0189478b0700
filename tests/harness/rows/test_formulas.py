"""What a spreadsheet would run does not leave here as it is, and comes back as it was."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from harness.data.commands import data
from harness.data.convert import convert
from harness.rows.files import read_records, write_records
from harness.rows.formulas import guarded, unguarded

LIVE = [
    "=1+1", "@SUM(1)", "+cmd", "-cmd|' /C calc'!A0", "-1+2", "+1-555-0100", "\t=1", "\r=1", "\n=1",
    '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", "＝1+1", "＠SUM", "－1+1", "＋a", "- 列表",
    "--", "=", "-", "@", "'=1", "''=1", "'-x", "'\t", "-1,5", "-0x10", "-1-", "=\n1",
]  # fmt: skip
QUIET = ["-5", "+5", "-0.5", "-.5", "+1e-4", "-12%", "5", "a=1", " =1", "'", "'a", "'-5", "1+1",
         "“=1”", "—破折号", "…", "[=1]", "答：-5"]  # fmt: skip


def cells(path: Path) -> list[list[str]]:
    delimiter = "\t" if path.suffix == ".tsv" else ","
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def rows(path: Path) -> list[dict[str, Any]]:
    return [dict(record.fields) for record in read_records(path)]


@pytest.mark.parametrize("ending", [".csv", ".tsv"])
@pytest.mark.parametrize("text", LIVE + QUIET)
def test_there_and_back(tmp_path: Path, text: str, ending: str) -> None:
    row = {"instruction": text, "output": "x", "more": text}
    for raw in (False, True):
        path = tmp_path / f"{raw}{ending}"
        write_records(path, [row], raw=raw)
        assert rows(path) == [row]
    (_, safe), (_, plain) = cells(tmp_path / f"False{ending}"), cells(tmp_path / f"True{ending}")
    # Numbers stay as they are; what is guarded already is told from it by one mark more.
    if text in LIVE:
        assert safe[0] == safe[2] == f"'{text}"
    if text in LIVE and not text.startswith("'"):
        assert plain[0] == plain[2] == text
    if text in QUIET and not text.startswith("'"):
        assert safe[0] == plain[0] == text


@given(st.text(st.sampled_from("'=+-@\t\r\n＝1.a \"%e"), max_size=8))
def test_any_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert unguarded(guarded(text, raw=True)) == text


def test_numbers_are_untouched(tmp_path: Path) -> None:
    write_records(tmp_path / "a.csv", [{"n": -5, "f": -0.5, "t": True, "l": ["=1"], "o": "=1"}])
    assert cells(tmp_path / "a.csv")[1] == ["-5", "-0.5", "true", '["=1"]', "'=1"]


def test_names_of_columns_too(tmp_path: Path) -> None:
    row = {"output": "a", "=cmd": "b", "-x": "c"}
    write_records(tmp_path / "a.csv", [row])
    assert cells(tmp_path / "a.csv")[0] == ["output", "'=cmd", "'-x"]
    assert rows(tmp_path / "a.csv") == [row]


def test_convert_guards_and_says_so(tmp_path: Path) -> None:
    source, target = tmp_path / "a.jsonl", tmp_path / "b.csv"
    write_records(
        source, [{"instruction": "=1+1", "output": "-5"}, {"instruction": "一", "output": "- 二"}]
    )
    done = convert(source, target)
    assert cells(target)[1:] == [["'=1+1", "-5"], ["一", "'- 二"]]
    assert done.counts == {"begins like a formula": 2}
    assert not any(finding.lost for finding in done.findings)
    assert done.lost == ()
    back = tmp_path / "c.jsonl"
    assert convert(target, back).counts == {}
    assert rows(back) == rows(source)
    assert convert(target, target).written == 2
    assert cells(target)[1:] == [["'=1+1", "-5"], ["一", "'- 二"]]
    assert convert(source, target, raw=True).counts == {}
    assert cells(target)[1:] == [["=1+1", "-5"], ["一", "- 二"]]


@pytest.mark.parametrize(("options", "first"), [([], "'=1"), (["--raw"], "=1")])
def test_the_commands(tmp_path: Path, options: list[str], first: str) -> None:
    source = tmp_path / "a.csv"
    source.write_text("instruction,output\n=1,b\n", encoding="utf-8")
    for words in (["convert", source, tmp_path / "all.csv"],
                  ["split", source, "--to", "all=1", "--out", tmp_path]):  # fmt: skip
        result = CliRunner().invoke(data, [*map(str, words), *options])
        assert result.exit_code == 0, result.output
        assert cells(tmp_path / "all.csv")[1] == [first, "b"]
