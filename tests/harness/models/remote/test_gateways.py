"""What gateways send, over a real connection: read, or told in one sentence within seconds."""

import json
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.core import Output
from harness.errors import PodiumError, RunError, UsageError
from harness.models.no_answer import FILTERED, REFUSED, THOUGHT, TOOLS
from harness.models.response_cache import Responses
from tests.gateway_server import Answer, Gateway, completion, gateway, json_reply, raw_reply
from tests.harness.models.remote.asking import ask

KEY = "sk-0123456789abcdef/+=quite-secret"
# Where it cannot get better it ends so soon after the first bad reply, on a busy machine too.
SOON_S = 5.0
FEW = 24


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEACHER_KEY", KEY)


def ends(server: Gateway, responses: Responses, kind: type[PodiumError]) -> str:
    """The sentence with which asking ends, soon and after few calls."""
    with pytest.raises(kind) as caught:
        ask(server.address, responses, 200, key_env="TEACHER_KEY")
    assert time.monotonic() - server.first_at < SOON_S
    assert server.calls <= FEW
    said = str(caught.value)
    assert "\n" not in said
    assert KEY not in said
    return said


@pytest.mark.parametrize(
    ("reply", "kind", "said"),
    [
        (
            {"error": {"message": "Invalid API key"}},
            UsageError,
            "the key in TEACHER_KEY is refused",
        ),
        ({"error": "Invalid API key"}, UsageError, "the key in TEACHER_KEY is refused"),
        (
            {"code": "InvalidApiKey", "message": "Invalid API-key provided."},
            UsageError,
            "TEACHER_KEY",
        ),
        ({"error_code": 110, "error_msg": "Access token invalid"}, UsageError, "TEACHER_KEY"),
        ([{"error": {"code": 400, "message": "API key not valid."}}], UsageError, "TEACHER_KEY"),
        (
            {"error": {"code": "1113", "message": "您的账户已欠费"}},
            RunError,
            "no balance left: top it up",
        ),
        ({"error": {"message": "Insufficient Balance"}}, RunError, "no balance left"),
        ({"error": {"message": "The model `x` does not exist"}}, UsageError, "no such model"),
        ({"error": {"code": "1211", "message": "模型不存在"}}, UsageError, "no such model"),
        ({"error": {"message": "overheated"}}, UsageError, "mend what the provider names"),
        ({"error": {"message": "max_tokens is too large"}}, UsageError, "no request is accepted"),
    ],
)
def test_an_error_under_the_status_of_success(
    responses: Responses, reply: Any, kind: type[PodiumError], said: str
) -> None:
    with gateway(json_reply(reply)) as server:
        assert said in ends(server, responses, kind)


@pytest.mark.parametrize(
    "message",
    [
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "Billing hard limit has been reached",
        "余额不足",
        "额度已用完",
        "账户欠费",
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "403 Forbidden"])
def test_a_quota_that_is_spent(responses: Responses, message: str, status: str) -> None:
    with gateway(json_reply({"error": {"message": message}}, status)) as server:
        assert "no balance left" in ends(server, responses, RunError)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>", "text/html"),
        (b"\n\n<html><body>Welcome to nginx!</body></html>", "application/json"),
        ("<html><title>校园网登录</title></html>".encode("gbk"), "text/html; charset=gbk"),
        (b"<?xml version='1.0'?><html/>", "application/xml"),
        (b"please log in", "text/html"),
    ],
)
def test_a_web_page(responses: Responses, body: bytes, kind: str) -> None:
    with gateway(raw_reply(body, kind)) as server:
        said = ends(server, responses, UsageError)
    assert "answers with a web page" in said
    assert "give the part before /chat/completions" in said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (json.dumps({"code": 0, "data": completion("a")}), "wraps its completion in data"),
        (json.dumps({"result": completion("a")}), "in result"),
        (json.dumps([completion("a")]), "in a list"),
        (json.dumps({"output": {"text": "a"}, "usage": {}}), "but output, usage"),
        ("404 page not found", "no JSON"),
        ("", "answers with nothing"),
    ],
)
def test_another_interface(responses: Responses, body: str, said: str) -> None:
    with gateway(raw_reply(body.encode())) as server:
        assert said in ends(server, responses, UsageError)


@pytest.mark.parametrize(
    "reply",
    [
        json_reply({"choices": [{"text": "你好", "finish_reason": "stop"}]}),
        json_reply(completion([{"type": "text", "text": "你"}, {"type": "text", "text": "好"}])),
        raw_reply(json.dumps(completion("你好"), ensure_ascii=False).encode("gbk"),
                  "application/json; charset=gbk"),
        raw_reply(json.dumps(completion("你好"), ensure_ascii=False).encode("gbk")),
        raw_reply(
            'data: {"choices": [{"delta": {"content": "你"}}]}\n\n'
            'data: {"choices": [{"delta": {"content": "好"}, "finish_reason": "stop"}]}\n\n'
            "data: [DONE]\n\n".encode(), "text/event-stream",
        ),
        json_reply({"error": None, "code": 0, "message": "ok", **completion("你好")}),
    ],
)  # fmt: skip
def test_what_can_be_read_is(responses: Responses, reply: bytes) -> None:
    with gateway(reply) as server:
        outputs = ask(server.address, responses, 6)
    assert [output.text for output in outputs] == ["你好"] * 6


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (completion(None, reasoning_content="想"), THOUGHT),
        (completion("", "length", reasoning_content="想"), THOUGHT),
        (completion(None, "length"), THOUGHT),
        (completion(None, "tool_calls", tool_calls=[{"function": {"name": "f"}}]), TOOLS),
        (completion("", "content_filter"), FILTERED),
        (completion(None, refusal="I cannot help"), REFUSED),
    ],
)
def test_replies_that_are_no_answer(responses: Responses, reply: Any, reason: str) -> None:
    with gateway(json_reply(reply)) as server:
        first = ask(server.address, responses, 3)
        again = ask(server.address, responses, 3)
        assert server.calls == 3  # paid for once
    assert first == again
    assert all(str(output.error).startswith(f"{reason}: ") for output in first)


def held_open(_: Any) -> Iterator[bytes | float]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    yield b'data: {"choices": [{"delta": {"content": "a"}}]}\n\ndata: [DONE]\n\n'
    yield 60.0


def test_a_stream_that_stays_open_is_read_to_its_end(responses: Responses) -> None:
    with gateway(held_open) as server:
        began = time.monotonic()
        assert [output.text for output in ask(server.address, responses, 2)] == ["a", "a"]
        assert time.monotonic() - began < SOON_S


WHOLE = json_reply(completion("fine"))
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def bytewise(_: Any) -> Iterator[bytes | float]:
    for byte in WHOLE:
        yield bytes([byte])
        yield 0.05


def body_bytewise(_: Any) -> Iterator[bytes | float]:
    head, _end, body = WHOLE.partition(b"\r\n\r\n")
    yield head + b"\r\n\r\n"
    for byte in body:
        yield bytes([byte])
        yield 0.05


def endless(start: bytes, piece: bytes) -> Answer:
    def send(_: Any) -> Iterator[bytes | float]:
        yield start
        while True:
            yield piece
            yield 0.02

    return send


@pytest.mark.parametrize(
    "answer",
    [
        bytewise,
        body_bytewise,
        endless(CHUNKED, b"1\r\n \r\n"),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", b": ping\n\n"),
        endless(b"HTTP/1.1 500 No\r\n\r\n", b"x"),
    ],
    ids=["all", "body", "chunks", "continue", "headers", "events", "error"],
)
def test_no_exchange_takes_longer_than_it_may(responses: Responses, answer: Answer) -> None:
    with gateway(answer) as server:
        outputs: list[Output] = []
        try:
            outputs = ask(server.address, responses, 1, timeout_s=0.4, tries=1)
        except RunError as error:
            outputs = [Output("", error=str(error))]
        took_s = time.monotonic() - server.first_at
        # A call that gets no answer at all is tried again before it is given up.
        assert took_s / server.calls < 2.5
    assert outputs[0].error is not None


@pytest.mark.parametrize(
    "answer",
    [
        CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"zz\r\nhello\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n{}",
        raw_reply(b"no gzip", headers="Content-Encoding: gzip\r\n"),
        raw_reply(b"no deflate", headers="Content-Encoding: deflate, gzip\r\n"),
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1/\r\nContent-Length: 0\r\n\r\n",
        raw_reply(b"[" * 300_000),
        raw_reply(b"{}", headers="Set-Cookie: \xff=;;expires=Foo, 99-99-99999999999\r\n"),
        raw_reply(b"{}", status="429 X", headers=f"Retry-After: {'9' * 5000}\r\n"),
    ],
)
def test_nothing_foreign_gets_past(responses: Responses, answer: bytes) -> None:
    with gateway(answer) as server:
        said = ""
        try:
            (output,) = ask(server.address, responses, 1, timeout_s=1.0, tries=1)
            said = output.error or ""
        except PodiumError as error:
            said = str(error)
    assert said
    assert "\n" not in said


def test_a_page_among_answers_is_asked_for_again(responses: Responses) -> None:
    page, calls = raw_reply(b"<html>", "text/html"), iter(range(1000))
    with gateway(lambda _: WHOLE if next(calls) % 5 else page) as server:
        assert ask(server.address, responses, 1)[0].text == "fine"
        outputs = ask(server.address, responses, 40)
    assert {output.text for output in outputs} == {"fine"}


def test_pages_after_answers_end_it_too(responses: Responses) -> None:
    page, calls = raw_reply(b"<html>", "text/html"), iter(range(10_000))
    with (
        gateway(lambda _: WHOLE if next(calls) < 20 else page) as server,
        pytest.raises(UsageError, match="answers with a web page"),
    ):
        ask(server.address, responses, 200)


def test_what_was_paid_for_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "responses.sqlite3"
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o644))  # as an earlier version left it
    kept = Responses(path)
    with gateway(WHOLE) as server:
        ask(server.address, kept, 3)
    names = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
    assert [stat.S_IMODE(name.stat().st_mode) for name in names] == [0o600] * 3
    kept.close()
