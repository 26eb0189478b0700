"""A headless Chromium on a pipe: enough of its DevTools protocol to read a page and click in it."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import time
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
_PATIENCE = 60.0


def path() -> str | None:
    """Where a Chromium is, if this machine has one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


class Chromium:
    """One browser with one page. The browser reads commands on its descriptor 3, writes on 4."""

    def __init__(self, program: str, profile: Path) -> None:
        command_out, self._commands = _pipe()
        self._replies, reply_in = _pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, command_out, 3),
            (os.POSIX_SPAWN_DUP2, reply_in, 4),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]
        arguments = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._process = os.posix_spawn(program, arguments, os.environ, file_actions=actions)
        os.close(command_out)
        os.close(reply_in)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self._page_target()
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.send("Page.setLifecycleEventsEnabled", enabled=True)

    def _page_target(self) -> str:
        """The first tab, which a cold browser opens only after it answers."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            for target in self.send("Target.getTargets")["targetInfos"]:
                if target["type"] == "page":
                    return str(target["targetId"])
            time.sleep(0.05)
        raise TimeoutError("Chromium opened no page")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command and wait for its result; events on the way are kept in `events`."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])
            self.events.append(answer)

    def _read(self) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._replies], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise TimeoutError("Chromium does not answer")
            data = os.read(self._replies, 1 << 16)
            if not data:
                raise RuntimeError("Chromium ended")
            self._buffer += data
        text, _, self._buffer = self._buffer.partition(b"\0")
        return dict(json.loads(text))

    def open(self, address: str) -> None:
        """Load a page and wait until it is there; `events` holds what happened meanwhile."""
        self._navigate("about:blank")  # else a new fragment alone would load nothing
        self._navigate(address)

    def _navigate(self, address: str) -> None:
        self.events.clear()
        loader = self.send("Page.navigate", url=address)["loaderId"]
        while not any(_loaded(event, loader) for event in self.events):
            self.events.append(self._read())

    def value(self, expression: str) -> Any:
        """What an expression is worth in the page; a promise is awaited."""
        found = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in found:
            raise RuntimeError(f"{expression}: {found['exceptionDetails']}")
        return found["result"].get("value")

    def happened(self, method: str) -> list[dict[str, Any]]:
        """Parameters of the events of one kind since the page was opened."""
        self.value("1")  # whatever was on its way has arrived before this answer
        return [event["params"] for event in self.events if event.get("method") == method]

    def screenshot(self, file: Path, clip: tuple[int, int] | None = None) -> None:
        """Write a picture of the whole page, or of its top, so many pixels wide and high."""
        part: dict[str, Any] = {}
        if clip is not None:
            part = {"clip": {"x": 0, "y": 0, "width": clip[0], "height": clip[1], "scale": 1}}
        data = self.send("Page.captureScreenshot", captureBeyondViewport=True, **part)["data"]
        file.write_bytes(base64.b64decode(data))

    def pdf(self) -> bytes:
        """The page as it prints."""
        return base64.b64decode(self.send("Page.printToPDF", printBackground=False)["data"])

    def close(self) -> None:
        """End the browser."""
        os.close(self._commands)
        end = time.monotonic() + 5
        while os.waitpid(self._process, os.WNOHANG) == (0, 0):
            if time.monotonic() > end:
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)
                break
            time.sleep(0.02)
        os.close(self._replies)


def _loaded(event: dict[str, Any], loader: str) -> bool:
    found = event.get("params", {})
    return (found.get("loaderId"), found.get("name")) == (loader, "load")


def _pipe() -> tuple[int, int]:
    """A pipe whose ends lie above 9, so that making one descriptor 3 covers no other."""
    low = os.pipe()
    read, write = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in low)
    for end in low:
        os.close(end)
    return read, write
