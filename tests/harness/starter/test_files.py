"""YAML that is read back as what was meant, whatever stands in a table."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.starter.files import quoted
from tests.harness.checker.forms import UNHURRIED


@UNHURRIED
@given(st.text(max_size=40))
def test_any_text_is_read_back(text: str) -> None:
    assert yaml.safe_load(quoted(text)) == text
    assert yaml.safe_load(quoted(text, always=True)) == text
    assert yaml.safe_load(f"[{quoted(text)}, {{a: {quoted(text)}}}]") == [text, {"a": text}]
    assert "\n" not in quoted(text)


def test_plain_words_stay_plain() -> None:
    for text in ("品名", "Unit", "kg"):
        assert quoted(text) == text
    for text in ("no", "TRUE", "null", "12", "", "单价（元）", "a: b", "1e3", "品名 "):
        assert quoted(text).startswith('"'), text
