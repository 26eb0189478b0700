"""Runs part of a test in a forked child: to kill it for real, or to take its disk away."""

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

# Audit events that come before a step on the disk.
_DISK_EVENTS = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"}


def start(work: Callable[[], object]) -> int:
    """Run `work` in a child; return its process id.

    A fork has one thread. What OpenMP would leave to the others waits for ever, so torch, where a
    test before has loaded it, works alone in the child. vLLM's threads cannot be done without.
    """
    assert "vllm" not in sys.modules, "a fork of a process with vLLM hangs: mark the file `forks`"
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)
        work()
        code = 0
    except BaseException:  # noqa: BLE001  # the child must end here, not in the parent's pytest
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def wait(pid: int) -> int:
    """Exit code of a child, negative when a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def child_says(work: Callable[[], str]) -> str:
    """Run `work` in a child; return its text."""
    reader, writer = os.pipe()
    pid = start(lambda: os.write(writer, work().encode()))
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.read().decode()
    assert wait(pid) == 0, "the child failed; see its traceback"
    return text


def limit_file_size(size: int) -> None:
    """Let no file of this process grow beyond `size` bytes: the nearest thing to a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def die_at_step(number: int, root: Path) -> None:
    """Kill this process right before its `number`-th step on the disk under `root`."""
    left = number

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in _DISK_EVENTS and str(arguments[0]).startswith(str(root)):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
