"""`podium sweep` from its arguments to its text, its JSON and its page."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.store.files import make_folder, write_bytes, write_json, write_text

# Options that are settings of the same name.
_SETTINGS = ("trials", "hours", "gpu_hours", "sampler", "finalists", "repeats", "storage")


def sweep(
    spec: str, changes: Sequence[str], workers: str, options: Mapping[str, Any]
) -> tuple[str, Mapping[str, Any], Path, str]:
    """Search, run the finals, write what was found.

    Args:
        spec: `SPEC` or `SPEC:ENTRY`.
        changes: as `--set` has them.
        workers: `auto`, a number, or the address of a cluster.
        options: settings of the sweep by name; `None` where the command line says nothing.

    Returns:
        What a terminal shows, the same for scripts, the page, and why nobody won; empty where
        somebody did.

    Raises:
        UsageError: the spec, a range or a setting is wrong.
    """
    from harness.sweep.request import read_request

    path, entry = _split(spec)
    request = read_request(path, entry, changes, {name: options[name] for name in _SETTINGS})
    found, text = _run(request, workers)
    problem = "" if found["winner"] is not None else f"{request.name}: {_nobody(found)}"
    return text, found, request.folder / "sweep.html", problem


def _run(request: Any, workers: str) -> tuple[Mapping[str, Any], str]:
    """Search, run the finals and write what was found; it, and what a terminal shows."""
    from harness.sweep.finals import run_finals
    from harness.sweep.findings import findings
    from harness.sweep.ledger import open_ledger
    from harness.sweep.page import page
    from harness.sweep.search import search
    from harness.sweep.tables import as_markdown, as_text
    from harness.sweep.workers import open_evaluator

    with open_evaluator(request, workers) as evaluator:
        trials = search(request, open_ledger(request), evaluator)
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 120
    finals = run_finals(request, trials, columns)
    found = findings(request, trials, finals)
    make_folder(request.folder)
    write_json(request.folder / "sweep.json", found)
    write_text(request.folder / "sweep.md", as_markdown(found))
    write_bytes(request.folder / "sweep.html", page(found))
    return found, "\n\n".join(filter(None, (finals.board, as_text(found))))


def _split(spec: str) -> tuple[Path, str | None]:
    """`SPEC` or `SPEC:ENTRY`; a file whose name holds a colon is itself."""
    before, colon, entry = spec.rpartition(":")
    if not colon or not before or Path(spec).is_file():
        return Path(spec), None
    return Path(before), entry


def _nobody(found: Mapping[str, Any]) -> str:
    spent = found["spent"]
    failed, ended = spent["fail"], spent["complete"]
    if failed and not ended:
        return f"{failed} of {len(found['trials'])} trials failed, and none was trained whole"
    if found["failed_finals"]:
        return "every finalist failed"
    return f"none of {ended} trials that were trained whole keeps to the constraints"
