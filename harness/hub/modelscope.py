"""Fetching from ModelScope by its plain HTTP interface, into a cache that knows its commits.

Three addresses are asked, below `/api/v1/models/ORG/NAME`: nothing more for the model itself,
`repo/files?Revision=` for the list of its files, `repo?Revision=&FilePath=` for one of them. The
list says of each file its bytes, its sha256, and the last commit that changed it; the newest of
these is the commit that the whole is known by. The `modelscope` package is not used: it patches
other packages, and forgets commits.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests

from harness.errors import PodiumError
from harness.hub import troubles
from harness.hub.cache import Listed, is_wanted, repo_folder, tree_of
from harness.hub.names import HubName, is_commit
from harness.hub.troubles import Hub
from harness.store.files import make_folder, storing, write_bytes, write_json
from harness.store.locks import held

_DOMAIN = "www.modelscope.cn"
_TIMEOUT_S = (10.0, 60.0)  # to connect, and between two pieces
_PIECE = 2**20
_TRIES = 5
_BROKEN_OFF = (
    requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError,
)  # fmt: skip
# The hub lists no more files than this, and does not say so.
_MOST_FILES = 3000


@dataclass(frozen=True, slots=True)
class _Asking:
    """A model, the hub, and a connection to it."""

    name: HubName
    hub: Hub
    session: requests.Session

    def get(self, path: str, **asked: Any) -> requests.Response:
        address = f"{self.hub.address}/api/v1/models/{self.name.repo}{path}"
        return self.session.get(address, timeout=_TIMEOUT_S, **asked)


def fetch(name: HubName) -> str:
    """Bring what is missing of a model here; return the commit that the name leads to.

    What was fetched of a file before it broke off is gone on with; a file gets its name once its
    sha256 is what the hub lists, and the list is written last.

    Raises:
        InputError: the hub has no such model or revision, or does not give it.
        RunError: the hub cannot be reached, or the download broke off.
        StoreError: the disk has no room for it.
    """
    with requests.Session() as session:
        asking = _Asking(name, _hub(), session)
        _identify(session)
        with _told(asking):
            commit, listed = _look_up(asking)
        if not any(path.endswith(".safetensors") for path in listed):
            raise troubles.no_weights(name, asking.hub)
        home = repo_folder(name)
        with storing(home):
            make_folder(home)
        with held(home / "fetching.lock", f"fetching {name}"):
            _fill(asking, home / "snapshots" / commit, listed)
            write_json(home / "trees" / f"{commit}.json", tree_of(listed))
            if not name.is_pinned:
                write_bytes(home / "refs" / name.revision, commit.encode())
    return commit


def _hub() -> Hub:
    domain = os.environ.get("MODELSCOPE_DOMAIN", _DOMAIN).rstrip("/")
    address = domain if domain.startswith(("http://", "https://")) else f"https://{domain}"
    return Hub(address, "MODELSCOPE_API_TOKEN", "MODELSCOPE_DOMAIN", "MODELSCOPE_CACHE")


def _identify(session: requests.Session) -> None:
    """Give the token, where there is one: as a header, and as the cookie that older parts want."""
    session.headers["User-Agent"] = "podium"
    token = os.environ.get("MODELSCOPE_API_TOKEN")
    if token:
        session.headers["Authorization"] = f"Bearer {token}"
        session.cookies.set("m_session_id", token)


def _look_up(asking: _Asking) -> tuple[str, Mapping[str, Listed]]:
    """The commit of a name, and its files that are wanted."""
    name = asking.name
    asked = {"Revision": name.revision, "Recursive": "False"}
    answer = asking.get("/repo/files", params=asked)
    if answer.status_code == HTTPStatus.NOT_FOUND:
        raise _not_found(asking)
    if answer.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise troubles.refused(name, asking.hub)
    answer.raise_for_status()
    entries = [entry for entry in _files(answer) if entry.get("Type") != "tree"]
    if not entries:
        raise _not_found(asking)
    listed = {str(e["Path"]): Listed(int(e["Size"]), str(e.get("Sha256", ""))) for e in entries}
    commit = name.revision if name.is_pinned else _newest(asking, entries)
    return commit, {path: file for path, file in listed.items() if is_wanted(path)}


def _not_found(asking: _Asking) -> PodiumError:
    """Whether the model or its revision is missing: the hub says the same of both."""
    if asking.get("").ok:
        return troubles.no_revision(asking.name, asking.hub)
    return troubles.unknown(asking.name, asking.hub)


def _files(answer: requests.Response) -> list[dict[str, Any]]:
    """The entries of a list.

    Raises:
        ValueError: it is none, or cut off by the hub.
    """
    data = answer.json().get("Data")
    entries = data.get("Files") if isinstance(data, dict) else None
    if not isinstance(entries, list) or len(entries) >= _MOST_FILES:
        raise ValueError("its list of files cannot be read")
    return entries


def _newest(asking: _Asking, entries: list[dict[str, Any]]) -> str:
    """The last commit that changed any of the files.

    Raises:
        ValueError: the list does not say it.
    """
    last = max(entries, key=lambda entry: int(entry.get("CommittedDate", 0)))
    commit = str(last.get("Revision", ""))
    if not is_commit(commit):
        raise ValueError(f"it lists no commit of {asking.name.revision}")
    return commit


def _fill(asking: _Asking, folder: Path, listed: Mapping[str, Listed]) -> None:
    """Fetch the files of a commit that are not there yet."""
    missing = {path: file for path, file in listed.items() if not _is_whole(folder / path, file)}
    begun = sum(_length(_partial(folder / path)) for path in missing)
    needed = sum(file.size for file in missing.values()) - begun
    troubles.check_room(asking.name, asking.hub, folder, needed)
    with storing(folder):
        make_folder(folder)
    with _progress(asking.name, needed) as shown:
        for path, file in missing.items():
            with _told(asking, fetching=True), troubles.on_disk(asking.name, asking.hub, folder):
                _fetch_file(asking, folder / path, file, shown)


def _is_whole(path: Path, file: Listed) -> bool:
    return path.is_file() and _length(path) == file.size


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.incomplete")


def _fetch_file(asking: _Asking, path: Path, file: Listed, shown: Any) -> None:
    """Fetch one file, going on where an earlier try broke off."""
    partial = _partial(path)
    for attempt in range(_TRIES):
        try:
            _append(asking, path.name, partial, file.size, shown)
            break
        except _BROKEN_OFF:
            if attempt + 1 == _TRIES:
                raise
    if _length(partial) != file.size or (file.sha256 and _sha256(partial) != file.sha256):
        partial.unlink()  # nothing can be gone on with
        raise ValueError(f"{path.name} is not what it lists")
    partial.replace(path)


def _append(asking: _Asking, name: str, partial: Path, size: int, shown: Any) -> None:
    """Fetch what is missing of a file to the end of what is there."""
    begun = _length(partial)
    if begun >= size and partial.exists():
        return
    asked = {"Revision": asking.name.revision, "FilePath": name}
    headers = {"Range": f"bytes={begun}-"} if begun else {}
    with asking.get("/repo", params=asked, headers=headers, stream=True) as answer:
        answer.raise_for_status()
        goes_on = answer.status_code == HTTPStatus.PARTIAL_CONTENT
        with partial.open("ab" if goes_on else "wb") as out:
            for piece in answer.iter_content(_PIECE):
                out.write(piece)
                shown.update(len(piece))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _progress(name: HubName, needed: int) -> Iterator[Any]:
    from tqdm import tqdm

    silent = os.environ.get("HF_HUB_DISABLE_PROGRESS_BARS") == "1"
    with tqdm(
        desc=str(name), total=max(needed, 0), unit="B", unit_scale=True, leave=False,
        disable=silent or None,
    ) as shown:  # fmt: skip
        yield shown


@contextmanager
def _told(asking: _Asking, *, fetching: bool = False) -> Iterator[None]:
    """Turn what requests raises, and a list that cannot be read, into one sentence."""
    try:
        yield
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        if not fetching:
            raise troubles.down(asking.name, asking.hub, _why(error)) from error
        raise troubles.broken_off(asking.name, _why(error)) from error


def _why(error: BaseException) -> str:
    response = getattr(error, "response", None)
    if response is not None:
        return f"it answers {response.status_code}"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return " ".join(str(error).split())[:100] or type(error).__name__
