"""Two answers to one question, asked in both orders: judges favour a place, so one is not enough.

Only a preference that both orders agree on counts; where they differ it is a tie.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.core import Output, Sample
from harness.judges.parse import Said, plain, read_said, sole
from harness.judges.request import Language, prompt, request

Outcome = Literal["first", "second", "tie"]

_FORM: Mapping[Language, Mapping[str, str]] = {
    "zh": {"理由": "…", "更好": "A、B 或 平"},
    "en": {"reason": "…", "better": "A, B or tie"},
}
_TIE: Mapping[Language, Mapping[str, str]] = {
    "zh": {"理由": "一样好", "更好": "平"},
    "en": {"reason": "equally good", "better": "tie"},
}
_NAMES = ("更好", "better", "winner", "best", "choice", "preference", "preferred", "verdict",
          "judgement", "judgment", "answer", "胜者", "评判", "选择", "结果", "结论")  # fmt: skip
_SIDE = re.compile(
    r"(?:the )?(?:answer|response|assistant|option|回答|答案|选项)?\s*[\[(]*([ab])[\])]*"
    r"(?:\s*(?:is better|wins?|更好|较好|胜))?[.。!]*"
)
_EQUAL = re.compile(
    r"(?:a |it'?s a |it is a )?(?:tie|tied|draw|equal|equally good|same|both|neither)[.!]*"
    r"|(?:两者|二者|两个(?:回答)?|a和b)?(?:平[局手]?|打平|都?一样好?|相同|相当|差不多好?)[.。!]*"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to compare.

    Args:
        id: of the pair; comes back with the preference.
        question: what was asked.
        first: an answer.
        second: the other answer.
        context: what the question is about, such as a passage; empty where there is none.
        language: of the prompt.
    """

    id: str
    question: str
    first: str
    second: str
    context: str = ""
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Preference:
    """Which of two answers a judge prefers.

    Args:
        id: of the pair.
        outcome: `tie` also where the two orders differ; `None` where a reply did not come, or
            could not be read.
        consistent: whether both orders were read and agree.
        asked: what was preferred with the first answer shown first.
        turned: what was preferred with the second answer shown first.
        note: the judge's reasons, or why there is no outcome.
    """

    id: str
    outcome: Outcome | None
    consistent: bool
    asked: Outcome | None = None
    turned: Outcome | None = None
    note: str = ""


def pair_requests(pair: Pair, number: int) -> tuple[Sample, Sample]:
    """What a judge is asked about a pair, in both orders; `number` tells equal ids apart."""
    return (
        _request(pair, pair.first, pair.second, f"prefer/{number}/asked/{pair.id}"),
        _request(pair, pair.second, pair.first, f"prefer/{number}/turned/{pair.id}"),
    )


def _request(pair: Pair, one: str, other: str, name: str) -> Sample:
    parts = [("context", pair.context), ("question", pair.question), ("A", one), ("B", other)]
    asked = prompt("prefer", pair.language, parts, _FORM[pair.language])
    return request(name, asked, _TIE[pair.language])


def read_preference(pair: Pair, asked: Output, turned: Output) -> Preference:
    """What two replies, one an order, prefer."""
    replies = (read_said(asked), read_said(turned))
    one = _outcome(replies[0], ("first", "second"))
    other = _outcome(replies[1], ("second", "first"))
    notes = (_note(said, found) for said, found in zip(replies, (one, other), strict=True))
    note = " / ".join(filter(None, notes))
    if one is None or other is None:
        return Preference(pair.id, None, False, one, other, note)
    return Preference(pair.id, one if one == other else "tie", one == other, one, other, note)


def _note(said: Said, found: Outcome | None) -> str:
    problem = said.problem or ("no preference" if found is None else "")
    return "; ".join(filter(None, (problem, said.reason)))


def _outcome(said: Said, shown: tuple[Outcome, Outcome]) -> Outcome | None:
    """What a reply prefers, where the answers were shown in this order."""
    return sole(_read(value, shown) for value in said.under(_NAMES) or [said.bare])


def _read(value: Any, shown: tuple[Outcome, Outcome]) -> Outcome | None:
    if not isinstance(value, str):
        return None
    text = plain(value)
    if match := _SIDE.fullmatch(text):
        return shown[0] if match[1] == "a" else shown[1]
    return "tie" if _EQUAL.fullmatch(text) else None
