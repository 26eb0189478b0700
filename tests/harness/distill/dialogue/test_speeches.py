from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.distill.dialogue.speeches import find_speeches

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "speeches.yaml").read_text("utf-8")
)
TEXT = st.text(alphabet='阿禾老周道说问：，。？“”「」"\n 水', max_size=60)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_who_says_what(case: dict[str, Any]) -> None:
    text = case["text"]
    found = [
        [speech.speaker, speech.told, text[speech.start : speech.end]]
        for speech in find_speeches(text, case["names"])
    ]
    assert found == case["said"]


@given(TEXT)
def test_speeches_of_any_text_lie_apart_and_in_order(text: str) -> None:
    speeches = find_speeches(text, ["阿禾", "老周"])
    ends = [0, *(speech.end for speech in speeches)]
    assert all(end <= speech.start for end, speech in zip(ends, speeches, strict=False))
    assert all(text[speech.start : speech.end].strip() for speech in speeches)
    assert all("\n" not in text[speech.start : speech.end] for speech in speeches)
    assert {speech.speaker for speech in speeches} <= {"", "阿禾", "老周", *_runs(text)}


def _runs(text: str) -> set[str]:
    """Every piece of a text that could be a name."""
    return {text[a:b] for a in range(len(text)) for b in range(a + 1, min(a + 13, len(text) + 1))}
