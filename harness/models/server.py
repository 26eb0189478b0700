"""vLLM's OpenAI server on this machine: started, watched, restarted once, and ended by Podium.

It listens on 127.0.0.1 alone, on a free port, with a random key that only its environment holds.
Its prefix cache is left behind by salting what follows, for vLLM empties it on request only in its
developers' mode, which opens much else.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.core import Arrival, Model, Output, Sample
from harness.errors import InputError, RunError
from harness.models import Engine, EngineRequest, engine_version, serving
from harness.models.adapter import check_adapter
from harness.models.arrivals import ask_by_threads
from harness.models.chat import load_tokenizer, most_tokens, prompt_or_error, turns
from harness.models.decoding import apart
from harness.models.ends import at_stop, end_tokens, special_stops, stops
from harness.models.hardware import device_name
from harness.models.likelihood import chosen, scorable
from harness.models.loading import check_model, check_network
from harness.models.no_answer import THOUGHT
from harness.models.quiet import quiet
from harness.models.remote.exchange import Exchange
from harness.models.response_cache import Reply
from harness.models.vllm import engine_options
from harness.store.secret import Secret

log = logging.getLogger("podium")

BASE = "base"
_HOST = "127.0.0.1"
# Weights of a large model come from a slow disk.
_START_S = 1800.0
_END_S = 10.0
_ANSWER_S = 900.0
# A server that still listens may be about to end: its engine died first.
_DYING_S = 8.0
_TRIES = 3
_SHOWN = 300


def open_engine(request: EngineRequest) -> ServerEngine:
    """Start the server on the request's base.

    Raises:
        InputError: the folder is no model that vLLM can serve.
    """
    if request.base is None:
        raise InputError("engine server needs a base model")
    check_model(request.base)
    with quiet():
        check_network(request.base)
        tokenizer = load_tokenizer(request.base)
        ends = end_tokens(request.base, tokenizer)
    for adapter in request.adapters:
        if adapter.exists():
            check_adapter(adapter)
    engine = ServerEngine(request, tokenizer, ends)
    try:
        engine.up = _Up.start(request)
    except RunError as error:
        raise InputError(str(error)) from error
    return engine


@dataclass(eq=False)
class _Up:
    """One server process and the line to it."""

    process: subprocess.Popen[bytes]
    port: int
    key: str
    log: Path
    exchange: Exchange

    @classmethod
    def start(cls, request: EngineRequest) -> _Up:
        """Start a server and wait until it answers.

        Raises:
            RunError: it ended instead, or took too long; the sentence has its last words.
        """
        port, key = _free_port(), secrets.token_hex(24)
        descriptor, name = tempfile.mkstemp(prefix="podium-server-", suffix=".log")
        # -P: the folder of that file holds a vllm.py of ours, which is not the package
        command = [sys.executable, "-P", serving.__file__, *arguments(request, port)]
        with os.fdopen(descriptor, "wb") as said:
            process = subprocess.Popen(  # noqa: S603 - our own file, by our own interpreter
                command, stdin=subprocess.PIPE, stdout=said, stderr=subprocess.STDOUT,
                env=environment(key), start_new_session=True,
            )  # fmt: skip
        exchange = Exchange(f"http://{_HOST}:{port}/v1", Secret(key), None, _ANSWER_S)
        up = cls(process, port, key, Path(name), exchange)
        try:
            up.await_health()
        except BaseException:
            up.end()
            raise
        return up

    def await_health(self) -> None:
        """Wait until it answers.

        Raises:
            RunError: it ended, or took too long.
        """
        deadline = time.monotonic() + _START_S
        while not self.is_well():
            if self.process.poll() is not None:
                raise RunError(f"vLLM's server ended as it started: {self.last_words()}")
            if time.monotonic() > deadline:
                raise RunError(f"vLLM's server did not start within {_START_S:g} s")
            time.sleep(0.1)

    def is_well(self) -> bool:
        """Whether it says that it can answer."""
        line = http.client.HTTPConnection(_HOST, self.port, timeout=5)
        try:
            line.request("GET", "/health")
            return line.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def is_dead(self) -> bool:
        """Whether it has ended, or does not recover."""
        deadline = time.monotonic() + _DYING_S
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.is_well():
                return False
            time.sleep(0.1)
        return True

    def last_words(self) -> str:
        """The last error in its log, in one line."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        errors = [line for line in lines if "Error" in line and "Engine core init" not in line]
        said = (errors or lines or ["it said nothing"])[-1].replace(self.key, "…")
        return said[-_SHOWN:]

    def end(self) -> None:
        """End it with all that it has started."""
        self.exchange.close_all()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_END_S)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.log.unlink(missing_ok=True)


@dataclass
class ServerEngine(Engine):
    """A started server, with another in its place where it died once."""

    request: EngineRequest
    tokenizer: Any
    ends: tuple[int, ...]
    up: _Up | None = None
    salt: str = ""
    _restarts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __exit__(self, *error: object) -> None:
        if self.up is not None:
            self.up.end()

    def model(self, adapter: Path | None = None) -> Model:
        """The base, or the base with an adapter, both on the same server."""
        return ServerModel(self, BASE if adapter is None else _called(self.request, adapter))

    def reset_cache(self) -> None:
        """What was cached is not found any more."""
        self.salt = secrets.token_hex(8)

    def open_loop(self, model: Model, arrivals: Sequence[Arrival]) -> list[Output] | None:
        """Ask from many threads."""
        return ask_by_threads(model, arrivals)

    def signature(self) -> dict[str, str]:
        """Engine, version, device and mode."""
        import torch

        return {
            "engine": f"vllm server {engine_version('server')}",
            "device": device_name(),
            "mode": "graph" if torch.cuda.is_available() else "eager",
            "torch": str(torch.__version__),
        }

    def standing(self) -> _Up:
        """The server that is up."""
        if self.up is None:
            raise RunError("vLLM's server has not been started")
        return self.up

    def mend(self, failed: _Up, reason: str) -> None:
        """See to a server from which no answer came: one that died is started again, once.

        The second one answers half as many questions at once, in case the first died of them.

        Raises:
            RunError: it died again.
        """
        with self._lock:
            if self.up is not failed or not failed.is_dead():
                return  # another thread was faster, or it lives
            said = failed.last_words()
            failed.end()
            if self._restarts:
                raise RunError(f"vLLM's server died twice ({reason}): {said}: lower runtime.batch, "
                               "runtime.gpu_share or model.max_length")  # fmt: skip
            self._restarts += 1
            smaller = replace(self.request, batch=max(1, self.request.batch // 2))
            log.warning(
                "vLLM's server died (%s) and is started again, for %d questions at once",
                said, smaller.batch,
            )  # fmt: skip
            self.up = _Up.start(smaller)


@dataclass(frozen=True, slots=True)
class ServerModel:
    """One base or adapter on a started server, asked from any number of threads."""

    engine: ServerEngine
    name: str

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Yield one output a sample, in order, many at once; a lone sample is timed."""
        asked = list(samples)
        if len(asked) == 1:
            yield self._answer(asked[0])
            return
        if not asked:
            return
        workers = min(self.engine.request.batch, len(asked))
        with ThreadPoolExecutor(workers, thread_name_prefix="server") as pool:
            futures = [pool.submit(self._answer, sample) for sample in asked]
            try:
                for answer in futures:
                    yield replace(answer.result(), e2e_s=None, ttft_s=None)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def logprobs(self, rows: Sequence[Sequence[int]]) -> list[list[float]]:
        """The log-likelihood, in nats, of each token of a row after its first."""
        if not rows:
            return []
        with ThreadPoolExecutor(min(self.engine.request.batch, len(rows))) as pool:
            return [logprobs for logprobs, _ in pool.map(self._scores, rows)]

    def _answer(self, sample: Sample) -> Output:
        """Ask until there is an answer, or the question itself is wrong."""
        engine = self.engine
        if sample.candidates:
            return self._likeliest(sample)
        prompt = prompt_or_error(engine.tokenizer, sample, engine.request)
        if isinstance(prompt, Output):
            return prompt
        body = json.dumps(self._body(sample, prompt)).encode()
        plain = sample.prompt is not None
        reason = ""
        for _ in range(_TRIES + 1):
            up = engine.standing()
            came = up.exchange.post(body, secrets.token_hex(16), plain=plain)
            if isinstance(came, Reply):
                return self._read(came, sample)
            reason = came.reason
            if came.kind == "sample":
                break
            engine.mend(up, reason)
        return Output(sample.id, finish_reason="error", error=reason)

    def _body(self, sample: Sample, prompt: Sequence[int]) -> dict[str, Any]:
        request, how = self.engine.request, self.engine.request.decoding
        stop = stops(sample, how)
        said: dict[str, Any] = {
            "messages": turns(sample.messages),
            "chat_template_kwargs": {"enable_thinking": False, **how.variables()},
        }
        if sample.prompt is not None:
            said = {"prompt": list(prompt)}
        drawn = how.fields()
        drawn.pop("chat_template_kwargs", None)
        drawn["seed"] = (how.seed or 0) + sample.draw
        return {
            "model": self.name, "max_tokens": most_tokens(sample, request), "stream": True,
            "stream_options": {"include_usage": True}, **drawn, **said,
            "stop_token_ids": [*self.engine.ends, *special_stops(self.engine.tokenizer, stop)],
            **({"stop": list(stop)} if stop else {}),
            **({"cache_salt": self.engine.salt} if self.engine.salt else {}),
        }  # fmt: skip

    def _read(self, reply: Reply, sample: Sample) -> Output:
        output = reply.output(sample.id)
        if output.error is not None and output.error.startswith(THOUGHT):
            output = replace(
                output, text="", finish_reason="length", error=None, reasoning=output.text or None
            )
        how = self.engine.request.decoding
        return apart(at_stop(output, stops(sample, how)), thinking=bool(how.thinking))

    def _likeliest(self, sample: Sample) -> Output:
        began = time.perf_counter()
        rows = scorable(self.engine.tokenizer, sample, self.engine.request.max_length)
        if isinstance(rows, Output):
            return rows
        scores = [row.weighed(*self._scores(row.ids)) for row in rows]
        tokens = sum(len(row.ids) for row in rows)
        return chosen(sample, scores, tokens, time.perf_counter() - began)

    def _scores(self, row: Sequence[int]) -> tuple[list[float], list[bool]]:
        """What each token of a row after its first scores, and whether it is the likeliest.

        Raises:
            RunError: the server does not say.
        """
        body = {"model": self.name, "prompt": list(row), "max_tokens": 1, "temperature": 0,
                "prompt_logprobs": 0}  # fmt: skip
        for _ in range(2):
            up = self.engine.standing()
            try:
                told = _post(up, body)["choices"][0]["prompt_logprobs"]
                pairs = zip(row[1:], told[1:], strict=True)
                own = [found[str(token)] for token, found in pairs]
                return [float(one["logprob"]) for one in own], [one["rank"] == 1 for one in own]
            except (OSError, http.client.HTTPException) as error:
                self.engine.mend(up, str(error))
            except (ValueError, LookupError, TypeError) as error:
                raise RunError(f"vLLM's server could not score tokens: {error}") from error
        raise RunError("vLLM's server could not score tokens: it gives no answer")


def _post(up: _Up, body: Mapping[str, object]) -> Any:
    line = http.client.HTTPConnection(_HOST, up.port, timeout=_ANSWER_S)
    try:
        headers = {"Authorization": f"Bearer {up.key}", "Content-Type": "application/json"}
        line.request("POST", "/v1/completions", json.dumps(body), headers)
        return json.loads(line.getresponse().read())
    finally:
        line.close()


def arguments(request: EngineRequest, port: int) -> list[str]:
    """What the server is started with; its key is not among them, for anybody reads these."""
    options = engine_options(request)
    del options["use_tqdm_on_load"]
    served = {**options, "host": _HOST, "port": port, "served_model_name": BASE}
    told = [word for name, value in served.items() for word in _written(name, value)]
    modules = [f"{_called(request, adapter)}={adapter}" for adapter in request.adapters]
    quiet_log = ["--disable-uvicorn-access-log"]
    return [*told, *quiet_log, *(["--lora-modules", *modules] if modules else [])]


def _written(name: str, value: object) -> list[str]:
    """An engine argument as the command line takes it."""
    flag = name.replace("_", "-")
    if value is None:
        return []
    if isinstance(value, bool):
        return [f"--{flag}" if value else f"--no-{flag}"]
    if isinstance(value, dict):
        return [f"--{flag}", json.dumps(value)]
    if isinstance(value, list | tuple):
        return [f"--{flag}", *map(str, value)]
    return [f"--{flag}", str(value)]


def environment(key: str) -> dict[str, str]:
    """The variables of the server's process: its key, and none of vLLM's developers' mode."""
    found = {**os.environ, "VLLM_API_KEY": key}
    for name in ("VLLM_SERVER_DEV_MODE", "VLLM_ENABLE_V1_MULTIPROCESSING"):
        found.pop(name, None)
    return found


def _called(request: EngineRequest, adapter: Path) -> str:
    return f"adapter{list(request.adapters).index(adapter)}"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((_HOST, 0))
        return int(found.getsockname()[1])
