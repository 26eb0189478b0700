"""What a cached rerun costs: `python tests/bench/rerun_bench.py`.

Prints medians of first run, rerun and `--help`, measured in turns in one go, and their ratios. The
entries are fakes, so the first run holds no training: the ratio is a lower bound.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SPEC = """
model: {base: null, engine: fake, skill: 0.8}
suite: {name: timetable, table: builtin:board-220.xlsx}
entries: [{name: a}, {name: b, model: {skill: 0.6}}]
"""
ROUNDS = 5


def seconds(folder: Path, *arguments: str) -> float:
    """Wall seconds of one command."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "harness", *arguments], cwd=folder, check=True, capture_output=True
    )
    return time.perf_counter() - began


def main() -> None:
    """Measure in turns and print."""
    first, again, helped = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
            first.append(seconds(folder, "run", "spec.yaml"))
            again.append(seconds(folder, "run", "spec.yaml"))
            helped.append(seconds(folder, "--help"))
    runs, reruns, helps = map(statistics.median, (first, again, helped))
    print(f"first run {runs:.2f} s, rerun {reruns:.2f} s, --help {helps:.3f} s")  # noqa: T201
    print(f"first run / rerun = {runs / reruns:.1f}")  # noqa: T201


if __name__ == "__main__":
    main()
