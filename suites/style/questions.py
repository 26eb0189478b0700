"""Rows to questions: what is taught, what is asked, and what is watched meanwhile."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from harness.core import Finding, Gold, Message, Profile, Sample, Suite
from harness.data.formats import FORMATS
from harness.data.samples import to_conversation
from harness.errors import InputError
from harness.findings import few, why
from suites.style.options import SLOT, Options
from suites.style.rows import TEST, TRAIN, VALIDATION, Row, Rows, read_rows
from suites.style.tone import known_of

VERSION = "1"
WATCHED = 10
# Replies that one answer is held against; a line that stands there a thousand times has no more.
REFERENCES = 50
ANY = "any"
PROFILE = Profile(
    id="style/2",
    weights={"AS": 0.4, "ART": 0.3, "AE": 0.3},
    t_full=0.5,
    t_zero=8.0,
    means=(
        "adherence times content (adherence: 1 where the first line names a style, the one that "
        "was asked for, and the words fit it, else 0; content: what the reply shares with the "
        "nearest reference and, as far as that does, with the user line; a judge's marks replace "
        "both)"
    ),
)


def profile(_: Options) -> Profile:
    """What the score means, whatever the options."""
    return PROFILE


def build(options: Options) -> Suite:
    """Read the rows, split them, and ask.

    Raises:
        InputError: the file is wrong, or does not make the parts.
    """
    rows = read_rows(options)
    test = tuple(_asked(options, rows.of(TEST), rows))
    train = tuple(_sample(options, row, (row.output,), "train") for row in rows.of(TRAIN))
    if not (train and test):
        raise InputError(
            f"{options.data}: {len(rows.rows)} rows of {len({row.key for row in rows.rows})} user "
            f"lines do not make a part to train on and one to ask{why(rows.findings)}"
        )
    return Suite(
        name="style",
        version=VERSION,
        families=_families(options),
        train=train,
        test=test,
        profile=PROFILE,
        findings=few([*rows.findings, *_uncompared(rows)]),
        watched=_watched(options, rows),
        probe=tuple(_asked(options, rows.of(VALIDATION), rows)),
        known=known_of(rows),
    )


def export_rows(suite: Suite) -> Iterator[dict[str, Any]]:
    """Yield the training rows as the tutorial's trainer, XTuner, takes them: `conversation`."""
    for sample in suite.train:
        yield FORMATS["xtuner"].write(to_conversation(sample))


def _families(options: Options) -> dict[str, str]:
    if options.prompt == "bare":
        return {ANY: "style of the model's choice"}
    return {style: style for style in options.names}


def _asked(options: Options, asked: Sequence[Row], rows: Rows) -> Iterator[Sample]:
    """One sample for all rows that a model is shown alike, with all replies that would do."""
    replies: dict[tuple[str, str], list[str]] = {}
    for row in rows.rows:
        replies.setdefault(_shown(options, row), []).append(row.output)
    seen: set[tuple[str, str]] = set()
    for row in asked:
        shown = _shown(options, row)
        if shown not in seen:
            seen.add(shown)
            several = tuple(dict.fromkeys(replies[shown]))[:REFERENCES]
            yield _sample(options, row, several, "test")


def _shown(options: Options, row: Row) -> tuple[str, str]:
    """What a model is shown of a row: the user line, and the style where it is asked for."""
    return row.key, row.style if options.prompt == "asked" else ""


def _sample(
    options: Options, row: Row, outputs: tuple[str, ...], split: Literal["train", "test"]
) -> Sample:
    asked = options.prompt == "asked"
    system = [Message("system", options.ask.replace(SLOT, row.style))] if asked else []
    return Sample(
        id=f"r{row.number}",
        messages=(*system, Message("user", row.user)),
        gold=Gold("free", outputs),
        reference=row.output,
        family=row.style if asked else ANY,
        row=row.key,
        template=f"r{row.number}",
        split=split,
    )


def _watched(options: Options, rows: Rows) -> tuple[Sample, ...]:
    """Ten user lines of the validation part, or as many as it has."""
    samples = list(_asked(options, rows.of(VALIDATION), rows))
    chosen = random.Random(options.seed).sample(samples, min(WATCHED, len(samples)))
    return tuple(chosen)


def _uncompared(rows: Rows) -> Iterator[Finding]:
    """Tell user lines with more replies than answers are held against."""
    replies: dict[str, set[str]] = {}
    for row in rows.rows:
        replies.setdefault(row.key, set()).add(row.output)
    first = {row.key: row for row in reversed(rows.rows)}
    for key, several in replies.items():
        if len(several) > REFERENCES:
            detail = f"{len(several)} replies; answers are held against {REFERENCES} at most"
            yield Finding("many replies", first[key].where, detail)
