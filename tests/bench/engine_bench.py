"""What sharing an engine saves: `python tests/bench/engine_bench.py`.

Answers the same questions with the base and two adapters, once on one engine and once on an engine
each, in turns, in fresh processes. Prints medians and their ratio.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness.spec import BASELINES

ROUNDS = 3
CODE = """
import sys, time
from pathlib import Path
from harness.models import EngineRequest, open_engine
from harness.scoring.score_files import build_suite
base, adapters, shared = Path(sys.argv[1]), tuple(map(Path, sys.argv[2:4])), sys.argv[4] == "shared"
samples = build_suite("timetable", []).test[:200]
request = EngineRequest("vllm", base, adapters, 8, "float32", 512, 24, 128)
for group in ([(None, *adapters)] if shared else [(a,) for a in (None, *adapters)]):
    with open_engine(request) as engine:
        for adapter in group:
            assert len(list(engine.model(adapter).generate(samples))) == 200
"""


def make_adapter(base: Path, out: Path, seed: int) -> None:
    """A LoRA folder with random weights."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    config = LoraConfig(
        r=8, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM"
    )  # fmt: skip
    get_peft_model(AutoModelForCausalLM.from_pretrained(base), config).save_pretrained(out)


def seconds(base: Path, adapters: list[Path], how: str) -> float:
    """Wall seconds of answering in one fresh process."""
    began = time.perf_counter()
    arguments = [str(base), *map(str, adapters), how]
    subprocess.run([sys.executable, "-c", CODE, *arguments], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure in turns and print."""
    base = BASELINES / "tiny-qwen2"
    with tempfile.TemporaryDirectory() as name:
        adapters = [Path(name) / "a", Path(name) / "b"]
        for number, adapter in enumerate(adapters):
            make_adapter(base, adapter, number)
        times: dict[str, list[float]] = {"shared": [], "apart": []}
        for _ in range(ROUNDS):
            for how, measured in times.items():
                measured.append(seconds(base, adapters, how))
    shared, apart = (statistics.median(t) for t in times.values())
    print(f"3 models x 200 questions: one engine {shared:.1f} s, an engine each {apart:.1f} s")  # noqa: T201
    print(f"an engine each / one engine = {apart / shared:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
