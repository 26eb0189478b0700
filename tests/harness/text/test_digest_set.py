from hypothesis import given
from hypothesis import strategies as st

from harness.text.digest_set import Seen


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 40), max_size=80))
def test_digests_are_numbered_as_they_come(digests: list[int]) -> None:
    seen = Seen()
    numbers = [seen.number(digest) for digest in digests]
    order = list(dict.fromkeys(digests))
    assert numbers == [order.index(digest) for digest in digests]
    assert len(seen) == len(order)


def test_it_grows() -> None:
    seen = Seen()
    digests = [n * 0x9E3779B97F4A7C15 % 2**64 for n in range(5000)]
    assert [seen.number(digest) for digest in digests] == list(range(5000))
    assert [seen.number(digest) for digest in reversed(digests)] == list(reversed(range(5000)))
    # All of these look first in one slot.
    crowd = [n << 32 | 7 for n in range(1, 300)]
    assert [seen.number(digest) for digest in crowd] == list(range(5000, 5299))
