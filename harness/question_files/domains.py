"""What the answers of a question file could be: its field `domain`, written and read.

A domain's values stand once in the file: where it is first named.

    {..., "domain": {"name": "终到站", "values": ["兰州", "西宁"], "aliases": {"金城": "兰州"}}}
    {..., "domain": "终到站"}

In a cell of a spreadsheet the object is JSON text. People may write a list of the values of one
question instead, or join them by 、. Where a file has no such field at all, the right answers of
the same family and kind are what an answer could be.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from harness.checker.check import names_in
from harness.core import Domain, Sample, Suite
from harness.errors import InputError, did_you_mean
from harness.text.display import short

FIELDS = ("name", "values", "aliases")
# A spreadsheet's cell holds 32,767 characters: longer domains are told over several rows.
_LONGEST_CELL = 20_000


# --- writing -------------------------------------------------------------------------------------


def domain_cells(suite: Suite) -> Iterator[str | dict[str, Any]]:
    """The field `domain` of each test question of a suite, in order; empty where it has none."""
    left = {name: _pieces(name, domain) for name, domain in suite.domains.items()}
    rows = [sample.domain for sample in suite.test]
    last = {name: number for number, name in enumerate(rows)}
    for number, name in enumerate(rows):
        pieces = left.get(name, [])
        if last[name] == number:  # no later row can tell the rest
            pieces[:] = _joined(pieces)
        yield pieces.pop(0) if pieces else name if name in suite.domains else ""


def _pieces(name: str, domain: Domain) -> list[dict[str, Any]]:
    """A domain as objects that each fit into a cell."""
    pieces: list[dict[str, Any]] = [{"name": name, "values": []}]
    length = 0
    entries = [(value, "") for value in sorted(domain.values)]
    for entry, value in (*entries, *sorted(domain.aliases.items())):
        length += len(json.dumps([entry, value], ensure_ascii=False))
        if length > _LONGEST_CELL:
            pieces.append({"name": name, "values": []})
            length = 0
        if value:
            pieces[-1].setdefault("aliases", {})[entry] = value
        else:
            pieces[-1]["values"].append(entry)
    return pieces


def _joined(pieces: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(pieces) < 2:
        return list(pieces)
    values = [value for piece in pieces for value in piece["values"]]
    aliases = {a: v for piece in pieces for a, v in piece.get("aliases", {}).items()}
    return [{"name": pieces[0]["name"], "values": values, "aliases": aliases}]


# --- reading -------------------------------------------------------------------------------------


@dataclass
class FileDomains:
    """The domains of a question file, gathered row by row.

    A domain may be named before the row that holds its values, and told over several rows.
    """

    _found: dict[str, Domain] = field(default_factory=dict)
    _named: list[tuple[str, str]] = field(default_factory=list)
    _is_told: bool = False

    def add(self, where: str, name: str, row: Mapping[str, Any]) -> str:
        """Read the field of one row; return the name of its domain, empty where it has none.

        Args:
            where: the row's place, for messages.
            name: the question's id.
            row: its fields.

        Raises:
            InputError: the field cannot be read.
        """
        if "domain" not in row:
            return ""
        self._is_told = True
        value = _decoded(where, row["domain"])
        if isinstance(value, str):
            if value:
                self._named.append((where, value))
            return value
        if isinstance(value, list):
            value = {"name": f"domain of {name}", "values": value}
        return self._define(where, value)

    def _define(self, where: str, value: Mapping[str, Any]) -> str:
        for key in value:
            if key not in FIELDS:
                raise InputError(f"{where}: domain has no {key!r}{did_you_mean(str(key), FIELDS)}")
        name, values, aliases = (value.get(key, empty) for key, empty in _EMPTY)
        if not isinstance(name, str) or not name.strip():
            raise InputError(f"{where}: domain: name must be text, not {short(name)}")
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise InputError(f"{where}: domain: values must be a list of texts")
        texts = aliases.values() if isinstance(aliases, dict) else ()
        if not isinstance(aliases, dict) or not all(isinstance(v, str) for v in texts):
            raise InputError(f"{where}: domain: aliases must map a text to the value it stands for")
        known = self._found.get(name, Domain())
        self._found[name] = Domain(known.values | set(values), {**known.aliases, **aliases})
        return name

    def settled(self, samples: Sequence[Sample]) -> tuple[Sequence[Sample], Mapping[str, Domain]]:
        """Return the samples with the names of their domains, and the domains.

        Raises:
            InputError: a row names a domain whose values stand nowhere.
        """
        for where, name in self._named:
            if name in self._found:
                continue
            if "、" not in name:
                hint = did_you_mean(name, self._found)
                raise InputError(f"{where}: the values of domain {name!r} stand nowhere{hint}")
            self._found[name] = Domain(frozenset(v.strip() for v in name.split("、") if v.strip()))
        return (samples, self._found) if self._is_told else _from_answers(samples)


_EMPTY: Sequence[tuple[str, Any]] = (("name", ""), ("values", []), ("aliases", {}))


def _decoded(where: str, value: object) -> str | list[Any] | dict[str, Any]:
    """A field as it is, or as a spreadsheet's cell writes it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):  # as pandas has it
        return ""
    if isinstance(value, str):
        text = value.strip()
        if not text.startswith(("{", "[")):
            return text
        try:
            value = json.loads(text)
        except ValueError as error:
            raise InputError(f"{where}: domain is not valid JSON: {error}") from error
    if not isinstance(value, str | list | dict):
        raise InputError(f"{where}: domain must be a name, a list or an object, not {short(value)}")
    return value


# --- where nothing is said -----------------------------------------------------------------------


def _from_answers(
    samples: Sequence[Sample],
) -> tuple[Sequence[Sample], Mapping[str, Domain]]:
    """The samples with the right answers of their family and kind as what an answer could be."""
    names: dict[str, set[str]] = {}
    for sample in samples:
        for domain in (_of_family(sample), _of_kind(sample)):
            names.setdefault(domain, set()).update(names_in(sample.gold))
    # One name alone tells nothing from anything.
    domains = {name: Domain(frozenset(v)) for name, v in names.items() if len(v) > 1}
    return [_with_domain(sample, domains) for sample in samples], domains


def _with_domain(sample: Sample, domains: Mapping[str, Domain]) -> Sample:
    """A sample with its domain; that there is none is an answer of the whole family."""
    if sample.gold.kind != "none" and not names_in(sample.gold):
        return sample
    name = _of_family(sample) if sample.gold.kind == "none" else _of_kind(sample)
    return replace(sample, domain=name) if name in domains else sample


def _of_family(sample: Sample) -> str:
    return f"answers of {sample.family}"


def _of_kind(sample: Sample) -> str:
    return f"answers of {sample.family}: {sample.gold.kind}"
