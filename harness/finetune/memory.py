"""How much memory a training step takes, forecast from a model's `config.json` and the recipe.

A step holds, from its end to its beginning:

- **weights** of the frozen base, in the bytes that they are held in, on a GPU those that it
  computes in and on a processor float32, however they are stored; bitsandbytes keeps linear
  layers in one byte and a scale a row (8 bits), or in half a byte, a byte a block of 64 and four
  bytes for 256 of those (NF4 with double quantization: Dettmers et al., "QLoRA", 2023, section 3);
- **adapters** in float32, `rank x (in + out)` numbers a layer (Hu et al., "LoRA", 2021), and with
  DoRA `out` lengths, their **gradients**, and two moments of each for AdamW; where all of a base is
  learned its weights are float32 and these are of every parameter;
- **activations**: what autograd keeps of each token and layer for the backward pass, counted below
  as it is kept by transformers 5.19, peft 0.21 and torch 2.13 (after Korthikanti et al., "Reducing
  Activation Recomputation in Large Transformer Models", 2022, which counts full fine-tuning).
  Frozen weights keep no inputs, adapters do. Attention that is `eager` keeps a number for each head
  and pair of positions; DoRA (Liu et al., 2024) keeps what base and adapter make of each token.
  With checkpointing a layer keeps its input alone, and one layer at a time is counted in full;
- **logits** of some learned tokens: see `harness.finetune.head`.

Decoders of the Llama kind (Llama, Qwen2, Qwen2.5, Qwen3, Mistral, InternLM2 as Llama) are counted
exactly; of others this is an estimate. What CUDA itself and fragments take is added as a share.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from harness.config.sections import Finetune
from harness.finetune.head import LOGITS

GIB = 2**30
_NF4 = 0.5 + 1 / 64 + 4 / (64 * 256)
_FLOAT = 4
_ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")
_MLP = ("gate_proj", "up_proj", "down_proj")
#: Bytes of a number, by the type's name.
BYTES: Mapping[str, int] = MappingProxyType({"float32": 4, "bfloat16": 2, "float16": 2})
# Bytes a parameter of the optimizer's two moments.
_MOMENTS = {"adamw": 8.0, "adamw_8bit": 2.0, "paged_adamw_8bit": 2.0}
# Of a GPU's memory the driver, the libraries' workspaces and the allocator's gaps take this.
_GPU_OVERHEAD = 0.9 * 2**30
_GAPS = 0.05
# What `gradient_checkpointing: auto` keeps at once at most: computing it again costs a third more
# time, which short rows need not pay.
_KEPT_AT_MOST = 2 * GIB


@dataclass(frozen=True, slots=True)
class Shape:
    """A decoder of the Llama kind.

    Args:
        hidden: width of the residual stream.
        inner: width of the MLP.
        layers: how many.
        queries: heads times their size.
        keys: key heads times their size.
        heads: attention heads.
        vocabulary: words.
        tied: whether embeddings and head are one tensor.
        biased: whether queries, keys and values have a bias.
        normed: whether queries and keys go through a norm of their own (Qwen3).
        head_norm: numbers of such a norm, the size of a head.
    """

    hidden: int
    inner: int
    layers: int
    queries: int
    keys: int
    heads: int
    vocabulary: int
    tied: bool
    biased: bool
    normed: bool
    head_norm: int

    @property
    def linears(self) -> dict[str, tuple[int, int]]:
        """Inputs and outputs of the linear layers of one layer, by name."""
        return {
            "q_proj": (self.hidden, self.queries),
            "k_proj": (self.hidden, self.keys),
            "v_proj": (self.hidden, self.keys),
            "o_proj": (self.queries, self.hidden),
            "gate_proj": (self.hidden, self.inner),
            "up_proj": (self.hidden, self.inner),
            "down_proj": (self.inner, self.hidden),
        }

    @property
    def in_linears(self) -> int:
        """Parameters of all linear layers, which quantization packs; the head is none of them."""
        return self.layers * sum(a * b for a, b in self.linears.values())

    @property
    def elsewhere(self) -> int:
        """All other parameters: embeddings, head, norms, biases."""
        tables = self.vocabulary * self.hidden * (1 if self.tied else 2)
        biases = (self.queries + 2 * self.keys) if self.biased else 0
        norms = 2 * self.hidden + (2 * self.head_norm if self.normed else 0)
        return tables + self.layers * (biases + norms) + self.hidden

    @property
    def parameters(self) -> int:
        """All of them."""
        return self.in_linears + self.elsewhere


@dataclass(frozen=True, slots=True)
class Setup:
    """A recipe on a machine, as memory sees it.

    Args:
        rank: of the adapters; 0 adapts nothing.
        targets: the linear layers that they lie beside, by name.
        dropout: whether some of their inputs are dropped.
        bits: of a number of the frozen base: 4, 8 or 16.
        loaded: bytes of a number that is not packed.
        computed: bytes of a number that is computed with.
        moments: bytes a trained parameter of the optimizer.
        checkpointed: whether activations are computed again; `None` is where a batch is large.
        gpu: whether it is a GPU, whose masks of dropout take a byte, and a float elsewhere.
        accumulated: whether gradients stay from one batch to the next.
        full: whether all parameters are learned, in float32, and no adapter.
        cut: whether a large batch is rather cut between two rows than computed again: a processor
            is as quick at some rows as at many, a GPU is not.
        eager: whether attention keeps the share of every position in every other.
        dora: whether the lengths of columns are learned beside their directions.
    """

    rank: int
    targets: tuple[str, ...]
    dropout: bool
    bits: int
    loaded: int
    computed: int
    moments: float
    checkpointed: bool | None
    gpu: bool
    accumulated: bool = False
    full: bool = False
    cut: bool = False
    eager: bool = False
    dora: bool = False

    @property
    def halved(self) -> bool:
        """Whether it computes in numbers of half the bytes."""
        return self.computed < _FLOAT


@dataclass(frozen=True, slots=True)
class Batch:
    """What a step computes at once: rows, the width of the widest, and tokens that are learned.

    `padded`: whether rows are of unequal length, so that attention needs a mask.
    """

    rows: int
    width: int
    learned: int
    padded: bool = True

    @property
    def tokens(self) -> int:
        """Positions, padding included."""
        return self.rows * self.width


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of each part of a step.

    `layer` is what the one that is under way takes beside what all keep, `logits` what the head
    takes before that: never both at once.
    """

    weights: float
    adapters: float
    gradients: float
    optimizer: float
    activations: float
    layer: float
    logits: float
    overhead: float

    @property
    def stays(self) -> float:
        """What is there between steps."""
        return self.weights + self.adapters + self.optimizer

    @property
    def peak(self) -> float:
        """The most at once: gradients come as activations go, so the larger of both counts."""
        passing = max(self.activations + max(self.layer, self.logits), self.gradients)
        return self.stays + passing + self.overhead

    def in_gib(self) -> dict[str, float]:
        """Each part, and the peak, in GiB."""
        parts = {name: getattr(self, name) for name in self.__slots__} | {"peak": self.peak}
        return {name: round(value / GIB, 3) for name, value in parts.items()}


def shape_of(config: Mapping[str, Any]) -> Shape | None:
    """Read a model's `config.json`; `None` where it is no decoder that can be counted."""
    text = config.get("text_config")
    inner = {**config, **text} if isinstance(text, dict) else config
    try:
        hidden, heads = int(inner["hidden_size"]), int(inner["num_attention_heads"])
        size = int(inner.get("head_dim") or hidden // heads)
        keys = int(inner.get("num_key_value_heads") or heads) * size
        kind = str(inner.get("model_type", ""))
        return Shape(
            hidden, int(inner["intermediate_size"]), int(inner["num_hidden_layers"]),
            heads * size, keys, heads, int(inner["vocab_size"]),
            tied=bool(inner.get("tie_word_embeddings", kind.startswith("gemma"))),
            biased=bool(inner.get("attention_bias", inner.get("bias", kind == "qwen2"))),
            normed=kind.startswith(("qwen3", "gemma3")),
            head_norm=size,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def computed_in(section: Finetune, auto: int) -> int:
    """Bytes of a number that a recipe computes with.

    Args:
        section: of the spec.
        auto: bytes of what `dtype: auto` is on the machine in question.
    """
    return BYTES.get(section.dtype, auto)


def setup_of(section: Finetune, shape: Shape, *, gpu: bool, computed: int) -> Setup:
    """A recipe as memory sees it.

    Args:
        section: of the spec.
        shape: of the base.
        gpu: where a frozen base is held in what is computed in; a processor holds it in float32.
        computed: bytes of a number that is computed with.
    """
    chosen, full = section.gradient_checkpointing, section.yields == "model"
    return Setup(
        rank=0 if full else section.rank,
        # Weights that are learned keep the inputs of their layers, as adapters do of theirs.
        targets=tuple(shape.linears) if full else _targeted(section.targets),
        dropout=section.dropout > 0 and not full,
        bits=section.base_bits,
        loaded=computed if gpu and not full else _FLOAT,
        computed=computed,
        moments=_MOMENTS[section.optimizer],
        checkpointed=None if chosen == "auto" else chosen,
        gpu=gpu,
        accumulated=section.accumulate > 1,
        full=full,
        cut=not gpu and not section.packing,
        eager=section.attn == "eager",
        dora=section.dora,
    )


def _targeted(targets: str | Sequence[str]) -> tuple[str, ...]:
    """Which linear layers a recipe's targets are, as peft reads them."""
    if targets == "all-linear":
        return (*_ATTENTION, *_MLP)
    paths = {name: f"model.layers.0.self_attn.{name}" for name in _ATTENTION}
    paths |= {name: f"model.layers.0.mlp.{name}" for name in _MLP}
    if isinstance(targets, str):
        return tuple(name for name, path in paths.items() if re.fullmatch(targets, path))
    return tuple(
        name for name, path in paths.items() if any(f".{path}".endswith(f".{t}") for t in targets)
    )


def carried_out(shape: Shape, setup: Setup, batch: Batch) -> tuple[Setup, Batch]:
    """What `gradient_checkpointing: auto` does with a batch, and what is computed of it at once.

    It keeps all activations where they are few, else cuts the batch into parts that keep few, and
    computes them again where a batch cannot be cut or one row alone would keep many.
    """
    if setup.checkpointed is not None:
        return setup, batch
    row = _kept_of_a_layer(shape, setup, batch) * shape.layers * batch.width
    rows = int(_KEPT_AT_MOST // row)
    if rows >= batch.rows:
        return replace(setup, checkpointed=False), batch
    if not (rows and setup.cut):
        return replace(setup, checkpointed=True), batch
    part = replace(batch, rows=rows, learned=math.ceil(batch.learned * rows / batch.rows))
    # Gradients of the parts before are there already.
    return replace(setup, checkpointed=False, accumulated=True), part


def forecast(shape: Shape, setup: Setup, batch: Batch) -> Memory:
    """Memory of one training step, in bytes by part."""
    setup, batch = carried_out(shape, setup, batch)
    numbers = shape.parameters if setup.full else _adapter_numbers(shape, setup)
    gradients, optimizer = numbers * _FLOAT, numbers * setup.moments
    adapters = 0 if setup.full else numbers * _FLOAT
    activations = _kept(shape, setup, batch) * batch.tokens + _casts(shape, setup)
    if not setup.checkpointed:
        activations += _remade(shape, setup) * shape.layers
    if setup.accumulated:  # those of the batches before are there already
        activations += gradients
    memory = Memory(
        _weights(shape, setup), adapters, gradients, optimizer, activations,
        _under_way(shape, setup, batch), _logits(shape, setup, batch), 0.0,
    )  # fmt: skip
    return replace(memory, overhead=_GPU_OVERHEAD + _GAPS * memory.peak) if setup.gpu else memory


def largest_batch(shape: Shape, setup: Setup, width: int, room: float, most: int = 4096) -> int:
    """The most rows of a width whose step fits into `room` bytes; 0 where not even one does.

    All their tokens are taken to be learned.
    """
    rows = _largest(shape, replace(setup, checkpointed=True), width, room, most)
    if carried_out(shape, setup, Batch(rows, width, rows * width))[0].checkpointed:
        return rows
    return _largest(shape, replace(setup, checkpointed=False), width, room, most)


def _largest(shape: Shape, setup: Setup, width: int, room: float, most: int) -> int:
    """The most rows, where each takes more than the one before."""
    low, high = 0, most
    while low < high:
        rows = (low + high + 1) // 2
        fits = forecast(shape, setup, Batch(rows, width, rows * width)).peak <= room
        low, high = (rows, high) if fits else (low, rows - 1)
    return low


def _weights(shape: Shape, setup: Setup) -> float:
    if setup.bits >= 16:
        return float(shape.parameters * setup.loaded)
    rows = shape.layers * sum(out for _, out in shape.linears.values())
    packed = shape.in_linears * _NF4 if setup.bits == 4 else shape.in_linears + rows * _FLOAT
    return float(packed + shape.elsewhere * setup.loaded)


def _adapted(shape: Shape, setup: Setup) -> list[tuple[int, int]]:
    """Inputs and outputs of the adapted layers of one layer."""
    return [shape.linears[name] for name in setup.targets]


def _adapter_numbers(shape: Shape, setup: Setup) -> int:
    sizes = _adapted(shape, setup)
    lengths = sum(out for _, out in sizes) if setup.dora else 0
    return shape.layers * (setup.rank * sum(map(sum, sizes)) + lengths)


def _kept(shape: Shape, setup: Setup, batch: Batch) -> float:
    """Bytes that a token keeps for the backward pass, of all layers."""
    if setup.checkpointed:  # inputs of all layers and of the head, as wide as embeddings are
        return float(shape.hidden * max(setup.loaded, setup.computed) * (shape.layers + 1))
    return _kept_of_a_layer(shape, setup, batch) * shape.layers


def _kept_of_a_layer(shape: Shape, setup: Setup, batch: Batch) -> float:
    """Bytes that a token keeps of one layer.

    Norms compute in float32 and keep their input, attention its queries, keys, values and output,
    the MLP both factors of its product and what the activation makes of one; adapters keep their
    input and what lies between their matrices.
    """
    wide, half = _FLOAT, setup.computed
    norms: float = 2 * (shape.hidden + 1) * wide
    if shape.normed:
        norms += (shape.queries + shape.keys) * (1 + 1 / shape.head_norm) * wide
    mlp = 3 * shape.inner * half
    attention = _kept_of_attention(shape, setup, batch)
    return norms + attention + mlp + _kept_of_adapters(shape, setup) + _kept_of_bytes(shape, setup)


def _kept_of_attention(shape: Shape, setup: Setup, batch: Batch) -> float:
    """What a token keeps of attention itself, without its output.

    `eager` keeps the share of every position for every head, in float32 as the softmax has it and
    in what is computed in as the product with the values has it; it repeats keys and values for
    each query.
    """
    half = setup.computed
    if setup.eager:
        shares = shape.heads * batch.width * (_FLOAT + (half if setup.halved else 0))
        return float(3 * shape.queries * half + shares)
    keys = shape.queries if batch.padded else shape.keys  # a mask wants a key for every query
    mask = batch.width * half if batch.padded else 0  # a row of it
    return float((shape.queries + 2 * keys) * half + shape.heads * _FLOAT + mask)


def _kept_of_bytes(shape: Shape, setup: Setup) -> float:
    """Inputs that bitsandbytes keeps of layers in 8 bits, where adapters do not keep the same."""
    if setup.bits != 8 or not (setup.dropout or setup.computed < _FLOAT):
        return 0.0
    norms = 2 * shape.hidden * max(setup.loaded, setup.computed)
    return float(norms + shape.inner * setup.computed)


def _kept_of_adapters(shape: Shape, setup: Setup) -> float:
    """What a token keeps for the adapters of one layer, the output of attention included."""
    inputs = {name: shape.linears[name][0] for name in setup.targets}
    between = setup.rank * len(inputs) * setup.computed + _kept_to_be_scaled(shape, setup)
    # Attention keeps it, where it is not eager, and o_proj reads it.
    output = 0 if setup.eager else shape.queries * setup.computed
    own = sum(inputs.values()) * setup.computed
    if setup.dropout:
        masks = sum(inputs.values()) * (1 if setup.gpu else _FLOAT)
        return between + output + own + masks
    if setup.computed < _FLOAT:  # each adapter casts its input for itself
        return between + output + own
    shared = {_source(name): size for name, size in inputs.items()}
    if output:
        shared.pop("o_proj", None)  # the output itself
    return between + output + sum(shared.values()) * setup.computed


def _kept_to_be_scaled(shape: Shape, setup: Setup) -> float:
    """What the base and what the adapter make of a token: DoRA scales each by a learned length.

    A bias is taken off the base's first, in what the bias is held in; with dropout it is made anew
    without one.
    """
    if not setup.dora:
        return 0.0
    outputs = {name: shape.linears[name][1] for name in setup.targets}
    biased = sum(outputs.get(name, 0) for name in ("q_proj", "k_proj", "v_proj"))
    wider = max(setup.loaded, setup.computed) - setup.computed
    off = biased * wider if shape.biased and not setup.dropout else 0
    return float(2 * sum(outputs.values()) * setup.computed + off)


def _remade(shape: Shape, setup: Setup) -> float:
    """Weights of a layer that DoRA keeps: where inputs are dropped it computes with copies of them.

    A copy is made where the base is packed, or computes in half of what adapters are held in.
    """
    if not (setup.dora and setup.dropout and (setup.bits < 16 or setup.halved)):
        return 0.0
    return float(sum(a * b for a, b in _adapted(shape, setup)) * setup.computed)


def _source(name: str) -> str:
    """Which tensor a linear layer reads: queries, keys and values read one, gate and up another."""
    if name in ("q_proj", "k_proj", "v_proj"):
        return "attention"
    return "mlp" if name in ("gate_proj", "up_proj") else name


def _under_way(shape: Shape, setup: Setup, batch: Batch) -> float:
    """What the layer takes that is gone back through: gradients, and itself computed again."""
    again = 0.0
    if setup.checkpointed:
        again = _kept_of_a_layer(shape, setup, batch) * batch.tokens + _remade(shape, setup)
    wide = _FLOAT if setup.dora else setup.computed  # lengths are float32, and so what they scale
    passing = batch.tokens * (3 * shape.inner + 2 * shape.hidden) * wide
    shares = _under_way_of_shares(shape, setup, batch)
    return again + max(passing, shares, _lengths_under_way(shape, setup))


def _under_way_of_shares(shape: Shape, setup: Setup, batch: Batch) -> float:
    """Gradients of the shares of `eager` attention, before and behind the softmax.

    The layer's MLP has been gone back through by then, and keeps nothing any more.
    """
    if not setup.eager:
        return 0.0
    shares = shape.heads * batch.width * (_FLOAT if setup.halved else 2 * _FLOAT)
    return float(batch.tokens * (shares - 3 * shape.inner * setup.computed))


def _lengths_under_way(shape: Shape, setup: Setup) -> float:
    """What DoRA takes to know the lengths of a layer's columns: of the layer that takes most.

    It multiplies the adapter's matrices out by an identity as wide as the input, and holds their
    product, the same scaled, and its sum with the weight, all in float32.
    """
    if not setup.dora:
        return 0.0
    copied = setup.bits < 16 or setup.loaded < _FLOAT
    if not setup.halved and _remade(shape, setup):  # the copy is among those that are kept
        copied = False
    return max(
        # The identity and these three, beside the weight itself where it is copied to float32.
        max(a * a * setup.computed + a * b * (4 if copied else 3) * _FLOAT,
            a * a * (_FLOAT + setup.computed) * setup.halved)
        for a, b in _adapted(shape, setup)
    )  # fmt: skip


def _logits(shape: Shape, setup: Setup, batch: Batch) -> float:
    """Logits of some learned tokens, what the softmax keeps of them, and their gradient: float32.

    Beside them lie the inputs of all learned tokens and the gradients of these, and that of the
    head, where it is learned.
    """
    held = min(batch.learned, max(1, LOGITS // shape.vocabulary))
    inputs = batch.learned * shape.hidden * 2 * setup.computed
    head = shape.vocabulary * shape.hidden * _FLOAT if setup.full else 0  # its gradient
    return float(held * shape.vocabulary * 3 * _FLOAT + inputs + head)


def _casts(shape: Shape, setup: Setup) -> float:
    """Copies of weights in the dtype that is computed in, kept until the step ends."""
    if setup.computed >= _FLOAT:
        return 0.0
    if setup.full:
        return float(shape.parameters * setup.computed)
    cast = _adapter_numbers(shape, setup)
    if setup.loaded > setup.computed:
        cast += shape.vocabulary * shape.hidden + (shape.in_linears if setup.bits >= 16 else 0)
    return float(cast * setup.computed)
