"""Commands over answers and run folders: score, rank, compare, judge nights, calibrate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from harness.cli.board import show
from harness.cli.options import JSON, RUNS, SET, SPECS, FiniteRange, columns, load, to_json
from harness.store.secret import scrubbed
from harness.store.streams import say, tell


@click.command()
@click.option("--suite", default=None, help="A suite's name; its own test questions are scored.")
@click.option("--set", "changes", multiple=True, metavar="A=B", help="Options of the suite.")
@click.option("--questions", type=click.Path(path_type=Path), help="A question file of your own.")
@click.option("--predictions", type=click.Path(path_type=Path), required=True, help="jsonl.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=None)
@click.option(
    "--metric", "metrics", multiple=True, metavar="NAME",
    help="Measure this as well, such as rouge_l, bleu, chrf, exact or distinct_2.",
)  # fmt: skip
@JSON
def score(
    suite: str | None, changes: tuple[str, ...], questions: Path | None, predictions: Path,
    out: Path | None, metrics: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Score anyone's answers, from any system.

    A prediction file is jsonl with id and text, and may have e2e_s, ttft_s, output_tokens and
    finish_reason. `podium suites NAME --questions FILE` writes the questions that it answers.
    """
    from harness.scoring.score_files import score_files, score_table

    summary = score_files(suite, changes, questions, predictions, out, metrics)
    say(to_json(summary) if as_json else score_table(summary))


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@JSON
def report(runs: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Write the leaderboard of run folders as html, md, json and xlsx."""
    from reports.leaderboard import build, terminal_table, write

    board = build(runs)
    write(board, out)
    show(terminal_table(board, columns()), out, as_json)


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--explain", is_flag=True, help="Say what the difference is made of.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="Folder of compare.html, compare.md and compare.json.",
)  # fmt: skip
@JSON
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
    say(to_json(told(compared)) if as_json else as_text(compared, columns()))
    if page is not None:
        tell(f"\n{page}")
    sys.exit(compared.exit_code)


@click.command()
@SPECS
@SET
@RUNS
@JSON
@click.option(
    "--history", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="Folder of the nights [default: runs/nightly].",
)  # fmt: skip
@click.option("--night", default=None, help="Its name [default: today's date].")
@click.option(
    "--keep", is_flag=True, help="Judge the answers and times that are there; take none anew."
)
@click.option("--rule", default="pooled", help="pooled or online-fdr [default: pooled].")
@click.option(
    "--drop", type=FiniteRange(0.1, 100), default=3.0,
    help="Loss of AS or AE to be found, in points [default: 3].",
)  # fmt: skip
@click.option(
    "--slower", type=FiniteRange(0.01, 10), default=0.15,
    help="Rise in time to be found, as a share [default: 0.15].",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="Folder of nightly.md, nightly.json, nightly.html and junit.xml.",
)  # fmt: skip
@click.option("--github", is_flag=True, help="Print GitHub's annotations as well.")
def nightly(
    specs: tuple[Path, ...], changes: tuple[str, ...], runs: Path | None, as_json: bool,
    keep: bool, github: bool, **options: Any,
) -> None:  # fmt: skip
    """Run specs, and hold every entry against its blessed nights.

    All is answered and timed anew; data and weights are made again only where what makes them has
    changed. Ends in 0 where all is fine, 1 where something regressed, 3 where that is not known:
    it says what would settle it. `podium bless` says what nights are held against.
    """
    from harness.experiment.running import EntriesFailed
    from harness.nightly.anew import forget_measured
    from harness.nightly.command import Options, checked
    from harness.nightly.command import github as annotations
    from harness.nightly.command import nightly as judge
    from harness.pipeline import run as run_pipeline

    given = Options(**options)
    how = checked(given)
    experiments = load(specs, changes, runs)
    if not keep:
        forget_measured(experiments)
    failed: EntriesFailed | None = None
    try:
        folders = run_pipeline(experiments)
    except EntriesFailed as error:
        failed, folders = error, error.folders
    reasons = {} if failed is None else failed.failures
    lost = {name: scrubbed(str(why)) for name, why in reasons.items()}
    text, data, report = judge(folders, given, how, lost)
    say(to_json(data) if as_json else text)
    if github and (lines := annotations(report)):
        tell(lines) if as_json else say(lines)
    if failed is not None:
        raise failed
    if code := {"fine": 0, "regressed": 1, "inconclusive": 3}[report.call]:
        sys.exit(code)


@click.command()
@click.argument("entries", nargs=-1, required=True)
@click.option(
    "--history", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="Folder of the nights [default: runs/nightly].",
)  # fmt: skip
@click.option(
    "--nights", type=click.IntRange(1, 30), default=4, help="Nights at most [default: 4]."
)
@click.option("--was", default=None, metavar="NAME", help="The entry's former name.")
def bless(entries: tuple[str, ...], history: Path | None, nights: int, was: str | None) -> None:
    """Have the next nights held against the last ones of ENTRY, and say what that changes.

    Nothing else moves what nights are held against. The last nights count that were made alike,
    four at most: one night's luck would be judged by for ever.
    """
    from harness.nightly.command import bless as bless_entries

    say("\n".join(bless_entries(entries, history, nights, was)))


@click.command()
@click.argument("scores", type=click.Path(path_type=Path))
@click.argument("others", metavar="[RUN]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--runs", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"),
    help="Folder of the run folders [default: runs].",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Of the draws [default: 0].")
@JSON
def calibrate(scores: Path, others: tuple[Path, ...], runs: Path, seed: int, as_json: bool) -> None:
    """Fit the scoring profile to the official scores that you have.

    SCORES is a table (csv, xlsx, json) with a row a submission: `run`, a run folder or the name of
    one, and `official`, the total that it got; its official parts may stand in AS, ART and AE. A
    row without a score, and every RUN, could be submitted next; without either, all finished runs
    on the same questions could.
    """
    from harness.calibrate.command import calibrate as fit

    text, found = fit(scores, others, runs, seed)
    say(to_json(found) if as_json else text)
