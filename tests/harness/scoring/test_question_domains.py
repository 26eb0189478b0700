"""What answers of a question file could be: a file scores exactly as the suite that wrote it."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from harness.core import Domain, Output, Sample, Suite
from harness.errors import InputError
from harness.metrics.summary import check_all
from harness.question_files.reading import Questions, read_questions
from harness.scoring.catalogue import describe_suite
from harness.scoring.score_files import build_suite
from harness.starter.init import Request, start
from tests.harness.distill.test_other_tables import TABLES

SUITES = ("timetable", *TABLES)


def options(name: str, folder: Path) -> tuple[str, list[str]]:
    """A suite's name and options: the timetable, or a table that `podium init` started."""
    if name == "timetable":
        return "timetable", []
    path = folder / "table.csv"
    path.write_text(TABLES[name], encoding="utf-8")
    definition = start(Request(path)).suite
    return "table", [f"table={path}", f"definition={definition}"]


def written(name: str, folder: Path, suffix: str) -> tuple[Suite, Questions]:
    """A suite, and its questions as they come back from a file that Podium wrote."""
    suite, changes = options(name, folder)
    path = folder / "q.jsonl"
    describe_suite(suite, changes, questions=path)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return build_suite(suite, changes), read_questions(convert(folder / f"q.{suffix}", rows))


def convert(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """A question file in another format, as people convert it: objects become JSON text."""
    if path.suffix == ".json":
        path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    elif path.suffix in (".csv", ".xlsx"):
        cells: list[list[object]] = [list(rows[0])]
        cells += [[_cell(value) for value in row.values()] for row in rows]
        if path.suffix == ".csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(cells)
        else:
            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet()
            for line in cells:
                sheet.append(line)
            book.save(path)
    return path


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def answers(sample: Sample, domain: Domain) -> list[str]:
    """Answers good and bad, aliases and the list of all names among them."""
    names = sorted({*domain.values, *domain.aliases})[:400]
    said = f"{names[0]}或{sample.reference}" if names else "无"
    return [
        sample.reference,
        *[joint.join(names) for joint in ("、", "\n", " ", "。", ", ")],
        *names[:6],
        said,
        "没有",
    ]


@pytest.mark.parametrize("name", SUITES)
def test_a_written_file_scores_exactly_as_its_suite(name: str, tmp_path: Path) -> None:
    suite, asked = written(name, tmp_path, "jsonl")
    assert [s.id for s in asked] == [s.id for s in suite.test]
    for sample, back in zip(suite.test, asked, strict=True):
        domain = suite.domains.get(sample.domain, Domain())
        assert asked.domains.get(back.domain, Domain()) == domain
    seen: set[tuple[str, str]] = set()
    for sample, back in zip(suite.test, asked, strict=True):
        if (sample.template, sample.gold.kind) in seen:
            continue
        seen.add((sample.template, sample.gold.kind))
        outputs = [
            Output(sample.id, text)
            for text in answers(sample, suite.domains.get(sample.domain, Domain()))
        ]
        verdicts = check_all([sample] * len(outputs), outputs, suite.domains).verdicts
        assert check_all([back] * len(outputs), outputs, asked.domains).verdicts == verdicts


@pytest.mark.parametrize("suffix", ["json", "csv", "xlsx"])
def test_every_format_holds_the_domains(suffix: str, tmp_path: Path) -> None:
    suite, asked = written("timetable", tmp_path, suffix)
    used = {sample.domain for sample in suite.test if sample.domain in suite.domains}
    assert asked.domains == {name: suite.domains[name] for name in used}
    assert [s.domain for s in asked] == [s.domain for s in suite.test]


def test_values_stand_once_and_a_long_domain_fits_into_cells(tmp_path: Path) -> None:
    table = tmp_path / "many.csv"
    names = [f"生产厂家名称第{number:05d}号有限公司" for number in range(3000)]
    lines = [f"产品{number},{name}" for number, name in enumerate(names)]
    table.write_text("产品,厂家\n" + "\n".join(lines), encoding="utf-8")
    path = tmp_path / "q.jsonl"
    definition = start(Request(table)).suite
    describe_suite("table", [f"table={table}", f"definition={definition}"], questions=path)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    cells = [json.dumps(row["domain"], ensure_ascii=False) for row in rows]
    assert max(map(len, cells)) < 32_767
    assert sum(cell.count(names[7]) for cell in cells) == 1
    asked = read_questions(convert(tmp_path / "q.csv", rows))
    assert asked.domains["厂家"].values == frozenset(names)


def file_of(tmp_path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path = tmp_path / "q.jsonl"
    lines = (json.dumps({"question": "q", **row}, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_ways_to_write_a_domain(tmp_path: Path) -> None:
    told = {"name": "站", "values": ["兰州", "西宁"], "aliases": {"金城": "兰州"}}
    rows: list[dict[str, Any]] = [
        {"id": "1", "answer": "兰州", "domain": "站"},
        {"id": "2", "answer": "西宁", "domain": told},
        {"id": "3", "answer": "红", "domain": ["红", "蓝"]},
        {"id": "4", "answer": "大", "domain": "大、小"},
        {"id": "5", "answer": "x", "domain": None},
        {"id": "6", "answer": "银川", "domain": json.dumps({"name": "站", "values": ["银川"]})},
    ]
    asked = read_questions(file_of(tmp_path, rows))
    found = [asked.domains.get(sample.domain, Domain()).values for sample in asked]
    stations = {"兰州", "西宁", "银川"}
    assert found == [stations, stations, {"红", "蓝"}, {"大", "小"}, set(), stations]
    assert asked.domains["站"].aliases == {"金城": "兰州"}


@pytest.mark.parametrize(
    ("domain", "says"),
    [
        ("站", "the values of domain '站' stand nowhere"),
        (5, "domain must be a name, a list or an object, not 5"),
        ("[1", "domain is not valid JSON"),
        ({"values": ["a"]}, "name must be text, not ''"),
        ({"name": "a", "value": ["a"]}, "has no 'value' (did you mean 'values'?)"),
        ({"name": "a", "values": [1]}, "values must be a list of texts"),
        ({"name": "a", "values": "b"}, "values must be a list of texts"),
        ({"name": "a", "aliases": ["b"]}, "aliases must map a text"),
    ],
)
def test_a_domain_that_cannot_be_read(domain: object, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_questions(file_of(tmp_path, [{"id": "1", "answer": "兰州", "domain": domain}]))
    assert str(error.value).startswith(f"{tmp_path / 'q.jsonl'}:1: ")
    assert says in str(error.value)


def test_without_one_the_right_answers_are_the_domain(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "1", "answer": "兰州", "family": "to"},
        {"id": "2", "answer": "西宁", "family": "to"},
        {"id": "3", "answer": "红", "family": "colour"},
        {"id": "4", "answer": "07:06", "family": "to"},
        {"id": "5", "answer": "", "kind": "none", "family": "to"},
        {"id": "6", "answer": ["语文", "数学"], "kind": "set", "family": "to"},
    ]
    asked = read_questions(file_of(tmp_path, rows))
    found = [asked.domains.get(sample.domain, Domain()).values for sample in asked]
    places, subjects = {"兰州", "西宁"}, {"语文", "数学"}
    assert found == [places, places, set(), set(), places | subjects, subjects]
    said = [
        Output("1", f"西宁{joint}兰州") for joint in ("\n", " ", "。", "；", "—", "|", "/", "和")
    ]
    verdicts = check_all([asked[0]] * len(said), said, asked.domains).verdicts
    assert [verdict.value for verdict in verdicts if verdict] == [0] * len(said)
