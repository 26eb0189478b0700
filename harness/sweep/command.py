"""`podium sweep` on the command line."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from harness.errors import Inconclusive, UsageError
from harness.store.files import make_folder, write_json, write_text
from harness.store.streams import say, tell

# Options that are settings of the same name.
_SETTINGS = ("trials", "hours", "gpu_hours", "sampler", "finalists", "repeats", "storage")


@click.command()
@click.argument("spec", metavar="SPEC[:ENTRY]")
@click.option(
    "--set", "changes", multiple=True, metavar="A.B=C",
    help="Lay a value over the experiment, or over sweep or search. Repeatable.",
)  # fmt: skip
@click.option(
    "--runs", type=click.Path(path_type=Path, file_okay=False), default=None,
    help="Folder of the store and the run folders [default: runs].",
)  # fmt: skip
@click.option("--trials", type=click.IntRange(min=1), help="Recipes to try [default: 30].")
@click.option(
    "--hours", type=click.FloatRange(min=0, min_open=True),
    help="Begin no more trials after so many hours of training and answering.",
)  # fmt: skip
@click.option("--gpu-hours", type=click.FloatRange(min=0, min_open=True), help="The same, on GPUs.")
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
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
def sweep(spec: str, workers: str, as_json: bool, **options: Any) -> None:
    """Search for a better recipe: ranges under `search:`, settings under `sweep:` of SPEC.

    Trials are trained for a share of their epochs first, and the better ones for longer. The best
    are trained anew with several seeds, timed and compared. What was killed goes on where it was
    when the same command is given again. Without `search:` the learning rate, rank, alpha and
    epochs are searched.
    """
    from harness.sweep.request import read_request

    path, entry = _split(spec)
    runs = options["runs"]
    extra = () if runs is None else (f"runtime.runs={json.dumps(str(runs))}",)
    more = {name: options[name] for name in _SETTINGS}
    request = read_request(path, entry, (*options["changes"], *extra), more)
    found, text = _run(request, workers)
    say(json.dumps(found, ensure_ascii=False, indent=2) if as_json else text)
    tell(f"\n{request.folder / 'sweep.html'}")
    if found["winner"] is None:
        raise Inconclusive(f"{request.name}: {_nobody(found)}")


def _run(request: Any, workers: str) -> tuple[Mapping[str, Any], str]:
    """Search, run the finals and write what was found; it, and what a terminal shows."""
    from harness.sweep.finals import run_finals
    from harness.sweep.findings import findings
    from harness.sweep.ledger import open_ledger
    from harness.sweep.page import page
    from harness.sweep.search import search
    from harness.sweep.tables import as_markdown, as_text
    from harness.sweep.workers import open_evaluator

    if request.settings.gpu_hours is not None:
        _check_gpu()
    with open_evaluator(request, workers) as evaluator:
        trials = search(request, open_ledger(request), evaluator)
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 120
    finals = run_finals(request, trials, columns)
    found = findings(request, trials, finals)
    make_folder(request.folder)
    write_json(request.folder / "sweep.json", found)
    write_text(request.folder / "sweep.md", as_markdown(found))
    write_text(request.folder / "sweep.html", page(found))
    return found, "\n\n".join(filter(None, (finals.board, as_text(found))))


def _split(spec: str) -> tuple[Path, str | None]:
    """`SPEC` or `SPEC:ENTRY`; a file whose name holds a colon is itself."""
    before, colon, entry = spec.rpartition(":")
    if not colon or not before or Path(spec).is_file():
        return Path(spec), None
    return Path(before), entry


def _check_gpu() -> None:
    """Raise where GPU-hours are a budget and there is no GPU.

    Raises:
        UsageError: so it is.
    """
    import torch

    if not torch.cuda.is_available():
        raise UsageError("sweep.gpu_hours: there is no GPU here: write hours")


def _nobody(found: Mapping[str, Any]) -> str:
    spent = found["spent"]
    failed, ended = spent["fail"], spent["complete"]
    if failed and not ended:
        return f"{failed} of {len(found['trials'])} trials failed, and none was trained whole"
    if found["failed_finals"]:
        return "every finalist failed"
    return f"none of {ended} trials that were trained whole keeps to the constraints"
