"""Small random models of the families that entrants fine-tune, each with its own end tokens."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.models.native import native_folder
from harness.spec import BASELINES
from tests.harness.models.internlm2s import make_internlm2, write

FAMILIES = ("qwen2.5", "qwen3", "internlm2.5")
# What the families share of a size: heads of 32, as vLLM's attention on a CPU takes.
_SIZES: Mapping[str, Any] = {
    "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 32, "max_position_embeddings": 512,
}  # fmt: skip


def make_family(family: str, folder: Path) -> Path:
    """A folder of that family that engines load."""
    if family == "internlm2.5":
        source = make_internlm2(folder / "source")
        return native_folder(source, folder / "runs")
    out = folder / "base"
    _network(family).save_pretrained(out)
    ends = _tokenizer(family, out)
    write(out / "generation_config.json", {"eos_token_id": ends, "pad_token_id": ends[1]})
    return out


def _network(family: str) -> Any:
    import torch
    from transformers import AutoModelForCausalLM, Qwen2Config, Qwen3Config

    torch.manual_seed(0)
    config = (
        Qwen3Config(**_SIZES, vocab_size=2064, tie_word_embeddings=False)
        if family == "qwen3"
        else Qwen2Config(**_SIZES, vocab_size=2064, tie_word_embeddings=True)
    )
    config.initializer_range = 0.1
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32)


def _tokenizer(family: str, out: Path) -> list[int]:
    """The tiny base's tokens with the family's own and its chat template; what ends an answer."""
    import trl
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(BASELINES / "tiny-qwen2")
    if family == "qwen3":  # tokens, but not special ones, as Qwen3 has them
        tokenizer.add_tokens(["<tool_call>", "</tool_call>", "<think>", "</think>"])
    name = {"qwen2.5": "qwen2_5.jinja", "qwen3": "qwen3.jinja"}[family]
    shipped = Path(str(trl.__file__)).parent / "chat_templates" / name
    tokenizer.chat_template = shipped.read_text("utf-8")
    tokenizer.save_pretrained(out)
    return [tokenizer.convert_tokens_to_ids(token) for token in ("<|im_end|>", "<|endoftext|>")]
