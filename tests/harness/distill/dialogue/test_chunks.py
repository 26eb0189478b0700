from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.distill.dialogue.chunks import Chunk, cut

PARAGRAPHS = [f"第{n}段" + "水" * 20 + "。" for n in range(20)]
TEXT = "\n".join(PARAGRAPHS)


def pieces(text: str, size: int) -> list[str]:
    return [text[c.start : c.end] for c in cut(text, Chunk(0, len(text)), size)]


def test_pieces_end_at_paragraph_ends() -> None:
    found = pieces(TEXT, 100)
    assert all(piece.strip("\n").split("\n")[-1] in PARAGRAPHS for piece in found)
    assert all(piece.split("\n")[0] in PARAGRAPHS for piece in found)


def test_each_begins_before_the_end_of_the_one_before() -> None:
    chunks = cut(TEXT, Chunk(0, len(TEXT)), 150)
    shared = [before.end - after.start for before, after in pairwise(chunks)]
    assert len(shared) > 2
    assert all(0 < size <= 30 for size in shared)


def test_a_long_paragraph_is_cut_at_a_sentence_and_a_long_sentence_anywhere() -> None:
    assert pieces("甲乙丙丁。戊己庚辛。壬癸。", 6) == ["甲乙丙丁。", "戊己庚辛。", "壬癸。"]
    assert pieces("甲乙丙丁戊己庚辛壬癸", 4) == ["甲乙丙丁", "戊己庚辛", "壬癸"]


def test_a_short_text_is_one_piece_and_none_is_none() -> None:
    assert pieces("甲。\n", 100) == ["甲。\n"]
    assert pieces("", 100) == []


@given(st.text(alphabet="水“”。\n a", max_size=300), st.integers(1, 50))
def test_nothing_is_left_out_and_no_piece_is_too_long(text: str, size: int) -> None:
    chunks = cut(text, Chunk(0, len(text)), size)
    reached = 0
    for chunk in chunks:
        assert chunk.start <= reached < chunk.end
        assert chunk.end - chunk.start <= size
        reached = chunk.end
    assert reached == len(text)


@pytest.mark.parametrize("size", [30, 60])
def test_a_part_of_a_text_is_cut_like_a_whole(size: int) -> None:
    part = Chunk(10, 130)
    chunks = cut(TEXT, part, size)
    assert chunks[0].start == 10
    assert chunks[-1].end == 130
