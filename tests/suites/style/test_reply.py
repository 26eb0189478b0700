from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suites.style.reply import Styled, take_apart

STYLES = ("温柔", "毒舌", "毒舌二号", "gentle")
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "replies.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_golden(case: dict[str, str | None]) -> None:
    assert take_apart(str(case["text"]), STYLES) == Styled(case["style"], str(case["words"]))


@given(st.text("温柔毒舌好的a \n：。", max_size=20), st.sampled_from(STYLES))
def test_what_is_taught_is_read_back(words: str, style: str) -> None:
    read = take_apart(f"{style}\n{words}", STYLES)
    assert read.style == style
    assert "".join(read.words.split()) == "".join(words.split())


@pytest.mark.parametrize("line", ["温柔" + "*" * 50_000 + "x", "[[温柔" * 20_000, " :" * 50_000])
def test_a_hostile_first_line_names_nothing(line: str) -> None:
    assert take_apart(f"{line}\n抱抱", STYLES).style is None
