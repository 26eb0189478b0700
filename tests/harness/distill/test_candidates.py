from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.sections import Distill
from harness.distill.candidates import Candidates, shares, spread
from harness.distill.tally import Tally
from harness.store.codec import read_samples

FAMILIES = ("lookup", "filter", "dwell", "missing")
COUNTS = st.dictionaries(st.sampled_from(FAMILIES), st.integers(0, 50), min_size=1)


def test_every_question_once_in_the_order_of_the_file(small: Path) -> None:
    candidates = Candidates(small / "train.jsonl", Distill(phrasings=1), "file")
    places = list(candidates.draw(candidates.families))
    found = [sample for _, sample in candidates.read(places)]
    questions = {(s.template.partition("/")[0], s.row) for s in read_samples(small / "train.jsonl")}
    assert len(found) == len(candidates) == len(questions)
    assert {(s.template.partition("/")[0], s.row) for s in found} == questions
    assert places == sorted(places)
    assert not list(candidates.draw(candidates.families))


def test_families_take_turns(small: Path) -> None:
    candidates = Candidates(small / "train.jsonl", Distill(), "drawn")
    drawn = candidates.draw({"lookup": 5, "dwell": 5})
    families = [sample.family for _, sample in candidates.read(drawn)]
    assert families == ["lookup", "dwell"] * 5


def test_the_questions_of_a_row_stay_together(small: Path) -> None:
    candidates = Candidates(small / "train.jsonl", Distill(phrasings=1), "rows")
    drawn = candidates.draw({"lookup": 14})
    rows = Counter(sample.row for _, sample in candidates.read(drawn))
    assert len(rows) <= 3


def test_the_seed_draws(small: Path) -> None:
    def drawn(seed: int) -> list[int]:
        section = Distill(seed=seed)
        candidates = Candidates(small / "train.jsonl", section, "drawn")
        return list(candidates.draw({"lookup": 20}))

    assert drawn(1) == drawn(1) != drawn(2)


def test_what_is_handed_back_comes_again_as_often_as_attempts_allow(small: Path) -> None:
    section = Distill(attempts=3)
    candidates = Candidates(small / "train.jsonl", section, "drawn")
    whole = candidates.families["dwell"]
    (place, sample), *_ = candidates.read(candidates.draw({"dwell": whole}))
    for _ in range(2):
        candidates.hand_back(place, sample)
        assert candidates.left["dwell"] == 1
        assert list(candidates.draw({"dwell": 5})) == [place]
    candidates.hand_back(place, sample)
    assert candidates.left["dwell"] == 0


@given(st.integers(0, 120), COUNTS)
def test_a_spread_gives_no_more_than_there_is(samples: int, there: dict[str, int]) -> None:
    given_ = spread(samples, there)
    assert sum(given_.values()) == min(samples, sum(there.values()))
    assert all(0 <= given_[family] <= there[family] for family in there)
    full = [given_[f] for f in there if given_[f] == there[f]]
    rest = [given_[f] for f in there if given_[f] < there[f]]
    assert not rest or max(rest) - min(rest) <= 1
    assert not rest or not full or max(full) <= min(rest) + 1


@given(st.integers(1, 200), st.lists(st.floats(0, 0.33), min_size=1, max_size=3))
def test_quotas_are_shares_of_the_whole(samples: int, quotas: list[float]) -> None:
    named = dict(zip(FAMILIES, quotas, strict=False))
    there = dict.fromkeys(FAMILIES, samples)
    given_ = shares(samples, there, named)
    assert sum(given_.values()) == samples
    assert all(abs(given_[family] - samples * share) <= 1 for family, share in named.items())


@pytest.mark.parametrize(
    ("quotas", "wanted"),
    [
        ({}, {"lookup": 4, "filter": 3, "dwell": 3}),
        ({"lookup": 0.5}, {"lookup": 5, "filter": 3, "dwell": 2}),
        ({"lookup": 0.5, "filter": 0.5}, {"lookup": 5, "filter": 5, "dwell": 0}),
        ({"dwell": 1.0}, {"dwell": 10, "lookup": 0, "filter": 0}),
    ],
)
def test_ten_rows_over_three_families(quotas: dict[str, float], wanted: dict[str, int]) -> None:
    there = dict.fromkeys(("lookup", "filter", "dwell"), 100)
    assert shares(10, there, quotas) == wanted


def test_what_one_family_lacks_the_others_give() -> None:
    tally = Tally(Distill(samples=10), {"lookup": 50, "dwell": 50})
    for _ in range(3):
        tally.accept("dwell", "x")
    tally.move_on({"lookup": 50, "dwell": 0})
    assert tally.lacking() == {"lookup": 7}


def test_a_family_with_a_quota_gives_it_alone() -> None:
    section = Distill(samples=10, quotas={"dwell": 0.5})
    tally = Tally(section, {"lookup": 50, "dwell": 50})
    tally.move_on({"lookup": 50, "dwell": 0})
    assert tally.lacking() == {"dwell": 5, "lookup": 5}
