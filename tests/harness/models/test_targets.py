"""Which layers may be adapted, told on networks without weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from harness.models.positions import check_positions, positions
from harness.models.targets import check_targets
from tests.harness.models.folders import TINY, change, copy


def empty_network(*, tied: bool) -> Any:
    """The tiny base's architecture, with no memory for its weights."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(TINY)
    config.tie_word_embeddings = tied
    with torch.device("meta"):
        network = AutoModelForCausalLM.from_config(config)
    network.tie_weights()
    return network


@pytest.mark.parametrize(
    ("targets", "tied", "said"),
    [
        (("q_proj", "lm_head"), True, r"'lm_head' is the output head and shares its weights"),
        (("lm_head",), False, r"'lm_head' is the output head, which"),
        (".*head", False, r"'\.\*head' is the output head, which"),
        (("embed_tokens",), True, r"'embed_tokens' shares its weights with the output head"),
        (("q_proj", "wqkv"), True, r"'wqkv' is no layer of the base"),
    ],
)
def test_targets_that_would_be_lost_are_refused(
    targets: str | tuple[str, ...], said: str, *, tied: bool
) -> None:
    with pytest.raises(InputError, match=f"finetune.targets: {said}"):
        check_targets(targets, empty_network(tied=tied))


@pytest.mark.parametrize("targets", ["all-linear", ("q_proj", "down_proj"), ".*_proj"])
def test_layers_of_a_tied_base_may_be_adapted(targets: str | tuple[str, ...]) -> None:
    check_targets(targets, empty_network(tied=True))


def test_embeddings_of_their_own_may_be_adapted() -> None:
    check_targets(("embed_tokens",), empty_network(tied=False))


def test_rows_longer_than_a_model_has_positions_are_refused(tmp_path: Path) -> None:
    base = copy(tmp_path / "model")
    change(base / "config.json", max_position_embeddings=300)
    check_positions(base, 300)
    with pytest.raises(InputError, match=r"finetune.max_length: model has 300 positions, .* 301"):
        check_positions(base, 301)


@pytest.mark.parametrize(
    ("config", "most"),
    [
        ({}, None),
        ({"max_position_embeddings": 2048}, 2048),
        ({"n_positions": 1024}, 1024),
        ({"text_config": {"max_position_embeddings": 512}}, 512),
        ({"max_position_embeddings": 100,
          "rope_scaling": {"factor": 4.0, "original_max_position_embeddings": 100}}, 400),
        ({"max_position_embeddings": 400,
          "rope_parameters": {"factor": 2.0, "original_max_position_embeddings": 100}}, 400),
        ({"max_position_embeddings": 100, "rope_parameters": {"rope_theta": 1.0}}, 100),
    ],
)  # fmt: skip
def test_positions_are_read_as_stretched(config: dict[str, Any], most: int | None) -> None:
    assert positions(config) == most
