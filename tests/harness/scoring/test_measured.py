"""Metrics by name over a prediction file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from harness.errors import InputError
from harness.metrics import registry
from harness.metrics.measure import Measure
from harness.metrics.registry import METRICS, Metric, Rows
from harness.scoring.score_files import score_files, score_table
from harness.store.files import write_jsonl
from harness.text.language import Language

QUESTIONS: list[dict[str, Any]] = [
    {"id": "a", "question": "K1次几点开？", "answer": "07:06", "kind": "time",
     "reference": "K1次07:06开车。"},
    {"id": "b", "question": "哪些站台有车？", "answer": ["1站台", "2站台"], "kind": "set",
     "reference": "1站台和2站台有车。"},
    {"id": "c", "question": "票价多少元？", "answer": 5.5, "kind": "number", "reference": ""},
]  # fmt: skip


def scored(folder: Path, answers: list[str], *metrics: str) -> dict[str, Any]:
    write_jsonl(folder / "q.jsonl", QUESTIONS)
    rows = [{"id": q["id"], "text": text} for q, text in zip(QUESTIONS, answers, strict=True)]
    write_jsonl(folder / "p.jsonl", rows)
    return score_files(None, (), folder / "q.jsonl", folder / "p.jsonl", None, metrics)


def values(summary: dict[str, Any]) -> dict[str, float | None]:
    return {measure["name"]: measure["value"] for measure in summary["measures"]}


def test_sentences_and_values_are_each_held_against_their_own(tmp_path: Path) -> None:
    sentences = scored(
        tmp_path, ["K1次07:06开车。", "1站台和2站台有车。", "5.5"], "rouge_l", "exact"
    )
    assert values(sentences) == {"rouge_l": pytest.approx(100), "exact": pytest.approx(100 / 3)}
    bare = scored(tmp_path, ["07:06", "1站台、2站台", "5.5"], "exact", "set_f1", "rouge_l")
    found = values(bare)
    assert found["exact"] == pytest.approx(100)
    assert found["set_f1"] == pytest.approx(100)
    assert 30 < (found["rouge_l"] or 0) < 100


def test_without_a_name_nothing_more_is_measured(tmp_path: Path) -> None:
    assert scored(tmp_path, ["07:06", "1站台", "5"])["measures"] == []


def test_an_unknown_or_unfit_metric_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no metric 'rouge_L'.*rouge_l"):
        scored(tmp_path, ["a", "b", "c"], "rouge_L")
    with pytest.raises(InputError, match=r"bleu_13a is unfit for .*Chinese"):
        scored(tmp_path, ["a", "b", "c"], "bleu_13a")


@pytest.mark.parametrize("name", [name for name in METRICS if name != "bleu_13a"])
def test_every_metric_can_be_asked_for(tmp_path: Path, name: str) -> None:
    summary = scored(tmp_path, ["K1次07:06开车。", "1站台", ""], name)
    (measure,) = summary["measures"]
    assert measure["name"] == name
    assert name in score_table(summary)
    assert json.loads(json.dumps(summary))["measures"] == [measure]


def _says_station(answers: Sequence[str], _rows: Rows, _language: Language) -> Measure:
    return Measure("", 100 * mean("站" in answer for answer in answers), len(answers))


def test_a_new_metric_costs_a_function_and_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = {**METRICS, "station": Metric(_says_station, against="nothing")}
    monkeypatch.setattr(registry, "METRICS", table)
    summary = scored(tmp_path, ["1站台", "2站台", "5元"], "station")
    assert values(summary) == {"station": pytest.approx(200 / 3)}
