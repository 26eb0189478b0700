"""Write the small pairs of sentences: `python -m suites.fewclue.data.make [--out FOLDER]`.

FewCLUE's files are their user's to download. These stand in for them in examples and tests: the
project's own sentences, in the same fields, types and order, with the same quirks:

    lines       one object a line, although the files end in .json
    labels      of bustm the texts "0" and "1"; of ocnli words, five annotators' labels beside them,
                and one pair of the test labelled `-`, on which they did not agree
    folds       the small files are five folds of 32 rows, drawn one by one: a pair may come twice
    shares      of labels as in the public small files; the test files hold each label equally often
    signs       half-width commas, a full stop here and there, letters and figures
    premises    one first sentence may have several second ones

The same seed gives the same bytes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from suites.own_data import words_of, write

SEED = 1604
FOLD = 32
Pair = tuple[str, str, str]  # first sentence, second sentence, label
Make = Callable[[str, random.Random], Pair]

GENRES = ("news", "tv", "lit", "gov", "phone")
LEVELS = ("easy", "medium", "hard")
# Labels of the small files, and of the test: how often each.
BUSTM_SMALL, BUSTM_TEST = {"0": 82, "1": 78}, {"0": 60, "1": 60}
OCNLI_SMALL = {"contradiction": 60, "neutral": 51, "entailment": 49}
OCNLI_TEST = {"contradiction": 40, "neutral": 40, "entailment": 40}


def filled(words: str, dice: random.Random) -> dict[str, str]:
    """A value for each slot that the words name."""
    slots = words_of(__file__)["slots"]
    return {name: dice.choice(values) for name, values in slots.items() if f"{{{name}}}" in words}


def bustm_pair(label: str, dice: random.Random) -> Pair:
    """Two wordings of one wish; or of two wishes, or about two things."""
    words = words_of(__file__)
    intent = dice.choice(words["intents"])
    first, second = dice.sample(intent, 2)
    values = filled(first, dice)
    if label == "1":
        return first.format(**values), second.format(**values), label
    if dice.random() < 0.5:
        second = dice.choice(
            dice.choice([other for other in words["intents"] if other is not intent])
        )
        return first.format(**values), second.format(**{**filled(second, dice), **values}), label
    others = {
        name: dice.choice([other for other in words["slots"][name] if other != value])
        for name, value in values.items()
    }
    return first.format(**values), second.format(**others), label


def ocnli_pair(label: str, dice: random.Random) -> Pair:
    """A sentence, and one that follows from it, contradicts it, or neither."""
    chosen = dice.choice(words_of(__file__)["premises"])
    second = dice.choice(chosen[label])
    values = filled(chosen["premise"] + second, dice)
    return chosen["premise"].format(**values), second.format(**values), label


def bustm_rows(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Pairs as bustm's files hold them."""
    return [
        {"id": number, "sentence1": first, "sentence2": second, "label": label}
        for number, (first, second, label) in enumerate(pairs)
    ]


def ocnli_rows(
    pairs: Sequence[Pair], premises: dict[str, str], dice: random.Random
) -> list[dict[str, Any]]:
    """Pairs as ocnli's files hold them, each annotator's label included.

    `premises` holds the id of each first sentence, in whichever file it came first.
    """
    rows = []
    for number, (first, second, label) in enumerate(pairs):
        premise = premises.setdefault(first, f"{dice.choice(GENRES)}_{len(premises)}")
        rows.append({
            "level": dice.choice(LEVELS), "sentence1": first, "sentence2": second, "label": label,
            **annotated(label, dice), "genre": premise.partition("_")[0], "prem_id": premise,
            "id": number,
        })  # fmt: skip
    return rows


def annotated(label: str, dice: random.Random) -> dict[str, str]:
    """What five annotators said: mostly the label, and no majority where there is none."""
    labels = list(OCNLI_TEST)
    if label == "-":
        said = [*labels[:2], *labels[:2], "unknown"]
    else:
        others = [*(other for other in labels if other != label), "unknown"]
        said = [label] * 3 + [label if dice.random() < 0.8 else dice.choice(others) for _ in "45"]
        dice.shuffle(said)
    return {f"label{number}": one for number, one in enumerate(said)}


def drawn(
    make: Make, shares: Mapping[str, int], seen: set[tuple[str, str]], dice: random.Random
) -> list[Pair]:
    """Pairs that were not `seen`, in a random order, each label as often as it shall be."""
    found: list[Pair] = []
    for label, count in shares.items():
        wanted = len(found) + count
        while len(found) < wanted:
            pair = make(label, dice)
            if pair[:2] not in seen:
                seen.add(pair[:2])
                found.append(pair)
    dice.shuffle(found)
    return found


def repeated(pairs: list[Pair], dice: random.Random) -> list[Pair]:
    """One pair of the first fold stands in the third too, in place of one of its label."""
    at = dice.randrange(FOLD)
    label = pairs[at][2]
    later = next(i for i in range(2 * FOLD, 3 * FOLD) if pairs[i][2] == label)
    return [*pairs[:later], pairs[at], *pairs[later + 1 :]]


def files() -> dict[str, list[dict[str, Any]]]:
    """Rows by the path of their file."""
    dice = random.Random(SEED)
    seen: set[tuple[str, str]] = set()
    premises: dict[str, str] = {}
    made: dict[str, list[dict[str, Any]]] = {}
    for part in ("train", "dev"):
        bustm = repeated(drawn(bustm_pair, BUSTM_SMALL, seen, dice), dice)
        made[f"bustm/{part}_few_all.json"] = bustm_rows(bustm)
        ocnli = repeated(drawn(ocnli_pair, OCNLI_SMALL, seen, dice), dice)
        made[f"ocnli/{part}_few_all.json"] = ocnli_rows(ocnli, premises, dice)
    made["bustm/test_public.json"] = bustm_rows(drawn(bustm_pair, BUSTM_TEST, seen, dice))
    test = drawn(ocnli_pair, OCNLI_TEST, seen, dice)
    first, second, _ = ocnli_pair("neutral", dice)
    test.insert(len(test) // 2, (first, second, "-"))
    made["ocnli/test_public.json"] = ocnli_rows(test, premises, dice)
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files."""
    made = {
        name: ("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode(), rows)
        for name, rows in files().items()
    }
    told = {name: (content, f"{len(rows)} rows") for name, (content, rows) in made.items()}
    write(__file__, told, arguments)


if __name__ == "__main__":
    main()
