"""`podium compare` on the command line; thin, as `harness.cli`."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import click

from harness.store.streams import say, tell


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--explain", is_flag=True, help="Say what the difference is made of.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="Folder of compare.html, compare.md and compare.json.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
def compare(runs: tuple[Path, ...], explain: bool, out: Path | None, as_json: bool) -> None:
    """Compare runs with the first of them, question by question.

    RUNS are run folders, A B or A B C and so on: each after the first is held against it on the
    same questions. A verdict in one sentence, the parts and the total with 95% intervals and the
    smallest difference that such runs show, the questions that flip. With --explain also what the
    difference is made of (accuracy by family, prefill, decoding, length, conciseness) and what
    single changes would bring.

    A verdict claims no more than the questions and the seeds allow: a run that was trained once is
    held against how far seeds of its suite and base were seen to scatter, beside it or before.

    \b
    Exit codes:
      0  no run is worse than the first: better, or not told apart
      1  a run is worse, and told apart
      2  the runs cannot be compared (the field that differs is named), or are no runs
      3  left open: a run looks worse, and one training each, or one or two wordings, cannot show
         it; or its times were too unsteady to count
    """  # noqa: D301 - the backslash is click's mark for lines that stay as they are
    from reports.compare.comparison import compare as compare_runs
    from reports.compare.files import as_json as told
    from reports.compare.files import write
    from reports.compare.terminal import as_text

    compared = compare_runs(runs, explain=explain)
    page = None if out is None else write(compared, out)
    if as_json:
        say(json.dumps(told(compared), ensure_ascii=False, indent=2))
    else:
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 120
        say(as_text(compared, columns))
    if page is not None:
        tell(f"\n{page}")
    sys.exit(compared.exit_code)
