"""Write the two synthetic boards: `python -m suites.timetable.tables.make [--out FOLDER]`.

The competition's table is the entrant's own to download. These stand in for it in examples and
tests: the board of one large junction with real names of stations and invented trains, times,
halls, gates and platforms, and with the same oddities in about the same shares:

    times       some cells hold times, some text such as 5:05; one dwell crosses midnight
    missing     no arrival where a train starts, no departure where it ends, and one train that
                comes from elsewhere and yet has a departure only
    numbers     some are integers, some name two numbers (K2095/8), some start with the letter O
                or the digit 0 (moves to and from the depot)
    halls       mostly two, joined by a full-width comma; one also in a second spelling
    order       roughly by time, with a few rows out of place

The same seed gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from suites.own_data import write

Value = str | int | dt.time | None

STATION = "郑州"
HEADER = ("序号", "车次", "始发站", "终到站", "到点", "开点", "候车厅", "检票口", "站台")

EAST_HALL = "东广场候车厅"
NORTH_HALL = "高架候车厅北区"
SOUTH_HALL = "高架候车厅南区"
NORTH_ALIAS = "高架候车北区"
EAST_AND_NORTH = f"{EAST_HALL}，{NORTH_HALL}"
EAST_AND_SOUTH = f"{EAST_HALL}，{SOUTH_HALL}"

# Trains pass from one side of the junction to another.
SIDES = (
    ("北京西", "石家庄", "太原", "天津", "沈阳北", "长春", "哈尔滨西", "邯郸", "新乡"),
    ("上海", "南京", "杭州", "宁波", "徐州", "青岛", "济南", "连云港", "商丘"),
    ("汉口", "武昌", "长沙", "广州", "深圳西", "南宁", "贵阳", "信阳", "南昌"),
    ("兰州", "西宁", "银川", "成都西", "重庆北", "宝鸡", "乌鲁木齐", "洛阳", "三门峡"),
)
DEPOTS = ("圃田西", "郑州北", "郑州动车段")
GATES = tuple(
    f"{number}{side}"
    for number, side in itertools.product(range(1, 10), "AB")
    if f"{number}{side}" not in {"4B", "8A"}
)
PLATFORMS = (1, 2, 3, 4, 5)

_PREFIXES = "GGGGDDDKKKKKKTTZZC"
_RANGES = {
    "G": (51, 3998),
    "D": (101, 3998),
    "C": (201, 3998),
    "K": (21, 5298),
    "T": (11, 398),
    "Z": (11, 398),
}
# How busy each hour of the day is, from midnight on.
_BUSY = (3, 2, 2, 2, 3, 5, 7, 9, 9, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 9, 8, 6, 4, 2)
_T = TypeVar("_T")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SAVED = "2025-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Plan:
    """How many rows of each sort a board has. Its halls, in runs, give the number of rows."""

    name: str
    seed: int
    through: int
    originating: int
    terminating: int
    composite: int
    integer: int
    letter_o: int
    digit_0: int
    tourist: int
    text_arrivals: int
    text_departures: int
    out_of_place: int
    gates: tuple[str, ...]
    halls: tuple[tuple[str, int], ...]

    @property
    def rows(self) -> int:
        """The number of rows; the last one beside the three sorts is the anomalous train."""
        return self.through + self.originating + self.terminating + 1


LARGE = Plan(
    name="board-220",
    seed=20250723,
    through=99,
    originating=59,
    terminating=61,
    composite=15,
    integer=17,
    letter_o=6,
    digit_0=11,
    tourist=4,
    text_arrivals=13,
    text_departures=6,
    out_of_place=5,
    gates=(*GATES, "13B"),
    halls=(
        (NORTH_HALL, 9),
        (NORTH_ALIAS, 5),
        (EAST_AND_NORTH, 98),
        (EAST_AND_SOUTH, 7),
        (EAST_AND_NORTH, 89),
        (SOUTH_HALL, 12),
    ),
)
SMALL = Plan(
    name="board-24",
    seed=24,
    through=11,
    originating=6,
    terminating=6,
    composite=3,
    integer=3,
    letter_o=1,
    digit_0=2,
    tourist=1,
    text_arrivals=2,
    text_departures=1,
    out_of_place=2,
    gates=("1A", "1B", "3B", "5A", "5B", "7A", "9B", "13B"),
    halls=(
        (NORTH_HALL, 2),
        (NORTH_ALIAS, 2),
        (EAST_AND_NORTH, 9),
        (EAST_AND_SOUTH, 3),
        (EAST_AND_NORTH, 5),
        (SOUTH_HALL, 3),
    ),
)


@dataclass(frozen=True, slots=True)
class Train:
    """One train at the station. Times are minutes since midnight; a departure may pass 1440."""

    number: str | int
    origin: str
    terminus: str
    arrival: int | None
    departure: int | None

    @property
    def stands_at(self) -> int:
        """When the board lists it: at its arrival, or at its departure where it starts here."""
        return next(time for time in (self.arrival, self.departure) if time is not None)


def board(plan: Plan) -> list[tuple[Value, ...]]:
    """Return a board's rows, header first, as the cells that go into the sheet."""
    rng = random.Random(plan.seed)  # repeatable data
    in_order = sorted(_trains(plan, rng), key=lambda train: train.stands_at)
    trains = _out_of_place(in_order, plan.out_of_place, rng)
    arrivals = _cells([train.arrival for train in trains], plan.text_arrivals, rng)
    departures = _cells([train.departure for train in trains], plan.text_departures, rng)
    halls = [hall for hall, run in plan.halls for _ in range(run)]
    gates = _spread(plan.gates, plan.rows, rng)
    platforms = _spread(PLATFORMS, plan.rows, rng)
    facts = zip(trains, arrivals, departures, halls, gates, platforms, strict=True)
    rows: list[tuple[Value, ...]] = [HEADER]
    for index, (train, *rest) in enumerate(facts, 1):
        rows.append((index, train.number, train.origin, train.terminus, *rest))
    return rows


def workbook(rows: Sequence[tuple[Value, ...]]) -> bytes:
    """Return an xlsx whose bytes depend on the rows only."""
    import openpyxl  # heavy

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Sheet1"
    for row in rows:
        sheet.append(row)
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"[0-9-]{10}T[0-9:]{8}Z", _SAVED.encode(), content)
            # Stored, not deflated: the packed bytes would differ from one zlib to the next.
            target.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return fixed.getvalue()


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both boards into a folder, by default this one."""
    files = {
        f"{plan.name}.xlsx": (workbook(board(plan)), f"{plan.rows} rows") for plan in (LARGE, SMALL)
    }
    write(__file__, files, arguments)


def _trains(plan: Plan, rng: random.Random) -> Iterator[Train]:
    """Yield the trains in no order."""
    numbers = _numbers(plan, rng)
    yield Train(numbers.integers.pop(), "新乡", STATION, None, _time(rng))
    routes = _routes(plan.through, rng)
    arrival = 23 * 60 + rng.randint(36, 50)
    yield Train(numbers.composites.pop(), *routes.pop(), arrival, arrival + rng.randint(28, 40))
    plain = [*numbers.composites, *numbers.integers, *numbers.others]
    rng.shuffle(plain)
    for route, dwell in zip(routes, _dwells(len(routes), rng), strict=True):
        arrival = _time(rng, hours=23)  # so that the dwell ends before midnight
        yield Train(plain.pop(), *route, arrival, arrival + dwell)
    afar = tuple(itertools.chain(*SIDES))
    local = [(number, rng.choice(afar)) for number in plain]
    local += [(number, rng.choice(DEPOTS)) for number in numbers.depot_moves]
    rng.shuffle(local)
    for number, terminus in local[: plan.originating]:
        yield Train(number, STATION, terminus, None, _time(rng))
    for number, origin in local[plan.originating :]:
        yield Train(number, origin, STATION, _time(rng), None)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Every train's number, by sort, none twice."""

    composites: list[str | int]
    integers: list[str | int]
    depot_moves: list[str | int]
    others: list[str | int]


def _numbers(plan: Plan, rng: random.Random) -> _Numbers:
    taken: set[str | int] = set()

    def draw(count: int, make: Callable[[], str | int]) -> list[str | int]:
        drawn: list[str | int] = []
        while len(drawn) < count:
            number = make()
            if number not in taken:
                taken.add(number)
                drawn.append(number)
        return drawn

    moves = draw(plan.letter_o, lambda: f"O{_number('GGKTC', rng)}")
    moves += draw(plan.digit_0, lambda: f"0{_number('GGKTC', rng)}")
    special = plan.composite + plan.integer + len(moves) + plan.tourist
    return _Numbers(
        composites=draw(plan.composite, lambda: _composite(rng)),
        integers=draw(plan.integer, lambda: _integer(rng)),
        depot_moves=moves,
        others=draw(plan.tourist, lambda: f"Y{rng.randint(501, 998)}")
        + draw(plan.rows - special, lambda: _number(_PREFIXES, rng)),
    )


def _number(prefixes: str, rng: random.Random) -> str:
    prefix = rng.choice(prefixes)
    return f"{prefix}{rng.randint(*_RANGES[prefix])}"


def _composite(rng: random.Random) -> str:
    """Name a train that changes its number on the way: the digits that change follow a slash."""
    prefix = rng.choice("KKKTZC")
    first = rng.randint(*_RANGES[prefix])
    second = str(first + rng.choice((-1, 1, 3)))
    same = next(i for i, (a, b) in enumerate(zip(str(first), second, strict=False)) if a != b)
    return f"{prefix}{first}/{second[same:]}"


def _integer(rng: random.Random) -> int:
    """Return the number of a local train (four digits) or an empty one (five)."""
    return rng.choice((rng.randint(6001, 8998), rng.randint(55001, 57998)))


def _routes(count: int, rng: random.Random) -> list[tuple[str, str]]:
    """Return routes across the junction, each of them run by two or three trains."""
    pool: set[tuple[str, str]] = set()
    while len(pool) < count * 4 // 9:
        one, other = rng.sample(SIDES, 2)
        pool.add((rng.choice(one), rng.choice(other)))
    return _spread(tuple(sorted(pool)), count, rng)


def _dwells(count: int, rng: random.Random) -> list[int]:
    """Return dwells in minutes: one of 6, one of 53, the others between, around a quarter hour."""
    between = [min(52, max(7, round(rng.lognormvariate(2.55, 0.42)))) for _ in range(count - 2)]
    dwells = [6, 53, *between]
    rng.shuffle(dwells)
    return dwells


def _time(rng: random.Random, hours: int = 24) -> int:
    """Return a minute of the first `hours` of a day, more often in the busy ones."""
    return rng.choices(range(hours), _BUSY[:hours])[0] * 60 + rng.randrange(60)


def _spread(values: Sequence[_T], count: int, rng: random.Random) -> list[_T]:
    """Return `count` values in random order, each about as often as any other."""
    spread = list(itertools.islice(itertools.cycle(values), count))
    rng.shuffle(spread)
    return spread


def _out_of_place(trains: Sequence[Train], count: int, rng: random.Random) -> list[Train]:
    """Swap some trains with the next one, each a single step back in time."""
    rows = list(trains)
    later = [i for i in range(len(rows) - 1) if rows[i].stands_at < rows[i + 1].stands_at]
    swapped: list[int] = []
    while len(swapped) < count:
        index = rng.choice(later)
        if all(abs(index - other) > 2 for other in swapped):
            swapped.append(index)
            rows[index], rows[index + 1] = rows[index + 1], rows[index]
    return rows


def _cells(times: Sequence[int | None], texts: int, rng: random.Random) -> list[Value]:
    """Return times as a person typed them: most are times, some text without a leading zero."""
    early = [index for index, time in enumerate(times) if time is not None and time < 10 * 60]
    typed = set(rng.sample(early, texts))
    cells: list[Value] = []
    for index, time in enumerate(times):
        if time is None:
            cells.append(None)
            continue
        hour, minute = divmod(time % (24 * 60), 60)
        cells.append(f"{hour}:{minute:02}" if index in typed else dt.time(hour, minute))
    return cells


if __name__ == "__main__":
    main()
