"""`podium`, and `python -m harness`: the command line as a process of its own."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys


def main() -> None:
    """Run the command line, and end the process without taking its modules apart.

    Python spends seconds on that after vLLM and torch were imported, when threads have been waited
    for and exit handlers have run, so for nothing. What ends in a traceback ends as ever.
    """
    codes: list[int] = []
    atexit.register(_end, codes)  # before any other handler, so it runs last
    from harness import cli

    try:
        cli.main()
    except SystemExit as leaving:
        if leaving.code is None or isinstance(leaving.code, int):
            codes.append(0 if leaving.code is None else leaving.code)
        raise
    codes.append(0)


def _end(codes: list[int]) -> None:
    if not codes:
        return
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # nobody reads it
            stream.flush()
    os._exit(codes[0])


if __name__ == "__main__":
    main()
