"""Keys: read from the environment by name, never printed, scrubbed out of whatever comes back."""

from __future__ import annotations

import functools
import html
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from harness.errors import UsageError

HIDDEN = "[key]"
# A shorter value would be found in ordinary words.
_SHORTEST = 6
# In what was never near a key only a value is looked for that can be nothing else: so long, or
# shorter with a digit among letters. Local servers take `not-needed` and `ollama`.
_SURE = 16
_SURE_WITH_DIGIT = 8
_LONGEST_NAME = 100
# Keys by their looks: the beginnings that providers give them, and what is sent with a request.
_LOOKS = re.compile(
    r"(?<![A-Za-z0-9])(?:sk|pk|rk|ak)-(?=[A-Za-z_+/=.-]{0,60}[0-9])[A-Za-z0-9_+/=.-]{12,}"
    r"|(?<![A-Za-z0-9])(?:hf_|gsk_|gh[po]_|github_pat_|glpat-|nvapi-|xox[bp]-|AIza|AKIA)"
    r"[A-Za-z0-9_-]{16,}"
    r"|(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|\b(?:Bearer|Basic)\s{1,4}(?=[A-Za-z_+/=.~-]{0,60}[0-9])[A-Za-z0-9_+/=.~-]{8,}"
    r"|(?<=://)[^\s/@:]{0,200}:[^\s/@]{1,200}(?=@)"
)
# The variables that hold keys, as the specs of this process name them.
_named: set[str] = set()


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


def note_variables(tree: object) -> None:
    """Remember the variables that a spec names as `key_env`, wherever it does.

    Args:
        tree: what was read, checked or not.
    """
    for name, value in strings(tree):
        is_name = name[-1:] == ("key_env",) and value != "key_env"
        if is_name and 0 < len(value) <= _LONGEST_NAME:
            _named.add(value)


def strings(tree: object) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of a tree with where it stands, names of fields too; aliases are followed once."""
    waiting: list[tuple[tuple[str, ...], object]] = [((), tree)]
    seen: set[int] = set()
    while waiting:
        where, value = waiting.pop()
        if isinstance(value, str):
            yield where, value
        elif isinstance(value, Mapping | list | tuple) and id(value) not in seen:
            seen.add(id(value))
            pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
            for name, inner in pairs:
                here = (*where, str(name))
                yield here, str(name)
                waiting.append((here, inner))


def holds_named_key(text: str) -> bool:
    """Whether a text holds the value of a variable that a spec names."""
    return without_named_keys(text) != text


def looks_like_key(text: str) -> bool:
    """Whether something in a text has the looks of a key."""
    return _LOOKS.search(text) is not None


def scrubbed(text: str) -> str:
    """A text to be printed, without the keys that specs name and what else looks like one."""
    return _LOOKS.sub(HIDDEN, without_named_keys(text))


def without_named_keys(text: str) -> str:
    """A text without the values of the variables that specs name."""
    if not _named:
        return text
    values = (os.environ.get(name, "").strip() for name in sorted(_named))
    return _scrubber(tuple(filter(_is_sure, values))).clean(text)


def _is_sure(value: str) -> bool:
    """Whether a value is found nowhere but where the key is."""
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return len(value) >= (_SURE_WITH_DIGIT if mixed else _SURE)


@functools.lru_cache(maxsize=8)
def _scrubber(values: tuple[str, ...]) -> Scrubber:
    return Scrubber(map(Secret, values))


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
