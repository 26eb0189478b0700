"""How near the memory forecast comes: `python tests/bench/memory_bench.py`.

Trains random models of several classes, sizes, methods and lengths, each for three steps in a
process of its own, and prints what was forecast, what torch's allocator counted at most, and the
ratio, in all and by part (MB). Processors only: what CUDA adds is a share that this cannot show.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune
from harness.finetune.memory import Batch, Memory, computed_in, forecast, setup_of, shape_of

HERE = Path(__file__).parent
MB = 1e6
WITHIN = 0.10


@dataclass(frozen=True)
class Case:
    """One run: a model, a recipe, and a batch of rows of one length."""

    name: str
    kind: str
    sizes: tuple[int, int, int, int, int, int]  # hidden, inner, layers, heads, key heads, words
    recipe: dict[str, Any] = field(default_factory=dict)
    rows: int = 4
    tokens: int = 128
    tied: bool = True
    uneven: int = 0

    @property
    def config(self) -> dict[str, Any]:
        """As `config.json` has it."""
        hidden, inner, layers, heads, keys, words = self.sizes
        return {
            "model_type": self.kind, "hidden_size": hidden, "intermediate_size": inner,
            "num_hidden_layers": layers, "num_attention_heads": heads,
            "num_key_value_heads": keys, "vocab_size": words, "head_dim": hidden // heads,
            "tie_word_embeddings": self.tied, "max_position_embeddings": 4096,
        }  # fmt: skip


CASES = (
    Case("qwen2 5M r8", "qwen2", (256, 768, 4, 4, 2, 8000), {"rank": 8}, 8, 128),
    Case("qwen2 5M r64 dropout", "qwen2", (256, 768, 4, 4, 2, 8000),
         {"rank": 64, "dropout": 0.1}, 4, 256),
    Case("llama 22M r64 checkpointed", "llama", (384, 1024, 6, 6, 2, 16000),
         {"rank": 64, "gradient_checkpointing": True}, 4, 256, tied=False),
    Case("llama 60M r16", "llama", (640, 1720, 8, 10, 5, 24000), {"rank": 16}, 2, 256, tied=False),
    Case("qwen3 30M r32", "qwen3", (512, 1536, 6, 8, 4, 16000), {"rank": 32}, 4, 128),
    Case("qwen2 30M q and v", "qwen2", (512, 1536, 6, 8, 2, 16000),
         {"rank": 16, "targets": ["q_proj", "v_proj"]}, 4, 192),
    Case("qwen2 30M 4 bits r64", "qwen2", (512, 1536, 6, 8, 2, 16000),
         {"rank": 64, "bits": 4}, 4, 128),
    Case("llama 40M 8 bits r16", "llama", (512, 1408, 8, 8, 8, 16000),
         {"rank": 16, "bits": 8}, 4, 128),
    Case("qwen2 60M bf16 r16", "qwen2", (640, 1720, 8, 10, 2, 32000),
         {"rank": 16, "dtype": "bfloat16"}, 4, 128),
    Case("qwen2 130M r16 checkpointed", "qwen2", (896, 2432, 12, 14, 2, 32000),
         {"rank": 16, "gradient_checkpointing": True}, 2, 384),
    Case("qwen2 5M r8 1,024 tokens", "qwen2", (256, 768, 4, 4, 2, 8000), {"rank": 8}, 1, 1024),
    Case("llama 60M r64 accumulated", "llama", (640, 1720, 8, 10, 5, 24000),
         {"rank": 64, "accumulate": 2}, 2, 128, tied=False),
    Case("qwen2 30M r16 padded", "qwen2", (512, 1536, 6, 8, 2, 16000), {"rank": 16}, 4, 512,
         uneven=8),
    Case("qwen3 110M 8 bits r32 bf16 dropout", "qwen3", (768, 2304, 10, 12, 4, 32000),
         {"rank": 32, "bits": 8, "dropout": 0.05, "dtype": "bfloat16"}, 2, 256),
    Case("llama 150M 4 bits r64", "llama", (1024, 2816, 10, 16, 8, 16000),
         {"rank": 64, "bits": 4}, 2, 256, tied=False),
    Case("qwen2 5M full", "qwen2", (256, 768, 4, 4, 2, 8000), {"method": "full"}, 8, 128),
    Case("qwen2 5M full bf16", "qwen2", (256, 768, 4, 4, 2, 8000),
         {"method": "full", "dtype": "bfloat16"}, 4, 128),
    Case("qwen3 30M full accumulated", "qwen3", (512, 1536, 6, 8, 4, 16000),
         {"method": "full", "accumulate": 2}, 4, 128),
    Case("qwen2 30M eager", "qwen2", (512, 1536, 6, 8, 2, 16000),
         {"rank": 16, "attn": "eager"}, 2, 512),
    Case("qwen2 30M eager bf16 1,024 tokens", "qwen2", (512, 1536, 6, 8, 2, 16000),
         {"rank": 16, "attn": "eager", "dtype": "bfloat16"}, 1, 1024),
    Case("qwen2 30M DoRA", "qwen2", (512, 1536, 6, 8, 2, 16000),
         {"rank": 16, "dora": True}, 4, 256),
    Case("qwen2 30M DoRA bf16", "qwen2", (512, 1536, 6, 8, 2, 16000),
         {"rank": 16, "dora": True, "dtype": "bfloat16"}, 4, 256),
    Case("llama 40M DoRA 4 bits dropout", "llama", (512, 1408, 8, 8, 8, 16000),
         {"rank": 16, "dora": True, "bits": 4, "dropout": 0.1}, 2, 256),
)  # fmt: skip
_TINY = (128, 384, 3, 4, 2, 1000)
_WIDE = (256, 768, 3, 4, 4, 500)
# Small enough to be counted in a second each, of what long rows and DoRA keep.
TINY_CASES = (
    Case("eager", "qwen2", _TINY, {"attn": "eager"}, 2, 256),
    Case("eager, uneven rows", "qwen2", _TINY, {"attn": "eager"}, 2, 512, uneven=8),
    Case("eager bf16", "qwen2", _TINY, {"attn": "eager", "dtype": "bfloat16"}, 1, 512),
    Case("eager bf16 1,024 tokens", "llama", _TINY,
         {"attn": "eager", "dtype": "bfloat16"}, 1, 1024),
    Case("eager checkpointed", "qwen2", _TINY,
         {"attn": "eager", "gradient_checkpointing": True}, 1, 1024),
    Case("eager, all is learned", "qwen2", _TINY, {"attn": "eager", "method": "full"}, 2, 256),
    Case("eager, some layers", "llama", _TINY,
         {"attn": "eager", "targets": ["q_proj", "v_proj"]}, 2, 256),
    Case("DoRA", "qwen2", _TINY, {"dora": True}, 4, 128),
    Case("DoRA bf16", "qwen2", _TINY, {"dora": True, "dtype": "bfloat16"}, 8, 128),
    Case("DoRA dropout", "qwen2", _TINY, {"dora": True, "dropout": 0.1}, 8, 128),
    Case("DoRA, some layers", "llama", _TINY,
         {"dora": True, "targets": ["q_proj", "v_proj"]}, 4, 128),
    Case("DoRA, few tokens", "llama", _WIDE, {"dora": True}, 1, 32),
    Case("DoRA bf16, few tokens", "llama", _WIDE, {"dora": True, "dtype": "bfloat16"}, 1, 32),
    Case("DoRA dropout bf16, few tokens", "llama", _WIDE,
         {"dora": True, "dtype": "bfloat16", "dropout": 0.1}, 1, 32),
    Case("DoRA 4 bits dropout, few tokens", "llama", _WIDE,
         {"dora": True, "bits": 4, "dropout": 0.1}, 1, 32),
    Case("DoRA checkpointed, few tokens", "llama", _WIDE,
         {"dora": True, "gradient_checkpointing": True}, 1, 32),
    Case("DoRA and eager", "qwen3", _TINY, {"dora": True, "attn": "eager"}, 2, 256),
)  # fmt: skip


def recipe_of(case: Case) -> Finetune:
    """The section, in float32 where the case says nothing else."""
    return Finetune.model_validate({"dtype": "float32", **case.recipe})


def foretell(case: Case) -> Memory:
    """What is forecast for a case."""
    shape, section = shape_of(case.config), recipe_of(case)
    if shape is None:
        raise ValueError(f"{case.name}: cannot be counted")
    setup = setup_of(section, shape, gpu=False, computed=computed_in(section, auto=4))
    batch = Batch(case.rows, case.tokens, case.rows * case.tokens // 4, padded=case.uneven > 0)
    return forecast(shape, setup, batch)


def asked(case: Case) -> dict[str, Any]:
    """A case as `measured_memory.measure` takes it."""
    return {
        "config": case.config, "recipe": {"dtype": "float32", **case.recipe},
        "rows": case.rows, "tokens": case.tokens, "uneven": case.uneven,
    }  # fmt: skip


def measured(case: Case) -> dict[str, int]:
    """Bytes by part, as torch's allocator counts them."""
    ended = subprocess.run(
        [sys.executable, "-P", str(HERE / "measured_memory.py")], input=json.dumps(asked(case)),
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(HERE.parent.parent)},
    )  # fmt: skip
    if ended.returncode != 0:
        raise RuntimeError(ended.stderr[-2000:])
    found: dict[str, int] = json.loads(ended.stdout.strip().splitlines()[-1])
    return found


def main(names: list[str]) -> int:
    """Print a table; 1 where any forecast is off by more than it may be."""
    off = 0
    for case in (c for c in CASES if not names or any(name in c.name for name in names)):
        told, found = foretell(case), measured(case)
        ratio = told.peak / found["peak"]
        off += abs(ratio - 1) > WITHIN
        passing = told.peak - told.stays
        print(  # noqa: T201 - a benchmark speaks
            f"{case.name:32} forecast {told.peak / MB:8.1f} measured {found['peak'] / MB:8.1f} "
            f"ratio {ratio:.3f} | weights {told.weights / MB:.1f}/{found['weights'] / MB:.1f} "
            f"adapters {told.adapters / MB:.1f}/{found['adapters'] / MB:.1f} "
            f"optimizer {told.optimizer / MB:.1f}/{found['optimizer'] / MB:.1f} "
            f"step {passing / MB:.1f}/{found['step'] / MB:.1f} "
            f"(activations {told.activations / MB:.1f}, layer {told.layer / MB:.1f}, "
            f"logits {told.logits / MB:.1f}) "
            f"resident {found['rss'] / MB:.0f}",
            flush=True,
        )
    return int(off > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
