"""Streams of events that nobody asked for."""

import json
from typing import Any

import pytest

from harness.models.remote.complaint import Complaint
from harness.models.remote.reply import NoReply, read_reply
from harness.models.response_cache import Reply
from harness.store.secret import Scrubber

NONE = Scrubber([])
USAGE = {"prompt_tokens": 3, "completion_tokens": 4}
DONE = "data: [DONE]"


def chunk(content: Any = None, finish: str | None = None, **more: Any) -> str:
    delta = {} if content is None else {"content": content}
    return said({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more})


def said(value: object) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}"


def read(*events: str, between: str = "\n\n", kind: str = "text/event-stream") -> object:
    return read_reply((between.join(events) + between).encode(), NONE, kind)


@pytest.mark.parametrize("between", ["\n\n", "\r\n\r\n", "\r\r", "\n", "\n\n: ping\n\n"])
@pytest.mark.parametrize("kind", ["text/event-stream; charset=utf-8", "application/json", ""])
def test_events_are_put_together(between: str, kind: str) -> None:
    events = (chunk(""), chunk("你"), chunk("好"), chunk(finish="stop"),
              said({"choices": [], "usage": USAGE}), DONE)  # fmt: skip
    assert read(*events, between=between, kind=kind) == Reply("你好", "stop", 3, 4)


@pytest.mark.parametrize(
    ("events", "reply"),
    [
        ((chunk("a"), chunk("b", "length"), DONE), Reply("ab", "length")),
        ((chunk("a"), chunk(finish="stop")), Reply("a")),
        ((chunk("a"), DONE), Reply("a")),
        ((chunk("a"), chunk(finish="stop", usage=USAGE), 'data: {"cho'), Reply("a", "stop", 3, 4)),
        (("event: message\nid: 1\n" + chunk("a"), DONE), Reply("a")),
        ((": OPENROUTER PROCESSING", chunk("a", "stop"), DONE), Reply("a")),
        (
            (said({"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]}),),
            Reply("a"),
        ),
        ((said({"choices": [{"text": "a", "finish_reason": "stop"}]}), DONE), Reply("a")),
        (('data: {"choices":\ndata: [{"delta": {"content": "a"}}]}', DONE), Reply("a")),
        (
            (said({"choices": [{"delta": {"reasoning_content": "b"}}]}), chunk(finish="length")),
            Reply("b", "thought"),
        ),
        (
            (chunk("a"), said({"choices": [{"index": 1, "delta": {"content": "b"}}]}), DONE),
            Reply("a"),
        ),
    ],
)
def test_streams_in_every_form(events: tuple[str, ...], reply: Reply) -> None:
    assert read(*events) == reply


@pytest.mark.parametrize(
    "events",
    [
        (chunk("a"),),
        (chunk("a"), chunk("b")[:-5]),
        (chunk("a"), "data: nonsense", chunk("b", "stop"), DONE),
        ("data:",),
        (": ping",),
    ],
)
def test_a_cut_stream_is_broken(events: tuple[str, ...]) -> None:
    found = read(*events)
    assert isinstance(found, NoReply)
    assert found.kind == "cut"


@pytest.mark.parametrize(
    "event",
    [
        said({"error": {"message": "Invalid API key"}}),
        "event: error\n" + said({"code": "InvalidApiKey", "message": "Invalid API key"}),
        said({"error": "Invalid API key"}),
        said({"error_code": 110, "error_msg": "Invalid API key"}),
        said({"detail": "Invalid API key"}),
    ],
)
def test_an_error_in_a_stream(event: str) -> None:
    found = read(event, DONE)
    assert isinstance(found, Complaint)
    assert found.message.startswith("Invalid API key")


def test_the_events_of_another_interface() -> None:
    found = read(said({"type": "message_start", "message": {}}), said({"type": "message_stop"}))
    assert isinstance(found, NoReply)
    assert "but type, message" in found.told
