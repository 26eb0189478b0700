"""Any OpenAI-compatible address as an entry: a model that others run, on the same board."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.core import Arrival, Model, Output, Sample
from harness.errors import InputError
from harness.models import Address, Engine, EngineRequest
from harness.models.api import ApiModel, Asking, Pace, open_asking
from harness.models.arrivals import ask_by_threads
from harness.models.budget import Meter
from harness.models.decoding import apart
from harness.models.ends import at_stop, stops
from harness.models.no_answer import THOUGHT
from harness.models.response_cache import Responses

_UNSCORED = "an address answers in text, and cannot say how likely it finds given answers"


def open_engine(request: EngineRequest) -> AddressEngine:
    """Make ready to ask; nothing is sent yet.

    Raises:
        InputError: the request names no address.
        UsageError: the key's variable is not set.
    """
    address = request.address
    if address is None:
        raise InputError("engine api needs model.base_url, an address, and model.model")
    pace = Pace(address.concurrency, address.timeout_s)
    with ExitStack() as stack:
        responses = stack.enter_context(closing(Responses(address.responses)))
        meter = Meter(address.budget, responses.spent(address.payer))
        asking = _asking(address, request)
        model = stack.enter_context(open_asking(asking, pace, responses, meter, address.payer))
        return AddressEngine(request, address, model, stack.pop_all())


def _asking(address: Address, request: EngineRequest) -> Asking:
    """What each request says: it is streamed, so that the first token has a time."""
    fields: dict[str, Any] = {
        **request.decoding.fields(),
        "max_tokens": request.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        **address.extra,
    }
    return Asking(
        address.base_url, address.model, address.key_env, request.max_tokens, fields,
        address.remembers,
    )  # fmt: skip


@dataclass
class AddressEngine(Engine):
    """An address that is ready to be asked."""

    request: EngineRequest
    address: Address
    asked: ApiModel
    _stack: ExitStack

    def __exit__(self, *error: object) -> None:
        """Wait for what is under way, so that it is kept."""
        self._stack.close()

    def model(self, adapter: Path | None = None) -> Model:
        """The model that the address has; adapters lie with whoever runs it.

        Raises:
            InputError: an adapter is asked for.
        """
        if adapter is not None:
            raise InputError("engine api serves no adapter of ours: name it as model.model")
        return AddressModel(self)

    def open_loop(self, model: Model, arrivals: Sequence[Arrival]) -> list[Output] | None:
        """Ask from many threads."""
        return ask_by_threads(model, arrivals)

    def signature(self) -> dict[str, str]:
        """Who answers; nothing is known of the machine behind it."""
        host = urlsplit(self.address.base_url).netloc
        return {"engine": "api", "device": host, "mode": self.address.model}


@dataclass(frozen=True, slots=True)
class AddressModel:
    """The model of an address."""

    engine: AddressEngine

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Yield one output a sample, in order; a lone sample is timed."""
        asked = list(samples)
        answers = self.engine.asked.generate(s for s in asked if not s.candidates)
        for sample in asked:
            if sample.candidates:
                yield Output(sample.id, finish_reason="error", error=_UNSCORED)
                continue
            output = self._read(sample, next(answers))
            # Among others its time is theirs, too: how many were under way at once.
            yield output if len(asked) == 1 else replace(output, e2e_s=None, ttft_s=None)

    def _read(self, sample: Sample, output: Output) -> Output:
        """An answer without its reasoning; where there is nothing else, it was cut."""
        how = self.engine.request.decoding
        if output.error is not None and output.error.startswith(THOUGHT):
            thought = output.text
            return replace(output, text="", reasoning=thought, finish_reason="length", error=None)
        return apart(at_stop(output, stops(sample, how)), thinking=bool(how.thinking))
