"""The process of vLLM's server: it ends itself when whoever started it is gone.

Run by file, with vLLM's own arguments behind. Its standard input is a pipe that nobody writes to:
it closes with the process that holds the other end, however that ended, and then this process goes
with all that it has started.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading

SERVER = "vllm.entrypoints.openai.api_server"


def main() -> None:
    """Serve until the other end of standard input is closed."""
    threading.Thread(target=_end_with_parent, name="lifeline", daemon=True).start()
    runpy.run_module(SERVER, run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    """Wait for the end of standard input, then kill this process group."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
