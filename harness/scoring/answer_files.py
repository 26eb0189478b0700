"""Files of any system's answers that people bring to `podium score`."""

from __future__ import annotations

import contextlib
import difflib
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.core import Output
from harness.errors import InputError, did_you_mean
from harness.question_files.reading import refuse_slips
from harness.question_files.rows import is_blank, named
from harness.rows.about import Row
from harness.rows.strict import TABLES, json_lines
from harness.text.display import short

_ANSWER_FIELDS = ("text", "e2e_s", "ttft_s", "output_tokens", "finish_reason")
PREDICTION_FIELDS = ("id", *_ANSWER_FIELDS, "others")
FINISHES = ("stop", "length", "error")


# --- predictions ---------------------------------------------------------------------------------


def read_predictions(path: Path, ids: Sequence[str]) -> list[Output]:
    """Read a prediction file, jsonl, into outputs in the order of the questions' ids.

    A question without a prediction gets an output with an error.

    Raises:
        InputError: a bad line, an id twice, or ids that are none of the questions'.
    """
    if path.suffix.lower() in TABLES:
        raise InputError(f"{path}: predictions are jsonl: one object with id and text a line")
    known = frozenset(ids)
    found: dict[str, Output] = {}
    for where, row in json_lines(path):
        output = _prediction(where, row)
        name = output.sample_id
        if name in found:
            raise InputError(
                f"{where}: id {name!r} occurs twice (further answers to a question stand in others)"
            )
        if name not in known:
            raise InputError(f"{where}: id {name!r} is no question's id{_near(name, ids)}")
        found[name] = output
    if not found:
        raise InputError(f"{path}: holds no prediction")
    missing = "no prediction in the file"
    return [found.get(name) or Output(name, finish_reason="error", error=missing) for name in ids]


def _near(name: str, ids: Sequence[str]) -> str:
    if len(ids) <= 20:
        return did_you_mean(name, ids)
    close = difflib.get_close_matches(name, ids, n=1)
    return f" (did you mean {close[0]!r}?)" if close else f" (an id is such as {ids[0]!r})"


def _prediction(where: str, row: Row) -> Output:
    refuse_slips(where, row, PREDICTION_FIELDS)
    name = _required(where, row, "id")
    return replace(_answer(where, name, row), others=_others(where, name, row))


def _others(where: str, name: str, row: Row) -> tuple[Output, ...]:
    """Further answers to a question, texts or objects; one without times took those of the first.

    Raises:
        InputError: they are no list, or one is no answer.
    """
    given = row.get("others")
    if is_blank(given):
        return ()
    if not isinstance(given, list):
        raise InputError(f"{where}: others must be a list of further answers, not {short(given)}")
    times = {field: row.get(field) for field in ("e2e_s", "ttft_s")}
    found = []
    for number, each in enumerate(given, 2):
        place, answer = (
            f"{where}, answer {number}",
            each if isinstance(each, dict) else {"text": each},
        )
        refuse_slips(place, answer, _ANSWER_FIELDS)
        found.append(_answer(place, name, {**times, **answer}))
    return tuple(found)


def _answer(where: str, name: str, row: Row) -> Output:
    if "text" not in row:
        raise InputError(f"{where}: has no text (found: {named(list(row))})")
    text = row["text"]
    if text is not None and not isinstance(text, str):
        raise InputError(f"{where}: text must be a string, not {short(text)}")
    error = "the prediction's text is null" if text is None else None
    finish = _finish(where, row)
    if finish == "error":
        error = "the prediction says finish_reason error"
    tokens = _number(where, row, "output_tokens")
    if tokens is not None and not tokens.is_integer():
        raise InputError(f"{where}: output_tokens must be a whole number, not {tokens}")
    e2e_s, ttft_s = _times(where, row)
    return Output(
        sample_id=name,
        text=text or "",
        finish_reason="length" if finish == "length" else "stop" if error is None else "error",
        output_tokens=None if tokens is None else int(tokens),
        e2e_s=e2e_s,
        ttft_s=ttft_s,
        error=error,
    )


def _times(where: str, row: Row) -> tuple[float | None, float | None]:
    """Seconds to the end and to the first token; an answer takes time, and ends after it began."""
    e2e_s, ttft_s = _number(where, row, "e2e_s"), _number(where, row, "ttft_s")
    if e2e_s == 0:
        raise InputError(
            f"{where}: e2e_s is 0, and an answer takes time: leave out what is unknown"
        )
    if e2e_s is not None and ttft_s is not None and e2e_s < ttft_s:
        raise InputError(
            f"{where}: e2e_s is {e2e_s:g}, less than ttft_s {ttft_s:g}: an answer ends after its "
            "first token"
        )
    return e2e_s, ttft_s


def _finish(where: str, row: Row) -> str:
    finish = row.get("finish_reason")
    if finish is None:
        return "stop"
    if finish not in FINISHES:
        hint = did_you_mean(str(finish)[:40], FINISHES)
        raise InputError(f"{where}: finish_reason cannot be {short(finish)}{hint}")
    return str(finish)


def _number(where: str, row: Row, field: str) -> float | None:
    """A measured quantity; NaN is how pandas writes a missing one."""
    value = row.get(field)
    if is_blank(value):
        return None
    number = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        with contextlib.suppress(OverflowError):  # a whole number past what floats hold
            number = float(value)
    if not math.isfinite(number):
        raise InputError(f"{where}: {field} must be a number, not {short(value)}")
    if number < 0:
        raise InputError(f"{where}: {field} is {number:g}, and cannot be negative")
    return number


# --- fields --------------------------------------------------------------------------------------


def _required(where: str, row: Row, field: str) -> str:
    if field not in row:
        raise InputError(f"{where}: has no {field} (found: {named(list(row))})")
    text = _text(where, row, field)
    if not text:
        raise InputError(f"{where}: {field} is empty")
    return text


def _text(where: str, row: Row, field: str) -> str:
    """A field as text: spreadsheets hold numbers where people see names."""
    value = row.get(field)
    if is_blank(value):
        return ""
    if isinstance(value, bool | list | dict):
        raise InputError(f"{where}: {field} must be text, not {short(value)}")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
