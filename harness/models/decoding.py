"""How answers are decoded, in the words of each engine, and reasoning told apart from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.config.sections import Generate
from harness.core import Output, Sample

BEGINS, ENDS = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Decoding:
    """Greedy where nothing is said; the fields are those of `generate` in a spec."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    thinking: bool | None = None
    chat_template_kwargs: Mapping[str, Any] = field(default_factory=dict)

    def variables(self) -> dict[str, Any]:
        """What the chat template is told beyond the usual."""
        said = {} if self.thinking is None else {"enable_thinking": self.thinking}
        return {**said, **self.chat_template_kwargs}

    def fields(self) -> dict[str, Any]:
        """The fields of a chat request; those that say nothing stay away, as some refuse them."""
        said: dict[str, Any] = {"temperature": self.temperature}
        if self.top_p < 1:
            said["top_p"] = self.top_p
        given = {"top_k": self.top_k, "seed": self.seed}
        said |= {name: value for name, value in given.items() if value is not None}
        if self.stop:
            said["stop"] = list(self.stop)
        if variables := self.variables():
            said["chat_template_kwargs"] = variables
        return said


def decoding_of(section: Generate) -> Decoding:
    """What a spec says of decoding."""
    said = section.model_dump(exclude={"max_tokens", "samples"})
    return Decoding(**{name: said[name] for name in Decoding.__dataclass_fields__})


def drawn(samples: Iterable[Sample], number: int) -> Iterator[Sample]:
    """Each question so many times, every time under another id: all once, all twice, and so on.

    What is answered by likelihood is asked once: another draw of it would say the same.
    """
    asked = list(samples)
    yield from asked
    written = [sample for sample in asked if not sample.candidates]
    for draw in range(1, number):
        for sample in written:
            yield replace(sample, id=f"{sample.id}#{draw}", draw=draw)


def apart(output: Output, *, thinking: bool) -> Output:
    """An output whose reasoning is told apart from its answer.

    Args:
        output: as it came.
        thinking: whether reasoning was asked for: a template may have opened it in the prompt, so
            that one which was cut before its end bears no mark at all.
    """
    text = output.text
    if ENDS in text:
        thought, _, answer = text.rpartition(ENDS)
    elif BEGINS in text or (thinking and output.finish_reason == "length"):
        thought, answer = text, ""
    else:
        return output
    thought = thought.replace(BEGINS, "", 1).strip()
    told = "\n".join(part for part in (output.reasoning, thought) if part)
    return replace(output, text=answer.lstrip(), reasoning=told or None)
