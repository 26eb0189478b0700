"""The command line: thin. Each command reads its arguments, calls one function, prints.

Results go to stdout, everything else to stderr. Exit codes: 0 fine, 1 failed or worse, 2 usage or
spec error, 3 inconclusive.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import logging
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from harness import __version__
from harness.compare.command import compare
from harness.data.commands import data
from harness.errors import Inconclusive, PodiumError, RunError, SpecError
from harness.store.files import make_folder, read_text, reason, write_text
from harness.store.secret import scrubbed
from harness.store.streams import give_up, open_streams, say, tell, unprintable
from harness.sweep.command import sweep

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


# What writing to an open file says when it fails; no file is named then.
_OF_STDOUT = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)


class _Commands(click.Group):
    """Commands in the order of the work, and a hint where a name is misspelt."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="podium")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing on stderr but errors.")
@click.option("--debug", is_flag=True, help="Show where an error came from, packages included.")
def podium(quiet: bool, debug: bool) -> None:
    """From a table to a ranked leaderboard: distill, fine-tune, infer, score, report."""
    # Heavy packages warn about themselves; only their errors concern the user.
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.ERROR)
    logging.getLogger("podium").setLevel(
        logging.DEBUG if debug else logging.ERROR if quiet else logging.INFO
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(_without_keys)


@podium.command()
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
        say(_json(asks.as_json(asked)) if as_json else asks.as_text(asked))
        return
    started = start(request)
    say(_json(report.as_json(started)) if as_json else report.as_text(started))


@podium.command()
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

    experiments = _load(specs, changes, runs, repeats)
    target = out or experiments[0].runtime.runs / experiments[0].group
    try:
        folders = run_pipeline(experiments, until)
    except EntriesFailed as failed:
        with contextlib.suppress(Inconclusive):  # what failed says more
            _board(experiments[0].runtime.runs, failed.folders, target, as_json, failed.failures)
        raise
    _board(experiments[0].runtime.runs, folders, target, as_json)


@podium.command()
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

    steps = make_plan(_load(specs, changes, runs, repeats))
    say(_json(steps) if as_json else table(steps))


@podium.command()
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
    found = check_specs(_load(specs, changes, runs), adapter, colour=colour)
    say(_json(report.as_json(found)) if as_json else report.as_text(found, colour=colour))
    if found.errors:
        sys.exit(1)


@podium.command()
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
    say(_json(summary) if as_json else score_table(summary))


@podium.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@JSON
def report(runs: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Write the leaderboard of run folders as html, md, json and xlsx."""
    from reports.leaderboard import build, terminal_table, write

    board = build(runs)
    write(board, out)
    _show(terminal_table(board, _columns()), out, as_json)


podium.add_command(compare)


@podium.command()
@click.argument("entries", nargs=-1, required=True)
@click.option("--reference", default=None, help="An entry to compare with [default: the first].")
@click.option(
    "--questions", type=click.Path(path_type=Path), default=None,
    help="A question file [default: questions about a board of 24 trains].",
)  # fmt: skip
@click.option(
    "--count", "number", type=click.IntRange(min=5), default=40, help="Questions [default: 40]."
)
@click.option(
    "--replicates", type=click.IntRange(min=4), default=4, help="Even, and 4 at least [default: 4]."
)
@click.option(
    "--load", "levels", default="1,2,4,8", metavar="A,B,…",
    help="Levels of load, in questions under way at once; 0 for none [default: 1,2,4,8].",
)  # fmt: skip
@click.option(
    "--limit", "limit_s", type=click.FloatRange(min=0, min_open=True), default=1.0,
    help="Seconds within which an answer under load is a good one [default: 1].",
)  # fmt: skip
@click.option("--max-tokens", type=click.IntRange(min=1), default=64, help="[default: 64]")
@click.option("--max-length", type=click.IntRange(min=16), default=1024, help="[default: 1024]")
@click.option("--engine", default="auto", help="Of local models: vllm, server or hf.")
@click.option("--dtype", default="auto", help="Of local models.")
@click.option("--model", default="", help="Name of the model at an address.")
@click.option("--key-env", default=None, help="The variable that holds the key of an address.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="Folder of bench.html and bench.json.",
)  # fmt: skip
@JSON
def bench(entries: tuple[str, ...], out: Path | None, as_json: bool, **options: Any) -> None:
    """Time models alone: how long an answer takes, by itself and under load.

    ENTRY is a model folder, an adapter folder, a run folder, SPEC.yaml:ENTRY, builtin:tiny-qwen2,
    or the http address of an OpenAI-compatible server, such as http://127.0.0.1:8000/v1. All are
    asked the same questions in turns, A B B A, and compared with the first.
    """
    from harness.bench.command import bench as time_entries

    text, report, page = time_entries(entries, **options)
    if out is not None:
        make_folder(out)
        write_text(out / "bench.json", _json(report) + "\n")
        write_text(out / "bench.html", page)
    say(_json(report) if as_json else text)
    if out is not None:
        tell(f"\n{out / 'bench.html'}")
    doubts = [f"{one['name']}: {one['doubt']}" for one in report["entries"] if one["doubt"]]
    if doubts and (as_json or not sys.stdout.isatty()):
        raise Inconclusive("; ".join(doubts))


@podium.command()
@click.argument("run", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--to", "form", required=True, metavar="FORM",
    help="merged, gguf-ready, llamafactory, xtuner or xfyun.",
)  # fmt: skip
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="A folder that is not there yet."
)
@JSON
def export(run: Path, form: str, out: Path, as_json: bool) -> None:
    """Write a tuned run for elsewhere, with a model card and a ledger of what made it.

    RUN is a run folder, such as runs/quickstart-lora-r32.
    """
    from harness.export.export import export as write_export

    names = write_export(run, form, out)
    say(_json(names) if as_json else "\n".join(str(out / name) for name in names))


@podium.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--base", "with_base", is_flag=True, help="Have the untuned base answer as well.")
@click.option("--system", default="", help="A system text before the conversation.")
@click.option(
    "--max-tokens", "most", type=click.IntRange(min=1), default=None,
    help="Tokens of an answer at most [default: the spec's generate.max_tokens].",
)  # fmt: skip
def chat(runs: tuple[Path, ...], with_base: bool, system: str, most: int | None) -> None:
    """Talk to finished runs, side by side where there are several.

    RUN is a run folder. What was said is remembered; /reset forgets it, /exit ends. Where stdin is
    no terminal, each of its lines is asked.
    """
    from harness.chat.speakers import open_speakers
    from harness.chat.talk import Talk, talk
    from harness.export.finished import open_run

    finished = [open_run(run) for run in runs]
    with open_speakers(finished, with_base=with_base, most=most) as speakers:
        talk(Talk(speakers, system))


@podium.command()
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
    "--drop", type=click.FloatRange(0.1, 100), default=3.0,
    help="Loss of AS or AE to be found, in points [default: 3].",
)  # fmt: skip
@click.option(
    "--slower", type=click.FloatRange(0.01, 10), default=0.15,
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
    experiments = _load(specs, changes, runs)
    if not keep:
        forget_measured(experiments)
    failed: EntriesFailed | None = None
    try:
        folders = run_pipeline(experiments)
    except EntriesFailed as error:
        failed, folders = error, error.folders
        if not folders:
            raise
    reasons = {} if failed is None else failed.failures
    lost = {name: scrubbed(str(why)) for name, why in reasons.items()}
    text, data, report = judge(folders, given, how, lost)
    say(_json(data) if as_json else text)
    if github and (lines := annotations(report)):
        tell(lines) if as_json else say(lines)
    if failed is not None:
        raise failed
    if code := {"fine": 0, "regressed": 1, "inconclusive": 3}[report.call]:
        sys.exit(code)


@podium.command()
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


@podium.command()
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
    say(_json(found) if as_json else text)


@podium.command()
@click.argument("name", required=False)
@click.option("--set", "changes", multiple=True, metavar="A=B", help="Options of the suite.")
@click.option("--questions", type=click.Path(path_type=Path), help="Write its test questions here.")
@click.option(
    "--export", "target", type=click.Path(path_type=Path),
    help="Write its training data here, as a trainer or a platform takes it.",
)  # fmt: skip
@click.option("--to", "form", default=None, help="Format of the export, as in podium data convert.")
@JSON
def suites(
    name: str | None, changes: tuple[str, ...], questions: Path | None, target: Path | None,
    form: str | None, as_json: bool,
) -> None:  # fmt: skip
    """List the benchmarks there are, or describe one and write its questions or training data."""
    from harness.scoring.catalogue import describe_suite, list_suites

    if name is None:
        if changes or questions or target or form:
            raise SpecError("name a suite before its options: podium suites NAME ...")
        told: Any = list_suites()
    else:
        told = describe_suite(name, changes, questions, target, form)
    say(_json(told) if as_json else _lines(told))


@podium.command()
def schema() -> None:
    """Print the JSON Schema of a spec, for editors."""
    from harness.spec import schema as spec_schema

    say(_json(spec_schema()))


@podium.command()
@RUNS
@click.option(
    "--try", "tries", is_flag=True,
    help="Have the embedded base answer on each engine that is installed; takes a minute or two.",
)  # fmt: skip
@JSON
def doctor(runs: Path | None, tries: bool, as_json: bool) -> None:
    """Say what is installed, what this machine can do, and what is missing for what.

    Ends in 1 where something is there and cannot work. No host is asked.
    """
    from harness.doctor import examination

    found = examination.examine(runs or Path("runs"), tries=tries)
    say(_json(examination.as_json(found)) if as_json else examination.as_text(found))
    if any(line.level == "broken" for line in found):
        sys.exit(1)


@podium.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    r"""Print what makes SHELL complete commands, options and files.

    \b
    For bash, in ~/.bashrc:                 eval "$(podium completion bash)"
    For zsh, in ~/.zshrc:                   eval "$(podium completion zsh)"
    For fish, in ~/.config/fish/config.fish: podium completion fish | source
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise SpecError(f"click completes nothing for {shell}")
    say(kind(podium, {}, "podium", "_PODIUM_COMPLETE").source())


podium.add_command(data)
podium.add_command(sweep)


def _load(
    specs: tuple[Path, ...], changes: tuple[str, ...], runs: Path | None,
    repeats: int | None = None,
) -> list[Spec]:  # fmt: skip
    from harness.spec import load_specs

    extra = () if runs is None else (f"runtime.runs={json.dumps(str(runs))}",)
    loaded = [spec for path in specs for spec in load_specs(path, (*changes, *extra))]
    names = [spec.name for spec in loaded]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SpecError(f"two experiments are named {twice!r}: they would share a run folder")
    if repeats is None:
        return loaded
    from harness.experiment.recipe import repeated

    return repeated(loaded, repeats)


def _board(
    runs: Path, folders: list[Path], out: Path, as_json: bool,
    failures: Mapping[str, PodiumError] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Make and print the board of run folders, where there are any, and as JSON who failed."""
    lost = [{"name": name, "failed": scrubbed(str(why))} for name, why in failures.items()]
    if folders:
        from harness.experiment.leaderboard import leaderboard

        _show(leaderboard(runs, folders, out, _columns()), out, as_json, lost)
    elif as_json:
        say(_json(lost))


def _columns() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 120


def _show(text: str, out: Path, as_json: bool, lost: Sequence[dict[str, str]] = ()) -> None:
    """Print a board, as JSON with the entries that failed behind it.

    A script that cannot read the cautions learns by the exit code of times.

    Raises:
        RunError: an entry is not served as it was trained.
        Inconclusive: the times of some entry decide nothing, and no person is looking.
    """
    from harness.experiment.leaderboard import served_otherwise, undecided

    if as_json:
        text = read_text(out / "leaderboard.json").rstrip("\n")
        text = _json([*json.loads(text), *lost]) if lost else text
    say(text)
    tell(f"\n{out / 'leaderboard.html'}")
    for sentence in served_otherwise(out):
        raise RunError(sentence)
    names = undecided(out)
    if names and (as_json or not sys.stdout.isatty()):
        raise Inconclusive(
            f"the times of {', '.join(names)} are inconclusive and earn no ART; to time them "
            "again on a quieter machine, delete the folder behind stages/latency of their runs"
        )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _lines(told: Any) -> str:
    """The suites with what each needs and asks, or one suite with a line a family."""
    if isinstance(told, list):
        width = max(len(row["suite"]) for row in told)
        return "\n".join(line for row in told for line in _suite_lines(row, width))
    head = f"{told['suite']} {told['version']}, scored by {told['profile']}"
    width = max(map(len, told["families"]))
    rows = (
        f"  {name:<{width}}  {family['train']:>6} to teach  {family['test']:>6} to ask  "
        f"{family['title']}"
        for name, family in told["families"].items()
    )
    return "\n".join([head, *rows, *told["notes"]])


def _suite_lines(row: dict[str, str], width: int) -> tuple[str, str, str]:
    indent = " " * width
    return (
        f"{row['suite']:<{width}}  {row['about']}",
        f"{indent}  needs: {row['needs']}",
        f"{indent}  asks:  {row['example']}",
    )


def _without_keys(record: logging.LogRecord) -> bool:
    """A record is shown without any key."""
    record.msg, record.args = scrubbed(record.getMessage()), ()
    if record.exc_info:
        record.exc_text = scrubbed(logging.Formatter().formatException(record.exc_info))
    return True


def _terminated(_: int, __: object) -> NoReturn:
    """A polite kill, or a closed terminal, ends as Ctrl-C does: what is under way is kept."""
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line; a user's mistake is one line on stderr and an exit code."""
    open_streams()
    try:
        _main()
    finally:  # else Python complains about what it cannot print, and ends in 120
        give_up(sys.stdout)
        give_up(sys.stderr)


def _main() -> None:
    """Run the command, and end with its exit code."""
    for polite in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(polite) is not signal.SIG_IGN:  # as nohup asks
            signal.signal(polite, _terminated)
    try:
        podium(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        with contextlib.suppress(OSError):  # nobody reads stderr
            click.echo(scrubbed(said.getvalue()), err=True, nl=False)
        sys.exit(2)
    except PodiumError as error:
        logging.getLogger("podium").debug("%s", error, exc_info=True)
        tell(f"podium: {scrubbed(str(error))}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(_refused(error))


def _refused(error: OSError) -> int:
    """Say what the system refused that nobody had a sentence for; return the exit code."""
    if isinstance(error, BrokenPipeError):
        return 1
    if error.errno == errno.ENAMETOOLONG:
        tell(f"podium: {str(error.filename)[:60]}…: the name is too long")
        return 2
    if error.filename is None and error.errno in _OF_STDOUT:  # click prints its help by itself
        tell(f"podium: {unprintable(error)}")
    else:
        tell(f"podium: {error.filename or 'the system says'}: {reason(error)}")
    return 1
