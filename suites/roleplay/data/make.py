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

import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

from suites.own_data import words_of, write
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
        row["system"] = words_of(__file__)["system_short"]
    dialogues = [_dialogue(next(cues), rng) for _ in range(DIALOGUES)]
    for row in rng.sample(dialogues, WITH_SYSTEM // 2):
        row["system"] = words_of(__file__)["system"]
    rows += dialogues
    unlike = [row for row in rows[:singles] if "system" not in row]
    rows += [dict(row) for row in rng.sample(unlike, DUPLICATES)]
    rng.shuffle(rows)
    return rows


def _cues(rng: random.Random) -> Iterator[tuple[int, str]]:
    """Every cue in every opening once, with the number of its matter, in random order."""
    words = words_of(__file__)
    openings = dict.fromkeys(words["openings"])
    cues = [
        (number, f"{opening}{cue}")
        for number, matter in enumerate(words["matters"])
        for cue in matter["cues"]
        for opening in openings
    ]
    rng.shuffle(cues)
    return iter(cues)


def _row(cue: tuple[int, str], rng: random.Random) -> Row:
    number, said = cue
    words = words_of(__file__)
    reply = words["matters"][number]["replies"][0 if rng.random() < 0.75 else 1]
    return {"instruction": said, "input": "", "output": reply + rng.choice(words["closings"])}


def _other_reply(row: Row, rng: random.Random) -> Row:
    """The same cue with the reply that it did not get."""
    words = words_of(__file__)
    first, second = next(
        matter["replies"]
        for matter in words["matters"]
        if row["output"].startswith(tuple(matter["replies"]))
    )
    other = second if row["output"].startswith(first) else first
    return {**row, "output": other + rng.choice(words["closings"])}


def _dialogue(cue: tuple[int, str], rng: random.Random) -> Row:
    """An exchange with one or two about other matters before it."""
    others = [matter for n, matter in enumerate(words_of(__file__)["matters"]) if n != cue[0]]
    before = rng.sample(others, rng.choice((1, 1, 2)))
    history = [[rng.choice(matter["cues"]), matter["replies"][0]] for matter in before]
    return {**_row(cue, rng), "history": history}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both files into a folder, by default this one."""
    rows, told = exchanges(), tale(SEED)
    text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    files = {
        "ferry.json": (text.encode(), f"{len(rows)} exchanges"),
        "ferry.txt": (told.encode(), f"{len(told)} characters of a tale"),
    }
    write(__file__, files, arguments)


if __name__ == "__main__":
    main()
