"""A recipe, the spec's section, as TRL and peft take it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, Runtime
from harness.errors import InputError, MissingDependency, need
from harness.finetune.head import IGNORED
from harness.finetune.order import Order
from harness.finetune.parts import Parts
from harness.finetune.trainable import Learned
from harness.finetune.trainer import trainer_class
from harness.models.adapter import check_adapter
from harness.models.foreign import told
from harness.models.hardware import fastest_dtype
from harness.models.loading import load_network
from harness.models.targets import adapted

_OPTIMIZERS = {
    "adamw": "adamw_torch_fused",
    "adamw_8bit": "adamw_bnb_8bit",
    "paged_adamw_8bit": "paged_adamw_8bit",
}
#: Optimizers that the package bitsandbytes has.
OF_BITSANDBYTES = ("adamw_8bit", "paged_adamw_8bit")
# As transformers calls them: its `constant` knows no warmup.
_SCHEDULES = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}


def to_dataset(rows: Sequence[Learned]) -> Any:
    """Rows as the trainer takes them: token ids, and labels on the answer alone."""
    from datasets import Dataset

    return Dataset.from_dict(
        {
            "input_ids": [[*row.prompt, *row.answer] for row in rows],
            "labels": [[IGNORED] * len(row.prompt) + list(row.answer) for row in rows],
            "length": [len(row) for row in rows],
        }
    )


def make_trainer(
    section: Finetune, network: Any, tokenizer: Any, data: Any, arguments: Any,
    checkpoint: Path | None = None, parts: Parts | None = None,
) -> Any:  # fmt: skip
    """TRL's trainer over a base with an adapter, or, without one, over all of it.

    Its epochs are drawn as they were up to `checkpoint`; its batches are computed in `parts`, whole
    where there are none.
    """
    from transformers import PrinterCallback

    earlier = section.from_
    trainer = trainer_class()(
        model=network if earlier is None else _continued(network, earlier),
        args=arguments,
        train_dataset=data,
        processing_class=tokenizer,
        peft_config=_lora(section) if earlier is None and section.yields == "adapter" else None,
        order=Order(checkpoint),
        parts=Parts() if parts is None else parts,
    )
    # TRL rounds adapters over a quantized base to bfloat16, where small steps are lost and a
    # gradient scaler finds nothing to scale. peft makes them float32.
    for parameter in trainer.model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    trainer.remove_callback(PrinterCallback)  # our own bar says it better
    return trainer


def compute_dtype(section: Finetune) -> str:
    """What is computed in: `float32`, `bfloat16` or `float16`.

    Raises:
        InputError: float16 without a GPU.
    """
    import torch

    if section.dtype == "auto":
        return fastest_dtype()
    if section.dtype == "float16" and not torch.cuda.is_available():
        raise InputError("finetune.dtype: float16 needs a GPU: write auto, bfloat16 or float32")
    return section.dtype


def load_base(section: Finetune, base: Path) -> Any:
    """The base, in 4 or 8 bits where the recipe says so.

    Raises:
        InputError: it cannot be loaded, or bitsandbytes or FlashAttention does not work here.
        MissingDependency: bitsandbytes or FlashAttention is not installed.
    """
    import torch

    dtype = compute_dtype(section)
    options = {"attn_implementation": _attention(section, dtype)}
    if section.base_bits < 16:
        need("bitsandbytes", "train")
        options["quantization_config"] = _quantization(section.base_bits, dtype)
    # On a GPU a frozen base is held in what is computed in; a processor is quick in bfloat16 at
    # matrix products alone. What is learned is float32: half a number's steps would be lost.
    frozen = section.yields == "adapter"
    held = getattr(torch, dtype) if frozen and torch.cuda.is_available() else torch.float32
    network = load_network(base, held, **options)
    _keep_trainable(network)
    return network


def _keep_trainable(network: Any) -> None:
    """Have bitsandbytes leave 4-bit weights as they are, also where they only answer.

    On processors with AVX512-BF16 it packs them when a network answers, for good, and then nothing
    can be trained through them.
    """
    for module in network.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def _quantization(bits: int, dtype: str) -> Any:
    """bitsandbytes: 8-bit integers, or NF4 whose scales are quantized again (Dettmers 2023)."""
    import torch
    from transformers import BitsAndBytesConfig

    with told(f"finetune.bits {bits}: bitsandbytes does not work here", InputError, reading=True):
        if bits == 8:
            return BitsAndBytesConfig(load_in_8bit=True)
        return BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=getattr(torch, dtype),
        )  # fmt: skip


def _attention(section: Finetune, dtype: str) -> str:
    """How transformers computes attention: FlashAttention where it is installed and can."""
    import torch

    if section.attn == "flash":
        if find_spec("flash_attn") is None:
            raise MissingDependency(
                "finetune.attn: flash_attn is not installed: pip install flash-attn, or write auto"
            )
        return "flash_attention_2"
    if section.attn != "auto":
        return section.attn
    can = torch.cuda.is_available() and torch.cuda.get_device_capability()[0] >= 8
    half = dtype in ("bfloat16", "float16")
    return "flash_attention_2" if can and half and find_spec("flash_attn") else "sdpa"


def _lora(section: Finetune) -> Any:
    from peft import LoraConfig

    targets = section.targets if isinstance(section.targets, str) else list(section.targets)
    return LoraConfig(
        r=section.rank, lora_alpha=section.alpha, lora_dropout=section.dropout,
        target_modules=targets, task_type="CAUSAL_LM",
        use_dora=section.dora, use_rslora=section.rslora,
    )  # fmt: skip


def _continued(network: Any, adapter: Path) -> Any:
    """A base with an earlier adapter, which is learned on."""
    from peft import PeftModel

    check_adapter(adapter)
    with told(f"{adapter}: peft cannot load it", InputError, reading=True):
        return PeftModel.from_pretrained(network, adapter, is_trainable=True)


def training_arguments(
    section: Finetune, runtime: Runtime, rows: int, checkpoints: Path, checkpointed: bool
) -> Any:
    """The recipe as TRL takes it, for so many rows.

    Args:
        section: the recipe.
        runtime: how often to save.
        rows: how many are learned.
        checkpoints: folder of what a killed training goes on from.
        checkpointed: whether activations are computed again in the backward pass.
    """
    import torch
    from trl import SFTConfig

    steps = math.ceil(rows / (section.rows_at_once * section.accumulate)) * section.epochs
    dtype, has_gpu = compute_dtype(section), torch.cuda.is_available()
    arguments = SFTConfig(
        output_dir=str(checkpoints),
        num_train_epochs=section.epochs,
        per_device_train_batch_size=section.rows_at_once,
        gradient_accumulation_steps=section.accumulate,
        learning_rate=section.lr,
        lr_scheduler_type=_SCHEDULES[section.schedule],
        warmup_steps=section.warmup,
        weight_decay=section.weight_decay,
        optim=_OPTIMIZERS[section.optimizer],
        max_length=None,  # rows are as long as they may be
        dataset_kwargs={"skip_prepare_dataset": True},
        padding_free=section.packing,
        # A batch is padded to its longest row: rows of like length waste a fifth less.
        train_sampling_strategy="group_by_length",
        bf16=dtype == "bfloat16",
        fp16=dtype == "float16",
        use_cpu=not has_gpu,
        gradient_checkpointing=checkpointed,
        gradient_checkpointing_kwargs={"use_reentrant": False} if checkpointed else None,
        use_liger_kernel=has_gpu and find_spec("liger_kernel") is not None,
        seed=section.seed,
        data_seed=section.seed,
        save_strategy="steps",
        save_steps=max(1, math.ceil(steps / runtime.checkpoints)),
        save_total_limit=2,
        logging_steps=max(1, math.ceil(steps / 100)),
        logging_nan_inf_filter=False,
        disable_tqdm=True,
        report_to=[],
        dataset_num_proc=None,
        dataloader_pin_memory=has_gpu,
    )
    if arguments.world_size == 1 and arguments.n_gpu > 1:
        # Without a launcher one GPU trains: `nn.DataParallel`, over all of them, TRL refuses.
        arguments._n_gpu = 1
    return arguments


def as_trained(section: Finetune, trainer: Any) -> dict[str, Any]:
    """How a recipe was carried out on this machine, and on which layers."""
    return {
        "trainable_parameters": sum(
            parameter.numel() for parameter in trainer.model.parameters() if parameter.requires_grad
        ),
        "adapted": adapted(trainer.model),
        "computed_in": compute_dtype(section),
        "checkpointed": trainer.args.gradient_checkpointing,
        "tokens_at_once": trainer.parts.tokens,
    }
