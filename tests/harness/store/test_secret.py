"""A key shows in nothing."""

import copy
import html
import json
import pickle
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.store.secret import (
    Scrubber,
    Secret,
    holds_named_key,
    looks_like_key,
    note_variables,
    scrubbed,
    secret_from_environment,
    strings,
)

KEY = 'sk-0123/456+789=a"b&c'
# What a header can hold.
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=40)


def test_no_way_of_printing_shows_it() -> None:
    secret = Secret(KEY)
    assert KEY not in f"{secret} {secret!r} {secret!s:>40} {[secret]} {(secret,)!r}"
    assert secret.reveal() == KEY


def test_it_gets_into_no_file() -> None:
    secret = Secret(KEY)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps({"key": secret})
    with pytest.raises(TypeError):
        copy.deepcopy(secret)


def test_it_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", f" {KEY}\n")
    assert secret_from_environment("SOME_KEY").reveal() == KEY


@pytest.mark.parametrize("value", [None, "", "  ", "a key", "schlüssel", "a\nb"])
def test_what_is_no_key_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("SOME_KEY", raising=False)
    else:
        monkeypatch.setenv("SOME_KEY", value)
    with pytest.raises(UsageError, match="the environment variable SOME_KEY") as caught:
        secret_from_environment("SOME_KEY")
    assert not (value or "").strip() or (value or "") not in str(caught.value)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "json": lambda key: json.dumps(key)[1:-1],
    "json twice": lambda key: json.dumps(json.dumps(key))[3:-3],
    "json with slashes": lambda key: json.dumps(key)[1:-1].replace("/", "\\/"),
    "json all escaped": lambda key: "".join(
        sign if sign.isalnum() else f"\\u{ord(sign):04X}" for sign in key
    ),
    "address": lambda key: quote(key, safe=""),
    "address with slashes": quote,
    "form": quote_plus,
    "address twice": lambda key: quote(quote(key, safe=""), safe=""),
    "html": html.escape,
    "html numbers": lambda key: "".join(
        sign if sign.isalnum() else f"&#{ord(sign)};" for sign in key
    ),
    "repr": lambda key: repr(key)[1:-1],
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(key=KEYS)
def test_every_spelling_is_found(spelling: str, key: str) -> None:
    spelled = SPELLINGS[spelling](key)
    cleaned = Scrubber([Secret(key)]).clean(f"<<{spelled}>>{spelled}")
    assert cleaned == "<<[key]>>[key]"


@given(text=st.text(max_size=60))
def test_other_text_stays_as_it_is(text: str) -> None:
    assert Scrubber([Secret(KEY)]).clean(text) == text


def test_a_key_within_another_goes_with_it() -> None:
    scrubber = Scrubber([Secret("abcdef"), Secret("abcdefghi")])
    assert scrubber.clean("abcdefghi abcdef") == "[key] [key]"


def test_a_short_key_is_left_in_words() -> None:
    assert Scrubber([Secret("train")]).clean("a train") == "a train"


def test_values_are_cleaned_however_deep() -> None:
    scrubber = Scrubber([Secret(KEY)])
    value = {"a": [KEY, {"b": f"x{KEY}", KEY: 1}], "n": 1.5, "none": None}
    assert scrubber.clean_value(value) == {
        "a": ["[key]", {"b": "x[key]", "[key]": 1}], "n": 1.5, "none": None,
    }  # fmt: skip


LOOKS = [
    "sk-proj-0123456789abcdefABCDEF",
    "sk-0123456789abcdef0123456789abcdef",
    "Authorization: Bearer abc.def-0123456789",
    "hf_0123456789abcdefghij",
    "AIzaSy0123456789abcdefghijklmnop",
    "http://user:0123pass@host/v1",
    "ghp_0123456789abcdefghij0123456789",
    "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl",
]


@pytest.mark.parametrize("text", LOOKS)
def test_what_looks_like_a_key_is_not_printed(text: str) -> None:
    assert looks_like_key(text)
    said = scrubbed(f"refused: {text}, try again")
    assert "[key]" in said
    assert "0123" not in said
    assert said.startswith("refused: ")
    assert said.endswith(", try again")


@pytest.mark.parametrize(
    "text",
    [
        "task-12",
        "sk-learn",
        "disk-0123456789abcdefgh",
        "K420 07:19",
        "qwen3-32b",
        "Bearer authentication is required",
        "http://127.0.0.1:8000/v1",
        "see https://host/a:b@c",
        "Basic information",
    ],
)
def test_what_does_not_look_like_one_is_left(text: str) -> None:
    assert scrubbed(text) == text


def test_the_keys_that_a_spec_names_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    note_variables({"distill": {"teacher": {"key_env": "NAMED_KEY"}}})
    monkeypatch.setenv("NAMED_KEY", "plain+value/12345")
    assert scrubbed("got plain+value/12345") == "got [key]"
    assert scrubbed('got "plain+value\\/12345"') == 'got "[key]"'
    assert holds_named_key("xplain+value/12345x")
    # What local servers take is found in ordinary words.
    for word in ("ollama", "not-needed", "EMPTY", "12345678"):
        monkeypatch.setenv("NAMED_KEY", word)
        assert scrubbed(f"the model {word}") == f"the model {word}"


def test_every_text_of_a_tree_is_found_and_an_alias_once() -> None:
    bomb: list[object] = ["x"]
    for _ in range(60):
        bomb = [bomb, bomb]
    found = list(strings({"a": {"b": [1, "c"]}, "bomb": bomb}))
    assert (("a", "b", "1"), "c") in found
    assert (("a",), "a") in found
    assert len(found) < 1000
