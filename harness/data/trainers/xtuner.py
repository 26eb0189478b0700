"""What XTuner makes of the rows of a data file (0.1.17 to 0.2, `dataset/map_fns`).

A trap is a function that says in its docstring what the trainer does. Which of them apply is told
by the columns of the first row, as one would choose the map function.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.data.trainers.columns import Columns, kind_of
from harness.rows.fault import Fault
from harness.rows.record import Record
from harness.text.display import short

_Trap = Callable[[Record], Iterator[Fault]]
_NO_OUTPUT = "<nooutput>"


class XTuner:
    """Shown every row of a file, it tells what the trainer would do with them.

    Args:
        path: the file.
        max_length: of the config; where longer, a row is cut. Counted in characters here, which
            is an estimate: a token of Chinese text is a character or two.
    """

    def __init__(self, path: Path, max_length: int) -> None:
        self._path = path
        self._max_length = max_length
        self._columns = Columns(typed=path.suffix.lower() in {".json", ".jsonl"})
        self._kind = ""

    def look(self, record: Record) -> Iterator[Fault]:
        """Yield the faults of a row."""
        self._kind = self._kind or kind(record.fields)
        yield from self._columns.add(record)
        for trap in _ROWS[self._kind]:
            yield from trap(record)
        yield from over_length(record, self._max_length)

    def end(self) -> Iterator[Fault]:
        """Yield the faults of the file as a whole."""
        yield from no_json(self._path)
        yield from next_generation(self._path, self._kind)
        if self._kind == "none":
            yield from no_map_function(self._columns)
        if self._kind == "alpaca_map_fn":
            yield from missing_input(self._columns)
            yield from trailing_newline(self._columns)
            yield from added_system(self._columns)


def kind(fields: Mapping[str, Any]) -> str:
    """What reads rows with these columns: `standard`, the name of a map function, or `none`."""
    if "conversation" in fields:
        return "standard"
    if "messages" in fields:
        return "openai_map_fn"
    if "instruction" in fields:
        return "alpaca_map_fn"
    return "default_map_fn" if {"input", "output"} <= fields.keys() else "none"


# --- the standard format -------------------------------------------------------------------------


def no_standard_format(record: Record) -> Iterator[Fault]:
    """`conversation` must be a list of turns whose input and output are strings.

    The check before training looks at the first row only; a later one stops the training itself.
    """
    turns = record.fields.get("conversation")
    if not isinstance(turns, list):
        detail = f"is {kind_of(turns)}, not a list of turns with input and output"
        yield Fault("no standard format", record.where, "conversation", detail, "fails")
        return
    for place, turn in enumerate(turns):
        for key in ("input", "output"):
            value = turn.get(key) if isinstance(turn, Mapping) else None
            if not isinstance(value, str):
                field = f"conversation[{place}].{key}"
                missing = not isinstance(turn, Mapping) or key not in turn
                said = "is missing" if missing else f"is {kind_of(value)}, {short(value)}, not text"
                detail = f"{said}: XTuner checks the first row only, and stops here"
                yield Fault("no standard format", record.where, field, detail, "fails")


def system_is_no_text(record: Record) -> Iterator[Fault]:
    """A `system` that is no string cannot be put into the prompt."""
    for place, turn in enumerate(_turns(record, "conversation")):
        if not isinstance(turn.get("system", ""), str):
            field = f"conversation[{place}].system"
            yield Fault(
                "system is no text", record.where, field, f"is {kind_of(turn['system'])}", "fails"
            )


def nothing_supervised(record: Record) -> Iterator[Fault]:
    """A row without turns, or with no output to train on, is filtered out in silence."""
    turns = _turns(record, "conversation")
    trained = [turn for turn in turns if turn.get("output_with_loss", True) and turn.get("output")]
    if isinstance(record.fields.get("conversation"), list) and not trained:
        detail = "no turn has an output to train on: the row is dropped in silence"
        yield Fault("nothing to train on", record.where, "conversation", detail, "lost")


def empty_input(record: Record) -> Iterator[Fault]:
    """An empty `input` is pre-training: the output is trained on as plain text."""
    for place, turn in enumerate(_turns(record, "conversation")):
        if turn.get("input") == "":
            detail = "is empty, as in pre-training: the output is taught as an answer to nothing"
            yield Fault("empty input", record.where, f"conversation[{place}].input", detail, "note")


# --- openai_map_fn -------------------------------------------------------------------------------


def broken_message(record: Record) -> Iterator[Fault]:
    """A message without role or content is a KeyError, one of another role not implemented."""
    messages = record.fields.get("messages")
    if not isinstance(messages, list):
        detail = f"is {kind_of(messages)}, not a list of messages"
        yield Fault("no list of messages", record.where, "messages", detail, "fails")
        return
    for place, message in enumerate(messages):
        where = f"messages[{place}]"
        found = message if isinstance(message, Mapping) else {}
        for key in ("role", "content"):
            if not isinstance(found.get(key), str):
                rule = "message lacks a key" if key not in found else "message is no text"
                detail = f"message {place + 1} has no {key} that is text"
                yield Fault(rule, record.where, f"{where}.{key}", detail, "fails")
        role = found.get("role")
        if isinstance(role, str) and role not in {"system", "user", "assistant"}:
            detail = f"openai_map_fn knows no role {short(role)}: NotImplementedError"
            yield Fault("unknown role", record.where, f"{where}.role", detail, "fails")


def leading_replies(record: Record) -> Iterator[Fault]:
    """What the assistant says at the very start is skipped."""
    for place, role in enumerate(_roles(record)):
        if role != "assistant":
            return
        detail = "the row begins with an assistant turn: it is skipped"
        yield Fault("leading reply", record.where, f"messages[{place}]", detail, "wrong")


def reply_to_nothing(record: Record) -> Iterator[Fault]:
    """A reply that follows no user turn is trained on as an answer to an empty input."""
    roles = _roles(record)
    start = next((place for place, role in enumerate(roles) if role != "assistant"), len(roles))
    asked = False
    for place, role in enumerate(roles[start:], start=start):
        if role == "assistant" and not asked:
            detail = "no user turn before it: taught as an answer to nothing"
            yield Fault("reply to nothing", record.where, f"messages[{place}]", detail, "wrong")
        asked = role == "user" or (asked and role != "assistant")


def joined_users(record: Record) -> Iterator[Fault]:
    """User turns in a row are joined with nothing between them."""
    roles = [(place, role) for place, role in enumerate(_roles(record)) if role != "system"]
    for (_, before), (place, role) in itertools.pairwise(roles):
        if before == role == "user":
            detail = "follows another user turn: both are joined with nothing between them"
            yield Fault("user turns in a row", record.where, f"messages[{place}]", detail, "wrong")


def trailing_user(record: Record) -> Iterator[Fault]:
    """A user turn that nothing follows vanishes."""
    roles = _roles(record)
    if roles and roles[-1] == "user":
        only = "assistant" not in roles[roles.index("user") :]
        detail = "no reply follows: " + ("the row has none at all" if only else "it vanishes")
        field = f"messages[{len(roles) - 1}]"
        yield Fault("trailing user turn", record.where, field, detail, "lost" if only else "wrong")


def late_system(record: Record) -> Iterator[Fault]:
    """A system text holds for the next turn only; the last of several wins."""
    roles = _roles(record)
    if roles.count("system") > 1:
        detail = f"{roles.count('system')} system texts: each holds for the next turn only"
        yield Fault("several system texts", record.where, "messages", detail, "note")


def no_reply_trained(record: Record) -> Iterator[Fault]:
    """Without a reply, or with `loss` false for all of them, a row is filtered out in silence."""
    replies = [m for m in _turns(record, "messages") if m.get("role") == "assistant"]
    trained = [message for message in replies if message.get("loss", True)]
    if isinstance(record.fields.get("messages"), list) and not trained:
        detail = "no assistant turn to train on: the row is dropped in silence"
        yield Fault("nothing to train on", record.where, "messages", detail, "lost")


def _turns(record: Record, name: str) -> list[Mapping[str, Any]]:
    turns = record.fields.get(name)
    return [t for t in turns if isinstance(t, Mapping)] if isinstance(turns, list) else []


def _roles(record: Record) -> list[object]:
    messages = record.fields.get("messages")
    found = messages if isinstance(messages, list) else []
    return [m.get("role") if isinstance(m, Mapping) else None for m in found]


# --- alpaca_map_fn and default_map_fn ------------------------------------------------------------


def no_instruction(record: Record) -> Iterator[Fault]:
    """An instruction that a row has not, and other rows have, is read as None and written so."""
    if "instruction" not in record.fields:
        detail = "is missing, and read as 'None'"
        yield Fault("missing instruction", record.where, "instruction", detail, "wrong")


def no_output(record: Record) -> Iterator[Fault]:
    """An output of `<nooutput>` is dropped."""
    if record.fields.get("output") == _NO_OUTPUT:
        yield Fault("<nooutput>", record.where, "output", "stands for none: dropped", "lost")


def empty_output(record: Record) -> Iterator[Fault]:
    """A row whose output is empty has no token to train on: it is filtered out in silence."""
    if record.fields.get("output") == "":
        detail = "is empty: the row is dropped in silence"
        yield Fault("nothing to train on", record.where, "output", detail, "lost")


def field_is_no_text(record: Record) -> Iterator[Fault]:
    """Input and output must be strings; what is not cannot be tokenized."""
    for name in ("instruction", "input", "output"):
        value = record.fields.get(name, "")
        if not isinstance(value, str):
            detail = f"is {kind_of(value)}, {short(value)}, not text"
            yield Fault(f"{name} is no text", record.where, name, detail, "fails")
    if "output" not in record.fields:
        yield Fault("missing output", record.where, "output", "is missing: KeyError", "fails")


def missing_input(columns: Columns) -> Iterator[Fault]:
    """`alpaca_map_fn` looks up `input` in every row: a file without it is a KeyError."""
    if not columns.present["input"]:
        detail = "no row has 'input': KeyError; add an empty one"
        yield Fault("missing input", columns.first, "input", detail, "fails")
    elif columns.present["input"] < columns.rows:
        without = columns.rows - columns.present["input"]
        detail = f"{without:,} of {columns.rows:,} rows have none, and are read as 'None'"
        yield Fault("missing input", columns.first, "input", detail, "wrong")


def added_system(columns: Columns) -> Iterator[Fault]:
    """`alpaca_map_fn` gives every row its own English system text."""
    detail = "alpaca_map_fn gives every row the system text of Alpaca: ask with it too"
    yield Fault("system text added", columns.first, "", detail, "note")


def trailing_newline(columns: Columns) -> Iterator[Fault]:
    """`alpaca_map_fn` joins instruction, a newline and input, even where input is empty."""
    empty = columns.present["input"] - columns.filled["input"]
    if empty:
        detail = (
            f"in {empty:,} rows: the instruction is taught with a newline behind it, which "
            "LLaMA-Factory leaves out; ask with it too, or use the conversation format"
        )
        yield Fault("empty input", columns.first, "input", detail, "note")


# --- any -----------------------------------------------------------------------------------------


def no_json(path: Path) -> Iterator[Fault]:
    """`check_custom_dataset` takes json only."""
    if path.suffix.lower() not in {".json", ".jsonl"}:
        detail = f"{path.suffix or 'no ending'} is no json: convert it first"
        yield Fault("file type not allowed", str(path), "", detail, "fails")


def no_map_function(columns: Columns) -> Iterator[Fault]:
    """Rows that are not in the standard format need a map function that knows their columns."""
    names = ", ".join(sorted(columns.present)[:6])
    detail = f"no map function reads {names or 'rows without columns'}"
    yield Fault("no standard format", columns.first, "", detail, "fails")


def next_generation(path: Path, form: str) -> Iterator[Fault]:
    """XTuner 1.x reads jsonl only, of messages or dialogs; the conversation form is gone."""
    if path.suffix.lower() != ".jsonl" or form != "openai_map_fn":
        detail = "XTuner 1.x would not read this: only jsonl with messages or dialogs"
        yield Fault("not for XTuner 1.x", str(path), "", detail, "note")


def over_length(record: Record, max_length: int) -> Iterator[Fault]:
    """A row longer than `max_length` tokens is cut at its end."""
    length = _characters(record.fields)
    if length > max_length:
        detail = f"{length:,} characters, maybe more than {max_length:,} tokens: the end is cut"
        yield Fault("over length", record.where, "", detail, "note")


def _characters(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, list) else 0


_ROWS: Mapping[str, tuple[_Trap, ...]] = {
    "standard": (no_standard_format, system_is_no_text, nothing_supervised, empty_input),
    "openai_map_fn": (
        broken_message, leading_replies, reply_to_nothing, joined_users, trailing_user, late_system,
        no_reply_trained,
    ),
    "alpaca_map_fn": (no_instruction, field_is_no_text, no_output, empty_output),
    "default_map_fn": (field_is_no_text, empty_output),
    "none": (),
}  # fmt: skip
