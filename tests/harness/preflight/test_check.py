"""`podium check` as a user meets it, and what keeps a run from beginning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harness.cli import podium
from harness.config.sections import Finetune
from harness.errors import InputError
from harness.models import installed
from harness.pipeline import run
from harness.preflight.check import Checking
from harness.preflight.dry_step import shrunk
from harness.preflight.problem import error, merged, note, warning
from harness.preflight.rows import render_rows
from harness.preflight.shown import marked
from harness.preflight.tokens import Tokens
from harness.spec import load_specs
from tests.harness.models.folders import TINY, change, copy
from tests.harness.preflight.bench import Bench, row
from tests.podium import snapshot, write_spec

SPEC: dict[str, Any] = {
    "name": "small",
    "suite": {"name": "timetable", "families": ["lookup"], "test_limit": 20},
    "distill": {"phrasings": 1},
    "model": {"engine": "hf", "dtype": "float32"},
    "latency": None,
    "entries": [
        {"name": "floor", "model": {"base": None, "engine": "floor"}},
        {"name": "untuned"},
        {"name": "lora", "finetune": {"rank": 4, "epochs": 1, "batch_size": 8}},
    ],
}


def checked(folder: Path, spec: dict[str, Any], *more: str) -> Result:
    path = write_spec(folder, spec)
    return CliRunner().invoke(podium, ["check", str(path), "--runs", str(folder / "runs"), *more])


def entry(**finetune: Any) -> dict[str, Any]:
    return {**SPEC, "entries": [{"name": "lora", "finetune": finetune}]}


def test_questions_that_no_address_can_answer_are_told(tmp_path: Path) -> None:
    address = {"engine": "api", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
    spec = {
        "name": "far", "suite": {"name": "fewclue", "tasks": ["bustm"], "modes": ["ppl"]},
        "model": address, "latency": None,
    }  # fmt: skip
    result = checked(tmp_path, spec)
    assert result.exit_code == 1
    assert "api answers in text and cannot say how likely it finds the candidates" in result.stdout
    spec["suite"] = {"name": "fewclue", "tasks": ["bustm"]}
    assert checked(tmp_path, spec).exit_code == 0


def test_a_row_is_shown_and_nothing_is_left_behind(tmp_path: Path) -> None:
    result = checked(tmp_path, SPEC)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert "of them learned" in lines[0]
    assert lines[3] == "<|im_start|>assistant"
    assert lines[4][0] == "⟦"
    assert lines[4].endswith("<|im_end|>⟧")
    assert lines[-1].startswith("0 errors, 0 warnings, ")
    assert "[small-lora]" in result.stdout
    assert set(snapshot(tmp_path / "runs")) <= {"digests.json"}


def test_scripts_read_json_and_an_exit_code(tmp_path: Path) -> None:
    result = checked(tmp_path, entry(max_length=24), "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    cut = next(f for f in found["findings"] if f["rule"] in ("answer-cut", "nothing-trained"))
    assert cut["field"] == "finetune.max_length"
    assert "or more" in cut["change"]
    assert cut["entries"] == ["small-lora"]
    assert found["summary"]["error"] >= 1


def test_a_default_length_gives_way_and_a_written_one_is_refused(tmp_path: Path) -> None:
    base = copy(tmp_path / "base")
    change(base / "config.json", max_position_embeddings=256)
    spec = {**SPEC, "model": {**SPEC["model"], "base": str(base)}, "entries": [{"name": "untuned"}]}
    result = checked(tmp_path, spec)
    assert result.exit_code == 0, result.output
    assert "length-lowered: model.max_length is 256" in result.stdout
    written = {**spec, "model": {**spec["model"], "max_length": 1024}}
    assert "length-above-model: model.max_length" in checked(tmp_path, written).stdout


def test_a_paid_teacher_is_not_asked(tmp_path: Path) -> None:
    teacher = {"engine": "api", "address": "http://127.0.0.1:9/v1", "model": "m"}
    spec = {**entry(epochs=1), "distill": {"teacher": teacher, "samples": 20}}
    result = checked(tmp_path, spec)
    assert result.exit_code == 0, result.output
    assert "teacher-not-asked: what the teacher (api) would write" in result.stdout


def test_a_base_that_only_a_hub_has_is_told_and_not_fetched(tmp_path: Path) -> None:
    result = checked(tmp_path, {**entry(), "model": {"base": "hf:no/such@main"}})
    assert result.exit_code == 0, result.output
    assert "not-fetched: model.base: hf:no/such@main is not on this machine" in result.stdout
    assert "0 errors, 1 warning" in result.stdout


def test_a_base_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    entries = [{"name": "gone", "model": {"base": "/no/such/model"}}, {"name": "there"}]
    result = checked(tmp_path, {**SPEC, "entries": entries})
    assert result.exit_code == 1
    assert "no such model folder" in result.stdout
    assert "1 error, " in result.stdout


@pytest.mark.parametrize(
    ("finetune", "said"),
    [
        ({"targets": ["q_proj", "wqkv"]}, "'wqkv' is no layer of the base"),
        ({"targets": ["lm_head"]}, "'lm_head' is the output head"),
    ],
)
def test_a_run_does_not_begin_with_targets_that_fail(
    tmp_path: Path, finetune: dict[str, Any], said: str
) -> None:
    path = write_spec(tmp_path, entry(**finetune))
    specs = load_specs(path, [f"runtime.runs={tmp_path / 'runs'}"])
    with pytest.raises(InputError, match=said):
        run(specs)
    assert not (tmp_path / "runs" / "stages").exists()


def test_a_run_does_not_begin_past_the_positions_of_its_model(tmp_path: Path) -> None:
    spec = {**entry(), "model": {**SPEC["model"], "max_length": 4096}}
    specs = load_specs(write_spec(tmp_path, spec), [f"runtime.runs={tmp_path / 'runs'}"])
    with pytest.raises(InputError, match=r"model\.max_length: 4,096 is more than .* 2,048"):
        run(specs)


def test_what_is_cut_is_marked_and_nothing_acts_on_a_terminal() -> None:
    case = Bench(TINY).case()
    tokenizer = case.base.tokens.tokenizer
    (one,), _ = render_rows([row(1, answer="红\x1b[31m色")], tokenizer, case.base.tokens.ends)
    text = marked(one, tokenizer, one.needed - 3, colour=False)
    assert "\x1b" not in text
    assert "红�[31m" in text
    assert text.index("⟦") < text.index("✂⟦")
    coloured = marked(one, tokenizer, len(one.ids), colour=True)
    assert "\x1b[32;1m红�[31m色<|im_end|>" in coloured


def test_one_problem_of_several_entries_is_told_once() -> None:
    found = [("a", note("n", "x")), ("a", warning("w", "y", "z")), ("b", warning("w", "y", "z")),
             ("b", error("e", "u", "v"))]  # fmt: skip
    told = merged(found)
    assert [(p.level, p.entries) for p in told] == [
        ("error", ("b",)), ("warning", ("a", "b")), ("note", ("a",))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("family", "more"),
    [
        ("qwen2", {"num_hidden_layers": 28}),
        ("qwen3", {"num_hidden_layers": 36, "head_dim": 128}),
        ("gemma3_text", {"num_hidden_layers": 18, "head_dim": 256}),
        ("llama", {"num_hidden_layers": 24}),
    ],
)
def test_a_large_model_is_shrunk_to_one_that_runs(family: str, more: dict[str, Any]) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.for_model(
        family, hidden_size=4096, intermediate_size=12288, num_attention_heads=32,
        num_key_value_heads=8, vocab_size=151_936, **more,
    )  # fmt: skip
    small = shrunk(config)
    network = AutoModelForCausalLM.from_config(small, dtype=torch.float32)
    ids = torch.arange(12)[None]
    assert torch.isfinite(network(input_ids=ids, labels=ids).loss)
    assert network.num_parameters() < 40_000_000
    kinds = getattr(config, "layer_types", None)
    assert kinds is None or set(small.layer_types) == set(kinds)


def test_special_tokens_of_a_base_are_known_by_text() -> None:
    tokens: Tokens = Bench(TINY).case().base.tokens
    assert tokens.specials["<|im_end|>"] in tokens.ends


@pytest.mark.skipif(installed("flash_attn"), reason="FlashAttention is installed here")
def test_a_run_does_not_begin_without_the_packages_of_its_training(tmp_path: Path) -> None:
    spec = entry(attn="flash")
    result = checked(tmp_path, spec)
    assert result.exit_code == 1
    assert "flash-attention-missing: finetune.attn: FlashAttention is not insta" in result.stdout
    specs = load_specs(write_spec(tmp_path, spec), [f"runtime.runs={tmp_path / 'runs'}"])
    with pytest.raises(InputError, match=r"finetune\.attn: FlashAttention is not installed"):
        run(specs)
    assert not (tmp_path / "runs" / "stages").exists()


def test_recipes_of_other_attention_or_beginning_take_a_dry_step_of_their_own() -> None:
    case = Bench(TINY).case()
    checking = Checking()
    for attn in ("eager", "sdpa", "eager"):
        checking._dry(Finetune(attn=attn), case)
    gone = checking._dry(Finetune.model_validate({"from": "/no/such/adapter"}), case)
    assert len(checking._stepped) == 3
    assert [problem.rule for problem in gone] == ["dry-step"]
