"""One file, however it was saved: every command that reads it finds the same rows.

Three exchanges, two of them with one question, the answers with a line end of Windows inside. They
are written as text in every encoding, and as workbooks as people leave them, and each command's own
reader must find them all the same. `MEANINGLESS` says which files a command does not take at all.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from harness.core import Finding
from harness.data.convert import convert
from harness.data.samples import read_items
from harness.data.split_file import Request, split_file
from harness.data.stats import measure
from harness.data.validate import Question, validate
from harness.distill.dialogue.novel import read_text
from harness.errors import InputError
from harness.question_files.reading import read_questions
from harness.rows.files import read_records
from harness.scoring.answer_files import read_predictions
from harness.starter.sheet import read_sheet
from harness.tables.load import load_table
from harness.tables.table import Column
from suites.fewclue import files as fewclue
from suites.reading.workbook import Row, read_passages, read_workbook
from suites.roleplay.questions import READS as ROLEPLAY
from suites.ruozhiba.questions import READS as RUOZHIBA
from suites.ruozhiba.questions import without_placeholders
from suites.style.options import Options
from suites.style.rows import read_rows

Said = list[tuple[str, ...]]
# A header and rows.
Cells = Sequence[Sequence[str]]

PAIRS: Said = [
    ("河边的人是谁？", "是小满。\r\n她在等船。"),
    ("河边的人是谁？", "是老周。\r\n他在撑船。"),
    ("这条船要去哪儿？", "到对岸的\r\n渡口去。"),
]


# --- files ---------------------------------------------------------------------------------------


def _json(cells: Cells, indented: bool) -> str:
    rows = [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]
    if indented:
        return json.dumps(rows, ensure_ascii=False, indent=1).replace("\n", "\r\n")
    return "".join(json.dumps(row, ensure_ascii=False) + "\r\n" for row in rows)


def _csv(cells: Cells, separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(cells)
    return out.getvalue()


TEXTS: Mapping[str, Callable[[Cells], str]] = {
    ".csv": lambda cells: _csv(cells, ","),
    ".tsv": lambda cells: _csv(cells, "\t"),
    ".jsonl": lambda cells: _json(cells, indented=False),
    ".json": lambda cells: _json(cells, indented=True),
    ".txt": lambda _: "\r\n\r\n".join(answer for _, answer in PAIRS) + "\r\n",
}
ENCODINGS: Mapping[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "line feeds alone": lambda text: text.replace("\r\n", "\n").encode(),
    "GBK": lambda text: text.encode("gbk"),
    "GB18030": lambda text: text.replace("小满", "𠮷满").encode("gb18030"),
    "UTF-16 LE": lambda text: text.encode("utf-16-le"),
    "UTF-16 BE": lambda text: text.encode("utf-16-be"),
    "UTF-16 LE with a mark": lambda text: f"\ufeff{text}".encode("utf-16-le"),
    "UTF-16 BE with a mark": lambda text: f"\ufeff{text}".encode("utf-16-be"),
}


def _book(path: Path, cells: Cells) -> openpyxl.Workbook:
    """A workbook as spreadsheet programs save it: a carriage return in a cell is escaped."""
    book = openpyxl.Workbook()
    for row in cells:
        book.worksheets[0].append([cell.replace("\r", "_x000D_") for cell in row])
    book.save(path)
    return book


def _merged(path: Path, cells: Cells) -> None:
    book = _book(path, cells)
    book.worksheets[0].merge_cells("B2:B3")
    book.save(path)


def _hidden_rows(path: Path, cells: Cells) -> None:
    book = _book(path, cells)
    book.worksheets[0].auto_filter.ref = "A1:C4"
    book.worksheets[0].row_dimensions[3].hidden = True
    book.save(path)


def _hidden_sheet(path: Path, cells: Cells) -> None:
    book = _book(path, cells)
    other = book.create_sheet("字典", 0)
    for row in (("键", "值"), ("a", "1"), ("b", "2"), ("c", "3")):
        other.append(row)
    other.sheet_state = "hidden"
    book.active = 1
    book.save(path)


def _with_macros(path: Path, cells: Cells) -> None:
    """What makes an xlsm of a workbook, apart from the macros themselves, is its type."""
    _book(path, cells)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    plain = b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert plain in parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        plain, b"vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


WORKBOOKS: Mapping[str, tuple[str, Callable[[Path, Cells], object]]] = {
    "workbook": (".xlsx", _book),
    "merged cells": (".xlsx", _merged),
    "hidden rows": (".xlsx", _hidden_rows),
    "hidden sheet": (".xlsx", _hidden_sheet),
    "workbook with macros": (".xlsm", _with_macros),
}


# --- commands ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """A reader of files: what its columns are called, and the rows that it finds.

    `folds` says whether it joins lines, as tables do with all white space; `names` is what stands
    in the first column.
    """

    header: tuple[str, str, str]
    read: Callable[[Path], Said]
    expected: Said
    folds: bool = False
    names: tuple[str, ...] = ("1", "2", "3")

    @property
    def cells(self) -> Cells:
        """What stands in its files."""
        rows = ((name, *row) for name, row in zip(self.names, PAIRS, strict=True))
        return [self.header, *rows]


def _score_questions(path: Path) -> Said:
    return [(sample.messages[0].content, str(sample.gold.value)) for sample in read_questions(path)]


def _score_answers(path: Path) -> Said:
    return [(output.sample_id, output.text) for output in read_predictions(path, ["1", "2", "3"])]


def _records(path: Path) -> Said:
    return [(r.fields["instruction"], r.fields["output"]) for r in read_records(path)]


def _convert(path: Path) -> Said:
    convert(path, path.parent / "out.jsonl", source_format="alpaca", target_format="alpaca")
    return _records(path.parent / "out.jsonl")


def _split(path: Path) -> Said:
    shares = {"train": 0.5, "test": 0.5}
    told = split_file(Request(path, shares, path.parent / "out", seed=None, format="alpaca"))
    return sorted(row for part in told.parts for row in _records(part.path))


def _validate(path: Path) -> Said:
    checked = validate(Question(path, format="alpaca"))
    rules = [rule for _, rule in checked.counts if rule not in ("encoding", "sheet not read")]
    return [(str(checked.rows), str(checked.repeats.repeated_instructions), *rules)]


def _stats(path: Path) -> Said:
    found = measure(path, "alpaca")
    return [(str(found.rows), str(found.lengths["reply"].maximum))]


def _init(path: Path) -> Said:
    _, places, duties = (column.cells for column in read_sheet(path, None).columns)
    return [(str(place), str(duty)) for place, duty in zip(places, duties, strict=True)]


def _table(path: Path) -> Said:
    columns = [Column(name, "text") for name in TABLE]
    rows = load_table(path, columns, TABLE[0]).rows
    return [(str(row[TABLE[1]]), str(row[TABLE[2]])) for row in rows]


def _reading(path: Path) -> Said:
    rows = [row for row in read_workbook(path) if isinstance(row, Row)]
    return [(row.passage, row.questions) for row in rows]


def _passages(path: Path) -> Said:
    return [(row.passage,) for row in read_passages(path)]


def _fields(path: Path, reads: tuple[str, ...]) -> Said:
    mend = without_placeholders if reads is RUOZHIBA else dict
    items = read_items(path, reads, mend).items
    turns = [item.conversation.turns for item in items if item.conversation is not None]
    return [(asked.content, answer.content) for asked, answer in turns]


def _style(path: Path) -> Said:
    return [
        (row.user, row.reply) for row in read_rows(Options(data=path, styles=("1", "2", "3"))).rows
    ]


def _fewclue(path: Path) -> Said:
    rows = fewclue.read(path, "bustm").rows
    return [(row.sentence1, row.sentence2) for row in rows]


def _novel(path: Path) -> Said:
    return [(paragraph,) for paragraph in read_text(path)[0].strip().split("\n\n")]


TABLE = ("编号", "地点", "职责")
ALPACA = ("id", "instruction", "output")
ANSWERS: Said = [(answer,) for _, answer in PAIRS]
TOLD: Said = [(str(number), answer) for number, (_, answer) in enumerate(PAIRS, start=1)]

COMMANDS: Mapping[str, Command] = {
    "score, questions": Command(("id", "question", "answer"), _score_questions, PAIRS),
    "score, answers": Command(("id", "note", "text"), _score_answers, TOLD),
    "data convert": Command(ALPACA, _convert, PAIRS),
    "data split": Command(ALPACA, _split, sorted(PAIRS)),
    "data validate": Command(ALPACA, _validate, [("3", "1", "conflicting replies")]),
    "data stats": Command(ALPACA, _stats, [("3", "11")]),
    "init": Command(TABLE, _init, PAIRS, folds=True),
    "table": Command(TABLE, _table, PAIRS, folds=True),
    "reading": Command(("答案", "阅读文本", "选项"), _reading, PAIRS),
    "reading, passages": Command(("答案", "选项", "阅读文本"), _passages, ANSWERS, folds=True),
    "roleplay": Command(ALPACA, lambda path: _fields(path, ROLEPLAY), PAIRS),
    "roleplay, novel": Command(ALPACA, _novel, ANSWERS, folds=True),
    "ruozhiba": Command(ALPACA, lambda path: _fields(path, RUOZHIBA), PAIRS),
    "style": Command(("style", "user", "assistant"), _style, PAIRS),
    "fewclue": Command(("label", "sentence1", "sentence2"), _fewclue, PAIRS,
                       names=("0", "1", "0")),
}  # fmt: skip
# What a command does not take, and why not.
MEANINGLESS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "score, questions": ((".txt",), "a question is a row with an id"),
    "score, answers": ((".txt", ".csv", ".tsv", ".json", ".xlsx", ".xlsm"),
                       "answers are JSON Lines, as systems write them"),
    "data convert": ((".txt",), "data are rows"),
    "data split": ((".txt",), "data are rows"),
    "data validate": ((".txt",), "data are rows"),
    "data stats": ((".txt",), "data are rows"),
    "init": ((".txt", ".jsonl", ".json"), "a table has columns that people see"),
    "table": ((".txt", ".jsonl", ".json"), "a table has columns that people see"),
    "reading": ((".txt", ".jsonl", ".json"), "questions on passages are kept in workbooks"),
    "reading, passages": ((".jsonl", ".json"), "passages are kept in tables or as plain text"),
    "roleplay": ((".txt",), "exchanges are rows"),
    "roleplay, novel": ((".csv", ".tsv", ".jsonl", ".json", ".xlsx", ".xlsm"), "a novel is text"),
    "ruozhiba": ((".txt",), "records are rows"),
    "style": ((".txt",), "replies are rows"),
    "fewclue": ((".txt", ".csv", ".tsv", ".xlsx", ".xlsm"), "the public files are JSON Lines"),
}  # fmt: skip


def taken(command: str, endings: Sequence[str]) -> list[str]:
    return [ending for ending in endings if ending not in MEANINGLESS[command][0]]


CASES = [
    (command, ending, encoding)
    for command in COMMANDS
    for ending in taken(command, list(TEXTS))
    for encoding in ENCODINGS
]
SHEETS = [
    (command, kind)
    for command in COMMANDS
    for kind, (ending, _) in WORKBOOKS.items()
    if taken(command, [ending])
]


def same(rows: Said, *, folds: bool) -> Said:
    """Rows as they are compared: line ends are those of the file, and may be blanks."""
    end = " " if folds else "\n"
    return [tuple(cell.replace("\r\n", "\n").replace("\n", end) for cell in row) for row in rows]


# --- tests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "ending", "encoding"), CASES)
def test_text_in_any_encoding_is_the_same_rows(
    tmp_path: Path, name: str, ending: str, encoding: str
) -> None:
    command = COMMANDS[name]
    path = tmp_path / f"dev{ending}"
    path.write_bytes(ENCODINGS[encoding](TEXTS[ending](command.cells)))
    expected = same(command.expected, folds=command.folds)
    if encoding == "GB18030":  # the character that GBK has not
        expected = [tuple(cell.replace("小满", "𠮷满") for cell in row) for row in expected]
        expected = sorted(expected) if name == "data split" else expected
    if name == "data stats" and encoding == "line feeds alone" and not ending.startswith(".json"):
        expected = [("3", "10")]
    assert same(command.read(path), folds=command.folds) == expected


@pytest.mark.parametrize(("name", "kind"), SHEETS)
def test_a_workbook_as_people_leave_it_is_the_same_rows(
    tmp_path: Path, name: str, kind: str
) -> None:
    command = COMMANDS[name]
    ending, write = WORKBOOKS[kind]
    write(tmp_path / f"dev{ending}", command.cells)
    found = command.read(tmp_path / f"dev{ending}")
    assert same(found, folds=command.folds) == same(command.expected, folds=command.folds)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_does_not_take_is_a_sentence(tmp_path: Path, name: str) -> None:
    command = COMMANDS[name]
    for ending in {*TEXTS} & {*MEANINGLESS[name][0]}:
        path = tmp_path / f"dev{ending}"
        path.write_text(TEXTS[ending](command.cells), "utf-8")
        if name == "roleplay, novel" or (name, ending) == ("score, answers", ".json"):
            continue  # read as the text, or the lines, that such a file is
        with pytest.raises(InputError, match=f"dev{ending}"):
            command.read(path)


def test_a_trainer_is_said_to_stop_at_what_is_not_utf8(tmp_path: Path) -> None:
    for encoding in ("GBK", "UTF-16 LE"):
        path = tmp_path / "a.jsonl"
        path.write_bytes(ENCODINGS[encoding](TEXTS[".jsonl"](COMMANDS["data validate"].cells)))
        checked = validate(Question(path))
        assert [(fault.rule, fault.harm) for fault in checked.faults[:1]] == [("encoding", "fails")]
        assert not checked.fine
        findings: list[Finding] = []
        list(read_records(path, found=findings.append))
        name = "gbk" if encoding == "GBK" else "utf-16"
        assert [f.detail for f in findings] == [f"read as {name}, not UTF-8"]
