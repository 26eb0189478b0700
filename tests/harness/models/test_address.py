"""An address as an entry: streamed, timed, paid for once, and its faults told in one line."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.core import Output
from harness.errors import PodiumError, RunError, UsageError
from harness.models import Address, EngineRequest, open_engine
from harness.models.decoding import Decoding, apart, drawn
from tests.conftest import sample
from tests.delayed_server import make_server
from tests.gateway_server import Answer, Gateway, completion, gateway, json_reply, raw_reply

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
DONE = b"data: [DONE]\n\n"
USAGE = {"prompt_tokens": 5, "completion_tokens": 2}


def event(delta: Mapping[str, Any], finish: str | None = None, **more: Any) -> bytes:
    said = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}
    return b"data: " + json.dumps(said, ensure_ascii=False).encode() + b"\n\n"


def stream(*pieces: bytes | float) -> Answer:
    return lambda _: iter([HEAD, *pieces])


def request(server: Gateway, kept: Path, **changes: Any) -> EngineRequest:
    told = {"timeout_s": 0.5, "concurrency": 4, "responses": kept / "responses.sqlite3", **changes}
    return EngineRequest("api", address=Address(server.address, "m", **told), max_tokens=9)


def answers(server: Gateway, kept: Path, count: int = 1, **changes: Any) -> list[Output]:
    with open_engine(request(server, kept, **changes)) as engine:
        return list(engine.model().generate([sample(n) for n in range(count)]))


def test_an_answer_is_streamed_and_its_first_token_timed(tmp_path: Path) -> None:
    wire = stream(
        event({"role": "assistant", "content": ""}), 0.1, event({"content": "七"}), 0.15,
        event({"content": "点"}, "stop"), event({}, None, usage=USAGE), DONE,
    )  # fmt: skip
    with gateway(wire) as server:
        (output,) = answers(server, tmp_path)
    assert (output.text, output.finish_reason, output.output_tokens) == ("七点", "stop", 2)
    assert output.ttft_s is not None
    assert output.e2e_s is not None
    assert 0.09 <= output.ttft_s < output.e2e_s - 0.1
    assert server.asked[0]["stream"] is True
    assert server.asked[0]["stream_options"] == {"include_usage": True}
    assert server.asked[0]["temperature"] == 0


def test_a_connection_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time to the first token is that of a connection, and over TLS longer than it."""
    server = make_server(["--tokens", "2"])
    opened: list[Any] = []
    accept = server.get_request

    def counted() -> Any:
        opened.append(accept())
        return opened[-1]

    monkeypatch.setattr(server, "get_request", counted)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    address = Address(
        f"http://127.0.0.1:{server.server_address[1]}/v1", "m",
        responses=tmp_path / "responses.sqlite3", remembers=False,
    )  # fmt: skip
    with open_engine(EngineRequest("api", address=address)) as engine:
        for number in range(12):
            (output,) = engine.model().generate([sample(number)])
            assert output.error is None
    server.shutdown()
    thread.join()
    server.server_close()
    # The pool has a second thread that may take a turn.
    assert len(opened) <= 3


def test_a_stream_that_stays_open_costs_no_time(tmp_path: Path) -> None:
    wire = stream(event({"content": "七"}), event({}, "stop", usage=USAGE), DONE, 30.0)
    with gateway(wire) as server:
        began = time.monotonic()
        (output,) = answers(server, tmp_path)
    assert output.error is None
    assert output.e2e_s is not None
    assert output.e2e_s < 0.4
    assert time.monotonic() - began < 5


def test_reasoning_is_kept_apart_and_never_the_answer(tmp_path: Path) -> None:
    fields = stream(
        event({"reasoning_content": "想想"}), event({"content": "7点"}, "stop", usage=USAGE), DONE
    )
    marked = stream(event({"content": "<think>想想</think>\n\n7点"}, "stop", usage=USAGE), DONE)
    cut = stream(event({"reasoning_content": "想想"}), event({}, "length", usage=USAGE), DONE)
    with gateway(fields) as one, gateway(marked) as two, gateway(cut) as three:
        found = [answers(server, tmp_path / str(server.port))[0] for server in (one, two, three)]
        again = answers(one, tmp_path / str(one.port))[0]
    told = [(o.text, o.reasoning, o.finish_reason, o.error) for o in found]
    assert told == [
        ("7点", "想想", "stop", None), ("7点", "想想", "stop", None), ("", "想想", "length", None),
    ]  # fmt: skip
    assert (again.text, again.reasoning) == ("7点", "想想")
    assert one.calls == 1


def test_no_reply_is_asked_for_again(tmp_path: Path) -> None:
    wire = stream(event({"content": "好"}, "stop", usage=USAGE), DONE)
    with gateway(wire) as server:
        first = answers(server, tmp_path, 5)
        assert server.calls == 5
        again = answers(server, tmp_path, 5)
        assert server.calls == 5
        timed = answers(server, tmp_path, remembers=False)
        assert server.calls == 6  # a kept reply takes no time
    assert [o.text for o in first] == [o.text for o in again] == ["好"] * 5
    assert timed[0].e2e_s is not None


def test_a_stream_that_ends_in_the_middle_is_asked_again_and_counts_once(tmp_path: Path) -> None:
    pieces = iter([[event({"content": "七"})], [event({"content": "七点"}, "stop"), DONE]])

    def answer(_: dict[str, Any]) -> Iterator[bytes]:
        return iter([HEAD, *next(pieces)])

    with gateway(answer) as server:
        (output,) = answers(server, tmp_path)
    assert (output.text, output.error, server.calls) == ("七点", None, 2)
    assert output.output_tokens is None  # it counts no tokens, and none are made up


@pytest.mark.parametrize(
    ("wire", "error", "told"),
    [
        (raw_reply(b"<html><title>Login</title></html>", "text/html"), UsageError, "web page"),
        (json_reply({"error": {"message": "bad key"}}, "401 Unauthorized"), UsageError, "key"),
        (lambda _: iter([60.0]), RunError, "no answer within"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_answer_is_told_in_one_line(
    wire: Answer, error: type[PodiumError], told: str, tmp_path: Path
) -> None:
    with gateway(wire) as server, pytest.raises(error, match=told) as raised:
        answers(server, tmp_path, timeout_s=0.1)
    assert "\n" not in str(raised.value)


def test_decoding_stands_in_the_request(tmp_path: Path) -> None:
    how = Decoding(0.7, 0.9, 20, 3, ("。",), True, {"lang": "zh"})
    wire = stream(event({"content": "好"}, "stop", usage=USAGE), DONE)
    with gateway(wire) as server:
        asking = request(server, tmp_path)
        changed = EngineRequest("api", address=asking.address, decoding=how)
        with open_engine(changed) as engine:
            list(engine.model().generate([sample(0)]))
    body = server.asked[0]
    assert (body["temperature"], body["top_p"], body["top_k"], body["seed"]) == (0.7, 0.9, 20, 3)
    assert body["stop"] == ["。"]
    assert body["chat_template_kwargs"] == {"enable_thinking": True, "lang": "zh"}


def test_each_draw_is_asked_anew_and_kept_for_itself(tmp_path: Path) -> None:
    said = iter("一二三四五六七八")
    with gateway(lambda _: json_reply(completion(next(said)))) as server:
        for seed, asked in ((None, [None, None, None]), (5, [5, 6, 7])):
            asking = request(server, tmp_path, concurrency=1)
            how = replace(asking, decoding=Decoding(0.7, seed=seed))
            calls = len(server.asked)
            draws = list(drawn([sample(0)], 3))
            with open_engine(how) as engine:
                (late,) = engine.model().generate(draws[2:])  # as after an attempt that was killed
            with open_engine(how) as engine:
                texts = [output.text for output in engine.model().generate(draws)]
            assert texts[2] == late.text
            assert len(set(texts)) == 3
            seeds = [body.get("seed") for body in server.asked[calls:]]
            assert sorted(seeds, key=str) == asked


def test_what_a_sample_says_of_its_prompt_and_its_end_holds(tmp_path: Path) -> None:
    plain = replace(sample(0), prompt="问：", stop=("一", "二", "三", "四"), max_tokens=5)
    chat = replace(sample(1), stop=("四",))
    told = {"choices": [{"text": "七四", "finish_reason": "length"}]}
    chat_told = completion("八四九")
    with gateway(lambda said: json_reply(told if "prompt" in said else chat_told)) as server:
        how = Decoding(stop=("。",), thinking=False)
        asking = replace(request(server, tmp_path, concurrency=1), decoding=how)
        with open_engine(asking) as engine:
            first, second = engine.model().generate([plain, chat])
    # The address is told of four strings, as many as every one takes; the others are cut here.
    assert (first.text, first.finish_reason) == ("七", "stop")
    assert (second.text, second.finish_reason) == ("八", "stop")
    assert server.paths == ["/v1/completions", "/v1/chat/completions"]
    body, other = server.asked
    assert (body["prompt"], body["stop"], body["max_tokens"]) == ("问：", ["。", *"一二三"], 5)
    assert "messages" not in body
    assert "chat_template_kwargs" not in body
    assert (other["stop"], other["max_tokens"]) == (["。", "四"], 9)


@pytest.mark.parametrize("count", [1, 4, 5, 16])
def test_an_address_is_told_of_as_many_ends_as_every_one_takes(tmp_path: Path, count: int) -> None:
    ends = tuple("一二三四五六七八九十甲乙丙丁戊己"[:count])
    with gateway(lambda _: json_reply(completion("八点。", finish="stop"))) as server:
        asking = replace(request(server, tmp_path), decoding=Decoding(stop=ends))
        with open_engine(asking) as engine:
            (output,) = engine.model().generate([sample(0)])
    assert server.asked[0]["stop"] == list(ends[:4])
    assert (output.text, output.finish_reason) == ("八点。" if count < 8 else "", "stop")


def test_reasoning_without_its_marks_is_no_answer() -> None:
    def told(text: str, finish: Any = "stop", *, thinking: bool = True) -> tuple[str, str | None]:
        output = apart(Output("q", text, finish), thinking=thinking)
        return output.text, output.reasoning

    assert told("想</think>答") == ("答", "想")
    assert told("<think>想", "length") == ("", "想")
    assert told("还在想", "length") == ("", "还在想")  # the template has opened it
    assert told("答", "length", thinking=False) == ("答", None)
    assert told("答") == ("答", None)
