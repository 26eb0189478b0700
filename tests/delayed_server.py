"""An OpenAI-compatible server with programmable delays, streaming, in a process of its own.

    python -m tests.delayed_server --first 0.05 --each 0.01 --tokens 16

It prints its address. A token is a word. `--cache` answers the first token at once where the first
half of a prompt was seen before, as a prefix cache does; `--saturate N` serves so many at once;
`--scatter S` multiplies all delays of a request by a lognormal of that spread; `--cold S` makes the
first `--cold-for` requests wait so much longer. A model named `plus:S` takes S seconds longer.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent.parent


@contextmanager
def delayed_server(*options: str) -> Iterator[str]:
    """Start one; its address, up to `/v1`."""
    command = [sys.executable, "-m", "tests.delayed_server", *options]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # each token leaves at once
    options: argparse.Namespace
    seen: set[str]
    asked: int = 0
    places: threading.Semaphore

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        self._whole({"object": "list", "data": [{"id": "delayed"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.path.endswith("/chat/completions"):
            self.send_error(404)
            return
        with self.places:
            self._stream(body)

    def _stream(self, body: dict[str, Any]) -> None:
        began = time.perf_counter()
        said = self.options
        prompt = "".join(_said(message["content"]) for message in body["messages"])
        head = prompt[: len(prompt) // 2]
        cached = said.cache and head in self.seen
        self.seen.add(head)
        _Handler.asked += 1
        scale = math.exp(random.gauss(0, said.scatter))
        more = float(str(body["model"]).partition("plus:")[2] or 0.0)
        more += said.cold if _Handler.asked <= said.cold_for else 0.0
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        due = began + more + (0.0 if cached else scale * said.first)
        for number in range(said.tokens):
            time.sleep(max(0.0, due - time.perf_counter()))
            self._event({"choices": [{"index": 0, "delta": {"content": f"w{number} "}}]})
            due += scale * said.each
        last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        usage = {"prompt_tokens": len(prompt.split()), "completion_tokens": said.tokens}
        self._event(last)
        self._event({"choices": [], "usage": {**usage, "total_tokens": sum(usage.values())}})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, event: dict[str, Any]) -> None:
        self._chunk(
            b"data: " + json.dumps({"id": "x", "model": "delayed", **event}).encode() + b"\n\n"
        )

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _whole(self, value: dict[str, Any]) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _said(content: str | list[dict[str, Any]]) -> str:
    """The text of a message, which may come in parts."""
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def make_server(arguments: Sequence[str] | None = None) -> ThreadingHTTPServer:
    """A server that does not serve yet; its options are by default those of the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--first", type=float, default=0.0)
    parser.add_argument("--each", type=float, default=0.0)
    parser.add_argument("--tokens", type=int, default=4)
    parser.add_argument("--cache", action="store_true")
    parser.add_argument("--saturate", type=int, default=1000)
    parser.add_argument("--scatter", type=float, default=0.0)
    parser.add_argument("--cold", type=float, default=0.0)
    parser.add_argument("--cold-for", type=int, default=0)
    _Handler.options = parser.parse_args(arguments)
    _Handler.seen = set()
    _Handler.places = threading.Semaphore(_Handler.options.saturate)
    return _Server(("127.0.0.1", 0), _Handler)


def main() -> None:
    """Serve until terminated."""
    server = make_server()
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}/v1\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
