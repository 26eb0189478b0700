"""LoRA over a base, or all of it, with TRL's SFTTrainer: loss on the answer only, resumable."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, Runtime
from harness.errors import InputError, TrainingError, need
from harness.finetune.asking import Asking
from harness.finetune.best import BEST, Best
from harness.finetune.callbacks import Asked, Clock, read_watched, watch
from harness.finetune.checkpoints import CHECKPOINTS, newest_checkpoint, seconds_before
from harness.finetune.divergence import Change, Yardstick
from harness.finetune.fitting import plan
from harness.finetune.pace import Pace
from harness.finetune.parts import Parts
from harness.finetune.picture import plot
from harness.finetune.probe import Probe, Questions, in_words, rounded
from harness.finetune.recipe import (
    as_trained,
    load_base,
    make_trainer,
    to_dataset,
    training_arguments,
)
from harness.finetune.track import check_tracker, teller, tracked
from harness.finetune.trainable import Learned, Lengths, check_trainable
from harness.finetune.watched import Watched
from harness.models.adapter import check_adapter
from harness.models.chat import load_tokenizer
from harness.models.ends import end_tokens
from harness.models.foreign import told
from harness.models.loading import check_model
from harness.models.quiet import quiet
from harness.models.saving import Saving
from harness.models.targets import check_targets
from harness.models.whole import save_whole
from harness.store.files import read_jsonl, storing, write_bytes, write_json

log = logging.getLogger("podium")

Save = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Data:
    """What is learned, and what is asked meanwhile.

    Args:
        train: file of the conversations to learn.
        watched: file of the questions to watch, which may be missing.
        probe: the questions that are judged; `None` goes without a score.
    """

    train: Path
    watched: Path
    probe: Questions | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What a training works on: rows as they are learned, and what is asked meanwhile."""

    tokenizer: Any
    learned: list[Learned]
    lengths: Lengths
    watched: Watched
    probe: Probe | None

    @property
    def tokens(self) -> int:
        """Tokens of an epoch."""
        return sum(map(len, self.learned))

    @property
    def about(self) -> dict[str, int]:
        """For `training.json`."""
        return {
            "samples": len(self.learned), "tokens_per_epoch": self.tokens,
            "cut_rows": len(self.lengths.cut), "longest_row": self.lengths.longest,
        }  # fmt: skip


def finetune(
    section: Finetune, runtime: Runtime, base: Path, data: Data, label: str, work: Path
) -> None:
    """Write `adapter/`, or `model/` where all is learned, `loss.json`, `loss.png`, `training.json`.

    Also `watched.jsonl`, `probe.json` and `best/`, what had the best score, where there are
    questions. Goes on from the newest whole checkpoint in `work`.

    Args:
        section: the recipe.
        runtime: how often to save, and whom to tell.
        base: folder of the base model.
        data: what is learned, and what is asked meanwhile.
        label: what the progress bar says.
        work: the stage's folder.

    Raises:
        TrainingError: a sample without a trainable token, or a training that diverged.
        MissingDependency: the `train` extra or the tracker is not installed.
        InputError: the base is no model folder, or a target is no layer of it.
        RunError: memory runs out.
    """
    check_model(base)
    check_tracker(runtime.track)
    for package in ("trl", "peft"):
        need(package, "train")
    material = _material(section, base, data, work)
    checkpoint = newest_checkpoint(work / CHECKPOINTS)
    clock = Clock(seconds_before(checkpoint))
    with tracked(runtime.track, work), quiet():
        trainer = _set_up(section, runtime, base, material, checkpoint, work / CHECKPOINTS)
        trainer.args.run_name = label
        yardstick = Yardstick(trainer, work / "before.json")
        save = partial(_save, section, base, trainer)
        best = Best(work / BEST, save)
        asked = Asked(material.watched, material.probe, best, teller(trainer), section.early_stop)
        pace = Pace(label, material.tokens)
        trainer.add_callback(watch(clock, pace, asked, yardstick.begin, section.watch))
        if checkpoint is not None:
            log.info("resuming training from step %s", checkpoint.name.rpartition("-")[2])
        with _training("the training failed"), Saving(work / CHECKPOINTS):
            trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
            change = yardstick.change()
    if change is not None:
        change.check()
    kept = _keep(section, int(trainer.state.global_step), best, save, work / section.yields)
    about = {
        "seconds": round(clock.seconds(), 1), **material.about, **as_trained(section, trainer),
        **_changed(change),
    }  # fmt: skip
    _record(trainer, material.probe, kept, work, about)


def _material(section: Finetune, base: Path, data: Data, work: Path) -> Material:
    """Rows as they are learned, and the questions; what cannot be asked is told here.

    Raises:
        TrainingError: nothing would be learned of a row.
        TemplateFailure: the chat template cannot render a question.
    """
    tokenizer = load_tokenizer(base)
    ends = end_tokens(base, tokenizer)
    rows = list(read_jsonl(data.train))
    learned, found = check_trainable(rows, tokenizer, ends, section.max_length, section.cut)
    asking = Asking(tokenizer, ends)
    watched = Watched(read_watched(data.watched), asking, work / "watched.jsonl")
    asking.check(watched.samples)
    probe = None if data.probe is None else Probe(data.probe, asking, work / "probe.json")
    return Material(tokenizer, learned, found, watched, probe)


def _set_up(
    section: Finetune, runtime: Runtime, base: Path, material: Material, checkpoint: Path | None,
    checkpoints: Path,
) -> Any:  # fmt: skip
    """TRL's trainer over the base, its adapter where it has one, and the rows."""
    steps = plan(section, base, [len(row) for row in material.learned])
    parts = Parts(checkpoint, steps.tokens)
    network = load_base(section, base)
    if section.yields == "adapter":
        check_targets(section.targets, network)
    learned = material.learned
    with _training("the training cannot be set up"):
        arguments = training_arguments(
            section, runtime, len(learned), checkpoints, steps.checkpointed
        )
        arguments.report_to = [] if runtime.track is None else [runtime.track]
        return make_trainer(
            section, network, material.tokenizer, to_dataset(learned), arguments, checkpoint, parts
        )


def _keep(section: Finetune, last: int, best: Best, save: Save, folder: Path) -> int:
    """Write the adapter or model that the recipe keeps, of the last step or the best; its step."""
    if section.keep == "last" or best.adapter is None or best.step is None or best.step == last:
        save(folder)
        return last
    with storing(folder):
        shutil.copytree(best.adapter, folder, dirs_exist_ok=True)
    return best.step


def _record(
    trainer: Any, probe: Probe | None, kept: int, work: Path, found: Mapping[str, Any]
) -> None:
    """Write the curve, its picture and, last, `training.json`, `found` in it."""
    history = [entry for entry in trainer.state.log_history if "loss" in entry]
    loss = {"steps": [e["step"] for e in history], "loss": [e["loss"] for e in history]}
    write_json(work / "loss.json", loss)
    write_bytes(work / "loss.png", plot(loss, [] if probe is None else probe.moments))
    write_json(
        work / "training.json",
        {**found, "steps": trainer.state.global_step, "last_loss": loss["loss"][-1],
         "kept_step": kept,
         "probed": None if probe is None else _probed(probe, kept)},
    )  # fmt: skip


def _changed(change: Change | None) -> dict[str, float]:
    """What the training did to the loss of some rows that it learned."""
    if change is None:
        return {}
    return {"loss_before": round(change.before, 4), "loss_after": round(change.after, 4)}


def _probed(probe: Probe, kept: int) -> dict[str, Any] | None:
    """What the scores of a training come to; families that fell are named in the log."""
    probe.write(kept)
    scored = [moment for moment in probe.moments if moment.score is not None]
    if not scored:
        log.info("no answer of the probe could be judged: the training has no score")
        return None
    best, at = probe.best, probe.known(kept)
    fell = probe.falls(kept)
    for fall in fell:
        log.warning("%s", in_words(fall, probe.title(fall.family), kept))
    return {
        "n": probe.n,
        "first": {"step": scored[0].step, "AS": rounded(scored[0].score)},
        "best": None if best is None else {"step": best.step, "AS": rounded(best.score)},
        "last": {"step": scored[-1].step, "AS": rounded(scored[-1].score)},
        "kept": None if at is None else {"step": at.step, "AS": rounded(at.score)},
        "fell": [fall.family for fall in fell],
    }


def _training(sentence: str) -> AbstractContextManager[None]:
    """What trl, peft and torch raise, as one sentence."""
    return told(
        sentence, TrainingError, memory="finetune.batch_size, finetune.max_length or finetune.rank"
    )


def _save(section: Finetune, base: Path, trainer: Any, folder: Path) -> None:
    """Save the adapter alone, weights and configuration, or the whole model.

    Raises:
        TrainingError: it holds numbers that are not finite.
        StoreError: it cannot be written.
    """
    try:
        if section.yields == "model":
            save_whole(trainer.model, base, folder)
        else:
            _save_adapter(trainer.model, folder)
    except InputError as error:  # the last step diverged, and no loss came after it
        raise TrainingError(
            f"the trained {section.yields} is of no use, lower finetune.lr: {error}"
        ) from error


def _save_adapter(network: Any, folder: Path) -> None:
    with Saving(folder):
        network.save_pretrained(str(folder), safe_serialization=True)
    (folder / "README.md").unlink(missing_ok=True)
    check_adapter(folder)
