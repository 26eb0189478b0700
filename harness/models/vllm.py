"""vLLM's offline engine, in this process: its start is the cost, so many adapters share one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.core import Model, Output, Sample
from harness.errors import InputError
from harness.hardware import device_name
from harness.models import EngineRequest
from harness.models.chat import load_tokenizer, prompt_ids, without_room
from harness.models.folder import check_model_folder
from harness.models.quiet import quiet


def open_engine(request: EngineRequest) -> VllmEngine:
    """Start vLLM on the request's base.

    Raises:
        InputError: the folder is no model that vLLM can load.
    """
    if request.base is None:
        raise InputError("engine vllm needs a base model")
    check_model_folder(request.base)
    _prepare_environment(request)
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
        options |= {"max_loras": 1, "max_cpu_loras": 2, "max_lora_rank": request.max_lora_rank}
    if _has_gpu():
        options["gpu_memory_utilization"] = request.gpu_share
    with quiet():
        from vllm import LLM

        return VllmEngine(LLM(**options), load_tokenizer(request.base), request)


def _has_gpu() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def _prepare_environment(request: EngineRequest) -> None:
    """What vLLM reads from the environment, unless the user has set it.

    The engine in this process halves the start; the cache bound keeps a small machine alive.
    """
    defaults = {
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "VLLM_CPU_KVCACHE_SPACE": str(max(1, round(request.memory_gib))),
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


@dataclass
class VllmEngine:
    """A started vLLM engine."""

    llm: Any
    tokenizer: Any
    request: EngineRequest
    _loras: dict[Path, int] = field(default_factory=dict)

    def __enter__(self) -> VllmEngine:
        return self

    def __exit__(self, *error: object) -> None:
        import gc

        self.llm.llm_engine.engine_core.shutdown()
        self.llm = None
        gc.collect()

    def model(self, adapter: Path | None = None) -> Model:
        """The base, or the base with an adapter."""
        return VllmModel(self, None if adapter is None else self._lora(adapter))

    def _lora(self, adapter: Path) -> Any:
        from vllm.lora.request import LoRARequest

        number = self._loras.setdefault(adapter, len(self._loras) + 1)
        return LoRARequest(str(adapter), number, str(adapter))

    def reset_cache(self) -> None:
        """Drop the prefix cache."""
        self.llm.reset_prefix_cache()

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

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Answer all at once, yielding in order as they end; a lone sample is timed."""
        asked = list(samples)
        core = self.engine.llm.llm_engine
        done: dict[str, Output] = {}
        waiting: dict[str, _Timer] = {}
        for sample in asked:
            ids = prompt_ids(self.engine.tokenizer, sample)
            request = self.engine.request
            refused = without_room(sample, len(ids), request.max_tokens, request.max_length)
            if refused is not None:
                done[sample.id] = refused
                continue
            waiting[sample.id] = _Timer(time.perf_counter())
            core.add_request(
                sample.id, {"prompt_token_ids": ids}, self._sampling(len(asked) == 1),
                lora_request=self.lora,
            )  # fmt: skip
        for sample in asked:
            while sample.id not in done:
                self._step(core, waiting, done)
            yield done.pop(sample.id)

    def _sampling(self, stream: bool) -> Any:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind

        kind = RequestOutputKind.CUMULATIVE if stream else RequestOutputKind.FINAL_ONLY
        return SamplingParams(
            temperature=0.0, max_tokens=self.engine.request.max_tokens, output_kind=kind, seed=0
        )

    def _step(self, core: Any, waiting: dict[str, _Timer], done: dict[str, Output]) -> None:
        for result in core.step():
            now = time.perf_counter()
            answer = result.outputs[0]
            timer = waiting[result.request_id]
            if answer.token_ids and timer.first is None:
                timer.first = now
            if not result.finished:
                continue
            alone = len(waiting) == 1
            done[result.request_id] = Output(
                sample_id=result.request_id,
                text=answer.text,
                finish_reason="length" if answer.finish_reason == "length" else "stop",
                prompt_tokens=len(result.prompt_token_ids),
                output_tokens=len(answer.token_ids),
                # In a batch the time of one answer is the time of its neighbours.
                e2e_s=now - timer.sent if alone else None,
                ttft_s=timer.first - timer.sent if alone and timer.first is not None else None,
            )


@dataclass
class _Timer:
    """When a request was sent and its first token seen, by the process's clock, in seconds."""

    sent: float
    first: float | None = None
