"""Every pattern of the code takes time in proportion to its text: nobody can send it to sleep.

Each compiled pattern that a module holds is tried on long repeats of what stands in the pattern
itself and of what patterns usually choke on. Processor time counts, so that other work on the
machine does not.
"""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import re
import re._constants as codes  # type: ignore[import-not-found] # ships no types
import re._parser as parser  # type: ignore[import-not-found] # as above
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import harness
import reports
import suites

# Ten times the text may take ten times as long. A quadratic pattern takes a hundred times, and for
# the longer text some thirty milliseconds at least; a linear one takes about one.
SHORT, LONG = 800, 8_000
MOST_TIMES, LEAST_S = 35, 0.005
# What is worse than quadratic shows before: in these, nothing takes so long.
FIRST, MOST_S = (20, 24, 28, 200, SHORT), 0.2
TRIES = 3
TRAPS = (
    "a", "A", "1", " ", "\n", "一", "，", ",", ".", "-", '"', "\\", "(", "<", ":", "a ", "1,", "1.",
    "a1", " \n", '\\"', "一 ", "没有", "\u3000", "□",
)  # fmt: skip
END = "\0"  # so that the whole does not match after all


@dataclass(frozen=True)
class Held:
    """A pattern of a module, and whether it is only ever tried at the beginning of a text."""

    pattern: re.Pattern[str]
    anchored: bool = False


def patterns() -> dict[str, Held]:
    """The compiled patterns of all modules by a name each."""
    found: dict[str, Held] = {}
    for package in (harness, suites, reports):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith("__main__"):
                continue
            held = importlib.import_module(module.name)
            for name, value in vars(held).items():
                for number, pattern in enumerate(_inside(value, 3)):
                    if all(pattern is not other.pattern for other in found.values()):
                        known = f"{module.name}.{name}" in ANCHORED
                        anchored = known or _is_anchored(held, name)
                        found[f"{module.name}.{name}.{number}"] = Held(pattern, anchored)
    return found


def _is_anchored(module: ModuleType, name: str) -> bool:
    """Whether a module only matches with a pattern of its own, and never searches."""
    if not name.startswith("_") or module.__file__ is None:
        return False
    source = Path(module.__file__).read_text(encoding="utf-8")
    uses = re.findall(rf"\b{name}\b(?! = )(\.[a-z]+\b|)", source)
    return bool(uses) and set(uses) <= {".match", ".fullmatch"}


def _inside(value: object, depth: int) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth and isinstance(value, Mapping):
        yield from _all(value.values(), depth)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        yield from _all(value, depth)


def _all(values: Iterable[object], depth: int) -> Iterator[re.Pattern[str]]:
    for value in values:
        yield from _inside(value, depth - 1)


def pieces(pattern: re.Pattern[str]) -> list[str]:
    """Characters and words that stand in a pattern, a few of each, and the usual traps."""
    words: dict[str, None] = {}
    _collect(parser.parse(pattern.pattern, pattern.flags), words)
    longest = sorted(words, key=len, reverse=True)[:4]
    characters = list(dict.fromkeys(itertools.chain.from_iterable(words)))[:8]
    return list(dict.fromkeys([*longest, *characters, *TRAPS]))


def _collect(tree: Any, words: dict[str, None]) -> None:
    word = ""
    for code, argument in tree:
        if code is codes.LITERAL:
            word += chr(argument)
            continue
        if word:
            words[word] = None
        word = ""
        if code is codes.IN:
            _of_set(argument, words)
        else:
            _of_parts(argument, words)
    if word:
        words[word] = None


def _of_set(members: Any, words: dict[str, None]) -> None:
    for code, argument in members:
        if code is codes.LITERAL:
            words[chr(argument)] = None
        elif code is codes.RANGE:
            words[chr(argument[0])] = None


def _of_parts(argument: Any, words: dict[str, None]) -> None:
    if isinstance(argument, parser.SubPattern):
        _collect(argument, words)
    elif isinstance(argument, list | tuple):
        for part in argument:
            _of_parts(part, words)


def seconds(held: Held, text: str, tries: int = 1) -> float:
    """Processor time of looking for all there is, and of matching the whole; the least of tries."""
    taken = []
    for _ in range(tries):
        started = time.process_time()
        if held.anchored:
            held.pattern.match(text)
        else:
            deque(held.pattern.finditer(text), maxlen=0)
        held.pattern.fullmatch(text)
        taken.append(time.process_time() - started)
    return min(taken)


def slow(held: Held) -> Iterator[str]:
    """Yield the repeats that a pattern takes too long for, with how long."""
    for piece in pieces(held.pattern):
        for length in FIRST:
            text = piece * (length // len(piece)) + END
            if seconds(held, text) > MOST_S and seconds(held, text, TRIES) > MOST_S:
                yield f"{piece!r} × {length // len(piece):,}: more than {MOST_S} s"
                break
        else:
            yield from _quadratic(held, piece)


def _quadratic(held: Held, piece: str) -> Iterator[str]:
    short, long = (piece * (length // len(piece)) + END for length in (SHORT, LONG))
    if seconds(held, long) < LEAST_S:
        return
    before, after = seconds(held, short, TRIES), seconds(held, long, TRIES)
    if after > LEAST_S and after > MOST_TIMES * before:
        yield f"{piece!r} × {LONG // len(piece):,}: {after:.3f} s, after {before:.6f} s"


# Only ever tried at the beginning, though their modules do not show it.
ANCHORED = (
    "harness.checker.parse.codes._SHAPES",
    "suites.reading.parse_headings.NOTE",
    "suites.reading.parse_headings.PASSAGE",
    "suites.reading.parse_headings.SOURCE",
)
# Quadratic still, by a small factor (0.1 s for 8,000 characters) or until their place is rewritten.
KNOWN = ("harness.checker.parse.refusal._FOUND_NOTHING.0",)


def test_all_patterns_are_linear() -> None:
    tried = {name: held for name, held in patterns().items() if name not in KNOWN}
    found = {name: next(slow(held), None) for name, held in tried.items()}
    assert len(found) > 100
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("bad", [r"[a-z]{3,}est\b", r"\s+x", r'"(?:[^"\\]|\\.)*"x'])
def test_a_pattern_that_is_not_is_found(bad: str) -> None:
    assert next(slow(Held(re.compile(bad))), None) is not None
