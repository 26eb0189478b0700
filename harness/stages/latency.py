"""How long one answer takes: concurrency 1, merged weights, warmed up, replicates interleaved.

One stage times all entries of a session, so that their times were taken on one machine in one go.
Its folder holds `session.json` and, for each entry, a jsonl of rows named by the key of its
answers; beside it what was disturbed and taken again, and what came under load. docs/latency.md
tells the whole protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.config.engines import WEIGHTLESS
from harness.stages.stage import Inputs, Stage
from harness.store.files import write_json, write_jsonl
from harness.timing.session import Timed

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment

SESSION = "session.json"
# The model that is timed along, in the place of an entry's key.
REFERENCE = "reference"


def rows_file(key: str, kind: str = "") -> str:
    """The file of a session's folder that holds the rows of the entry whose answers have a key.

    `kind` is `disturbed` or `loaded` for the rows that do not score.
    """
    return f"{key}.{kind}.jsonl" if kind else f"{key}.jsonl"


def write_session(timed: Timed, about: Mapping[str, Any], work: Path) -> None:
    """Write the rows of every model and `session.json`."""
    for kind, found in (
        ("", timed.rows), ("disturbed", timed.disturbed), ("loaded", timed.loaded),
    ):  # fmt: skip
        for key, rows in found.items():
            if rows or not kind:
                write_jsonl(work / rows_file(key, kind), rows)
    engines = {"engines": timed.engines, "waves": timed.waves}
    write_json(work / SESSION, {**about, **timed.about, **engines})


def _belongs(experiment: Experiment) -> bool:
    """What computes nothing is not timed."""
    return experiment.spec.latency is not None and experiment.engine not in WEIGHTLESS


def _reads(experiment: Experiment) -> Inputs:
    inputs: Inputs = experiment.timed_as.session.inputs
    return inputs


def _build(experiment: Experiment, answering: Answering, work: Path) -> None:
    answering.hold_session(experiment.timed_as.session.members, work)


def _shown(experiment: Experiment) -> Mapping[str, str]:
    return {rows_file(experiment.timed_as.key("infer")): "timings.jsonl"}


STAGE = Stage(
    name="latency", version=5, reads=_reads, build=_build, belongs=_belongs, shown=_shown,
    loads_base=True,
)  # fmt: skip
