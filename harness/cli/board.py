"""A leaderboard on the terminal, or as JSON for a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from harness.cli.options import columns, to_json
from harness.errors import Inconclusive, PodiumError, RunError
from harness.store.files import read_text
from harness.store.secret import scrubbed
from harness.store.streams import say, tell


def show_board(
    runs: Path, folders: list[Path], out: Path, as_json: bool,
    failures: Mapping[str, PodiumError] = MappingProxyType({}),
) -> None:  # fmt: skip
    """Make and print the board of run folders, where there are any, and as JSON who failed."""
    lost = [{"name": name, "failed": scrubbed(str(why))} for name, why in failures.items()]
    if folders:
        from harness.experiment.leaderboard import leaderboard

        show(leaderboard(runs, folders, out, columns()), out, as_json, lost)
    elif as_json:
        say(to_json(lost))


def show(text: str, out: Path, as_json: bool, lost: Sequence[dict[str, str]] = ()) -> None:
    """Print a board, as JSON with the entries that failed behind it.

    A script that cannot read the cautions learns by the exit code of times.

    Raises:
        RunError: an entry is not served as it was trained.
        Inconclusive: the times of some entry decide nothing, and no person is looking.
    """
    from harness.experiment.leaderboard import served_otherwise, undecided

    if as_json:
        text = read_text(out / "leaderboard.json").rstrip("\n")
        text = to_json([*json.loads(text), *lost]) if lost else text
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
