"""How far times can be trusted: false alarms, true alarms, disturbances, and vLLM's own benchmark.

    python tests/bench/timing_bench.py             what is simulated: half a minute
    python tests/bench/timing_bench.py --real      and what needs a quiet machine: some minutes

Simulated: 40 questions × 4 replicates, in turns A B B A, of a session whose requests scatter by
a lognormal of 6% each, of which one in fifty meets a hiccup of up to three times its length, on a
machine whose speed drifts (a random walk that both models see).

Real: a server of known delays (`tests/delayed_server.py`) is timed by `podium bench` and by
`vllm bench serve`, and `podium bench` times the embedded base in five fresh processes.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.core import Sample
from harness.metrics.latency import variation
from harness.metrics.ratio import ratio
from harness.timing.turns import blocks
from tests.conftest import sample
from tests.delayed_server import delayed_server

TRIALS = 200
QUESTIONS: list[Sample] = [sample(number) for number in range(40)]
ROOT = Path(__file__).parent.parent.parent
_VLLM = """
import argparse, sys
from vllm.benchmarks.serve import add_cli_args, main
from vllm.utils.argparse_utils import FlexibleArgumentParser
parser = FlexibleArgumentParser()
add_cli_args(parser)
main(parser.parse_args(sys.argv[1:]))
"""


def session(seed: int, slower: float, scatter: float) -> dict[str, list[dict[str, Any]]]:
    """Rows of two models, the second of which takes `slower` times as long."""
    draw = random.Random(seed)
    usual = {one.id: 0.05 * math.exp(draw.gauss(0, 0.4)) for one in QUESTIONS}
    rows: dict[str, list[dict[str, Any]]] = {"A": [], "B": []}
    drift = 0.0
    for block in blocks("AB", 4, QUESTIONS, together=True):
        for turn in block:
            drift += draw.gauss(0, 0.002)
            hiccup = draw.uniform(1, 3) if draw.random() < 0.02 else 1.0
            took = usual[turn.sample.id] * math.exp(drift + draw.gauss(0, scatter)) * hiccup
            took *= slower if turn.name == "B" else 1.0
            rows[turn.name].append(_row(turn.sample.id, turn.replicate, took))
    return rows


def _row(question: str, replicate: int, took: float) -> dict[str, Any]:
    return {
        "sample_id": question, "replicate": replicate, "e2e_s": took, "ttft_s": took / 5,
        "output_tokens": 10, "error": None, "text": "", "finish_reason": "stop",
    }  # fmt: skip


def calls(slower: float, scatter: float) -> tuple[float, float]:
    """The share of sessions that call the second model otherwise, and their median variation."""
    told, cvs = 0, []
    for seed in range(TRIALS):
        rows = session(seed, slower, scatter)
        found = ratio(rows["B"], rows["A"])
        told += found is not None and found.call != "not told apart"
        cvs.append(variation(rows["B"]) or 0.0)
    return told / TRIALS, statistics.median(cvs)


def simulated() -> Iterator[tuple[str, ...]]:
    """False and true alarms at several scatters of a single request."""
    for scatter in (0.03, 0.06, 0.10, 0.20):
        false, cv = calls(1.0, scatter)
        true, _ = calls(1.1, scatter)
        yield f"{scatter:.0%}", f"{cv:.1%}", f"{false:.1%}", f"{true:.1%}"


def of_vllm(address: str, folder: Path) -> dict[str, float]:
    """Median TTFT, TPOT and E2E in seconds by `vllm bench serve`, one request at a time."""
    command = [
        sys.executable, "-c", _VLLM, "--backend", "openai-chat", "--base-url",
        address.removesuffix("/v1"), "--endpoint", "/v1/chat/completions", "--model", "delayed",
        "--tokenizer", str(ROOT / "baselines" / "tiny-qwen2"), "--dataset-name", "random",
        "--random-input-len", "24", "--random-output-len", "16", "--num-prompts", "40",
        "--max-concurrency", "1", "--save-result", "--result-dir", str(folder),
        "--result-filename", "vllm.json", "--percentile-metrics", "ttft,tpot,itl,e2el",
        "--disable-tqdm",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    found = json.loads((folder / "vllm.json").read_text())
    return {name: found[f"median_{name}_ms"] / 1000 for name in ("ttft", "tpot", "e2el")}


def of_podium(*arguments: str) -> dict[str, Any]:
    """What `podium bench` says, in a process of its own."""
    command = [sys.executable, "-m", "harness", "bench", *arguments, "--load", "0", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def beside_vllm() -> Iterator[tuple[str, ...]]:
    """TTFT, TPOT and E2E of one server by both, and how far they are apart."""
    with (
        tempfile.TemporaryDirectory() as folder,
        delayed_server("--first", "0.05", "--each", "0.01", "--tokens", "16") as address,
    ):
        own = of_podium(address)["entries"][0]["latency"]
        theirs = of_vllm(address, Path(folder))
    for name, mine in (("ttft", "ttft_p50_s"), ("tpot", "tpot_p50_s"), ("e2el", "p50_s")):
        apart = own[mine] / theirs[name] - 1
        yield name, f"{1000 * own[mine]:.2f} ms", f"{1000 * theirs[name]:.2f} ms", f"{apart:+.1%}"


def fresh_processes() -> Iterator[tuple[str, ...]]:
    """The median of five fresh processes, and what each says of itself."""
    medians = []
    for number in range(5):
        found = of_podium("builtin:tiny-qwen2", "--dtype", "float32")
        taken = found["entries"][0]["latency"]
        medians.append(taken["p50_s"])
        noticed = "; ".join(found["noticed"]) or "-"
        yield str(number), f"{1000 * taken['p50_s']:.2f} ms", taken["verdict"], noticed
    yield "within", f"{max(medians) / min(medians) - 1:.1%}", "", ""


def show(title: str, heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    """Print a table."""
    sys.stdout.write(f"\n{title}\n{'  '.join(heads)}\n")
    for row in rows:
        sys.stdout.write("  ".join(row) + "\n")
        sys.stdout.flush()


def main() -> None:
    """Print every table that was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--real", action="store_true")
    asked = parser.parse_args()
    heads = ("scatter", "cv", "A/A called", "10% slower called")
    show(f"{TRIALS} sessions each", heads, simulated())
    if asked.real:
        show("beside vllm bench serve", ("", "podium", "vllm", "apart"), beside_vllm())
        show("five fresh processes", ("", "p50", "verdict", "noticed"), fresh_processes())


if __name__ == "__main__":
    main()
