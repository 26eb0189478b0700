"""The right answer of a row, typed: as its kind says, or as its options and its look do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from harness.checker.gold import gold_from
from harness.checker.parse.options import options_in
from harness.core import Gold, Kind
from harness.errors import InputError, did_you_mean
from harness.question_files.choices import (
    NoOption,
    as_text,
    read_choices,
    right_options,
)
from harness.question_files.columns import MORE_ANSWERS
from harness.question_files.kinds import KINDS, guessed, kind_of_form, settled
from harness.question_files.places import Numbers, read_numbers
from harness.question_files.rows import Entry, holds_nothing, is_blank, text_of
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
        doubt: which other option it could be as well, where a file leaves that open.
        also: other texts that are right as well.
    """

    gold: Gold
    options: Mapping[str, str]
    problem: str = ""
    is_guessed: bool = False
    doubt: str = ""
    also: tuple[str, ...] = ()


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
    asked = [n for n, own in enumerate(options) if own and not holds_nothing(values[n])]
    listed = all(len(entries[n].options) < 2 and _has_choices(entries[n]) for n in asked)
    numbers = read_numbers([values[n] for n in asked], [options[n] for n in asked], listed=listed)
    found = []
    for entry, value, letters in zip(entries, values, options, strict=True):
        found.append(_answer(entry, value, letters, numbers))
    return [_with_more(e, one) for e, one in zip(entries, _together(found, values), strict=True)]


def _with_more(entry: Entry, answered: Answered) -> Answered:
    """An answer with those of its row that are right as well."""
    gold = answered.gold
    given = [as_text(entry.fields[x]) for x in MORE_ANSWERS if not is_blank(entry.fields.get(x))]
    if gold.kind not in ("text", "free") or gold.is_open or not given:
        return answered
    first = gold.value if isinstance(gold.value, tuple) else (str(gold.value),)
    also = tuple(text for text in dict.fromkeys(given) if text not in first)
    if gold.kind == "text":
        return replace(answered, also=also)
    return replace(answered, gold=Gold("free", (*first, *also)))


def _has_choices(entry: Entry) -> bool:
    return not holds_nothing(entry.fields.get("choices"))


def options_of(entry: Entry, question: str) -> Mapping[str, str]:
    """The options of a row: of its columns, its field, or those that its question lists."""
    if len(entry.options) > 1:
        return entry.options
    if _has_choices(entry):
        return read_choices(entry.where, entry.fields["choices"])
    return options_in(question)


def _value(entry: Entry, reply: str) -> Any:
    """What a row gives as its answer."""
    given = (entry.fields.get(name) for name in ("answer", *MORE_ANSWERS))
    value = next((one for one in given if not holds_nothing(one)), None)
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        value = value[0]  # SQuAD's own file has each place where an answer stands
    if isinstance(value, Mapping):  # as SQuAD has it, a text for each place where it stands
        texts = value.get("text")
        value = texts[0] if isinstance(texts, list) and texts else texts
    if isinstance(value, str) and value.lstrip().startswith("["):
        return _listed(value)
    return reply if holds_nothing(value) else value


def _listed(text: str) -> str | list[str]:
    """The texts of a list that a cell writes as JSON; another text as it is."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    is_texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return value if is_texts else text


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


def _kind(entry: Entry, *, own: bool) -> Kind | None:
    """The kind that a row names; options of its own make 判断题 and 填空题 questions of choice."""
    kind = kind_said(entry, loose=True)
    is_form = text_of(entry, "kind").lower() not in KINDS
    return "choice" if own and kind == "text" and is_form else kind


def _answer(entry: Entry, value: object, options: Mapping[str, str], numbers: Numbers) -> Answered:
    own = len(entry.options) > 1 or (bool(options) and _has_choices(entry))
    kind = _kind(entry, own=own)
    if holds_nothing(value):
        return Answered(Gold("none", None) if kind == "none" else OPEN, options)
    if options and kind in (None, "choice", "set" if own else "choice"):
        try:
            gold = option_gold(numbers.letter(value, options), options, numbers.behind)
        except NoOption as none:
            if own:
                return Answered(OPEN, options, problem=none.reason)
        else:
            doubt = numbers.doubt(value, options)
            return Answered(gold, options, is_guessed=kind is None, doubt=doubt)
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
    value = _alone(value)
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
            changed[n] = replace(changed[n], gold=Gold("free", as_text(_alone(values[n]))))
    return changed


def _alone(value: object) -> object:
    """What stands alone in a list."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
