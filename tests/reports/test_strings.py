import string
import tomllib
from pathlib import Path

import pytest

from reports import strings
from reports.strings import Note, say, words


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_each_word_is_there_in_both_languages() -> None:
    told = tomllib.loads(Path(strings.__file__).with_suffix(".toml").read_text("utf-8"))
    assert {key for key, said in told.items() if set(said) != {"en", "zh"}} == set()
    assert {key for key, said in told.items() if not all(said.values())} == set()
    assert list(words()) == list(words("zh")) == list(told)


@pytest.mark.parametrize("key", words())
def test_both_languages_fill_the_same_gaps(key: str) -> None:
    assert placeholders(words()[key]) == placeholders(words("zh")[key])


def test_a_list_is_joined_as_its_language_does() -> None:
    note = Note("stand_in", {"list": ("a", "b")})
    assert say(note).endswith(": a, b.")
    assert say(note, "zh").endswith("：a、b。")


def test_a_sentence_may_hold_a_sentence() -> None:
    note = Note("chart_scatter", {"axis": Note("axis_tokens")})
    assert say(note) == "Accuracy against median tokens per answer"
    assert say(note, "zh") == "准确率与答案 token 数中位数"


def test_braces_from_strangers_stay_text() -> None:
    assert "{0.__class__}" in say(Note("stand_in", {"list": ("{0.__class__}",)}))
