"""A big page in headless Chromium: `python tests/bench/page_bench.py [ENTRIES QUESTIONS]`.

Of 20 entries over 2,000 questions by default, opened five times:

    open     until the page is there and scripted, over 2 s
    paint    until something is seen, over 2 s
    weights  a weight moved until all entries are scored, ranked and laid out again, over 50 ms
    band     the same of the response-time band, whose part is averaged anew

The first of each is shown apart from the median: code that never ran is slow.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from reports.leaderboard import build  # noqa: E402  # only now can it be found
from reports.page import pages  # noqa: E402
from tests.reports import chromium  # noqa: E402
from tests.reports.folders import Entrant, questions, write_run  # noqa: E402

OPEN_MS, MOVE_MS = 2000, 50
TIMES = 5
OPENED = """(() => {
  const [found] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return JSON.stringify([found.loadEventEnd, paint.startTime]);
})()"""
MOVED = """((name, by) => {
  const range = document.querySelector(`#weights [name=${name}]`), found = [];
  for (let i = 0; i < 12; i++) {
    range.focus();
    range.valueAsNumber += by;
    const start = performance.now();
    range.dispatchEvent(new Event("input", { bubbles: true }));
    document.body.getBoundingClientRect();
    found.push(performance.now() - start);
  }
  return JSON.stringify(found);
})"""


def write_pages(entries: int, count: int, out: Path) -> Path:
    """The page of a board, and its size on the terminal."""
    samples = questions(count)
    entrants = [
        Entrant(f"lora-r{at}", 0.96 - 0.6 * at / entries, 0.3 + at / 8, seed=at + 1)
        for at in range(entries)
    ]
    board = build([write_run(out / "runs", entrant, samples) for entrant in entrants])
    made = pages(board)
    for name, content in made.items():
        (out / name).write_bytes(content)
        say(f"{name}: {len(content) / 1e6:.1f} MB")
    return out / next(iter(made))


def say(text: str) -> None:
    """Print a line."""
    print(text)  # noqa: T201  # what a benchmark is for


def told(name: str, found: list[float], bound: float) -> None:
    """The first, and the median, best and worst of the others."""
    first, *others = found
    middle = median(others)
    say(
        f"{name:8} first {first:5.0f} ms, then {middle:5.0f} "
        f"({min(others):.0f} to {max(others):.0f}): "
        f"{middle / bound:.2f} of {bound:.0f} ms"
    )


def main(entries: int = 20, count: int = 2000) -> None:
    """Measure."""
    program = chromium.path()
    if program is None:
        say("no Chromium on this machine")
        return
    with TemporaryDirectory() as name:
        page = write_pages(entries, count, Path(name)).as_uri()
        browser = chromium.Chromium(program, Path(name) / "profile")
        opened = []
        for _ in range(TIMES):
            browser.open(page)
            opened.append(json.loads(browser.value(OPENED)))
        told("open", [load for load, _ in opened], OPEN_MS)
        told("paint", [paint for _, paint in opened], OPEN_MS)
        for kind, slider, by in (("weights", "w", -2), ("band", "band", 0.02)):
            told(kind, json.loads(browser.value(f"{MOVED}('{slider}', {by})")), MOVE_MS)
        browser.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
