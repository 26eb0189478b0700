"""The embedded base is the one that its card describes, and loads like its big sisters."""

import hashlib
import json
import re
from pathlib import Path

from harness.core import Message, Sample
from harness.models.chat import load_tokenizer, prompt_ids
from harness.models.folder import check_model_folder
from tests.conftest import sample


def test_the_weights_are_those_of_the_card(tiny_base: Path) -> None:
    card = (tiny_base / "README.md").read_text(encoding="utf-8")
    (stated,) = re.findall(r"model\.safetensors sha256 `([0-9a-f]{64})`", card)
    weights = (tiny_base / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == stated


def test_the_card_states_what_was_recorded(tiny_base: Path) -> None:
    card = (tiny_base / "README.md").read_text(encoding="utf-8")
    for phase in json.loads((tiny_base / "training.json").read_text(encoding="utf-8")):
        assert f"| {phase['phase']} | {phase['seed']} | {phase['steps']} |" in card
        assert f"{phase['loss'][-1]:.2f}" in card


def test_it_is_a_small_qwen2_that_engines_accept(tiny_base: Path) -> None:
    check_model_folder(tiny_base)
    config = json.loads((tiny_base / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == ["Qwen2ForCausalLM"]
    assert config["hidden_size"] // config["num_attention_heads"] == 64
    assert (tiny_base / "model.safetensors").stat().st_size < 16 * 2**20


def test_its_tokenizer_keeps_digits_and_letters_apart(tiny_base: Path) -> None:
    tokenizer = load_tokenizer(tiny_base)
    pieces = [tokenizer.decode(i) for i in tokenizer.encode("OK365", add_special_tokens=False)]
    assert pieces == ["O", "K", "3", "6", "5"]


def test_any_text_survives_its_tokenizer(tiny_base: Path) -> None:
    tokenizer = load_tokenizer(tiny_base)
    text = "K4547/6次 23:40→次日00:12，🚄 Ελλάδα\n乌鲁木齐"
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text


def test_a_question_is_rendered_as_chatml(tiny_base: Path) -> None:
    tokenizer = load_tokenizer(tiny_base)
    asked: Sample = sample(1)
    assert isinstance(asked.messages[0], Message)
    rendered = tokenizer.decode(prompt_ids(tokenizer, asked))
    assert rendered == (
        "<|im_start|>user\nK1001次列车几点开车？<|im_end|>\n<|im_start|>assistant\n"
    )
