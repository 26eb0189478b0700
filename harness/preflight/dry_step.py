"""One step of the training that a spec asks for: what is masked, the loss, and who gets a gradient.

It runs on the real weights where they are small, else on a random model of the same configuration
with few layers and few words. Adapters begin with one factor at zero, so that the other gets no
gradient at first; here both are drawn at random.
"""

from __future__ import annotations

import copy
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, Runtime
from harness.errors import PodiumError, TrainingError
from harness.finetune.head import IGNORED
from harness.finetune.recipe import load_base, make_trainer, to_dataset, training_arguments
from harness.finetune.trainable import learn
from harness.models.folder import weight_files
from harness.models.foreign import told
from harness.models.quiet import quiet
from harness.preflight.problem import Problem, error, listed, note, warning
from harness.preflight.rows import Row

MOST_BYTES = 2**30  # of weights that are loaded for it
_ROWS = 4
_LONGEST = 512  # tokens of a row, where there are shorter ones
_LAYERS, _MOST_LAYERS = 2, 8
_WIDTH = 1024
_WORDS = 2048  # of a random model
_STD = 0.02
# By so many nats above a guess a base is sure of what is wrong, and so much order is worth.
_WORSE, _ORDER = 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Batch:
    """A row as the trainer makes it: its tokens, and what is learned of each (-100 is nothing)."""

    ids: tuple[int, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tokenized:
    """What makes tokens of rows: a tokenizer, and the tokens that end an answer."""

    tokenizer: Any
    ends: Sequence[int]


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a dry step has shown.

    Args:
        real: whether it ran on the base's own weights.
        loss: mean negative log-likelihood of a learned token, in nats, of the untrained base.
        read: the same of all tokens of the rows.
        shuffled: the same of these tokens in a random order.
        words: size of the vocabulary.
        modules: the adapted modules.
        dead: those of them that got no gradient, or one that is not finite.
        batch: the rows as the trainer made them.
    """

    real: bool
    loss: float
    read: float
    shuffled: float
    words: int
    modules: tuple[str, ...]
    dead: tuple[str, ...]
    batch: tuple[Batch, ...]


def check_dry_step(
    section: Finetune, base: Path, tokenizer: Any, rows: Sequence[Row], ends: Sequence[int]
) -> Iterator[Problem]:
    """Run the step and say what it shows."""
    chosen = choose(rows, section.max_length)
    if not chosen:
        return  # no row can be trained, which is told elsewhere
    try:
        stepped = dry_step(section, base, Tokenized(tokenizer, ends), chosen)
    except PodiumError as refused:
        yield error("dry-step", str(refused), "correct what it names: the training would end so")
        return
    yield from check_gradients(stepped)
    yield from check_loss(stepped)
    yield from check_masks(chosen, stepped.batch, ends)


def choose(rows: Sequence[Row], max_length: int) -> list[Row]:
    """A few rows of different lengths that can be trained whole; of long ones the shortest."""
    fitting = [r for r in rows if len(r.prompt_ids) < r.needed <= max_length and r.answer.strip()]
    by_length = sorted(fitting, key=lambda row: row.needed)
    by_length = [row for row in by_length if row.needed <= _LONGEST] or by_length[:1]
    count = min(_ROWS, len(by_length))
    last = len(by_length) - 1
    return [by_length[round(last * part / max(1, count - 1))] for part in range(count)]


def dry_step(section: Finetune, base: Path, words: Tokenized, rows: Sequence[Row]) -> Stepped:
    """Set the training up as it will be, and take a step of it.

    Raises:
        PodiumError: it cannot be set up, or the step fails.
    """
    real = sum(path.stat().st_size for path in weight_files(base)) <= MOST_BYTES
    with quiet(), tempfile.TemporaryDirectory() as folder:
        import torch

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            network = load_base(section, base) if real else small_network(base)
            with told("the training cannot be set up", TrainingError):
                trainer = _trainer(section, network, words, rows, Path(folder))
                return _step(trainer, real)


def _trainer(
    section: Finetune, network: Any, words: Tokenized, rows: Sequence[Row], folder: Path
) -> Any:
    """The trainer of the recipe over these rows, in one batch."""
    alike = section.model_copy(
        update={"batch_size": len(rows), "accumulate": 1, "dropout": 0.0, "packing": False}
    )
    said = ({"id": row.id, "messages": row.turns} for row in rows)
    learned = [learn(row, words.tokenizer, words.ends) for row in said]
    again = section.gradient_checkpointing is True
    arguments = training_arguments(alike, Runtime(), len(learned), folder, again)
    return make_trainer(alike, network, words.tokenizer, to_dataset(learned), arguments)


def _step(trainer: Any, real: bool) -> Stepped:
    import torch

    network = trainer.model
    batch = next(iter(trainer.get_train_dataloader()))
    words = int(network.config.get_text_config().vocab_size)
    inputs = {
        "input_ids": batch["input_ids"] % words,
        "attention_mask": batch["attention_mask"],
        "labels": torch.where(batch["labels"] < 0, batch["labels"], batch["labels"] % words),
    }
    inputs = {name: value.to(network.device) for name, value in inputs.items()}
    network.eval()
    with torch.no_grad():
        loss = float(network(**inputs).loss)
        read, shuffled = (float(network(**one).loss) for one in (_all(inputs), _mixed(inputs)))
    factors = {name: p for name, p in network.named_parameters() if p.requires_grad}
    with torch.no_grad():
        for name, factor in factors.items():
            if ".lora_" in name:  # one of two begins at zero, and gives the other no gradient
                factor.add_(torch.randn_like(factor) * _STD)
    network.train()
    network(**inputs).loss.backward()
    dead = {_module(name) for name, factor in factors.items() if not _has_gradient(factor)}
    modules = tuple(dict.fromkeys(map(_module, factors)))
    return Stepped(
        real, loss, read, shuffled, words, modules,
        tuple(name for name in modules if name in dead and ".experts." not in name),
        tuple(_rows_of(batch)),
    )  # fmt: skip


def _all(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The same rows with every token of them to be foretold."""
    import torch

    labels = torch.where(inputs["attention_mask"] > 0, inputs["input_ids"], IGNORED)
    return {**inputs, "labels": labels}


def _mixed(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The same tokens of each row in a random order."""
    import torch

    ids = inputs["input_ids"].clone()
    for row, mask in zip(ids, inputs["attention_mask"], strict=True):
        there = mask.nonzero()[:, 0]
        row[there] = row[there[torch.randperm(len(there), device=there.device)]]
    return _all({**inputs, "input_ids": ids})


def _has_gradient(factor: Any) -> bool:
    import torch

    return factor.grad is not None and bool(torch.isfinite(factor.grad).all() and factor.grad.any())


def _module(parameter: str) -> str:
    """The layer of the base that a trained parameter belongs to."""
    name = parameter.removeprefix("base_model.model.")
    return name.partition(".lora_")[0]


def _rows_of(batch: Mapping[str, Any]) -> Iterator[Batch]:
    """The rows of a batch, without what pads them."""
    for ids, mask, labels in zip(
        batch["input_ids"].tolist(), batch["attention_mask"].tolist(), batch["labels"].tolist(),
        strict=True,
    ):  # fmt: skip
        kept = [place for place, there in enumerate(mask) if there]
        yield Batch(tuple(ids[p] for p in kept), tuple(labels[p] for p in kept))


def small_network(base: Path) -> Any:
    """A random model of a base's configuration, with few layers and words.

    Raises:
        InputError: transformers cannot build it.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    with told(f"{base}: transformers cannot build it", TrainingError, reading=True):
        config = AutoConfig.from_pretrained(base, local_files_only=True, trust_remote_code=False)
        small = shrunk(config)
        small.dtype = torch.float32
        return AutoModelForCausalLM.from_config(small, dtype=torch.float32)


def shrunk(config: Any) -> Any:
    """A copy of a configuration with few layers, of each kind that it has, and few words."""
    small = copy.deepcopy(config)
    text = small.get_text_config()
    kinds = getattr(text, "layer_types", None)
    layers = min(text.num_hidden_layers, _layers_needed(kinds))
    text.num_hidden_layers = layers
    if isinstance(kinds, list):
        text.layer_types = kinds[:layers]
    text.vocab_size = min(text.vocab_size, _WORDS)
    for name in ("pad_token_id", "bos_token_id", "eos_token_id"):
        setattr(text, name, None)
        setattr(small, name, None)
    _narrow(text)
    return small


def _layers_needed(kinds: Any) -> int:
    """So many first layers that each kind is among them."""
    if not isinstance(kinds, list) or not kinds:
        return _LAYERS
    return min(_MOST_LAYERS, max(_LAYERS, *(kinds.index(kind) + 1 for kind in set(kinds))))


def _narrow(text: Any) -> None:
    """Divide all widths by one number, where that goes evenly; the size of a head stays."""
    heads, keys = text.num_attention_heads, getattr(text, "num_key_value_heads", None)
    head = getattr(text, "head_dim", None)
    for by in (16, 8, 4, 2):
        widths = (text.hidden_size, getattr(text, "intermediate_size", 0), heads)
        few = max(1, keys // by) if keys else 1
        even = all(isinstance(w, int) and w % by == 0 for w in widths) and heads // by % few == 0
        if even and text.hidden_size // by >= _WIDTH // 2:
            text.head_dim = head if head else text.hidden_size // heads
            text.hidden_size //= by
            text.intermediate_size //= by
            text.num_attention_heads //= by
            if keys:
                text.num_key_value_heads = few
            return


# --- what it shows --------------------------------------------------------------------------------


def check_gradients(stepped: Stepped) -> Iterator[Problem]:
    """Modules that no gradient reaches."""
    if stepped.dead:
        yield error(
            "no-gradient",
            f"{len(stepped.dead)} of {len(stepped.modules)} trained modules get no gradient, such "
            f"as {listed(stepped.dead)}: they would never learn",
            "take them out of finetune.targets, or take the base's weights again from where they "
            "came",
            field="finetune.targets", count=len(stepped.dead),
        )  # fmt: skip
    else:
        on = "its own weights" if stepped.real else "a small random model of its configuration"
        yield note(
            "gradients", f"each of {len(stepped.modules)} trained modules gets a gradient (on {on})"
        )


def check_loss(stepped: Stepped) -> Iterator[Problem]:
    """A loss that is no number, or of a base to which the rows are noise.

    A base reads text of its own tokenizer better than the same tokens in any order, also where it
    knows nothing of the matter; a base without training finds both as likely as a guess.
    """
    guessing = math.log(stepped.words)
    if not math.isfinite(stepped.loss):
        yield error(
            "loss-not-finite", f"the loss of the untrained base is {stepped.loss}",
            "set finetune.dtype to float32, or take the base's weights again from where they came",
            field="finetune.dtype",
        )  # fmt: skip
    elif (
        stepped.real
        and stepped.read > guessing + _WORSE
        and stepped.shuffled - stepped.read < _ORDER
    ):
        yield warning(
            "rows-are-noise",
            f"the base reads the rows no better than their tokens in any order: loss "
            f"{stepped.read:.2f} and {stepped.shuffled:.2f}, a guess has {guessing:.2f}",
            "take tokenizer and weights of one model",
        )
    elif stepped.real:
        yield note(
            "loss", f"loss of the untrained base {stepped.loss:.2f} (guessing {guessing:.2f})"
        )


def check_masks(
    rows: Sequence[Row], batch: Sequence[Batch], ends: Sequence[int]
) -> Iterator[Problem]:
    """What a trainer learns of each row against its answer and its end token.

    Args:
        rows: as rendered.
        batch: the same rows as a trainer makes them, in any order.
        ends: tokens that end an answer.
    """
    found: dict[str, Problem] = {}
    for made in batch:
        row = next((row for row in rows if _is(row, made)), None)
        problems = [_unknown(made)] if row is None else list(_mask_problems(row, made, ends))
        for problem in problems:
            found.setdefault(problem.rule, problem)
    yield from found.values()


def _is(row: Row, made: Batch) -> bool:
    return len(made.ids) > len(row.prompt_ids) and row.ids[: len(made.ids)] == made.ids


def _unknown(made: Batch) -> Problem:
    return error(
        "trained-otherwise",
        f"the trainer makes a row of {len(made.ids)} tokens that the chat template does not make",
        "mend the chat template so that it renders the same conversation the same way each time",
    )


def _mask_problems(row: Row, made: Batch, ends: Sequence[int]) -> Iterator[Problem]:
    learned = [place for place, label in enumerate(made.labels) if label != IGNORED]
    if not learned:
        yield error(
            "nothing-trained", f"the trainer masks every token of {row.id}",
            "look at the end of its prompt in the chat template",
        )  # fmt: skip
        return
    start, answer = learned[0], len(row.prompt_ids)
    if start < answer:
        yield warning(
            "prompt-in-loss",
            f"{answer - start} tokens that serving supplies are learned too, such as of {row.id}"
            " (an empty think block, or the header of the answer)",
            "train with the template as it is served: enable_thinking off",
        )
    elif start > answer:
        yield error(
            "answer-masked", f"the first {start - answer} tokens of {row.id}'s answer are masked",
            "end the prompt of the chat template where the answer begins",
        )  # fmt: skip
    holes = [p for p in range(max(start, answer), len(made.ids)) if made.labels[p] == IGNORED]
    if any(made.ids[place] in ends for place in holes) or not any(
        made.ids[place] in ends for place in learned
    ):
        yield error(
            "end-masked",
            f"the end token of {row.id} is not learned: the model would never stop",
            "give the tokenizer a pad_token that is no end token",
        )
    elif any(place < learned[-1] for place in holes):
        yield error(
            "answer-masked", f"tokens within {row.id}'s answer are masked",
            "look at {% generation %} in the chat template",
        )  # fmt: skip
