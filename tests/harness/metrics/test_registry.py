"""Metrics by name: values, refusals, and what is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import InputError
from harness.metrics.registry import METRICS, MetricUnfit, measure, require_fit
from tests.harness.checker.forms import UNHURRIED

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "measure.yaml").read_text(encoding="utf-8")
)["cases"]
TEXTS = st.text(max_size=20)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['name']}:{case['want']}")
def test_golden_measure(case: dict[str, Any]) -> None:
    found = measure(case["name"], case["predictions"], case["references"], case.get("language"))
    assert found.name == case["name"]
    assert found.n == case["n"]
    assert case["note"] in found.note
    assert bool(found.note) == bool(case["note"])
    want = case["want"]
    assert found.value == (None if want is None else pytest.approx(want, abs=1e-6))


def test_every_metric_has_a_golden_case() -> None:
    assert {case["name"] for case in CASES} == set(METRICS)


def test_no_metric_gives_a_chinese_answer_nothing_in_silence() -> None:
    """The trap of tokenizers made for English: 0 for equal answers."""
    for name, metric in METRICS.items():
        reference = {"number": "35", "choice": "B", "first_capital": "B"}.get(
            name, "终到站是北京西"
        )
        value = measure(name, [reference], [reference]).value
        if "zh" not in metric.languages:
            assert value is None
        elif metric.compares:
            assert value == pytest.approx(100)


def test_who_asks_for_an_unfit_metric_by_name_is_told() -> None:
    with pytest.raises(MetricUnfit, match=r"bleu_13a is unfit for Chinese \(fit: bleu, bleu_zh\)"):
        require_fit("bleu_13a", "zh")
    with pytest.raises(MetricUnfit, match=r"other scripts or without letters \(fit: chrf\)"):
        require_fit("bleu", "other")
    require_fit("bleu_13a", "en")
    require_fit("rouge_l", "zh")


def test_an_unknown_metric_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'rouge_l'"):
        measure("rougel", ["好"], ["好"])
    with pytest.raises(InputError, match="did you mean 'bleu"):
        require_fit("bleu13a", "en")


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="zip"):
        measure("exact", ["a", "b"], ["a"])
    with pytest.raises(ValueError, match="no reference"):
        measure("exact", ["a"], [()])


def test_signatures_tell_what_was_measured() -> None:
    assert "tok:zh" in measure("bleu", ["好"], ["好"]).signature
    assert "tok:13a" in measure("bleu", ["a"], ["a"]).signature
    assert "eff:yes" in measure("bleu", ["好"], ["好"]).signature
    assert "tok:podium" in measure("rouge_l", ["好"], ["好"]).signature


@settings(UNHURRIED, max_examples=40)
@given(st.lists(st.tuples(st.none() | TEXTS, TEXTS), max_size=5))
def test_any_text_has_a_measure_within_bounds(pairs: list[tuple[str | None, str]]) -> None:
    for name in METRICS:
        found = measure(name, [p for p, _ in pairs], [r for _, r in pairs])
        assert found.n <= sum(p is not None for p, _ in pairs)
        assert found.value is not None or found.note
        if found.value is not None and found.scale == "percent":
            assert 0 <= found.value <= 100


@settings(UNHURRIED, max_examples=30)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5), st.randoms(use_true_random=False))
def test_order_does_not_count(pairs: list[tuple[str, str]], random: Any) -> None:
    other = list(pairs)
    random.shuffle(other)
    for name in METRICS:
        first = measure(name, [p for p, _ in pairs], [r for _, r in pairs])
        second = measure(name, [p for p, _ in other], [r for _, r in other])
        assert first == second, name
