"""What a suite is: one value that its folder declares as `BENCHMARK`, found by the folder's name.

    BENCHMARK = Benchmark(
        options=Options,  # what a spec may say under `suite:`, a frozen dataclass
        home=HERE,  # where its own files lie
        check=check,
        inputs=inputs,
        profile=profile,
        build=build,
    )

That is all of a suite whose questions have typed right answers: the answer checker judges them.
One with open answers gives `grade` as well; the rest is there for those that need it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from harness.core import Finding, Output, Profile, Refusal, Sample, Suite
from harness.errors import SpecError, did_you_mean
from harness.findings import named_briefly

if TYPE_CHECKING:
    from harness.judges.judge import Judge
    from harness.metrics.measure import Graded

O = TypeVar("O")  # noqa: E741 - the suite's options


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark(Generic[O]):
    """What a suite does, as functions of its options.

    Args:
        options: the dataclass of its options.
        home: where `builtin:` paths of its options lie, or in its `tables`.
        check: raises `SpecError`, beginning with an option's name, where one cannot be; reads as
            little as it can.
        inputs: the files that decide the questions, by a name each.
        profile: what its score means, before any file is read but a suite file.
        build: reads them; raises `InputError` where one is wrong.
        about_table: whether `build` gives the table that its questions are about; a teacher may
            then invent questions, and their answers are computed. Else they come from texts.
        grade: judges all answers of a suite's test, with a judge where there is one, and opens no
            file: what it needs is in the suite. `None` leaves it to the answer checker.
        accept: says why an answer that a teacher gives to a sample, asked as the question says,
            cannot be taught.
        export: the training data as the suite's platform takes it.
        foreseen: what can be told before `build`.
        asks: the families that are asked, and whether each is answered by likelihood, as far as it
            is known before `build`; raises `SpecError` where an option names what is not there.
            It may take longer than `check`, so it is called where questions are still to be made.
        only_asked: options that change what is asked, and nothing of what may be taught.
        wants_judge: whether some answers can only be judged by a model.
        needs: the files that it takes, in a few words.
        example: a question that it asks of its own files, or a part of one.
    """

    options: type[O]
    home: Path
    check: Callable[[O], None]
    inputs: Callable[[O], Mapping[str, Path]]
    profile: Callable[[O], Profile]
    build: Callable[[O], Suite]
    about_table: bool = False
    grade: Callable[[O, Suite, Sequence[Output], Judge | None], Graded] | None = None
    accept: Callable[[O, Sample, str, str], Refusal | None] | None = None
    export: Callable[[Suite], Iterable[Mapping[str, Any]]] | None = None
    foreseen: Callable[[O], Iterable[Finding]] | None = None
    asks: Callable[[O], Mapping[str, bool]] | None = None
    only_asked: frozenset[str] = frozenset()
    wants_judge: Callable[[O], bool] | None = None
    needs: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Chosen(Generic[O]):
    """A suite as a spec asks for it: by name, with options that were checked."""

    name: str
    benchmark: Benchmark[O]
    options: O

    @property
    def files(self) -> Mapping[str, Path]:
        """The files that decide its questions, by a name each."""
        return self.benchmark.inputs(self.options)

    def build(self) -> Suite:
        """Read its files; findings name them briefly.

        Raises:
            InputError: a file is wrong.
        """
        return named_briefly(self.benchmark.build(self.options), self.files.values())

    def foreseen(self) -> Iterable[Finding]:
        """What can be told of its files before they are read."""
        told = self.benchmark.foreseen
        return () if told is None else told(self.options)

    def asks(self) -> Mapping[str, bool]:
        """Families that it will ask, and whether each is answered by likelihood; maybe not all.

        Raises:
            SpecError: an option names what is not there.
        """
        told = self.benchmark.asks
        return {} if told is None else told(self.options)

    def accepting(self) -> Callable[[Sample, str, str], Refusal | None] | None:
        """What it says to an answer that a teacher proposes; `None` where it takes any."""
        accept = self.benchmark.accept
        return None if accept is None else partial(accept, self.options)


def suite_names() -> list[str]:
    """The benchmarks there are: the folders of `suites`."""
    suites = importlib.import_module("suites")
    return sorted(module.name for module in pkgutil.iter_modules(suites.__path__) if module.ispkg)


def find_benchmark(name: str) -> Benchmark[Any]:
    """What the folder of that name declares.

    Raises:
        SpecError: there is none of that name.
    """
    if name not in suite_names():
        raise SpecError(f"suite.name: no suite {name!r}{did_you_mean(name, suite_names())}")
    found = importlib.import_module(f"suites.{name}").BENCHMARK
    if not isinstance(found, Benchmark):
        raise TypeError(f"suites.{name}.BENCHMARK is a {type(found).__name__}, no Benchmark")
    return found


def lists(name: str) -> dict[str, str]:
    """What a suite says of itself, what it needs, and a question that it asks."""
    found = find_benchmark(name)
    return {
        "suite": name, "about": about(name), "needs": found.needs, "example": found.example
    }  # fmt: skip


def about(name: str) -> str:
    """What a suite says of itself in its first line."""
    return (importlib.import_module(f"suites.{name}").__doc__ or "").strip().split("\n", 1)[0]


def family_counts(suite: Suite) -> dict[str, Mapping[str, Any]]:
    """Each family's title and how many questions there are to teach and to ask."""
    taught = Counter(sample.family for sample in suite.train)
    asked = Counter(sample.family for sample in suite.test)
    return {
        family: {"title": title, "train": taught[family], "test": asked[family]}
        for family, title in suite.families.items()
    }
