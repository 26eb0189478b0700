"""Any OpenAI-compatible address as a model: paid for once, counted, bounded in memory."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from harness.config.sections import Runtime
from harness.config.teachers import ApiTeacher
from harness.core import Output, Sample
from harness.errors import PodiumError
from harness.models.budget import Meter, Spent, most_of
from harness.models.ends import at_stop
from harness.models.remote.exchange import Exchange
from harness.models.remote.failure import Failure
from harness.models.remote.gate import Gate
from harness.models.remote.jobs import Job
from harness.models.remote.pool import Pool
from harness.models.response_cache import Occurrences, Responses
from harness.store.secret import secret_from_environment

# Samples drawn ahead of those under way, for each call that may be.
_AHEAD = 8
# Samples drawn and not yet handed out: one that fails again and again holds up those behind it.
_WINDOW = 64
# The names that providers know for the most tokens of an answer.
_LIMITS = ("max_tokens", "max_completion_tokens")
# So many strings that end an answer every provider takes; at the rest what came is cut here.
_MOST_STOPS = 4
_LEAST_WINDOW, _MOST_WINDOW = 1024, 8192
# Beyond the longest wait for a reply, for keeping it.
_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, and how.

    Args:
        address: the part before `/chat/completions`.
        model: the name that it knows.
        key_env: the variable that holds the key.
        max_tokens: most tokens of an answer, where `fields` do not say.
        fields: what else stands in the body of each request.
        remembers: whether a reply that is kept is given out, and what comes is kept: not where
            calls are timed.
    """

    address: str
    model: str
    key_env: str | None
    max_tokens: int
    fields: Mapping[str, Any]
    remembers: bool = True


@dataclass(frozen=True, slots=True)
class Pace:
    """Most calls at once, and the longest wait for one, in seconds."""

    concurrency: int
    timeout_s: float


@contextmanager
def open_api(
    asked: ApiTeacher, run: Runtime, responses: Responses, meter: Meter, payer: str, tries: int = 8
) -> Iterator[ApiModel]:
    """Open a teacher or a judge; see `open_asking`."""
    fields = {"temperature": asked.temperature, "max_tokens": asked.max_tokens, **asked.extra}
    asking = Asking(asked.address, asked.model, asked.key_env, asked.max_tokens, fields)
    pace = Pace(run.concurrency, run.timeout_s)
    with open_asking(asking, pace, responses, meter, payer, tries) as model:
        yield model


@contextmanager
def open_asking(
    asked: Asking, run: Pace, responses: Responses, meter: Meter, payer: str, tries: int = 8
) -> Iterator[ApiModel]:
    """Open the model; when its block ends, calls under way are waited for and kept.

    Args:
        asked: whom to ask, and how.
        run: at what pace.
        responses: where replies are kept; what is there is not asked again.
        meter: what may be spent.
        payer: the stage that pays.
        tries: failed attempts after which a sample is given up.

    Raises:
        UsageError: the key's variable is not set.
    """
    key = None if asked.key_env is None else secret_from_environment(asked.key_env)
    exchange = Exchange(asked.address, key, asked.key_env, run.timeout_s)
    gate = Gate(run.concurrency, tries, wide=not asked.remembers)
    model = ApiModel(asked, run, gate, _Desk(exchange, responses, meter, payer, asked.remembers))
    try:
        yield model
    finally:
        model.close()


class ApiModel:
    """The model; made by `open_api`."""

    def __init__(self, asked: Asking, run: Pace, gate: Gate, desk: _Desk) -> None:
        self._asked = asked
        self._desk = desk
        self._occurrences = Occurrences()
        self._gate = gate
        self._pool = Pool(desk, gate, run.concurrency, run.timeout_s + _GRACE_S)
        self._backlog = _AHEAD * run.concurrency
        window = _WINDOW * run.concurrency
        self._window = min(_MOST_WINDOW, max(_LEAST_WINDOW, window))

    def generate(self, samples: Iterable[Sample]) -> Generator[Output, None, None]:
        """Yield one output a sample, in order; one that cannot be answered says why.

        Raises:
            UsageError: key, model, address or fields are refused.
            RunError: the address does not answer any more, or the account has no balance left.
            BudgetSpent: the budget does not reach for another call.
            StoreError: replies cannot be kept.
        """
        waiting: deque[Job] = deque()
        source = iter(samples)
        more = True
        try:
            while more or waiting:
                while more and self._may_draw(waiting):
                    sample = next(source, None)
                    more = sample is not None
                    if sample is not None:
                        waiting.append(self._job(sample))
                if waiting:
                    full = not more or len(waiting) >= self._window
                    self._pool.wait(waiting[0], 0 if full else self._backlog)
                while waiting and (output := waiting[0].output) is not None:
                    yield at_stop(output, waiting.popleft().unsent)
        finally:
            self._pool.withdraw(waiting)

    def words(self) -> str:
        """What was spent and how it goes, for a progress bar."""
        words = self._desk.meter.words()
        if refused := self._gate.refused:
            words += f", {refused:,} refused"
        return f"{words}, limit {max(1, int(self._gate.limit))}"

    def close(self) -> None:
        """Wait for what is under way, and end the threads."""
        self._pool.close()

    def _may_draw(self, waiting: deque[Job]) -> bool:
        return len(waiting) < self._window and self._pool.backlog < self._backlog

    def _job(self, sample: Sample) -> Job:
        """The request for a sample, answered at once where it was answered before."""
        asked = self._asked
        body = _body(asked, sample)
        again = {"draw": sample.draw} if sample.draw else {}
        digest = self._occurrences.digest(
            {"address": asked.address, "model": asked.model, "body": body, **again}
        )
        job = Job(
            sample.id,
            digest,
            json.dumps(body).encode(),
            sum(len(message.content) for message in sample.messages),
            _most_tokens(body, asked.max_tokens),
            plain=sample.prompt is not None,
            unsent=tuple(filter(_is_text, _stop(asked, sample)[_MOST_STOPS:])),
        )
        kept = self._desk.responses.get(digest) if asked.remembers else None
        if kept is None:
            self._pool.submit(job)
        else:
            job.output = kept.output(sample.id)
            self._gate.known_to_answer()
        return job


def _body(asked: Asking, sample: Sample) -> dict[str, Any]:
    """What the request for a sample says; what ends its answer joins what ends all."""
    fields = {"model": asked.model, **_said(sample), **asked.fields}
    stop = _stop(asked, sample)
    if sample.stop or len(stop) > _MOST_STOPS:
        fields["stop"] = stop[:_MOST_STOPS]
    if sample.max_tokens is not None:
        name = next((name for name in _LIMITS if fields.get(name) is not None), _LIMITS[0])
        fields[name] = sample.max_tokens
    if sample.prompt is not None:
        fields.pop("chat_template_kwargs", None)
    if sample.draw and isinstance(fields.get("seed"), int):
        fields["seed"] += sample.draw  # the same one would draw the same again
    return {name: value for name, value in fields.items() if value is not None}


def _said(sample: Sample) -> dict[str, Any]:
    if sample.prompt is not None:
        return {"prompt": sample.prompt}
    return {"messages": [{"role": m.role, "content": m.content} for m in sample.messages]}


def _stop(asked: Asking, sample: Sample) -> list[Any]:
    """All that ends the answer to a sample, however many an address takes."""
    stop = asked.fields.get("stop")
    listed = list(stop) if isinstance(stop, list | tuple) else [] if stop is None else [stop]
    return [*listed, *sample.stop]


def _is_text(stop: object) -> bool:
    return isinstance(stop, str) and bool(stop)


def _most_tokens(body: Mapping[str, Any], otherwise: int) -> int:
    """Most tokens of an answer, by either of the names that providers know."""
    named = [body.get(name) for name in _LIMITS]
    return next((limit for limit in named if isinstance(limit, int)), otherwise)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Makes the calls, keeps what they bring and counts what they cost."""

    exchange: Exchange
    responses: Responses
    meter: Meter
    payer: str
    remembers: bool = True

    def reserve(self, job: Job) -> Spent | None:
        """Set aside what a call can cost."""
        return self.meter.reserve(job.characters, job.max_tokens)

    def used_up(self) -> PodiumError:
        """Why nothing more is set aside."""
        return self.meter.used_up()

    def ask(self, job: Job, share: Spent) -> Output | Failure:
        """Make a call; its reply is on disk when this returns.

        Raises:
            StoreError: it cannot be kept.
        """
        cost = None
        try:
            came = self.exchange.post(job.body, job.digest, plain=job.plain)
            if isinstance(came, Failure):
                if came.billed:
                    cost = most_of(share, None, None)
                    self.responses.bill(job.digest, self.payer, cost)
                return came
            cost = most_of(share, came.prompt_tokens, came.output_tokens)
            if self.remembers:
                self.responses.put(job.digest, came, self.payer, cost)
            else:
                self.responses.bill(job.digest, self.payer, cost)
            return came.output(job.sample_id)
        finally:
            self.meter.settle(share, cost)

    def leave(self) -> None:
        """This thread makes no more calls."""
        self.exchange.close()
