"""A recipe, the spec's section, as TRL and peft take it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, Runtime
from harness.errors import InputError, need
from harness.finetune.order import Order, Ordered
from harness.models.foreign import told
from harness.models.hardware import bfloat16_is_fast
from harness.models.loading import load_network


def to_dataset(rows: list[dict[str, Any]]) -> Any:
    """Rows as prompt and completion, so that the loss is on the answer alone.

    They are rendered as they are served: without thinking.
    """
    from datasets import Dataset

    served = {"chat_template_kwargs": {"enable_thinking": False}}
    return Dataset.from_list(
        [
            {"prompt": row["messages"][:-1], "completion": row["messages"][-1:], **served}
            for row in rows
        ]
    )


def make_trainer(
    section: Finetune, network: Any, tokenizer: Any, data: Any, arguments: Any, order: Order
) -> Any:
    """TRL's trainer over a base with a fresh adapter; its epochs are drawn by `order`."""
    from transformers import PrinterCallback
    from trl import SFTTrainer

    class Trainer(SFTTrainer):  # type: ignore[misc] # trl is not type-checked
        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            return Ordered(order, super()._get_train_sampler(train_dataset))

        def _save_rng_state(self, output_dir: str) -> None:
            super()._save_rng_state(output_dir)
            order.save(Path(output_dir), self.state.epoch)

    trainer = Trainer(
        model=network,
        args=arguments,
        train_dataset=data,
        processing_class=tokenizer,
        peft_config=_lora(section),
    )
    trainer.remove_callback(PrinterCallback)  # our own bar says it better
    return trainer


def load_base(section: Finetune, base: Path) -> Any:
    """The frozen base, in 4 bits where the recipe says so.

    Raises:
        InputError: it cannot be loaded, or bitsandbytes does not work here.
        MissingDependency: bitsandbytes is not installed.
    """
    import torch
    from transformers import BitsAndBytesConfig

    # On a GPU the frozen base stays in the dtype that it is stored in; adapters are float32.
    dtype = "auto" if torch.cuda.is_available() else torch.float32
    if section.method != "qlora":
        return load_network(base, dtype)
    need("bitsandbytes", "train")
    with told("finetune.method qlora: bitsandbytes does not work here", InputError, reading=True):
        quantization = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16,
        )  # fmt: skip
    return load_network(base, dtype, quantization_config=quantization)


def _lora(section: Finetune) -> Any:
    from peft import LoraConfig

    targets = section.targets if isinstance(section.targets, str) else list(section.targets)
    return LoraConfig(
        r=section.rank, lora_alpha=section.alpha, lora_dropout=section.dropout,
        target_modules=targets, task_type="CAUSAL_LM",
    )  # fmt: skip


def training_arguments(section: Finetune, runtime: Runtime, rows: int, checkpoints: Path) -> Any:
    """The recipe as TRL takes it."""
    import torch
    from trl import SFTConfig

    steps = math.ceil(rows / (section.batch_size * section.accumulate)) * section.epochs
    use_bf16 = section.dtype == "bfloat16" or (section.dtype == "auto" and bfloat16_is_fast())
    return SFTConfig(
        output_dir=str(checkpoints),
        num_train_epochs=section.epochs,
        per_device_train_batch_size=section.batch_size,
        gradient_accumulation_steps=section.accumulate,
        learning_rate=section.lr,
        lr_scheduler_type=section.schedule,
        warmup_steps=section.warmup,
        weight_decay=section.weight_decay,
        max_length=section.max_length,
        # A batch is padded to its longest row: rows of like length waste a fifth less.
        train_sampling_strategy="group_by_length",
        completion_only_loss=True,
        bf16=use_bf16,
        use_cpu=not torch.cuda.is_available(),
        gradient_checkpointing=False,
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
        dataloader_pin_memory=torch.cuda.is_available(),
    )
