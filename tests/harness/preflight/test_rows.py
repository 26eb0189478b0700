"""Rows and questions are checked as they are trained and asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.core import Sample
from harness.finetune.trainable import learn
from harness.models import EngineRequest
from harness.models.chat import prompt_or_error
from harness.models.decoding import Decoding
from harness.preflight.problem import Problem
from harness.preflight.rows import check_prompts, render_prompts
from tests.harness.models.folders import TINY
from tests.harness.preflight.bench import Bench, merging, question, random_model, row

ROOM = 1024


def refused(
    bench: Bench, sample: Sample, max_tokens: int, **variables: Any
) -> tuple[list[Problem], bool]:
    """What the check says of a question, and whether an engine would refuse it."""
    tokenizer = bench.case().base.tokens.tokenizer
    prompts, _ = render_prompts([sample], tokenizer, variables)
    request = EngineRequest(
        "hf", max_length=ROOM, max_tokens=max_tokens,
        decoding=Decoding(chat_template_kwargs=variables),
    )  # fmt: skip
    run = prompt_or_error(tokenizer, sample, request)
    return list(check_prompts(prompts, ROOM, max_tokens)), not isinstance(run, list)


@pytest.mark.parametrize("make", [merging, lambda _: Bench(TINY)])
def test_a_row_has_the_tokens_that_are_trained(make: Any, tmp_path: Path) -> None:
    bench = make(tmp_path)
    case = bench.case()
    tokenizer, ends = case.base.tokens.tokenizer, case.base.tokens.ends
    for one, said in zip(case.rendered.rows, bench.rows, strict=True):
        learned = learn(said, tokenizer, ends)
        assert one.prompt_ids == learned.prompt
        assert one.ids[: one.needed] == (*learned.prompt, *learned.answer)


def test_the_same_holds_where_a_thought_stands_in_the_prompt_alone(tmp_path: Path) -> None:
    bench = Bench(random_model("qwen3", tmp_path / "base"))
    case = bench.case()
    for one, said in zip(case.rendered.rows, bench.rows, strict=True):
        learned = learn(said, case.base.tokens.tokenizer, case.base.tokens.ends)
        assert one.ids[: one.needed] == (*learned.prompt, *learned.answer)


def test_a_token_over_the_border_is_told_and_blamed_on_nobody(tmp_path: Path) -> None:
    found = merging(tmp_path).problems()
    assert [p.rule for p in found if p.level == "error"] == []
    told = next(p for p in found if p.rule == "tokens-merge")
    assert (told.level, told.finding.count) == ("note", 12)
    assert "trained as they are served" in told.finding.detail


@pytest.mark.parametrize(
    ("length", "own", "max_tokens", "is_refused"),
    [
        (800, None, 64, False),
        (800, 256, 64, True),  # its own limit is larger than the spec's
        (800, 32, 512, False),  # and here smaller
        (800, None, 512, True),
        (1000, 32, 8, True),
    ],
)
def test_a_limit_of_the_question_is_obeyed_as_by_engines(
    length: int, own: int | None, max_tokens: int, is_refused: bool
) -> None:
    bench = Bench(TINY)
    sample = replace(question(0), prompt="车" * length, max_tokens=own)
    told, fails = refused(bench, sample, max_tokens)
    assert fails is is_refused
    assert bool(told) is is_refused
    if told and own is not None:
        assert f"its answer may take {own}" in told[0].finding.detail
        assert "generate.max_tokens" not in told[0].change


def test_what_the_template_is_told_besides_counts(tmp_path: Path) -> None:
    """A thinking model is asked with other words at its prompt's end."""
    bench = Bench(random_model("qwen3", tmp_path / "base"))
    tokenizer = bench.case().base.tokens.tokenizer
    asked = [question(0)]
    lengths = {}
    for thinking in (True, False):
        (prompt,), _ = render_prompts(asked, tokenizer, {"enable_thinking": thinking})
        lengths[thinking] = prompt.tokens
    assert lengths[False] > lengths[True]
    assert render_prompts(asked, tokenizer)[0][0].tokens == lengths[False]


def test_a_plain_prompt_begins_as_an_engine_has_it_begin(tmp_path: Path) -> None:
    bench = Bench(random_model("llama", tmp_path / "base"))
    sample = replace(question(0), prompt="车" * 900)
    tokenizer = bench.case().base.tokens.tokenizer
    (prompt,), _ = render_prompts([sample], tokenizer)
    ids = prompt_or_error(tokenizer, sample, EngineRequest("hf", max_length=2048))
    assert isinstance(ids, list)
    assert prompt.tokens == len(ids)


def test_answers_may_be_taught_as_long_as_a_question_lets_them_be() -> None:
    """The suite's own limits count, not `generate.max_tokens`, which nobody obeys here."""
    asked = [replace(question(n), max_tokens=128) for n in range(3)]
    rows = [row(n) for n in range(24)]
    assert "answer-outlasts-serving" not in rules(Bench(TINY, rows=rows, asked=asked, max_tokens=8))
    tight = [replace(sample, max_tokens=8) for sample in asked]
    told = rules(Bench(TINY, rows=rows, asked=tight, max_tokens=128))["answer-outlasts-serving"]
    assert told.finding.field == ""
    assert "teach shorter answers" in told.change


def rules(bench: Bench) -> dict[str, Problem]:
    return {problem.rule: problem for problem in bench.problems()}
