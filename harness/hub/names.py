"""The name of a model on a hub: `hf:ORG/NAME[@revision]` or `ms:ORG/NAME[@revision]`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

HUGGINGFACE, MODELSCOPE = "hf", "ms"
# The branch that each hub gives out where none is named.
_BRANCHES = {HUGGINGFACE: "main", MODELSCOPE: "master"}
FORM = "hf:ORG/NAME[@revision] or ms:ORG/NAME[@revision]"
_PART = r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._-]{0,95}"
_REPO = re.compile(f"{_PART}/{_PART}")
_REVISION = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}")
_COMMIT = re.compile("[0-9a-f]{40}")
# How the folder of a model's copies begins: models--ORG--NAME/snapshots/COMMIT.
_CACHED = "models--"


@dataclass(frozen=True, slots=True)
class HubName:
    """One model of one hub. `revision` is a branch, a tag, or the 40 hex digits of a commit."""

    hub: str
    repo: str
    revision: str

    @property
    def is_pinned(self) -> bool:
        """Whether it means the same files for ever."""
        return is_commit(self.revision)

    @property
    def short(self) -> str:
        """The model's name without its owner."""
        return self.repo.partition("/")[2]

    def at(self, commit: str) -> HubName:
        """The same model at a commit."""
        return replace(self, revision=commit)

    def __str__(self) -> str:
        return f"{self.hub}:{self.repo}@{self.revision}"


def hub_name(text: str | None) -> HubName | None:
    """Read a name; `None` where it is none of a hub, as a folder or `builtin:NAME`.

    Raises:
        ValueError: it begins as one and goes on as none.
    """
    hub, colon, rest = (text or "").partition(":")
    if not colon or hub not in _BRANCHES:
        return None
    repo, at, revision = rest.partition("@")
    revision = revision if at else _BRANCHES[hub]
    if not _REPO.fullmatch(repo):
        raise ValueError(f"{text}: no model of a hub is named so: write {FORM}")
    if not _REVISION.fullmatch(revision):
        raise ValueError(f"{text}: @{revision} names no branch, tag or commit")
    return HubName(hub, repo, revision)


def model_name(named: str | None, folder: Path) -> str:
    """A model as people know it: of a hub's, whose folder bears a commit, ORG/NAME.

    Args:
        named: as a spec names it.
        folder: where it lies, perhaps in the cache of a hub.

    Raises:
        ValueError: it begins as a hub's name and goes on as none.
    """
    of_hub = hub_name(named)
    if of_hub is not None:
        return of_hub.repo
    home = folder.parent.parent.name
    if folder.parent.name == "snapshots" and home.startswith(_CACHED):
        return home.removeprefix(_CACHED).replace("--", "/", 1)
    # ModelScope's own cache writes dots of a name so.
    return folder.name.replace("___", ".")


def is_commit(revision: str) -> bool:
    """Whether a revision is a commit's whole hash, which never moves."""
    return _COMMIT.fullmatch(revision) is not None
