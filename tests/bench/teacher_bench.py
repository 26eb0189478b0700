"""What asking a teacher costs: `python tests/bench/teacher_bench.py [PART] [ROUNDS]`.

    clean       200 ms, 32 at once, 5,000 questions: rate / ideal
    faults      and 5% 429, 5% 500, 2% resets, 2% cut JSON: time that the calls needed / time taken
    random      5% and 15% of calls refused at random, with Retry-After: 1
    saturating  429 for every call beyond 8 at once: share refused, rate / ideal, settled limit
    memory      peak memory at 100,000 questions / at 5,000, each in a process of its own

Ratios of one run each, medians over rounds.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from harness.config.sections import Budget  # noqa: E402
from harness.core import Gold, Message, Sample  # noqa: E402
from harness.models.api import open_api  # noqa: E402
from harness.models.budget import Meter  # noqa: E402  # only now can it be found
from harness.models.response_cache import Responses  # noqa: E402
from tests.harness.models.remote.asking import whom  # noqa: E402
from tests.teacher_server import Server, teacher  # noqa: E402

LATENCY_S = 0.2
CALLS = 32
QUESTIONS = 5000
FULL = 8
FAULTS = {"refuse": 0.05, "crash": 0.05, "reset": 0.02, "cut": 0.02}


@dataclass(frozen=True)
class Run:
    """One run: seconds, questions, calls that the server received, refusals, the last limit."""

    seconds: float
    questions: int
    received: int
    refused: int
    limit: str

    @property
    def rate(self) -> float:
        """Questions a second."""
        return self.questions / self.seconds

    def needed(self) -> float:
        """Seconds that so many calls take at best, as a share of what it took."""
        return self.received * LATENCY_S / CALLS / self.seconds


def question(number: int) -> Sample:
    """A question of the length that prompts have."""
    text = f"第{number}题：" + "请用自己的话重写下面的问题和答案，保留车次和时间。" * 8
    return Sample(
        f"q{number}", (Message("user", text),), Gold("text", ""), "", "f", "r", "t", "train"
    )


def ask(server: Server, questions: int = QUESTIONS) -> Run:
    """Ask so many questions; every one must be answered, in order, by one call that counts."""
    with tempfile.TemporaryDirectory() as folder:
        responses = Responses(Path(folder) / "responses.sqlite")
        began = time.perf_counter()
        asked = whom(server.address, concurrency=CALLS)
        with open_api(*asked, responses, Meter(Budget()), "bench") as model:
            for number, output in enumerate(model.generate(map(question, range(questions)))):
                if output.sample_id != f"q{number}" or output.error is not None:
                    raise SystemExit(f"question {number} came to {output}")
            seconds = time.perf_counter() - began
            limit = model.words().rpartition(" ")[2]
        responses.close()
    counts = server.counts()
    if counts.answered != dict.fromkeys(counts.received, 1) or len(counts.received) != questions:
        raise SystemExit("questions were lost or answered twice")
    received = sum(counts.received.values())
    return Run(seconds, questions, received, counts.statuses.get("429", 0), limit)


def measured(behaviour: dict[str, Any], rounds: int) -> list[Run]:
    """So many runs, each against a server of its own."""
    runs = []
    for seed in range(rounds):
        with teacher(seed=seed, latency_s=LATENCY_S, **behaviour) as server:
            runs.append(ask(server))
    return runs


def median(runs: list[Run], ratio: Callable[[Run], float]) -> str:
    """The median of a ratio, and its range."""
    found = sorted(map(ratio, runs))
    spread = f" ({found[0]:.1%} to {found[-1]:.1%})" if len(found) > 1 else ""
    return f"{statistics.median(found):.1%}{spread}"


def clean(rounds: int) -> None:
    """No faults."""
    runs = measured({}, rounds)
    say("clean: rate / ideal", median(runs, lambda run: run.rate * LATENCY_S / CALLS), ">= 95%")


def faults(rounds: int) -> None:
    """Faults of all kinds."""
    runs = measured(FAULTS, rounds)
    say("faults: needed / taken", median(runs, Run.needed), ">= 84%")
    say("faults: lost or doubled", "none", "none")


def random(rounds: int) -> None:
    """Refusals that have nothing to do with load."""
    for share in (0.05, 0.15):
        runs = measured({"refuse": share, "retry_after": "1"}, rounds)
        say(f"{share:.0%} refused at random: needed / taken", median(runs, Run.needed), "")


def saturating(rounds: int) -> None:
    """A server that is full at 8 calls."""
    runs = measured({"saturate": FULL}, rounds)
    say("saturating: refused", median(runs, lambda run: run.refused / run.received), "< 5%")
    say("saturating: rate / ideal", median(runs, lambda run: run.rate * LATENCY_S / FULL), "")
    say("saturating: settled at", ", ".join(run.limit for run in runs), str(FULL))


def memory(rounds: int) -> None:
    """Peak memory, which must not grow with the number of questions."""
    ratios = []
    for _ in range(rounds):
        few, many = (peak_mib(questions) for questions in (QUESTIONS, 20 * QUESTIONS))
        ratios.append(many / few)
        say("memory", f"{few:.0f} MiB at 5,000, {many:.0f} MiB at 100,000", "")
    say("memory: 100,000 / 5,000", f"{statistics.median(ratios):.2f}", "flat")


def peak_mib(questions: int) -> float:
    """Peak memory of a process that asks so many questions of a fast server."""
    with teacher() as server:
        words = [sys.executable, __file__, "peak", server.address, str(questions)]
        return float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def peak(address: str, questions: int) -> None:
    """Ask, and print the peak memory of this process in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        responses = Responses(Path(folder) / "responses.sqlite")
        asked = whom(address, concurrency=CALLS)
        with open_api(*asked, responses, Meter(Budget()), "bench") as model:
            for _ in model.generate(map(question, range(questions))):
                pass
        responses.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # noqa: T201


def say(what: str, found: str, bar: str) -> None:
    """One line of the result."""
    print(f"{what:46} {found:28} {bar}", flush=True)  # noqa: T201


PARTS = {part.__name__: part for part in (clean, faults, random, saturating, memory)}


def main() -> None:
    """Measure the parts that were asked for."""
    if sys.argv[1:2] == ["peak"]:
        peak(sys.argv[2], int(sys.argv[3]))
        return
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted and wanted not in PARTS:
        raise SystemExit(f"no part {wanted}: {', '.join(PARTS)}")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for name, part in PARTS.items():
        if wanted in ("", name):
            part(rounds)


if __name__ == "__main__":
    main()
