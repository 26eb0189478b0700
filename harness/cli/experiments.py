"""Commands over specs: make one, run it, say what would happen, search."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import click

from harness.cli.board import show_board
from harness.cli.options import (
    JSON,
    REPEATS,
    RUNS,
    SET,
    SPECS,
    FiniteRange,
    load,
    runs_change,
    to_json,
)
from harness.errors import Inconclusive
from harness.store.streams import say, tell


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), default=None,
    help="Folder of the two files [default: the table's].",
)  # fmt: skip
@click.option("--name", default=None, help="Name of the files and the leaderboard.")
@click.option(
    "--sheet", default=None, help="Sheet of a workbook [default: the first with a table]."
)
@click.option(
    "--key", multiple=True, metavar="COLUMN",
    help="Column that tells rows apart; repeat it where it takes several.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Write over files that are there.")
@JSON
def init(
    table: Path, out: Path | None, name: str | None, sheet: str | None, key: tuple[str, ...],
    force: bool, as_json: bool,
) -> None:  # fmt: skip
    """Read any table, or a file of questions; write a spec to edit and run.

    TABLE is xlsx, csv or tsv. What its columns hold and what tells its rows apart is found out and
    printed; the questions about it are written to NAME.suite.yaml, the experiment to NAME.yaml.

    A file of questions, xlsx, csv, tsv, json, jsonl or parquet, is known by its columns (问题 and
    答案, question and answer, instruction and output, options A to D, messages). It is asked as it
    is: only NAME.yaml is written.
    """
    from harness.starter import asks, report
    from harness.starter.init import Request, start

    request = Request(table, out, name, sheet, key, force)
    if asks.is_of_questions(request):
        asked = asks.start_questions(request)
        say(to_json(asks.as_json(asked)) if as_json else asks.as_text(asked))
        return
    started = start(request)
    say(to_json(report.as_json(started)) if as_json else report.as_text(started))


@click.command()
@SPECS
@SET
@REPEATS
@RUNS
@JSON
@click.option(
    "--until", default="score", metavar="STAGE",
    help="Stop after this stage, such as dataset; `podium plan` lists them.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="Folder of the leaderboard [default: RUNS/<the spec's name>].",
)  # fmt: skip
def run(
    specs: tuple[Path, ...], changes: tuple[str, ...], repeats: int | None, runs: Path | None,
    as_json: bool, until: str, out: Path | None,
) -> None:  # fmt: skip
    """Run what is missing and print the leaderboard.

    SPEC is a YAML file, or the name of one that ships with Podium, such as quickstart. An entry
    that fails is named on stderr with its reason, and the exit code is 1; the others are finished
    and stand on the board. With --json it follows them, with name and failed alone.
    """
    from harness.experiment.running import EntriesFailed
    from harness.pipeline import run as run_pipeline

    experiments = load(specs, changes, runs, repeats)
    target = out or experiments[0].runtime.runs / experiments[0].group
    try:
        folders = run_pipeline(experiments, until)
    except EntriesFailed as failed:
        with contextlib.suppress(Inconclusive):  # what failed says more
            show_board(
                experiments[0].runtime.runs, failed.folders, target, as_json, failed.failures
            )
        raise
    show_board(experiments[0].runtime.runs, folders, target, as_json)


@click.command()
@SPECS
@SET
@REPEATS
@RUNS
@JSON
def plan(
    specs: tuple[Path, ...], changes: tuple[str, ...], repeats: int | None, runs: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Say what would run and why, what is cached, and what a training takes; run nothing.

    Models that are named by a hub are not fetched: what a run would fetch is said.
    """
    from harness.experiment.plan import plan as make_plan
    from harness.experiment.plan import table

    steps = make_plan(load(specs, changes, runs, repeats))
    say(to_json(steps) if as_json else table(steps))


@click.command()
@SPECS
@SET
@RUNS
@JSON
@click.option(
    "--adapter", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="A LoRA folder to hold against each base.",
)  # fmt: skip
def check(
    specs: tuple[Path, ...], changes: tuple[str, ...], runs: Path | None, as_json: bool,
    adapter: Path | None,
) -> None:  # fmt: skip
    """Say what would go wrong in a run, without a GPU, a teacher or a training.

    Shows a training row with what is learned of it marked, then what was found, one a line, each
    with what to change. Ends in 1 where a run would fail or teach the wrong thing.
    """
    from harness.preflight import report
    from harness.preflight.check import check as check_specs

    colour = sys.stdout.isatty() and not as_json
    found = check_specs(load(specs, changes, runs), adapter, colour=colour)
    say(to_json(report.as_json(found)) if as_json else report.as_text(found, colour=colour))
    if found.errors:
        sys.exit(1)


@click.command()
@click.argument("spec", metavar="SPEC[:ENTRY]")
@click.option(
    "--set", "changes", multiple=True, metavar="A.B=C",
    help="Lay a value over the experiment, or over sweep or search. Repeatable.",
)  # fmt: skip
@RUNS
@click.option("--trials", type=click.IntRange(min=1), help="Recipes to try [default: 30].")
@click.option(
    "--hours", type=FiniteRange(min=0, min_open=True),
    help="Begin no more trials after so many hours of training and answering.",
)  # fmt: skip
@click.option("--gpu-hours", type=FiniteRange(min=0, min_open=True), help="The same, on GPUs.")
@click.option("--sampler", help="tpe, random or grid [default: tpe].")
@click.option("--finalists", type=click.IntRange(min=1), help="[default: 3]")
@click.option(
    "--repeats",
    type=click.IntRange(min=1),
    help="Seeds that a finalist is trained with [default: 3].",
)
@click.option(
    "--workers", default="1", metavar="auto|N|ray://…",
    help="Train side by side on Ray: on its GPUs, in N processes, or on a cluster [default: 1].",
)  # fmt: skip
@click.option("--storage", help="postgresql://user@host/database, shared by several machines.")
@JSON
def sweep(
    spec: str, changes: tuple[str, ...], runs: Path | None, workers: str, as_json: bool,
    **options: Any,
) -> None:  # fmt: skip
    """Search for a better recipe: ranges under `search:`, settings under `sweep:` of SPEC.

    Trials are trained for a share of their epochs first, and the better ones for longer. The best
    are trained anew with several seeds, timed and compared. What was killed goes on where it was
    when the same command is given again. Without `search:` the learning rate, rank, alpha and
    epochs are searched.
    """
    from harness.sweep.command import sweep as search

    text, found, page, problem = search(spec, (*changes, *runs_change(runs)), workers, options)
    say(to_json(found) if as_json else text)
    tell(f"\n{page}")
    if problem:
        raise Inconclusive(problem)
