"""What data files cost: `python tests/bench/data_bench.py [ROWS] [ENDING...]`.

    memory   peak memory of converting ROWS rows (a million) to messages in the same ending,
             over that of a hundredth of them, each in a process of its own
    time     seconds of that, over those of `json.loads` and `json.dumps` of as many jsonl rows

An xlsx sheet is held to a tenth of the rows: more cells than that are not read.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from harness.data.convert import convert  # noqa: E402  # only now can it be found
from harness.rows.files import ENDINGS, write_records  # noqa: E402

ROWS = 1_000_000
SMALLER = 100


def rows(count: int) -> Iterator[dict[str, str]]:
    """Rows of a real file's size; now and then one with an input."""
    for number in range(count):
        question = f"第{number}次列车应该从哪个检票口检票，几点到站，停多久？"
        material = f"候车厅{number * 7919 % 1009}" if number % 5 == 0 else ""
        answer = f"检票口{number * 31 % 97}B，{number % 24:02d}:{number % 60:02d}到站。"
        yield {"instruction": question, "input": material, "output": answer}


def child(folder: Path, ending: str) -> None:
    """Convert; print seconds and the peak in kilobytes."""
    start = time.perf_counter()
    convert(folder / f"source{ending}", folder / f"turns{ending}", target_format="messages")
    seconds = time.perf_counter() - start
    # Not getrusage: there a child begins with the peak of its parent.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    print(seconds, peak)  # noqa: T201  # to be read


def measure(ending: str, count: int) -> tuple[float, float]:
    """Seconds and peak kilobytes of one conversion."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_records(folder / f"source{ending}", rows(count))
        done = subprocess.run(
            [sys.executable, __file__, "child", name, ending],
            check=True,
            capture_output=True,
            text=True,
        )
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def plain(count: int) -> float:
    """Seconds of parsing and printing as many rows, and nothing else."""
    texts = [json.dumps(row, ensure_ascii=False) for row in rows(min(count, 100_000))]
    start = time.perf_counter()
    for text in texts:
        json.dumps(json.loads(text), ensure_ascii=False)
    return (time.perf_counter() - start) * count / len(texts)


def main() -> None:
    """Print a line for each ending."""
    given = sys.argv[1:]
    count = int(given[0]) if given else ROWS
    for ending in given[1:] or ENDINGS:
        large = count // 10 if ending == ".xlsx" else count
        seconds, peak = measure(ending, large)
        _, least = measure(ending, large // SMALLER)
        print(  # noqa: T201  # a bench prints
            f"{ending:9} {large:9,} rows  memory x{peak / least:5.2f} ({peak / 1024:.0f} MB)  "
            f"time x{seconds / plain(large):5.1f} ({large / seconds:,.0f} rows/s)",
            flush=True,
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(Path(sys.argv[2]), sys.argv[3])
    else:
        main()
