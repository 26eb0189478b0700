"""JSON values one at a time from text that need not fit into memory, with the line of each.

A value that is no JSON ends where its brackets close, so that those after it are still read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.rows.decode import MAX_ROW

# Hears of commas and brackets that are missing or too many: the line, what it is, and whether it is
# about the row that comes next.
Remark = Callable[[int, str, bool], None]

_SPACE = re.compile(r"[ \t\r\n]*")
# A string that is not closed takes all that is left.
_PART = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_STOP = re.compile(r"[,\]\n]")
_FIRST = re.compile(r'\{\s*("[^"\\\n]*")')
# An error so near the end of what was read may only mean that more is to come.
_NEAR = 12
_TRIM = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a value should be and is none. `torn` where the file ends within it."""

    text: str
    error: Exception
    torn: bool


class Stream:
    """A reading head over pieces of text."""

    def __init__(self, pieces: Iterator[str], decoder: json.JSONDecoder, path: Path) -> None:
        self._pieces = pieces
        self._decoder = decoder
        self._path = path
        self._text = ""
        self._at = 0
        self._line = 1
        self._counted = 0
        self._ended = False

    @property
    def line(self) -> int:
        """The line that the head stands in, from 1."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def peek(self) -> str:
        """The next character that is no blank, empty at the end; the head moves to it."""
        while True:
            self._at = _end(_SPACE.match(self._text, self._at))
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def first_line(self) -> str:
        """What is left of the line that the head stands in."""
        while "\n" not in self._text[self._at :] and self._more():
            pass
        return self._text[self._at :].partition("\n")[0]

    def values(self) -> Iterator[tuple[int, Any]]:
        """Yield values that follow each other, with their lines."""
        while self.peek():
            yield self._value()

    def items(self, remark: Remark) -> Iterator[tuple[int, Any]]:
        """Yield the items of a list, at whose bracket the head stands, with their lines."""
        self._at += 1
        while (mark := self.peek()) not in ("", "]"):
            if mark == ",":
                remark(self.line, "a comma too many", False)
                self._at += 1
                continue
            yield self._value()
            if self.peek() == ",":
                self._at += 1
                if self.peek() == "]":
                    remark(self.line, "a comma before the closing bracket", False)
            elif self.peek() not in ("", "]"):
                remark(self.line, "a comma is missing before this row", True)
        if not mark:
            remark(self.line, "the file ends before the list does", False)
            return
        self._at += 1

    def _value(self) -> tuple[int, Any]:
        self._trim()
        line = self.line
        while True:
            try:
                value, self._at = self._decoder.raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if self._may_go_on(error) and self._more():
                    continue
                return line, self._skip(error)
            return line, value

    def _may_go_on(self, error: Exception) -> bool:
        if not isinstance(error, json.JSONDecodeError):
            return False
        near = error.pos >= len(self._text) - _NEAR
        return near or error.msg.startswith("Unterminated string")

    def _skip(self, error: Exception) -> Broken:
        """Move behind a broken value: to where its brackets close, or else to the end."""
        while True:
            end = self._closing()
            if end is not None or not self._more():
                break
        start, self._at = self._at, len(self._text) if end is None else end
        return Broken(self._text[start : self._at], error, torn=end is None)

    def _closing(self) -> int | None:
        """Where a broken value ends, if that has been read: its brackets close, or a row begins."""
        if self._text[self._at] not in "[{":
            match = _STOP.search(self._text, self._at + 1)
            return match.start() if match else None
        ends = (self._balanced(), self._next_line(), self._next_alike())
        return min((end for end in ends if end is not None), default=None)

    def _balanced(self) -> int | None:
        depth = 0
        for match in _PART.finditer(self._text, self._at):
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
            if depth == 0 and match[0] in ("}", "]"):
                return match.end()
        return None

    def _next_line(self) -> int | None:
        """Where a line begins as this one does, if the value stands at a line's beginning."""
        start = self._text.rfind("\n", 0, self._at) + 1
        margin = self._text[start : self._at]
        if margin.strip():
            return None
        end = self._text.find(f"\n{margin}{self._text[self._at]}", self._at)
        return None if end < 0 else end

    def _next_alike(self) -> int | None:
        """Where an object follows another and begins with the same field as this one."""
        first = _FIRST.match(self._text, self._at)
        if first is None:
            return None
        alike = re.compile(r"\}\s*,?\s*\{\s*" + re.escape(first[1]))
        match = alike.search(self._text, first.end())
        return match.start() + 1 if match else None

    def _more(self) -> bool:
        """Read further; whether there was anything."""
        if len(self._text) - self._at > MAX_ROW:
            raise InputError(
                f"{self._path}:{self.line}: a row of more than {MAX_ROW} characters; not read"
            )
        wanted = max(1, len(self._text) - self._at)  # twice as much: long rows are tried less often
        fresh = []
        while wanted > 0 and not self._ended:
            piece = next(self._pieces, None)
            self._ended = piece is None
            fresh.append(piece or "")
            wanted -= len(fresh[-1])
        self._text += "".join(fresh)
        return any(fresh)

    def _trim(self) -> None:
        """Forget what lies behind the head."""
        if self._at > _TRIM:
            _ = self.line  # counts the lines that go
            self._text, self._at, self._counted = self._text[self._at :], 0, 0


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0
