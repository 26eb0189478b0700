"""Right answers as people write them in question files, read as the kind that they name."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from harness.checker.parse.options import latin_labels
from harness.checker.parse.values import read
from harness.core import Gold
from harness.errors import InputError, did_you_mean
from harness.text.normalize import fold, informative

if TYPE_CHECKING:
    from harness.core import Kind

_NONE_CODES = ("none", "null", "nil", "nan", "n/a", "na", "-", "--")
_NONE_WORDS = (
    "无",
    "没有",
    "空",
    "缺失",
    "暂无",
    "不存在",
    "无数据",
    "没有数据",
    "暂无数据",
    "无记录",
)
_UNITS_OF_NUMBERS = re.compile("(?:第|约|共|号|站台|趟|列|次|个|车|%|[a-z年元人天条米 ])*")
_OPTION = re.compile(r"[(\[【\"'“]? ?([A-Za-z]) ?(?:[)\]】\"'”.、:].*)?", re.DOTALL)
_CLOCK_SECONDS = re.compile(r"(?:([0-9]+) days?,? )?([0-9]+):([0-9]{2}):([0-9]{2})")


def gold_from(kind: str, answer: object) -> Gold:
    """Read a right answer as its kind.

    Args:
        kind: one of text, number, time, date, duration, set, none, choice.
        answer: what a cell or a JSON field holds: a time may be `datetime.time`, `7:06` or
            `下午7:06`; a date `datetime.date` or `2025年3月8日`; a duration a number of minutes,
            `75分钟` or `datetime.timedelta`; a set a list, or one string joined by `、`; a choice
            `B`, `(b)` or `B. 相关`.

    Raises:
        InputError: the kind is unknown, or the answer cannot be read as its kind; an answer of
            kind free only its suite can judge.
    """
    if kind == "free":
        raise InputError(
            "an answer of kind 'free' is judged by its suite alone, not by the checker: here a "
            f"kind is one of {', '.join(_READERS)}"
        )
    if kind not in _READERS:
        raise InputError(f"unknown kind {kind!r}{did_you_mean(kind, _READERS)}")
    if kind != "none" and (answer is None or (isinstance(answer, str) and not fold(answer))):
        raise InputError(
            f"the answer is empty: a question without an answer has kind 'none', not {kind!r}"
        )
    return Gold(cast("Kind", kind), _READERS[kind](answer))


def _cannot(answer: object, what: str, example: str) -> InputError:
    return InputError(f"cannot read {answer!r} as {what} such as {example}")


def _text(answer: object) -> str:
    several = isinstance(answer, Collection) and not isinstance(answer, str)
    if several or isinstance(answer, bool):
        raise _cannot(answer, "a text", "'兰州'")
    if isinstance(answer, dt.datetime):
        answer = answer.time() if answer.time() != dt.time() else answer.date()
    if isinstance(answer, dt.time):
        return _clock(answer)
    if isinstance(answer, float) and answer.is_integer():
        answer = int(answer)
    return fold(str(answer))


def _number(answer: object) -> float:
    if isinstance(answer, str):
        reading = read("number", answer)
        if reading is None or not _UNITS_OF_NUMBERS.fullmatch(reading.leftover):
            raise _cannot(answer, "a number", "35, '1,234' or '十二'")
        return float(reading.value)
    return _finite(answer, "a number", "35, '1,234' or '十二'")


def _finite(answer: object, what: str, example: str) -> float:
    if isinstance(answer, bool) or not hasattr(answer, "__float__"):
        raise _cannot(answer, what, example)
    value = float(cast("float | Decimal", answer))
    if not math.isfinite(value):
        raise _cannot(answer, what, example)
    return value


def _time(answer: object) -> str:
    example = "'19:06', '下午7:06' or a time cell"
    if isinstance(answer, dt.datetime):
        return _clock(answer.time())
    if isinstance(answer, dt.time):
        return _clock(answer)
    reading = read("time", answer) if isinstance(answer, str) else None
    if reading is None or informative(reading.leftover) not in _DAYS:
        raise _cannot(answer, "a time", example)
    return str(reading.value)


_WHOLE_DATE = len("YYYY-MM-DD")
_DAYS = frozenset(("", "次日", "当日", "当天", "第二天", "翌日", "约", "1"))


def _clock(time: dt.time) -> str:
    return time.strftime("%H:%M:%S" if time.second else "%H:%M")


def _date(answer: object) -> str:
    example = "'2025-03-08', '2025年3月8日' or a date cell"
    if isinstance(answer, dt.datetime):
        if answer.time() != dt.time():
            raise _cannot(answer, "a date", example)
        return answer.date().isoformat()
    if isinstance(answer, dt.date):
        return answer.isoformat()
    reading = read("date", answer) if isinstance(answer, str) else None
    if reading is None or informative(reading.leftover) or len(str(reading.value)) < _WHOLE_DATE:
        raise _cannot(answer, "a date", example)
    return str(reading.value)


def _duration(answer: object) -> float:
    example = "75 (minutes), '75分钟' or '1小时15分'"
    if isinstance(answer, dt.timedelta):
        return answer.total_seconds() / 60
    if not isinstance(answer, str):
        return _finite(answer, "a duration", example)
    folded = fold(answer)
    if clock := _CLOCK_SECONDS.fullmatch(folded):
        days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return days * 1440.0 + hours * 60 + minutes + seconds / 60
    reading = read("duration", folded)
    if reading is None:
        bare = read("number", folded)
        if bare is None or informative(bare.leftover):
            raise _cannot(answer, "a duration", example)
        return float(bare.value)
    if informative(reading.leftover) not in ("", "约"):
        raise _cannot(answer, "a duration", example)
    return float(reading.value)


def _set(answer: object) -> tuple[str, ...]:
    items: Collection[object]
    if isinstance(answer, str):
        items = _split(answer)
    elif isinstance(answer, Collection) and not isinstance(answer, (bytes, dict)):
        items = answer
    else:
        items = [answer]
    texts = [_text(item) for item in items if item is not None]
    return tuple(dict.fromkeys(text for text in texts if text))


def _split(answer: str) -> list[object]:
    if answer.lstrip().startswith("["):
        try:
            listed = json.loads(answer)
        except json.JSONDecodeError as error:
            raise _cannot(answer, "a set", "'K420、K178' or a list") from error
        return cast("list[object]", listed)
    folded = fold(answer)
    return list(folded.split("、") if "、" in folded else re.split(r"[,;\n]", folded))


def _none(answer: object) -> None:
    absent = answer is None or (isinstance(answer, float) and math.isnan(answer))
    if absent or (isinstance(answer, (str, list, tuple)) and not answer):
        return
    if not isinstance(answer, str) or fold(answer).lower() not in ("", *_NONE_CODES, *_NONE_WORDS):
        raise InputError(f"kind 'none' means that there is no answer, but the answer is {answer!r}")


def _choice(answer: object) -> str:
    found = _OPTION.fullmatch(latin_labels(fold(answer))) if isinstance(answer, str) else None
    if found is None:
        raise _cannot(answer, "a choice", "'B' or 'B. 相关'")
    return found[1].upper()


_READERS: dict[str, Callable[[object], str | float | tuple[str, ...] | None]] = {
    "text": _text,
    "number": _number,
    "time": _time,
    "date": _date,
    "duration": _duration,
    "set": _set,
    "none": _none,
    "choice": _choice,
}
