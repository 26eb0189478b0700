"""Options that commands share, and how specs are read and results are printed."""

from __future__ import annotations

import json
import math
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.errors import SpecError

if TYPE_CHECKING:
    from harness.spec import Spec

SPECS = click.argument("specs", nargs=-1, required=True, type=click.Path(path_type=Path))
SET = click.option(
    "--set", "changes", multiple=True, metavar="A.B=C",
    help="Lay a value over every experiment, or over one: entries.NAME.a.b=c. Repeatable.",
)  # fmt: skip
RUNS = click.option(
    "--runs", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="Folder of the store and the run folders [default: runs].",
)  # fmt: skip
REPEATS = click.option(
    "--repeats", type=click.IntRange(1, 20), default=None, metavar="K",
    help="Train every tuned entry with K seeds: finetune.seed and those after it.",
)  # fmt: skip
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


class FiniteRange(click.FloatRange):
    """A range of numbers, and `nan` is none of them."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the text."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number of the range {self._describe_range()}", param, ctx)
        return number


def load(
    specs: tuple[Path, ...], changes: tuple[str, ...], runs: Path | None,
    repeats: int | None = None,
) -> list[Spec]:  # fmt: skip
    """The experiments of spec files.

    Raises:
        SpecError: a file or a change is wrong, or two experiments share a name.
    """
    from harness.spec import load_specs

    loaded = [spec for path in specs for spec in load_specs(path, (*changes, *runs_change(runs)))]
    names = [spec.name for spec in loaded]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SpecError(f"two experiments are named {twice!r}: they would share a run folder")
    if repeats is None:
        return loaded
    from harness.experiment.recipe import repeated

    return repeated(loaded, repeats)


def runs_change(runs: Path | None) -> tuple[str, ...]:
    """`--runs` as the change of a spec that it is."""
    return () if runs is None else (f"runtime.runs={json.dumps(str(runs))}",)


def columns() -> int:
    """Columns of the terminal; 120 where nobody looks."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 120


def to_json(value: object) -> str:
    """JSON as scripts and people read it."""
    return json.dumps(value, ensure_ascii=False, indent=2)
