"""Write the suite's own files: `python -m suites.roleplay.data.make [--out FOLDER]`.

The files that entrants use hold the lines of a drama's figure and are theirs to download. These
stand in for them in examples and tests, with the same oddities in about the same shares:

    ferry.json   240 exchanges in Alpaca's form, `input` empty in all; 7 are exact duplicates of an
                 earlier one; 15 cues come a second time with another reply; 24 have a `history`,
                 and 12 a `system` turn
    ferry.txt    a tale of some five thousand characters in which the persona speaks: quotation
                 marks of both kinds, verbs of saying before and behind, lines split by narration,
                 and lines whose speaker only the turns tell

The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from suites.roleplay.data.lines import CLOSINGS, MATTERS, OPENINGS, SYSTEM, SYSTEM_SHORT
from suites.roleplay.data.tale import tale

SEED = 2024
ROWS = 240
DUPLICATES, REPEATED, DIALOGUES, WITH_SYSTEM = 7, 15, 24, 12

Row = dict[str, Any]


def exchanges(seed: int = SEED) -> list[Row]:
    """Return the exchanges, in no order."""
    rng = random.Random(seed)  # repeatable data
    cues = _cues(rng)
    singles = ROWS - DUPLICATES - REPEATED - DIALOGUES
    rows = [_row(next(cues), rng) for _ in range(singles)]
    rng.shuffle(rows)
    rows += [_other_reply(row, rng) for row in rows[:REPEATED]]
    for row in rng.sample(rows[REPEATED:singles], WITH_SYSTEM // 2):
        row["system"] = SYSTEM_SHORT
    dialogues = [_dialogue(next(cues), rng) for _ in range(DIALOGUES)]
    for row in rng.sample(dialogues, WITH_SYSTEM // 2):
        row["system"] = SYSTEM
    rows += dialogues
    unlike = [row for row in rows[:singles] if "system" not in row]
    rows += [dict(row) for row in rng.sample(unlike, DUPLICATES)]
    rng.shuffle(rows)
    return rows


def _cues(rng: random.Random) -> Iterator[tuple[int, str]]:
    """Every cue in every opening once, with the number of its matter, in random order."""
    openings = dict.fromkeys(OPENINGS)
    cues = [
        (n, f"{o}{cue}") for n, (said, _) in enumerate(MATTERS) for cue in said for o in openings
    ]
    rng.shuffle(cues)
    return iter(cues)


def _row(cue: tuple[int, str], rng: random.Random) -> Row:
    number, said = cue
    reply = MATTERS[number][1][0 if rng.random() < 0.75 else 1]
    return {"instruction": said, "input": "", "output": reply + rng.choice(CLOSINGS)}


def _other_reply(row: Row, rng: random.Random) -> Row:
    """The same cue with the reply that it did not get."""
    first, second = next(
        replies for _, replies in MATTERS for reply in replies if row["output"].startswith(reply)
    )
    other = second if row["output"].startswith(first) else first
    return {**row, "output": other + rng.choice(CLOSINGS)}


def _dialogue(cue: tuple[int, str], rng: random.Random) -> Row:
    """An exchange with one or two about other matters before it."""
    others = [number for number in range(len(MATTERS)) if number != cue[0]]
    before = rng.sample(others, rng.choice((1, 1, 2)))
    history = [[rng.choice(MATTERS[n][0]), MATTERS[n][1][0]] for n in before]
    return {**_row(cue, rng), "history": history}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both files into a folder, by default this one."""
    parser = argparse.ArgumentParser(description="write the suite's own exchanges and tale")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder")
    folder: Path = parser.parse_args(arguments).out
    folder.mkdir(parents=True, exist_ok=True)
    rows = exchanges()
    text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    (folder / "ferry.json").write_text(text, encoding="utf-8", newline="\n")
    told = tale(SEED)
    (folder / "ferry.txt").write_text(told, encoding="utf-8", newline="\n")
    sys.stdout.write(f"{folder}: {len(rows)} exchanges, {len(told)} characters of a tale\n")


if __name__ == "__main__":
    main()
