"""A teacher to be asked over HTTP, in a process of its own, with the faults of real ones.

    with teacher(latency_s=0.2, refuse=0.05) as server:
        ... server.address ... server.counts()

It speaks HTTP/1.1 with keep-alive, counts every call by its key, and answers with what a handler
makes of the messages, `module:function`, or with an echo.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import json
import os
import random
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

Messages = list[dict[str, str]]
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Behaviour:
    """What the server does.

    An answer takes `latency_s`, give or take the share `jitter`. Faults are shares of calls:
    `refuse` 429, `crash` 500, `reset` a TCP reset, `cut` half a body under status 200, `hang` no
    answer ever; the others take as long as an answer. `saturate`: 429 at once for every call
    beyond so many. `rate` and `burst`: a token bucket, 429 at once where it is empty.
    `retry_after` goes with every 429 and 503; `http-date` is a date in two seconds.

    `status`: every call is answered so, with `body` and `location`. `marked`: the status of calls
    whose last message contains a word. `expect`: 401 for any other Authorization header. `echo`:
    where that header is sent back, `error` in the body of each status but 200, `answer` in the
    text, `escaped` in both, as JSON within the text.

    `handler` makes the text of the messages, `mirror` sends the body of the request back as text,
    `message` stands for `choices[0].message`.
    """

    latency_s: float = 0.0
    jitter: float = 0.0
    refuse: float = 0.0
    crash: float = 0.0
    reset: float = 0.0
    cut: float = 0.0
    hang: float = 0.0
    saturate: int | None = None
    rate: float | None = None
    burst: float = 1.0
    retry_after: str | None = None
    status: int | None = None
    body: Mapping[str, Any] | None = None
    location: str = ""
    marked: Mapping[str, int] = field(default_factory=dict)
    expect: str | None = None
    echo: str = ""
    handler: str = "tests.teacher_server:echo"
    mirror: bool = False
    message: Mapping[str, Any] | None = None
    finish_reason: str = "stop"
    usage: bool = True
    seed: int = 0


def echo(messages: Messages) -> str:
    """A text that depends on the last message."""
    return f"answer to {messages[-1]['content']}"


@dataclass
class Counts:
    """What the server saw. `received` and `answered` count by key; most under way at once."""

    received: dict[str, int] = field(default_factory=dict)
    answered: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    most_under_way: int = 0
    under_way: int = 0
    connections: int = 0
    times: dict[str, list[float]] = field(default_factory=dict)

    def count(self, status: str) -> None:
        """One more call that ended so."""
        self.statuses[status] = self.statuses.get(status, 0) + 1


class Teacher:
    """The state that all connections share."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.counts = Counts()
        module, _, function = behaviour.handler.partition(":")
        self.handler: Callable[[Messages], str] = getattr(importlib.import_module(module), function)
        self.draw = random.Random(behaviour.seed)
        self._tokens = behaviour.burst
        self._filled = time.monotonic()

    def fate(self, question: str, authorization: str) -> str:
        """What becomes of a call: a status, `reset` or `cut`; those with `!` come at once."""
        said = self.behaviour
        marked = [status for word, status in said.marked.items() if word in question]
        if said.status is not None or marked:
            return str(said.status or marked[0])
        if said.expect is not None and authorization != said.expect:
            return "401"
        full = said.saturate is not None and self.counts.under_way >= said.saturate
        if full or (said.rate is not None and not self._token(said.rate, said.burst)):
            return "429!"
        shares = {"429": said.refuse, "500": said.crash, "reset": said.reset, "cut": said.cut,
                  "hang": said.hang}  # fmt: skip
        drawn = self.draw.random()
        for fate, share in shares.items():
            if drawn < share:
                return fate
            drawn -= share
        return "200"

    def latency_s(self) -> float:
        """How long the next answer takes."""
        said = self.behaviour
        return said.latency_s * (1 + said.jitter * self.draw.uniform(-1, 1))

    def _token(self, rate: float, burst: float) -> bool:
        now = time.monotonic()
        self._tokens = min(burst, self._tokens + (now - self._filled) * rate)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Connection(asyncio.Protocol):
    """One connection: requests one after another."""

    def __init__(self, teacher: Teacher) -> None:
        self._teacher = teacher
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._teacher.counts.connections += 1

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:])
        }
        length = int(headers.get("content-length", 0))
        if len(rest) >= length:
            self._buffer = rest[length:]
            self._asked(lines[0].split()[1], headers, rest[:length])

    def _asked(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        counts = self._teacher.counts
        if path == "/counts":
            self._send(200, json.dumps(asdict(counts)).encode())
            return
        if path == "/forget":
            self._teacher.counts = Counts()
            self._send(200, b"{}")
            return
        key = headers.get("idempotency-key") or hashlib.sha256(body).hexdigest()
        counts.received[key] = counts.received.get(key, 0) + 1
        if self._teacher.behaviour.retry_after is not None:
            counts.times.setdefault(key, []).append(time.monotonic())
        asked = json.loads(body)
        authorization = headers.get("authorization", "")
        fate = self._teacher.fate(asked["messages"][-1]["content"], authorization)
        counts.under_way += 1
        counts.most_under_way = max(counts.most_under_way, counts.under_way)
        wait_s = 0.0 if fate.endswith("!") else self._teacher.latency_s()
        asyncio.get_running_loop().call_later(
            wait_s, self._answer, fate.rstrip("!"), key, asked, authorization
        )

    def _answer(self, fate: str, key: str, asked: dict[str, Any], authorization: str) -> None:
        counts = self._teacher.counts
        counts.under_way -= 1
        gone = self._transport.is_closing()
        counts.count("gone" if gone else fate)
        if gone or fate == "hang":
            return
        if fate == "reset":
            # Lingering for no time makes the close a reset.
            self._transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            self._transport.abort()
        elif fate == "cut":
            body = self._completion(asked, authorization)
            self._send(200, body[: len(body) // 2])
        elif fate == "200":
            counts.answered[key] = counts.answered.get(key, 0) + 1
            self._send(200, self._completion(asked, authorization))
        else:
            self._send(int(fate), self._complaint(authorization))

    def _complaint(self, authorization: str) -> bytes:
        behaviour = self._teacher.behaviour
        told = "refused"
        if behaviour.echo in ("error", "escaped"):
            told += f" {self._echoed(authorization)}"
        return json.dumps(behaviour.body or {"error": {"message": told}}).encode()

    def _echoed(self, authorization: str) -> str:
        if self._teacher.behaviour.echo == "escaped":
            return json.dumps({"got": authorization}).replace("/", "\\/").replace("+", "\\u002B")
        return authorization

    def _completion(self, asked: dict[str, Any], authorization: str) -> bytes:
        behaviour = self._teacher.behaviour
        text = json.dumps(asked) if behaviour.mirror else self._teacher.handler(asked["messages"])
        if behaviour.echo in ("answer", "escaped"):
            text += f" {self._echoed(authorization)}"
        message = behaviour.message or {"role": "assistant", "content": text}
        said: dict[str, Any] = {
            "choices": [{"message": message, "finish_reason": behaviour.finish_reason}]
        }
        if behaviour.usage:
            prompt = sum(len(m["content"]) for m in asked["messages"])
            said["usage"] = {"prompt_tokens": prompt, "completion_tokens": len(text)}
        return json.dumps(said).encode()

    def _send(self, status: int, body: bytes) -> None:
        behaviour = self._teacher.behaviour
        lines = [f"HTTP/1.1 {status} So", "Content-Type: application/json",
                 f"Content-Length: {len(body)}"]  # fmt: skip
        if status in (429, 503) and behaviour.retry_after is not None:
            date = formatdate(time.time() + 2, usegmt=True)
            wait = date if behaviour.retry_after == "http-date" else behaviour.retry_after
            lines.append(f"Retry-After: {wait}")
        if behaviour.location:
            lines.append(f"Location: {behaviour.location}")
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + body)


@dataclass(frozen=True)
class Server:
    """A started server."""

    port: int
    process: subprocess.Popen[str]

    @property
    def address(self) -> str:
        """What goes into `address`."""
        return f"http://127.0.0.1:{self.port}/v1"

    def counts(self) -> Counts:
        """What it saw so far."""
        return Counts(**self._get("counts"))

    def forget(self) -> None:
        """Count from nothing again."""
        self._get("forget")

    def _get(self, path: str) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.port}/{path}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=30) as reply:
            return dict(json.load(reply))


@contextmanager
def teacher(**behaviour: Any) -> Iterator[Server]:
    """Start a server that behaves so; it ends with its block."""
    words = [
        sys.executable,
        "-m",
        "tests.teacher_server",
        json.dumps(asdict(Behaviour(**behaviour))),
    ]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    try:
        yield Server(int(process.stdout.readline()), process)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


async def _serve(behaviour: Behaviour) -> None:
    shared = Teacher(behaviour)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(shared), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Behaviour(**json.loads(sys.argv[1]))))
