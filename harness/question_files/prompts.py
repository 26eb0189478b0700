"""What is asked: a text or a conversation, with what stands before and behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from harness.checker.parse.options import options_in
from harness.core import Message, Role
from harness.errors import InputError, did_you_mean
from harness.question_files.looks import is_turns
from harness.question_files.rows import Entry, decoded, holds_nothing, text_of
from harness.text.display import short

_ROLES: Mapping[str, Role] = {
    "system": "system", "developer": "system", "user": "user", "human": "user",
    "assistant": "assistant", "gpt": "assistant", "bot": "assistant", "model": "assistant",
}  # fmt: skip


def read_prompt(entry: Entry) -> tuple[tuple[Message, ...], str]:
    """What a row asks, its options aside.

    Returns:
        The turns, the last of them the user's, and the reply behind them where a conversation
        holds one; both empty where the row asks nothing.

    Raises:
        InputError: its turns cannot be read.
    """
    given = decoded(entry.where, "messages", entry.fields.get("messages"))
    question = entry.fields.get("question")
    if holds_nothing(given) and is_turns(question):  # as preference data have their prompts
        given, question = question, None
    if not holds_nothing(given):
        return _talk(entry, given)
    asked = _asked(entry)
    if not asked:
        return (), ""
    return (*_before(entry), Message("user", asked)), ""


def _asked(entry: Entry) -> str:
    """The text of a question: its material before it, an Alpaca's input behind it."""
    question = entry.fields.get("question")
    if isinstance(question, list) and len(question) == 1:  # as MT-bench has its turns
        entry = replace(entry, fields={**entry.fields, "question": question[0]})
    texts = (text_of(entry, name) for name in ("context", "question", "input"))
    return "\n".join(filter(None, texts)) if text_of(entry, "question") else ""


def _before(entry: Entry) -> Iterator[Message]:
    """The system text and the earlier exchanges."""
    if system := text_of(entry, "system"):
        yield Message("system", system)
    history = decoded(entry.where, "history", entry.fields.get("history"))
    if holds_nothing(history):
        return
    if not isinstance(history, list):
        raise InputError(f"{entry.where}: history must be a list, not {short(history)}")
    for number, turn in enumerate(history):
        at = f"history[{number}]"
        if isinstance(turn, Mapping):
            yield _message(entry.where, at, turn)
        elif isinstance(turn, list) and len(turn) == 2 and all(isinstance(t, str) for t in turn):
            yield Message("user", turn[0])
            yield Message("assistant", turn[1])
        else:
            raise InputError(f"{entry.where}: {at} is no pair of question and reply: {short(turn)}")


def _talk(entry: Entry, given: object) -> tuple[tuple[Message, ...], str]:
    if not isinstance(given, list):
        raise InputError(f"{entry.where}: messages must be a list, not {short(given)}")
    turns = [_message(entry.where, f"messages[{n}]", turn) for n, turn in enumerate(given)]
    system = text_of(entry, "system")
    if system and turns[0].role != "system":
        turns.insert(0, Message("system", system))
    said = turns.pop().content if turns[-1].role == "assistant" else ""
    if not turns or turns[-1].role != "user" or not turns[-1].content.strip():
        raise InputError(f"{entry.where}: messages must end in a user's turn, or in its answer")
    return tuple(turns), said


def _message(where: str, at: str, turn: object) -> Message:
    if not isinstance(turn, Mapping):
        raise InputError(f"{where}: {at} is no turn: {short(turn)}")
    word = str(turn.get("role", turn.get("from", ""))).casefold()
    if word not in _ROLES:
        raise InputError(f"{where}: {at}: unknown role {short(word)}{did_you_mean(word, _ROLES)}")
    content = _content(turn.get("content", turn.get("value")))
    if content is None:
        raise InputError(f"{where}: {at}: content must be text, not {short(turn.get('content'))}")
    return Message(_ROLES[word], content)


def _content(value: Any) -> str | None:
    """A turn's text, or the texts of its parts; `None` where it holds something else."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return None
    texts = [part.get("text") if isinstance(part, Mapping) else None for part in value]
    known = [text for text in texts if isinstance(text, str)]
    return "".join(known) if known and len(known) == len(texts) else None


def with_options(
    messages: tuple[Message, ...], options: Mapping[str, str], instruction: str
) -> tuple[Message, ...]:
    """The turns with options and an instruction behind the last, a line each.

    Options that the question lists already are not listed again.
    """
    if not messages:
        return messages
    last = messages[-1]
    lines = [last.content]
    if options and {*options_in(last.content)} != {*options}:
        lines += [f"{letter}. {words}" for letter, words in options.items()]
    if instruction:
        lines.append(instruction)
    return (*messages[:-1], replace(last, content="\n".join(lines)))
