"""The command line as a user starts it, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


def podium(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command(*arguments), cwd=cwd, env=environment(), capture_output=True, text=True, check=False
    )


def command(*arguments: str | Path) -> list[str]:
    """The words that start Podium."""
    return [sys.executable, "-m", "harness", *map(str, arguments)]


def environment() -> dict[str, str]:
    """This process's environment, with the project importable from anywhere."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}


def heed_ctrl_c() -> None:
    """For `preexec_fn`: what a shell starts in the background ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ok(*arguments: str | Path, cwd: Path) -> str:
    """Run a command that must succeed; return its stdout."""
    result = podium(*arguments, cwd=cwd)
    assert result.returncode == 0, result.stderr
    return result.stdout


def timed(*arguments: str | Path, cwd: Path) -> str:
    """Run a command that must succeed, but for times that a busy machine may leave open."""
    result = podium(*arguments, cwd=cwd)
    open_times = result.returncode == 3 and "podium: the times of " in result.stderr
    assert result.returncode == 0 or open_times, result.stderr
    return result.stdout


def refused(*arguments: str | Path, cwd: Path, code: int = 2) -> str:
    """Run a command that must fail with one line; return that line."""
    result = podium(*arguments, cwd=cwd)
    assert result.returncode == code, (result.returncode, result.stderr)
    lines = [line for line in result.stderr.splitlines() if line.startswith("podium: ")]
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stderr
    return lines[0]


def write_spec(folder: Path, spec: Mapping[str, Any], name: str = "spec.yaml") -> Path:
    """A spec file."""
    path = folder / name
    path.write_text(yaml.safe_dump(dict(spec), allow_unicode=True), encoding="utf-8")
    return path


def states(plan: str) -> dict[tuple[str, str], str]:
    """State of each experiment and stage in a plan's JSON."""
    return {(s["experiment"], s["stage"]): s["state"] for s in json.loads(plan)}


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Time and size of every file below a folder, to see that nothing was touched."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in sorted(folder.rglob("*"))
    }
