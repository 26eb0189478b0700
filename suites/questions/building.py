"""Files of questions to a suite: what is taught, what is asked, what cannot be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harness.core import Domain, Finding, Sample, Suite
from harness.errors import InputError
from harness.findings import few
from harness.metrics.matching import compiled
from harness.question_files.judging import is_free, right
from harness.question_files.reading import QuestionFile, read_file
from harness.text.normalize import same_question
from suites.questions.options import Options, profile

VERSION = "1"
# What stands before the ids of a second file.
TRAIN = "train-"


def build(options: Options) -> Suite:
    """Read the files.

    Raises:
        InputError: one is wrong, holds nothing to ask, or answers that nothing judges.
    """
    file = read_file(options.data, options.taking())
    more = None if options.train is None else read_file(options.train, options.taking(TRAIN))
    test, probe = (file.test, file.dev) if file.test else (file.dev, ())
    if not test:
        raise InputError(f"{options.data}: split says train in every row: nothing is left to ask")
    _check_judged(options, (*test, *probe))
    taught, untaught = _taught(file, more)
    findings = [*file.findings, *(() if more is None else more.findings), *untaught]
    findings += _in_both(options.data, taught, test)
    every = (*taught, *test, *probe)
    return Suite(
        name="questions",
        version=VERSION,
        families={sample.family: sample.family for sample in every},
        train=taught,
        test=test,
        profile=profile(options),
        domains=_domains(file, more),
        findings=few(findings),
        probe=probe,
    )


def _check_judged(options: Options, asked: Sequence[Sample]) -> None:
    """Check that something judges every answer that is free.

    Raises:
        InputError: nothing does, or a pattern is none.
    """
    free = [sample for sample in asked if is_free(sample)]
    if free and options.metric is None:
        raise InputError(
            f"{options.data}: {len(free):,} of {len(asked):,} right answers are prose, which no "
            f"rule can check (first: {free[0].id}): say what does: suite.metric: rouge_l, chrf, "
            "exact, contains, regex, or judge with a model under score.judge"
        )
    if options.metric == "regex":
        for sample in free:
            _check_patterns(options.data, sample)


def _check_patterns(path: Path, sample: Sample) -> None:
    for pattern in right(sample):
        try:
            compiled(pattern)
        except InputError as error:
            raise InputError(f"{path}: {sample.id}: answer: {error}") from error


def _taught(
    file: QuestionFile, more: QuestionFile | None
) -> tuple[tuple[Sample, ...], list[Finding]]:
    """What can be taught: rows for training that have an answer."""
    rows = [*file.train]
    if more is not None:
        rows += [replace(sample, split="train") for sample in more.samples]
    known = tuple(sample for sample in rows if sample.reference and not sample.gold.is_open)
    lacking = [
        Finding("no answer to teach", sample.id, lost=True)
        for sample in rows
        if not sample.reference or sample.gold.is_open
    ]
    return known, lacking


def _domains(file: QuestionFile, more: QuestionFile | None) -> Mapping[str, Domain]:
    """What answers could be: those of the second file too, where it has some of the same name."""
    if more is None:
        return file.domains
    found = dict(file.domains)
    for name, domain in more.domains.items():
        known = found.get(name, Domain())
        aliases = {**domain.aliases, **known.aliases}
        found[name] = Domain(known.values | domain.values, aliases)
    return found


def _in_both(path: Path, taught: Sequence[Sample], test: Sequence[Sample]) -> Iterator[Finding]:
    known = {_key(sample) for sample in taught}
    leaked = sum(_key(sample) in known for sample in test)
    if leaked:
        yield Finding(
            "question in both parts",
            str(path),
            f"{leaked} of {len(test)} test questions stand in the training part too; they are "
            "trained on where dataset.leak is null",
        )


def _key(sample: Sample) -> str:
    turns = (message.content for message in sample.messages if message.role != "system")
    return same_question("\n".join(turns))
