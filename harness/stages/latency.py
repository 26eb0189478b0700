"""How long one answer takes: concurrency 1, merged weights, warmed up, replicates interleaved.

All entries of a session that fit into memory are started first and then timed in turns, A B C and
then C B A, so that a machine that slows down slows all of them.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.core import Output, Sample
from harness.files import write_json, write_jsonl
from harness.models import Engine
from harness.progress import bar
from harness.records import output_to
from harness.sections import Latency


def timed_questions(
    section: Latency, samples: Sequence[Sample]
) -> tuple[list[Sample], list[Sample]]:
    """Draw the questions to time and, from the others if there are any, those to warm with."""
    draw = random.Random(section.seed)
    order = draw.sample(list(samples), len(samples))
    timed = order[: section.questions]
    others = order[section.questions :] or order
    return timed, others[: section.warmup]


def time_session(
    section: Latency, engines: Mapping[str, Engine], samples: Sequence[Sample]
) -> dict[str, list[dict[str, Any]]]:
    """Time every engine on the same questions; rows of `timings.jsonl` by engine name.

    Each row holds sample_id, replicate, e2e_s, ttft_s (seconds), output_tokens, finish_reason,
    text and error.
    """
    timed, warm = timed_questions(section, samples)
    models = {name: engine.model() for name, engine in engines.items()}
    for model in models.values():
        for sample in warm:
            list(model.generate([sample]))
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in engines}
    total = section.replicates * len(engines) * len(timed)
    with bar("latency", total=total) as tick:
        for replicate in range(section.replicates):
            names = list(engines)[:: 1 if replicate % 2 == 0 else -1]
            for name in names:
                engines[name].reset_cache()
                for sample in timed:
                    (output,) = models[name].generate([sample])
                    rows[name].append(_row(output, replicate))
                    tick.advance()
    return rows


def _row(output: Output, replicate: int) -> dict[str, Any]:
    data = output_to(output)
    del data["prompt_tokens"]
    return {"sample_id": data.pop("sample_id"), "replicate": replicate, **data}


def write_timings(
    rows: Sequence[Mapping[str, Any]], signature: Mapping[str, str], work: Path
) -> None:
    """Write `timings.jsonl` and `engine.json`."""
    write_jsonl(work / "timings.jsonl", rows)
    write_json(work / "engine.json", dict(signature))
