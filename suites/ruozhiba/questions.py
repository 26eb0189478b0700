"""Records to questions: what is taught, what is asked, and what is odd about the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.core import Finding, Profile, Sample, Suite
from harness.data.formats import FORMATS
from harness.data.question_key import question_of
from harness.data.repeats import Repeats
from harness.data.samples import Item, Place, read_items, to_conversation, to_sample
from harness.data.split import assign, leaks
from harness.errors import InputError, SpecError
from harness.findings import few, why
from harness.rows.opening import check_files
from harness.text.normalize import same_question

HERE = Path(__file__).parent
VERSION = "1"
TRAIN, TEST = "train", "test"
SHARES = {TRAIN: 0.7, TEST: 0.3}
READS = ("cqia", "alpaca", "qa", "messages", "sharegpt", "xtuner", "pairs")
NO_FAMILY = "qa"
# What people write where there is nothing, as in 暂无元数据信息.
_NOTHING = re.compile(r"暂无\w{0,10}|无|none|null|n/?a|nan|[-—/]+", re.IGNORECASE)
PROFILE = Profile(
    id="ruozhiba/2",
    weights={"AS": 0.4, "ART": 0.3, "AE": 0.3},
    t_full=0.5,
    t_zero=8.0,
    means=(
        "ROUGE-L F1 of an answer with its reference, a floor for open answers and not the truth "
        "(with a judge instead: 1 where the answer is preferred to the reference in both orders, "
        "0.5 for a tie, else 0)"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a spec may say under `suite:`, besides `name`.

    Args:
        data: the records: COIG-CQIA, or any other format of questions with answers.
        split: `shuffled` is seeded and keeps equal questions in one part; `tutorial` takes the
            first `int(0.7 n)` records of the file for training.
        seed: of the shuffle.
    """

    data: Path = HERE / "data" / "trick-questions.jsonl"
    split: Literal["shuffled", "tutorial"] = "shuffled"
    seed: int = 0


def check(options: Options) -> None:
    """Check options before anything runs; see `Benchmark.check`."""
    check_files(inputs(options))
    if options.seed < 0:
        raise SpecError(f"seed: {options.seed} is below 0")


def inputs(options: Options) -> dict[str, Path]:
    """The files whose contents decide the questions."""
    return {"data": options.data}


def profile(_: Options) -> Profile:
    """What the score means, whatever the options."""
    return PROFILE


def build(options: Options) -> Suite:
    """Read the records and split them.

    Raises:
        InputError: the file is wrong, or does not make two parts.
    """
    read = read_items(options.data, READS, without_placeholders)
    keys = [_key(item) for item in read.items]
    tutorial = options.split == "tutorial"
    parts = assign(keys, SHARES, seed=None if tutorial else options.seed, grouped=not tutorial)
    samples = list(_samples(read.items, keys, parts))
    found = [*read.findings, *_findings(options.data, read.items, keys, parts)]
    suite = Suite(
        name="ruozhiba",
        version=VERSION,
        families={sample.family: sample.family for sample in samples},
        train=tuple(sample for sample in samples if sample.split == TRAIN),
        test=tuple(sample for sample in samples if sample.split == TEST),
        profile=PROFILE,
        findings=few(found),
    )
    if not (suite.train and suite.test):
        different = len({sample.row for sample in samples})
        raise InputError(
            f"{options.data}: {len(samples)} records with {different} different questions do not "
            f"make a part to train on and one to ask{why(read.findings)}"
        )
    return suite


def export_rows(suite: Suite) -> Iterator[dict[str, Any]]:
    """Yield the training rows as the tutorial's script writes them: `messages`."""
    for sample in suite.train:
        yield FORMATS["messages"].write(to_conversation(sample))


def without_placeholders(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record's fields with an empty `input` where it only says that there is none."""
    value = fields.get("input")
    if isinstance(value, str) and _NOTHING.fullmatch(value.strip()):
        return {**fields, "input": ""}
    return dict(fields)


def _key(item: Item) -> str:
    """What records of one question share; a record without a question is like no other."""
    if item.conversation is None:
        return item.where
    return same_question(question_of(item.conversation.turns))


def _samples(items: Sequence[Item], keys: Sequence[str], parts: Sequence[str]) -> Iterator[Sample]:
    for number, (item, key, part) in enumerate(zip(items, keys, parts, strict=True), start=1):
        if item.conversation is not None:
            split: Literal["train", "test"] = "train" if part == TRAIN else "test"
            place = Place(f"q{number}", family_of(item.fields.get("task_type")), key, split)
            yield to_sample(item.conversation, place)


def family_of(task_type: Any) -> str:
    """Return the first minor type of a record's `task_type`; `qa` where it has none."""
    minor = task_type.get("minor") if isinstance(task_type, dict) else None
    names = minor if isinstance(minor, list) else [minor]
    first = next((name for name in names if isinstance(name, str) and name.strip()), NO_FAMILY)
    return first.strip()


def _findings(
    path: Path, items: Sequence[Item], keys: Sequence[str], parts: Sequence[str]
) -> Iterator[Finding]:
    repeats = Repeats()
    for item in items:
        if item.conversation is not None:
            repeats.add(item.where, item.conversation)
    yield from repeats.findings()
    n, asked = len(items), parts.count(TEST)
    if leaked := leaks(keys, parts, TRAIN).get(TEST, 0):
        yield Finding(
            "question in both parts",
            str(path),
            f"{leaked} of {asked} test questions stand in the training part too; they are trained "
            "on where dataset.leak is null",
        )
    if unchecked := sum(item.fields.get("human_verified") is False for item in items):
        yield Finding("not human verified", str(path), f"{unchecked} of {n} records")
    if joined := sum(bool(_text(item.fields.get("input"))) for item in items):
        yield Finding(
            "input joined",
            str(path),
            f"{joined} of {n} records have an input, which joins the question; the tutorial's "
            "script drops it",
        )


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
