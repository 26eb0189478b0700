"""The process ends at once, with its exit code, after all that others have left to do."""

from __future__ import annotations

import subprocess
import sys

import pytest

# A module of the command line that does something else: `%s`.
ENDING = """
import atexit, sys, threading, time
import harness.cli
class Late:
    def __del__(self): print("taken apart")
late = Late()
def work():
    time.sleep(0.2)
    print("thread")
def command():
    atexit.register(print, "handler")
    threading.Thread(target=work).start()
    %s
harness.cli.main = command
from harness.__main__ import main
main()
"""


def ended(how: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ENDING % how], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("how", "code"),
    [("return", 0), ("sys.exit()", 0), ("sys.exit(0)", 0), ("sys.exit(1)", 1), ("sys.exit(3)", 3)],
)
def test_threads_and_handlers_are_waited_for_and_modules_not_taken_apart(
    how: str, code: int
) -> None:
    done = ended(how)
    assert (done.returncode, done.stdout, done.stderr) == (code, "thread\nhandler\n", "")


def test_a_sentence_is_printed() -> None:
    done = ended("sys.exit('a sentence')")
    assert (done.returncode, done.stderr) == (1, "a sentence\n")


def test_a_fault_of_ours_is_told_whole() -> None:
    done = ended("raise ZeroDivisionError")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "taken apart" in done.stdout
