"""What distillation costs besides the teacher: `python tests/bench/distill_bench.py`.

A teacher that answers at once, so that all the time is Podium's own: rows a second, and peak memory
at 5,000 and at 100,000 rows, each in a process of its own. Prints their ratio.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.config.sections import Distill
from harness.config.teachers import FakeTeacher
from harness.core import Domain, Gold, Message, Output, Profile, Sample, Suite
from harness.distill.distillation import Teaching, distill, plan_distillation
from harness.stages.questions import write_questions
from harness.tables.table import Column, Row, Table

KEYS = 1_000
SIZES = (5_000, 100_000)
WAYS = ("reword", "answer")


class Ideal:
    """A teacher that replies what a perfect one would."""

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Yield the ideal reply of each request."""
        return (Output(s.id, s.reference, "stop", len(s.question), 50) for s in samples)


def questions(folder: Path, count: int) -> Path:
    """A questions stage of so many questions over a table of a thousand rows."""
    rows = tuple(
        Row(f"K{1000 + n}", {"车次": f"K{1000 + n}", "站台": n % 5 + 1}, n + 2) for n in range(KEYS)
    )
    table = Table("board", "车次", (Column("车次", "text"), Column("站台", "number")), rows)
    profile = Profile("timetable-2025/2", {"AS": 1.0}, 0.5, 8.0)
    families = {"lookup": "lookup"}
    domains = {"车次": Domain(frozenset(row.key for row in rows))}
    test = (sample(rows[0], 0, "我想知道{key}次列车停在哪个站台。"),)
    suite = Suite("board", "1", families, (), test, profile, domains, table=table)
    write_questions(suite, folder)
    with (folder / "train.jsonl").open("w", encoding="utf-8") as file:
        from harness.store.codec import sample_to

        for n in range(count):
            row, wording = rows[n % KEYS], n // KEYS
            text = f"{{key}}次列车停几站台？{'请' * (wording % 10)}{'问' * (wording // 10)}"
            line = json.dumps(sample_to(sample(row, wording, text)), ensure_ascii=False)
            file.write(line + "\n")
    return folder


def sample(row: Row, wording: int, text: str) -> Sample:
    """One question about a row."""
    platform = row["站台"]
    return Sample(
        f"p/{wording}/{row.key}", (Message("user", text.format(key=row.key)),),
        Gold("number", float(str(platform))), f"{row.key}次停靠{platform}站台。", "lookup",
        row.key, f"lookup.platform/train-{wording}", "train", "", (row.key,),
    )  # fmt: skip


def child(folder: Path, way: str) -> None:
    """Distill everything there is; print seconds and peak memory in MiB."""

    @contextmanager
    def opened() -> Iterator[Teaching]:
        yield Teaching(Ideal(), "ideal")

    section = Distill(teacher=FakeTeacher(engine="fake"), way=way)  # type: ignore[arg-type] # from WAYS
    began = time.perf_counter()
    distill(plan_distillation(section, 0.9, None, folder), opened, "distill", folder)
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    accepted = json.loads((folder / "distill.json").read_text("utf-8"))["accepted"]
    print(json.dumps({"seconds": took, "mib": peak, "accepted": accepted}))  # noqa: T201


def main() -> None:
    """Measure each way at both sizes and print."""
    for way in WAYS:
        found = []
        for size in SIZES:
            with tempfile.TemporaryDirectory() as name:
                folder = questions(Path(name), size)
                done = subprocess.run(
                    [sys.executable, __file__, "child", str(folder), way],
                    check=True, capture_output=True, text=True,
                )  # fmt: skip
                found.append(json.loads(done.stdout))
        small, large = found
        print(  # noqa: T201
            f"{way}: {large['accepted']:,} rows at {large['accepted'] / large['seconds']:,.0f} "
            f"rows/s; peak {small['mib']:.0f} MiB at {small['accepted']:,} rows, "
            f"{large['mib']:.0f} MiB at {large['accepted']:,}: "
            f"ratio {large['mib'] / small['mib']:.2f}"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(Path(sys.argv[2]), sys.argv[3])
    else:
        main()
