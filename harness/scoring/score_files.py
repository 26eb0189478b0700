"""`podium score`: anyone's answers, from any system."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from harness.benchmark import find_benchmark
from harness.config.sections import SuiteSection
from harness.config.yaml_file import plain_value
from harness.core import Output, Profile, Suite
from harness.errors import InputError, SpecError
from harness.metrics.draws import in_rounds, numbers
from harness.metrics.latency import latency
from harness.metrics.measure import Graded
from harness.metrics.measured import PARTS
from harness.metrics.registry import metric_named
from harness.metrics.summary import Times, grade, in_words, judge
from harness.question_files.judging import check_file
from harness.question_files.reading import read_questions
from harness.scoring.answer_files import read_predictions
from harness.scoring.measured import measure_named
from harness.spec import Spec, chosen_suite
from harness.store.codec import output_to, sample_to, score_to, suite_to
from harness.store.digests import digest_value
from harness.store.files import write_json, write_jsonl

# What a question file is scored with, which names no profile of its own.
DEFAULT_PROFILE = Profile("timetable-2025/2", {"AS": 0.4, "ART": 0.3, "AE": 0.3}, 0.5, 8.0)


def score_files(
    suite: str | None,
    changes: Sequence[str],
    questions: Path | None,
    predictions: Path,
    out: Path | None,
    metrics: Sequence[str] = (),
) -> dict[str, Any]:
    """Score a prediction file against a suite's test questions or a question file.

    Args:
        suite: a suite's name, or `None` for a question file.
        changes: options of the suite, as `table=my.xlsx`.
        questions: a question file, or `None` for a suite.
        predictions: jsonl with `id` and `text`, and `others` where a question has several answers.
        out: where `scores.jsonl` and `summary.json` go, if anywhere.
        metrics: what else is measured, by names of `harness.metrics.registry.METRICS`.

    Returns:
        The summary, as `summary.json` holds it.

    Raises:
        InputError: neither or both of suite and questions, or a file that is wrong.
    """
    if (suite is None) == (questions is None):
        raise InputError("name either --suite or --questions")
    for name in metrics:
        metric_named(name)
    asked, grade = _asked(suite, changes, questions)
    samples, profile = asked.test, asked.profile
    outputs = read_predictions(predictions, [sample.id for sample in samples])
    (first, graded), *others = [(answers, grade(answers)) for answers in in_rounds(outputs)]
    extra = measure_named(metrics, samples, first)
    graded = replace(graded, measures=(*graded.measures, *extra))
    judged = judge(samples, first, graded, profile, _times(outputs), others, numbers(outputs))
    summary = {
        **_about(predictions, suite or str(questions), asked),
        **judged.summary,
        **in_words(asked, judged.scores),
        "latency": _latency(outputs),
        "signature": _signature(asked),
    }
    if out is not None:
        write_jsonl(out / "samples.jsonl", map(sample_to, samples))
        write_jsonl(out / "predictions.jsonl", map(output_to, outputs))
        write_jsonl(out / "scores.jsonl", map(score_to, judged.scores))
        write_json(out / "summary.json", summary)
    return summary


def _about(predictions: Path, suite: str, asked: Suite) -> dict[str, Any]:
    """What a summary says of a prediction file, in the form that it has for a run."""
    return {
        "name": predictions.stem,
        "suite": suite,
        "suite_version": asked.version,
        "model": {"base": None, "engine": "prediction file", "dtype": None, "stand_in": False},
        "finetune": None,
        "repeats": None,
        "created": datetime.fromtimestamp(predictions.stat().st_mtime, UTC).isoformat(),
    }


def _latency(outputs: Sequence[Output]) -> dict[str, Any] | None:
    """The times that a prediction file has."""
    return latency(
        [
            {"sample_id": o.sample_id, "replicate": None, "e2e_s": o.e2e_s, "ttft_s": o.ttft_s,
             "output_tokens": o.output_tokens}
            for o in outputs
        ]
    )  # fmt: skip


def _signature(asked: Suite) -> dict[str, Any]:
    """What two numbers must share to be comparable; times of a file compare with none."""
    return {
        "questions": _digest(asked),
        "scoring": asked.profile.id,
        "judge": None,
        "latency": None,
        "session": None,
        "engine": {"engine": "unknown: times come from a prediction file"},
    }


def _digest(asked: Suite) -> str:
    """What was asked, and what its answers could be."""
    samples = [sample_to(sample) for sample in asked.test]
    return digest_value([samples, suite_to(asked)["domains"]])[:16]


def _times(outputs: Sequence[Output]) -> Times:
    """Every question is chosen for timing as soon as any has a time: none may be left out."""
    timed = any(output.e2e_s is not None for output in outputs)
    return Times(frozenset(output.sample_id for output in outputs if timed))


def _asked(
    suite: str | None, changes: Sequence[str], questions: Path | None
) -> tuple[Suite, Callable[[Sequence[Output]], Graded]]:
    """What is asked, and how its answers are judged."""
    if questions is not None:
        file = read_questions(questions)
        asked = Suite(
            str(questions), "", {}, (), tuple(file), DEFAULT_PROFILE, domains=file.domains
        )
        return asked, partial(check_file, asked.test, domains=asked.domains)
    chosen = chosen_suite(suite_spec(suite or "", changes))
    built = chosen.build()
    return built, partial(grade, chosen, built)


def build_suite(name: str, changes: Sequence[str]) -> Suite:
    """A suite with options as the command line gives them; paths are relative to here."""
    return chosen_suite(suite_spec(name, changes)).build()


def suite_spec(name: str, changes: Sequence[str]) -> Spec:
    """A spec that names a suite with options as the command line gives them."""
    options = _options(changes)
    find_benchmark(name)
    return Spec(name=name, suite=SuiteSection(name=name, **options), folder=Path.cwd())


def _options(changes: Sequence[str]) -> dict[str, Any]:
    """Options of a suite from `name=value`, values as YAML reads them."""
    options: dict[str, Any] = {}
    for change in changes:
        key, equals, text = change.partition("=")
        if not equals or not key:
            raise SpecError(f"--set {change}: must read option=value")
        try:
            options[key.removeprefix("suite.")] = plain_value(text)
        except ValueError as error:
            raise SpecError(f"--set {change}: the value is not valid YAML") from error
    return options


def score_table(summary: Mapping[str, Any]) -> str:
    """The summary as a person reads it."""
    counts = ("unanswered", "unscored", "unparsed")
    told = ", ".join(f"{summary[name]} {name}" for name in counts)
    times = summary["times"]
    lines = [f"{summary['n']} questions, {told}, {times['timed']} timed"]
    lines += [f"times do not count: {times['void']}"] if times["void"] else []
    for name in PARTS:
        lines.append(_line(name, summary["parts"][name]))
    total = summary["total"]
    lines.append(_line("total", total))
    if total is not None:
        weights = " + ".join(f"{w:.3g} {part}" for part, w in total["weights"].items())
        lines.append(f"total = {weights}   profile {summary['scoring']['id']}")
    if summary["macro"] is not None and len(summary["families"]) > 1:
        lines.append(f"AS of the mean family {summary['macro']:.2f}")
    width = max(len(name) for name in summary["families"])
    lines += [_measure_line(measure) for measure in summary["measures"]]
    for name, family in summary["families"].items():
        accuracy = "-" if family["AS"] is None else f"{family['AS']:6.2f}"
        lines.append(f"  {name:<{width}}  n {family['n']:>5}  AS {accuracy}")
    return "\n".join(lines)


def _measure_line(measure: Mapping[str, Any]) -> str:
    """One number beside the score, percentages as OpenCompass prints them."""
    group = f"{measure['group']}: " if "group" in measure else ""
    value = measure["value"]
    if value is None:
        return f"  {group}{measure['name']} - ({measure.get('note', 'no data')})"
    ends = f"  [{measure['low']:.2f}, {measure['high']:.2f}]" if "low" in measure else ""
    return f"  {group}{measure['name']} {value:.2f}{ends}  n {measure['n']}"


def _line(name: str, estimate: Mapping[str, float] | None) -> str:
    if estimate is None:
        return f"{name:<6} no data"
    return f"{name:<6} {estimate['value']:6.2f}  [{estimate['low']:.2f}, {estimate['high']:.2f}]"
