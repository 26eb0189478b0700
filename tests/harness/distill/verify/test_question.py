from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.distill.verify.question import Keys, wording_problem

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "golden" / "wordings.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["now"])
def test_another_wording(case: dict[str, Any]) -> None:
    found = wording_problem(case["was"], case["now"], case["named"])
    assert (found.reason if found else "") == case["reason"], found


@given(st.text(max_size=60), st.lists(st.text(max_size=8), max_size=3))
def test_a_question_is_no_other_wording_of_itself(question: str, named: list[str]) -> None:
    found = wording_problem(question, question, named)
    assert found is None or found.reason == "question leaves out what it asks about"


def test_other_keys_are_found_whole() -> None:
    keys = Keys(["K420", "K42", "K4547/6", "55993", "7", "北京西", "北京"])
    assert keys.others("K420次和K4547/6次", ["K420"]) == ["k4547/6"]
    assert keys.others("K4201次", []) == []
    assert keys.others("55993次3站台，7点", []) == ["55993"]
    assert keys.others("从北京西到北京", []) == ["北京西", "北京"]
