"""An exchange that takes too long is broken off wherever it stands, by one thread that watches all.

A time limit on each read is none on the whole: a server that sends a byte now and then, or one
`100 Continue` after the other, would hold a thread for ever.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time

# A thread with nothing to watch ends after so long.
_IDLE_S = 5.0


class Line:
    """The connection of one thread, known by a second handle on its socket.

    Whoever uses the connection may have wrapped the first one for TLS. `broken` says that the
    exchange under way was broken off.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self.broken = False

    def opened(self, connected: socket.socket) -> None:
        """A connection stands."""
        self.closed()
        with self._lock:
            self._handle = connected.dup()
            if self.broken:
                _shut(self._handle)

    def closed(self) -> None:
        """The connection is not used any more."""
        with self._lock:
            if self._handle is not None:
                self._handle.close()
                self._handle = None

    def break_off(self) -> None:
        """End whatever waits for the other side."""
        with self._lock:
            self.broken = True
            if self._handle is not None:
                _shut(self._handle)


def _shut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was faster
        handle.shutdown(socket.SHUT_RDWR)


class Watch:
    """Breaks off exchanges that take longer than they may.

    Args:
        timeout_s: how long each may take. As it is one for all, the first to begin ends first.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._news = threading.Condition()
        self._ends: dict[Line, float] = {}
        self._thread: threading.Thread | None = None

    def begin(self, line: Line) -> None:
        """An exchange begins on a line."""
        with self._news:
            line.broken = False
            self._ends[line] = time.monotonic() + self._timeout_s
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif len(self._ends) == 1:
                self._news.notify()

    def end(self, line: Line) -> None:
        """The exchange on a line is over."""
        with self._news:
            self._ends.pop(line, None)

    def _run(self) -> None:
        with self._news:
            while self._ends or self._news.wait(_IDLE_S) or self._ends:
                self._wait_for_first()
            self._thread = None

    def _wait_for_first(self) -> None:
        """Wait for the end of what began first, or break it off where that has come."""
        first = next(iter(self._ends.items()), None)
        if first is None:
            return
        line, end = first
        left_s = end - time.monotonic()
        if left_s > 0:
            self._news.wait(left_s)
        else:
            del self._ends[line]
            line.break_off()
