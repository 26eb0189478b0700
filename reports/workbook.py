"""The leaderboard as an Excel workbook: strings stay strings, and equal boards equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from harness.rows.xlsx_writing import write_workbook
from reports import measures, pairs, seeds
from reports.answers import gold_text
from reports.columns import Column, rank_text, ranking_columns, raw_columns
from reports.conditions import asked_in
from reports.families import phrasings
from reports.sheet import Cell, add_sheet
from reports.strings import say, words
from reports.text import DASH
from reports.training_sheets import training_sheets
from reports.verdict import cautions, verdict

if TYPE_CHECKING:
    from openpyxl import Workbook

    from reports.board import Entry, Leaderboard
    from reports.runs import Answer

_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms)")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name


def workbook(board: Leaderboard) -> bytes:
    """The sheets of ranks, families, training data and answers, and the notes to them."""
    return _without_clock(write_workbook(partial(_fill, board=board)), board)


def _fill(book: Workbook, board: Leaderboard) -> None:
    _leaderboard(book, board)
    _seeds(book, board)
    _pairs(book, board)
    _families(book, board)
    _measures(book, board)
    training_sheets(book, board)
    if board.samples:
        _answers(book, board)
    _notes(book, board)


def _without_clock(data: bytes, board: Leaderboard) -> bytes:
    """Replace the moment of writing by that of the newest run, in the parts and in the zip."""
    stamp = _newest(board).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in sorted(old.namelist(), key=lambda part: (part != "[Content_Types].xml", part)):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<3>", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _newest(board: Leaderboard) -> datetime:
    times = [_moment(entry.summary.created) for entry in board.entries]
    return max(times).astimezone(UTC)


def _moment(text: str) -> datetime:
    """A run's time; one that is no ISO time, or has no zone, still sorts."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime(*_EPOCH[:3], tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _leaderboard(book: Workbook, board: Leaderboard) -> None:
    columns = [*ranking_columns(board)[1:], *raw_columns(board)]
    shaped = [("best rank", "0"), ("worst rank", "0")]
    shaped += [pair for column in columns for pair in _headings(column)]
    fields = board.fields.differing
    shaped += [(field, "") for field in fields]
    rows = [
        [
            *(entry.rank if entry.rank is not None else (DASH, DASH)),
            *(cell for column in columns for cell in _cells(entry, column)),
            *(values[at] for values in fields.values()),
        ]
        for at, entry in enumerate(board.entries)
    ]
    headings, forms = zip(*shaped, strict=True)
    add_sheet(book, "leaderboard", headings, forms, rows)


def _headings(column: Column) -> list[tuple[str, str]]:
    """Heading and number format of each cell of a column."""
    name = words()[column.key]
    if column.estimate is not None:
        return [(each, column.form) for each in (name, f"{name} low", f"{name} high")]
    if column.key == "seeds":
        ends = [(f"AS of seeds {each}", "0.0") for each in ("low", "high", "sd")]
        return [("seeds", column.form), *ends]
    return [(name, column.form)]


def _cells(entry: Entry, column: Column) -> list[Cell]:
    if column.key == "seeds":
        found = seeds.spread(entry.summary)
        ends = [None] * 3 if found is None else [found.low, found.high, found.sd]
        return [column.value(entry), *ends]
    if column.estimate is None:
        return [column.value(entry)]
    estimate = column.estimate(entry)
    return [estimate.value, estimate.low, estimate.high] if estimate else [None, None, None]


def _pairs(book: Workbook, board: Leaderboard) -> None:
    """Every two ranked entries."""
    heads = ["entry", "against", "difference", "low", "high", "detectable", "p (Holm)"]
    rows: list[list[Cell]] = [
        [row.first, row.second, row.value, row.low, row.high, row.detectable, row.p,
         "yes" if row.apart else "no"]
        for row in pairs.rows(board)
    ]  # fmt: skip
    if rows:
        forms = ["", "", *["0.0"] * 4, "0.0000", ""]
        add_sheet(book, "pairs", [*heads, "told apart"], forms, rows)


def _seeds(book: Workbook, board: Leaderboard) -> None:
    """A line a seed of the entries that were trained with several."""
    found = seeds.rows(board)
    if found:
        rows = [[one.entry, one.seed, one.accuracy, one.total] for one in found]
        heads = ["entry", "seed", "AS", "total"]
        add_sheet(book, "seeds", heads, ["", "0", "0.0", "0.0"], rows)


def _families(book: Workbook, board: Leaderboard) -> None:
    headings = ["rank", "entry"]
    for name in board.families:
        headings += [name, f"{name} n"]
    forms = ["", "", *("0.0", "#,##0") * len(board.families)]
    spread = phrasings(board) > 0
    if spread:
        headings += ["wordings", "lowest wording AS", "highest wording AS", "sd over wordings"]
        forms += ["#,##0", *["0.0"] * 3]
    rows: list[list[Cell]] = []
    for entry in board.entries:
        found = [entry.summary.families.get(name) for name in board.families]
        pairs = [(family.accuracy, family.n) if family else (None, None) for family in found]
        rows.append([rank_text(entry), entry.label, *(cell for pair in pairs for cell in pair)])
        rows[-1] += _spread(entry) if spread else []
    add_sheet(book, "families", headings, forms, rows)


def _spread(entry: Entry) -> list[Cell]:
    found = entry.summary.phrasings
    return [None] * 4 if found is None else [found.n, found.low, found.high, found.sd]


def _measures(book: Workbook, board: Leaderboard) -> None:
    """A line a measure with a column an entry, and what was noticed in the user's files."""
    found = measures.lines(board)
    if found:
        names = [entry.label for entry in board.entries]
        rows = (
            [line.group, line.name, line.n, *(cell.value for cell in line.cells), line.signature]
            for line in found
        )
        forms = ["", "", "#,##0", *("0.00" for _ in names), ""]
        heads = ["group", "measure", "questions", *names, "signature"]
        add_sheet(book, "measures", heads, forms, rows)
    findings = board.first.run.findings
    if findings:
        fields = ("rule", "where", "detail", "lost")
        told = ([str(finding.get(field, "")) for field in fields] for finding in findings)
        add_sheet(book, "noticed", list(fields), ["", "", "", ""], told)


_ANSWER_COLUMNS: dict[str, str] = {
    "question id": "",
    "family": "",
    "question": "",
    "gold": "",
    "reference": "",
    "entry": "",
    "answer": "",
    "result": "",
    "c": "0.00",
    "r": "0.00",
    "efficiency": "0.00",
    "why": "",
    "seconds": "0.000",
    "tokens": "#,##0",
    "finish": "",
}


def _answers(book: Workbook, board: Leaderboard) -> None:
    rows = (
        [
            sample.id,
            sample.family,
            sample.question,
            gold_text(sample.gold),
            sample.reference,
            entry.label,
            *_answer(entry.run.answers[sample.id]),
        ]
        for sample in board.samples.values()
        if sample.id in board.first.run.answers
        for entry in board.entries
    )
    add_sheet(book, "answers", list(_ANSWER_COLUMNS), list(_ANSWER_COLUMNS.values()), rows)


def _answer(answer: Answer) -> list[Any]:
    return [
        answer.error or answer.text,
        answer.status,
        answer.correct,
        answer.response,
        answer.efficiency,
        answer.note,
        answer.e2e_s,
        answer.output_tokens,
        answer.finish_reason,
    ]


def _notes(book: Workbook, board: Leaderboard) -> None:
    summary = board.first.summary
    rows = [["suite", f"{summary.suite} {summary.suite_version}"]]
    rows += [["wordings", say(note)] for note in asked_in(board)]
    rows += [["verdict", say(note)] for note in verdict(board)]
    rows += [["seeds", say(note)] for note in seeds.under(board)]
    rows += [["read with care", say(note)] for note in cautions(board)]
    rows += [["formula", line] for line in summary.scoring.formula]
    add_sheet(book, "notes", ["about", "text"], ["", ""], rows)
