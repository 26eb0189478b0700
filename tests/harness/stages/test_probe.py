"""Which questions a model is judged by while it is trained, and who goes without."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from harness.core import Output
from harness.errors import InputError, SpecError
from harness.spec import chosen_suite, load_specs
from harness.stages.finetune import probe_of
from harness.stages.questions import WATCHED, in_turns, make_questions
from harness.store.codec import read_samples
from tests.conftest import sample


def spec(folder: Path, suite: str, finetune: str) -> Path:
    path = folder / "spec.yaml"
    path.write_text(f"name: t\nsuite: {suite}\nfinetune: {{{finetune}}}\n", encoding="utf-8")
    return path


def test_families_take_turns_in_an_order_that_is_always_the_same() -> None:
    samples = [replace(sample(n), family="ab"[n % 7 == 0]) for n in range(40)]
    found = in_turns(samples)
    assert sorted(found, key=lambda s: s.id) == sorted(samples, key=lambda s: s.id)
    assert Counter(s.family for s in found[:8]) == {"a": 4, "b": 4}
    assert in_turns(samples[::-1]) == found
    assert [s.id for s in found if s.family == "a"] != sorted(
        (s.id for s in samples if s.family == "a"), key=lambda name: int(name[1:])
    )


@pytest.mark.parametrize("name", ["{name: timetable, test_limit: 9}", "style"])
def test_the_first_so_many_are_asked_and_judged_as_the_suite_judges(
    tmp_path: Path, name: str
) -> None:
    (made,) = load_specs(spec(tmp_path, name if "{" in name else f"{{name: {name}}}", "probe: 12"))
    make_questions(chosen_suite(made), tmp_path)
    questions = probe_of(made, tmp_path)
    assert questions is not None
    asked = questions.suite.test
    assert len(asked) == 12
    assert list(asked) == list(read_samples(tmp_path / "probe.jsonl"))[:12]
    right = questions.judged([Output(one.id, one.reference) for one in asked])
    silent = questions.judged([Output(one.id, "") for one in asked])
    assert min(c for c in right if c is not None) > 0.9
    assert set(silent) == {0.0}
    watched = list(read_samples(tmp_path / "watched.jsonl"))
    assert len(watched) == (WATCHED if name != "style" else 10)


def test_a_suite_without_such_questions_goes_without_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "podium")
    (made,) = load_specs(spec(tmp_path, "{name: ruozhiba}", "probe: 12"))
    assert probe_of(made, tmp_path) is None
    assert "suite ruozhiba has no questions in wordings to develop on alone" in caplog.text
    (best,) = load_specs(spec(tmp_path, "{name: ruozhiba}", "keep: best"))
    with pytest.raises(InputError, match=r"finetune\.keep: best: suite ruozhiba .* no score"):
        probe_of(best, tmp_path)
    (early,) = load_specs(spec(tmp_path, "{name: ruozhiba}", "early_stop: 3"))
    with pytest.raises(InputError, match=r"finetune\.early_stop: suite ruozhiba .* no score"):
        probe_of(early, tmp_path)
    (none,) = load_specs(spec(tmp_path, "{name: ruozhiba}", "probe: 0"))
    caplog.clear()
    assert probe_of(none, tmp_path) is None
    assert not caplog.text


@pytest.mark.parametrize(
    ("finetune", "told"),
    [
        ("keep: best, probe: 0", "keep best goes by the score of the probe, and probe is 0"),
        ("early_stop: 2, watch: 0", "early_stop goes by the score of the probe, and watch is 0"),
        ("keep: first", "finetune.keep: "),
        ("probe: 1000", "must be at most 512"),
    ],
)
def test_what_needs_a_score_and_has_none_is_refused(
    tmp_path: Path, finetune: str, told: str
) -> None:
    with pytest.raises(SpecError, match=told):
        load_specs(spec(tmp_path, "{name: timetable}", finetune))
