"""Files that people bring to `podium score`: their questions, and any system's answers."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from harness.core import Gold, Kind, Message, Output, Sample
from harness.errors import InputError, did_you_mean
from harness.metrics.gold import gold_from

QUESTION_FIELDS = ("id", "question", "answer", "kind", "reference", "family", "row", "template")
PREDICTION_FIELDS = ("id", "text", "e2e_s", "ttft_s", "output_tokens", "finish_reason")
FINISHES = ("stop", "length", "error")


def read_questions(path: Path) -> list[Sample]:
    """Read a question file: jsonl, json, csv or xlsx.

    Raises:
        InputError: one sentence that names the file, the row and the field.
    """
    samples: dict[str, Sample] = {}
    for where, row in _rows(path):
        sample = _question(where, row)
        if sample.id in samples:
            raise InputError(f"{where}: id {sample.id!r} occurs twice")
        samples[sample.id] = sample
    if not samples:
        raise InputError(f"{path}: holds no question")
    return list(samples.values())


def _question(where: str, row: Mapping[str, Any]) -> Sample:
    _known(where, row, QUESTION_FIELDS)
    number, question = _required(where, row, "id"), _required(where, row, "question")
    kind = str(row.get("kind") or "text")
    if kind not in get_args(Kind):
        raise InputError(f"{where}: kind {kind!r}{did_you_mean(kind, get_args(Kind))}")
    if kind != "none" and _blank(row.get("answer")):
        raise InputError(f"{where}: answer is empty, and kind is not 'none'")
    try:
        gold = gold_from(kind, row.get("answer"))
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    return Sample(
        id=number,
        messages=(Message("user", question),),
        gold=gold,
        reference=_text(row.get("reference")) or _words(gold),
        family=_text(row.get("family")) or kind,
        row=_text(row.get("row")) or number,
        template=_text(row.get("template")) or number,
        split="test",
    )


def _words(gold: Gold) -> str:
    """The least that says the answer: the reference where the file gives none."""
    if gold.value is None:
        return "无"
    if isinstance(gold.value, tuple):
        return "、".join(gold.value)
    if isinstance(gold.value, float):
        return f"{gold.value:g}" + ("分钟" if gold.kind == "duration" else "")
    return gold.value


def read_predictions(path: Path, ids: Sequence[str]) -> list[Output]:
    """Read a prediction file, jsonl, into outputs in the order of the questions' ids.

    A question without a prediction gets an output with an error.

    Raises:
        InputError: a bad line, an id twice, or ids that are none of the questions'.
    """
    known, found = set(ids), {}
    for where, row in _json_lines(path):
        output = _prediction(where, row)
        if output.sample_id in found:
            raise InputError(f"{where}: id {output.sample_id!r} occurs twice")
        if output.sample_id not in known:
            raise InputError(
                f"{where}: id {output.sample_id!r} is no question's id{_near(output.sample_id, ids)}"
            )
        found[output.sample_id] = output
    if not found:
        raise InputError(f"{path}: holds no prediction")
    missing = "no prediction in the file"
    return [found.get(i) or Output(i, finish_reason="error", error=missing) for i in ids]


def _near(name: str, ids: Sequence[str]) -> str:
    return did_you_mean(name, ids) if len(ids) <= 20 else f" (such as {ids[0]!r})"


def _prediction(where: str, row: Mapping[str, Any]) -> Output:
    _known(where, row, PREDICTION_FIELDS)
    number = _required(where, row, "id")
    text = row.get("text")
    if text is not None and not isinstance(text, str):
        raise InputError(f"{where}: text must be a string, not {type(text).__name__}")
    finish = row.get("finish_reason") or "stop"
    if finish not in FINISHES:
        raise InputError(f"{where}: finish_reason {finish!r}{did_you_mean(str(finish), FINISHES)}")
    tokens = _number(where, row, "output_tokens")
    error = "the prediction says finish_reason error" if finish == "error" else None
    return Output(
        number, text or "", finish, None, None if tokens is None else int(tokens),
        _number(where, row, "e2e_s"), _number(where, row, "ttft_s"),
        "the prediction's text is null" if text is None else error,
    )  # fmt: skip


def _number(where: str, row: Mapping[str, Any], field: str) -> float | None:
    value = row.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"{where}: {field} must be a number, not {value!r}")
    if value < 0:
        raise InputError(f"{where}: {field} is {value}, and cannot be negative")
    return float(value)


def _known(where: str, row: Mapping[str, Any], fields: Sequence[str]) -> None:
    # Other columns are welcome, but one that is nearly a field is a slip of the pen.
    for name in row:
        hint = did_you_mean(str(name), fields)
        if name not in fields and "did you mean" in hint:
            raise InputError(f"{where}: unknown field {name!r}{hint}")


def _required(where: str, row: Mapping[str, Any], field: str) -> str:
    if field not in row:
        raise InputError(f"{where}: has no {field} (found: {', '.join(map(str, row))})")
    text = _text(row[field])
    if not text:
        raise InputError(f"{where}: {field} is empty")
    return text


def _text(value: object) -> str:
    if _blank(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _blank(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of a file by its ending, each with where it stands."""
    readers = {
        ".jsonl": _json_lines, ".json": _json_array, ".csv": _grid, ".tsv": _grid, ".xlsx": _grid,
    }  # fmt: skip
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: cannot be read: must end in {', '.join(readers)}")
    return reader(path)


def _read_text(path: Path) -> str:
    _check_exists(path)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if line.strip():
            yield _object(f"{path}:{number}", line)


def _json_array(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        rows = json.loads(_read_text(path))
    except ValueError as error:
        raise InputError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(rows, list):
        raise InputError(f"{path}: must hold a list of questions")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise InputError(f"{path}: item {number} is not an object")
        yield f"{path}: item {number}", row


def _object(where: str, line: str) -> tuple[str, dict[str, Any]]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where}: not valid JSON: {error}") from error
    if not isinstance(row, dict):
        raise InputError(f"{where}: not a JSON object")
    return where, row


def _grid(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    from harness.tables.grid import read_grid

    _check_exists(path)
    rows = read_grid(path, None).rows
    if not rows:
        raise InputError(f"{path}: is empty")
    header = [_text(name) for name in rows[0]]
    for number, cells in enumerate(rows[1:], start=2):
        row = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        if not all(map(_blank, row.values())):
            yield f"{path}: row {number}", row


def _check_exists(path: Path) -> None:
    if not path.is_file():
        near = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise InputError(f"{path}: no such file{did_you_mean(path.name, near[:200])}")
