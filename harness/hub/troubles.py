"""What goes wrong with a hub, in one sentence each, whichever hub it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.errors import InputError, PodiumError, RunError, StoreError
from harness.hub.names import HubName
from harness.store.files import DISK_ERRORS, reason

_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub as people know it, with the environment variables that it heeds."""

    address: str
    token: str
    mirror: str
    cache: str

    def page(self, name: HubName) -> str:
        """Where a person reads about a model."""
        return f"{self.address}/{name.repo}"


def unknown(name: HubName, hub: Hub) -> PodiumError:
    """There is no such model, or none that a stranger may see."""
    return InputError(
        f"{name}: {hub.address} knows no model {name.repo}: check its name there; for a private "
        f"one set {hub.token}"
    )


def no_revision(name: HubName, hub: Hub) -> PodiumError:
    """The model is there, the revision is not."""
    return InputError(
        f"{name}: {hub.page(name)} has no revision {name.revision!r}: it may have been renamed or "
        "removed; name a branch, a tag or a commit that its history shows"
    )


def refused(name: HubName, hub: Hub) -> PodiumError:
    """The model is given to some people only."""
    return InputError(
        f"{name}: {hub.page(name)} is not given to everyone: accept its terms there, and set "
        f"{hub.token} to a token of that account"
    )


def no_weights(name: HubName, hub: Hub) -> PodiumError:
    """There is nothing that can be loaded without running a stranger's code."""
    return InputError(
        f"{name}: {hub.page(name)} holds no *.safetensors at its top, and nothing else is loaded: "
        "pickles can run code"
    )


def down(name: HubName, hub: Hub, why: str) -> PodiumError:
    """The hub does not answer, and nothing was kept."""
    return RunError(
        f"{name}: {hub.address} cannot be reached ({why}) and no whole copy is on this machine: "
        f"try again, set {hub.mirror} to a mirror, or name a local folder"
    )


def broken_off(name: HubName, why: str) -> PodiumError:
    """What was fetched whole so far stays."""
    return RunError(f"{name}: the download broke off ({why}): run again, what is whole is kept")


def check_room(name: HubName, hub: Hub, folder: Path, needed: int) -> None:
    """Refuse a download that the disk cannot hold, before it begins.

    Args:
        name: what is fetched.
        hub: from where.
        folder: where to, which need not be there yet.
        needed: bytes that are still missing.

    Raises:
        StoreError: there is less room.
    """
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free
    if needed > free:
        raise StoreError(
            f"{name}: takes {needed / _GIB:.1f} GiB and {there} has {free / _GIB:.1f} GiB left: "
            f"free some, or set {hub.cache} to a folder on a larger disk"
        )


@contextmanager
def on_disk(name: HubName, hub: Hub, folder: Path) -> Iterator[None]:
    """Tell a disk's refusal as such.

    Raises:
        StoreError: it is full, read-only or failing.
    """
    try:
        yield
    except OSError as error:
        if error.errno in DISK_ERRORS or isinstance(error, PermissionError):
            raise StoreError(
                f"{name}: {folder} cannot be written: {reason(error)}: free some room, or set "
                f"{hub.cache} to a folder on a larger disk"
            ) from error
        raise
