"""The words that changes are made of: small files, to be edited by whoever knows the travellers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError, field_validator

from harness.config.explain import explain
from harness.config.section import Section
from harness.config.yaml_file import dotted, parse_yaml, read_text
from harness.errors import InputError

Language = Literal["zh", "en"]
_HERE = Path(__file__).parent
_FIGURE = re.compile("[0-9０-９]")
_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")
_Words = TypeVar("_Words", bound=Section)


def language(words: str) -> Language | None:
    """Tell the language of a question by its script, the values that it names taken out."""
    if _CHINESE.search(words):
        return "zh"
    return "en" if _LATIN.search(words) else None


class Frames(Section):
    """Words around a question, in each `{question}` once: around any, or around one with a `?`."""

    any: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @field_validator("any", "questions")
    @classmethod
    def _hold_the_question(cls, frames: tuple[str, ...]) -> tuple[str, ...]:
        for frame in frames:
            if frame.count("{question}") != 1:
                raise ValueError(f"{frame!r} must hold {{question}} once")
        return frames


class Slips(Section):
    """What people mistype: words for words, letters typed twice, words left out after a key."""

    swaps: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    twice: str = ""
    left_out: tuple[str, ...] = ()

    @field_validator("swaps")
    @classmethod
    def _change_words_only(cls, swaps: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for right, wrongs in swaps.items():
            for wrong in wrongs:
                if right == wrong or _FIGURE.search(right + wrong):
                    raise ValueError(f"{right}: {wrong!r} must be another word without a figure")
        return swaps


class Pronouns(Section):
    """What stands for a row that was spoken of, by pattern with `{key}`; words to go on with."""

    stands_for: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    openings: tuple[str, ...] = ("",)

    @field_validator("stands_for")
    @classmethod
    def _hold_the_key(cls, patterns: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for pattern in patterns:
            if pattern.count("{key}") != 1:
                raise ValueError(f"{pattern!r} must hold {{key}} once")
        return patterns


class FrameWords(Section):
    """`frames.yaml`."""

    zh: Frames = Frames()
    en: Frames = Frames()


class SlipWords(Section):
    """`typos.yaml`."""

    zh: Slips = Slips()
    en: Slips = Slips()


class PronounWords(Section):
    """`turns.yaml`."""

    zh: Pronouns = Pronouns()
    en: Pronouns = Pronouns()


def word_files() -> tuple[Path, ...]:
    """The files that decide, besides the rows and the spec, what is added."""
    return tuple(sorted(_HERE.glob("*.yaml")))


def frame_words(path: Path = _HERE / "frames.yaml") -> FrameWords:
    """Read a file of frames.

    Raises:
        InputError: it is missing or wrong; the sentence names file, line and field.
    """
    return _read(path, FrameWords)


def slip_words(path: Path = _HERE / "typos.yaml") -> SlipWords:
    """Read a file of slips; raises as `frame_words` does."""
    return _read(path, SlipWords)


def pronoun_words(path: Path = _HERE / "turns.yaml") -> PronounWords:
    """Read a file of pronouns; raises as `frame_words` does."""
    return _read(path, PronounWords)


def _read(path: Path, model: type[_Words]) -> _Words:
    file = parse_yaml(path, read_text(path, InputError), InputError)
    try:
        return model.model_validate(file.tree)
    except ValidationError as error:
        location, problem = explain(error, file.tree, model)
    field = f"{dotted(location)}: " if location else ""
    raise InputError(f"{file.where(location)}: {field}{problem}")
