"""What InternLM2 calls its layers, and what Llama calls them."""

from __future__ import annotations

FUSED = "attention.wqkv"
ATTENTION = ("q_proj", "k_proj", "v_proj")
# Parts of a layer whose tensors keep their content, by their names after `model.layers.N.`.
LAYER = {
    "attention.wo": "self_attn.o_proj",
    "feed_forward.w1": "mlp.gate_proj",
    "feed_forward.w3": "mlp.up_proj",
    "feed_forward.w2": "mlp.down_proj",
    "attention_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
OUTSIDE = {
    "model.tok_embeddings.weight": "model.embed_tokens.weight",
    "model.norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
HEAD = "output.weight"
# Recomputed from the settings by every engine.
COMPUTED = "attention.rotary_emb.inv_freq"


def llama_names(name: str) -> tuple[str, ...]:
    """The ends of the Llama layers that hold what InternLM2 calls `name`; none if it is no such.

    The output head is left out: no adapter lies beside it.
    """
    short = {of.rpartition(".")[2]: (to.rpartition(".")[2],) for of, to in LAYER.items()}
    known = {**short, "tok_embeddings": ("embed_tokens",), "wqkv": ATTENTION}
    return known.get(name.rpartition(".")[2], ())
