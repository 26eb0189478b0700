"""Fetching from Hugging Face, or a mirror of it, into the cache that its other users share."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from harness.errors import need
from harness.hub import troubles
from harness.hub.cache import UNWANTED, WANTED, Listed, is_wanted, repo_folder
from harness.hub.names import HubName
from harness.hub.troubles import Hub
from harness.store.files import storing, write_bytes


def fetch(name: HubName) -> str:
    """Bring what is missing of a model here; return the commit that the name leads to.

    Files that are in the cache are not fetched again. One that broke off begins anew: its client
    goes on with a file only as long as it runs itself.
    A branch is remembered once all of its commit is here, so that a copy which is found without
    the hub is whole.

    Raises:
        InputError: the hub has no such model or revision, or does not give it.
        RunError: the hub cannot be reached, or the download broke off.
        StoreError: the disk has no room for it.
        MissingDependency: `huggingface_hub` is not installed.
    """
    need("huggingface_hub", "train")
    hub = _hub()
    with _told(name, hub):
        commit, listed = _look_up(name)
    if not any(path.endswith(".safetensors") for path in listed):
        raise troubles.no_weights(name, hub)
    home = repo_folder(name)
    here = home / "snapshots" / commit
    missing = sum(file.size for path, file in listed.items() if not (here / path).exists())
    troubles.check_room(name, hub, home, missing)
    with _told(name, hub, fetching=True), troubles.on_disk(name, hub, home):
        _download(name, commit)
    if not name.is_pinned:
        with storing(home):
            write_bytes(home / "refs" / name.revision, commit.encode())
    return commit


def _hub() -> Hub:
    from huggingface_hub import constants

    return Hub(constants.ENDPOINT, "HF_TOKEN", "HF_ENDPOINT", "HF_HOME")


def _look_up(name: HubName) -> tuple[str, Mapping[str, Listed]]:
    """The commit of a name, and its files that are wanted."""
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import RepoFile

    api = HfApi(library_name="podium")
    commit = name.revision
    if not name.is_pinned:
        commit = str(api.model_info(name.repo, revision=name.revision, timeout=30).sha)
    files = api.list_repo_tree(name.repo, recursive=False, revision=commit)
    return commit, {
        file.path: Listed(file.size, file.lfs.sha256 if file.lfs else "")
        for file in files
        if isinstance(file, RepoFile) and is_wanted(file.path)
    }


def _download(name: HubName, commit: str) -> None:
    from huggingface_hub import snapshot_download

    snapshot_download(
        name.repo, revision=commit, cache_dir=repo_folder(name).parent, library_name="podium",
        allow_patterns=list(WANTED), ignore_patterns=list(UNWANTED),
    )  # fmt: skip


@contextmanager
def _told(name: HubName, hub: Hub, *, fetching: bool = False) -> Iterator[None]:
    """Turn what the hub's client raises into one sentence."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError as error:
        raise troubles.refused(name, hub) from error
    except errors.RepositoryNotFoundError as error:
        raise troubles.unknown(name, hub) from error
    except errors.RevisionNotFoundError as error:
        raise troubles.no_revision(name, hub) from error
    except errors.HfHubHTTPError as error:
        raise _answered(name, hub, error) from error
    except (
        httpx2.HTTPError, errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError,
        errors.FileMetadataError,
    ) as error:  # fmt: skip
        why = _why(error)
        broken = troubles.broken_off(name, why)
        raise (broken if fetching else troubles.down(name, hub, why)) from error
    except OSError as error:
        if "Consistency check failed" not in str(error):
            raise
        raise troubles.broken_off(name, "a file came out too short") from error


def _answered(name: HubName, hub: Hub, error: Any) -> Exception:
    status = error.response.status_code
    if status in (401, 403):
        return troubles.refused(name, hub)
    return troubles.down(name, hub, f"it answers {status}")


def _why(error: BaseException) -> str:
    """The root of what went wrong, in a few words."""
    if os.environ.get("HF_HUB_OFFLINE") and type(error).__name__ == "OfflineModeIsEnabled":
        return "HF_HUB_OFFLINE is set"
    text = " ".join(str(error.__cause__ or error).split())
    return text[:100] or type(error).__name__
