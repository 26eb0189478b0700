"""A hub on this machine, as Hugging Face and ModelScope answer, with the faults of real ones.

    with hub({"some/model": Repo({COMMIT: folder_files(...)}, {"main": COMMIT})}) as server:
        ... server.variables(cache) ... server.sent

It serves what `huggingface_hub` asks for (model info, tree, resolve with etags and commits, big
files through a redirect) and the three addresses of ModelScope. Every byte that goes out is
counted by file.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from harness.models.quiet import environment_as_found

Files = Mapping[str, bytes]
# What a hub keeps beside git, and tells the sha256 of.
_BIG = (".safetensors", ".bin")


@dataclass
class Repo:
    """A model: the files of each commit, and where branches lead.

    `gated`: only who brings `token` gets it.
    """

    commits: dict[str, Files]
    branches: dict[str, str]
    gated: bool = False
    token: str = "let-me-in"  # noqa: S105 - opens nothing but this

    def commit(self, revision: str) -> str | None:
        found = self.branches.get(revision, revision)
        return found if found in self.commits else None


@dataclass
class HubServer:
    """A hub that is up. `cut`: how many bytes of a file go out before the line breaks, once each.

    `broken`: every answer is this status. `wrong`: files whose content is not what is listed.
    """

    address: str
    repos: dict[str, Repo]
    cut: dict[str, list[int]] = field(default_factory=dict)
    broken: int | None = None
    wrong: set[str] = field(default_factory=set)
    sent: Counter[str] = field(default_factory=Counter)
    calls: list[str] = field(default_factory=list)

    def variables(self, cache: Path) -> dict[str, str]:
        """The environment of somebody who uses this hub, and has no copy of anything."""
        own = {name: value for name, value in environment_as_found().items() if "HF_" not in name}
        return {
            **own, "HF_ENDPOINT": self.address, "HF_HOME": str(cache), "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1", "MODELSCOPE_DOMAIN": self.address,
            "MODELSCOPE_CACHE": str(cache), "PYTHONPATH": str(Path(__file__).parent.parent),
        }  # fmt: skip


def folder_files(folder: Path) -> dict[str, bytes]:
    """The files of a model folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@contextmanager
def hub(repos: dict[str, Repo]) -> Iterator[HubServer]:
    """A hub with these models, for as long as the block lasts."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server = HubServer(f"http://127.0.0.1:{http.server_address[1]}", repos)
    http.hub = server  # type: ignore[attr-defined] # handlers find it there
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    @property
    def hub(self) -> HubServer:
        found: HubServer = self.server.hub  # type: ignore[attr-defined]
        return found

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:  # noqa: PLR0911 - an address a line
        parts = urlsplit(self.path)
        self.hub.calls.append(f"{self.command} {self.path}")
        if self.hub.broken is not None:
            return self._say({}, self.hub.broken)
        steps = [unquote(step) for step in parts.path.strip("/").split("/")]
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        match steps:
            case ["api", "v1", "models", org, name, *rest]:
                return self._modelscope(f"{org}/{name}", rest, asked)
            case ["api", "models", org, name, "revision", revision]:
                return self._info(f"{org}/{name}", revision)
            case ["api", "models", org, name, "tree", revision]:
                return self._tree(f"{org}/{name}", revision)
            case [org, name, "resolve", revision, *path]:
                return self._resolve(f"{org}/{name}", revision, "/".join(path))
            case ["cdn", org, name, commit, *path]:
                return self._content(f"{org}/{name}", commit, "/".join(path), {})
        return self._say({}, 404)

    # --- Hugging Face ---

    def _found(self, name: str, revision: str) -> tuple[Repo, str] | None:
        """A model and a commit of it; what is wrong with the request is answered here."""
        repo = self.hub.repos.get(name)
        if repo is None:
            self._say({"error": "Repository not found"}, 401, {"X-Error-Code": "RepoNotFound"})
            return None
        if repo.gated and self.headers.get("Authorization") != f"Bearer {repo.token}":
            self._say({"error": "gated"}, 403, {"X-Error-Code": "GatedRepo"})
            return None
        commit = repo.commit(revision)
        if commit is None:
            self._say({"error": "no revision"}, 404, {"X-Error-Code": "RevisionNotFound"})
            return None
        return repo, commit

    def _info(self, name: str, revision: str) -> None:
        found = self._found(name, revision)
        if found is not None:
            names = [{"rfilename": path} for path in found[0].commits[found[1]]]
            self._say({"id": name, "modelId": name, "sha": found[1], "siblings": names})

    def _tree(self, name: str, revision: str) -> None:
        found = self._found(name, revision)
        if found is not None:
            files = found[0].commits[found[1]]
            self._say([_entry(path, data) for path, data in files.items()])

    def _resolve(self, name: str, revision: str, path: str) -> None:
        found = self._found(name, revision)
        if found is None:
            return None
        repo, commit = found
        if path not in repo.commits[commit]:
            return self._say({}, 404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": commit})
        data, headers = repo.commits[commit][path], {"X-Repo-Commit": commit}
        if not path.endswith(_BIG):
            return self._content(name, commit, path, {**headers, "ETag": f'"{_git_sha(data)}"'})
        linked = {"X-Linked-Etag": f'"{_sha256(data)}"', "X-Linked-Size": str(len(data))}
        elsewhere = self.hub.address.replace("127.0.0.1", "localhost")  # a host of its own
        place = f"{elsewhere}/cdn/{name}/{commit}/{path}"
        return self._say({}, 302, {**headers, **linked, "Location": place})

    # --- ModelScope ---

    def _modelscope(self, name: str, rest: list[str], asked: Mapping[str, str]) -> None:
        repo = self.hub.repos.get(name)
        if repo is None:
            return self._say({"Code": 10010205001, "Message": "not found", "Success": False}, 404)
        if repo.gated and self.headers.get("Authorization") != f"Bearer {repo.token}":
            return self._say({"Code": 10010103009, "Success": False}, 403)
        if not rest:
            return self._say({"Code": 200, "Data": {"Name": name}, "Success": True})
        commit = repo.commit(asked.get("Revision", "master"))
        if commit is None:
            return self._say({"Code": 10010205001, "Success": False}, 404)
        if rest == ["repo", "files"]:
            files = [_modelscope_entry(p, d, commit) for p, d in repo.commits[commit].items()]
            return self._say({"Code": 200, "Data": {"Files": files}, "Success": True})
        return self._content(name, commit, asked["FilePath"], {})

    # --- both ---

    def _content(self, name: str, commit: str, path: str, headers: Mapping[str, str]) -> None:
        data = self.hub.repos[name].commits[commit][path]
        if path in self.hub.wrong:
            data = bytes(len(data))
        begin = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        part = data[begin:]
        self.send_response(206 if begin else 200)
        for key, value in headers.items():
            self.send_header(key, value)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        if self.command == "GET":
            self._send(path, part)

    def _send(self, path: str, part: bytes) -> None:
        cuts = self.hub.cut.get(path, [])
        if cuts:
            part = part[: cuts.pop(0)]
            self.close_connection = True
        self.wfile.write(part)
        self.wfile.flush()
        self.hub.sent[path] += len(part)
        if self.close_connection:
            self.connection.shutdown(2)

    def _say(self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        for key, text in (headers or {}).items():
            self.send_header(key, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


def _entry(path: str, data: bytes) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "type": "file", "path": path, "size": len(data), "oid": _git_sha(data),
    }  # fmt: skip
    if path.endswith(_BIG):
        entry["lfs"] = {"oid": _sha256(data), "size": len(data), "pointerSize": 134}
    return entry


def _modelscope_entry(path: str, data: bytes, commit: str) -> dict[str, Any]:
    return {
        "Path": path, "Name": Path(path).name, "Type": "blob", "Size": len(data),
        "Sha256": _sha256(data), "Revision": commit, "CommittedDate": 1_700_000_000,
    }  # fmt: skip


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _git_sha(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()  # noqa: S324 - git's own


def offline_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """The same user where nothing answers at the hub's address."""
    dead = "http://127.0.0.1:9"
    return {**variables, "HF_ENDPOINT": dead, "MODELSCOPE_DOMAIN": dead}
