"""Arrows within the checker point down: check, rules, reading, parse."""

import ast
from pathlib import Path

import pytest

import harness.checker

ROOM = Path(harness.checker.__file__).parent
ORDER = ("parse", "reading", "rules")
# Nouns that every layer may use.
SHARED = ("verdict",)


def imported(path: Path) -> set[str]:
    """The modules of the project that a file imports, by dotted name."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


@pytest.mark.parametrize("layer", ORDER)
def test_no_layer_imports_one_above(layer: str) -> None:
    above = ORDER[ORDER.index(layer) + 1 :]
    for path in (ROOM / layer).glob("*.py"):
        rooms = [name.split(".")[2] for name in imported(path) if name.count(".") > 1
                 and name.startswith("harness.checker.")]  # fmt: skip
        assert not set(rooms) & set(above), path
        assert set(rooms) <= {*ORDER, *SHARED}, path


def test_the_checker_knows_no_metric() -> None:
    for path in ROOM.rglob("*.py"):
        assert not [name for name in imported(path) if name.startswith("harness.metrics")], path
