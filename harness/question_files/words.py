"""Words that names of columns and cells are known by, from `words.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml


def words(name: str) -> tuple[str, ...]:
    """The words of a list."""
    return _read()[name]


@cache
def _read() -> Mapping[str, tuple[str, ...]]:
    text = Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")
    return {name: tuple(map(str, listed)) for name, listed in yaml.safe_load(text).items()}
