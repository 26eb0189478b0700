"""What the scripts share that write the suites' own data: their words, and their command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def words_of(script: str) -> Any:
    """What stands in `words.yaml` beside a script, by its `__file__`."""
    return yaml.safe_load(Path(script).with_name("words.yaml").read_text(encoding="utf-8"))


def write(
    script: str, files: Mapping[str, tuple[bytes, str]], arguments: Sequence[str] | None
) -> None:
    """Write files into the folder that a command line names, by default that of the script.

    Args:
        script: its `__file__`.
        files: by name, what each holds, and how much that is, such as `320 rows`.
        arguments: of the command line; `None` are those of this process.
    """
    parser = argparse.ArgumentParser(description=f"write {', '.join(files)}")
    parser.add_argument("--out", type=Path, default=Path(script).parent, help="folder")
    folder: Path = parser.parse_args(arguments).out
    for name, (content, told) in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sys.stdout.write(f"{path}: {told}\n")
