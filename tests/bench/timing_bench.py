"""How far times can be trusted: false alarms, true alarms, disturbances, and vLLM's own benchmark.

    python -m tests.bench.timing_bench               what is simulated: half a minute
    python -m tests.bench.timing_bench --real        and what needs a quiet machine: some minutes
    python -m tests.bench.timing_bench --trials 200  whole sessions with a server: half an hour

Simulated: 40 questions × 4 replicates, in turns A B B A, of a session whose requests scatter by
a lognormal of 6% each, of which one in fifty meets a hiccup of up to three times its length, on a
machine whose speed drifts (a random walk that both models see).

Real: a server of known delays (`tests/delayed_server.py`) is timed by `podium bench` and by
`vllm bench serve`; it starts cold, keeps a cache, or has other work beside it; and `podium bench`
times the embedded base in five fresh processes.

Trials: whole sessions of 40 questions × 4 replicates with that server, whose delays of 5 ms scatter
by 6% a request: a model, the same again, and one whose answers take a tenth longer.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness.bench.bench import bench, default_samples
from harness.bench.entries import Entry, How, read_entry
from harness.config.sections import Latency
from harness.core import Model, Sample
from harness.metrics.latency import variation
from harness.metrics.ratio import ratio
from harness.models import Engine
from harness.timing.session import Opener, time_session
from harness.timing.turns import blocks
from tests.conftest import sample
from tests.delayed_server import delayed_server

TRIALS = 200
# Sessions that nothing was tuned on.
FRESH = 77_000_000
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
    for seed in range(FRESH, FRESH + TRIALS):
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
        TemporaryDirectory() as folder,
        delayed_server("--first", "0.05", "--each", "0.01", "--tokens", "16") as address,
    ):
        own = of_podium(address)["entries"][0]["latency"]
        theirs = of_vllm(address, Path(folder))
    for name, mine in (("ttft", "ttft_p50_s"), ("tpot", "tpot_p50_s"), ("e2el", "p50_s")):
        apart = own[mine] / theirs[name] - 1
        yield name, f"{1000 * own[mine]:.2f} ms", f"{1000 * theirs[name]:.2f} ms", f"{apart:+.1%}"


@dataclass
class Claiming(Engine):
    """An engine that says that it forgets, and does not."""

    inner: Engine

    def __exit__(self, *error: object) -> None:
        self.inner.__exit__(*error)

    def model(self, adapter: Path | None = None) -> Model:
        return self.inner.model(adapter)

    def signature(self) -> dict[str, str]:
        return self.inner.signature()


def entry_of(address: str, folder: str, model: str = "delayed") -> Entry:
    """A model of the server."""
    how = How("auto", "auto", 16, 512, model, None, Path(folder))
    return replace(read_entry(address, how), name=model)


def claiming(entry: Entry) -> Entry:
    """The same, which says that it forgets."""
    return replace(entry, opener=Opener(lambda: Claiming(entry.opener.start())))


@contextmanager
def beside(seconds: float) -> Iterator[None]:
    """Other work on all processors, for a while in the middle.

    A shell starts it and ends: what a session finds among its own descendants is no other work.
    """
    busy = f"import time; e = time.time() + {1.5 * seconds}; time.sleep({seconds / 2})\n"
    burn = [sys.executable, "-c", busy + "while time.time() < e: sum(range(10000))"]
    start = ["sh", "-c", '"$@" >/dev/null 2>&1 & echo $!', "sh", *burn]
    others = [
        int(subprocess.run(start, capture_output=True, text=True, check=True).stdout)
        for _ in range(os.cpu_count() or 1)
    ]
    yield
    for other in others:
        with suppress(ProcessLookupError):
            os.kill(other, signal.SIGKILL)


def disturbances() -> Iterator[tuple[str, ...]]:
    """How far each moves the scored median, and what is said of it."""
    usual = ["--first", "0.02", "--each", "0.002", "--tokens", "8"]
    cold = ["--cold", "0.2", "--cold-for", "6"]
    quiet = 0.0
    cases: dict[str, list[str]] = {
        "quiet": [], "cold start": cold, "warm cache": ["--cache"],
        "claimed to forget": ["--cache"], "other work": [],
    }  # fmt: skip
    for name, options in cases.items():
        with TemporaryDirectory() as folder, delayed_server(*usual, *options) as address:
            entry = entry_of(address, folder)
            entry = claiming(entry) if name == "claimed to forget" else entry
            with beside(4.0) if name == "other work" else nullcontext():
                found = bench([entry], default_samples(), Latency(), [])
        p50 = found.result["entries"][0]["latency"]["p50_s"]
        quiet = quiet if quiet else p50
        said = "; ".join(found.result["noticed"])
        yield name, f"{1000 * p50:.2f} ms", f"{p50 / quiet - 1:+.1%}", said


def trials(count: int) -> Iterator[tuple[str, ...]]:
    """False and true alarms of whole sessions, told after each tenth of them."""
    usual = ["--first", "0.003", "--each", "0.0005", "--tokens", "4", "--scatter", "0.06"]
    samples, section = default_samples(), Latency(load=0)
    with TemporaryDirectory() as folder, delayed_server(*usual) as address:
        one = entry_of(address, folder)
        (alone,) = bench([one], samples, section, []).result["entries"]
        more = 0.1 * alone["latency"]["p50_s"]
        names = {"A": "delayed", "B": "delayed", "slow": f"plus:{more:.6f}"}
        told: dict[str, list[str]] = {"B": [], "slow": []}
        cvs = []
        for number in range(1, count + 1):
            drawn = section.model_copy(update={"seed": FRESH + number})
            openers = {n: entry_of(address, folder, model).opener for n, model in names.items()}
            timed = time_session(drawn, openers, samples, together=True, levels=[])
            for name, calls in told.items():
                found = ratio(timed.rows[name], timed.rows["A"])
                calls.append("none" if found is None else found.call)
            cvs.append(variation(timed.rows["slow"]) or 0.0)
            if number % max(1, count // 10) == 0:
                false = sum(call != "not told apart" for call in told["B"])
                true = told["slow"].count("slower")
                yield f"{number}", f"{statistics.median(cvs):.1%}", f"{false}", f"{true}"


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
    parser.add_argument("--trials", type=int, default=0)
    asked = parser.parse_args()
    if asked.trials:
        heads = ("sessions", "cv", "A/A called", "10% slower called")
        show("whole sessions with a server", heads, trials(asked.trials))
        return
    heads = ("scatter", "cv", "A/A called", "10% slower called")
    show(f"{TRIALS} sessions each", heads, simulated())
    if asked.real:
        show("beside vllm bench serve", ("", "podium", "vllm", "apart"), beside_vllm())
        show("disturbed", ("", "p50", "moved", "noticed"), disturbances())
        show("five fresh processes", ("", "p50", "verdict", "noticed"), fresh_processes())


if __name__ == "__main__":
    main()
