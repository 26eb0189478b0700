"""Kills, faults of the disk and odd inputs at length: `make soak`.

    python tests/soak/soak.py [SECONDS] [SEED]

Each part goes on for so many seconds and prints what it tried and what went wrong; the exit code is
1 where anything did. The same seed tries the same things, as many as there is time for. A small
share of it runs in `make test` (`tests/soak/test_soak.py`).
"""

from __future__ import annotations

import json
import logging
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from harness.checker.check import check  # noqa: E402 - as above
from harness.config.yaml_file import plain_value  # noqa: E402 - as above
from harness.core import Domain, Gold  # noqa: E402 - the path above comes first
from harness.data.formats import FORMATS, Faulty  # noqa: E402 - as above
from harness.errors import PodiumError  # noqa: E402 - as above
from harness.rows import broken_json  # noqa: E402 - as above
from harness.rows.files import read_records  # noqa: E402 - as above
from harness.rows.record import Record  # noqa: E402 - as above
from harness.store.store import Store  # noqa: E402 - as above
from tests.harness.children import limit_file_size, start, wait  # noqa: E402 - as above
from tests.harness.toy import INPUTS, contents, toy  # noqa: E402 - as above

Part = Callable[[float, random.Random], tuple[int, Counter[str]]]
SLOW_S = 5.0  # processor time that no single input may take


def until(seconds: float) -> Iterator[int]:
    """Count the tries for as long as there is time, at least one."""
    end, number = time.monotonic() + seconds, 0
    while number == 0 or time.monotonic() < end:
        yield number
        number += 1


def kills(seconds: float, dice: random.Random) -> tuple[int, Counter[str]]:
    """Kill a stage again and again until it is done: the result is as if nobody had."""
    wrong: Counter[str] = Counter()
    killed = 0
    with tempfile.TemporaryDirectory() as folder:
        whole = contents(Store(Path(folder) / "whole").make("infer", INPUTS, lambda w: toy(w, 20)))
        for number in until(seconds):
            store = Store(Path(folder) / str(number))
            while True:
                pid = start(partial(make_slowly, store))
                time.sleep(dice.uniform(0.001, 0.05))
                os.kill(pid, signal.SIGKILL)
                if wait(pid) == 0:
                    break
                killed += 1
            store.clean()
            made = store.make("infer", INPUTS, lambda w: toy(w, 20))
            wrong["another result"] += contents(made) != whole
            wrong["left-overs"] += os.listdir(store.stages) != [made.name]
    return killed, +wrong


def make_slowly(store: Store) -> None:
    """The toy stage, slow enough to be killed within."""
    store.make("infer", INPUTS, lambda work: toy(work, 20, None, 0.001))


def faults(seconds: float, dice: random.Random) -> tuple[int, Counter[str]]:
    """Let a disk refuse after so many bytes: one sentence, and the next run is whole."""
    wrong: Counter[str] = Counter()
    tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in until(seconds):
            tried += 1
            store, size = Store(Path(folder) / str(number)), dice.randrange(2_000)

            def child(store: Store = store, size: int = size) -> None:
                limit_file_size(size)
                try:
                    store.make("infer", INPUTS, toy)
                except PodiumError as error:
                    if len(str(error).splitlines()) != 1:
                        raise

            wrong["no sentence"] += wait(start(child)) != 0
            store.make("infer", INPUTS, toy)
            wrong["damaged"] += store.verify("infer", store_key()) != []
    return tried, +wrong


def store_key() -> str:
    """The key of the toy stage."""
    from harness.store.store import stage_key

    return stage_key(INPUTS)


# --- odd inputs ----------------------------------------------------------------------------------

SIGNS = (
    "{}[]\"':,\\ \n\t\r\0ab1.-=+|<>#&*!?/%@`~^_()站点无不;，。：“”【】\u2028\ufeff\ud800\U0001f600"
)
WORDS = [
    "true",
    "null",
    "NaN",
    "1e999",
    "instruction",
    "output",
    "messages",
    "role",
    "content",
    "<|im_end|>",
    "答案是",
    "12:30",
    "没有",
    "!!int",
    "&a",
    "*a",
    "<<:",
    "\\u",
    "1,000",
]


def odd(dice: random.Random) -> str:
    """A text that nobody writes, or one that somebody wrote with something broken."""
    parts = [dice.choice(SIGNS) if dice.random() < 0.7 else dice.choice(WORDS)
             for _ in range(dice.randrange(1, 60))]  # fmt: skip
    text = "".join(parts)
    if dice.random() < 0.1:
        return text * dice.randrange(1, 300)
    if dice.random() < 0.4:
        whole = json.dumps({"instruction": text, "output": "答", "n": dice.randrange(9)})
        cut = dice.randrange(len(whole))
        return whole[:cut] + dice.choice(SIGNS) + whole[cut + dice.randrange(3) :]
    return text


def tried_on(what: Callable[[str], object], allowed: tuple[type[Exception], ...]) -> Part:
    """A part that hands odd texts to something which may refuse them only in its own words."""

    def part(seconds: float, dice: random.Random) -> tuple[int, Counter[str]]:
        wrong: Counter[str] = Counter()
        tried = 0
        for _ in until(seconds):
            text = odd(dice)
            tried += 1
            begun = time.process_time()
            try:
                what(text)
            except allowed:
                pass
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
                wrong[f"{type(error).__name__}: {str(error)[:60]} on {text[:60]!r}"] += 1
            if time.process_time() - begun > SLOW_S:
                wrong[f"slow on {text[:60]!r}"] += 1
        return tried, wrong

    return part


def checked(text: str) -> None:
    """The answer checker, on each kind of right answer."""
    for kind, value in (("time", "12:30"), ("text", "北京西"), ("number", 3.0), ("none", None),
                        ("set", ("1A", "2B")), ("choice", "A")):  # fmt: skip
        check(text, Gold(kind, value), "几点开？", Domain())  # type: ignore[arg-type] # a kind each


def mended(text: str) -> None:
    """The repair of nearly JSON."""
    broken_json.looks_like(text)
    broken_json.is_cut(text)
    broken_json.mend(text)


def read_file(ending: str) -> Callable[[str], None]:
    """The reader of a kind of file, and the formats on what it reads."""

    def read(text: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"a{ending}"
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
            for record in read_records(path, found=lambda _: None, repair=True):
                _formats(record)

    return read


def _formats(record: Record) -> None:
    for form in FORMATS.values():
        try:
            form.write(form.read(record))
        except Faulty:
            continue


PARTS: dict[str, Part] = {
    "kills": kills,
    "faults of the disk": faults,
    "yaml": tried_on(plain_value, (ValueError,)),
    "answers": tried_on(checked, ()),
    "json repair": tried_on(mended, ()),
    "jsonl files": tried_on(read_file(".jsonl"), (PodiumError,)),
    "json files": tried_on(read_file(".json"), (PodiumError,)),
    "csv files": tried_on(read_file(".csv"), (PodiumError,)),
}


def soak(seconds: float, seed: int) -> bool:
    """Run every part and print what it found; return whether all is well."""
    fine = True
    for name, part in PARTS.items():
        begun = time.monotonic()
        tried, wrong = part(seconds, random.Random(f"{seed} {name}"))
        print(f"{name:<18} {tried:>9,} tries in {time.monotonic() - begun:4.0f} s, "  # noqa: T201
              f"{wrong.total():,} wrong", flush=True)  # fmt: skip
        for what, count in wrong.most_common(5):
            print(f"    {count:,} × {what}", flush=True)  # noqa: T201
        fine = fine and not wrong
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MiB")  # noqa: T201
    return fine


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # locks that were left are what kills are for
    asked = [*sys.argv[1:], *("60", "1")[len(sys.argv) - 1 :]]
    sys.exit(0 if soak(float(asked[0]), int(asked[1])) else 1)
