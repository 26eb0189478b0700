"""The suite's questions, from the user's files: what may be taught and what is asked."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.benchmark import Chosen
from harness.config.sections import MOST_PROBED
from harness.core import Finding, Sample, Suite
from harness.errors import InputError
from harness.findings import by_rule
from harness.spec import chosen_suite
from harness.stages.stage import Inputs, Stage
from harness.store.codec import sample_to, suite_to
from harness.store.files import write_json, write_jsonl
from harness.tables.codec import table_to

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment

log = logging.getLogger("podium")

# Of the judged questions, as many are for a person to read where a suite offers no others.
WATCHED = 8


def make_questions(chosen: Chosen[Any], work: Path) -> None:
    """Build a suite and write it down.

    Args:
        chosen: the suite, with its options.
        work: the stage's folder.

    Raises:
        InputError: a file that it reads is wrong, or holds nothing to ask.
    """
    suite = chosen.build()
    if not suite.test:
        raise InputError(f"suite {suite.name}: its files hold nothing to ask{_first(suite)}")
    write_questions(suite, work)
    _tell(suite.findings)


def write_questions(suite: Suite, work: Path) -> None:
    """Write `train.jsonl`, `test.jsonl` and `suite.json`, and what else there is.

    Where more may not be taught than is asked, `held_out.jsonl` holds all of it; `watched.jsonl`
    is asked while a model is trained, and of `probe.jsonl` the first so many, to be judged;
    `table.json` and `frames.json` are a table's, `story.json` is a novel, `known.json` is what
    judging needs.

    Args:
        suite: what is taught and asked.
        work: the stage's folder.
    """
    write_jsonl(work / "train.jsonl", map(sample_to, suite.train))
    write_jsonl(work / "test.jsonl", map(sample_to, suite.test))
    if suite.held_out:
        write_jsonl(work / "held_out.jsonl", map(sample_to, suite.held_out))
    probe = in_turns(suite.probe)[:MOST_PROBED]
    if probe:
        write_jsonl(work / "probe.jsonl", map(sample_to, probe))
    watched = suite.watched if suite.watched else probe[:WATCHED]
    if watched:
        write_jsonl(work / "watched.jsonl", map(sample_to, watched))
    write_json(work / "suite.json", {**suite_to(suite), "texts": suite.table is None})
    if suite.table is not None:
        write_json(work / "table.json", table_to(suite.table))
        write_json(work / "frames.json", list(suite.frames))
    if suite.novel is not None:
        write_json(work / "story.json", suite.novel)
    if suite.known:
        write_json(work / "known.json", suite.known)


def in_turns(samples: Sequence[Sample]) -> list[Sample]:
    """The samples family by family in turns, each family's in an order drawn by their ids.

    So the first few of them ask every family about as often as any other.
    """
    families: dict[str, list[Sample]] = {}
    for sample in sorted(samples, key=lambda sample: _drawn(sample.id)):
        families.setdefault(sample.family, []).append(sample)
    turns = zip_longest(*(families[name] for name in sorted(families)))
    return [sample for turn in turns for sample in turn if sample is not None]


def _drawn(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()


def _first(suite: Suite) -> str:
    """What was found first in files that hold nothing, which is most likely why."""
    found = next(iter(suite.findings), None)
    return "" if found is None else f": {found.where}: {found.rule}: {found.detail}"


def _tell(findings: Sequence[Finding]) -> None:
    """Say what was noticed in the user's files."""
    for line in by_rule(findings):
        log.info("questions: %s", line)


def _reads(experiment: Experiment) -> Inputs:
    """The suite's options, and the contents of its files."""
    chosen = chosen_suite(experiment.spec)
    options = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in dataclasses.asdict(chosen.options).items()
        if not isinstance(value, Path)
    }
    digest = experiment.store.digest
    return {
        "suite": {"name": chosen.name, **options},
        "files": {name: digest(path) for name, path in chosen.files.items()},
    }


def _build(experiment: Experiment, _: Answering, work: Path) -> None:
    make_questions(chosen_suite(experiment.spec), work)


def _shown(_: Experiment) -> Mapping[str, str]:
    return {"test.jsonl": "samples.jsonl", "suite.json": "suite.json"}


STAGE = Stage(name="questions", version=6, reads=_reads, build=_build, shown=_shown)
