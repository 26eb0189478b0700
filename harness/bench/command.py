"""`podium bench` from its arguments to its text, its JSON and its page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypedDict, Unpack

from pydantic import ValidationError

from harness.bench.bench import bench as time_entries
from harness.bench.bench import default_samples
from harness.bench.entries import How, read_entry
from harness.bench.page import page
from harness.bench.table import as_text
from harness.config.sections import Latency
from harness.errors import InputError
from harness.question_files.reading import read_questions


class Options(TypedDict):
    """What the command line says."""

    reference: str | None
    questions: Path | None
    number: int
    replicates: int
    levels: str
    limit_s: float
    max_tokens: int
    max_length: int
    engine: str
    dtype: str
    model: str
    key_env: str | None


def bench(entries: Sequence[str], **options: Unpack[Options]) -> tuple[str, dict[str, Any], bytes]:
    """Time entries; what a terminal shows, the same as JSON, and the page.

    Raises:
        InputError: an entry, a question file or a number is wrong.
    """
    section, levels = _section(options), _levels(options["levels"])
    path = options["questions"]
    samples = default_samples() if path is None else list(read_questions(path))
    reference = options["reference"]
    others = [entry for entry in entries if entry != reference]
    named = others if reference is None else [reference, *others]
    with TemporaryDirectory(prefix="podium-bench-") as scratch:
        how = How(
            options["engine"], options["dtype"], options["max_tokens"], options["max_length"],
            options["model"], options["key_env"], Path(scratch),
        )  # fmt: skip
        found = time_entries([read_entry(one, how) for one in named], samples, section, levels)
    return as_text(found.result), found.result, page(found)


def _section(options: Options) -> Latency:
    try:
        return Latency(
            questions=options["number"], replicates=options["replicates"],
            limit_s=options["limit_s"],
        )  # fmt: skip
    except ValidationError as error:
        (first, *_) = error.errors()
        raise InputError(f"--{first['loc'][0]}: {first['msg']}") from error


def _levels(text: str) -> list[float]:
    """Levels of load, as `1,2,4`.

    Raises:
        InputError: one is no number from 0 on.
    """
    try:
        levels = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise InputError(f"--load {text}: write numbers, as in 1,2,4") from error
    if not all(0 <= level <= 1024 for level in levels):
        raise InputError(f"--load {text}: levels go from 0 to 1024")
    return levels
