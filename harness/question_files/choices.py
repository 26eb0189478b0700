"""Options and which of them is right, however people spell it: B, (b), B. 兰州, 兰州, AC, 1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.checker.parse.options import latin_labels, options_in
from harness.errors import InputError
from harness.question_files.columns import letters_of
from harness.question_files.words import words
from harness.text.display import short
from harness.text.normalize import fold, informative

MOST_OPTIONS = 26
_LEAD = re.compile(
    r"(?:正确|参考|标准)?答案(?:应?该?是|为)?[::]?\s*|(?:应|故|应该)?选(?:择|项)?[::]?\s*|答[::]\s*"
    r"|(?:the )?(?:correct )?(?:answer|option|choice)(?: is)?[::]?\s*",
    re.IGNORECASE,
)
_TRAILS = ("是正确的", "正确", "是对的"), ("选项", "项")
_JOINT = r"[\s,、;/&和与及+|.。]*"
_LETTERS = re.compile(rf"[A-Za-z](?:{_JOINT}[A-Za-z])*")
_AROUND = " ()[]{}<>【】\"'“”.。、:;,"
_LABELLED = re.compile(r"[(\[【]?\s*([A-Za-z])\s*[)\]】.、:,]\s*(.+)", re.DOTALL)
_LABEL = re.compile(r"[(（\[【]?\s*(?:([A-Za-z])\s*[)）\]】.．、:：]+|([A-Z])[ \t]+)\s*(?=\S)")
_SEVERAL = re.compile(r"[;\n、|]|,(?!\d)")


@dataclass(frozen=True, slots=True)
class NoOption(Exception):
    """An answer is none of its options; `reason` says so."""

    reason: str


def read_choices(where: str, value: object) -> dict[str, str]:
    """Read a field of options: a list, a mapping by letter, lists of text and label, or a text.

    Returns:
        What each option says by its letter, from A on.

    Raises:
        InputError: they are no options.
    """
    if isinstance(value, str):
        value = _from_text(where, value)
    if isinstance(value, Mapping):
        value = _from_mapping(where, value)
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise InputError(f"{where}: choices must be a list of options, not {short(value)}")
    if not 2 <= len(value) <= MOST_OPTIONS:
        raise InputError(f"{where}: choices must be 2 to {MOST_OPTIONS} options, not {len(value)}")
    texts = [_said(where, option) for option in value]
    return unlabelled(dict(zip(letters_of(len(texts)), texts, strict=True)))


def unlabelled(options: Mapping[str, str]) -> dict[str, str]:
    """Options without the letters that they begin with, where each begins with its own."""
    marked = {letter: _LABEL.match(text) for letter, text in options.items()}
    own = {letter: mark for letter, mark in marked.items() if mark and _letter(mark) == letter}
    if len(own) < len(options):
        return dict(options)
    return {letter: text[own[letter].end() :].strip() for letter, text in options.items()}


def _letter(mark: re.Match[str]) -> str:
    return str(mark[1] or mark[2]).upper()


def _said(where: str, option: object) -> str:
    if isinstance(option, Mapping) and isinstance(option.get("text"), str):
        option = option["text"]
    if isinstance(option, list | dict) or option is None:
        raise InputError(f"{where}: choices: an option must be a text, not {short(option)}")
    return as_text(option)


def as_text(value: object) -> str:
    """A cell as a person reads it: a whole number has no decimals."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _from_text(where: str, text: str) -> object:
    text = text.strip()
    if text.startswith(("[", "{")):
        try:
            return json.loads(text)
        except ValueError as error:
            raise InputError(f"{where}: choices is not valid JSON: {error}") from error
    found = options_in(text)
    if found:
        return list(found.values())
    return [part.strip() for part in re.split(r"[\n;；|]", text) if part.strip()]


def _from_mapping(where: str, value: Mapping[str, object]) -> object:
    texts, labels = value.get("text"), value.get("label")
    if isinstance(texts, list):
        return texts if labels is None else _in_order(labels, texts)
    letters = letters_of(len(value))
    by_letter = {str(name).strip().upper(): said for name, said in value.items()}
    if {*by_letter} != {*letters}:
        raise InputError(f"{where}: choices: the options must be {', '.join(letters)}")
    return [by_letter[letter] for letter in letters]


def _in_order(labels: object, texts: list[object]) -> list[object]:
    """Texts in the order of their labels; labels that are no letters leave the order alone."""
    letters = [str(label).strip().upper() for label in labels] if isinstance(labels, list) else []
    if sorted(letters) == list(letters_of(len(texts))):
        return [text for _, text in sorted(zip(letters, texts, strict=True), key=lambda p: p[0])]
    return texts


def right_options(answer: object, options: Mapping[str, str], first: int | None) -> tuple[str, ...]:
    """Return the letters of the right options, in order.

    Args:
        answer: what a cell or a field holds.
        options: what each says, by letter; may be empty texts where the question lists them in a
            way that nobody can read.
        first: the number of the first option where answers are numbers, 0 or 1; `None` where a
            number is none.

    Raises:
        NoOption: the answer is none of them, or its letter and its words are of two.
    """
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        found = [letter for one in answer for letter in right_options(one, options, first)]
        return _ordered(found, answer)
    text = as_text(answer)
    folded = latin_labels(fold(text))
    bare = folded
    while (lead := _LEAD.match(bare)) is not None and lead.end():
        bare = bare[lead.end() :]
    for said in dict.fromkeys((folded, bare, _without_trail(bare))):
        letters = _read(said, options)
        if letters:
            return _ordered(letters, answer)
    verdict = _by_verdict(bare, options)
    if verdict:
        return verdict
    number = _number(bare)
    if number is not None and first is not None and 0 <= number - first < len(options):
        return (list(options)[number - first],)
    raise NoOption(f"{short(answer)} is none of {', '.join(options)}")


def _without_trail(text: str) -> str:
    """What stands before the words that end an answer: B of “B选项是正确的。”, for one."""
    said = text[:-1] if text.endswith(("。", ".")) else text
    for trails in _TRAILS:
        said = said.removesuffix(next((trail for trail in trails if said.endswith(trail)), ""))
    return said.rstrip()


def _read(said: str, options: Mapping[str, str]) -> tuple[str, ...]:
    """The letters that a text stands for, nothing where it is none of the options."""
    core = said.strip(_AROUND)
    if _LETTERS.fullmatch(core) and (letters := _spelled(core, options)):
        return letters
    whole = by_words(said, options)
    if whole:
        return whole
    if labelled := _LABELLED.fullmatch(said):
        letter, words = labelled[1].upper(), _key(labelled[2])
        own = _key(options.get(letter, ""))
        if letter in options and words and (not own or words == own):
            return (letter,)
    parts = [part.strip() for part in _SEVERAL.split(said) if part.strip()]
    if len(parts) < 2 or len(parts) > len(options):
        return ()
    each = [_one(part, options) for part in parts]
    return tuple(letter for letters in each for letter in letters) if all(each) else ()


def _one(part: str, options: Mapping[str, str]) -> tuple[str, ...]:
    return () if _SEVERAL.search(part) else _read(_LEAD.sub("", part, count=1), options)


def _spelled(core: str, options: Mapping[str, str]) -> tuple[str, ...]:
    """Letters alone: B, b, AC, A、C. A word in small letters is none, though its letters may be."""
    bare = re.sub(_JOINT, "", core)
    if by_words(core, options) and len(bare) > 1:
        return ()
    if not (bare.isupper() or len(bare) == 1 or (bare.islower() and len(bare) <= len(options))):
        return ()
    letters = tuple(bare.upper())
    fits = all(letter in options for letter in letters) and len({*letters}) == len(letters)
    return letters if fits else ()


def by_words(said: str, options: Mapping[str, str]) -> tuple[str, ...]:
    """The option that says just this, where it is one alone."""
    wanted = _key(said)
    found = [letter for letter, words in options.items() if wanted and _key(words) == wanted]
    return (found[0],) if len(found) == 1 else ()


def _by_verdict(said: str, options: Mapping[str, str]) -> tuple[str, ...]:
    """The option that says right or wrong in other words: 对 is 正确, T is True."""
    for verdict in (words("verdicts_right"), words("verdicts_wrong")):
        found = [letter for letter, text in options.items() if _bare(text) in verdict]
        if _bare(said) in verdict and len(found) == 1 and len(options) == 2:
            return (found[0],)
    return ()


def _bare(text: str) -> str:
    return fold(text).casefold().strip(_AROUND)


def _key(text: str) -> str:
    """What two spellings of an option share; signs count where there is nothing else."""
    folded = fold(text).casefold().rstrip("。.;,、")
    # Minus signs and points tell numbers apart.
    return folded if re.search(r"\d|[=<>+*/^-]", folded) else informative(folded) or folded


def _number(text: str) -> int | None:
    core = text.strip(_AROUND)
    return int(core) if core.isascii() and core.isdigit() and len(core) <= 2 else None


def _ordered(letters: Iterable[str], answer: object) -> tuple[str, ...]:
    found = tuple(sorted(dict.fromkeys(letters)))
    if not found:
        raise NoOption(f"{short(answer)} names no option")
    return found


def first_number(answers: Iterable[object], counts: Iterable[int]) -> int | None:
    """Where numbers stand for options, the number of the first: 0 or 1; `None` where none tells.

    A 0 says that they count from 0, a number as large as there are options that they count from 1.

    Args:
        answers: all right answers of a file.
        counts: how many options each has.
    """
    numbers = [(_number(as_text(a)), n) for a, n in zip(answers, counts, strict=True)]
    known = [(number, n) for number, n in numbers if number is not None]
    if not known:
        return None
    if any(number == 0 for number, _ in known):
        return 0
    return 1 if any(number == n for number, n in known) else None
