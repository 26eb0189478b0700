"""Where the questions of a sheet begin, and what its columns are called.

Above a header stand titles and remarks, a few rows at most; it may be two rows, the upper of which
has names over several columns; and there may be none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from harness.question_files.columns import Columns, find_columns, is_question_file
from harness.question_files.guesses import columns_of
from harness.question_files.looks import asks, look
from harness.rows.about import Header

_WITHIN, _LOOKED_AT = 20, 100
_LONGEST_NAME = 40
_LEAST_ROWS = 2
_ASKING = 0.6
# What every sheet of questions has, of the columns that a spec names.
_NEEDED = ("question", "messages", "answer")

Rows = Sequence[Sequence[object]]


def header_finder(columns: Columns | None) -> Callable[[Rows], Header | None]:
    """Tell the header by the columns that a spec names, or by what its cells and those below say.

    Args:
        columns: those that a spec names; `None` where nobody named any.
    """
    if columns is None:
        return _found
    wanted = {*columns.taken().values()}
    needed = {columns.fields[name] for name in _NEEDED if name in columns.fields}

    def named(rows: Rows) -> Header | None:
        names = numbered(max(map(len, rows), default=0))
        if wanted <= {*names} and not any(_has(rows, name) for name in wanted):
            return Header(0, names)
        whole = (one for one in _candidates(rows) if wanted <= {*one.names})
        # A sheet of several may have no options, and none has what its own name says.
        part = (one for one in _candidates(rows) if needed and needed <= {*one.names})
        return next(whole, None) or next(part, None)

    return named


def numbered(count: int) -> list[str]:
    """The names of columns that have none: column 1, column 2."""
    return [f"column {n}" for n in range(1, count + 1)]


def _has(rows: Rows, name: str) -> bool:
    return any(name in _names(row) for row in rows[:_WITHIN])


def _found(rows: Rows) -> Header | None:
    """The header of a sheet; `None` where nothing says that it asks."""
    for one in _candidates(rows):
        if is_question_file(find_columns(one.names), one.names):
            return one
    for one in _candidates(rows):
        if _asks_below(one, rows):
            return one
    return _none(rows)


def _candidates(rows: Rows) -> Iterator[Header]:
    """What could be the header, two rows together before the upper one alone."""
    for number, row in enumerate(rows[:_WITHIN]):
        names = _names(row)
        if number + 1 < len(rows):
            below = _names(rows[number + 1])
            if _is_upper(names, below):
                both = zip(names, [*below, *[""] * len(names)], strict=False)
                yield Header(number + 2, [lower or upper for upper, lower in both])
        yield Header(number + 1, names)


def _is_upper(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether a row's names stand over those of the next: some over several, some over one."""
    over = [n for n, (one, two) in enumerate(pairwise(upper), 1) if one and two in (one, "")]
    several = {place for n in over for place in (n - 1, n)}
    alone = [n for n, name in enumerate(upper) if name and n not in several]
    if not several or not alone or len(lower) < len(upper):
        return False
    named = [lower[n] for n in several if lower[n]]
    return (
        all(lower[n] in ("", upper[n]) for n in alone)
        and len(named) > 1
        and len({*named}) == len(named)
    )


def _names(cells: Sequence[object]) -> list[str]:
    return ["" if cell is None else str(cell).strip() for cell in cells]


def _asks_below(header: Header, rows: Rows) -> bool:
    """Whether the rows below are questions under these names, which are none themselves."""
    names = [name for name in header.names if name]
    below = rows[header.rows : header.rows + _LOOKED_AT]
    if len(names) != len({*names}) or max(map(len, names), default=99) > _LONGEST_NAME or not below:
        return False
    if any(map(asks, names)) or len(names) < max(map(_filled, below)):
        return False
    found = columns_of([dict(zip(header.names, row, strict=False)) for row in below])
    answer = found.columns.fields.get("answer", "")
    return found.is_questions and not (
        found.looks[answer].letters if answer and look([answer]).letters else 0
    )


def _filled(row: Sequence[object]) -> int:
    return sum(bool(name) for name in _names(row))


def _none(rows: Rows) -> Header | None:
    """Numbered columns where the first row asks already."""
    names = numbered(max(map(len, rows), default=0))
    first = [dict(zip(names, row, strict=False)) for row in rows[:_LOOKED_AT]]
    if len(first) < _LEAST_ROWS or not unnamed(first):
        return None
    return Header(0, names)


def unnamed(rows: Sequence[Mapping[str, object]]) -> Columns | None:
    """The columns of rows without a header: a question, its options, and what names one of them.

    Two columns are a question and its answer where the first row asks as well.
    """
    names = [name for name in rows[0] if name]
    looks = {name: look([row.get(name) for row in rows]) for name in names}
    asking = [n for n in names if looks[n].asks >= _ASKING and asks(str(rows[0][n]))]
    if len(names) == 2 and asking[:1] == names[:1] and looks[names[1]].filled:
        return Columns({"question": names[0], "answer": names[1]})
    *before, last = names
    at = next(
        (n for n, name in enumerate(before) if looks[name].is_text and not looks[name].numbers), 0
    )
    options = before[at + 1 :]
    if len(options) > 1 and 0 < looks[last].letters <= len(options):
        letters = dict(zip("ABCDEFGHIJ", options, strict=False))
        return Columns({"question": before[at], "answer": last}, letters)
    return None
