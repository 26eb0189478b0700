"""What of the hubs lies on this machine already: looked up without opening a socket.

Hugging Face's own cache is used as it is, so a model that another tool has fetched is found. For
ModelScope Podium keeps one of the same shape, because the hub's own cache forgets which commit
its files came from.

    models--ORG--NAME/
        refs/REVISION               the commit that a branch or tag led to last
        snapshots/COMMIT/           the files
        trees/COMMIT.json           size and, of big files, sha256 of each file of that commit
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from harness.hub.names import MODELSCOPE, HubName, is_commit

# Weights, settings, tokenizer and templates at the top of a repository. Pickles and code are left
# where they are, and so is a second copy of the weights in their maker's own form.
WANTED = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model", "*.tiktoken")
UNWANTED = ("*/*", "consolidated*.safetensors")
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """What a hub says of a file: bytes, and sha256 in hex, empty where it tells none."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole copy of a model at a commit; `listed` is empty where its hub's list was not kept."""

    name: HubName
    folder: Path
    listed: Mapping[str, Listed]


def find(name: HubName, environment: Mapping[str, str] | None = None) -> Snapshot | None:
    """The copy that a name leads to on this machine; `None` where there is none, or half of one."""
    home = repo_folder(name, environment)
    commit = name.revision if name.is_pinned else read_ref(home, name.revision)
    if commit is None:
        return None
    folder, listed = home / "snapshots" / commit, read_tree(home, commit)
    wanted = {path: file for path, file in listed.items() if is_wanted(path)}
    if not (_holds(folder, wanted) if wanted else _looks_whole(folder)):
        return None
    return Snapshot(name.at(commit), folder, wanted)


def repo_folder(name: HubName, environment: Mapping[str, str] | None = None) -> Path:
    """Where copies of a model lie."""
    named = os.environ if environment is None else environment
    root = _modelscope_cache(named) if name.hub == MODELSCOPE else _huggingface_cache(named)
    return root / f"models--{name.repo.replace('/', '--')}"


def _huggingface_cache(named: Mapping[str, str]) -> Path:
    """As `huggingface_hub.constants` finds it; that module is not imported for a look."""
    cache = named.get("HF_HUB_CACHE", named.get("HUGGINGFACE_HUB_CACHE"))
    if cache is not None:
        return _expanded(cache)
    home = named.get("HF_HOME")
    if home is not None:
        return _expanded(home) / "hub"
    return _expanded(named.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface" / "hub"


def _modelscope_cache(named: Mapping[str, str]) -> Path:
    return _expanded(named.get("MODELSCOPE_CACHE", "~/.cache/modelscope")) / "podium"


def _expanded(path: str) -> Path:
    return Path(os.path.expandvars(os.path.expanduser(path))).absolute()


def is_wanted(path: str) -> bool:
    """Whether a file of a repository belongs to a model's folder."""
    return _matches(path, WANTED) and not _matches(path, UNWANTED)


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def read_ref(home: Path, revision: str) -> str | None:
    """The commit that a branch or tag led to when it was last fetched."""
    try:
        commit = (home / "refs" / revision).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return commit if is_commit(commit) else None


def read_tree(home: Path, commit: str) -> dict[str, Listed]:
    """What the hub listed of a commit; nothing where that was not kept or cannot be read."""
    try:
        tree = json.loads((home / "trees" / f"{commit}.json").read_text(encoding="utf-8"))
        if tree["format_version"] != _FORMAT:
            return {}
        return {str(path): _listed(entry) for path, entry in tree["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _listed(entry: Mapping[str, Any]) -> Listed:
    sha256 = entry.get("lfs_sha256")
    return Listed(int(entry["size"]), sha256 if isinstance(sha256, str) else "")


def tree_of(files: Mapping[str, Listed]) -> dict[str, Any]:
    """A list as `read_tree` reads it."""
    entries = {path: {"size": f.size, "lfs_sha256": f.sha256} for path, f in files.items()}
    return {"format_version": _FORMAT, "files": entries}


def _looks_whole(folder: Path) -> bool:
    """Whether settings and weights are there, of a copy that came without its hub's list."""
    if not (folder / "config.json").is_file():
        return False
    index = folder / "model.safetensors.index.json"
    if not index.exists():
        return any(path.exists() for path in folder.glob("*.safetensors"))
    try:
        files = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        return all((folder / file).exists() for file in files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _holds(folder: Path, listed: Mapping[str, Listed]) -> bool:
    """Whether all files are there at their full length."""
    try:
        return all((folder / path).stat().st_size == file.size for path, file in listed.items())
    except OSError:
        return False
