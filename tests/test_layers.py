"""Arrows between the rooms of the house point down, and nothing lies loose in its hall.

Read from the imports themselves, also those inside functions; what is imported for types alone
draws no arrow.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import harness

ROOT = Path(harness.__file__).parent.parent
PACKAGES = ("harness", "suites", "reports")
# From the ground up: a room knows what lies below it. Those of one layer do not know each other.
LAYERS = (
    ("core", "errors", "progress", "text"),
    ("checker", "findings", "store"),
    ("benchmark", "config", "hub", "rows"),
    ("curate", "data", "metrics", "models", "spec", "tables"),
    ("distill", "export", "finetune", "judges", "parity", "question_files", "reports", "timing"),
    ("calibrate", "chat", "scoring", "stages", "starter", "suites"),
    ("experiment",),
    ("bench", "doctor", "nightly", "preflight"),
    ("pipeline",),
    ("sweep",),
    ("cli",),
    ("__main__",),
)
MOST_LAYERS = 12
HALL = {
    "__init__",
    "__main__",
    "benchmark",
    "core",
    "errors",
    "findings",
    "pipeline",
    "progress",
    "spec",
}
Imports = Mapping[str, set[str]]


@cache
def read_modules() -> dict[str, str]:
    """The source of each module by its dotted name; a package stands for its `__init__`."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = path.read_text(encoding="utf-8")
    return found


def modules() -> dict[str, str]:
    return dict(read_modules())


@cache
def _read(name: str, source: str) -> frozenset[str]:
    return frozenset(_imported(ast.parse(source), read_modules())) - {name}


def imports(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """What each module imports of the others."""
    return {name: set(_read(name, source)) for name, source in sources.items()}


def _imported(tree: ast.AST, known: Mapping[str, str]) -> Iterator[str]:
    for node in _run(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in known else str(node.module) for name in names)


def _run(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _run(node)


def room(module: str) -> str:
    """`harness.store.locks` lies in `store`, `suites.reading` in `suites`."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] or package if package == "harness" else package


def upward(found: Imports) -> list[tuple[str, str]]:
    """The arrows that do not point down, between rooms."""
    level = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    level["harness"] = -1  # its version alone
    return [
        (module, other)
        for module, others in found.items()
        for other in others
        if room(module) not in ("harness", room(other))
        and level[room(other)] >= level[room(module)]
    ]


def circle(found: Imports) -> list[str]:
    """The modules of one circle of imports, if there is any."""
    try:
        TopologicalSorter(found).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_room_has_its_layer() -> None:
    rooms = {room(module) for module in modules()} - {"harness"}
    assert rooms == {name for layer in LAYERS for name in layer}
    assert len(LAYERS) <= MOST_LAYERS


def test_arrows_between_rooms_point_down() -> None:
    assert upward(imports(modules())) == []


def test_no_imports_go_in_a_circle() -> None:
    assert circle(imports(modules())) == []


def test_the_hall_holds_the_nouns_alone() -> None:
    assert {path.stem for path in (ROOT / "harness").glob("*.py")} == HALL


@pytest.mark.parametrize(
    "line",
    [
        "import harness.pipeline",
        "from harness import pipeline",
        "def late() -> None:\n    from harness.experiment.plan import plan",
    ],
)
def test_an_arrow_up_is_found(line: str) -> None:
    sources = modules()
    sources["harness.store.files"] += f"\n{line}\n"
    assert [module for module, _ in upward(imports(sources))] == ["harness.store.files"]
    assert circle(imports(sources)) != []


def test_what_is_read_for_types_alone_is_no_arrow() -> None:
    sources = modules()
    sources["harness.store.files"] += "\nif TYPE_CHECKING:\n    from harness.pipeline import run\n"
    assert upward(imports(sources)) == []
