from __future__ import annotations

import pytest

from harness.metrics.measure import Measure
from harness.metrics.replies import overlap_measures, share, variety_measures


def named(measures: list[Measure]) -> dict[str, Measure]:
    return {measure.name: measure for measure in measures}


def test_the_best_of_several_references_counts() -> None:
    found = named(
        overlap_measures(["水不会渴。", "是"], [("鱼会渴。", "水不会渴。"), ("不是",)], "g")
    )
    assert found["rouge_l"].value == pytest.approx(100 * (1 + 2 / 3) / 2)
    assert found["rouge_2"].value == pytest.approx(50)
    assert {measure.n for measure in found.values()} == {2}
    assert {measure.group for measure in found.values()} == {"g"}


def test_equal_replies_are_perfect_and_others_nothing() -> None:
    same = named(overlap_measures(["水不会渴"], [("水不会渴",)]))
    other = named(overlap_measures(["abc"], [("水不会渴",)]))
    for name in ("rouge_1", "rouge_2", "rouge_l", "bleu", "chrf"):
        assert same[name].value == pytest.approx(100)
        assert other[name].value == pytest.approx(0)
        assert same[name].signature
    assert "tok:zh" in same["bleu"].signature


def test_without_replies_there_is_no_number() -> None:
    measures = [*overlap_measures([], []), *variety_measures([], []), share("x", [])]
    assert [(m.value, m.n, bool(m.note)) for m in measures] == [(None, 0, True)] * 8


def test_variety_and_length() -> None:
    found = named(variety_measures(["不会的", "不会的"], ["不会的，水不渴"] * 2))
    assert found["distinct_2"].value == pytest.approx(50)
    assert found["length_ratio"].value == pytest.approx(3 / 6)
    assert (found["length_ratio"].better, found["length_ratio"].scale) == ("neither", "number")


def test_replies_of_one_word_have_no_pairs() -> None:
    found = named(variety_measures(["不"], ["不会"]))
    assert (found["distinct_2"].value, found["distinct_2"].n) == (None, 1)
    assert found["distinct_2"].note == "no reply has two words"


def test_a_share_is_a_mean_in_percent() -> None:
    assert share("x", [1, 0.5, 0], "g") == Measure("x", 50.0, 3, group="g")
