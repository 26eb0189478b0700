"""Runs that speak: transformers writes token by token, so that an answer is read as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from harness.core import Message
from harness.errors import InputError, RunError
from harness.export.finished import Finished
from harness.models import engine_request, open_engine
from harness.models.chat import rendered, text_ids, turns
from harness.models.foreign import told
from harness.models.generation import write
from harness.models.hf import HfEngine

# Takes the pieces of an answer as they are written.
Sink = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Speaker:
    """One base or adapter, with a name.

    Args:
        name: what its lines begin with.
        engine: transformers, with its base.
        adapter: a LoRA folder; `None` for the base itself.
        most: tokens of an answer at most.
        room: tokens of a conversation and an answer at most.
    """

    name: str
    engine: HfEngine
    adapter: Path | None
    most: int
    room: int

    def fits(self, messages: Sequence[Message]) -> bool:
        """Whether a conversation leaves room for an answer.

        Raises:
            TemplateFailure: the chat template cannot render it.
        """
        return len(self._ids(messages)) + self.most <= self.room

    def answer(self, messages: Sequence[Message], sink: Sink) -> str:
        """Answer a conversation; pieces go to `sink` as they are written.

        Raises:
            TemplateFailure: the chat template cannot render it.
            RunError: memory runs out.
        """
        import torch

        ids = torch.tensor([self._ids(messages)])
        said: list[str] = []
        streamer = _streamer(self.engine.tokenizer, said, sink)
        with (
            torch.inference_mode(),
            self.engine.active(self.adapter) as network,
            told("transformers could not answer", RunError, memory="--max-tokens"),
        ):
            settings = {
                "do_sample": False, "max_new_tokens": self.most,
                "eos_token_id": list(self.engine.ends), "pad_token_id": self.engine.ends[0],
            }  # fmt: skip
            write(network, ids, torch.ones_like(ids), settings, streamer=streamer)
        return "".join(said)

    def _ids(self, messages: Sequence[Message]) -> list[int]:
        tokenizer = self.engine.tokenizer
        text = rendered(tokenizer, turns(messages), to_answer=True, enable_thinking=False)
        return text_ids(tokenizer, text)


def _streamer(tokenizer: Any, said: list[str], sink: Sink) -> Any:
    from transformers import TextStreamer

    class Streamer(TextStreamer):  # type: ignore[misc] # transformers is not type-checked
        """Hands on each piece of text once it can no longer change."""

        def on_finalized_text(self, text: str, stream_end: bool = False) -> None:  # noqa: ARG002
            said.append(text)
            sink(text)

    return Streamer(tokenizer, skip_prompt=True, skip_special_tokens=True)


@contextmanager
def open_speakers(
    runs: Sequence[Finished], *, with_base: bool, most: int | None
) -> Iterator[list[Speaker]]:
    """Load runs; those of one base share it.

    Args:
        runs: finished runs, tuned or not.
        with_base: whether the untuned base of the first speaks as well.
        most: tokens of an answer at most; what the spec of each says where `None`.

    Raises:
        InputError: a run has no weights, or they cannot be loaded.
    """
    for run in runs:
        run.check_weights()
    with ExitStack() as stack:
        engines: dict[tuple[Path, str], HfEngine] = {}
        speakers = []
        for run in runs:
            place = (run.weights, run.spec.model.dtype)
            if place not in engines:
                beside = [one for one in runs if (one.weights, one.spec.model.dtype) == place]
                engines[place] = _engine(run, run.weights, beside)
                stack.enter_context(engines[place])
            speakers.append(_speaker(run, engines[place], most))
        if with_base:
            first, place = speakers[0], (runs[0].base, runs[0].spec.model.dtype)
            if place not in engines:  # all of it was learned, so that nothing else has it up
                engines[place] = _engine(runs[0], runs[0].base, ())
                stack.enter_context(engines[place])
            name = _base_name(runs[0], speakers)
            speakers.append(replace(first, name=name, engine=engines[place], adapter=None))
        yield speakers


def _engine(run: Finished, weights: Path, beside: Sequence[Finished]) -> HfEngine:
    adapters = tuple(one.adapter for one in beside if one.adapter is not None)
    request = engine_request("hf", run.spec.model, weights, run.spec.runtime)
    return cast("HfEngine", open_engine(replace(request, adapters=adapters)))


def _speaker(run: Finished, engine: HfEngine, most: int | None) -> Speaker:
    room = run.spec.model.max_length
    wanted = run.spec.generate.max_tokens if most is None else most
    if wanted >= room:
        raise InputError(f"--max-tokens {wanted}: {run.name} holds {room} tokens in all")
    return Speaker(run.name, engine, run.adapter, wanted, room)


def _base_name(run: Finished, speakers: Sequence[Speaker]) -> str:
    name = run.base_name
    return f"{name} (base)" if any(one.name == name for one in speakers) else name
