"""Replies that were paid for, kept on disk by the digest of their request: none is paid for twice.

One SQLite file for all experiments of a store, shared by threads and processes. A reply is
committed the moment it is there. The ledger beside it says which stage paid for which call.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from harness.core import Model, Output, Sample
from harness.errors import StoreError
from harness.models.budget import Spent
from harness.models.no_answer import no_answer
from harness.store.digests import digest_value
from harness.text.digest_set import Seen

# Without waiting for the disk at each commit: a killed process loses nothing, a power cut the last
# moments. All threads wait while the log is written back to the file, so it is let grow to 32 MiB.
_SCHEMA = """
pragma journal_mode = wal;
pragma synchronous = normal;
pragma wal_autocheckpoint = 8192;
create table if not exists responses (
    digest text primary key,
    text text not null,
    finish_reason text not null,
    prompt_tokens integer,
    output_tokens integer
) without rowid;
create table if not exists thoughts (
    digest text primary key,
    text text not null
) without rowid;
create table if not exists calls (
    payer text not null,
    digest text not null,
    prompt_tokens integer not null,
    output_tokens integer not null,
    useful integer not null,
    at real not null
);
"""
T = TypeVar("T")

# The file of a store.
RESPONSES = "responses.sqlite3"
_PATIENCE_S = 30.0
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
# Samples of a local engine that are looked up and asked together.
_CHUNK = 1024

# How a reply may end; all but the first two are no answer.
Finish = Literal["stop", "length", "thought", "tool_calls", "content_filter", "refusal"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for a request. Tokens are `None` where the provider does not say.

    Where it is no answer, `text` holds what there is instead: what was thought, the name of a tool.
    `reasoning` is what was thought before an answer. Times are seconds since the request was sent;
    a reply that was kept has none.
    """

    text: str
    finish_reason: Finish = "stop"
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    reasoning: str | None = None
    e2e_s: float | None = None
    ttft_s: float | None = None

    def output(self, sample_id: str) -> Output:
        """The reply as the answer to a sample."""
        tokens = self.prompt_tokens, self.output_tokens
        if self.finish_reason in ("stop", "length"):
            return Output(
                sample_id, self.text, self.finish_reason, *tokens, e2e_s=self.e2e_s,
                ttft_s=self.ttft_s, reasoning=self.reasoning,
            )  # fmt: skip
        error = no_answer(self.finish_reason, self.text)
        return Output(sample_id, self.text, "error", *tokens, error=error)


class Responses:
    """The replies under one file, for any number of threads and processes.

    Nothing is created before there is a reply to keep.

    Raises:
        StoreError: the file is damaged, or the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # One connection, used in turns: SQLite lets one write at a time anyway, and makes those
        # that come by connections of their own sleep meanwhile.
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    def get(self, digest: str) -> Reply | None:
        """The reply to a request; `None` where it was never answered."""
        if self._opened is None and not self._path.exists():
            return None

        def find(connection: sqlite3.Connection) -> tuple[Any, ...] | None:
            found: tuple[Any, ...] | None = connection.execute(
                "select responses.text, finish_reason, prompt_tokens, output_tokens, thoughts.text"
                " from responses left join thoughts using (digest) where digest = ?",
                (digest,),
            ).fetchone()
            return found

        found = self._in_turn(find)
        return None if found is None else Reply(*found)

    def put(self, digest: str, reply: Reply, payer: str, cost: Spent) -> None:
        """Keep a reply, and what its call cost the stage `payer`; on disk when this returns."""

        def keep(connection: sqlite3.Connection) -> None:
            with connection:
                connection.execute(
                    "insert or ignore into responses values (?, ?, ?, ?, ?)",
                    (digest, reply.text, reply.finish_reason, reply.prompt_tokens,
                     reply.output_tokens),
                )  # fmt: skip
                if reply.reasoning:
                    connection.execute(
                        "insert or ignore into thoughts values (?, ?)", (digest, reply.reasoning)
                    )
                self._bill(connection, payer, digest, cost, useful=True)

        self._in_turn(keep)

    def bill(self, digest: str, payer: str, cost: Spent) -> None:
        """Count a call that was paid for and brought nothing, such as a reply cut short."""

        def count(connection: sqlite3.Connection) -> None:
            with connection:
                self._bill(connection, payer, digest, cost, useful=False)

        self._in_turn(count)

    def spent(self, payer: str) -> Spent:
        """What a stage has paid so far, over all its attempts."""
        if self._opened is None and not self._path.exists():
            return Spent()

        def add_up(connection: sqlite3.Connection) -> Spent:
            return Spent(
                *connection.execute(
                    "select count(*), coalesce(sum(prompt_tokens), 0),"
                    " coalesce(sum(output_tokens), 0) from calls where payer = ?",
                    (payer,),
                ).fetchone()
            )

        return self._in_turn(add_up)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    @staticmethod
    def _bill(
        connection: sqlite3.Connection, payer: str, digest: str, cost: Spent, *, useful: bool
    ) -> None:
        connection.execute(
            "insert into calls values (?, ?, ?, ?, ?, ?)",
            (payer, digest, cost.prompt_tokens, cost.output_tokens, useful, time.time()),
        )

    def _in_turn(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Work with the connection, alone; what SQLite says becomes one sentence.

        The lock is held by a `with` of this very function: Ctrl-C in a context manager that is a
        generator can leave it held, and then what is under way cannot be kept.
        """
        with self._lock:
            try:
                if self._opened is None:
                    self._opened = self._open()
                return work(self._opened)
            except (sqlite3.Error, OSError) as error:
                raise StoreError(f"{self._path}: replies cannot be kept: {_said(error)}") from error

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        _keep_private(self._path)
        connection = sqlite3.connect(self._path, timeout=_PATIENCE_S, check_same_thread=False)
        try:
            _patiently(lambda: connection.executescript(_SCHEMA))
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _patiently(work: Callable[[], object]) -> None:
    """Do what SQLite does not wait for by itself when another process is at it."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            work()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _keep_private(path: Path) -> None:
    """Let the owner alone read what was paid for; SQLite's own files beside it follow suit."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        # Somebody else's file, or one that is gone by now.
        with suppress(PermissionError, FileNotFoundError):
            path.with_name(name).chmod(0o600)


def _said(error: sqlite3.Error | OSError) -> str:
    """What went wrong, and what to do where the file itself is wrong."""
    damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError
    )
    return f"{error}; move the file away to begin anew" if damaged else str(error)


class Occurrences:
    """Tells equal requests of one stage apart: the second is a second attempt, and asked anew."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._again: Counter[int] = Counter()
        self._lock = threading.Lock()

    def digest(self, request: Mapping[str, object]) -> str:
        """The digest of a request and of how often it was made before."""
        plain = digest_value(request)
        name = int(plain[:16], 16)
        with self._lock:
            if self._seen.add(name):
                return plain
            self._again[name] += 1
            return digest_value({"request": plain, "attempt": 1 + self._again[name]})


class Remembered:
    """A model on this machine, asked only what it has not answered before.

    Args:
        model: what answers.
        responses: where replies are kept.
        identity: all that decides an answer besides the messages: engine, version, model, limits.
        payer: the stage that asks.
    """

    def __init__(
        self, model: Model, responses: Responses, identity: Mapping[str, object], payer: str
    ) -> None:
        self._model = model
        self._responses = responses
        self._identity = dict(identity)
        self._payer = payer
        self._occurrences = Occurrences()

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Yield one output a sample, in order; what the model errs on is not kept."""
        waiting = iter(samples)
        while chunk := list(itertools.islice(waiting, _CHUNK)):
            digests = [self._digest(sample) for sample in chunk]
            replies = [self._responses.get(digest) for digest in digests]
            unknown = [s for s, reply in zip(chunk, replies, strict=True) if reply is None]
            fresh = self._model.generate(unknown) if unknown else iter(())
            for sample, digest, reply in zip(chunk, digests, replies, strict=True):
                yield reply.output(sample.id) if reply else self._kept(next(fresh), digest)

    def _digest(self, sample: Sample) -> str:
        messages = [[message.role, message.content] for message in sample.messages]
        return self._occurrences.digest({**self._identity, "messages": messages})

    def _kept(self, output: Output, digest: str) -> Output:
        if output.error is None and output.finish_reason != "error":
            reply = Reply(
                output.text, output.finish_reason, output.prompt_tokens, output.output_tokens,
                output.reasoning,
            )  # fmt: skip
            cost = Spent(1, output.prompt_tokens or 0, output.output_tokens or 0)
            self._responses.put(digest, reply, self._payer, cost)
        return output
