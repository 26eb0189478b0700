"""Ctrl-C at any moment leaves the file of replies to the threads that still keep some."""

import signal
import threading
import time
from pathlib import Path

from harness.models.budget import Spent
from harness.models.response_cache import Reply, Responses

_TRIES = 60


def test_ctrl_c_never_leaves_the_replies_locked(tmp_path: Path) -> None:
    """A thread keeps replies while the main one looks them up and is interrupted, again and again.

    The timer's signal is what Ctrl-C sends. While the exception is under way the thread goes on:
    calls that are waited for then are kept.
    """
    responses = Responses(tmp_path / "responses.sqlite")
    responses.put("known", Reply("text"), "payer", Spent())
    kept: list[int] = []
    ended = threading.Event()

    def keep() -> None:
        while not ended.is_set():
            responses.put(f"{len(kept)}", Reply("text"), "payer", Spent())
            kept.append(len(kept))

    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        stuck = [n for n in range(_TRIES) if not _goes_on(responses, kept)]
    finally:
        signal.signal(signal.SIGALRM, before)
        ended.set()
    keeper.join(10)
    assert stuck == []


def _goes_on(responses: Responses, kept: list[int]) -> bool:
    """Look replies up until the signal comes; whether more are kept while it is handled."""
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        while True:
            responses.get("known")
    except KeyboardInterrupt:
        number, deadline = len(kept), time.monotonic() + 2.0
        while len(kept) == number and time.monotonic() < deadline:
            time.sleep(0.0005)
        return len(kept) > number
