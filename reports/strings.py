"""Every word of the reports, in English and Chinese, under equal keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reports.chinese import CHINESE
from reports.english import ENGLISH

Language = Literal["en", "zh"]
STRINGS: Mapping[Language, Mapping[str, str]] = {"en": ENGLISH, "zh": CHINESE}
_COMMAS: Mapping[Language, str] = {"en": ", ", "zh": "、"}


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence before it has a language: its key, and what goes into its braces.

    A value may be a tuple of texts, a list in the sentence, or a `Note` itself.
    """

    key: str
    values: Mapping[str, str | tuple[str, ...] | Note] = field(default_factory=dict)


def say(note: Note, language: Language = "en") -> str:
    """The sentence in one language."""
    values = {name: _text(value, language) for name, value in note.values.items()}
    return STRINGS[language][note.key].format(**values)


def _text(value: str | tuple[str, ...] | Note, language: Language) -> str:
    if isinstance(value, Note):
        return say(value, language)
    return value if isinstance(value, str) else _COMMAS[language].join(value)
