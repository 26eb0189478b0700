"""Keys: read from the environment by name, never printed, scrubbed out of whatever comes back."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from harness.errors import UsageError

HIDDEN = "[key]"
# A shorter value would be found in ordinary words.
_SHORTEST = 6


class Secret:
    """A key that no print, log, error, pickle or JSON can show; `reveal` is the only way to it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the header that needs it and nothing else."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN

    def __format__(self, _: str) -> str:
        return HIDDEN

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied into a file")


def secret_from_environment(name: str) -> Secret:
    """The key in an environment variable.

    Raises:
        UsageError: the variable is not set, or holds what no header can.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        raise UsageError(f"the environment variable {name} holds no key: export {name}=...")
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise UsageError(f"the environment variable {name} holds no key: odd characters in it")
    return Secret(value)


class Scrubber:
    """Takes keys out of texts, in every spelling in which a provider may send one back.

    That is plain, or with signs escaped as in JSON, addresses or HTML, however often over.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        values = {secret.reveal() for secret in secrets}
        longest_first = sorted((v for v in values if len(v) >= _SHORTEST), key=len, reverse=True)
        self._spellings = [
            (_core(value), re.compile("".join(map(_spelled, value)))) for value in longest_first
        ]

    def clean(self, text: str) -> str:
        """The text without any key."""
        for core, spelling in self._spellings:
            if core in text:
                text = spelling.sub(HIDDEN, text)
        return text

    def clean_value(self, value: Any) -> Any:
        """A JSON value without any key, however deep."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, list):
            return [self.clean_value(item) for item in value]
        if isinstance(value, dict):
            return {self.clean(str(k)): self.clean_value(item) for k, item in value.items()}
        return value


def _core(value: str) -> str:
    """The longest part of a key that every spelling has."""
    return max(re.findall("[A-Za-z0-9]+", value), key=len, default="")


def _spelled(sign: str) -> str:
    """A pattern of all ways to write a sign."""
    if sign.isalnum():
        return sign
    code = f"{ord(sign):02x}"
    # Plain comes last: it may be how one of the others begins.
    ways = [
        f"%(?:25)*(?i:{code})",
        rf"\\+u00(?i:{code})",
        f"&(?:amp;)*#0*{ord(sign)};",
        f"&(?:amp;)*#[xX]0*(?i:{code});",
        re.escape(html.escape(sign)) if html.escape(sign) != sign else "",
        rf"\\*{re.escape(sign)}",
    ]
    return f"(?:{'|'.join(way for way in ways if way)})"
