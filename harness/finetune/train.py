"""LoRA over a base with TRL's SFTTrainer and peft: loss on the answer only, resumable."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, Runtime
from harness.errors import InputError, TrainingError, need
from harness.finetune.callbacks import Clock, read_watched, watch
from harness.finetune.checkpoints import CHECKPOINTS, newest_checkpoint, seconds_before
from harness.finetune.loss import plot
from harness.finetune.recipe import (
    as_trained,
    load_base,
    make_trainer,
    to_dataset,
    training_arguments,
)
from harness.finetune.trainable import check_trainable
from harness.finetune.watched import Watched
from harness.models.adapter import check_adapter
from harness.models.chat import load_tokenizer, prompt_ids
from harness.models.ends import end_tokens
from harness.models.foreign import told
from harness.models.loading import check_model
from harness.models.quiet import quiet
from harness.models.saving import Saving
from harness.models.targets import check_targets
from harness.store.files import read_jsonl, write_bytes, write_json

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
    ends = end_tokens(base, tokenizer)
    learned, found = check_trainable(rows, tokenizer, ends, section.max_length, section.cut)
    asked = read_watched(data.watched)
    for sample in asked:
        prompt_ids(tokenizer, sample)  # what cannot be asked is told before the training
    checkpoint = newest_checkpoint(work / CHECKPOINTS)
    clock = Clock(seconds_before(checkpoint))
    with quiet():
        network = load_base(section, base)
        check_targets(section.targets, network)
        with _training("the training cannot be set up"):
            checkpoints = work / CHECKPOINTS
            arguments = training_arguments(section, runtime, len(learned), checkpoints, network)
            trainer = make_trainer(
                section, network, tokenizer, to_dataset(learned), arguments, checkpoint
            )
    watched = Watched(asked, tokenizer, ends, work / "watched.jsonl")
    trainer.add_callback(watch(clock, label, watched, section.watch))
    if checkpoint is not None:
        log.info("resuming training from step %s", checkpoint.name.rpartition("-")[2])
    with quiet(), _training("the training failed"), Saving(work / CHECKPOINTS):
        trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
    history = [e for e in trainer.state.log_history if "loss" in e]
    _save(trainer, work / "adapter")
    loss = {"steps": [e["step"] for e in history], "loss": [e["loss"] for e in history]}
    write_json(work / "loss.json", loss)
    write_bytes(work / "loss.png", plot(loss))
    write_json(
        work / "training.json",
        {"seconds": round(clock.seconds(), 1), "samples": len(learned),
         "tokens_per_epoch": sum(map(len, learned)), "cut_rows": len(found.cut),
         "longest_row": found.longest, "steps": trainer.state.global_step,
         "last_loss": loss["loss"][-1], **as_trained(section, trainer)},
    )  # fmt: skip


def _training(sentence: str) -> AbstractContextManager[None]:
    """What trl, peft and torch raise, as one sentence."""
    return told(
        sentence, TrainingError, memory="finetune.batch_size, finetune.max_length or finetune.rank"
    )


def _save(trainer: Any, folder: Path) -> None:
    """Save the adapter alone: weights and configuration.

    Raises:
        TrainingError: it holds numbers that are not finite.
        StoreError: it cannot be written.
    """
    with Saving(folder):
        trainer.model.save_pretrained(str(folder), safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)
    try:
        check_adapter(folder)
    except InputError as error:  # the last step diverged, and no loss came after it
        raise TrainingError(
            f"the trained adapter is of no use, lower finetune.lr: {error}"
        ) from error
