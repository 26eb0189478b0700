from hypothesis import given
from hypothesis import strategies as st

from harness.distill.asked import Seen


@given(st.lists(st.tuples(st.text(max_size=6), st.integers(0, 255)), max_size=3000))
def test_it_remembers_as_a_dictionary_does(pairs: list[tuple[str, int]]) -> None:
    seen, known = Seen(), dict[str, int]()
    for text, mark in pairs:
        assert seen.mark(text) == known.get(text)
        seen.add(text, mark)
        known.setdefault(text, mark)
    assert len(seen) == len(known)
    assert all(seen.mark(text) == mark for text, mark in known.items())


def test_it_grows() -> None:
    seen = Seen()
    for number in range(5000):
        seen.add(str(number), number % 256)
    assert len(seen) == 5000
    assert all(seen.mark(str(number)) == number % 256 for number in range(5000))
    assert seen.mark("x") is None
