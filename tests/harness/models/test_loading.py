"""Weights that transformers would fill up with random numbers are refused, and so on every way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError, PodiumError, RunError
from harness.models import EngineRequest, open_engine
from harness.models.foreign import is_out_of_memory, told
from harness.models.loading import check_model, check_network, load_network
from harness.models.merge import merge
from harness.models.targets import check_targets
from tests.harness.models.adapters import make_adapter
from tests.harness.models.folders import TINY, Weights, change, copy, reweigh, shard
from tests.harness.models.test_folder import without

pytestmark = pytest.mark.real
Edit = Callable[[Path], object]


def renamed(old: str, new: str) -> Edit:
    """Other names for the tensors."""

    def edit(tensors: Weights) -> Weights:
        return {name.replace(old, new): tensor for name, tensor in tensors.items()}

    return lambda folder: reweigh(folder, edit)


def more(tensors: Weights) -> Weights:
    return {**tensors, "model.layers.0.self_attn.extra.weight": tensors["model.norm.weight"]}


BROKEN: Mapping[str, tuple[Edit, str]] = {
    "only a norm": (without("layers", "embed"), "lack lm_head.weight, model.embed_tokens.weight"),
    "no embedding": (without("embed"), "lack "),
    "a tensor missing": (without("layers.2.mlp.up_proj"), "lack model.layers.2.mlp.up_proj.weight"),
    "all of a kind missing": (without("k_proj.bias"), "and 3 more"),
    "another prefix": (renamed("model.", "transformer.body."), "it holds transformer.body."),
    "another name": (renamed("self_attn", "attention"), "it holds model.layers.0.attention."),
    "one too many": (lambda f: reweigh(f, more), "self_attn.extra.weight, for which"),
    "another width": (lambda f: change(f / "config.json", intermediate_size=512), "another shape"),
    "more words": (lambda f: change(f / "config.json", vocab_size=4096), "another shape"),
    "unknown architecture": (
        lambda f: change(f / "config.json", model_type="nosuch"), "transformers cannot load it",
    ),
    "unknown activation": (
        lambda f: change(f / "config.json", hidden_act="nosuch"), "transformers cannot load it",
    ),
    "odd rope": (
        lambda f: change(f / "config.json", rope_parameters={"rope_type": "nosuch"}),
        "transformers cannot load it",
    ),
    "odd flag": (
        lambda f: change(f / "config.json", layer_types="full"), "transformers cannot load it",
    ),
    "odd generation": (
        lambda f: change(f / "generation_config.json", cache_implementation="nosuch"),
        "transformers cannot load it",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_is_one_sentence(name: str, tmp_path: Path) -> None:
    break_it, said = BROKEN[name]
    break_it(folder := copy(tmp_path / "model"))
    with pytest.raises(InputError) as caught:
        load_network(folder, "auto")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    if name == "unknown architecture":
        check_network(folder)  # another engine may know it
        return
    with pytest.raises(InputError) as before:
        check_network(folder)
    assert str(before.value) == str(caught.value)


def test_a_whole_model_loads(tmp_path: Path) -> None:
    folder = copy(tmp_path / "model")
    check_network(folder)
    network = load_network(folder, "auto")
    assert network.config.num_hidden_layers == 6


@pytest.mark.parametrize("engine", ["hf", "vllm"])
def test_no_engine_starts_on_weights_that_are_not_there(engine: str, tmp_path: Path) -> None:
    folder = copy(tmp_path / "model")
    without("layers.2.mlp.up_proj")(folder)
    with pytest.raises(InputError, match=r"lack model\.layers\.2\.mlp\.up_proj\.weight"):
        open_engine(EngineRequest(engine, folder, dtype="float32", max_length=64))


def test_what_transformers_does_not_know_is_left_to_the_engine(tmp_path: Path) -> None:
    folder = copy(tmp_path / "model")
    change(folder / "config.json", quantization_config={"quant_method": "nosuch"})
    check_network(folder)


def test_an_adapter_that_is_none_is_not_merged(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no adapter"):
        merge(TINY, tmp_path, tmp_path / "out")


def test_a_base_in_shards_is_merged_into_a_whole_folder(tmp_path: Path) -> None:
    shard(base := copy(tmp_path / "base"))
    adapter = make_adapter(base, tmp_path / "adapter", 3)
    merge(base, adapter, tmp_path / "merged")
    check_model(tmp_path / "merged")
    check_network(tmp_path / "merged")


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (["q_prj"], "did you mean 'q_proj'?; known: "),
        (["q_proj", "w1"], "'w1' is no layer of the base"),
        (["mlp"], "'mlp' is no layer of the base"),
        (["self_attn"], "gate_proj, k_proj"),
        ([""], "'' is no layer"),
        (["model.layers.9.self_attn.q_proj"], "is no layer"),
        ("q_proj", "write a layer's name in a list: [q_proj]"),
        ("all_linear", "matches no layer of the base"),
        (r".*\.wqkv", "matches no layer of the base"),
        ("*", "is no regular expression"),
        ("(", "is no regular expression"),
    ],
)
def test_a_target_that_is_no_layer_names_those_there_are(
    network: object, targets: str | list[str], said: str
) -> None:
    with pytest.raises(InputError) as caught:
        check_targets(targets, network)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "targets",
    ["all-linear", ["q_proj", "v_proj"], r".*\.(up|down)_proj", ["layers.0.self_attn.q_proj"]],
)
def test_targets_that_are_layers_pass(network: object, targets: str | list[str]) -> None:
    check_targets(targets, network)


@pytest.fixture(scope="module")
def network() -> object:
    return load_network(TINY, "auto")


class OutOfMemoryError(RuntimeError):
    """As torch names its own."""


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (ValueError("a\n  long\n\nstory"), InputError, "it failed: a long story (podium --debug"),
        (KeyError("x"), InputError, "it failed: KeyError 'x' ("),
        (RuntimeError("y" * 500), InputError, "y…"),
        (AttributeError("no"), InputError, "AttributeError no"),
        (ImportError("no module z here"), InputError, "no module z here"),
        (OSError(2, "No such file"), InputError, "No such file"),
        (MemoryError(), RunError, "it failed: out of memory: lower the batch"),
        (OutOfMemoryError("CUDA out of memory."), RunError, "out of memory: lower the batch"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), RunError, "out of memory"),
    ],
)
def test_what_a_package_raises_is_one_sentence(
    error: Exception, kind: type[PodiumError], said: str
) -> None:
    with (
        pytest.raises(kind) as caught,
        told("it failed", InputError, reading=True, memory="the batch"),
    ):
        raise error
    assert said in str(caught.value)
    assert caught.value.__cause__ is error
    assert is_out_of_memory(error) == (kind is RunError)


def test_our_own_sentences_and_ctrl_c_pass() -> None:
    for error in (InputError("mine"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught, told("it failed", RunError):
            raise error
        assert caught.value is error


def test_an_output_head_is_given_rows_that_lie_side_by_side() -> None:
    """Of a slice torch makes a product a prompt, each with a copy of the head's weights."""
    import torch

    seen: list[tuple[tuple[int, ...], bool]] = []

    def note(_: object, given: tuple[Any, ...], __: object) -> None:
        seen.append((tuple(given[0].shape[:2]), given[0].is_contiguous()))

    network = load_network(TINY, "auto")
    network.get_output_embeddings().register_forward_hook(note)
    ids = torch.ones((3, 7), dtype=torch.long)
    network.generate(input_ids=ids, attention_mask=ids, max_new_tokens=2, do_sample=False)
    assert seen == [((3, 1), True)] * 2
    network(input_ids=ids, logits_to_keep=2)
    assert seen[2] == ((3, 2), True)
