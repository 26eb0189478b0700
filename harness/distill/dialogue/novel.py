"""A text in which a persona speaks: what the way `extract` reads, and how it is kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.errors import InputError
from harness.store.files import reason
from harness.text.normalize import same_question

# A file of this share of bad characters is not UTF-8 at all; below it, it is UTF-8 with a fault.
_HARDLY_UTF8 = 0.05


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
    """Read a text file in UTF-8, UTF-16 with its mark, or GBK.

    Returns:
        The text, line ends as line feeds, and the encoding: `utf-8`, `utf-16` or `gbk`.

    Raises:
        InputError: it cannot be read, is in no such encoding, or holds no text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {reason(error)}") from error
    text, encoding = _decoded(path, data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(f"{path}: is empty")
    if "\0" in text:
        raise InputError(f"{path}: is no text file: it holds a zero byte")
    return text, encoding


def _decoded(path: Path, data: bytes) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16"), "utf-16"
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: not UTF-16 at byte {error.start}") from error
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        wrong = error
    if not _looks_utf8(data):
        try:
            return data.decode("gb18030"), "gbk"
        except UnicodeDecodeError as error:
            raise InputError(
                f"{path}: not UTF-8 at byte {wrong.start}, nor GBK at byte {error.start}; "
                "save it as UTF-8"
            ) from error
    raise InputError(f"{path}: not UTF-8 at byte {wrong.start}; save it as UTF-8") from wrong


def _looks_utf8(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 throughout are so nearly everywhere."""
    text = data.decode("utf-8", "replace")
    beyond_ascii = sum(character > "\x7f" for character in text)
    return text.count("\ufffd") <= _HARDLY_UTF8 * beyond_ascii


def cue_key(cue: str) -> str:
    """A digest of what is said to a persona: the same however it is spaced and punctuated."""
    said = same_question(cue).encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).hexdigest()[:16]
