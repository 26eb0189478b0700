"""YAML that people write, with the line at which each field stands."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from harness.errors import UsageError
from harness.files import reason

Location = Sequence[str | int]


@dataclass(frozen=True)
class MarkedYaml:
    """A file's content as plain values, and the syntax tree that knows their lines."""

    path: Path
    tree: Any
    node: yaml.Node | None

    def line(self, location: Location) -> int | None:
        """The line at which a location stands; `None` where it is not written in the file."""
        line, depth = self._follow(location)
        return line if depth == len(location) else None

    def where(self, location: Location) -> str:
        """`path:line` of a location, or of the nearest thing around it that is written."""
        line, _ = self._follow(location)
        return str(self.path) if line is None else f"{self.path}:{line}"

    def _follow(self, location: Location) -> tuple[int | None, int]:
        """The line of the deepest part that is written, and how many keys deep it lies."""
        node, line = self.node, None
        for depth, key in enumerate(location):
            found = _child(node, key)
            if found is None:
                return line, depth
            line, node = found
        return line, len(location)


def _child(node: yaml.Node | None, key: str | int) -> tuple[int, yaml.Node] | None:
    """The line of a key or item, and what stands there."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return None


def dotted(location: Location) -> str:
    """A location as people write it, on one line: `finetune.lr`."""
    keys = map(str, location)
    return ".".join(key if key.isprintable() else repr(key) for key in keys)


def read_yaml(path: Path, error: type[UsageError]) -> MarkedYaml:
    """Read a YAML file.

    Args:
        path: the file; UTF-8, a byte order mark is allowed.
        error: what to raise, by whose file it is.

    Raises:
        UsageError: of that class: it cannot be read, is no YAML, or names one key twice.
    """
    return parse_yaml(path, read_text(path, error), error)


def read_text(path: Path, error: type[UsageError]) -> str:
    """Read a UTF-8 file; a byte order mark is allowed.

    Raises:
        UsageError: of the given class: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise error(f"{path}: not UTF-8 at byte {problem.start}") from problem
    except OSError as problem:
        raise error(f"{path}: cannot be read: {reason(problem)}") from problem


def parse_yaml(path: Path, text: str, error: type[UsageError]) -> MarkedYaml:
    """Parse the text of a YAML file.

    Raises:
        UsageError: of the given class: it is no YAML, or names one key twice.
    """
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        _check(path, node, error)
        tree = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        said = ", ".join(part for part in (problem.context, problem.problem) if part)
        raise error(f"{where}: not valid YAML: {' '.join(said.split())}") from problem
    except RecursionError as problem:
        raise error(f"{path}: not valid YAML: nested too deeply") from problem
    except yaml.reader.ReaderError as problem:
        line = text.count("\n", 0, problem.position) + 1
        what = f"U+{ord(text[problem.position]):04X}"
        raise error(
            f"{path}:{line}: not valid YAML: it holds the control character {what}"
        ) from problem
    except (yaml.YAMLError, ValueError) as problem:
        raise error(f"{path}: not valid YAML: {' '.join(str(problem).split())}") from problem
    return MarkedYaml(path, tree, node)


def _check(path: Path, root: yaml.Node | None, error: type[UsageError]) -> None:
    """Refuse what YAML allows and nobody means: a key twice, a value that holds itself."""
    done: set[int] = set()

    def visit(node: yaml.Node, above: frozenset[int]) -> None:
        if id(node) in above:
            line = node.start_mark.line + 1
            raise error(f"{path}:{line}: not valid YAML: an alias to what it stands in")
        if id(node) in done or not isinstance(node, yaml.CollectionNode):
            return
        if isinstance(node, yaml.MappingNode):
            _check_keys(path, node, error)
        pairs = node.value if isinstance(node, yaml.MappingNode) else zip(node.value, strict=True)
        for child in itertools.chain.from_iterable(pairs):
            visit(child, above | {id(node)})
        done.add(id(node))

    if root is not None:
        visit(root, frozenset())


def _check_keys(path: Path, node: yaml.MappingNode, error: type[UsageError]) -> None:
    lines: dict[tuple[str, str], int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        name, line = (key.tag, key.value), key.start_mark.line + 1
        if name in lines:
            raise error(f"{path}:{line}: {key.value!r} stands in line {lines[name]} already")
        lines[name] = line
