"""An OpenAI-compatible address as an engine, streaming: the least that timing it takes.

`open_address` is the one way in.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from harness.core import Arrival, Model, Output, Sample
from harness.errors import InputError, RunError
from harness.models import Engine
from harness.models.arrivals import ask_by_threads
from harness.store.secret import Secret, secret_from_environment

_TIMEOUT_S = 120.0
# More of an answer is none that is worth waiting for.
_MOST_BYTES = 2**25


@dataclass(frozen=True, slots=True)
class Address:
    """Whom to ask.

    Args:
        url: the part before `/chat/completions`.
        model: its name there; the first that the address lists where empty.
        key_env: the variable that holds the key; `None` for none.
        max_tokens: most tokens of an answer.
    """

    url: str
    model: str = ""
    key_env: str | None = None
    max_tokens: int = 64


def open_address(asked: Address) -> AddressEngine:
    """Find the model that answers there.

    Raises:
        UsageError: the key's variable is not set.
        InputError: the address is none, or lists no model and none is named.
        RunError: it does not answer.
    """
    parts = urlsplit(asked.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{asked.url}: is no address: write http://HOST:PORT/v1")
    key = None if asked.key_env is None else secret_from_environment(asked.key_env)
    engine = AddressEngine(asked, key)
    if not asked.model:
        engine.asked = replace(asked, model=engine.first_model())
    return engine


@dataclass
class AddressEngine(Engine):
    """An address, asked over one connection a thread."""

    asked: Address
    key: Secret | None
    _local: threading.local = field(default_factory=threading.local)
    _opened: list[http.client.HTTPConnection] = field(default_factory=list)

    forgets: ClassVar[bool] = False

    def __exit__(self, *error: object) -> None:
        """Close every connection."""
        for connection in self._opened:
            connection.close()

    def model(self, adapter: Path | None = None) -> Model:  # noqa: ARG002 - it has what it has
        """The model of that name."""
        return self

    def signature(self) -> dict[str, str]:
        """The address says nothing else of itself."""
        return {
            "engine": "api",
            "address": urlsplit(self.asked.url).netloc,
            "model": self.asked.model,
        }

    def open_loop(self, model: Model, arrivals: Sequence[Arrival]) -> list[Output] | None:
        """Ask from many threads."""
        return ask_by_threads(model, arrivals)

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Yield one output a sample, each with its times."""
        for sample in samples:
            yield self._ask(sample)

    def first_model(self) -> str:
        """The first model that the address lists.

        Raises:
            InputError: it lists none.
            RunError: it does not answer.
        """
        try:
            listed = json.loads(self._send("GET", "/models", None).read(_MOST_BYTES))
            return str(listed["data"][0]["id"])
        except (OSError, http.client.HTTPException) as error:
            self.__exit__()
            raise RunError(f"{self.asked.url}: does not answer: {error}") from error
        except (ValueError, LookupError, TypeError) as error:
            self.__exit__()
            raise InputError(f"{self.asked.url}: lists no models: name one with --model") from error

    def _ask(self, sample: Sample) -> Output:
        began = time.perf_counter()
        heard = _Heard(began)
        try:
            response = self._send("POST", "/chat/completions", self._body(sample))
            if response.status != http.client.OK:
                said = response.read(2000).decode("utf-8", "replace")
                return _failed(sample, f"status {response.status}: {' '.join(said.split())[:200]}")
            heard.listen(response)
        except (OSError, ValueError, http.client.HTTPException) as error:
            self._local.connection = None
            return _failed(sample, f"{type(error).__name__}: {error}")
        if heard.finish is None:
            self._local.connection = None
            return _failed(sample, "the stream ended in the middle")
        return heard.output(sample)

    def _body(self, sample: Sample) -> bytes:
        return json.dumps(
            {
                "model": self.asked.model,
                "messages": [{"role": m.role, "content": m.content} for m in sample.messages],
                "temperature": 0.0,
                "max_tokens": self.asked.max_tokens,
                "stream": True,
                "stream_options": {"include_usage": True},
            }
        ).encode()

    def _send(self, method: str, path: str, body: bytes | None) -> http.client.HTTPResponse:
        """A request over this thread's connection, which is opened anew where it was closed."""
        parts = urlsplit(self.asked.url)
        headers = {"Content-Type": "application/json"}
        if self.key is not None:
            headers["Authorization"] = f"Bearer {self.key.reveal()}"
        for fresh in (False, True):
            connection = getattr(self._local, "connection", None)
            if connection is None or fresh:
                connection = self._local.connection = _connection(parts.scheme, parts.netloc)
                self._opened.append(connection)
            try:
                connection.request(method, f"{parts.path.rstrip('/')}{path}", body, headers)
                response: http.client.HTTPResponse = connection.getresponse()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if fresh:
                    raise
            else:
                return response
        raise RunError(f"{self.asked.url}: does not answer")


def _connection(scheme: str, place: str) -> http.client.HTTPConnection:
    kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    return kind(place, timeout=_TIMEOUT_S)


def _failed(sample: Sample, error: str) -> Output:
    return Output(sample.id, finish_reason="error", error=error)


@dataclass
class _Heard:
    """What a stream said so far; times are readings of the clock in seconds."""

    began: float
    first: float | None = None
    last: float | None = None
    said: list[str] = field(default_factory=list)
    finish: Literal["stop", "length"] | None = None
    usage: dict[str, Any] = field(default_factory=dict)

    def listen(self, response: http.client.HTTPResponse) -> None:
        """Read events until the stream ends."""
        read = 0
        while (line := response.readline()) and read < _MOST_BYTES:
            now = time.perf_counter()
            read += len(line)
            if line.startswith(b"data:") and (data := line[5:].strip()) != b"[DONE]":
                self._take(json.loads(data), now)

    def _take(self, event: dict[str, Any], now: float) -> None:
        self.usage = event.get("usage") or self.usage
        for choice in event.get("choices") or ():
            delta = choice.get("delta") or {}
            text = delta.get("content") or ""
            # Thinking is text that is waited for, too.
            if text or delta.get("reasoning_content"):
                self.first = now if self.first is None else self.first
                self.last = now
                self.said.append(text)
            if choice.get("finish_reason"):
                self.finish = "length" if choice["finish_reason"] == "length" else "stop"

    def output(self, sample: Sample) -> Output:
        """The answer; without a count of its tokens, each event counts as one."""
        tokens = self.usage.get("completion_tokens")
        return Output(
            sample.id, "".join(self.said), self.finish or "stop",
            prompt_tokens=self.usage.get("prompt_tokens"),
            output_tokens=len(self.said) if tokens is None else int(tokens),
            e2e_s=(self.last or time.perf_counter()) - self.began,
            ttft_s=None if self.first is None else self.first - self.began,
        )  # fmt: skip
