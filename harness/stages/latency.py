"""How long one answer takes: concurrency 1, merged weights, warmed up, replicates interleaved.

One stage times all entries of a session, so that their times were taken on one machine in one go.
Its folder holds `session.json` and, for each entry, a jsonl of rows named by the key of its
answers. docs/latency.md tells the whole protocol.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.config.engines import WEIGHTLESS
from harness.config.sections import Latency
from harness.core import Model, Output, Sample
from harness.models import Engine
from harness.progress import bar
from harness.stages.stage import Inputs, Stage
from harness.store.codec import output_to
from harness.store.files import write_json, write_jsonl

if TYPE_CHECKING:
    from harness.experiment.engines import Answering
    from harness.experiment.experiment import Experiment

Row = dict[str, Any]
Openers = Mapping[str, Callable[[], Engine]]

SESSION = "session.json"


def rows_file(key: str) -> str:
    """The file of a session's folder that holds the rows of the entry whose answers have a key."""
    return f"{key}.jsonl"


@dataclass(frozen=True, slots=True)
class Timed:
    """What a session yields, by the names of its models.

    Each row holds sample_id, replicate, e2e_s, ttft_s (seconds), output_tokens, finish_reason,
    text and error. `engines` are the signatures.
    """

    rows: dict[str, list[Row]]
    engines: dict[str, dict[str, str]] = field(default_factory=dict)


def timed_questions(
    section: Latency, samples: Sequence[Sample]
) -> tuple[list[Sample], list[Sample]]:
    """Draw the questions to time and, from the others if there are any, those to warm with."""
    draw = random.Random(section.seed)
    order = draw.sample(list(samples), len(samples))
    timed = order[: section.questions]
    others = order[section.questions :] or order
    return timed, others[: section.warmup]


def turns(
    names: Sequence[str], replicates: int, samples: Sequence[Sample], *, together: bool
) -> Iterator[tuple[str, int, Sample]]:
    """Who is asked what in which replicate, in order.

    Replicates come in pairs, the second of which goes through the names backwards: A B B A. Models
    that are up together take turns at every question, so that neighbours in time share the state
    of the machine. Those that are not take turns at all questions, for each turn is a start.
    """
    blocks = [[sample] for sample in samples] if together else [list(samples)]
    for first in range(0, replicates, 2):
        for block in blocks:
            for name in names:
                yield from ((name, first, sample) for sample in block)
            for name in reversed(names):
                yield from ((name, first + 1, sample) for sample in block)


def time_session(
    section: Latency, openers: Openers, samples: Sequence[Sample], *, together: bool
) -> Timed:
    """Time every model on the same questions, in turns.

    Args:
        section: which questions, how often.
        openers: start the engine of each model.
        samples: the suite's questions, to draw from.
        together: whether all engines may be up at once.
    """
    asked, warm = timed_questions(section, samples)
    timed = Timed({name: [] for name in openers})
    up: dict[str, tuple[Engine, Model]] = {}
    with ExitStack() as stack, bar("latency", total=_requests(section, openers, asked)) as tick:
        if together:
            up = {name: _start(name, openers, stack, timed) for name in openers}
            _warm(up, warm)
        for name, replicate, sample in turns(
            list(openers), section.replicates, asked, together=together
        ):
            if name not in up:
                stack.close()  # its memory is what the next one needs
                up = {name: _start(name, openers, stack, timed)}
                _warm(up, warm)
            timed.rows[name].append(_row(_ask(*up[name], sample), replicate))
            tick.advance()
    return timed


def _requests(section: Latency, openers: Openers, asked: Sequence[Sample]) -> int:
    return section.replicates * len(openers) * len(asked)


def _start(name: str, openers: Openers, stack: ExitStack, timed: Timed) -> tuple[Engine, Model]:
    engine = stack.enter_context(openers[name]())
    timed.engines[name] = engine.signature()
    return engine, engine.model()


def _warm(up: Mapping[str, tuple[Engine, Model]], samples: Sequence[Sample]) -> None:
    """One full wave of other questions, discarded: first calls compile, allocate and load."""
    for engine, model in up.values():
        for sample in samples:
            _ask(engine, model, sample)


def _ask(engine: Engine, model: Model, sample: Sample) -> Output:
    """One answer by itself. Its prompt may lie in a cache from a turn before: that is emptied."""
    engine.reset_cache()
    (output,) = model.generate([sample])
    return output


def _row(output: Output, replicate: int) -> Row:
    data = output_to(output)
    del data["prompt_tokens"]
    return {"sample_id": data.pop("sample_id"), "replicate": replicate, **data}


def write_session(timed: Timed, about: Mapping[str, Any], work: Path) -> None:
    """Write the rows of every model and `session.json`."""
    for key, rows in timed.rows.items():
        write_jsonl(work / rows_file(key), rows)
    write_json(work / SESSION, {**about, "engines": timed.engines})


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
    name="latency", version=3, reads=_reads, build=_build, belongs=_belongs, shown=_shown,
    loads_base=True,
)  # fmt: skip
