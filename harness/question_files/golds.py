"""The right answer of a row, typed: as its kind says, or as its options and its look do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.checker.gold import gold_from
from harness.checker.parse.options import options_in
from harness.core import Gold, Kind
from harness.errors import InputError, did_you_mean
from harness.question_files.choices import (
    NoOption,
    as_text,
    first_number,
    read_choices,
    right_options,
)
from harness.question_files.kinds import KINDS, guessed, kind_of_form, settled
from harness.question_files.rows import Entry, holds_nothing, text_of
from harness.text.display import short

# What a question is worth whose right answer nobody gave: it is asked, and not scored.
OPEN = Gold("free", None)


@dataclass(frozen=True, slots=True)
class Answered:
    """The right answer of one row.

    Args:
        gold: the answer; `OPEN` where there is none.
        options: what the question's options say, by letter.
        problem: why there is none although the row holds one.
        is_guessed: whether nobody said its kind.
    """

    gold: Gold
    options: Mapping[str, str]
    problem: str = ""
    is_guessed: bool = False


def answers_of(
    entries: Sequence[Entry], questions: Sequence[str], said: Sequence[str]
) -> list[Answered]:
    """The right answers of a file, whose kinds need not be named.

    Args:
        entries: its rows.
        questions: what each asks.
        said: what the conversation of each ends in, where its answer has no field of its own.

    Raises:
        InputError: an answer is not of the kind that its row names.
    """
    values = [_value(entry, reply) for entry, reply in zip(entries, said, strict=True)]
    options = [options_of(e, q) for e, q in zip(entries, questions, strict=True)]
    listed = [
        (v, len(o)) for v, o in zip(values, options, strict=True) if o and not holds_nothing(v)
    ]
    first = first_number((v for v, _ in listed), (n for _, n in listed))
    by_number = first is not None and all(type(v) is int for v, _ in listed)
    found = []
    for entry, value, letters in zip(entries, values, options, strict=True):
        numbered = _at(value, letters, first) if by_number else value
        found.append(_answer(entry, numbered, letters, first))
    return _together(found, values)


def _at(value: object, options: Mapping[str, str], first: int | None) -> object:
    """The letter of an option that a file of numbers names by its place, not by its words."""
    if first is None or not isinstance(value, int) or not 0 <= value - first < len(options):
        return value
    return list(options)[value - first]


def options_of(entry: Entry, question: str) -> Mapping[str, str]:
    """The options of a row: of its columns, its field, or those that its question lists."""
    if len(entry.options) > 1:
        return entry.options
    if not holds_nothing(entry.fields.get("choices")):
        return read_choices(entry.where, entry.fields["choices"])
    return options_in(question)


def _value(entry: Entry, reply: str) -> Any:
    """What a row gives as its answer."""
    value = entry.fields.get("answer")
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        value = value[0]  # SQuAD's own file has each place where an answer stands
    if isinstance(value, Mapping):  # as SQuAD has it, a text for each place where it stands
        texts = value.get("text")
        value = texts[0] if isinstance(texts, list) and texts else texts
    if isinstance(value, str) and value.lstrip().startswith("["):
        return value  # read as a set where its kind says so
    return reply if holds_nothing(value) else value


def kind_said(entry: Entry, *, loose: bool) -> Kind | None:
    """The kind that a row names; `None` where it names none.

    Raises:
        InputError: there is none such.
    """
    text = text_of(entry, "kind")
    name = text.lower()
    known = next((kind for kind in KINDS if kind == name), None)
    if known is None and loose:
        known = kind_of_form(text)
    if name and known is None:
        raise InputError(f"{entry.where}: there is no kind {name!r}{did_you_mean(name, KINDS)}")
    if known is None and loose:
        return kind_of_form(text_of(entry, "form"))
    return known


def _answer(entry: Entry, value: object, options: Mapping[str, str], first: int | None) -> Answered:
    kind = kind_said(entry, loose=True)
    if holds_nothing(value):
        return Answered(Gold("none", None) if kind == "none" else OPEN, options)
    own = bool(entry.options) or not holds_nothing(entry.fields.get("choices"))
    if options and kind in (None, "choice", "set" if own else "choice"):
        try:
            return Answered(option_gold(value, options, first), options, is_guessed=kind is None)
        except NoOption as none:
            if own:
                return Answered(OPEN, options, problem=none.reason)
    if kind is not None:
        return Answered(read_gold(entry.where, kind, value), options if kind == "choice" else {})
    return Answered(_guess(value), {}, is_guessed=True)


def option_gold(value: object, options: Mapping[str, str], first: int | None) -> Gold:
    """The right option, or the set of those that are right together.

    Raises:
        NoOption: the answer is none of them.
    """
    letters = right_options(value, options, first)
    return Gold("choice", letters[0]) if len(letters) == 1 else Gold("set", letters)


def read_gold(where: str, kind: Kind, value: object) -> Gold:
    """An answer read as its kind; what is free stays as it is.

    Raises:
        InputError: it cannot be.
    """
    if kind == "free":
        several = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return Gold("free", tuple(value) if several else as_text(value))  # type: ignore[arg-type] # texts, by `several`
    try:
        return gold_from(kind, value)
    except InputError as error:
        raise InputError(f"{where}: answer: {error}") from error
    except OverflowError as error:
        raise InputError(f"{where}: answer: {short(value)} is too large a number") from error


def _guess(value: object) -> Gold:
    if isinstance(value, list) and len(value) == 1:
        (value,) = value
    kind = guessed(value)
    if kind == "free":
        return Gold("free", str(value).strip())
    if kind == "set":
        texts = [as_text(one) for one in value] if isinstance(value, list | tuple) else []
        return Gold("set", tuple(dict.fromkeys(filter(None, texts))))
    plain = str(value) if isinstance(value, bool) else value
    try:
        return gold_from(kind, plain)
    except (InputError, OverflowError):
        return Gold("free", as_text(value))


def _together(found: Sequence[Answered], values: Sequence[object]) -> list[Answered]:
    """The answers with what was guessed of each settled among all."""
    guesses = [
        n for n, one in enumerate(found) if one.is_guessed and one.gold.kind in ("text", "free")
    ]
    kinds = settled([found[n].gold.kind for n in guesses])
    changed = list(found)
    for n, kind in zip(guesses, kinds, strict=True):
        if kind == "free" and found[n].gold.kind == "text":
            changed[n] = Answered(Gold("free", as_text(values[n])), {}, is_guessed=True)
    return changed
