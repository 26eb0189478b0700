"""A name to a folder: from this machine where it is there for good, else from its hub."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import InputError, MissingDependency, PodiumError, RunError, StoreError
from harness.hub.cache import Snapshot, find, read_ref, repo_folder
from harness.hub.names import HubName

log = logging.getLogger("podium")

_ROOT = Path(__file__).resolve().parent.parent.parent
_KINDS: Mapping[str, type[PodiumError]] = {
    kind.__name__: kind for kind in (InputError, MissingDependency, RunError, StoreError)
}


def fetch(name: HubName, environment: Mapping[str, str]) -> Snapshot:
    """The whole copy of a model, fetched where it is not here.

    A commit that is here is not asked about. A branch or tag is, for it may have moved; where its
    hub cannot be reached, the commit that it led to last is taken, and said to be.

    Args:
        name: the model.
        environment: variables of the process that goes to the hub, as the user has set them.

    Raises:
        InputError: the hub has no such model or revision, or does not give it.
        RunError: the hub cannot be reached and no whole copy is here, or the download broke off.
        StoreError: the disk has no room for it.
        MissingDependency: `huggingface_hub` is not installed.
    """
    kept = find(name, environment)
    if kept is not None and name.is_pinned:
        return kept
    before = None if name.is_pinned else read_ref(repo_folder(name, environment), name.revision)
    try:
        commit = _ask(name, environment)
    except RunError as error:
        if kept is None:
            raise
        log.warning("%s; taking the copy that is here, %s", _cause(error), kept.name)
        return kept
    found = find(name.at(commit), environment)
    if found is None:
        raise RunError(f"{name}: was fetched, and is not whole in {repo_folder(name, environment)}")
    _tell_move(name, before, commit)
    return found


def _cause(error: RunError) -> str:
    """Why the hub was of no use, without what to do where nothing is here."""
    return str(error).partition(" and no whole copy")[0].partition(": run again")[0]


def _tell_move(name: HubName, before: str | None, commit: str) -> None:
    """Say where a branch leads, and whether that is another place than last time."""
    if name.is_pinned:
        return
    if before is not None and before != commit:
        log.warning(
            "%s moved from %s to %s since it was last fetched, so what was made with it is made "
            "again; name %s to stay where you were",
            name, before[:12], commit[:12], name.at(before),
        )  # fmt: skip
    elif before is None:
        log.info("%s is %s: name that, and it never moves", name, name.at(commit))


def _ask(name: HubName, environment: Mapping[str, str]) -> str:
    """Fetch in a process of its own; return the commit.

    Raises:
        PodiumError: what that process says.
    """
    log.info("%s: asking the hub", name)
    ended = subprocess.run(  # noqa: S603 - our own module, by our own interpreter
        [sys.executable, "-P", "-m", "harness.hub.worker", str(name)],
        env=_variables(environment), stdout=subprocess.PIPE, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = _said(ended.stdout)
    if "commit" in said:
        return str(said["commit"])
    if said.get("error") in _KINDS:
        raise _KINDS[said["error"]](str(said["text"]))
    raise RunError(f"{name}: the process that fetches it ended with code {ended.returncode}")


def _said(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text.strip().rpartition("\n")[2])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The user's variables, this code's place, and silence where nobody reads a bar."""
    shown = sys.stderr.isatty() and log.isEnabledFor(logging.INFO)
    quiet = {} if shown else {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_VERBOSITY": "critical"}
    paths = [str(_ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    return {**environment, **quiet, "PYTHONPATH": os.pathsep.join(paths)}
