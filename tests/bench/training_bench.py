"""How fast and how small training is: `python tests/bench/training_bench.py [MODEL_FOLDER...]`.

Trains LoRA on the same rows, with the same batches and precision, by a bare TRL `SFTTrainer` and
by Podium, each in a fresh process, in turns (A B B A), and prints medians and their ratio, of
the clock and of the processor's time, which other work on the machine does not count in: once with
rows of like lengths, once with lengths that vary. Then peak memory of a process that learns
rows of 2,048 tokens: the bare trainer without gradient checkpointing against Podium's recipe.

Beside the embedded base it measures the folders that are named, or lie in PODIUM_REAL_MODELS.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from harness.spec import BASELINES

TURNS = ("bare", "podium", "podium", "bare")
LONG = 2048
# Children print one line of JSON: seconds of training, tokens seen, peak memory in bytes.
CODE = """
import json, resource, sys, tempfile, time
from pathlib import Path
from harness.config.sections import Finetune, Runtime
from harness.finetune.fitting import plan
from harness.finetune.parts import Parts
from harness.finetune.recipe import load_base, make_trainer, to_dataset, training_arguments
from harness.finetune.trainable import check_trainable
from harness.models.chat import load_tokenizer
from harness.models.ends import end_tokens
from harness.models.quiet import quiet

how, base, rows, recipe = sys.argv[1], Path(sys.argv[2]), json.loads(sys.stdin.read()), sys.argv[3]
section = Finetune(**json.loads(recipe))
tokenizer = load_tokenizer(base)
learned, _ = check_trainable(rows, tokenizer, end_tokens(base, tokenizer), section.max_length)
with quiet(), tempfile.TemporaryDirectory() as out:
    network = load_base(section, base)
    runtime = Runtime(checkpoints=1)
    if how == "podium":
        steps = plan(section, base, [*map(len, learned)])
        arguments = training_arguments(
            section, runtime, len(learned), Path(out), steps.checkpointed
        )
        arguments.save_strategy = "no"
        trainer = make_trainer(
            section, network, tokenizer, to_dataset(learned), arguments, None,
            Parts(None, steps.tokens),
        )
    else:
        from datasets import Dataset
        from peft import LoraConfig
        from trl import SFTConfig, SFTTrainer

        turns = [{"prompt": r["messages"][:-1], "completion": r["messages"][-1:]} for r in rows]
        arguments = SFTConfig(
            output_dir=out, num_train_epochs=section.epochs, bf16=False, use_cpu=True,
            per_device_train_batch_size=section.batch_size, max_length=section.max_length,
            gradient_checkpointing=False, save_strategy="no", report_to=[], disable_tqdm=True,
        )
        lora = LoraConfig(r=section.rank, target_modules="all-linear", task_type="CAUSAL_LM")
        trainer = SFTTrainer(
            model=network, args=arguments, train_dataset=Dataset.from_list(turns),
            processing_class=tokenizer, peft_config=lora,
        )
    trainer.callback_handler.callbacks.clear()
    from transformers import DefaultFlowCallback
    trainer.add_callback(DefaultFlowCallback)
    began, used = time.perf_counter(), time.process_time()
    trainer.train()
    seconds = time.perf_counter() - began
processor = time.process_time() - used
tokens = sum(map(len, learned)) * section.epochs
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "cpu": processor, "tokens": tokens, "peak": peak}))
"""
Row = dict[str, object]


def row(number: int, question: int, answer: int) -> Row:
    """A row of so many repeated words."""
    said = {"user": "K1234次列车几点开车？" * question, "assistant": "07:25开。" * answer}
    turns = [{"role": role, "content": text} for role, text in said.items()]
    return {"id": f"r{number}", "messages": turns}


def even(rows: int) -> list[Row]:
    """Rows of like lengths."""
    return [row(number, 4, 2) for number in range(rows)]


def varied(rows: int) -> list[Row]:
    """Rows of which the longest is twenty times as long as the shortest; most are short."""
    sizes = (1, 1, 2, 1, 3, 1, 2, 6, 1, 2, 1, 20)
    return [row(number, sizes[number % len(sizes)], 1 + number % 3) for number in range(rows)]


def long(base: Path, tokens: int) -> list[Row]:
    """Rows of very nearly so many tokens, half of them the answer's."""
    from harness.finetune.trainable import learn
    from harness.models.chat import load_tokenizer
    from harness.models.ends import end_tokens
    from harness.models.quiet import quiet

    with quiet():
        tokenizer = load_tokenizer(base)
        ends = end_tokens(base, tokenizer)
        times = 1
        while len(learn(row(0, times + 1, times + 1), tokenizer, ends)) <= tokens:
            times += 1
    return [row(number, times, times) for number in range(2)]


def measure(how: str, base: Path, rows: list[Row], **recipe: object) -> dict[str, float]:
    """Seconds, tokens and peak bytes of one training in a fresh process."""
    told = json.dumps({"rank": 16, "lr": 1e-3, "dtype": "float32", **recipe})
    done = subprocess.run(
        [sys.executable, "-c", CODE, how, str(base), told], input=json.dumps(rows),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def throughput(base: Path, name: str, rows: list[Row]) -> str:
    """Two lines of the table: tokens a second, padding left out, and a processor's second."""
    found: dict[str, list[dict[str, float]]] = {"bare": [], "podium": []}
    for how in TURNS:
        found[how].append(measure(how, base, rows, epochs=1, batch_size=8, max_length=LONG))
    return "\n".join(
        _rates(base, name, found, clock, unit)
        for clock, unit in (("seconds", "tokens/s"), ("cpu", "tokens a processor's s"))
    )


def _rates(
    base: Path, name: str, found: dict[str, list[dict[str, float]]], clock: str, unit: str
) -> str:
    bare, ours = (
        statistics.median(one["tokens"] / one[clock] for one in found[how])
        for how in ("bare", "podium")
    )
    return f"{base.name:<28} {name:<16} {bare:>10,.1f} {ours:>10,.1f} {ours / bare:>8.2f}  {unit}"


def memory(base: Path) -> str:
    """A line of the table: peak gigabytes of the process, at one row of 2,048 tokens a batch."""
    rows = long(base, LONG)
    recipe = {"epochs": 1, "batch_size": 1, "max_length": LONG}
    bare = measure("bare", base, rows, **recipe)["peak"] / 1e9
    ours = measure("podium", base, rows, **recipe)["peak"] / 1e9
    return (
        f"{base.name:<28} {'peak at 2,048':<16} {bare:>10.2f} {ours:>10.2f} {ours / bare:>8.2f}  GB"
    )


def bases(named: list[str]) -> list[Path]:
    """The embedded base, and those of others that there are."""
    there = Path(os.environ.get("PODIUM_REAL_MODELS", "/nonexistent"))
    found = [path.parent for path in sorted(there.glob("*/config.json"))]
    return [BASELINES / "tiny-qwen2", *map(Path, named), *([] if named else found)]


def main() -> None:
    """Measure and print."""
    print(f"{'base':<28} {'what':<16} {'bare':>10} {'podium':>10} {'ratio':>8}")  # noqa: T201
    for base in bases(sys.argv[1:]):
        size = 96 if base == BASELINES / "tiny-qwen2" else 24
        print(throughput(base, "like lengths", even(size)), flush=True)  # noqa: T201
        print(throughput(base, "lengths vary", varied(size)), flush=True)  # noqa: T201
        print(memory(base), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
