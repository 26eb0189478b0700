"""Bodies in any character set."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.remote.charset import text_of

SAID = json.dumps({"content": "您好，K420次列车07:19从西安开车"}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("codec", "kind"),
    [
        ("utf-8", "application/json"),
        ("utf-8", "application/json; charset=utf-8"),
        ("utf-8", "application/json; charset=gbk"),
        ("utf-8", "text/plain; charset=ISO-8859-1"),
        ("utf-8-sig", "application/json"),
        ("gbk", "application/json; charset=GBK"),
        ("gbk", 'application/json; charset="gb2312"'),
        ("gb18030", "application/json;charset=gb18030"),
        ("gbk", "application/json"),
        ("gbk", "application/json; charset=utf-8"),
        ("gbk", "application/json; charset=no-such"),
        ("gbk", "application/json; charset=undefined"),
        ("gbk", "application/json; charset=idna"),
        ("big5", "application/json; charset=big5"),
        ("utf-16", "application/json"),
        ("utf-16-le", "application/json"),
        ("utf-16", "application/json; charset=utf-16"),
        ("utf-32", "application/json"),
    ],
)
def test_text_is_read(codec: str, kind: str) -> None:
    said = SAID.replace("您好，", "").replace("车", "") if codec == "big5" else SAID
    said = said.replace("从西安开", "西安") if codec == "big5" else said
    assert text_of(said.encode(codec), kind) == said


@given(st.binary(max_size=40), st.text(max_size=20))
def test_any_bytes_are_text(body: bytes, charset: str) -> None:
    assert isinstance(text_of(body, f"application/json; charset={charset}"), str)
