"""The last stage, report: run folders to a leaderboard, cached like every other stage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.metrics.latency import INCONCLUSIVE
from harness.parity.verdict import FAIL
from harness.spec import PACKAGE
from harness.store.files import make_folder, read_json, read_text, share, write_text
from harness.store.leftovers import clean
from harness.store.store import Store

VERSION = 1
TEXT = "leaderboard.txt"


def leaderboard(runs: Path, folders: Sequence[Path], out: Path, columns: int) -> str:
    """Write `leaderboard.{html,md,json,xlsx}` to `out`; return what a terminal shows.

    Args:
        runs: root of the store.
        folders: run folders, whose summaries name the stages that they came from.
        out: where the files go.
        columns: width of the terminal.
    """
    store = Store(runs)
    inputs = {
        "version": VERSION,
        "seeds": store.digest(PACKAGE / "baselines" / "results" / "seeds.json"),
        "reports": store.digest(PACKAGE / "reports", ("*.py", "templates/*")),
        "runs": {folder.name: read_json(folder / "summary.json") for folder in folders},
        "columns": columns,
    }
    made = store.make("report", inputs, lambda work: _build(folders, columns, work))
    make_folder(out)
    clean(out)
    for path in sorted(made.glob("leaderboard*")):
        if path.name != TEXT:
            share(path, out / path.name)
    return read_text(made / TEXT).rstrip("\n")


def undecided(out: Path) -> list[str]:
    """Entries of a written leaderboard whose times count and are inconclusive."""
    return [
        str(row["name"])
        for row in read_json(out / "leaderboard.json")
        if row["scoring"]["weights"].get("ART")
        and (row["latency"] or {}).get("verdict") == INCONCLUSIVE
    ]


def served_otherwise(out: Path) -> list[str]:
    """A sentence for each entry of a written leaderboard that is not served as it was trained."""
    checked = [
        (str(row["name"]), row.get("served_as_trained") or {})
        for row in read_json(out / "leaderboard.json")
    ]
    return [f"{name}: {found['said']}" for name, found in checked if found.get("verdict") == FAIL]


def _build(folders: Sequence[Path], columns: int, work: Path) -> None:
    from reports.leaderboard import build, terminal_table, write

    board = build(folders)
    write(board, work)
    write_text(work / TEXT, terminal_table(board, columns) + "\n")
