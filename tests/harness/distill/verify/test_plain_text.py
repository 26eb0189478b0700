"""Which marks belong to a sentence, and which were left over from JSON and prompts."""

from __future__ import annotations

import pytest

from harness.distill.verify.plain_text import leftover

ASKED = "K420次列车几点开车？"


@pytest.mark.parametrize(
    "text",
    [
        "「K420」次列车几点开车？",
        "“K420次”列车几点开车？",
        '"K420次"列车几点开车？',
        "『K420』次列车几点开车？",
        "《K420》次列车几点开车？",
        "'K420'次列车几点开车？",
        "‘K420’次列车几点开车？",
        "＂K420＂次列车几点开车？",
        "〝K420〞次列车几点开车？",
        "“K420次列车几点开车？”",
        '请问"K420"次和"几点开车"是怎么写的？',
        'When does train "K420" leave?',
        "When does train ‘K420’ leave?",
        "“K420次”，「几点」开车？",
    ],
)
def test_quotation_marks_inside_a_wording_are_plain(text: str) -> None:
    assert leftover(text, ASKED) == ""


@pytest.mark.parametrize(
    "text",
    [
        '"question": "K420次列车几点开车？"',
        '{"question": "K420次列车几点开车？"}',
        'K420次列车几点开车？",',
        '"K420次列车几点开车？',
        "K420次列车几点开车？\\n",
        '""K420次列车几点开车？',
    ],
)
def test_quotation_marks_of_json_are_not(text: str) -> None:
    assert leftover(text, ASKED)
