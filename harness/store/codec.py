"""The core types as JSON objects and back: how stages meet on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.core import (
    Candidate,
    Domain,
    Finding,
    Gold,
    Message,
    Output,
    Profile,
    Sample,
    Score,
    Suite,
)
from harness.store.files import read_json, read_jsonl

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


# What few samples, candidates and outputs have: left out of their objects where it is not there.
_RARE = ("candidates", "prompt", "stop", "max_tokens", "draw")
_RARE_OUTPUT = ("perplexity", "reasoning", "loglikelihood", "greedy", "others")


def sample_to(sample: Sample) -> dict[str, Any]:
    """A sample as a JSON object."""
    value = sample.gold.value
    data = {
        **_shallow(sample),
        "messages": _messages_to(sample.messages),
        "gold": {
            **_shallow(sample.gold),
            "value": list(value) if isinstance(value, tuple) else value,
        },
        "named": list(sample.named),
        "candidates": [_candidate_to(candidate) for candidate in sample.candidates],
    }
    for name in _RARE:
        if data[name] in (None, (), [], 0):
            del data[name]
    return data


def _candidate_to(candidate: Candidate) -> dict[str, Any]:
    data = {**_shallow(candidate), "messages": _messages_to(candidate.messages)}
    if candidate.context is None:
        del data["context"]
    return data


def _shallow(value: DataclassInstance) -> dict[str, Any]:
    """The fields of a value as they are: `asdict` copies all that they hold, ten times as slow."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _messages_to(messages: Iterable[Message]) -> list[dict[str, Any]]:
    return [_shallow(message) for message in messages]


def _messages(data: Mapping[str, Any]) -> tuple[Message, ...]:
    return tuple(Message(m["role"], m["content"]) for m in data["messages"])


def sample_from(data: Mapping[str, Any]) -> Sample:
    """A sample from its JSON object."""
    value = data["gold"]["value"]
    gold = Gold(data["gold"]["kind"], tuple(value) if isinstance(value, list) else value)
    made = {
        "gold": gold,
        "messages": _messages(data),
        "named": tuple(data.get("named", ())),
        "candidates": tuple(
            Candidate(c["label"], _messages(c), c["text"], c.get("context"))
            for c in data.get("candidates", ())
        ),
        "stop": tuple(data.get("stop", ())),
    }
    return Sample(**{**data, **made})


def output_to(output: Output) -> dict[str, Any]:
    """An output as a JSON object."""
    data = {**_shallow(output), "others": [_other_to(other) for other in output.others]}
    for name in _RARE_OUTPUT:
        if data[name] in (None, (), []):
            del data[name]
    return data


def _other_to(output: Output) -> dict[str, Any]:
    """A further answer to a question, within the object of the first."""
    data = output_to(output)
    del data["sample_id"]
    return data


def output_from(data: Mapping[str, Any]) -> Output:
    """An output from its JSON object."""
    others = ({"sample_id": data["sample_id"], **other} for other in data.get("others", ()))
    made = {"greedy": tuple(data.get("greedy", ())), "others": tuple(map(output_from, others))}
    return Output(**{**data, **made})


def score_to(score: Score) -> dict[str, Any]:
    """A score as a JSON object; what was found only where something was."""
    data = _shallow(score)
    if not score.found:
        del data["found"]
    return data


def suite_to(suite: Suite) -> dict[str, Any]:
    """A suite without its samples, as a JSON object."""
    return {
        "name": suite.name,
        "version": suite.version,
        "families": dict(suite.families),
        "profile": profile_to(suite.profile),
        "domains": {
            name: {"values": sorted(domain.values), "aliases": dict(domain.aliases)}
            for name, domain in suite.domains.items()
        },
        "findings": [_finding_to(finding) for finding in suite.findings],
        "wordings": suite.wordings,
    }


def _finding_to(finding: Finding) -> dict[str, Any]:
    """A finding as a JSON object; most are about no single field."""
    told = asdict(finding)
    return told if finding.field else {name: told[name] for name in told if name != "field"}


def suite_from(data: Mapping[str, Any], train: Path | None, test: Path | None) -> Suite:
    """A suite from its JSON object and the files of its samples, either of which may stay away."""
    domains = {
        name: Domain(frozenset(d["values"]), d["aliases"]) for name, d in data["domains"].items()
    }
    return Suite(
        data["name"], data["version"], data["families"],
        tuple(read_samples(train)) if train else (), tuple(read_samples(test)) if test else (),
        Profile(**data["profile"]), domains,
        tuple(Finding(**finding) for finding in data.get("findings", ())),
        wordings=data.get("wordings"),
    )  # fmt: skip


def profile_to(profile: Profile) -> dict[str, Any]:
    """A scoring profile as a JSON object."""
    return {**asdict(profile), "weights": dict(profile.weights)}


def read_samples(path: Path) -> Iterator[Sample]:
    """The samples of a jsonl file."""
    return (sample_from(row) for row in read_jsonl(path))


def read_outputs(path: Path) -> Iterator[Output]:
    """The outputs of a jsonl file."""
    return (output_from(row) for row in read_jsonl(path))


def of_texts(questions: Path) -> bool:
    """Whether the questions of a stage come from texts, and not from a table."""
    return bool(read_json(questions / "suite.json").get("texts", False))


def read_held_out(questions: Path) -> Iterator[Sample]:
    """The questions of a stage that may not be taught, whichever of them are asked this time."""
    path = questions / "held_out.jsonl"
    return read_samples(path if path.is_file() else questions / "test.jsonl")


def read_suite(folder: Path, asked: str = "test.jsonl") -> Suite:
    """The suite that a `questions` stage wrote, with what judging needs.

    Args:
        folder: of the stage.
        asked: the file of its samples that are the test.
    """
    suite = suite_from(read_json(folder / "suite.json"), None, folder / asked)
    known = folder / "known.json"
    return replace(suite, known=read_json(known)) if known.is_file() else suite
