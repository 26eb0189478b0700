"""Write the small set of styled replies: `python -m suites.style.data.make [--out FOLDER]`.

The data of the tutorial is its user's own to make. These lines and replies are the project's, in
the same columns (`user`, `style`, `assistant`) and with the same quirks:

    both styles    each of the 160 user lines has a reply in either style, and every second line
                   two of one style
    blanks         some styles and replies begin with a blank, and some user lines end in one
    signs          emoji, and commas and quotation marks that csv has to quote

The same seed gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence

from suites.own_data import words_of, write

NAME = "chats.csv"
SEED = 410
COLUMNS = ("user", "style", "assistant")
BOM = "\ufeff"

# One in so many lines has a second reply of one style, and one in so many cells a blank, before
# a style or a reply, or after a user line.
_AGAIN, _BLANK, _TRAILING = 2, 9, 23


def rows(seed: int = SEED) -> list[tuple[str, str, str]]:
    """Return the rows under the header, in the order of the file."""
    words, rng = words_of(__file__), random.Random(seed)
    made: list[tuple[str, str, str]] = []
    lines = [(frame, event) for event in words["events"].items() for frame in words["frames"]]
    for number, (frame, (event, hope)) in enumerate(lines):
        user = frame.format(event=event)
        again = rng.choice(list(words["replies"])) if number % _AGAIN == 0 else ""
        for style, templates in words["replies"].items():
            for template in rng.sample(templates, 1 + (style == again)):
                reply = template.format(event=event, hope=hope)
                after = " " if rng.randrange(_TRAILING) == 0 else ""
                made.append((user + after, _blank(style, rng), _blank(reply, rng)))
    rng.shuffle(made)
    return made


def _blank(text: str, rng: random.Random) -> str:
    """The text, now and then with a blank before it, as models write lists."""
    return f" {text}" if rng.randrange(_BLANK) == 0 else text


def as_csv(made: Sequence[tuple[str, str, str]]) -> bytes:
    """Rows as spreadsheet programs save them: with a byte order mark and CRLF."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(made)
    return (BOM + text.getvalue()).encode()


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the rows into a folder, by default this one."""
    made = rows()
    write(__file__, {NAME: (as_csv(made), f"{len(made)} rows")}, arguments)


if __name__ == "__main__":
    main()
