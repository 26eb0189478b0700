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
    "a", "A", "1", " ", "\n", "\t", "一", "，", ",", ".", "-", "_", '"', "'", "\\", "(", "[", "{",
    "<", "|", ":", "a ", "1 ", "1,", "a,", "1.", "aA", "a1", "a\n", " \n", '"a', '\\"', '\\a', "((",
    "((a))", "<a>", "a: ", "一 ", "一1", "不", "没有", "的", "\u3000", "□", "点", "年1月", "1:",
    "www.", "http://", "the ", "and ", "no ", "，一",
)  # fmt: skip
END = "\0"  # so that the whole does not match after all


def patterns() -> dict[str, re.Pattern[str]]:
    """The compiled patterns of all modules by a name each."""
    found: dict[str, re.Pattern[str]] = {}
    for package in (harness, suites, reports):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith("__main__"):
                continue
            for name, value in vars(importlib.import_module(module.name)).items():
                for number, pattern in enumerate(_inside(value, 3)):
                    if pattern not in found.values():
                        found[f"{module.name}.{name}.{number}"] = pattern
    return found


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


def seconds(pattern: re.Pattern[str], text: str, tries: int = 1) -> float:
    """Processor time of looking for all there is, and of matching the whole; the least of tries."""
    taken = []
    for _ in range(tries):
        started = time.process_time()
        deque(pattern.finditer(text), maxlen=0)
        pattern.fullmatch(text)
        taken.append(time.process_time() - started)
    return min(taken)


def slow(pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the repeats that a pattern takes too long for, with how long."""
    for piece in pieces(pattern):
        for length in FIRST:
            text = piece * (length // len(piece)) + END
            if seconds(pattern, text) > MOST_S and seconds(pattern, text, TRIES) > MOST_S:
                yield f"{piece!r} × {length // len(piece):,}: more than {MOST_S} s"
                break
        else:
            yield from _quadratic(pattern, piece)


def _quadratic(pattern: re.Pattern[str], piece: str) -> Iterator[str]:
    short, long = (piece * (length // len(piece)) + END for length in (SHORT, LONG))
    if seconds(pattern, long) < LEAST_S:
        return
    before, after = seconds(pattern, short, TRIES), seconds(pattern, long, TRIES)
    if after > LEAST_S and after > MOST_TIMES * before:
        yield f"{piece!r} × {LONG // len(piece):,}: {after:.3f} s, after {before:.6f} s"


def test_all_patterns_are_linear() -> None:
    found = {name: next(slow(pattern), None) for name, pattern in patterns().items()}
    assert len(found) > 100
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(
    "bad",
    [r"[a-z]{3,}est\b", r"(a+)+$", r"\s+x", r"(?:a|a)*b", r"(.*)a(.*)b", r'"(?:[^"\\]|\\.)*"x',
     r"\d+\.\d+", r"(一|一二|二)*三", r"x*x*x*y"],
)  # fmt: skip
def test_a_pattern_that_is_not_is_found(bad: str) -> None:
    assert next(slow(re.compile(bad)), None) is not None
