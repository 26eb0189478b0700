"""The statements of an answer: its clauses, the cells of its tables, the items of its lists.

Each has the words that say what it speaks of: those in it, the heading or the column over it, the
other cells of its row, and the subject that a clause of the same sentence takes over.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from harness.checker.parse.mention import USED, Mention, mask_mentions
from harness.checker.reading.grid import cell_spans

# What ends a sentence, a clause, or stands between two statements of one.
_STOP = re.compile(
    r"(?P<end>[。!?;\n]|\.(?= |$)|\.{3}|…+)"
    r"|(?P<turn>\||,? ?而(?=[^是且已非言])|,? ?\b(?:while|whereas|but|although|though)\b "
    r"|,? ?\band the | and )"
    r"|(?P<clause>[,\[\]]|\((?!\w{1,2}\)[班号级期部栋楼组队])|\)(?![班号级期部栋楼组队])| - )"
)
_LINE = re.compile(r"[^\n]+")
_ROW = re.compile(r" ?\|[^|\n]*\|")
_RULE = re.compile(r"[ |:+-]+")
_ITEM = re.compile(r" ?(?:[-*•·]|\(?[0-9]{1,2}[.、)]|[①-⑳]) ?")
_COLUMN_OF_VALUES = re.compile(r"(?:值|内容|信息|详情|字段|项目|value|field|details?|item)")


_LOOSE = frozenset(("the", "a", "an", "of", "and", "both"))
_LONGEST_CLAUSE = 12
_REACH = 80  # characters around a joint that tell what it joins
_WIDEST = 40  # cells of a row that are read together


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch of an answer that says one thing.

    Args:
        start: where it starts.
        end: where it ends.
        over: the heading or column that it stands under; empty where there is none.
        row: the other cells of its row.
        follows: whether it goes on with the sentence of the statement before.
        aside: whether it stands in brackets.
    """

    start: int
    end: int
    over: str = ""
    row: str = ""
    follows: bool = False
    aside: bool = False

    @property
    def cell(self) -> bool:
        """Whether it is a cell of a table."""
        return bool(self.row or self.over) and not self.follows and self.row != ""


def statements(text: str, mentions: Sequence[Mention] = ()) -> Sequence[Statement]:
    """Split a prepared answer into statements, in order.

    Args:
        text: the answer.
        mentions: the values in it, whose own commas and stops split nothing.
    """
    return _statements(text, tuple(mentions))


@lru_cache(maxsize=16)
def _statements(text: str, mentions: tuple[Mention, ...]) -> tuple[Statement, ...]:
    masked = mask_mentions(text, mentions)
    found: list[Statement] = []
    heading = ""
    for lines in _blocks(masked):
        if len(lines) > 1 or _ROW.match(masked, lines[0][0]):
            found += _cells(masked, lines)
            continue
        start, end = lines[0]
        line = masked[start:end]
        if line.endswith(":") and USED not in line:
            heading = line
        elif heading and found and not _ITEM.match(line) and _ITEM.match(masked, found[-1].start):
            heading = ""
        clauses = _clauses(masked, start, end)
        found += [replace(s, over=heading) for s in clauses] if heading else clauses
    return tuple(found)


def _blocks(text: str) -> Iterator[list[tuple[int, int]]]:
    """The lines, those of a table together."""
    table: list[tuple[int, int]] = []
    for match in _LINE.finditer(text):
        if "|" in match[0] and (table or match[0].count("|") > 1):
            table.append(match.span())
            continue
        if table:
            yield table
            table = []
        yield [match.span()]
    if table:
        yield table


def _cells(text: str, lines: list[tuple[int, int]]) -> Iterator[Statement]:
    rows = [cell_spans(text, *line) for line in lines if not _RULE.fullmatch(text[slice(*line)])]
    header = [text[s:e].strip() for s, e in rows[0]] if len(rows) > 1 else []
    for row in rows[1:] if header else rows:
        cells = [text[s:e].strip() for s, e in row]
        for i, (start, end) in enumerate(row):
            over = header[i] if i < len(header) else ""
            near = cells[:_WIDEST]
            others = " | ".join(near[:i] + near[i + 1 :])
            plain = _COLUMN_OF_VALUES.fullmatch(over)
            yield Statement(start, end, "" if plain else over, others or " ")
    if header and any(USED in cell for cell in header):
        yield from (Statement(s, e, "", " ") for s, e in rows[0])


def _clauses(text: str, start: int, end: int) -> Iterator[Statement]:
    follows = aside = False
    for match in _STOP.finditer(text, start, end):
        before = text[max(start, match.start() - _REACH) : match.start()]
        if match[0] == " - " and USED not in before:
            continue  # physics - Ann Lee
        if match[0].endswith("and the ") and text.startswith(USED, match.end()):
            continue  # the soup and the curry are
        if match[0] == " and " and not _parallel(
            before, text[match.end() : min(end, match.end() + _REACH)]
        ):
            continue
        if text[start : match.start()].strip():
            yield Statement(start, match.start(), follows=follows, aside=aside)
            follows = True
        if match["end"] or match["turn"]:
            follows = False
        if match[0] in "([":
            aside = True
        elif match[0] in ")]" or match["end"]:
            aside = False
        start = match.end()
    if text[start:end].strip():
        yield Statement(start, end, follows=follows, aside=aside)


def _parallel(one: str, other: str) -> bool:
    """Whether "and" joins two clauses of one build: "A plays at X and B plays at Y"."""
    words = set(re.findall(r"[a-z]+", one)) - _LOOSE
    return any(word in words for word in re.findall(r"[a-z]+", other)[:_LONGEST_CLAUSE])


def holder(found: Sequence[Statement], at: int) -> int:
    """The index of the statement that holds a place, the one before where none does."""
    return max(0, bisect_right(found, at, key=lambda s: s.start) - 1)
