"""What a provider says instead of an answer, in the shapes that they use.

{"error": {"message": …, "code": …, "type": …}}     OpenAI, and most that follow it
{"error": "…"}   [{"error": {…}}]                   Ollama; Gemini
{"code": "InvalidApiKey", "message": …}             DashScope
{"error_code": 110, "error_msg": …}                 Baidu
{"base_resp": {"status_code": 1004, "status_msg": …}}   MiniMax
{"detail": …}   {"success": false, "msg": …}        FastAPI; gateways
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.store.secret import Scrubber

from .text import load, one_line

_MESSAGES = (
    "message", "msg", "error_msg", "errmsg", "error_message", "errormessage", "status_msg",
    "error_description", "faultstring", "description", "detail", "title",
)  # fmt: skip
_AROUND = (
    "error", "errors", "message", "detail", "msg", "error_msg", "errmsg", "error_message",
    "base_resp", "header", "fault", "response", "responsemetadata", "error_description",
    "status_msg", "faultstring", "data", "title",
)  # fmt: skip
_CODES = (
    "code", "error_code", "errorcode", "errcode", "err_code", "status_code", "statuscode",
    "status", "type", "innererror", "details", "violations", "quotaid",
)  # fmt: skip
# Names that no good answer has a value under.
_SAY_ERROR = (
    "error", "errors", "error_code", "error_msg", "errcode", "errmsg", "error_message", "fault",
    "detail",
)  # fmt: skip
_DEEPEST = 6
_MOST_CODES = 12
# What is read of a message; a person is shown less of it.
_READ = 2000


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong in the provider's words, on one line and without any key.

    `codes` are the names and numbers that it has for it.
    """

    message: str
    codes: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """As much of the message as a sentence quotes."""
        return one_line(self.message)

    @property
    def status(self) -> int | None:
        """The HTTP status among the codes; `None` where there is none."""
        numbers = (int(code) for code in self.codes if code.isdecimal() and len(code) == 3)
        return next((number for number in numbers if 400 <= number < 600), None)


def read_complaint(text: str, scrubber: Scrubber) -> Complaint:
    """What a provider says in the body of an error."""
    said = load(text)
    if said is None:
        # A page made for browsers tells a person nothing here.
        is_page = text.lstrip().startswith("<")
        return Complaint("" if is_page else one_line(scrubber.clean(text), _READ))
    return complaint_of(said, scrubber)


def complaint_of(said: Any, scrubber: Scrubber) -> Complaint:
    """What a provider says in a JSON value that is known to be an error."""
    codes = dict.fromkeys(scrubber.clean(code) for code in _codes(said, 0))
    message = one_line(scrubber.clean(_message(said, 0)), _READ)
    return Complaint(message, tuple(codes)[:_MOST_CODES])


def complains(said: Any) -> bool:
    """Whether a JSON value without an answer in it says that something went wrong."""
    if isinstance(said, list):
        return len(said) > 0 and complains(said[0])
    if not isinstance(said, dict):
        return isinstance(said, str) and bool(said.strip())
    fields = _folded(said)
    if any(fields.get(name) for name in _SAY_ERROR):
        return True
    told = any(isinstance(fields.get(name), str) and fields[name] for name in _MESSAGES)
    inner = (fields.get(n) for n in ("base_resp", "header", "response", "responsemetadata"))
    return told or fields.get("success") is False or any(_tells(value) for value in inner)


def _tells(value: Any) -> bool:
    return isinstance(value, dict) and complains(value)


def _folded(said: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in said.items()}


def _message(said: Any, depth: int) -> str:
    """The sentence, with the code behind it where it does not say it."""
    if isinstance(said, list) and len(said) == 1 and isinstance(said[0], dict) and depth == 0:
        said = said[0]
    if isinstance(said, dict) and depth < _DEEPEST:
        fields = _folded(said)
        for name in _AROUND:
            if found := fields.get(name):
                told = _message(found, depth + 1)
                code = fields.get("code")
                named = isinstance(code, str) and code not in told
                return f"{told} ({code})" if named else told
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _codes(said: Any, depth: int) -> Iterator[str]:
    """Codes wherever an error may have them."""
    if depth >= _DEEPEST:
        return
    if isinstance(said, list):
        for part in said[:2]:
            yield from _codes(part, depth + 1)
    elif isinstance(said, dict):
        for name, value in _folded(said).items():
            if name in _CODES and isinstance(value, str | int) and not isinstance(value, bool):
                yield str(value)[:80]
            elif name in (*_AROUND, *_CODES):
                yield from _codes(value, depth + 1)
