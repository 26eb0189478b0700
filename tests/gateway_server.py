"""An address that answers with exactly the bytes that a test wants, in this process.

    with gateway(json_reply({"error": "no"})) as server:
        ... server.address ... server.calls ... server.first_at

What is sent may be bytes, or pieces with pauses between, without end if need be.
"""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

# Pieces of an answer as it goes over the wire; a number is a pause in seconds.
Wire = Iterable[bytes | float]
Answer = bytes | Callable[[dict[str, Any]], bytes | Wire]


def raw_reply(
    body: bytes, kind: str = "application/json", status: str = "200 OK", headers: str = ""
) -> bytes:
    """A whole answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{headers}"
    return head.encode("latin-1") + b"\r\n" + body


def json_reply(value: object, status: str = "200 OK", headers: str = "") -> bytes:
    """A whole answer of JSON."""
    return raw_reply(json.dumps(value, ensure_ascii=False).encode(), status=status, headers=headers)


def completion(text: Any, finish: str = "stop", **message: Any) -> dict[str, Any]:
    """A chat completion."""
    said = {"role": "assistant", "content": text, **message}
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    return {"choices": [{"index": 0, "message": said, "finish_reason": finish}], "usage": usage}


@dataclass
class Gateway:
    """A started server: how often it was asked, and when first."""

    port: int
    calls: int = 0
    first_at: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """What goes into `address`."""
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def gateway(answer: Answer) -> Iterator[Gateway]:
    """Start a server that answers every request so; it ends with its block."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # the other side may hang up at any time
                while (request := _request(self.rfile)) is not None:
                    path, asked = request
                    found.first_at = found.first_at or time.monotonic()
                    found.calls += 1
                    found.asked.append(asked)
                    found.paths.append(path)
                    made = answer(asked) if callable(answer) else answer
                    for piece in [made] if isinstance(made, bytes) else made:
                        if stopped.is_set():
                            return
                        if isinstance(piece, bytes):
                            self.wfile.write(piece)
                        else:
                            stopped.wait(piece)
                    if not isinstance(made, bytes):
                        return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        request_queue_size = 128

    stopped = threading.Event()
    with Server(("127.0.0.1", 0), Handler) as server:
        found = Gateway(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield found
        finally:
            stopped.set()
            server.shutdown()
            thread.join()


def _request(file: Any) -> tuple[str, dict[str, Any]] | None:
    """Path and JSON of the next request, which is empty without a body; `None` at the end."""
    length = 0
    if not (first := file.readline()):
        return None
    while line := file.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        length = int(value) if name.lower() == "content-length" else length
    content = dict(json.loads(file.read(length))) if length else {}
    return first.decode("latin-1").split()[1], content
