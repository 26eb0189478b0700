"""A question with a value that it names in another spelling."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping

from harness.core import Domain, Sample
from harness.curate.augment.question_parts import asked
from harness.curate.rows import Row

_FIGURE = re.compile("[0-9０-９]")
# A column of station names: 始发站 and 到达站, but neither 站台 nor 站房.
_OF_STATIONS = re.compile("站(?![台房区数])")
_STATION_NAME = re.compile("[\u3400-\u9fff]{1,6}(?<![站段所场厅楼港口])")
# 兰州西站 is another station than 兰州, and 站 stands there already in 兰州站.
_GOES_ON = frozenset("站东西南北城州市县区")


class Synonyms:
    """Knows other spellings of a suite's values.

    An alias is one where it means the same in every column, and is itself no value of any. A
    station may have 站 behind it where no column has a value of that name.

    Args:
        domains: what values can be, by column.
    """

    def __init__(self, domains: Mapping[str, Domain]) -> None:
        values = {value for domain in domains.values() for value in domain.values}
        meanings: dict[str, set[str]] = {}
        for domain in domains.values():
            for alias, value in domain.aliases.items():
                meanings.setdefault(alias, set()).add(value)
        self._spellings: dict[str, list[str]] = {}
        for alias, meant in sorted(meanings.items()):
            if len(meant) == 1 and alias not in values:
                self._spellings.setdefault(meant.pop(), []).append(alias)
        self._stations = _stations(domains)
        self._known = values | set(meanings)

    def changes(self, row: Row, draw: random.Random) -> Iterator[Sample]:
        """The question with each other spelling of each of its values, in drawn order."""
        question = asked(row.sample)
        if question is None:
            return
        places = {place.value: place for place in question.places}
        found = [
            (place, spelling)
            for value, place in places.items()
            if value != row.sample.row and not _FIGURE.search(value)
            for spelling in self._other(value, question.followers(value))
        ]
        draw.shuffle(found)
        for place, spelling in found:
            yield question.respelled(place, spelling)

    def _other(self, value: str, followers: set[str]) -> list[str]:
        """Other spellings of a value, or of one item where it joins several."""
        items = value.split("、")
        found = [
            "、".join([*items[:at], spelling, *items[at + 1 :]])
            for at, item in enumerate(items)
            for spelling in self._spellings.get(item, ())
            if not _FIGURE.search(spelling)
        ]
        station = f"{value}站"
        if value in self._stations and station not in self._known and not followers & _GOES_ON:
            found.append(station)
        return found


def _stations(domains: Mapping[str, Domain]) -> frozenset[str]:
    """Names that only columns of stations hold."""
    stations: set[str] = set()
    others: set[str] = set()
    for column, domain in domains.items():
        (stations if _OF_STATIONS.search(column) else others).update(domain.values)
    return frozenset(name for name in stations - others if _STATION_NAME.fullmatch(name))
