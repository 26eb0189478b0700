"""Adapters of the tiny base, and what a path that serves them makes of a few conversations."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from harness.core import Message
from harness.models import EngineRequest, LocalModel
from harness.models.chat import conversation_ids, load_tokenizer
from harness.models.hf import HfEngine
from harness.models.loading import load_network
from harness.parity.tokens import Scores
from harness.spec import BASELINES
from harness.tables import benchmark
from suites import timetable

TINY = BASELINES / "tiny-qwen2"
ALL = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter as a recipe and a seed leave it.

    Its weights are drawn, A as peft draws them and B from a normal distribution with `spread` as
    its deviation: how far it came from its start does not matter to how it is served.
    """

    seed: int
    rank: int = 8
    alpha: int = 16
    spread: float = 0.06
    targets: tuple[str, ...] = ALL
    dora: bool = False
    rslora: bool = False


def make(adapter: Adapter, out: Path, base: Path = TINY) -> Path:
    """Write its folder."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(adapter.seed)
    network = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    config = LoraConfig(
        r=adapter.rank, lora_alpha=adapter.alpha, target_modules=list(adapter.targets),
        use_dora=adapter.dora, use_rslora=adapter.rslora, task_type="CAUSAL_LM",
    )  # fmt: skip
    tuned = get_peft_model(network, config)
    with torch.no_grad():
        for name, weight in tuned.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, adapter.spread)
    tuned.save_pretrained(str(out))
    return out


@cache
def tokenizer() -> Any:
    return load_tokenizer(TINY)


def probe(count: int = 12, seed: int = 3) -> list[list[int]]:
    """Questions of the small board with their references, as token ids."""
    options = timetable.Options(table=timetable.HERE / "tables" / "board-24.xlsx")
    samples = random.Random(seed).sample(list(benchmark.build(options).test), count)
    return [
        conversation_ids(tokenizer(), (*s.messages, Message("assistant", s.reference)))
        for s in samples
    ]


def scores(
    rows: Sequence[Sequence[int]], base: Path = TINY, adapter: Path | None = None,
    dtype: str = "float32",
) -> Scores:  # fmt: skip
    """What transformers makes of conversations: the engine, with a tokenizer that was checked."""
    import torch

    request = EngineRequest("hf", base, adapters=() if adapter is None else (adapter,))
    network = load_network(base, getattr(torch, dtype)).eval()
    with HfEngine(network, tokenizer(), (), request) as engine:
        return cast("LocalModel", engine.model(adapter)).logprobs(rows)
