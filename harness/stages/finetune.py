"""LoRA over a base with TRL's SFTTrainer and peft: loss on the answer only, resumable."""

from __future__ import annotations

import json
import logging
import math
import shutil
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, Runtime
from harness.core import Sample
from harness.errors import InputError, TrainingError, need
from harness.finetune.watched import Watched, moments
from harness.models.adapter import check_adapter
from harness.models.chat import load_tokenizer, prompt_ids, rendered, text_ids
from harness.models.foreign import told
from harness.models.hardware import bfloat16_is_fast
from harness.models.loading import check_model, load_network
from harness.models.quiet import quiet
from harness.models.targets import check_targets
from harness.models.tensors import check_safetensors
from harness.models.trying import TemplateFailure
from harness.progress import bar
from harness.store.codec import read_samples
from harness.store.files import read_jsonl, write_bytes, write_json

CHECKPOINTS = "checkpoints"
log = logging.getLogger("podium")


@dataclass(frozen=True, slots=True)
class Data:
    """Two files: the conversations to learn, and the questions to watch, which may be missing."""

    train: Path
    watched: Path


def finetune(
    section: Finetune, runtime: Runtime, base: Path, data: Data, label: str, work: Path
) -> None:
    """Write `adapter/`, `loss.json`, `loss.png` and `training.json`, and maybe `watched.jsonl`.

    Goes on from the newest whole checkpoint in `work`.

    Args:
        section: the recipe.
        runtime: how often to save.
        base: folder of the base model.
        data: what is learned, and what is asked meanwhile.
        label: what the progress bar says.
        work: the stage's folder.

    Raises:
        TrainingError: a sample without a trainable token, or a loss that is not finite.
        MissingDependency: the `train` extra is not installed.
        InputError: the base is no model folder, or a target is no layer of it.
        RunError: memory runs out.
    """
    check_model(base)
    for package in ("trl", "peft"):
        need(package, "train")
    rows = list(read_jsonl(data.train))
    tokenizer = load_tokenizer(base)
    tokens = check_trainable(rows, tokenizer, section.max_length)
    asked = _watched(data.watched)
    for sample in asked:
        prompt_ids(tokenizer, sample)  # what cannot be asked is told before the training
    checkpoint = newest_checkpoint(work / CHECKPOINTS)
    clock = _Clock(_seconds_before(checkpoint))
    with quiet():
        network = _load_base(section, base)
        check_targets(section.targets, network)
        with _training("the training cannot be set up"):
            arguments = _arguments(section, runtime, len(rows), work / CHECKPOINTS)
            trainer = _trainer(section, network, tokenizer, _dataset(rows), arguments)
    watched = Watched(asked, tokenizer, work / "watched.jsonl")
    trainer.add_callback(_watch(clock, label, watched, section.watch))
    if checkpoint is not None:
        log.info("resuming training from step %s", checkpoint.name.rpartition("-")[2])
    with quiet(), _training("the training failed"):
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    history = [e for e in trainer.state.log_history if "loss" in e]
    _save(trainer, work / "adapter")
    loss = {"steps": [e["step"] for e in history], "loss": [e["loss"] for e in history]}
    write_json(work / "loss.json", loss)
    write_bytes(work / "loss.png", _plot(loss))
    write_json(
        work / "training.json",
        {"seconds": round(clock.seconds(), 1), "samples": len(rows), "tokens_per_epoch": tokens,
         "steps": trainer.state.global_step, "last_loss": loss["loss"][-1],
         "trainable_parameters": _trainable(trainer.model)},
    )  # fmt: skip


def check_trainable(rows: list[dict[str, Any]], tokenizer: Any, max_length: int) -> int:
    """Count the tokens of an epoch; refuse rows of which nothing would be learned.

    Raises:
        TrainingError: an answer is empty, lies past `max_length`, or cannot be told from its
            prompt because the chat template renders them differently apart and together.
    """
    if not rows:
        raise TrainingError("no sample is left to train on")
    total = 0
    for row in rows:
        prompt, full = _as_trained(row, tokenizer)
        if full[: len(prompt)] != prompt:
            raise TrainingError(
                f"sample {row['id']}: the chat template renders the prompt differently once an "
                f"answer follows, so the answer cannot be told from it"
            )
        if not row["messages"][-1]["content"].strip() or min(len(full), max_length) <= len(prompt):
            raise TrainingError(
                f"sample {row['id']} has no trainable token: its prompt takes {len(prompt)} of "
                f"finetune.max_length={max_length} tokens, its answer {len(full) - len(prompt)}"
            )
        total += min(len(full), max_length)
    return total


def _as_trained(row: dict[str, Any], tokenizer: Any) -> tuple[list[int], list[int]]:
    """Token ids of a row's prompt, and of the whole row, as the trainer will make them."""
    messages = row["messages"]
    try:
        prompt = rendered(tokenizer, messages[:-1], to_answer=True)
        full = rendered(tokenizer, messages, to_answer=False)
    except TemplateFailure as failure:
        raise TrainingError(f"sample {row['id']}: {failure}") from failure
    return text_ids(tokenizer, prompt), text_ids(tokenizer, full)


def _training(sentence: str) -> AbstractContextManager[None]:
    """What trl, peft and torch raise, as one sentence."""
    return told(
        sentence, TrainingError, memory="finetune.batch_size, finetune.max_length or finetune.rank"
    )


def _dataset(rows: list[dict[str, Any]]) -> Any:
    """Rows as prompt and completion, so that the loss is on the answer alone."""
    from datasets import Dataset

    return Dataset.from_list(
        [{"prompt": row["messages"][:-1], "completion": row["messages"][-1:]} for row in rows]
    )


def _trainer(section: Finetune, network: Any, tokenizer: Any, data: Any, arguments: Any) -> Any:
    from transformers import PrinterCallback
    from trl import SFTTrainer

    trainer = SFTTrainer(
        model=network,
        args=arguments,
        train_dataset=data,
        processing_class=tokenizer,
        peft_config=_lora(section),
    )
    trainer.remove_callback(PrinterCallback)  # our own bar says it better
    return trainer


def _load_base(section: Finetune, base: Path) -> Any:
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


def _arguments(section: Finetune, runtime: Runtime, rows: int, checkpoints: Path) -> Any:
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


class _Clock:
    """Seconds of training so far, earlier attempts included."""

    def __init__(self, before: float) -> None:
        self._start = time.monotonic() - before

    def seconds(self) -> float:
        return time.monotonic() - self._start


def _watched(path: Path) -> list[Sample]:
    return list(read_samples(path)) if path.is_file() else []


def _watch(clock: _Clock, label: str, watched: Watched, times: int) -> Any:
    """A trainer callback: shows progress, ends what diverges, stamps checkpoints with the time.

    It also asks what is watched, so many times; the draws of the training are untouched.
    """
    from transformers import TrainerCallback

    class Watch(TrainerCallback):  # type: ignore[misc] # transformers is not type-checked
        def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            self.stack = ExitStack()
            self.tick = self.stack.enter_context(bar(label, state.max_steps, state.global_step))
            self.moments = moments(state.max_steps, times)
            if state.global_step == 0 and times:
                watched.at(0, 0.0, more["model"])

        def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            self.tick.advance()
            if state.global_step in self.moments:
                watched.at(state.global_step, state.epoch, more["model"])

        def on_train_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            self.stack.close()

        def on_log(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            loss = (more.get("logs") or {}).get("loss")
            if loss is not None and not math.isfinite(float(loss)):
                raise TrainingError(
                    f"the loss is {loss} at step {state.global_step}: lower finetune.lr, or "
                    "finetune.alpha"
                )

        def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:  # noqa: ARG002
            folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
            write_json(folder / "seconds.json", clock.seconds())

    return Watch()


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that was written to its end; a torn one is removed.

    The trainer writes `trainer_state.json` last.
    """
    found = sorted(folder.glob("checkpoint-*"), key=lambda p: int(p.name.rpartition("-")[2]))
    for checkpoint in reversed(found):
        if _is_whole(checkpoint):
            return checkpoint
        shutil.rmtree(checkpoint)
    return None


def _is_whole(checkpoint: Path) -> bool:
    try:
        json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
        check_safetensors(checkpoint / "adapter_model.safetensors")
    except (OSError, ValueError, InputError):
        return False
    return (checkpoint / "optimizer.pt").is_file()


def _seconds_before(checkpoint: Path | None) -> float:
    """Seconds that earlier attempts spent up to the checkpoint, by its own record."""
    if checkpoint is None:
        return 0.0
    stamp = checkpoint / "seconds.json"
    return float(json.loads(stamp.read_text(encoding="utf-8"))) if stamp.is_file() else 0.0


def _save(trainer: Any, folder: Path) -> None:
    """Save the adapter alone: weights and configuration.

    Raises:
        TrainingError: it holds numbers that are not finite.
    """
    trainer.model.save_pretrained(str(folder), safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)
    try:
        check_adapter(folder)
    except InputError as error:  # the last step diverged, and no loss came after it
        raise TrainingError(
            f"the trained adapter is of no use, lower finetune.lr: {error}"
        ) from error


def _trainable(model: Any) -> int:
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def _plot(loss: dict[str, list[float]]) -> bytes:
    """The loss curve as a PNG."""
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), dpi=120, layout="constrained")
    axes = FigureCanvasAgg(figure).figure.add_subplot()
    axes.plot(loss["steps"], loss["loss"], color="#2f6f4f", linewidth=1.6)
    axes.set(xlabel="step", ylabel="training loss", yscale="log", title="Loss on answer tokens")
    axes.grid(visible=True, alpha=0.25)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
