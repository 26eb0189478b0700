"""A spec with searched values laid over it, checked as if they stood in its file."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from harness.config.explain import explain
from harness.config.yaml_file import dotted
from harness.errors import SpecError
from harness.spec import DERIVED, Spec, chosen_suite, unfit


def lay(spec: Spec, values: Mapping[str, Any]) -> Spec:
    """The experiment with other values in some of its fields, by their dotted names.

    Raises:
        SpecError: a field cannot have its value, or two do not go together.
    """
    tree = spec.model_dump(by_alias=True, exclude_unset=True)
    for key, value in values.items():
        _put(tree, key, value)
    derived = {name: getattr(spec, name) for name in DERIVED}
    try:
        laid = Spec.model_validate({**tree, **derived})
    except ValidationError as error:
        raise SpecError(_said(*explain(error, tree, Spec))) from error
    for location, problem in unfit(laid, chosen_suite(laid)):
        raise SpecError(_said(location, problem))
    return laid


def _put(tree: dict[str, Any], key: str, value: Any) -> None:
    *sections, field = key.split(".")
    for section in sections:
        inner = tree.get(section)
        inner = {} if inner is None else inner
        if not isinstance(inner, dict):
            raise SpecError(f"{key}: {section} has no fields here")
        tree[section] = inner
        tree = inner
    tree[field] = copy.deepcopy(value)


def _said(location: Sequence[str | int], problem: str) -> str:
    return f"{dotted(location)}: {problem}" if location else problem


def value_at(spec: Spec, key: str) -> Any:
    """What a spec says in a field, by its dotted name; `None` where it has none such.

    As YAML would say it: a path is text, a section a mapping.
    """
    found: Any = spec.model_dump(mode="json", by_alias=True)
    for part in key.split("."):
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    return found


def leaves(spec: Spec) -> Iterator[str]:
    """The dotted names of all fields that an experiment has, to offer for one that it has not."""
    yield from _leaves(spec.model_dump(mode="json", by_alias=True), "")


def _leaves(tree: Mapping[str, Any], before: str) -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}"
