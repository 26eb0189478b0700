"""What the cells of a column are: a kind that reads each of them, or text."""

from __future__ import annotations

import datetime as dt
import re
from calendar import month_name
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from harness.starter.decimals import (
    Points,
    decimal_of,
    fall_together,
    first_in_groups,
    first_with_comma,
    in_doubt,
)
from harness.starter.headers import (
    Header,
    is_named,
    is_unit,
    language_of,
    role_of,
    words,
)
from harness.tables.cell_read import CellError
from harness.tables.cells import is_missing, read_cell
from harness.tables.definition import ColumnDefinition
from harness.tables.table import DAY, Cell, Column, DateOrder, DecimalMark, clock
from harness.tables.times import minutes_in
from harness.tables.units import said_as, same_unit, split_unit
from harness.text.display import fold, show

# A column most of whose cells are of a kind has slips; one where fewer are is text.
_MOST = 0.8
_FEW_WORDS, _MONTHS = 3, 12
_SEPARATORS = "，,、;；/|"
_LONGEST_ITEM = 20
_LONG_TEXT, _LONGEST_TEXT = 24, 60
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?=年|[^0-9]|$)")
_LENGTH_WORDS = re.compile(
    r"小时|分钟|钟头|秒|天|[0-9] ?(?:h|hrs?|hours?|min|mins|minutes?|days?)\b"
)
_CODE = re.compile(r"0[0-9]+|[0-9]{7,}|\+[0-9 -]{6,}")
_STAMP = re.compile(r"[0-9日号][ T](?!0?0:00(?::00)?(?:\.0+)?\s*$)[0-9]{1,2}:[0-9]{2}")
_YEAR_LAST = re.compile(r"\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]{4}")
_NO_YEAR = re.compile(r"[0-9]{1,2} ?月 ?[0-9]{1,2} ?[日号]")
_PAST_MIDNIGHT = re.compile(r"(?:2[4-9]|3[0-9]|4[0-7])[:：][0-5][0-9](?:[:：][0-5][0-9])?")
# A runner's finish time is no time of day.
_FINISH = re.compile("finish", re.IGNORECASE)
_SHARE = re.compile(r"0?\.[0-9]+|1\.0+")
# 3A is a gate more often than a current.
_LETTERS = ("a", "v", "w")
_MONEY = ("元", "$", "€", "£")
_AMOUNTS = ("price", "money", "amount", "score")
_DIGIT = re.compile(r"[0-9]")
_SWAPPED = str.maketrans(",.", ".,")


@dataclass(frozen=True)
class Kind:
    """A column as it was understood.

    `values` are its cells as they are read, missing ones `None`; `note` says what was odd.
    """

    header: Header
    column: ColumnDefinition
    values: tuple[Cell, ...]
    note: str = ""

    @property
    def role(self) -> str:
        """The part that the column plays."""
        return role_of(self.header, self.column.kind)

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return len({value for value in self.values if value is not None})

    @property
    def missing(self) -> int:
        """How many cells are empty."""
        return sum(value is None for value in self.values)

    @property
    def is_serial(self) -> bool:
        """Whether it merely counts the rows from one."""
        counted = [str(number) for number in range(1, len(self.values) + 1)]
        return [str(value) for value in self.values] == counted

    @property
    def is_stacked(self) -> bool:
        """Whether its empty cells may mean the value above, as merged cells become in a csv."""
        there = [value for value in self.values if value is not None]
        often = 3 * self.missing >= len(self.values)
        return often and self.values[0] is not None and len({*there}) == len(there) > 1

    @property
    def is_long(self) -> bool:
        """Whether it holds sentences, which no question can ask for."""
        lengths = [len(value) for value in self.values if isinstance(value, str)]
        long = sum(lengths) > _LONG_TEXT * len(lengths) or max(lengths, default=0) > _LONGEST_TEXT
        return self.column.kind == "text" and long

    @property
    def is_quantity(self) -> bool:
        """Whether its values are more and less, as opposed to the number of a platform."""
        if self.column.kind in ("date", "duration", "time"):
            return True
        return self.column.kind == "number" and self.role not in ("label", "platform", "gate")


def understand(
    header: Header,
    cells: Sequence[object],
    context: str,
    *,
    commas: bool = False,
    points: Points | None = None,
) -> Kind:
    """Find the kind that reads every cell of a column.

    Args:
        header: the column's header.
        cells: its cells as the file has them.
        context: what stands around the table, such as its title: it may tell a year.
        commas: whether the file's numbers have decimal commas.
        points: what a point before three digits means in the file; thousands where nothing is said
            and decimals have commas.
    """
    marks = _words_for_missing(cells)
    there = [cell for cell in cells if not is_missing(cell, marks)]
    note = ""
    points = points or ("thousands" if commas else "decimal")
    is_name = is_named("identifiers", header)
    decimal = "." if is_name else decimal_of(there, commas=commas, points=points)
    for guess in (_duration, _time, _date, partial(_number, decimal=decimal), _list):
        column = guess(header, there, context)
        if column is None:
            continue
        column = column.model_copy(update={"missing": marks})
        odd = _odd(there, column)
        if not odd:
            return _read(header, cells, column, _how_read(there, column))
        left_out = ", ".join(dict.fromkeys(fold(str(cell)) for cell in odd))
        note = note or (
            f"{show(odd[0])} is no {column.kind}, so it is text; to read it as {column.kind}, mend "
            f"the cell, or set kind: {column.kind} and missing: [{left_out}]"
        )
    aliases = _boxes(header, there)
    text = ColumnDefinition(name=header.name, kind="text", missing=marks, aliases=aliases)
    return _read(header, cells, text, note or _why_text(there, decimal))


def _read(header: Header, cells: Sequence[object], column: ColumnDefinition, note: str) -> Kind:
    plain = column.column()
    values = tuple(read_cell(cell, plain).value for cell in cells)
    return Kind(header, column, values, note)


def _how_read(cells: Sequence[object], column: ColumnDefinition) -> str:
    """What was made of cells that a person would want to know: what is dropped, or guessed."""
    plain = column.column()
    lost = Counter(r for cell in cells if (r := read_cell(cell, plain).repair).endswith("dropped"))
    notes = [f"{repair} in {_count(n, 'cell')}" for repair, n in lost.items()]
    days = {cell.date() for cell in cells if isinstance(cell, dt.datetime)}
    if column.kind == "time" and days:
        notes.append(f"all on {days.pop()}, so only the time is read")
    if column.decimal == ",":
        notes.append(_in_commas(cells))
    if column.past_midnight:
        late = next((said for value in _values(cells, plain) if (said := _next_day(value))), "")
        notes.append(f"its clock counts on past 24:00{late and f', as to {late}'}")
    return "; ".join(notes)


def _in_commas(cells: Sequence[object]) -> str:
    """How numbers are read where decimals have a comma: of the column, or of those beside it."""
    if shown := first_with_comma(cells):
        return f"has a decimal comma: {shown} is {_in_english(shown)}"
    shown = first_in_groups(cells)
    return f"{shown} is {_in_english(shown)}, for decimals have a comma in this file"


def _values(cells: Sequence[object], column: Column) -> Iterator[Cell]:
    return (read_cell(cell, column).value for cell in cells)


def _next_day(value: Cell) -> str:
    """A time of the next day as the clock that counts on has it, and as it is read."""
    if not isinstance(value, int) or value < DAY:
        return ""
    return f"{value // 60}:{value % 60:02}, {clock(value)} of the next day"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _in_english(number: str) -> str:
    return number.replace(".", "").replace(",", ".")


def _words_for_missing(cells: Sequence[object]) -> tuple[str, ...]:
    """The words for missing that a column holds.

    A word that may be a state of the thing, as 未知 is, must not be most of the column; and 无 is
    no gap beside 有, but the answer.
    """
    texts = [fold(cell) for cell in cells if isinstance(cell, str)]
    found = Counter(text for text in texts if text.lower() in words("missing"))
    others = {text.lower() for text in texts if not is_missing(text) and text not in found}
    if others and others <= words("there"):
        found = Counter({text: n for text, n in found.items() if text not in words("not_there")})
    filled = sum(not is_missing(cell) for cell in cells)
    if 2 * sum(found.values()) > filled:
        found = Counter({text: n for text, n in found.items() if text.lower() in words("gaps")})
    return tuple(sorted(found))


def _odd(cells: Sequence[object], column: ColumnDefinition) -> list[object]:
    """The cells that are not of a column's kind."""
    plain = column.column()

    def fails(cell: object) -> bool:
        try:
            read_cell(cell, plain)
        except CellError:
            return True
        return False

    return [cell for cell in cells if fails(cell)]


Guess = Callable[[Header, Sequence[object], str], ColumnDefinition | None]


def _mostly(cells: Sequence[object], column: ColumnDefinition) -> ColumnDefinition | None:
    """A column, where most of the cells are of its kind."""
    odd = len(_odd(cells, column))
    return column if cells and len(cells) - odd >= max(1, _MOST * len(cells)) else None


def _duration(header: Header, cells: Sequence[object], _: str) -> ColumnDefinition | None:
    if _counts_on(header, cells):
        return None
    unit = header.unit if minutes_in(header.unit) is not None else ""
    column = ColumnDefinition(name=header.name, kind="duration", unit=unit)
    named = is_named("durations", header) or bool(unit)
    says = any(
        isinstance(cell, dt.timedelta)
        or (isinstance(cell, str) and bool(_LENGTH_WORDS.search(cell)))
        for cell in cells
    )
    return _mostly(cells, column) if named or says else None


def _time(header: Header, cells: Sequence[object], _: str) -> ColumnDefinition | None:
    counts_on = _counts_on(header, cells)
    if any(isinstance(cell, int | float) for cell in cells):
        return None
    if not counts_on and any(isinstance(cell, dt.timedelta) for cell in cells):
        return None
    days = {cell.date() for cell in cells if isinstance(cell, dt.datetime)}
    dated = any(isinstance(c, str) and re.match(r"\s*[0-9]{4}[-/]", c) for c in cells)
    if dated or len(days) > 1 or (days and all(_is_midnight(cell) for cell in cells)):
        return None
    column = ColumnDefinition(name=header.name, kind="time", past_midnight=counts_on)
    return _mostly(cells, column)


def _counts_on(header: Header, cells: Sequence[object]) -> bool:
    """Whether times of day go on past 24:00, as those of trains that run through the night.

    A spreadsheet holds them as lengths of time, so the header must say that they are none, or
    another cell that is a time.
    """
    if is_named("durations", header):
        return False
    lengths = [cell for cell in cells if isinstance(cell, dt.timedelta)]
    later = any(isinstance(cell, str) and _PAST_MIDNIGHT.fullmatch(fold(cell)) for cell in cells)
    is_time = any(isinstance(cell, dt.time) for cell in cells)
    time = role_of(header, "time") or is_named("clocks", header)
    named = bool(time) and not _FINISH.search(header.noun)
    return (bool(lengths) and (is_time or named)) or (later and named)


def _is_midnight(cell: object) -> bool:
    return isinstance(cell, dt.datetime) and cell.time() == dt.time()


def _date(header: Header, cells: Sequence[object], context: str) -> ColumnDefinition | None:
    if any(isinstance(cell, dt.datetime) and not _is_midnight(cell) for cell in cells):
        return None
    if any(_is_digits(cell) for cell in cells) and not is_named("dates", header):
        return None
    if 2 * sum(isinstance(c, str) and bool(_STAMP.search(c)) for c in cells) > len(cells):
        return None  # moments: the clock tells them apart
    year, order = _year(cells, context), _order(cells)
    tries = [
        ColumnDefinition(name=header.name, kind="date"),
        *([ColumnDefinition(name=header.name, kind="date", year=year)] if year else []),
        *([ColumnDefinition(name=header.name, kind="date", order=order)] if order else []),
    ]
    fitting = [column for column in tries if _mostly(cells, column) is not None]
    return min(fitting, key=lambda column: len(_odd(cells, column)), default=None)


def _is_digits(cell: object) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and fold(cell).isdigit())


def _year(cells: Sequence[object], context: str) -> int | None:
    """The year of dates that leave it out, where only one is told: by others, or by the title."""
    told = {int(year) for cell in cells for year in _YEAR.findall(str(cell))}
    told = told or {int(year) for year in _YEAR.findall(context)}
    return told.pop() if len(told) == 1 else None


def _order(cells: Sequence[object]) -> DateOrder | None:
    """Whether day or month comes first in 13/03/2025, where any cell tells and none gainsays."""
    found = [match for cell in cells if (match := _YEAR_LAST.match(str(cell)))]
    day_first = any(int(match[1]) > 12 for match in found)
    month_first = any(int(match[2]) > 12 for match in found)
    if day_first == month_first:
        return None
    return "dmy" if day_first else "mdy"


def _number(
    header: Header, cells: Sequence[object], _: str, *, decimal: DecimalMark | None
) -> ColumnDefinition | None:
    if is_named("identifiers", header) or any(map(_is_code, cells)) or _is_version(header, cells):
        return None
    if decimal is None:  # nobody knows what its numbers are
        return None
    marks = _SWAPPED if decimal == "," else {}
    texts = [cell.translate(marks) for cell in cells if isinstance(cell, str)]
    written = [unit for text in texts if (unit := _unit(text))]
    # Where most have none, as in a table of years with one row of shares, it is not the column's.
    common = Counter(written).most_common(1) if 2 * len(written) >= len(cells) else []
    unit = common[0][0] if common else header.unit
    if common and not all(same_unit(unit, other) for other in written):
        return None
    if unit == "月":  # 6月 names a month
        return None
    unit = said_as(unit) if unit and is_unit(unit) else ""
    column = ColumnDefinition(name=header.name, kind="number", unit=unit, decimal=decimal)
    return None if written and unit == "%" and _bare_share(cells) else _mostly(cells, column)


def _is_version(header: Header, cells: Sequence[object]) -> bool:
    """Whether decimals are names, as 3.10 of a version is, which is not 3.1."""
    with_points = any(isinstance(cell, str | float) and "." in str(cell) for cell in cells)
    if with_points and is_named("versions", header):
        return True
    is_amount = header.unit or role_of(header, "number") in _AMOUNTS
    return not is_amount and fall_together(cells)


def _bare_share(cells: Sequence[object]) -> str:
    """A share without a sign among percentages, as 0.15 beside 15%, which may be 15% as well."""
    found = (cell for cell in cells if isinstance(cell, str | int | float))
    bare = (str(cell) for cell in found if _SHARE.fullmatch(fold(str(cell))))
    return next(bare, "")


def _is_code(cell: object) -> bool:
    return isinstance(cell, str) and bool(_CODE.fullmatch(fold(cell)))


def _unit(cell: str) -> str:
    """What stands around a number in a cell, where it can be a unit: only money comes before."""
    found = split_unit(fold(cell))
    if found is None or not found[1]:
        return ""
    before = not fold(cell)[:1].isdigit() and fold(cell)[:1] not in "+-"
    if (before and said_as(found[1]) not in _MONEY) or found[1].lower() in _LETTERS:
        return ""
    return found[1]


def _list(header: Header, cells: Sequence[object], _: str) -> ColumnDefinition | None:
    """Cells of which several name more than one thing, and name things that others name too."""
    texts = [fold(cell) for cell in cells if isinstance(cell, str)]
    if len(texts) < len(cells):
        return None
    used = [mark for mark in _SEPARATORS if sum(mark in text for text in {*texts}) > 1]
    # 500g/袋 is one thing, and so is K4547/6.
    if "/" in used and any("/" in text and _DIGIT.search(text) for text in texts):
        used.remove("/")
    if not used or sum(map(len, texts)) > _LONG_TEXT * len(texts):
        return None
    items = [[i.strip() for i in re.split(f"[{re.escape(''.join(used))}]", t)] for t in texts]
    several = sum(len(found) > 1 for found in items)
    flat = [item for found in items for item in found if item]
    if several < 0.2 * len(texts) or max(map(len, flat)) > _LONGEST_ITEM:
        return None
    if len({*flat}) > 0.7 * len(flat):
        return None
    return ColumnDefinition(name=header.name, kind="list", separators="".join(used))


def _boxes(header: Header, cells: Sequence[object]) -> dict[str, str]:
    """Words for check boxes, where a column holds nothing else."""
    if not cells or any(str(cell).upper() not in ("TRUE", "FALSE") for cell in cells):
        return {}
    if language_of([header.name], ()) == "zh":
        return {"TRUE": "是", "FALSE": "否"}
    return {"TRUE": "yes", "FALSE": "no"}


def _are_amounts(texts: Sequence[str]) -> bool:
    """Whether texts are numbers, most of them, however they are read."""
    swapped = (text.translate(_SWAPPED) for text in texts)
    return 2 * sum(split_unit(text) is not None for text in swapped) > len(texts)


def _words_among_numbers(cells: Sequence[object]) -> list[str]:
    """The few words that stand where most cells are numbers: 缺考, 免修."""
    read = {fold(c): split_unit(fold(c)) for c in cells if isinstance(c, str)}
    words = [word for word, found in read.items() if found is None]
    if len({found[1] for found in read.values() if found is not None}) > 1:
        return []  # names with numbers in them
    times = sum(isinstance(c, str) and read[fold(c)] is None for c in cells)
    few = 0 < len(words) <= _FEW_WORDS and 2 * times < len(cells)
    return words if few and all(word.isalpha() and len(word) > 1 for word in words) else []


def _two_days(texts: Sequence[str]) -> str:
    """A date that may be either of two days, as a sentence; the first where none may."""
    found = [match for text in texts if (match := _YEAR_LAST.match(text))]
    either = (m for m in found if m[1] != m[2] and max(int(m[1]), int(m[2])) <= _MONTHS)
    match = next(either, found[0])
    one, other = (int(match[1]), int(match[2]))
    if not 0 < min(one, other) <= max(one, other) <= _MONTHS:
        return f"{match[0].strip()} may have its day or its month first"
    return f"{match[0].strip()} may be {one} {month_name[other]} or {other} {month_name[one]}"


def _why_text(cells: Sequence[object], decimal: DecimalMark | None) -> str:
    """Why a column that looks like dates or numbers is read as text."""
    texts = [fold(cell) for cell in cells if isinstance(cell, str)]
    if any(text.endswith("%") for text in texts) and (share := _bare_share(cells)):
        return f"{share} stands beside percentages and has no %: write all of them alike"
    if decimal is None and _are_amounts(texts):
        doubtful = in_doubt(cells)
        return (
            f"{doubtful} may be {_in_english(doubtful)} or {doubtful}: say kind: number with "
            "decimal: ',' where it is in thousands"
        )
    if words := _words_among_numbers(cells):
        said = ", ".join(words)
        return (
            f"{said} {'stands' if len(words) == 1 else 'stand'} among numbers, so it is text; to "
            f"read it as number, set kind: number and missing: [{said}]"
        )
    return _why_no_dates(texts) if texts and len(texts) == len(cells) else ""


def _why_no_dates(texts: Sequence[str]) -> str:
    """Why a column of texts that look like dates is read as text."""
    if all(map(_YEAR_LAST.match, texts)):
        return f"{_two_days(texts)}: say kind: date with order: mdy, or order: dmy"
    if all(map(_NO_YEAR.fullmatch, texts)):
        return "its dates leave out the year: say kind: date with year: 2025, or whatever it is"
    return ""
