"""Golden values of every metric: one file a metric, one runner. A new finding is a new line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.metrics.choice import choice, first_capital, percent
from harness.metrics.classification import auc, auc_macro, classify
from harness.metrics.diversity import distinct, self_repetition
from harness.metrics.matching import exact, set_f1
from harness.metrics.overlap import corpus_bleu, corpus_chrf, rouge
from harness.metrics.paired import holm, mcnemar
from harness.metrics.registry import measure
from harness.text.language import language_of
from harness.text.tokens import tokenize

Given = Mapping[str, Any]
CASES = Path(__file__).parent / "cases"


def run_rouge(given: Given) -> list[float]:
    found = rouge(given["prediction"], given["references"])
    return [found.rouge1, found.rouge2, found.rouge_l]


def run_classify(given: Given) -> dict[str, object]:
    found = classify(given["gold"], given["predicted"], given["labels"])
    assert found.accuracy is not None
    assert found.macro is not None
    return {
        "accuracy": found.accuracy.value,
        "precision": [row.precision for row in found.labels],
        "recall": [row.recall for row in found.labels],
        "f1": [row.f1 for row in found.labels],
        "support": [row.support for row in found.labels],
        "macro": [found.macro.precision, found.macro.recall, found.macro.f1],
        "counts": list(map(list, found.confusion.counts)),
    }


def run_mcnemar(given: Given) -> list[float]:
    kinds = (("both", (True, True)), ("b", (True, False)), ("c", (False, True)))
    pairs = [pair for name, pair in kinds for _ in range(given[name])]
    pairs += [(False, False)] * given["neither"]
    found = mcnemar([first for first, _ in pairs], [second for _, second in pairs])
    return [found.b, found.c, found.p]


def run_lengths(given: Given) -> list[float | None]:
    return [measure(name, given["texts"], []).value for name in ("characters", "tokens")]


RUNNERS: Mapping[str, Callable[[Given], Any]] = {
    "auc": lambda given: auc(given["positive"], given["scores"]),
    "auc_macro": lambda given: auc_macro(given["gold"], given["scores"], given["labels"]),
    "bleu": lambda given: corpus_bleu(**given).value,
    "choice": lambda given: choice(**given),
    "chrf": lambda given: corpus_chrf(**given).value,
    "classify": run_classify,
    "distinct": lambda given: distinct(**given),
    "exact": lambda given: exact(**given),
    "first_capital": lambda given: first_capital(**given),
    "holm": lambda given: holm(**given),
    "language": lambda given: language_of(**given),
    "lengths": run_lengths,
    "mcnemar": run_mcnemar,
    "percent": lambda given: percent(**given),
    "repetition": lambda given: self_repetition(**given),
    "rouge": run_rouge,
    "rouge_chinese": run_rouge,
    "rouge_english": run_rouge,
    "set_f1": lambda given: set_f1(**given),
    "tokens": lambda given: tokenize(**given),
}
# measure.yaml holds more than a value: test_metric_table.py reads it.
FILES = sorted(path for path in CASES.glob("*.yaml") if path.stem != "measure")


def read_cases(path: Path) -> Iterator[tuple[dict[str, Any], float]]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert content["source"]
    for case in content["cases"]:
        yield case, content.get("tolerance", 1e-6)


def parameters() -> Iterator[Any]:
    for path in FILES:
        for number, (case, tolerance) in enumerate(read_cases(path), start=1):
            yield pytest.param(path.stem, case, tolerance, id=f"{path.stem}:{number}")


@pytest.mark.parametrize(("metric", "case", "tolerance"), list(parameters()))
def test_golden_value(metric: str, case: dict[str, Any], tolerance: float) -> None:
    found = RUNNERS[metric]({name: value for name, value in case.items() if name != "want"})
    same(found, case["want"], tolerance)


def same(found: object, want: object, tolerance: float) -> None:
    """Compare numbers by tolerance, however deep in lists and tables, and all else exactly."""
    if isinstance(want, dict):
        assert isinstance(found, dict)
        assert found.keys() == want.keys()
        for name, value in want.items():
            same(found[name], value, tolerance)
    elif isinstance(want, list):
        assert isinstance(found, list)
        assert len(found) == len(want), found
        for one, other in zip(found, want, strict=True):
            same(one, other, tolerance)
    elif isinstance(want, float):
        assert found == pytest.approx(want, abs=tolerance)
    else:
        assert found == want


def test_every_file_has_a_runner_and_every_runner_a_file() -> None:
    assert {path.stem for path in FILES} == set(RUNNERS)


def test_there_are_enough_choices() -> None:
    assert len(list(read_cases(CASES / "choice.yaml"))) >= 60
