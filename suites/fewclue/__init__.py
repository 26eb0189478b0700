"""FewCLUE's bustm and ocnli_fc as OpenCompass asks them: to choose a base model.

Origin: CLUEbenchmark/FewCLUE (BUSTM and OCNLI), with the prompts, label maps and post-processing of
OpenCompass. A question, and its answer:

    语句一：“我要去郑州”
    语句二：“郑州我不去了”
    请判断语句一和语句二说的是否是一个意思？
    A. 无关
    B. 相关
    请从“A”，“B”中进行选择。
    答：                                        A

The files beside this one are the project's own; see `data/make.py`. FewCLUE names no licence: its
files are the user's to download.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harness.benchmark import Benchmark
from harness.core import Finding, Output, Profile, Refusal, Sample, Suite
from harness.errors import SpecError
from harness.findings import few
from harness.metrics.choice import choice
from suites.fewclue import grading
from suites.fewclue.files import NAMES, Part, Row, Rows, locate, places, read, told_by
from suites.fewclue.prompts import DEFAULT_LAYOUTS, LAYOUTS, TASKS, LayoutName, Mode, Task, Turns
from suites.fewclue.questions import Way, ask, teach

if TYPE_CHECKING:
    from harness.judges.judge import Judge
    from harness.metrics.measure import Graded

HERE = Path(__file__).parent
Split = Literal["dev", "test"]

# How many pairs the public files hold; scores over others are no scores of FewCLUE.
_PUBLIC: Mapping[tuple[Task, Part], int] = {
    ("bustm", "dev"): 160,
    ("bustm", "test"): 1772,
    ("ocnli_fc", "dev"): 160,
    ("ocnli_fc", "test"): 2520,
}
_MEANS: Mapping[grading.Rule, str] = {
    "faithful": "1 where the first capital letter of the answer (so OpenCompass reads it), or the "
    "likeliest of the candidates, is the right option's, else 0",
    "strict": "1 where the answer chooses the right option and no other, or the likeliest of the "
    "candidates is the right one, else 0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a spec may say under `suite:`, besides `name`.

    Args:
        folder: FewCLUE's data sets, with `bustm/` and `ocnli/` below; or one of their files.
        tasks: which of them.
        splits: which of their files: `dev_few_all.json`, `test_public.json`.
        modes: `gen` has the model write the option's letter, `ppl` scores candidates.
        layout: how candidates are laid out, by the suffix of the public prompt file; a task that
            is not named has OpenCompass's default.
        turns: whether a candidate's turns go through the chat template, or stand line by line as
            OpenCompass shows them to a base model.
        rule: which reading of a written answer is its correctness; both are reported.
    """

    folder: Path = HERE / "data"
    tasks: tuple[Task, ...] = ("bustm", "ocnli_fc")
    splits: tuple[Split, ...] = ("dev", "test")
    modes: tuple[Mode, ...] = ("gen",)
    layout: tuple[LayoutName, ...] = ("e53034", "c08300")
    turns: Turns = "chat"
    rule: grading.Rule = "faithful"


def check(options: Options) -> None:
    """Check options before anything runs; the files are read when they are asked about.

    Raises:
        SpecError: an option cannot be; the sentence begins with its name.
    """
    chosen: Mapping[str, Sequence[str]] = {
        "tasks": options.tasks, "splits": options.splits, "modes": options.modes,
    }  # fmt: skip
    for name, values in chosen.items():
        if not values:
            raise SpecError(f"{name}: must not be empty")
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise SpecError(f"{name}: names {twice} twice")
    for task in TASKS:
        layouts = [name for name in options.layout if LAYOUTS[name].task == task]
        if len(layouts) > 1:
            raise SpecError(f"layout: {layouts[0]} and {layouts[1]} are both of {task}: name one")
    _check_folder(options)


def _check_folder(options: Options) -> None:
    folder = options.folder
    if folder.is_file():
        task, part = told_by(folder)
        if task not in options.tasks or part not in options.splits:
            raise SpecError(
                f"folder: {folder}: a single file must lie in a folder named bustm or ocnli and "
                f"be one of {', '.join(NAMES[split] for split in options.splits)}"
            )
        return
    if not folder.is_dir():
        raise SpecError(f"folder: {folder}: no such folder")
    for task in options.tasks:
        for split in options.splits:
            if locate(folder, task, split) is None:
                wanted = places(folder, task, split)[0].relative_to(folder)
                raise SpecError(f"folder: {folder}: holds no {wanted}")


def inputs(options: Options) -> dict[str, Path]:
    """The files whose contents decide the questions."""
    return {f"{task}-{part}": path for (task, part), path in _files(options).items()}


def accept(
    options: Options,
    sample: Sample,
    question: str,  # noqa: ARG001 - the pair is the sample's
    answer: str,
) -> Refusal | None:
    """Why an answer that a teacher gives cannot be taught."""
    way, _ = _families(options)[sample.family]
    letter = choice(answer, TASKS[way.task].options)
    if letter is None:
        return Refusal("answer names no option", answer[:80])
    if letter != sample.gold.value:
        return Refusal("answer is wrong", f"{letter}, not {sample.gold.value}")
    return None


def _files(options: Options) -> dict[tuple[Task, Part], Path]:
    """The files that there are, the training files among them where the folder has them."""
    if options.folder.is_file():
        task, part = told_by(options.folder)
        return {(task, part): options.folder} if task and part else {}
    parts: tuple[Part, ...] = (*options.splits, "train")
    return {
        (task, part): path
        for task in options.tasks
        for part in parts
        if (path := locate(options.folder, task, part)) is not None
    }


def asks(options: Options) -> dict[str, bool]:
    """The families, and whether their candidates are scored."""
    return {family: way.mode == "ppl" for family, (way, _) in _families(options).items()}


def build(options: Options) -> Suite:
    """Read the files and ask.

    Raises:
        InputError: a file is wrong.
    """
    files = {key: read(path, key[0]) for key, path in _files(options).items()}
    families = _families(options)
    return Suite(
        name="fewclue",
        version="1",
        families={family: _title(way) for family, (way, _) in families.items()},
        train=tuple(_taught(options, files)),
        test=tuple(
            sample
            for way, part in families.values()
            for sample in ask(way, part, files[way.task, part].rows)
        ),
        profile=profile(options),
        findings=few(_findings(options, files)),
    )


def _families(options: Options) -> dict[str, tuple[Way, Part]]:
    """How each family is asked and from which file, in the order of the tables."""
    single = told_by(options.folder) if options.folder.is_file() else None
    return {
        way.family(split): (way, split)
        for way in _ways(options)
        for split in options.splits
        if single is None or single == (way.task, split)
    }


def _ways(options: Options) -> Iterator[Way]:
    layouts = {**DEFAULT_LAYOUTS, **{LAYOUTS[name].task: name for name in options.layout}}
    for mode in options.modes:
        for task in options.tasks:
            yield Way(task, mode, layouts[task], options.turns)


def _title(way: Way) -> str:
    scored = ", scored by perplexity" if way.mode == "ppl" else ""
    return TASKS[way.task].about + scored


def profile(options: Options) -> Profile:
    """What the score means under the rule that is chosen."""
    rule = options.rule
    name = "fewclue/2" if rule == "faithful" else f"fewclue-{rule}/2"
    return Profile(name, {"AS": 1.0}, 0.5, 8.0, _MEANS[rule])


def _taught(options: Options, files: Mapping[tuple[Task, Part], Rows]) -> Iterator[Sample]:
    families = _families(options)
    for task in options.tasks:
        if (task, "train") in files:
            asked = [family for family, (way, _) in families.items() if way.task == task]
            written = Way(task, "gen", DEFAULT_LAYOUTS[task])
            yield from teach(written, asked, files[task, "train"].rows)


def _findings(options: Options, files: Mapping[tuple[Task, Part], Rows]) -> Iterator[Finding]:
    for (task, part), read_rows in files.items():
        yield from read_rows.findings
        there, public = len(read_rows.rows), _PUBLIC.get((task, part))
        if public is not None and there != public and options.folder != HERE / "data":
            where = read_rows.rows[0].where.rpartition(":")[0]
            told = f"{there} pairs, the public file {public}: no score of FewCLUE"
            yield Finding("another size", where, told)
    for task in options.tasks:
        asked = [
            row for split in options.splits if (task, split) in files
            for row in files[task, split].rows
        ]  # fmt: skip
        taught = files.get((task, "train"))
        yield from _leaks(asked, taught.rows if taught is not None else ())


def _leaks(asked: Sequence[Row], taught: Sequence[Row]) -> Iterator[Finding]:
    """Training pairs that are asked too."""
    places = {(row.sentence1, row.sentence2): row.line for row in asked}
    for row in taught:
        where = places.get((row.sentence1, row.sentence2))
        if where is not None:
            yield Finding("asked too", row.where, f"the pair of {where}")


def grade(
    options: Options,
    suite: Suite,
    outputs: Sequence[Output],
    judge: Judge | None,  # noqa: ARG001 - letters need no judge
) -> Graded:
    """Judge all answers of a run, by both rules."""
    ways = {family: way for family, (way, _) in _families(options).items()}
    return grading.grade(ways, options.rule, suite.test, outputs)


BENCHMARK = Benchmark(
    options=Options,
    home=HERE,
    check=check,
    inputs=inputs,
    profile=profile,
    build=build,
    asks=asks,
    grade=grade,
    accept=accept,
    needs="FewCLUE's bustm and ocnli, in the folder that they are downloaded to",
    example="请判断语句一和语句二说的是否是一个意思？",
)
