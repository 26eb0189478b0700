"""What a person is told of tasks that cannot be asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import InputError, PodiumError, SpecError
from suites.lm_eval import Options, build, check
from tests.suites.lm_eval.made import make


def test_a_limit_and_examples_are_as_lm_eval_has_them(tmp_path: Path) -> None:
    suite = build(Options(tasks=("made_minutes",), include=make(tmp_path), num_fewshot=2, limit=5))
    assert [sample.id for sample in suite.test] == [f"made_minutes-{n}" for n in range(5)]
    assert all((s.prompt or "").count("<|im_start|>user") == 3 for s in suite.test)
    assert {(s.stop, s.max_tokens) for s in suite.test} == {(("开车", "没有"), 24)}


def test_a_task_whose_data_is_not_here_is_named(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "minutes-test.jsonl").unlink()
    with pytest.raises(InputError, match="made_minutes: its data is not on this machine") as told:
        build(Options(tasks=("made_minutes",), include=tmp_path))
    assert "\n" not in str(told.value)


def test_an_unknown_task_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"no task 'gsm8kk' \(did you mean 'gsm8k'"):
        build(Options(tasks=("gsm8kk",), include=make(tmp_path)))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("do_sample: false", "do_sample: true, temperature: 0.7", "at random"),
        ("aggregation: mean", "aggregation: perplexity", "cannot be ranked"),
    ],
)
def test_what_cannot_be_asked_says_why(tmp_path: Path, before: str, after: str, told: str) -> None:
    path = make(tmp_path) / "minutes.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(PodiumError, match=re.escape(told)):
        build(Options(tasks=("made_minutes",), include=tmp_path))


def test_options_are_checked_before_anything_is_read(tmp_path: Path) -> None:
    for options in (Options(tasks=()), Options(limit=2.5), Options(include=tmp_path / "none")):
        with pytest.raises(SpecError):
            check(options)
