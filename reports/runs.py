"""Run folders, read: the public contract on disk turned into `Run` values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from harness.config.yaml_file import plain_value
from harness.errors import InputError
from harness.metrics.latency import calm
from harness.store.codec import sample_from
from harness.store.files import read_json, read_jsonl
from reports import distilled, summary
from reports.probed import Probed, load_probed

if TYPE_CHECKING:
    from harness.core import Sample
    from reports.distilled import Dataset, Distillation
    from reports.summary import Summary

Row = Mapping[str, Any]
# The metrics of the three parts of the score; a suite may add others on scales of their own.
PARTS = ("correct", "response", "efficiency")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer with its judgements.

    `correct` (c), `response` (what ART averages) and `efficiency` are 0 to 1; `None` means that no
    judge could decide, or that no time counts. Times are seconds. `found` is what the answer was
    read to say.
    """

    text: str = ""
    finish_reason: str = ""
    error: str | None = None
    output_tokens: int | None = None
    e2e_s: float | None = None
    correct: float | None = None
    response: float | None = None
    efficiency: float | None = None
    note: str = ""
    found: tuple[str, ...] = ()

    @property
    def unparsed(self) -> bool:
        """Whether an answer came that the rules cannot read."""
        return self.note.startswith("unparsed")

    @property
    def status(self) -> str:
        """One of right, partial, wrong, unparsed, failed; failed is no answer, or none judged."""
        if self.unparsed:
            return "unparsed"
        if self.error is not None or self.correct is None:
            return "failed"
        return {0.0: "wrong", 1.0: "right"}.get(self.correct, "partial")


@dataclass(frozen=True, slots=True)
class Run:
    """One run folder. `samples` is empty where only scores were kept (`podium score`).

    `families` maps a family's name to the title that the suite gives it. `distillation` and
    `dataset` say what it was taught, where it was; `findings` what was noticed in the user's files;
    `watched` what it answered while it was trained, `probe` how right it was meanwhile.

    A recipe that was trained with several seeds has the answers of each in `repeats`, in the order
    of its seeds; in `answers` the values are the means over them and the texts the first seed's.
    """

    folder: Path
    summary: Summary
    answers: Mapping[str, Answer]
    samples: Mapping[str, Sample] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    loss: tuple[tuple[float, float], ...] = ()
    families: Mapping[str, str] = field(default_factory=dict)
    distillation: Distillation | None = None
    dataset: Dataset | None = None
    findings: tuple[Row, ...] = ()
    watched: tuple[Row, ...] = ()
    probe: Probed | None = None
    repeats: tuple[Mapping[str, Answer], ...] = ()


def load(folder: Path) -> Run:
    """Read one run folder.

    Raises:
        InputError: `summary.json` or `scores.jsonl` is missing, or a file is damaged; the
            message names file, row and field.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such run folder")
    samples = {sample.id: sample for sample in _samples(folder / "samples.jsonl")}
    told = summary.load(folder / "summary.json")
    answers = _answers(folder, timed=told.latency is not None)
    suite = _suite(folder / "suite.json")
    seeds = () if told.repeats is None else told.repeats.seeds
    return Run(
        folder=folder,
        summary=told,
        answers=answers,
        samples=samples,
        spec=_spec(folder / "spec.yaml"),
        loss=_loss(folder / "loss.json"),
        families=_families(suite),
        distillation=distilled.load_distillation(folder / "distill.json"),
        dataset=distilled.load_dataset(folder / "dataset.json"),
        findings=_findings(suite),
        watched=tuple(_watched(folder / "watched.jsonl")),
        probe=load_probed(folder / "probe.json"),
        repeats=tuple(
            _seed(folder / "seeds" / str(seed), answers, timed=told.latency is not None)
            for seed in seeds
        ),
    )


def _rows(file: Path) -> Iterator[tuple[int, Row]]:
    """Yield the filled lines with their number among them; a missing file has none."""
    return enumerate(read_jsonl(file), 1) if file.is_file() else iter(())


def _samples(file: Path) -> Iterator[Sample]:
    for number, row in _rows(file):
        try:
            sample = sample_from(row)
        except (KeyError, TypeError) as error:
            raise InputError(f"{file} row {number}: not a sample ({error})") from error
        if not any(turn.role == "user" for turn in sample.messages):
            raise InputError(f"{file} row {number}: no user turn in messages")
        yield sample


def _answers(folder: Path, *, timed: bool) -> dict[str, Answer]:
    """Answers by question, with times where any were taken."""
    scores = _scores(folder / "scores.jsonl")
    if not scores:
        raise InputError(f"{folder}: scores.jsonl is missing or empty")
    outputs = {str(row.get("sample_id")): row for _, row in _rows(folder / "predictions.jsonl")}
    times = _times(folder / "timings.jsonl")
    # Where timings lie beside them the answers came in batches: how long one took means nothing.
    if timed and not times:
        times = {sample: row.get("e2e_s") for sample, row in outputs.items()}
    return {
        sample: _answer(judged, outputs.get(sample, {}), times.get(sample))
        for sample, judged in scores.items()
    }


def _seed(folder: Path, pooled: Mapping[str, Answer], *, timed: bool) -> Mapping[str, Answer]:
    """The answers of one seed, to the questions of all."""
    answers = _answers(folder, timed=timed)
    odd = answers.keys() ^ pooled.keys()
    if odd:
        raise InputError(
            f"{folder}: {len(odd)} questions, such as {min(odd)!r}, are not those of its recipe"
        )
    return answers


def _answer(judged: Mapping[str, Row], output: Row, time: float | None) -> Answer:
    correct = judged.get("correct", {})
    return Answer(
        text=str(output.get("text") or ""),
        finish_reason=str(output.get("finish_reason") or ""),
        error=output.get("error"),
        output_tokens=output.get("output_tokens"),
        e2e_s=time,
        correct=correct.get("value"),
        response=judged.get("response", {}).get("value"),
        efficiency=judged.get("efficiency", {}).get("value"),
        note=str(correct.get("note") or ""),
        found=tuple(map(str, found)) if isinstance(found := correct.get("found"), list) else (),
    )


def _scores(file: Path) -> dict[str, dict[str, Row]]:
    """Sample id to metric to score row."""
    table: dict[str, dict[str, Row]] = {}
    for number, row in _rows(file):
        if "sample_id" not in row or "metric" not in row:
            raise InputError(f"{file} row {number}: needs sample_id and metric")
        value = row.get("value")
        if row["metric"] in PARTS and value is not None and not _in_unit(value):
            raise InputError(f"{file} row {number}: value must be null or 0 to 1, is {value!r}")
        table.setdefault(str(row["sample_id"]), {})[str(row["metric"])] = row
    return table


def _in_unit(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value <= 1  # type: ignore[operator]  # a number, checked just before


def _times(file: Path) -> dict[str, float | None]:
    """Median end-to-end seconds of each sample over its replicates, as they were scored."""
    taken = [
        (str(row.get("sample_id")), float(row["e2e_s"]))
        for row in calm([row for _, row in _rows(file) if "sample_id" in row])
        if isinstance(row.get("e2e_s"), int | float)
    ]
    taken.sort()
    return {
        sample: median(seconds for _, seconds in group)
        for sample, group in groupby(taken, key=lambda pair: pair[0])
    }


def _spec(file: Path) -> Mapping[str, Any]:
    """The spec as data. Read for display only, so an odd one is left out, not refused."""
    if not file.is_file():
        return {}
    try:
        data = plain_value(file.read_text(encoding="utf-8"))
    except ValueError as error:  # no YAML, no UTF-8, or more than anybody means
        raise InputError(f"{file}: not a YAML file") from error
    return data if isinstance(data, dict) else {}


def _suite(file: Path) -> Row:
    data = read_json(file) if file.is_file() else {}
    return data if isinstance(data, dict) else {}


def _families(suite: Row) -> Mapping[str, str]:
    """Titles of families; a suite without them has none."""
    titles = suite.get("families")
    if not isinstance(titles, dict):
        return {}
    return {str(name): str(title) for name, title in titles.items()}


def _findings(suite: Row) -> tuple[Row, ...]:
    """What was noticed in the user's files."""
    return tuple(row for row in suite.get("findings", []) if isinstance(row, dict))


def _watched(file: Path) -> Iterator[Row]:
    """What was answered while the model was trained."""
    for number, row in _rows(file):
        lacking = {"step", "epoch", "sample_id", "question", "text"} - row.keys()
        if lacking:
            raise InputError(f"{file} row {number}: has no {min(lacking)}")
        yield row


def _loss(file: Path) -> tuple[tuple[float, float], ...]:
    """Pairs of step and loss; steps without a finite loss are left out."""
    if not file.is_file():
        return ()
    data = read_json(file)
    if not isinstance(data, dict):
        raise InputError(f"{file}: must hold one JSON object")
    steps: Sequence[float] = data.get("steps") or []
    values: Sequence[float | None] = data.get("loss") or []
    return tuple(
        (step, value)
        for step, value in zip(steps, values, strict=False)
        if value is not None and math.isfinite(value)
    )
