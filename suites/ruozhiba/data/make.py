"""Write the small set of trick questions: `python -m suites.ruozhiba.data.make [--out FOLDER]`.

The data set of the tutorial is its user's own to download. These questions and answers are the
project's, in the same fields and with the same quirks:

    input          empty in most records, and in a few a remark that belongs to the question
    placeholders   what is not known is said by 暂无元数据信息 and the like
    task types     one or several minor types, the first of which differs
    verified       some records that no person has checked
    duplicate      one record stands there twice

Answers have at most 60 characters, so that a small model can hold them. The same seed gives the
same bytes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

from suites.own_data import words_of, write

NAME = "trick-questions.jsonl"
SEED = 90
NO_METADATA = "暂无元数据信息"
NO_COPYRIGHT = "暂无版权及作者信息"
# One in so many records was answered by a model, and one in so many was not checked.
_BY_MODEL, _UNCHECKED = 3, 11


def records(seed: int = SEED) -> list[dict[str, Any]]:
    """Return the records in the order of the file, the duplicate among them."""
    rng = random.Random(seed)
    drawn = [
        _record(question, answer, minor, rng)
        for minor, several in words_of(__file__)["questions"].items()
        for question, answer in several.items()
    ]
    rng.shuffle(drawn)
    # Far enough apart for the order of the file to put one into each part.
    drawn.insert(len(drawn) - 5, dict(drawn[7]))
    return drawn


def _record(question: str, answer: str, minor: str, rng: random.Random) -> dict[str, Any]:
    words = words_of(__file__)
    others = rng.sample(words["also"], rng.choice((0, 0, 1, 2)))
    return {
        "instruction": question,
        "input": words["remarks"].get(question, ""),
        "output": answer,
        "task_type": {"major": ["问答"], "minor": [minor, *others]},
        "domain": ["通用"],
        "metadata": NO_METADATA,
        "answer_from": "llm" if rng.randrange(_BY_MODEL) == 0 else "human",
        "human_verified": rng.randrange(_UNCHECKED) != 0,
        "copyright": NO_COPYRIGHT,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the records into a folder, by default this one."""
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records()]
    write(__file__, {NAME: ("".join(lines).encode(), f"{len(lines)} records")}, arguments)


if __name__ == "__main__":
    main()
