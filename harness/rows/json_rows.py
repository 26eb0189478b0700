"""Rows of json and jsonl files.

A jsonl file holds an object a line. A json file holds a list of objects, or, as many that are
named so, an object a line. A row that is a list of turns is a conversation without its field; so
is a whole json file that lists turns.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from harness.errors import InputError
from harness.rows.decode import lines, pieces
from harness.rows.faults import INVALID, Handling
from harness.rows.fields import folded
from harness.rows.json_stream import Broken, Stream
from harness.rows.record import Places, Record
from harness.store.files import encode_json
from harness.text.display import short

# What a turn has, and the field that a list of such turns belongs into.
_TURNS = {frozenset({"from", "value"}): "conversations", frozenset({"role", "content"}): "messages"}


@dataclass(slots=True)
class _Parser:
    """A JSON decoder that refuses NaN, folds the names of fields, and notes those said twice."""

    repeated: list[str] = field(default_factory=list)

    def decoder(self) -> json.JSONDecoder:
        return json.JSONDecoder(
            object_pairs_hook=self._object, parse_constant=_refuse, parse_float=_finite
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for said, value in pairs:
            name = folded(said)
            if name in fields:
                self.repeated.append(name)
            fields[name] = value
        return fields


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text:.20} is too large for a number")
    return value


def read_jsonl(path: Path, handling: Handling) -> Iterator[Record]:
    """Read an object a line; empty lines are skipped.

    Raises:
        InputError: the file cannot be read, or a row cannot and nobody is told.
    """
    return _by_line(path, lines(path, handling.told(path)), handling)


def _by_line(
    path: Path, numbered: Iterable[tuple[int, str]], handling: Handling
) -> Iterator[Record]:
    parser = _Parser()
    decoder = parser.decoder()
    places = Places(path)
    for number, text in numbered:
        if not text.strip():
            continue
        try:
            values = [decoder.decode(text)]
        except (ValueError, RecursionError) as error:
            if number == 1 and text.strip() in ("[", "[{"):
                raise _a_list(path) from error
            torn = not text.endswith("\n")
            where = places.ahead(number)
            values = _mended(handling.broken(where, text, _say(error), torn=torn), parser)
        if number == 1 and _are_rows(values[0] if values else None):
            raise _a_list(path)
        yield from _records(places, number, values, parser, handling)


def _a_list(path: Path) -> InputError:
    return InputError(f"{path}: holds a list; name it {path.stem}.json")


def _are_rows(value: object) -> bool:
    first = value[0] if isinstance(value, list) and value else None
    return isinstance(first, Mapping) and not _turns_field(first)


def _mended(values: Iterable[Mapping[str, Any]], parser: _Parser) -> list[Any]:
    """Mended rows as the parser would have read them."""
    parser.repeated.clear()  # what it noted of the broken row
    decoder = parser.decoder()
    return [decoder.decode(json.dumps(value)) for value in values]


def _say(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def read_json(path: Path, handling: Handling) -> Iterator[Record]:
    """Read a list of objects, or an object a line.

    Raises:
        InputError: the file cannot be read, or a row cannot and nobody is told.
    """
    parser = _Parser()
    stream = Stream(pieces(path, handling.told(path)), parser.decoder(), path)
    opening = stream.peek()
    if opening == "[":
        yield from _lists(stream, Places(path), parser, handling)
    elif opening == "{" and stream.first_line().rstrip().rstrip(",").endswith("}"):
        yield from _by_line(path, lines(path), handling)  # its encoding has been told
    elif opening == "{":
        yield from _rows(stream.values(), Places(path), parser, handling)
    elif opening:
        raise InputError(f"{path}: {INVALID}: holds neither a list nor objects")


def _lists(stream: Stream, places: Places, parser: _Parser, handling: Handling) -> Iterator[Record]:
    """A list, and those that follow it: files that were put behind one another."""
    yield from _array(stream, places, parser, handling)
    while (mark := stream.peek()) == "[":
        _between(places.ahead(stream.line), "another list follows", handling)
        yield from _array(stream, places, parser, handling)
    if mark:
        where, detail = places.ahead(stream.line), "something follows the list; it is not read"
        handling.refuse(INVALID, where, detail)


def _between(where: str, detail: str, handling: Handling) -> None:
    """Tell what is no JSON between rows that are all read."""
    if handling.repair:
        handling.remark("repaired", where, detail)
    else:
        handling.doubt(INVALID, where, detail)


def _array(stream: Stream, places: Places, parser: _Parser, handling: Handling) -> Iterator[Record]:
    def remark(line: int, detail: str, ahead: bool) -> None:
        _between(places.ahead(line) if ahead else places.here(line), detail, handling)

    items = stream.items(remark)
    first = next(items, None)
    if first is None:
        return
    line, value = first
    name = _turns_field(value)
    if name:
        turns = [value, *(item for _, item in items if not isinstance(item, Broken))]
        yield from _records(places, line, [turns], parser, handling)
        return
    yield from _rows(_again(first, items), places, parser, handling)


def _again(first: tuple[int, Any], rest: Iterator[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    yield first
    yield from rest


def _rows(
    items: Iterable[tuple[int, Any]], places: Places, parser: _Parser, handling: Handling
) -> Iterator[Record]:
    for line, item in items:
        values = [item]
        if isinstance(item, Broken):
            where = places.ahead(line)
            mended = handling.broken(where, item.text, _say(item.error), torn=item.torn)
            values = _mended(mended, parser)
        yield from _records(places, line, values, parser, handling)


def _turns_field(value: object) -> str:
    """The field that a list belongs into of which this is the first item; empty for none."""
    if not isinstance(value, Mapping):
        return ""
    return next((name for needed, name in _TURNS.items() if needed <= value.keys()), "")


def _records(
    places: Places, line: int, values: Sequence[Any], parser: _Parser, handling: Handling
) -> Iterator[Record]:
    """The rows that were read at a place; where there are none, it is one that was left out."""
    for name in dict.fromkeys(parser.repeated):
        detail = f"{name!r} stands there twice; the last one counts"
        handling.doubt("repeated field", places.ahead(line), detail)
    parser.repeated.clear()
    if not values:
        places.next(line)
    for value in values:
        where = places.next(line)
        if isinstance(value, Mapping):
            yield Record(where, value)
            continue
        name = _turns_field(value[0]) if isinstance(value, list) and value else ""
        if name:
            handling.remark("bare turns", where, f"a list of turns, read as {name!r}")
            yield Record(where, {name: value})
        else:
            handling.refuse("not an object", where, short(value))


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]], file: BinaryIO) -> int:
    """Write an object a line; return how many."""
    count = 0
    for row in rows:
        file.write(encode_json(row, path))
        count += 1
    return count


def write_json(path: Path, rows: Iterable[Mapping[str, Any]], file: BinaryIO) -> int:
    """Write a list with an object a line; return how many."""
    count = 0
    for row in rows:
        file.write((b",\n" if count else b"[\n") + encode_json(row, path).removesuffix(b"\n"))
        count += 1
    file.write(b"\n]\n" if count else b"[]\n")
    return count
