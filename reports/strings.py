"""Every word of the reports, in English and Chinese; they stand in `strings.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["en", "zh"]
_COMMAS: Mapping[Language, str] = {"en": ", ", "zh": "、"}


@cache
def words(language: Language = "en") -> Mapping[str, str]:
    """Every word by its key; both languages have the same keys."""
    text = Path(__file__).with_name("strings.toml").read_text(encoding="utf-8")
    return {key: said[language] for key, said in tomllib.loads(text).items()}


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence before it has a language: its key, and what goes into its braces.

    A value may be a tuple of texts or notes, a list in the sentence, or a `Note` itself.
    """

    key: str
    values: Mapping[str, str | Note | tuple[str | Note, ...]] = field(default_factory=dict)


def say(said: Note | str | tuple[str | Note, ...], language: Language = "en") -> str:
    """The sentence in one language; a text as it is, and several as a list."""
    if isinstance(said, Note):
        values = {name: say(value, language) for name, value in said.values.items()}
        return words(language)[said.key].format(**values)
    if isinstance(said, str):
        return said
    return _COMMAS[language].join(say(one, language) for one in said)
