"""vLLM's offline engine, in this process: its start is the cost, so many adapters share one."""

from __future__ import annotations

import importlib
import itertools
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, cast

from harness.core import Arrival, Model, Output, Sample
from harness.errors import InputError, RunError
from harness.models import Engine, EngineRequest
from harness.models.adapter import adapted_names, check_adapter
from harness.models.chat import load_tokenizer, most_tokens, prompt_or_error
from harness.models.cpu_lora import use_grouped
from harness.models.decoding import apart
from harness.models.ends import at_stop, end_tokens, special_stops, stops
from harness.models.foreign import told
from harness.models.hardware import collected_later, device_name, release_memory, unfrozen
from harness.models.importing import nothing_compiled, quick_imports, spared
from harness.models.likelihood import Row, Weighed, chosen, scorable
from harness.models.loading import check_model, check_network
from harness.models.quiet import quiet

# Whole GiB of cache on a processor; where a user has set it, vLLM goes by it and by nothing else.
_CACHE = "VLLM_CPU_KVCACHE_SPACE"
# Adapters that one batch may hold; each takes its room on the device, used or not.
_MOST_LORAS = 4
# What vLLM imports where it can, to compile, and to run on several machines.
_UNUSED = ("torch._inductor.lowering", "ray")
# What to lower where memory runs out.
_MEMORY = "runtime.batch, runtime.gpu_share or model.max_length"


def open_engine(request: EngineRequest) -> VllmEngine:
    """Start vLLM on the request's base.

    Raises:
        InputError: the folder is no model that vLLM can load.
    """
    if request.base is None:
        raise InputError("engine vllm needs a base model")
    check_model(request.base)
    _prepare_environment()
    with quiet():
        check_network(request.base)
        tokenizer = load_tokenizer(request.base)  # quicker than the engine, so told sooner
        with told(
            f"{request.base}: vLLM cannot start on it", InputError, reading=True,
            memory="runtime.memory_gib, runtime.gpu_share, runtime.batch or model.max_length",
        ):  # fmt: skip
            ends = end_tokens(request.base, tokenizer)
            return VllmEngine(_started(request), tokenizer, ends, request)


def _started(request: EngineRequest) -> Any:
    """An engine in this process, with adapters that cost little on a processor."""
    if _has_gpu():
        return _start(request)
    if request.engine_args:  # which may ask for what others do without
        _import_all()
        return _start(request)
    with spared(_UNUSED), nothing_compiled(), collected_later():
        return _start(request)


def _import_all() -> None:
    """Have vLLM know what an engine before may have gone without."""
    with quick_imports("vllm"):
        from vllm import env_override
        from vllm.v1.executor import ray_utils
    env_override._patch_inductor_fallback_allow_list()
    if ray_utils.ray is None:
        importlib.reload(ray_utils)


def _start(request: EngineRequest) -> Any:
    with quick_imports("vllm.entrypoints.llm"):
        from vllm import LLM
    if request.adapters and not _has_gpu():
        use_grouped()
    with unfrozen():
        return LLM(**engine_options(request))


def engine_options(request: EngineRequest) -> dict[str, Any]:
    """The arguments of vLLM's engine, by its own names: Podium's, and the user's laid over them."""
    options: dict[str, Any] = {
        "model": str(request.base),
        "dtype": request.dtype,
        "max_model_len": request.max_length,
        "max_num_seqs": request.batch,
        "enforce_eager": not _has_gpu(),
        "trust_remote_code": False,
        "load_format": "safetensors",
        "enable_lora": bool(request.adapters),
        "generation_config": "vllm",
        "seed": 0,
        "use_tqdm_on_load": False,
    }
    if request.adapters:
        # Where one adapter's questions run out, those of the next fill the batch.
        beside = 1 if request.less else min(len(request.adapters), _MOST_LORAS)
        options |= {
            "max_loras": beside, "max_cpu_loras": beside + 1,
            "max_lora_rank": request.max_lora_rank,
        }  # fmt: skip
        # No adapter lies beside the output head. With room for one there, vLLM on a processor
        # cannot say how likely a prompt is: it takes the head's input for one token a request.
        options["lora_target_modules"] = adapted_names(request.adapters)
    if _has_gpu():
        options["gpu_memory_utilization"] = request.gpu_share
    elif not os.environ.get(_CACHE):
        options["kv_cache_memory_bytes"] = round(request.memory_gib * 2**30)
    return {**options, **request.engine_args}


def _has_gpu() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def _prepare_environment() -> None:
    """What vLLM reads from the environment, unless the user has set it.

    The engine in this process halves the start.
    """
    os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")


class Begun(NamedTuple):
    """Samples that a model was given before it was asked for their outputs, and their places."""

    samples: tuple[Sample, ...]
    places: list[int]


@dataclass(slots=True)
class UnderWay:
    """What an engine's models have been asked and not yet handed out.

    Args:
        running: by the name of the request.
        done: outputs by their place, which no two samples share.
        places: that are still free.
        begun: what was started ahead, by the adapter's number.
        adapted: whether what is running has an adapter.
    """

    running: dict[str, _Asked] = field(default_factory=dict)
    done: dict[int, Output] = field(default_factory=dict)
    places: Iterator[int] = field(default_factory=itertools.count)
    begun: dict[int, Begun] = field(default_factory=dict)
    adapted: bool = False


@dataclass
class VllmEngine(Engine):
    """A started vLLM engine."""

    queues: ClassVar[bool] = True

    llm: Any
    tokenizer: Any
    ends: tuple[int, ...]
    request: EngineRequest
    under_way: UnderWay = field(default_factory=UnderWay)
    _loras: dict[Path, int] = field(default_factory=dict)

    def __exit__(self, *error: object) -> None:
        with unfrozen(), collected_later():
            self.llm.llm_engine.engine_core.shutdown()
        self.llm = None
        release_memory()

    def model(self, adapter: Path | None = None) -> VllmModel:
        """The base, or the base with an adapter."""
        return VllmModel(self, None if adapter is None else self._lora(adapter))

    def begin(self, adapter: Path | None, samples: Sequence[Sample]) -> None:
        """Take the samples of a model in, behind those of others, to keep the batch full."""
        model = self.model(adapter)
        if samples and model.lora_id not in self.under_way.begun:
            self.under_way.begun[model.lora_id] = Begun(tuple(samples), model.start(samples))

    def drop(self, places: Sequence[int]) -> None:
        """Forget samples: what is under way is ended, what is done is thrown away."""
        if self.llm is None:  # Ctrl-C ended the engine before whoever was reading from it
            return
        gone, way = set(places), self.under_way
        names = [name for name, question in way.running.items() if question.place in gone]
        self.llm.llm_engine.abort_request(names)
        for name in names:
            del way.running[name]
        for place in gone & way.done.keys():
            del way.done[place]

    def _lora(self, adapter: Path) -> Any:
        from vllm.lora.request import LoRARequest

        if adapter not in self._loras:
            check_adapter(adapter)
        number = self._loras.setdefault(adapter, len(self._loras) + 1)
        return LoRARequest(str(adapter), number, str(adapter))

    def reset_cache(self) -> None:
        """Drop the prefix cache.

        Raises:
            RunError: vLLM still holds it for a request, so that a timing would not start cold.
        """
        if not self.llm.reset_prefix_cache():
            raise RunError("vLLM could not empty its prefix cache: a request is still under way")

    def open_loop(self, model: Model, arrivals: Sequence[Arrival]) -> list[Output] | None:
        """Answer questions that come at set times, all on the one engine."""
        return cast("VllmModel", model).open_loop(arrivals)

    def signature(self) -> dict[str, str]:
        """Engine, version, device and mode."""
        import torch
        import vllm

        return {
            "engine": f"vllm {vllm.__version__}",
            "device": device_name(),
            "mode": "graph" if _has_gpu() else "eager",
            "torch": str(torch.__version__),
        }


@dataclass
class VllmModel:
    """One base or adapter on a started engine."""

    engine: VllmEngine
    lora: Any

    @property
    def lora_id(self) -> int:
        """The adapter's number on its engine; 0 of the base."""
        return 0 if self.lora is None else int(self.lora.lora_int_id)

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Answer all at once, yielding in order as they end; a lone sample is timed."""
        asked = tuple(samples)
        under_way = self.engine.under_way
        begun = under_way.begun.pop(self.lora_id, None)
        if begun is not None and begun.samples != asked:
            self.engine.drop(begun.places)
            begun = None
        places = self.start(asked) if begun is None else begun.places
        try:
            for place in places:
                while place not in under_way.done:
                    self._step()
                yield under_way.done.pop(place)
        finally:
            self.engine.drop(places)

    def start(self, samples: Sequence[Sample]) -> list[int]:
        """Hand samples to the engine; the places of their outputs among those of all models.

        The base never runs beside adapters: vLLM on a processor counts "no adapter" as -1, which
        is the last adapter in torch, and answers with that.
        """
        under_way = self.engine.under_way
        if under_way.adapted != (self.lora is not None):
            self._finish()
        under_way.adapted = self.lora is not None
        alone = len(samples) == 1 and not under_way.running
        places = list(itertools.islice(under_way.places, len(samples)))
        with ExitStack() as undo:
            undo.callback(self.engine.drop, places)  # where one is not taken, none is left behind
            for place, sample in zip(places, samples, strict=True):
                refused = self._start(place, sample, alone, under_way.running)
                if refused is not None:
                    under_way.done[place] = refused
            undo.pop_all()
        return places

    def _finish(self) -> None:
        """Have the engine end all that is under way; outputs wait until they are asked for."""
        while self.engine.under_way.running:
            self._step()

    def _step(self) -> None:
        """Have the engine go on by a token, for whichever model's samples are under way."""
        under_way = self.engine.under_way
        with told("vLLM could not answer", RunError, reading=True, memory=_MEMORY):
            results = self.engine.llm.llm_engine.step()
        for result in results:
            self._take(result, under_way.running, under_way.done)

    def open_loop(self, arrivals: Sequence[Arrival]) -> list[Output]:
        """Start each question when it is due, and step as long as any is under way."""
        self._finish()
        core, waiting = self.engine.llm.llm_engine, deque(enumerate(arrivals))
        done: dict[int, Output] = {}
        running: dict[str, _Asked] = {}
        began = time.perf_counter()
        try:
            while waiting or running:
                while waiting and began + waiting[0][1].due_s <= time.perf_counter():
                    place, arrival = waiting.popleft()
                    refused = self._start(place, arrival.sample, True, running)
                    if refused is not None:
                        done[place] = refused
                    for question in running.values():
                        if question.place == place:
                            question.asked = began + arrival.due_s
                if not running:  # until the next one comes
                    left = began + waiting[0][1].due_s - time.perf_counter() if waiting else 0.0
                    time.sleep(max(0.0, left))
                    continue
                with told("vLLM could not answer", RunError, reading=True, memory=_MEMORY):
                    results = core.step()
                for result in results:
                    self._take(result, running, done)
        finally:
            core.abort_request(list(running))
        return [done[place] for place in range(len(arrivals))]

    def logprobs(self, rows: Sequence[Sequence[int]]) -> list[list[float]]:
        """The log-likelihood of each token after the first."""
        self._finish()
        core = self.engine.llm.llm_engine
        found: dict[str, list[float]] = {}
        names = [str(place) for place in range(len(rows))]
        try:
            with told("vLLM could not score tokens", RunError, reading=True, memory=_MEMORY):
                for name, row in zip(names, rows, strict=True):
                    core.add_request(
                        name, {"prompt_token_ids": list(row)}, _scoring(), lora_request=self.lora
                    )
                while len(found) < len(names):
                    for result in core.step():
                        found[result.request_id] = list(result.prompt_logprobs.logprobs)
        finally:
            core.abort_request([name for name in names if name not in found])
        return [found[name] for name in names]

    def _start(
        self, place: int, sample: Sample, alone: bool, running: dict[str, _Asked]
    ) -> Output | None:
        """Hand a sample to the engine; its error where it cannot be asked."""
        began = time.perf_counter()  # template and tokenizer are part of the wait
        prompts = self._prompts(sample)
        if isinstance(prompts, Output):
            return prompts
        question = _Asked(place, sample, alone, began, prompts, [None] * len(prompts))
        params = self._sampling(sample, stream=alone)
        for part, (ids, _) in enumerate(prompts):
            name = f"{place}.{part}"
            running[name] = question
            with told("vLLM did not take a question", RunError, reading=True):
                self.engine.llm.llm_engine.add_request(
                    name, {"prompt_token_ids": ids}, params, lora_request=self.lora
                )
        return None

    def _take(self, result: Any, running: dict[str, _Asked], done: dict[int, Output]) -> None:
        question = running[result.request_id]
        output = question.take(result)
        if output is not None and not question.sample.candidates:
            how = self.engine.request.decoding
            # vLLM cuts at the first string that it finds; another may stand before that.
            output = at_stop(output, stops(question.sample, how))
            output = apart(output, thinking=bool(how.thinking))
        if result.finished:
            del running[result.request_id]
        if output is not None:
            done[question.place] = output

    def _prompts(self, sample: Sample) -> list[Row] | Output:
        """What the engine is given for a sample: a prompt, or each of its candidates."""
        request, tokenizer = self.engine.request, self.engine.tokenizer
        if sample.candidates:
            return scorable(tokenizer, sample, request.max_length)
        ids = prompt_or_error(tokenizer, sample, request)
        return [Row(ids)] if isinstance(ids, list) else ids

    def _sampling(self, sample: Sample, *, stream: bool) -> Any:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind

        if sample.candidates:
            return _scoring()
        kind = RequestOutputKind.CUMULATIVE if stream else RequestOutputKind.FINAL_ONLY
        how = self.engine.request.decoding
        stop = stops(sample, how)
        return SamplingParams(
            temperature=how.temperature, top_p=how.top_p, top_k=how.top_k or 0,
            seed=(how.seed or 0) + sample.draw,
            stop=list(stop), max_tokens=most_tokens(sample, self.engine.request), output_kind=kind,
            stop_token_ids=[*self.engine.ends, *special_stops(self.engine.tokenizer, stop)],
        )  # fmt: skip


def _scoring() -> Any:
    """What has vLLM say how likely it finds a prompt.

    With prompt_logprobs it does not read its prefix cache, which holds no logits. One token is the
    least that it generates.
    """
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    return SamplingParams(
        temperature=0.0, max_tokens=1, prompt_logprobs=0, flat_logprobs=True, detokenize=False,
        output_kind=RequestOutputKind.FINAL_ONLY, seed=0,
    )  # fmt: skip


@dataclass
class _Asked:
    """A sample under way: when it was asked and its first token seen (seconds), and its scores."""

    place: int
    sample: Sample
    alone: bool
    asked: float
    rows: Sequence[Row]
    scores: list[Weighed | None]
    first: float | None = None
    prompt_tokens: int = 0

    def take(self, result: Any) -> Output | None:
        """Note what came back; the output once all of it is there."""
        now = time.perf_counter()
        if result.outputs[0].token_ids and self.first is None:
            self.first = now
        if not result.finished:
            return None
        if self.sample.candidates:
            return self._scored(result, now)
        answer = result.outputs[0]
        return Output(
            sample_id=self.sample.id,
            text=answer.text,
            finish_reason="length" if answer.finish_reason == "length" else "stop",
            prompt_tokens=len(result.prompt_token_ids),
            output_tokens=len(answer.token_ids),
            # In a batch the time of one answer is the time of its neighbours.
            e2e_s=now - self.asked if self.alone else None,
            ttft_s=self.first - self.asked if self.alone and self.first is not None else None,
        )

    def _scored(self, result: Any, now: float) -> Output | None:
        part = int(result.request_id.rpartition(".")[2])
        told = result.prompt_logprobs
        self.scores[part] = self.rows[part].weighed(
            told.logprobs, [rank == 1 for rank in told.ranks]
        )
        self.prompt_tokens += len(result.prompt_token_ids)
        scores = [score for score in self.scores if score is not None]
        if len(scores) < len(self.scores):
            return None
        took = now - self.asked if self.alone else None
        return chosen(self.sample, scores, self.prompt_tokens, took)
