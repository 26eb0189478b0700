"""What comes under the status of success in place of a plain completion, kind by kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.models.remote.complaint import Complaint
from harness.models.remote.reply import NoReply, read_reply
from harness.models.remote.trouble import Trouble, trouble
from harness.models.response_cache import Finish, Reply
from harness.store.secret import Scrubber
from tests.gateway_server import completion

NONE = Scrubber([])


def read(value: object, kind: str = "application/json") -> object:
    sent = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return read_reply(sent, NONE, kind)


@pytest.mark.parametrize(
    ("value", "about"),
    [
        ({"error": {"message": "Invalid API key"}}, "key"),
        ({"error": "Invalid API key"}, "key"),
        ("Invalid API key", "key"),
        (b"Invalid API key", "key"),
        (json.dumps({"error": {"message": "Invalid API key"}}), "key"),
        ({"choices": [], "error": {"message": "Incorrect API key provided"}}, "key"),
        ({"choices": None, "errors": [{"message": "Invalid API key"}]}, "key"),
        ({"success": False, "message": "令牌无效"}, "key"),
        ({"Error": "Insufficient Balance"}, "money"),
        ("账户余额不足，请充值", "money"),
        ({"choices": [{"error": {"message": "The model `x` does not exist"}}]}, "model"),
        ({"error": {"message": "The server is overloaded, try again later"}}, "overload"),
        (b"Too many requests", "overload"),
    ],
)
def test_an_error_is_told_apart_by_what_it_is_about(value: object, about: Trouble) -> None:
    found = read(value)
    assert isinstance(found, Complaint)
    assert trouble(found) == about


@pytest.mark.parametrize("value", ["Internal error", {"error": "boom"}])
def test_an_error_of_no_known_kind_is_one_all_the_same(value: object) -> None:
    assert isinstance(read(value), Complaint)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"<!DOCTYPE html><html><head><title>Log in</title></head></html>", "text/html"),
        (b"<HTML><BODY>login</BODY></HTML>", "application/json"),
        (b"<!-- cached --><html></html>", ""),
        (b"\xef\xbb\xbf<!doctype html><p>hello", "application/json"),
        (b"<head><meta charset=utf8></head>", "text/plain"),
        (b'"<html>login</html>"', "application/json"),
        (b"\r\n  <html lang=en>", "application/octet-stream"),
    ],
)
def test_a_web_page(sent: bytes, kind: str) -> None:
    found = read(sent, kind)
    assert isinstance(found, NoReply)
    assert found.kind == "page"


PARTS = ({"choices": [{"delta": {"content": "你"}}]},
         {"choices": [{"delta": {"content": "好"}, "finish_reason": "stop"}]})  # fmt: skip


@pytest.mark.parametrize(
    "line", ["data: {}\n\n", "data:{}\n\n", "\n\ndata: {}\n\n", "id: 1\r\ndata: {}\r\n\r\n", "{}\n"]
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gbk"])
def test_a_stream_in_any_dress(line: str, codec: str) -> None:
    events = [json.dumps(part, ensure_ascii=False) for part in PARTS]
    sent = "".join(line.replace("{}", event) for event in events).encode(codec)
    assert read(sent, "") == Reply("你好")


def test_lines_of_another_interface_are_no_accident() -> None:
    found = read(b'{"message": {"content": "a"}, "done": false}\n{"done": true}\n', "")
    assert isinstance(found, NoReply)
    assert found.kind == "other"
    assert "but message, done" in found.told


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "reasoning_content": "想"},
        {"content": "", "reasoning_content": "想"},
        {"reasoning_content": "想"},
        {"content": "", "reasoning": "想"},
        {"content": None, "thinking": "想"},
        {"content": "", "reasoning_details": [{"type": "reasoning.text", "text": "想"}]},
        {"content": [{"type": "thinking", "thinking": "想"}]},
        {"content": [{"type": "reasoning", "text": "想"}, {"type": "text", "text": ""}]},
    ],
)
@pytest.mark.parametrize("finish", ["stop", "length"])
def test_thought_only(message: dict[str, Any], finish: str) -> None:
    sent = {"choices": [{"message": message, "finish_reason": finish}]}
    assert read(sent) == Reply("想", "thought")


@pytest.mark.parametrize("choice", [{"message": None}, {"message": {"content": None}}, {}])
def test_finished_inside_the_thinking_without_a_word_of_it(choice: dict[str, Any]) -> None:
    assert read({"choices": [{**choice, "finish_reason": "length"}]}) == Reply("", "thought")


@pytest.mark.parametrize(
    ("value", "text", "finish"),
    [
        (completion(None, "tool_calls", tool_calls=[{"function": {"name": "f"}}]), "f",
         "tool_calls"),
        (completion("", "stop", tool_calls=[{"id": "1", "function": {"name": "f"}}]), "f",
         "tool_calls"),
        (completion(None, "function_call", function_call={"name": "f"}), "f", "tool_calls"),
        (completion(None, "tool_calls"), "", "tool_calls"),
        (completion("", "tool_use"), "", "tool_calls"),
        (completion("", "content_filter"), "", "content_filter"),
        (completion("部分", "content_filter"), "部分", "content_filter"),
        (completion(None, "sensitive"), "", "content_filter"),
        (completion(None, "SAFETY"), "", "content_filter"),
        ({"choices": [{"message": None, "finish_reason": "content_filter"}]}, "",
         "content_filter"),
        ({"choices": [{"finish_reason": "content_filter", "content_filter_results": {}}]}, "",
         "content_filter"),
    ],
)  # fmt: skip
def test_tools_and_filters_in_place_of_an_answer(value: object, text: str, finish: Finish) -> None:
    found = read(value)
    assert isinstance(found, Reply)
    assert (found.text, found.finish_reason) == (text, finish)


@pytest.mark.parametrize(
    "choice",
    [
        {"text": "a", "index": 0, "logprobs": None, "finish_reason": "stop"},
        {"text": "a", "message": None},
        {"text": "a"},
        {"delta": {}, "message": {"content": "a"}},
        {"text": "a", "finish_reason": None},
        {"message": {}, "text": "a"},
    ],
)
def test_the_shape_of_old_completions(choice: dict[str, Any]) -> None:
    assert read({"object": "text_completion", "choices": [choice]}) == Reply("a")


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"data": completion("a")}, "data"),
        ({"response": completion("a")}, "response"),
        ({"data": [completion("a")]}, "data"),
        ({"payload": {"body": completion("a")}}, "payload.body"),
        ({"data": json.dumps(completion("a"))}, "data"),
        ([completion("a")], "a list"),
        ({"code": 0, "msg": "ok", "result": completion("a")}, "result"),
    ],
)
def test_what_wraps_a_completion_is_named(value: object, named: str) -> None:
    found = read(value)
    assert isinstance(found, NoReply)
    assert found.kind == "other"
    assert f"wraps its completion in {named}" in found.told


@pytest.mark.parametrize(
    ("codec", "kind"),
    [
        ("gbk", "application/json; charset=GBK"), ("gbk", "application/json"),
        ("gb2312", "application/json; charset=utf-8"), ("gb18030", "text/plain"),
        ("big5", "application/json; charset=big5"), ("utf-16", "application/json"),
    ],
)  # fmt: skip
def test_bodies_in_other_character_sets(codec: str, kind: str) -> None:
    sent = json.dumps({"choices": [{"message": {"content": "七點到站"}}]}, ensure_ascii=False)
    if codec == "gb2312":
        sent = sent.replace("點", "点")
    found = read(sent.encode(codec), kind)
    assert isinstance(found, Reply)
    assert found.text in ("七點到站", "七点到站")
