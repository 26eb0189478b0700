"""Printing results where nobody may be reading: stdout may be a closed pipe, a full disk, nothing.

Whoever stops reading (`podium plan ... | head -1`) has what they wanted: the command goes on and
ends with its own exit code. A disk that is full loses results, and that is an error.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TextIO

import click

from harness.errors import RunError
from harness.store.files import reason


def open_streams() -> None:
    """Make sure that stdin, stdout and stderr are there, and that any text can be printed.

    Where one is closed, the next file that is opened would get its number, and whatever prints
    there would end up in that file.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for good
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Print a result.

    Raises:
        RunError: it cannot be written.
    """
    try:
        click.echo(text)
    except OSError as error:
        give_up(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise unprintable(error) from error


def tell(text: str) -> None:
    """Print a line beside the results; where nobody can read it, nothing is lost."""
    try:
        click.echo(text, err=True)
    except OSError:
        give_up(sys.stderr)


def unprintable(error: OSError) -> RunError:
    """What to say of results that cannot be printed."""
    return RunError(f"the results cannot be printed: {reason(error)}")


def give_up(stream: TextIO) -> OSError | None:
    """Send what is left for a stream nowhere, if it cannot be printed; return why it cannot."""
    try:
        stream.flush()
    except OSError as error:
        with contextlib.suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
        return error
    return None
