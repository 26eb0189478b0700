"""What every suite over a table shares: options, their check, reading the table, and asking.

A suite over a table is `table_benchmark` with its options and its folder; see `suites.table`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.benchmark import Benchmark
from harness.core import Finding, Profile, Suite
from harness.errors import SpecError, did_you_mean
from harness.tables.load import load_table
from harness.tables.questions import Choices, build_suite, choice_problems
from harness.tables.suite_file import read_definition
from harness.tables.wordings import wording_findings

_ONLY_ASKED = frozenset(("wordings",))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions(Choices):
    """What a spec may say under `suite:`, besides `name`.

    Args:
        table: the table, xlsx, csv or tsv.
        definition: the suite file, which says what its columns are and what is asked.
        sheet: which sheet; where `None`, the first that is not hidden and holds a table.
    """

    table: Path
    definition: Path
    sheet: str | None = None


def check(options: TableOptions) -> None:
    """Check options before anything runs; the table's content is read when it is asked.

    Raises:
        SpecError: an option cannot be; the sentence begins with its name.
        InputError: the suite file is wrong.
    """
    for name, path in inputs(options).items():
        if not path.is_file():
            beside = sorted(path.parent.glob(f"*{path.suffix}")) if path.suffix else []
            hint = did_you_mean(path.name, [other.name for other in beside[:10]])
            said = "is a folder, no file" if path.is_dir() else f"no such file{hint}"
            raise SpecError(f"{name}: {path}: {said}")
    for problem in choice_problems(options, read_definition(options.definition)):
        raise SpecError(problem)


def inputs(options: TableOptions) -> dict[str, Path]:
    """The files whose contents decide the questions."""
    return {"table": options.table, "definition": options.definition}


def profile(options: TableOptions) -> Profile:
    """What the score means, as the suite file says.

    Raises:
        InputError: the suite file is wrong.
    """
    return read_definition(options.definition).profile.profile()


def foreseen(options: TableOptions) -> Iterator[Finding]:
    """What can be told of the suite file before its table is read.

    Raises:
        InputError: the suite file is wrong.
    """
    definition = read_definition(options.definition)
    return wording_findings(definition, options.families, options.wordings)


def build(options: TableOptions) -> Suite:
    """Read the table and ask.

    Raises:
        InputError: the table or the suite file is wrong.
    """
    definition = read_definition(options.definition)
    columns = [column.column() for column in definition.columns]
    table = load_table(
        options.table, columns, definition.table_key(), options.sheet, definition.ignore
    )
    return build_suite(definition, table, options)


def table_benchmark(
    options: type[TableOptions], home: Path, needs: str, example: str
) -> Benchmark[TableOptions]:
    """A suite over a table: the answer checker judges it.

    Args:
        options: its own, which may have a table and a suite file where a spec names none.
        home: where those lie.
        needs: the files that it takes, in a few words.
        example: a question that it asks.
    """
    return Benchmark(
        options=options, home=home, check=check, inputs=inputs, profile=profile, build=build,
        about_table=True,
        foreseen=foreseen, only_asked=_ONLY_ASKED, needs=needs, example=example,
    )  # fmt: skip
