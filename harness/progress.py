"""Progress for a person: a bar on stderr where stderr is a terminal, lines in the log elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(label: str, total: int, done: int = 0) -> Iterator[Callable[[], object]]:
    """Show a bar with rate and time left once the work has taken two seconds.

    Yields a function to be called after each item.
    """
    from tqdm import tqdm

    shown = tqdm(
        desc=label, total=total, initial=done, delay=2, file=sys.stderr, leave=False,
        disable=None, dynamic_ncols=True,
    )  # fmt: skip
    with shown:
        yield shown.update
