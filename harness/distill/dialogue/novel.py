"""A text in which a persona speaks: what the way `extract` reads, and how it is kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.rows import decode
from harness.text.normalize import same_question


@dataclass(frozen=True, slots=True)
class Story:
    """A novel's text, and who is to be learned from it.

    Args:
        where: the file's name, for messages.
        text: the whole, line ends as line feeds; offsets count its characters.
        persona: the name of the one whose replies are wanted.
        aliases: what else the text calls them.
        system: the system turn of every row; `None` for none.
        turns: most earlier exchanges, a cue and its reply each, that a row keeps as history.
    """

    where: str
    text: str
    persona: str
    aliases: tuple[str, ...] = ()
    system: str | None = None
    turns: int = 3

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the persona."""
        return (self.persona, *self.aliases)


def story_to(story: Story) -> dict[str, Any]:
    """A story as a JSON object."""
    return {**asdict(story), "aliases": list(story.aliases)}


def story_from(data: Mapping[str, Any]) -> Story:
    """A story from its JSON object."""
    return Story(**{**data, "aliases": tuple(data["aliases"])})


def read_text(path: Path) -> tuple[str, str]:
    """Read a text file in any encoding that `harness.rows.decode` reads.

    Returns:
        The text, line ends as line feeds, and the encoding: `utf-8`, `utf-16` or `gbk`.

    Raises:
        InputError: it cannot be read, is in no such encoding, or holds no text.
    """
    text, encoding = decode.read_text(path)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(f"{path}: is empty")
    if "\0" in text:
        raise InputError(f"{path}: is no text file: it holds a zero byte")
    return text, encoding


def cue_key(cue: str) -> str:
    """A digest of what is said to a persona: the same however it is spaced and punctuated."""
    said = same_question(cue).encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).hexdigest()[:16]
