"""A budget holds, however many calls are under way at once."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.sections import Budget
from harness.models.budget import Meter, Spent, most_of


def test_calls_under_way_count() -> None:
    meter = Meter(Budget(calls=2))
    first = meter.reserve(10, 5)
    assert first == Spent(1, 10, 5)
    assert meter.reserve(10, 5) is not None
    assert meter.reserve(10, 5) is None
    meter.settle(first, None)
    assert meter.reserve(10, 5) is not None
    assert meter.spent == Spent()


def test_what_a_call_did_not_need_is_given_back() -> None:
    meter = Meter(Budget(tokens=100))
    share = meter.reserve(50, 40)
    assert share is not None
    assert meter.reserve(5, 6) is None
    meter.settle(share, Spent(1, 20, 10))
    assert meter.spent == Spent(1, 20, 10)
    assert meter.reserve(30, 40) is not None


def test_money_is_counted_at_the_prices() -> None:
    budget = Budget(money=0.01, prompt_price=10, output_price=100)
    # 200 tokens of prompt and 80 of answer cost 0.002 + 0.008.
    assert Meter(budget).reserve(200, 80) is not None
    assert Meter(budget).reserve(200, 81) is None
    assert Spent(1, 200, 80).money(budget) == pytest.approx(0.01)


def test_earlier_attempts_count() -> None:
    assert Meter(Budget(calls=5), Spent(5, 0, 0)).reserve(1, 1) is None


def test_without_limits_all_goes() -> None:
    meter = Meter(Budget())
    assert all(meter.reserve(10**6, 10**6) for _ in range(100))


def test_the_sentence_names_what_is_used_and_what_to_raise() -> None:
    budget = Budget(calls=1200, money=0.5, prompt_price=1)
    said = str(Meter(budget, Spent(1100, 400_000, 9)).used_up())
    assert "calls 1,100 of 1,200" in said
    assert "money 0.4 of 0.5" in said
    assert "tokens" not in said
    assert "raise runtime.budget.calls or runtime.budget.money" in said


def test_words() -> None:
    spent = Spent(1234, 50_000, 6789)
    assert Meter(Budget(), spent).words() == "1,234 calls, 56,789 tokens"
    priced = Budget(prompt_price=1, output_price=10)
    assert Meter(priced, spent).words() == "1,234 calls, 56,789 tokens, 0.1179 spent"


def test_what_a_provider_does_not_say_counts_as_the_most() -> None:
    share = Spent(1, 10, 20)
    assert most_of(share, None, None) == share
    assert most_of(share, 3, None) == Spent(1, 3, 20)
    assert most_of(share, 0, 0) == Spent(1, 0, 0)


@given(
    limit=st.integers(1, 300),
    calls=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), st.booleans()), max_size=40),
)
def test_it_is_never_passed(limit: int, calls: list[tuple[int, int, bool]]) -> None:
    meter = Meter(Budget(tokens=limit))
    under_way = []
    for prompt, output, answered in calls:
        if (share := meter.reserve(prompt, output)) is not None:
            under_way.append(share)
        if answered and under_way:
            share = under_way.pop(0)
            meter.settle(share, share)
        assert meter.spent.tokens <= limit
    for share in under_way:
        meter.settle(share, share)
    assert meter.spent.tokens <= limit


def test_threads_share_it() -> None:
    meter = Meter(Budget(calls=500))
    got: list[Spent] = []

    def ask() -> None:
        for _ in range(200):
            if (share := meter.reserve(1, 1)) is not None:
                got.append(share)
                meter.settle(share, share)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == meter.spent.calls == 500
