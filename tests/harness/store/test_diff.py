from typing import Any

import pytest

from harness.store.diff import differences


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"lora": {"rank": 8, "a": 0}}, {"lora": {"rank": 16, "a": 0}}, ["lora.rank: 8 → 16"]),
        ({"a": 1}, {"a": 1.0}, ["a: 1 → 1.0"]),
        ({"a": 1}, {"a": "1"}, ['a: 1 → "1"']),
        ({"a": None}, {}, ["a: null → nothing"]),
        ({}, {"a": None}, ["a: nothing → null"]),
        ({"b": 1, "a": 1}, {"a": 2, "b": 2}, ["a: 1 → 2", "b: 1 → 2"]),
        ({"t": ["q", "v"]}, {"t": ["q", "k"]}, ['t: ["q", "v"] → ["q", "k"]']),
        ({"a": {"b": 1}}, {"a": 3}, ['a: {"b": 1} → 3']),
        ({"a": {}}, {"a": {"b": "车"}}, ['a.b: nothing → "车"']),
    ],
)  # fmt: skip
def test_each_field_that_differs_is_a_line(
    old: dict[str, Any], new: dict[str, Any], lines: list[str]
) -> None:
    assert differences(old, new) == lines


def test_long_values_show_the_place_where_they_differ() -> None:
    old, new = {"ids": list(range(1000))}, {"ids": [*range(700), "here", *range(701, 1000)]}
    (line,) = differences(old, new)
    before, after = line.removeprefix("ids: ").split(" → ")
    assert "700" in before
    assert '"here"' in after
    assert len(line) < 100


def test_a_long_value_whose_end_differs() -> None:
    (line,) = differences({"sha256": "a" * 64}, {"sha256": "a" * 63 + "b"})
    assert line.endswith('b"')
