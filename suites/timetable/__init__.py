"""Questions about one station's train board, one train a row.

Origin: the 2025 competition on making a language model understand a train timetable, whose seven
question types these families follow. A question, its answer and its reference:

    {key}次列车的检票口是哪个？    1A    K4547/6次在1A检票口检票。

The tables beside this file are the project's own; see `tables/make.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.core import Suite
from harness.errors import SpecError, did_you_mean
from harness.tables.load import load_table
from harness.tables.questions import Choices, build_suite, choice_problems
from harness.tables.suite_file import read_definition
from harness.tables.table import Table

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Options(Choices):
    """What a spec may say under `suite:`, besides `name`.

    Args:
        table: the board, xlsx or csv.
        sheet: which sheet, the first where `None`.
        definition: the suite file, this folder's own where not given.
    """

    table: Path = HERE / "tables" / "board-24.xlsx"
    sheet: str | None = None
    definition: Path = HERE / "suite.yaml"


def check(options: Options) -> None:
    """Check options before anything runs; the table's content is read when it is asked.

    Raises:
        SpecError: an option cannot be; the sentence begins with its name.
        InputError: the suite file is wrong.
    """
    for name, path in inputs(options).items():
        if not path.is_file():
            beside = sorted(path.parent.glob(f"*{path.suffix}")) if path.suffix else []
            hint = did_you_mean(path.name, [other.name for other in beside[:10]])
            raise SpecError(f"{name}: {path}: no such file{hint}")
    for problem in choice_problems(options, read_definition(options.definition)):
        raise SpecError(problem)


def inputs(options: Options) -> dict[str, Path]:
    """The files whose contents decide the questions."""
    return {"table": options.table, "definition": options.definition}


def read_table(options: Options) -> Table:
    """Read the table that the questions are about.

    Raises:
        InputError: the table or the suite file is wrong.
    """
    definition = read_definition(options.definition)
    columns = [column.column() for column in definition.columns]
    return load_table(options.table, columns, definition.key, options.sheet)


def build(options: Options) -> Suite:
    """Read the table and ask.

    Raises:
        InputError: the table or the suite file is wrong.
    """
    return build_suite(read_definition(options.definition), read_table(options), options)
