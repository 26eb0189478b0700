import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.display import clip, clip_middle, pad, shown, table, width

ANY_TEXT = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("中文", 4), ("ｆｕｌｌ", 8), ("e\u0301", 1), ("", 0)]
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


@given(ANY_TEXT.map(shown), st.integers(1, 30))
def test_clip_and_pad_fill_exactly(text: str, columns: int) -> None:
    assert width(clip(text, columns)) <= columns
    assert width(clip_middle(text, columns)) <= columns
    assert width(pad(clip(text, columns), columns)) == columns


def test_pad_sets_numbers_flush_right() -> None:
    assert pad("中", 4, right=True) == "  中"


def test_a_table_lines_up_whatever_the_script() -> None:
    rows = [("车次", "n"), ("K4547/6", "12"), ("e\u0301", "3")]
    lines = list(table(rows, right=(1,)))
    assert lines == ["车次      n", "K4547/6  12", "e\u0301         3"]
    assert len({width(line) for line in lines}) == 1
    assert list(table([])) == []


def test_strangers_act_on_no_terminal() -> None:
    assert shown("a\x1b[31m\nb") == "a�[31m⏎b"
    assert shown("车次车次", 5) == "车次…"


def test_names_of_a_family_stay_apart() -> None:
    names = [f"gemma3-270m-gemma3-270m-{entry}" for entry in ("untuned", "tuned", "hf")]
    cut = [clip_middle(name, 20) for name in names]
    assert cut == ["gemma3-27…0m-untuned", "gemma3-27…270m-tuned", "gemma3-27…a3-270m-hf"]
    assert clip_middle("short", 5) == "short"
