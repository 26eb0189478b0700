"""Write the suite's own questions: `python -m suites.questions.data.make [--out FOLDER]`.

Plain facts in several wordings, one row a line with the fields of a question file. Of each fact
some wordings are taught and others are asked, so that `row` tells facts apart and `template`
wordings. The same words give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from suites.own_data import words_of, write

NAME = "general.jsonl"


def records() -> list[dict[str, Any]]:
    """Return the rows in the order of the file."""
    return [
        row
        for family, words in words_of(__file__).items()
        for split in ("train", "test")
        for row in _rows(family, words, split)
    ]


def _rows(family: str, words: Mapping[str, Any], split: str) -> Iterator[dict[str, Any]]:
    for number, wording in enumerate(words[split], start=1):
        for fact, answer in words["facts"].items():
            choices = {"choices": answer} if words["kind"] == "choice" else {}
            yield {
                "id": f"{family}-{fact}-{split}-{number}",
                "question": wording.format(fact),
                "answer": words["right"][fact] if choices else answer,
                "kind": words["kind"],
                **choices,
                "family": family,
                "row": fact,
                "template": f"{family}-{split}-{number}",
                "split": split,
            }


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file."""
    rows = records()
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    write(__file__, {NAME: ("".join(lines).encode(), f"{len(rows)} questions")}, arguments)


if __name__ == "__main__":
    main()
