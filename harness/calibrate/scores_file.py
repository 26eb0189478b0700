"""The file of official scores: a row a submission, with the run and what it got."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError, did_you_mean
from harness.metrics.measured import PARTS
from harness.rows.files import read_records
from harness.text.display import fold, show

TOTAL = "total"
# Names of columns, as `_plain` writes them; the likeliest first.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "run": (
        "run", "runs", "runfolder", "runname", "folder", "entry", "name", "model", "submission",
        "运行", "运行名", "运行目录", "目录", "文件夹", "名称", "名字", "模型", "模型名称", "条目",
        "提交",
    ),
    TOTAL: (
        "official", "officialscore", "officialtotal", "score", "total", "totalscore", "finalscore",
        "public", "leaderboard", "官方", "官方分", "官方分数", "官方得分", "官方成绩", "官方总分",
        "总分", "总得分", "得分", "分数", "成绩", "线上", "线上分", "线上分数", "榜单分数",
    ),
    "AS": (
        "as", "officialas", "accuracy", "accuracyscore", "准确率", "准确性", "准确性得分",
        "准确率得分", "回答准确性", "答案准确性",
    ),
    "ART": (
        "art", "officialart", "responsetime", "responsetimescore", "latency", "响应时间",
        "响应时间得分", "平均响应时间", "回答时间", "时间得分", "响应速度",
    ),
    "AE": (
        "ae", "officialae", "efficiency", "answerefficiency", "回答效率", "答案效率", "效率",
        "效率得分", "回答效率得分",
    ),
}  # fmt: skip
_PUNCTUATION = re.compile(r"[\W_]")
# Computed cells have all the digits of a float.
_NUMBER = re.compile(r"(\d{1,9})(?:\.(\d{1,30}))?\s?(?:分|%|points?|pts?)?")
_IN_TIME = re.compile(
    r"[(\[（【]\s*(?:秒|毫秒|分钟|m?s|secs?|seconds?|min(?:utes)?)\s*[)\]）】]", re.IGNORECASE
)
_MOST_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Submission:
    """One row: where it stands, which run it names, and its official scores by part and total.

    A row without a score is a run that could be submitted next.
    """

    where: str
    run: str
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All rows, and half of the unit that each column is rounded to."""

    submissions: tuple[Submission, ...]
    half: Mapping[str, float]


def read_scores(path: Path) -> Sheet:
    """Read a file of official scores: csv, tsv, xlsx, json, jsonl or parquet.

    Raises:
        InputError: it cannot be read, names no run or no score, or a score is no number from 0 to
            100; the message names the row.
    """
    rows = [(record.where, record.fields) for record in read_records(path)]
    if not rows:
        raise InputError(f"{path}: holds no rows")
    columns = _columns(path, dict.fromkeys(name for _, fields in rows for name in fields))
    kept: list[Submission] = []
    decimals = {field: 0 for field in columns if field != "run"}
    for where, fields in rows:
        if any(_text(fields.get(name)) for name in columns.values()):
            kept.append(_submission(where, fields, columns, decimals))
    half = {name: 0.5 * 10.0 ** -min(places, _MOST_DECIMALS) for name, places in decimals.items()}
    return Sheet(tuple(kept), half)


def _columns(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Which column holds what; seconds are no score."""
    plain: dict[str, str] = {}
    for name in names:
        if not _IN_TIME.search(str(name)):
            plain.setdefault(_plain(name), name)
    found = {
        field: plain[next(word for word in words if word in plain)]
        for field, words in _NAMES.items()
        if any(word in plain for word in words)
    }
    listed = [name for name in plain.values() if name]
    if "run" not in found:
        raise InputError(f"{path}: no column names the run{did_you_mean('run', listed)}")
    if not found.keys() - {"run"}:
        raise InputError(f"{path}: no column holds scores{did_you_mean('official', listed)}")
    return found


def _plain(name: str) -> str:
    """A header without blanks, case, width, punctuation and what stands in brackets."""
    folded = fold(str(name)).lower().replace("（", "(")
    return _PUNCTUATION.sub("", folded.partition("(")[0] or folded)


def _submission(
    where: str, fields: Mapping[str, object], columns: Mapping[str, str], decimals: dict[str, int]
) -> Submission:
    run = _text(fields.get(columns["run"]))
    if not run:
        raise InputError(f"{where}: {columns['run']} is empty: which run was scored?")
    scores: dict[str, float] = {}
    for field in (TOTAL, *PARTS):
        text = _text(fields.get(columns[field])) if field in columns else ""
        if text:
            scores[field], places = _number(where, columns[field], text)
            decimals[field] = max(decimals[field], places)
    return Submission(where, run, scores)


def _number(where: str, column: str, text: str) -> tuple[float, int]:
    """A score, and how many decimals it is given with."""
    sign = text.startswith(("-", "−"))
    found = _NUMBER.fullmatch(text[1:] if sign else text)
    if found is None:
        raise InputError(f"{where}: {column} is {show(text)}: write a number from 0 to 100")
    decimals = (found[2] or "").rstrip("0")
    value = float(f"{found[1]}.{found[2] or 0}")
    if value > 100 or sign:
        raise InputError(f"{where}: {column} is {show(text)}: scores go from 0 to 100")
    return value, len(decimals)


def _text(cell: object) -> str:
    """A cell as text, empty where it holds nothing."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = fold(str(cell))
    return "" if text in ("-", "–", "—", "--", "/", "nan", "NaN", "N/A", "无", "待提交") else text
