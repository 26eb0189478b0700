"""YAML that people write, with the line at which each field stands."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError

from harness.errors import UsageError
from harness.store.files import reason

Location = Sequence[str | int]

_PLAIN = "tag:yaml.org,2002:"
# Tags that only say again what a value is, or make what no field takes: dates, bytes, sets. The
# one that people need is `!!str 007`; PyYAML itself refuses those that it does not know.
_TAGS = frozenset(yaml.SafeLoader.yaml_constructors) - {None, f"{_PLAIN}str"}
_NUMBERS = (f"{_PLAIN}int", f"{_PLAIN}float")
# A date is a text here, as is a lone `=`.
_TEXTS = (f"{_PLAIN}timestamp", f"{_PLAIN}value")
_DEEPEST = 64
_LONGEST_NUMBER = 100
# So much more than is written may stand there once every alias is replaced.
_ALIASES = 500_000


class _Loader(yaml.SafeLoader):
    """YAML without the tags that make more of a value than it says."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - a class attribute of PyYAML's own
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _TEXTS]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Build the node of the next event, unless somebody tagged it."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call] # PyYAML's own
        tag = getattr(event, "tag", None)
        if tag in _TAGS:
            name = str(tag).replace(_PLAIN, "!!", 1)
            raise _refusal(f"the tag {name} is not read here: write the value itself", event)
        return super().compose_node(parent, index)


class _Twice(ConstructorError):
    """A key stands there twice."""


def _refusal(what: str, at: Any) -> yaml.MarkedYAMLError:
    """What to raise about a node or an event."""
    return ConstructorError(None, None, what, at.start_mark)


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
        node, tree = _load(text)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        said = ", ".join(part for part in (problem.context, problem.problem) if part)
        wrong = "" if isinstance(problem, _Twice) else "not valid YAML: "
        raise error(f"{where}: {wrong}{' '.join(said.split())}") from problem
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


def plain_value(text: str) -> Any:
    """The value of a short YAML text, such as what follows `--set a.b=`.

    Raises:
        ValueError: it is no YAML.
    """
    try:
        return _load(text)[1]
    except (yaml.YAMLError, RecursionError) as problem:
        raise ValueError("not valid YAML") from problem


def _load(text: str) -> tuple[yaml.Node | None, Any]:
    """The syntax tree of a text and its value.

    Raises:
        YAMLError: it is no YAML, or holds what nobody means; RecursionError and ValueError too.
    """
    loader = _Loader(text)
    node = loader.get_single_node()
    if node is None:
        return None, None
    _Guard(2 * len(text) + _ALIASES).measure(node)
    return node, loader.construct_document(node)


class _Guard:
    """Refuses what YAML allows and nobody means.

    A key twice, a value that holds itself, numbers without end, nesting beyond what the rest of
    Podium can walk, and aliases of aliases that a few lines make into gigabytes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[int] = set()
        self._known: dict[int, tuple[int, int]] = {}

    def measure(self, node: yaml.Node) -> tuple[int, int]:
        """Characters and levels of a node, its aliases replaced by what they stand for.

        Raises:
            MarkedYAMLError: it is refused.
        """
        if id(node) in self._known:
            return self._known[id(node)]
        if id(node) in self._open:
            raise _refusal("an alias to what it stands in", node)
        self._open.add(id(node))
        inside = [self.measure(child) for child in _children(node)]
        self._open.remove(id(node))
        own = len(node.value) if isinstance(node, yaml.ScalarNode) else 0
        size = 1 + own + sum(size for size, _ in inside)
        levels = 1 + max((levels for _, levels in inside), default=0)
        self._check(node, size, levels)
        self._known[id(node)] = size, levels
        return size, levels

    def _check(self, node: yaml.Node, size: int, levels: int) -> None:
        if size > self._most:
            raise _refusal("its aliases stand for too much: write less of it", node)
        if levels > _DEEPEST:
            raise _refusal("nested too deeply", node)
        if isinstance(node, yaml.MappingNode):
            _check_keys(node)
        if node.tag in _NUMBERS and len(node.value) > _LONGEST_NUMBER:
            raise _refusal(f"a number of {len(node.value):,} characters", node)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return list(itertools.chain.from_iterable(node.value))
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _check_keys(node: yaml.MappingNode) -> None:
    lines: dict[tuple[str, str], int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        name, line = (key.tag, key.value), key.start_mark.line + 1
        if name in lines:
            raise _Twice(
                None, None, f"{key.value!r} stands in line {lines[name]} already", key.start_mark
            )
        lines[name] = line
