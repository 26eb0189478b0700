"""Peak memory of real training steps on this machine, counted by torch's own allocator.

    python tests/bench/measured_memory.py < case.json

Run in a process of its own: what is counted is every tensor that stays (weights, adapters, moments
of the optimizer) and the most that a step holds beside them, both exact to the byte. The resident
memory of a process would count the interpreter and what the allocator keeps for later, too.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, Runtime
from harness.spec import BASELINES


def measure(
    config: Mapping[str, Any], recipe: Mapping[str, Any], rows: int, tokens: int, uneven: int
) -> dict[str, int]:
    """Train a random model of a configuration; return bytes by part.

    Args:
        config: of a model of transformers, with its `model_type`.
        recipe: the spec's section.
        rows: how many rows a batch has.
        tokens: how long each of them is.
        uneven: by how much every second is shorter.
    """
    from harness.finetune.fitting import plan
    from harness.finetune.parts import Parts
    from harness.finetune.recipe import load_base, make_trainer, to_dataset, training_arguments
    from harness.finetune.trainable import Learned
    from harness.models.chat import load_tokenizer
    from harness.models.quiet import quiet

    section = Finetune.model_validate({**recipe, "batch_size": rows, "epochs": 3, "lr": 1e-5})
    prompt, answer = tuple(range(tokens * 3 // 4)), tuple(range(-(-tokens // 4)))
    learned = [
        Learned(str(i), prompt[i % 2 * uneven :], answer) for i in range(rows * section.accumulate)
    ]
    with quiet(), tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        save_random(config, base)
        network = load_base(section, base)
        steps = plan(section, base, [*map(len, learned)])
        arguments = training_arguments(
            section, Runtime(), len(learned), Path(folder) / "out", steps.checkpointed
        )
        arguments.save_strategy = "no"
        tokenizer = load_tokenizer(BASELINES / "tiny-qwen2")
        parts = Parts(None, steps.tokens)
        rows = to_dataset(learned)
        trainer = make_trainer(section, network, tokenizer, rows, arguments, None, parts)
        peak = _peak_of_a_step(trainer)
    own = list(trainer.model.parameters())
    state = [t for s in trainer.optimizer.state.values() for t in s.values()]
    stays = {
        "weights": _bytes([*_frozen(own), *_quantized(own), *trainer.model.buffers()]),
        "adapters": _bytes(p for p in own if p.requires_grad),
        "optimizer": _bytes(t for t in state if hasattr(t, "untyped_storage")),
    }
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {**stays, "step": peak, "peak": sum(stays.values()) + peak, "rss": rss}


def save_random(config: Mapping[str, Any], folder: Path) -> None:
    """Write a model with random weights."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(0)
    rest = {key: value for key, value in config.items() if key != "model_type"}
    made = AutoConfig.for_model(config["model_type"], **rest)
    AutoModelForCausalLM.from_config(made).save_pretrained(folder)


def _peak_of_a_step(trainer: Any) -> int:
    """The most bytes that the last step holds beside what was there when it began."""
    from torch.profiler import ProfilerActivity, profile
    from transformers import TrainerCallback

    profiler = profile(activities=[ProfilerActivity.CPU], profile_memory=True)

    class LastStep(TrainerCallback):  # type: ignore[misc] # transformers is not type-checked
        def on_step_begin(self, _: Any, state: Any, *__: Any, **___: Any) -> None:
            if state.global_step == state.max_steps - 1:
                profiler.start()

        def on_step_end(self, _: Any, state: Any, *__: Any, **___: Any) -> None:
            if state.global_step == state.max_steps:
                profiler.stop()

    trainer.add_callback(LastStep())
    trainer.train()
    events = [e for e in profiler.profiler.kineto_results.events() if e.name() == "[memory]"]
    held = most = 0
    for event in sorted(events, key=lambda e: e.start_ns()):
        held += event.nbytes()
        most = max(most, held)
    return most


def _frozen(parameters: Iterable[Any]) -> list[Any]:
    return [p for p in parameters if not p.requires_grad]


def _quantized(parameters: Iterable[Any]) -> list[Any]:
    """The scales that bitsandbytes keeps beside quantized weights."""
    found = []
    for parameter in parameters:
        state = getattr(parameter, "quant_state", None)
        nested = getattr(state, "state2", None)
        found += [s.absmax for s in (state, nested) if s is not None]
        found += [s for s in (getattr(parameter, "SCB", None),) if s is not None]
    return found


def _bytes(tensors: Iterable[Any]) -> int:
    storages = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors}
    return sum(storages.values())


if __name__ == "__main__":
    case = json.load(sys.stdin)
    sys.stdout.write(json.dumps(measure(**case)) + "\n")
