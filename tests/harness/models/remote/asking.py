"""Asks a teacher, here or in a process that a test may kill: `python -m` this module.

Arguments: address, file of replies, number of samples, concurrency. Prints one JSON line an output.
"""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from harness.config.sections import Budget, Runtime
from harness.config.teachers import ApiTeacher
from harness.core import Output
from harness.models.api import open_api
from harness.models.budget import Meter
from harness.models.response_cache import Responses
from tests.conftest import sample
from tests.teacher_server import Server

PAYER = "distill-0"


def whom(
    address: str, concurrency: int = 32, timeout_s: float = 120.0, **section: Any
) -> tuple[ApiTeacher, Runtime]:
    """A teacher at an address, and the pace at which it is asked."""
    asked = ApiTeacher(**{"engine": "api", "address": address, "model": "m", **section})
    return asked, Runtime(concurrency=concurrency, timeout_s=timeout_s)


def ask(
    server: Server | str,
    responses: Responses,
    number: int = 5,
    budget: Budget | None = None,
    tries: int = 8,
    **settings: Any,
) -> list[Output]:
    """The outputs for so many samples, in a session of its own."""
    address = server if isinstance(server, str) else server.address
    asked, run = whom(address, **{"concurrency": 8, "timeout_s": 10.0, **settings})
    meter = Meter(budget or Budget(), responses.spent(PAYER))
    with open_api(asked, run, responses, meter, PAYER, tries) as model:
        return list(model.generate(sample(n) for n in range(number)))


def texts(number: int) -> list[str]:
    """What the server answers to so many samples."""
    return [f"answer to {sample(n).question}" for n in range(number)]


def threads() -> list[str]:
    """Threads of the client that are alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("teacher-")]


@contextmanager
def drawing(outputs: Iterator[Output]) -> Iterator[None]:
    """Draw outputs in a thread, until there are no more or the model is closed."""

    def draw() -> None:
        with suppress(RuntimeError):
            for _ in outputs:
                pass

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def main(address: str, path: str, number: str, concurrency: str) -> None:
    """Ask, and print what comes."""
    responses = Responses(Path(path))
    meter = Meter(Budget(), responses.spent(PAYER))
    asked = whom(address, concurrency=int(concurrency))
    with open_api(*asked, responses, meter, PAYER) as model:
        for output in model.generate(sample(n) for n in range(int(number))):
            print(json.dumps([output.sample_id, output.text, output.error]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
