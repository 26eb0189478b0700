"""Known benchmarks by the tasks of the language model evaluation harness (lm-eval).

Origin: EleutherAI/lm-evaluation-harness. Its tasks say what is asked, in which prompt, and how the
answers are read and scored; it builds the documents, prompts, filters and metrics, and nothing of
it is built a second time here. Podium answers, keeps, times, compares and reports. A question of
the task `podium_sums`, with two examples before it (`num_fewshot: 2`), and its answer:

    Question: 3 + 4
    Answer: 7

    Question: 2 + 2
    Answer: 4

    Question: 5 + 1
    Answer:                                     6

The tasks beside this file are the project's own; see `data/make.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.benchmark import Benchmark
from harness.core import Output, Profile, Suite
from harness.errors import MissingDependency, SpecError
from harness.models import installed

if TYPE_CHECKING:
    from harness.judges.judge import Judge
    from harness.metrics.measure import Graded

HERE = Path(__file__).parent
_MEANS = (
    "lm-eval's own value of the document by its task's first metric and filter, which stand behind "
    "the task's name; accuracy alone counts"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a spec may say under `suite:`, besides `name`.

    Args:
        tasks: names of tasks, of groups or of tags, as `lm-eval run --tasks` takes them.
        include: a folder with task files of one's own; `data_files` in them are relative to it.
        num_fewshot: how many examples stand before a question; the task's own number without.
        limit: the first so many documents of each task, or below 1 such a share of them.
        metric: which of the tasks' metrics is the score; the first of each without.
        apply_chat_template: whether a question is a conversation, and no plain text to go on from.
    """

    tasks: tuple[str, ...] = ("podium_sums", "podium_signs")
    include: Path = HERE / "data"
    num_fewshot: int | None = None
    limit: float | None = None
    metric: str | None = None
    apply_chat_template: bool = False


def check(options: Options) -> None:
    """Check options before anything runs; tasks are looked up when they are asked.

    Raises:
        SpecError: an option cannot be; the sentence begins with its name.
        MissingDependency: lm-eval is not installed.
    """
    if not options.tasks:
        raise SpecError("tasks: must not be empty")
    twice = next((name for name in options.tasks if options.tasks.count(name) > 1), None)
    if twice is not None:
        raise SpecError(f"tasks: names {twice} twice")
    if options.num_fewshot is not None and options.num_fewshot < 0:
        raise SpecError(f"num_fewshot: {options.num_fewshot} is below 0")
    limit = options.limit
    if limit is not None and (limit <= 0 or (limit > 1 and limit != int(limit))):
        raise SpecError(f"limit: {limit} is neither a number of documents nor a share below 1")
    if not options.include.is_dir():
        raise SpecError(f"include: {options.include}: no such folder")
    if not (installed("lm_eval") and installed("datasets")):
        raise MissingDependency(
            "suite lm_eval needs lm-eval: pip install 'podium-harness[bench,train]'"
        )


def inputs(options: Options) -> dict[str, Path]:
    """What decides the questions: the files of one's own tasks, and lm-eval by its version.

    What lies in the hub's cache is not looked at: a data set there bears a fixed revision.
    """
    from importlib.metadata import distribution

    own = (path for path in sorted(options.include.rglob("*")) if _decides(path))
    found = {str(path.relative_to(options.include)): path for path in own}
    package = distribution("lm_eval")  # its list of files would take half a second to read
    told = package.locate_file(f"lm_eval-{package.version}.dist-info/METADATA")
    return {**found, "lm-eval": Path(str(told))}


def _decides(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def profile(options: Options) -> Profile:
    """What the score means."""
    chosen = f"-{options.metric}" if options.metric is not None else ""
    return Profile(f"lm_eval{chosen}/1", {"AS": 1.0}, 0.5, 8.0, _MEANS)


def asks(options: Options) -> dict[str, bool]:
    """The tasks that are known by name, and whether their choices are scored.

    Raises:
        SpecError: a task is unknown.
    """
    from suites.lm_eval.tasks import output_types

    found = output_types(options.tasks, options.include)
    return {task: kind != "generate_until" for task, kind in found.items()}


def build(options: Options) -> Suite:
    """Have lm-eval build the questions.

    Raises:
        SpecError: a task is unknown.
        InputError: a task cannot be asked, or its data is not on this machine.
    """
    from suites.lm_eval.asked import Ways, ask, teach
    from suites.lm_eval.known import known, version
    from suites.lm_eval.tasks import load

    ways = Ways(options.num_fewshot, options.limit, options.metric, options.apply_chat_template)
    tasks = load(options.tasks, options.include)
    asked = {name: ask(task, ways) for name, task in tasks.items()}
    return Suite(
        name="lm_eval",
        version=version(),
        families={name: found.title for name, found in asked.items()},
        train=tuple(sample for task in tasks.values() for sample in teach(task)),
        test=tuple(sample for found in asked.values() for sample in found.samples),
        profile=profile(options),
        known={"tasks": {name: known(tasks[name], found) for name, found in asked.items()}},
    )


def grade(
    options: Options,  # noqa: ARG001 - all of it is in the suite
    suite: Suite,
    outputs: Sequence[Output],
    judge: Judge | None,  # noqa: ARG001 - metrics need no judge
) -> Graded:
    """Judge all answers of a run, by lm-eval's filters and metrics."""
    from suites.lm_eval import grading

    return grading.grade(suite.known["tasks"], suite.test, outputs)


BENCHMARK = Benchmark(
    options=Options,
    home=HERE,
    check=check,
    inputs=inputs,
    profile=profile,
    build=build,
    asks=asks,
    grade=grade,
    needs="names of lm-eval's tasks, with their data on this machine; or task files of your own",
    example="Question: 2 + 44",
)
