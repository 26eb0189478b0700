"""Answers of transformers go by the spec alone, whatever generation settings a base comes with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from harness.chat.speakers import Speaker
from harness.core import Output
from harness.errors import InputError
from harness.finetune.asking import Asking
from harness.models import Engine, EngineRequest, open_engine
from harness.models.chat import load_tokenizer
from harness.models.decoding import Decoding
from harness.models.ends import GENERATION, end_tokens
from harness.models.generation import _APPLIED, decoded_anew
from harness.models.hf import HfEngine
from harness.models.loading import load_network
from harness.models.merge import merge
from harness.store.files import read_json
from tests.conftest import sample
from tests.harness.finetune import trained
from tests.harness.models.adapters import make_adapter
from tests.harness.models.folders import change, copy

ASKED = [replace(sample(number), max_tokens=16 + number) for number in range(4)]
# What Podium says itself of every answer, and what says nothing of the answers.
OWN = {
    "max_new_tokens", "eos_token_id", "pad_token_id", "do_sample", "temperature", "top_k", "top_p",
}  # fmt: skip
IDLE = {
    # whose one default is the same everywhere, or which Podium's settings overrule
    "max_length", "use_cache", "cache_config", "max_cache_len", "early_stopping", "length_penalty",
    "output_attentions", "output_hidden_states", "output_scores", "output_logits", "bos_token_id",
    "decoder_start_token_id", "is_assistant", "num_assistant_tokens",
    "num_assistant_tokens_schedule", "assistant_confidence_threshold", "max_matching_ngram_size",
    "assistant_lookbehind", "target_lookbehind", "assistant_ensemble_weight", "compile_config",
    "disable_compile", "continuous_batching_config", "transformers_version", "diversity_penalty",
    "low_memory", "prefill_chunk_size",
}  # fmt: skip
SETTINGS: dict[str, dict[str, Any]] = {
    "penalty": {"repetition_penalty": 1.6},
    "ngrams": {"no_repeat_ngram_size": 1},
    "tokens": {"suppress_tokens": list(range(5, 60)), "begin_suppress_tokens": [70]},
    "length": {"min_new_tokens": 16, "max_length": 3, "max_time": 1e-6},
    "beams": {"num_beams": 3, "num_return_sequences": 2, "length_penalty": 3.0},
    "forms": {"return_dict_in_generate": True, "stop_strings": ["K"], "forced_eos_token_id": 90},
    "draws": {"do_sample": True, "temperature": 1.9, "min_p": 0.9, "typical_p": 0.1},
    # What some folders have: a temperature that transformers itself never draws with.
    "idle": {"do_sample": False, "temperature": 0.6, "top_p": 0.9, "min_p": 0.5},
}


@pytest.fixture(scope="module")
def bent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny base with every one of these settings."""
    return base_with(tmp_path_factory.mktemp("bent"), *list(SETTINGS)[:-1])


def base_with(folder: Path, *names: str) -> Path:
    """The tiny base with settings that would change its answers."""
    base = copy(folder / "base")
    for name in names:
        change(base / GENERATION, **SETTINGS[name])
    return base


def engine(base: Path, **how: Any) -> Engine:
    """transformers over a base."""
    return open_engine(EngineRequest("hf", base, max_tokens=20, **how))


def said(base: Path, adapter: Path | None = None, **how: Any) -> list[Output]:
    """What a base answers, or what it does with an adapter."""
    adapters = () if adapter is None else (adapter,)
    with engine(base, adapters=adapters, max_lora_rank=8, **how) as up:
        return list(up.model(adapter).generate(ASKED))


@pytest.fixture(scope="module")
def plain(tiny_base: Path) -> list[Output]:
    """What the tiny base answers."""
    return said(tiny_base)


@pytest.mark.real
@pytest.mark.parametrize("name", SETTINGS)
def test_the_base_answers_greedily(tmp_path: Path, plain: list[Output], name: str) -> None:
    assert said(base_with(tmp_path, name)) == plain


@pytest.mark.real
def test_so_does_an_adapter_beside_it(
    bent: Path, tiny_base: Path, tmp_path: Path, plain: list[Output]
) -> None:
    adapter = make_adapter(tiny_base, tmp_path / "adapter", 1)
    with engine(bent, adapters=(adapter,), max_lora_rank=8) as up:
        tuned = list(up.model(adapter).generate(ASKED))
        untuned = list(up.model().generate(ASKED))
    assert tuned == said(tiny_base, adapter)
    assert untuned == plain


@pytest.mark.real
def test_what_is_drawn_is_drawn_as_the_spec_says(bent: Path, tiny_base: Path) -> None:
    how = Decoding(temperature=1.3, top_p=0.95, seed=3)
    assert said(bent, decoding=how) == said(tiny_base, decoding=how)


@pytest.mark.real
def test_a_chat_answers_the_same(bent: Path, tiny_base: Path) -> None:
    def heard(base: Path) -> str:
        with engine(base) as up:
            speaker = Speaker("one", cast("HfEngine", up), None, 20, 200)
            return speaker.answer(ASKED[0].messages, lambda _: None)

    assert heard(bent) == heard(tiny_base)


@pytest.mark.real
def test_a_network_under_training_answers_the_same_and_keeps_its_settings(
    bent: Path, tiny_base: Path
) -> None:
    def answers(base: Path) -> tuple[list[Output], Any, Any]:
        tokenizer = load_tokenizer(base)
        network = load_network(base, "auto")
        before = network.generation_config.to_dict()
        asking = Asking(tokenizer, end_tokens(base, tokenizer))
        return asking.answers(network, ASKED, 20), before, network.generation_config.to_dict()

    found, before, after = answers(bent)
    assert found == answers(tiny_base)[0]
    assert before == after


@pytest.mark.real
def test_probe_and_watched_answers_of_a_training_are_the_same(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bent = base_with(tmp_path, "penalty", "ngrams")
    section = trained.RECIPE.model_copy(update={"epochs": 0.5, "keep": "best"})
    for name, base in (("own", bent), ("plain", tiny_base)):
        monkeypatch.setattr(trained, "TINY", base)
        trained.train(tmp_path / name, section)
    for file in ("probe.json", "watched.jsonl", "adapter/adapter_model.safetensors"):
        assert (tmp_path / "own" / file).read_bytes() == (tmp_path / "plain" / file).read_bytes()
    assert read_json(tmp_path / "own" / "training.json")["probed"]["kept"] is not None


@pytest.mark.real
@pytest.mark.parametrize("name", ["penalty", "idle"])
def test_a_base_can_be_saved_and_its_settings_go_with_it(tmp_path: Path, name: str) -> None:
    base = base_with(tmp_path, name)
    merge(base, None, tmp_path / "merged")
    assert (tmp_path / "merged" / GENERATION).read_bytes() == (base / GENERATION).read_bytes()
    assert load_network(tmp_path / "merged", "auto").generation_config.eos_token_id == 2


@pytest.mark.real
def test_a_base_without_the_file_keeps_the_end_that_its_configuration_names(tmp_path: Path) -> None:
    base = base_with(tmp_path)
    (base / GENERATION).unlink()
    merge(base, None, tmp_path / "merged")
    assert read_json(tmp_path / "merged" / GENERATION)["eos_token_id"] == 2


def test_every_setting_that_transformers_has_is_known() -> None:
    from transformers import GenerationConfig

    public = {name for name in vars(GenerationConfig()) if not name.startswith("_")}
    assert public - OWN - IDLE <= set(_APPLIED)
    assert not (OWN | IDLE) & set(_APPLIED)


@pytest.mark.parametrize(
    ("name", "settings", "counts"),
    [
        (GENERATION, {}, False),
        (GENERATION, {"repetition_penalty": 1.1}, True),
        (GENERATION, {"repetition_penalty": 1.0, "num_beams": 1, "min_p": None}, False),
        (GENERATION, {"do_sample": True, "temperature": 0.7, "top_p": 0.8, "top_k": 20}, False),
        (GENERATION, {"suppress_tokens": []}, False),
        (GENERATION, {"suppress_tokens": [1]}, True),
        (GENERATION, {"forced_eos_token_id": 0}, True),
        (GENERATION, {"eos_token_id": [0, 2], "max_new_tokens": 2048}, False),
        ("config.json", {"no_repeat_ngram_size": 3}, True),
    ],
)
def test_a_key_tells_of_it_where_there_are_such_settings(
    tmp_path: Path, name: str, settings: dict[str, Any], *, counts: bool
) -> None:
    base = copy(tmp_path / "base")
    change(base / name, **settings)
    assert bool(decoded_anew("hf", base)) is counts
    assert decoded_anew("vllm", base) == decoded_anew("api", base) == {}


def test_a_base_that_is_not_here_or_is_broken(tmp_path: Path) -> None:
    assert decoded_anew("hf", None) == decoded_anew("hf", tmp_path / "gone") == {}
    broken = copy(tmp_path / "base")
    (broken / GENERATION).write_text("[]", "utf-8")
    with pytest.raises(InputError, match="must be a JSON object"):
        decoded_anew("hf", broken)
