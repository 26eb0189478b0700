"""How far honest paths and faults are from what was trained, as a share of an adapter's effect.

    python tests/bench/parity_bench.py [--dtype bfloat16] [--seed 1000]

Each adapter of the bank (`tests/harness/parity/faults.py`), drawn with seeds that no test uses, is
served honestly, merged and in another number of bits, and with every fault. A line a way of
serving: the least, median and largest share over the adapters, and how many fail. About ten
minutes on two cores.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from harness.models.merge import merge
from harness.parity.tokens import Scores
from harness.parity.verdict import Base, Heard, Parity, judge
from harness.store.streams import say
from tests.harness.parity.faults import FAULTS, HONEST
from tests.harness.parity.made import TINY, Adapter, make, probe, scores


class Found(NamedTuple):
    """One adapter served in one way."""

    way: str
    share: float
    verdict: str


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dtype", default="float32", help="what all paths compute in")
    parser.add_argument("--seed", type=int, default=1000, help="added to the seeds of the bank")
    given = parser.parse_args()
    rows = probe(24)
    base = scores(rows, dtype=given.dtype)
    found: dict[str, list[Found]] = defaultdict(list)
    for adapter in HONEST:
        drawn = replace(adapter, seed=adapter.seed + given.seed)
        for one in _served(drawn, rows, base, given.dtype):
            found[one.way].append(one)
    say("| served | least | median | largest | fail |\n|---|---|---|---|---|")
    for way, those in found.items():
        say(_line(way, those))


def _line(way: str, those: Sequence[Found]) -> str:
    shares = [one.share for one in those]
    failed = sum(one.verdict == "fail" for one in those)
    numbers = (min(shares), statistics.median(shares), max(shares))
    said = " | ".join(f"{100 * share:.2f}%" for share in numbers)
    return f"| {way} | {said} | {failed} of {len(those)} |"


def _served(
    adapter: Adapter, rows: Sequence[Sequence[int]], base: Scores, dtype: str
) -> Iterator[Found]:
    """An adapter in every way there is."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        trained = make(adapter, place / "adapter")
        own = scores(rows, adapter=trained, dtype=dtype)

        def found(way: str, path: Scores, there: Scores = base) -> Found:
            said = judge(Base(base, there), own, [Heard(way, path, None)], len(rows))
            return Found(way, _share(said), said.verdict)

        merge(TINY, trained, place / "merged")
        yield found("merged (honest)", scores(rows, place / "merged", dtype=dtype))
        other = "float32" if dtype == "bfloat16" else "bfloat16"
        crossed = scores(rows, adapter=trained, dtype=other)
        yield found(f"in {other} (honest)", crossed, scores(rows, dtype=other))
        for name, fault in FAULTS.items():
            served = fault(adapter, trained, place / name)
            yield found(name, scores(rows, served.base, served.adapter, dtype))


def _share(said: Parity) -> float:
    effect = said.paths[0].effect
    return 0.0 if effect is None else effect.share


if __name__ == "__main__":
    main()
