"""Write the documents of the tasks beside this file: sums, and which of two numbers is larger."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from suites.own_data import write

SEED = 2027
_TRAIN, _TEST, _SIGNS = 60, 60, 60


def sums(pairs: Iterable[tuple[int, int]]) -> list[dict[str, str]]:
    """Each pair's sum as question and answer."""
    return [{"question": f"{a} + {b}", "answer": str(a + b)} for a, b in pairs]


def signs(pairs: Iterable[tuple[int, int]]) -> list[dict[str, int]]:
    """Each pair with the place of the right word: smaller, larger, equal."""
    return [{"left": a, "right": b, "label": 0 if a < b else 1 if a > b else 2} for a, b in pairs]


def _jsonl(rows: Sequence[Mapping[str, Any]]) -> tuple[bytes, str]:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return text.encode("utf-8"), f"{len(rows)} rows"


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw pairs that stand in one file each, and write them."""
    draw = random.Random(SEED)
    drawn = draw.sample([(a, b) for a in range(50) for b in range(50)], _TRAIN + _TEST)
    alike = [(n, n) for n in draw.sample(range(100), _SIGNS // 3)]
    others = draw.sample(
        [(a, b) for a in range(100) for b in range(100) if a != b], _SIGNS * 2 // 3
    )
    files = {
        "sums-train.jsonl": _jsonl(sums(drawn[:_TRAIN])),
        "sums-test.jsonl": _jsonl(sums(drawn[_TRAIN:])),
        "signs-test.jsonl": _jsonl(signs(draw.sample([*alike, *others], _SIGNS))),
    }
    write(__file__, files, arguments)


if __name__ == "__main__":
    main()
