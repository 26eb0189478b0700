"""Progress for a person: a bar on stderr where stderr is a terminal, lines in the log elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# How often the words beside a bar change, in seconds.
_EVERY = 0.2


class Bar:
    """A bar under way, with a few words beside it."""

    def __init__(self, shown: Any) -> None:
        self._shown = shown
        self._noted = 0.0

    def advance(self) -> None:
        """One item more is done."""
        self._shown.update()

    @property
    def hidden(self) -> bool:
        """Whether nobody sees it, stderr being no terminal: what matters belongs into the log."""
        return bool(self._shown.disable)

    def due(self) -> bool:
        """Whether it is worth while to say something new beside the bar."""
        return not self._shown.disable and time.monotonic() - self._noted >= _EVERY

    def note(self, words: str) -> None:
        """Say something beside the bar."""
        self._noted = time.monotonic()
        self._shown.set_postfix_str(words)


@contextmanager
def bar(label: str, total: int, done: int = 0) -> Iterator[Bar]:
    """Show a bar with rate and time left once the work has taken two seconds."""
    from tqdm import tqdm

    shown = tqdm(
        desc=label, total=total, initial=done, delay=2, file=sys.stderr, leave=False,
        disable=None, dynamic_ncols=True,
    )  # fmt: skip
    with shown:
        yield Bar(shown)
