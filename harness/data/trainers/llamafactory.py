"""What LLaMA-Factory makes of the rows of a data file (v0.9.6, `llamafactory/data/converter.py`).

A trap is a function that says in its docstring what the trainer does; row traps look at one row,
file traps at what all rows together were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.data.trainers.columns import Columns, kind_of
from harness.data.trainers.llamafactory_info import NO_FORMAT, Entry, assumed, read_entry
from harness.rows.fault import Fault
from harness.rows.record import Record
from harness.text.display import short

_RowTrap = Callable[[Record, Entry], Iterator[Fault]]
_FileTrap = Callable[[Columns, Entry], Iterator[Fault]]
_NAMED_ONLY = ("system", "history")


class LlamaFactory:
    """Shown every row of a file, it tells what the trainer would do with them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entry, self._faults = read_entry(path)
        self._columns = Columns(typed=path.suffix.lower() in {".json", ".jsonl"})
        self._lost = 0

    def look(self, record: Record) -> Iterator[Fault]:
        """Yield the faults of a row."""
        if self._columns.rows == 0:
            table = self._path.suffix.lower() == ".csv"
            self._entry = replace(self._entry or assumed(record.fields), table=table)
        yield from self._columns.add(record)
        entry = self._entry or Entry()
        traps = _ROWS.get(entry.formatting, _SHAREGPT_ROWS)
        faults = [fault for trap in traps for fault in trap(record, entry)]
        self._lost += any(fault.harm == "lost" for fault in faults)
        yield from faults

    def end(self) -> Iterator[Fault]:
        """Yield the faults of the file as a whole."""
        yield from self._faults
        entry = self._entry or Entry()
        if self._columns.rows:
            for trap in _FILES.get(entry.formatting, _SHAREGPT_FILE):
                yield from trap(self._columns, entry)
        yield from everything_dropped(self._path, self._columns.rows, self._lost)


# --- alpaca, a row -------------------------------------------------------------------------------


def output_is_no_text(record: Record, entry: Entry) -> Iterator[Fault]:
    """A response that is no string gives an empty response list: "Dropped invalid example"."""
    name = entry.columns.get("response")
    value = None if name is None else record.fields.get(name)
    if entry.table and value == "":
        value = None
    if name is not None and not isinstance(value, str):
        detail = f"is {kind_of(value)}, {short(value)}, not text: the row is dropped"
        yield Fault("output is no text", record.where, name, detail, "lost")


def empty_prompt(record: Record, entry: Entry) -> Iterator[Fault]:
    """Instruction and input that are both empty make an empty user turn, which is trained on."""
    names = [entry.columns[key] for key in ("prompt", "query") if key in entry.columns]
    if names and not any(record.fields.get(name) for name in names):
        detail = "nothing is said there: an empty user turn is trained on"
        yield Fault("empty user turn", record.where, ", ".join(names), detail, "wrong")


def prompt_is_no_text(record: Record, entry: Entry) -> Iterator[Fault]:
    """Instruction and input are joined as text; of anything else the join is an error."""
    for key in ("prompt", "query"):
        name = entry.columns.get(key, "")
        value = record.fields.get(name)
        if value and not isinstance(value, str):
            detail = f"is {kind_of(value)}, {short(value)}, not text"
            yield Fault(f"{name} is no text", record.where, name, detail, "fails")


def empty_output(record: Record, entry: Entry) -> Iterator[Fault]:
    """A response of no characters is a string too: the end of a turn is all that is trained on."""
    name = entry.columns.get("response")
    if name is not None and record.fields.get(name) == "" and not entry.table:
        detail = "is empty: to say nothing is trained on"
        yield Fault("empty output", record.where, name, detail, "wrong")


def broken_history(record: Record, entry: Entry) -> Iterator[Fault]:
    """`history` is unpacked as pairs, and passed over where it is no list."""
    name = entry.columns.get("history")
    history = record.fields.get(name) if name is not None else None
    if not history or name is None:
        return
    rule = "history is no list of pairs"
    if not isinstance(history, list):
        detail = f"is {kind_of(history)}, {short(history)}: it is not read"
        yield Fault(rule, record.where, name, detail, "wrong")
    elif any(not _is_pair(pair) for pair in history):
        detail = f"must be pairs of user and assistant text, not {short(history)}"
        yield Fault(rule, record.where, name, detail, "fails")


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(s, str) for s in pair)


# --- alpaca, the file ----------------------------------------------------------------------------


def missing_column(columns: Columns, entry: Entry) -> Iterator[Fault]:
    """A column that no row has is a KeyError.

    Without a `columns` block instruction, input and output are looked up, even where there is no
    input in the file.
    """
    for key, name in entry.columns.items():
        if key in _UNREAD[entry.formatting == "alpaca"] or columns.present[name]:
            continue
        remedy = (
            f"the entry {entry.name!r} names it as {key}"
            if entry.own_columns
            else "an entry without a columns block looks for it; name the columns there"
        )
        detail = f"no row has {name!r} ({remedy}): KeyError"
        yield Fault(f"missing {name}", columns.first, name, detail, "fails")


def numbers_only(columns: Columns, entry: Entry) -> Iterator[Fault]:
    """A csv column of figures alone is read as numbers, which are no text."""
    for key in ("prompt", "query", "response"):
        name = entry.columns.get(key, "")
        if entry.table and columns.filled[name] and not columns.worded[name]:
            detail = "all of its cells are figures, which are read as numbers, not text"
            yield Fault(f"{name} is no text", columns.first, name, detail, "fails")


def forgotten_column(columns: Columns, entry: Entry) -> Iterator[Fault]:
    """A `columns` block replaces all defaults: what it does not name is as good as not there.

    Without prompt every user turn is empty; without response every row is dropped.
    """
    if not entry.own_columns:
        return
    if "prompt" not in entry.columns:
        detail = f"columns of {entry.name!r} do not name prompt: no user turn has it"
        yield Fault("prompt not named in columns", columns.first, "prompt", detail, "wrong")
    if "response" not in entry.columns:
        detail = f"columns of {entry.name!r} do not name response: every row is dropped"
        yield Fault("response not named in columns", columns.first, "response", detail, "fails")
    if "query" not in entry.columns and columns.filled["input"]:
        detail = f"columns of {entry.name!r} do not name query: input is not read"
        yield Fault("query not named in columns", columns.first, "input", detail, "wrong")


def ignored_column(columns: Columns, entry: Entry) -> Iterator[Fault]:
    """`system` and `history` are read only where `columns` names them."""
    for name in _NAMED_ONLY:
        if columns.filled[name] and name not in entry.columns:
            detail = f"in {columns.filled[name]:,} rows, and not named in columns: it is not read"
            yield Fault(f"{name} not named in columns", columns.first, name, detail, "wrong")


# --- sharegpt ------------------------------------------------------------------------------------


def turns_out_of_order(record: Record, entry: Entry) -> Iterator[Fault]:
    """Each turn must have the role of its place.

    After a leading system message odd places are the user's or an observation, even ones the
    assistant's or a function call. Else: "Invalid role tag", "Skipping this abnormal example".
    """
    tags, turns = entry.tags, _messages(record, entry)
    odd = [tags[tag] for tag in ("user_tag", "observation_tag") if tag in tags]
    even = [tags[tag] for tag in ("assistant_tag", "function_tag") if tag in tags]
    start = _after_system(turns, entry)
    role = tags.get("role_tag", "")
    for place, turn in enumerate(turns[start:]):
        expected = even if place % 2 else odd
        given = turn.get(role) if isinstance(turn, Mapping) else None
        if role in (turn if isinstance(turn, Mapping) else ()) and given not in expected:
            field = f"{_column(entry)}[{place + start}].{role}"
            must = " or ".join(expected) or "a role that tags name"
            detail = f"is {short(given)} where {must} must stand: the row is skipped"
            known = given in (*odd, *even, tags.get("system_tag"))
            rule = "turns out of order" if known else "unknown role"
            yield Fault(rule, record.where, field, detail, "lost")
            return


def odd_number_of_turns(record: Record, entry: Entry) -> Iterator[Fault]:
    """An odd number of turns, or none: "Invalid message count", the row is dropped."""
    turns = _messages(record, entry)
    count = len(turns) - _after_system(turns, entry)
    if isinstance(record.fields.get(_column(entry)), list) and (count % 2 or not count):
        detail = f"{count} turns after the system text, not an even number: the row is dropped"
        yield Fault("odd number of turns", record.where, _column(entry), detail, "lost")


def broken_turn(record: Record, entry: Entry) -> Iterator[Fault]:
    """A message without its role or content key is a KeyError, and training never starts."""
    for place, turn in enumerate(_messages(record, entry)):
        for tag in ("role_tag", "content_tag"):
            key = entry.tags.get(tag, tag)
            field = f"{_column(entry)}[{place}].{key}"
            if not isinstance(turn, Mapping) or key not in turn:
                detail = f"turn {place + 1} has no {key!r}: KeyError"
                yield Fault("turn lacks a key", record.where, field, detail, "fails")
            elif not isinstance(turn[key], str):
                detail = f"is {kind_of(turn[key])}, {short(turn[key])}, not text"
                yield Fault("turn is no text", record.where, field, detail, "fails")


def no_list_of_turns(record: Record, entry: Entry) -> Iterator[Fault]:
    """The turns are looked up under one column; a row without them stops the loader."""
    name, fields = _column(entry), record.fields
    if name in fields and not isinstance(fields[name], list):
        detail = f"is {kind_of(fields[name])}, {short(fields[name])}, not a list of turns"
        yield Fault("no list of turns", record.where, name, detail, "fails")


def _column(entry: Entry) -> str:
    return entry.columns.get("messages", "messages")


def _messages(record: Record, entry: Entry) -> list[Any]:
    turns = record.fields.get(_column(entry))
    return turns if isinstance(turns, list) else []


def _after_system(turns: list[Any], entry: Entry) -> int:
    """How many turns are a leading system message: 0 or 1."""
    role, system = entry.tags.get("role_tag", ""), entry.tags.get("system_tag")
    first = turns[0] if turns else None
    return int(system is not None and isinstance(first, Mapping) and first.get(role) == system)


def missing_turns(columns: Columns, entry: Entry) -> Iterator[Fault]:
    """Without the column that holds the turns every row is a KeyError.

    OpenAI messages are read as sharegpt with messages=messages and tags of their own.
    """
    name = _column(entry)
    if columns.present[name]:
        return
    remedy = _REGISTER if columns.present["messages"] else ""
    yield Fault(
        f"missing {name}", columns.first, name, f"no row has {name!r}: KeyError{remedy}", "fails"
    )


def tags_not_named(columns: Columns, entry: Entry) -> Iterator[Fault]:
    """A `tags` block replaces all defaults too: without user and assistant no role is right."""
    needed = ("role_tag", "content_tag", "user_tag", "assistant_tag")
    missing = [key for key in needed if key not in entry.tags]
    if missing:
        detail = f"tags of {entry.name!r} do not name {', '.join(missing)}"
        yield Fault("tags not named", columns.first, "tags", detail, "fails")


# --- any -----------------------------------------------------------------------------------------


def no_format(columns: Columns, _: Entry) -> Iterator[Fault]:
    """Rows that have the columns of no format that it reads are a KeyError in any."""
    names = ", ".join(sorted(columns.present)[:6])
    detail = f"its columns ({names}) are neither alpaca's nor sharegpt's: convert it first"
    yield Fault("no format that it reads", columns.first, "", detail, "fails")


def everything_dropped(path: Path, rows: int, lost: int) -> Iterator[Fault]:
    """With no row left: "Cannot find valid samples, check data/README.md for the data format"."""
    if lost == rows:
        detail = (
            f"all {rows:,} rows are dropped: no valid sample is left" if rows else "has no rows"
        )
        yield Fault("no valid samples", str(path), "", detail, "fails")


_REGISTER = (
    "; register the file as sharegpt with columns messages=messages and tags role, content, user, "
    "assistant, system"
)
# Names in `columns` that a formatting passes over: of sharegpt, then of alpaca. Its turns have a
# trap of their own.
_RANKED = {"chosen", "rejected"}
_UNREAD = ({"messages", "prompt", "query", "response", "history", *_RANKED}, {"messages", *_RANKED})
_ALPACA_ROWS = (output_is_no_text, prompt_is_no_text, empty_output, empty_prompt, broken_history)
_ALPACA_FILE = (missing_column, numbers_only, forgotten_column, ignored_column)
_SHAREGPT_ROWS = (no_list_of_turns, broken_turn, turns_out_of_order, odd_number_of_turns)
_SHAREGPT_FILE = (missing_turns, missing_column, tags_not_named)
_ROWS: Mapping[str, tuple[_RowTrap, ...]] = {"alpaca": _ALPACA_ROWS, NO_FORMAT: ()}
_FILES: Mapping[str, tuple[_FileTrap, ...]] = {"alpaca": _ALPACA_FILE, NO_FORMAT: (no_format,)}
