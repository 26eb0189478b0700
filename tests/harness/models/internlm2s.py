"""InternLM2 folders with random weights, laid out as their authors lay them out."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from baselines.tiny_corpus import conversations
from harness.models.internlm2.tokenizer import parse

# Written over the last pieces of the sentencepiece model, as InternLM2.5 does.
SPECIAL = ("<|plugin|>", "<|interpreter|>", "<|action_end|>", "<|action_start|>", "<|im_end|>",
           "<|im_start|>")  # fmt: skip
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + "
    "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|im_start|>assistant\n' }}{% endif %}"
)
CODE = "raise SystemExit('a stranger\\'s code has run')\n"
HEADS, SIZE, LAYERS, WIDE = 4, 32, 2, 160
HIDDEN = HEADS * SIZE


@lru_cache(maxsize=4)
def sentencepiece_model(space_before: bool = False) -> bytes:
    """A sentencepiece model of the tiny base's corpus, with placeholders for special tokens."""
    import sentencepiece

    written = io.BytesIO()
    turns = itertools.chain.from_iterable(itertools.islice(conversations(0), 1_500))
    lines = itertools.chain.from_iterable((turn.question, turn.answer) for turn in turns)
    english = ["How many  seats does it have?", "it has two halls and it's late", "a b c"] * 40
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=itertools.chain(lines, english), model_writer=written, vocab_size=900,
        model_type="bpe", byte_fallback=True, add_dummy_prefix=space_before, split_digits=True,
        remove_extra_whitespaces=False, normalization_rule_name="identity",
        allow_whitespace_only_pieces=True, minloglevel=2,
        user_defined_symbols=[] if space_before else ["\n"],
        character_coverage=0.98, num_threads=1,
    )  # fmt: skip
    proto = parse(written.getvalue())
    for number in range(len(SPECIAL)):
        proto.pieces.add(piece=f"[UNUSED_TOKEN_{number}]", score=0.0, type=4)
    return bytes(proto.SerializeToString())


def make_internlm2(
    folder: Path, *, keys: int = 2, bias: bool = False, space_before: bool = False,
    settings: Mapping[str, Any] | None = None, seed: int = 0,
) -> Path:  # fmt: skip
    """A whole InternLM2 folder: two files of weights, code that nobody may run, its tokenizer.

    `keys` are the heads of keys, of four of queries; `settings` are laid over its config.json.
    """
    folder.mkdir(parents=True)
    (folder / "tokenizer.model").write_bytes(sentencepiece_model(space_before))
    size = _write_tokenizer_config(folder, space_before)
    config = {
        "architectures": ["InternLM2ForCausalLM"],
        "auto_map": {"AutoModelForCausalLM": "modeling_internlm2.InternLM2ForCausalLM"},
        "model_type": "internlm2", "attn_implementation": "eager", "bias": bias, "bos_token_id": 1,
        "eos_token_id": 2, "pad_token_id": 2, "hidden_act": "silu", "hidden_size": HIDDEN,
        "initializer_range": 0.02, "intermediate_size": WIDE, "max_position_embeddings": 512,
        "num_attention_heads": HEADS, "num_hidden_layers": LAYERS, "num_key_value_heads": keys,
        "rms_norm_eps": 1e-05, "rope_scaling": {"type": "dynamic", "factor": 2.0},
        "rope_theta": 1000000, "tie_word_embeddings": False, "torch_dtype": "float32",
        "use_cache": True, "vocab_size": size, **(settings or {}),
    }  # fmt: skip
    write(folder / "config.json", config)
    write(folder / "generation_config.json", {"eos_token_id": [2, size - 2], "pad_token_id": 2,
                                              "_from_model_config": True})  # fmt: skip
    for name in ("modeling_internlm2.py", "tokenization_internlm2.py"):
        (folder / name).write_text(CODE, "utf-8")
    _write_weights(folder, size, keys, bias, seed)
    return folder


def write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2), "utf-8")


def _write_tokenizer_config(folder: Path, space_before: bool) -> int:
    """Return the number of tokens."""
    import sentencepiece

    model = sentencepiece.SentencePieceProcessor(model_proto=sentencepiece_model(space_before))
    size = int(model.get_piece_size())
    added = {0: "<unk>", 1: "<s>", 2: "</s>"}
    added |= {size - len(SPECIAL) + place: name for place, name in enumerate(SPECIAL)}
    code = "tokenization_internlm2.InternLM2Tokenizer"
    write(
        folder / "tokenizer_config.json",
        {
            "added_tokens_decoder": {
                str(number): {"content": name, "special": True} for number, name in added.items()
            },
            "additional_special_tokens": list(SPECIAL),
            "auto_map": {"AutoTokenizer": [code, None]},
            "bos_token": "<s>", "eos_token": "</s>", "pad_token": "</s>", "unk_token": "<unk>",
            "chat_template": TEMPLATE, "clean_up_tokenization_spaces": False,
            "decode_with_prefix_space": False, "model_max_length": 1000000000000000019884624838656,
            "sp_model_kwargs": None, "tokenizer_class": "InternLM2Tokenizer",
        },
    )  # fmt: skip
    return size


def _write_weights(folder: Path, size: int, keys: int, bias: bool, seed: int) -> None:
    """Random weights in two files with an index."""
    import torch
    from safetensors.torch import save_file

    draw = torch.Generator().manual_seed(seed)

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=draw) * 0.15

    fused = (HEADS + 2 * keys) * SIZE
    tensors = {
        "model.tok_embeddings.weight": random(size, HIDDEN) * 4,
        "model.norm.weight": 1 + random(HIDDEN),
        "output.weight": random(size, HIDDEN) / 3,
    }
    for number in range(LAYERS):
        tensors |= {
            f"model.layers.{number}.{name}": tensor
            for name, tensor in {
                "attention.wqkv.weight": random(fused, HIDDEN),
                "attention.wo.weight": random(HIDDEN, HIDDEN),
                "feed_forward.w1.weight": random(WIDE, HIDDEN),
                "feed_forward.w3.weight": random(WIDE, HIDDEN),
                "feed_forward.w2.weight": random(HIDDEN, WIDE),
                "attention_norm.weight": 1 + random(HIDDEN),
                "ffn_norm.weight": 1 + random(HIDDEN),
            }.items()
        }
        if bias:
            tensors[f"model.layers.{number}.attention.wqkv.bias"] = random(fused)
            tensors[f"model.layers.{number}.attention.wo.bias"] = random(HIDDEN)
    files = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
    places = {name: files[number % 2] for number, name in enumerate(sorted(tensors))}
    for file in files:
        save_file({n: t for n, t in tensors.items() if places[n] == file}, folder / file)
    write(folder / "model.safetensors.index.json", {"metadata": {}, "weight_map": places})
