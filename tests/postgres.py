"""A PostgreSQL server of a test's own, in a folder of its own, by whoever may start one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest


def _program(name: str) -> str | None:
    """A program of the server; Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


@contextmanager
def server() -> Iterator[str]:
    """Start one; its address, without a password, which it does not ask for.

    Skips the test where there is no PostgreSQL, or nobody who may start it: it refuses root.
    """
    initdb, control = _program("initdb"), _program("pg_ctl")
    user = "postgres" if os.getuid() == 0 else None
    if initdb is None or control is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(mkdtemp(prefix="podium-pg-", dir="/tmp"))
    if user is not None:
        try:
            shutil.chown(folder, user)
        except LookupError:
            shutil.rmtree(folder)
            pytest.skip("there is no user to start PostgreSQL as")
    port = _free_port()
    data = str(folder / "data")
    quick = f"-F -k {folder} -h 127.0.0.1 -p {port}"  # -F: a test's data need no fsync
    try:
        _run([initdb, "-D", data, "-U", "podium", "-A", "trust", "--no-sync"], user, folder)
        _run([control, "-D", data, "-w", "-o", quick, "-l", f"{folder}/log", "start"], user, folder)
        try:
            yield f"postgresql://podium@127.0.0.1:{port}/postgres"
        finally:
            stop = [control, "-D", data, "-w", "-m", "immediate", "stop"]
            subprocess.run(stop, user=user, cwd=folder, capture_output=True, check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(words: list[str], user: str | None, folder: Path) -> None:
    with (folder / "out").open("ab") as out:  # a pipe would stay open in the server
        subprocess.run(words, user=user, cwd=folder, stdout=out, stderr=out, check=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
