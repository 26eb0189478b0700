"""What a body says, whatever is in it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.remote.charset import text_of
from harness.models.remote.complaint import Complaint, read_complaint
from harness.models.remote.reply import NoReply, read_reply
from harness.models.response_cache import Reply
from harness.store.secret import Scrubber, Secret

KEY = "sk-secret-key-0123456789"
NONE = Scrubber([])
SCRUBBER = Scrubber([Secret(KEY)])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "message", "content", "usage", "prompt_tokens", "error", "text"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def read_message(sent: bytes, scrubber: Scrubber, kind: str = "") -> str:
    return read_complaint(text_of(sent, kind), scrubber).shown


def body(message: object, finish: str = "stop", **more: Any) -> bytes:
    return json.dumps({"choices": [{"message": message, "finish_reason": finish}], **more}).encode()


@pytest.mark.parametrize(
    ("sent", "reply"),
    [
        (body({"content": "a"}), Reply("a")),
        (body({"content": "a", "reasoning_content": "b"}), Reply("a", reasoning="b")),
        (body({"content": None}), Reply("")),
        (body({"content": ["a", {"text": "b"}, {"type": "image"}, 7]}), Reply("ab")),
        (body({"content": "a"}, "length"), Reply("a", "length")),
        (body({"content": "a"}, "max_tokens"), Reply("a", "length")),
        (body({"content": "a"}, "content_filter"), Reply("a", "content_filter")),
        (body({"content": "", "reasoning_content": "b"}), Reply("b", "thought")),
        (body({"content": None, "reasoning": "b"}, "length"), Reply("b", "thought")),
        (body({"content": ""}, "length"), Reply("", "thought")),
        (body({"content": None, "refusal": "no"}), Reply("no", "refusal")),
        (
            body({"content": None, "tool_calls": [{"function": {"name": "f"}}]}),
            Reply("f", "tool_calls"),
        ),
        (body({"content": "a", "tool_calls": [{"function": {"name": "f"}}]}), Reply("a")),
        (body({"content": None}, "SAFETY"), Reply("", "content_filter")),
        (
            body({"content": [{"type": "thinking", "text": "b"}, {"text": "a"}]}),
            Reply("a", reasoning="b"),
        ),
        (b'{"choices": [{"text": "a", "finish_reason": "length"}]}', Reply("a", "length")),
        (b'{"choices": [{"delta": {"content": "a"}}]}', Reply("a")),
        (json.dumps(body({"content": "a"}).decode()).encode(), Reply("a")),
        (b'{"id": ' + b"9" * 5000 + b', "choices": [{"text": "a"}]}', Reply("a")),
        (b'{"choices": [{"text": "a"}], "usage": {"prompt_tokens": 1e999}}', Reply("a")),
        (
            body({"content": "a"}, usage={"prompt_tokens": 3, "completion_tokens": 4}),
            Reply("a", "stop", 3, 4),
        ),
        (
            body({"content": "a"}, usage={"prompt_tokens": -3, "completion_tokens": "4"}),
            Reply("a"),
        ),
        (body({"content": "a"}, usage={"prompt_tokens": True}), Reply("a")),
        (body({"content": "a"}, usage=None), Reply("a")),
    ],
)
def test_replies_in_every_shape(sent: bytes, reply: Reply) -> None:
    assert read_reply(sent, NONE) == reply


@pytest.mark.parametrize(
    ("sent", "kind", "said"),
    [
        (b"", "other", "answers with nothing"),
        (b"null", "other", "answers with nothing"),
        (body({"content": "a"})[:-5], "cut", "cut short"),
        (b"[" * 100_000, "cut", "cut short"),
        (b"[]", "other", "no JSON object"),
        (b"{}", "other", "no choices"),
        (b'{"choices": []}', "other", "no choices"),
        (b'{"candidates": [], "usageMetadata": {}}', "other", "but candidates, usageMetadata"),
        (b"404 page not found", "other", "no JSON but '404 page not found'"),
        (b"<!DOCTYPE html><title>Log in</title>", "page", "titled 'Log in'"),
        (b'{"data": {"choices": [{"text": "a"}]}}', "other", "wraps its completion in data"),
        (b'[{"choices": [{"text": "a"}]}]', "other", "wraps its completion in a list"),
        (b'{"code": 0, "output": {"choices": [1]}}', "other", "in output"),
        (b'{"data": {"result": {"choices": [1]}}}', "other", "in data.result"),
        (b'{"body": "{\\"choices\\": [1]}"}', "other", "in body"),
    ],
)
def test_what_is_no_reply(sent: bytes, kind: str, said: str) -> None:
    found = read_reply(sent, NONE)
    assert isinstance(found, NoReply)
    assert found.kind == kind
    assert said in found.told


def test_a_declared_page_is_one_without_its_marks() -> None:
    found = read_reply(b"please log in", NONE, "text/html; charset=utf-8")
    assert isinstance(found, NoReply)
    assert found.kind == "page"


@given(JSON)
def test_any_json_is_a_reply_or_a_reason(value: object) -> None:
    assert isinstance(read_reply(json.dumps(value).encode(), NONE), Reply | NoReply | Complaint)


@given(st.binary(max_size=60), st.sampled_from(["", "text/event-stream", "text/html; charset=gbk"]))
def test_any_bytes_are_a_reply_or_a_reason(sent: bytes, kind: str) -> None:
    assert isinstance(read_reply(sent, NONE, kind), Reply | NoReply | Complaint)
    message = read_message(sent, NONE, kind)
    assert message.isprintable()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (b'{"error": {"message": "no", "code": "bad_model"}}', "no (bad_model)"),
        (b'{"error": {"message": "no: bad_model", "code": "bad_model"}}', "no: bad_model"),
        (b'{"error": "no"}', "no"),
        (b'{"message": "no"}', "no"),
        (b'{"detail": [{"msg": "no"}]}', '[{"msg": "no"}]'),
        (b"plain", "plain"),
        (b"two\nlines\x1b[31m", "two lines [31m"),
        (b"<html>a page</html>", ""),
        (b"x" * 1000, "x" * 300 + "…"),
    ],
)
def test_messages_in_every_shape(sent: bytes, message: str) -> None:
    assert read_message(sent, NONE) == message


def test_keys_are_taken_out() -> None:
    assert read_reply(body({"content": f"my {KEY}"}), SCRUBBER) == Reply("my [key]")
    # Apart in two parts of one text it is as good as whole.
    parts = [{"text": KEY[:9]}, {"text": KEY[9:]}]
    assert read_reply(body({"content": parts}), SCRUBBER) == Reply("[key]")
    assert read_message(json.dumps({"error": f"bad {KEY}"}).encode(), SCRUBBER) == "bad [key]"
    assert read_message(f"bad {KEY}".encode(), SCRUBBER) == "bad [key]"


def test_a_key_at_the_end_of_a_long_message_is_not_cut_in_two() -> None:
    assert KEY[:12] not in read_message(b"x" * 290 + KEY.encode(), SCRUBBER)
