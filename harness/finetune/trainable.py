"""What is learned of each row: its answer's tokens, up to and with the one that ends it.

A row is learned as it is asked later: the prompt is made by the same call that makes it for an
engine, so what the chat template puts before an answer, such as Qwen3's empty think block, is never
part of what is learned. White space behind the end of a turn is not either: no engine goes that
far.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.errors import TrainingError
from harness.models.chat import rendered, text_ids
from harness.models.trying import TemplateFailure

Cut = Literal["refuse", "drop", "keep"]
Row = Mapping[str, Any]

# What a template may put into a prompt alone: it says that no thinking is wanted.
_NO_THOUGHT = re.compile(r"<think>\s*</think>\s*\Z")
_AROUND = 4  # tokens at the end of a conversation, shown where none of them ends it


@dataclass(frozen=True, slots=True)
class Learned:
    """A row as a model learns it.

    Args:
        id: the sample's.
        prompt: token ids up to where the answer begins, exactly as an engine is asked.
        answer: token ids of the answer; the last one ends it.
    """

    id: str
    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    def __len__(self) -> int:
        """Tokens of both."""
        return len(self.prompt) + len(self.answer)

    def kept(self, max_length: int) -> Learned:
        """The row as long as `max_length` allows; a cut answer has no end."""
        return Learned(self.id, self.prompt, self.answer[: max(0, max_length - len(self.prompt))])


@dataclass(frozen=True, slots=True)
class Lengths:
    """What a bound on length does to rows.

    Args:
        max_length: the bound, in tokens.
        rows: how many there are.
        longest: tokens of the longest; as a bound it would hold them all.
        cut: ids of those whose answer would lose its end.
        silent: ids of those that would lose the whole answer; they are among the cut ones.
    """

    max_length: int
    rows: int
    longest: int
    cut: tuple[str, ...]
    silent: tuple[str, ...]


def learn(row: Row, tokenizer: Any, ends: Sequence[int]) -> Learned:
    """Token ids of a row's prompt and of what is learned after it.

    Args:
        row: `id` and `messages`, of which the last is the answer.
        tokenizer: the model's.
        ends: the tokens that end an answer of it (`harness.models.ends.end_tokens`).

    Raises:
        TrainingError: the answer is empty; the chat template cannot render the row, renders its
            prompt differently once the answer follows, or closes no turn with one of `ends`.
    """
    messages = list(row["messages"])
    if not messages[-1]["content"].strip():
        raise TrainingError(f"sample {row['id']} has no trainable token: its answer is empty")
    try:
        asked = rendered(tokenizer, messages[:-1], to_answer=True, enable_thinking=False)
        whole = rendered(tokenizer, messages, to_answer=False, enable_thinking=False)
    except TemplateFailure as failure:
        raise TrainingError(f"sample {row['id']}: {failure}") from failure
    said = _said(str(row["id"]), asked, whole)
    prompt = text_ids(tokenizer, asked)
    answer = list(behind(tokenizer, prompt, said, text_ids(tokenizer, asked + said)))
    return Learned(str(row["id"]), tuple(prompt), _ended(str(row["id"]), answer, tokenizer, ends))


def lengths(rows: Sequence[Learned], max_length: int) -> Lengths:
    """What a bound of so many tokens does to rows."""
    return Lengths(
        max_length=max_length,
        rows=len(rows),
        longest=max(map(len, rows), default=0),
        cut=tuple(row.id for row in rows if len(row) > max_length),
        silent=tuple(row.id for row in rows if len(row.prompt) >= max_length),
    )


def cut_problem(found: Lengths) -> str | None:
    """One sentence about answers that lose their end, or `None`."""
    if not found.cut:
        return None
    return (
        f"{len(found.cut):,} of {found.rows:,} rows, sample {found.cut[0]} first, lose the end of "
        f"their answer at finetune.max_length={found.max_length}, so the model would learn not to "
        f"stop: {found.longest} holds all of them; raise it, or leave such rows out with "
        "finetune.cut: drop"
    )


def check_trainable(
    rows: Sequence[Row], tokenizer: Any, ends: Sequence[int], max_length: int, cut: Cut = "refuse"
) -> tuple[list[Learned], Lengths]:
    """The rows as they are learned, and what their bound on length does to them.

    Args:
        rows: each with `id` and `messages`.
        tokenizer: the model's.
        ends: the tokens that end an answer.
        max_length: most tokens of a row.
        cut: what becomes of rows whose answer would lose its end; `keep` trains what is left.

    Raises:
        TrainingError: nothing would be learned of a row, or something else than is said later.
    """
    learned = [learn(row, tokenizer, ends) for row in rows]
    found = lengths(learned, max_length)
    if cut == "drop":
        learned = [row for row in learned if len(row) <= max_length]
    elif found.silent:
        lost = next(row for row in learned if row.id == found.silent[0])
        raise TrainingError(
            f"sample {lost.id} has no trainable token: its prompt takes {len(lost.prompt)} of "
            f"finetune.max_length={max_length} tokens, its answer {len(lost.answer)}"
        )
    problem = cut_problem(found)
    if problem is not None and cut == "refuse":
        raise TrainingError(problem)
    if not learned:
        raise TrainingError("no sample is left to train on")
    return [row.kept(max_length) for row in learned], found


def said_after(asked: str, whole: str) -> str | None:
    """What a conversation says after its prompt; `None` where it begins with another.

    Templates may leave out of the whole conversation what they put into a prompt to say that no
    thinking is wanted. Anything else that differs is another prompt.
    """
    if whole.startswith(asked):
        return whole[len(asked) :]
    bare = _NO_THOUGHT.sub("", asked)
    return whole[len(bare) :].lstrip() if whole.startswith(bare) else None


def _said(name: str, asked: str, whole: str) -> str:
    """What a conversation says after its prompt, where that can be learned."""
    said = said_after(asked, whole)
    if said is None:
        raise TrainingError(
            f"sample {name}: the chat template renders the prompt differently once an answer "
            "follows, so the answer cannot be told from it"
        )
    if not whole.startswith(asked) and said.startswith("<think>"):
        raise TrainingError(
            f"sample {name}: its answer holds thinking, and a model is asked to answer without: "
            "take it out of the row"
        )
    return said


def behind(tokenizer: Any, prompt: Sequence[int], said: str, whole: Sequence[int]) -> Sequence[int]:
    """Token ids of what is said after a prompt.

    They are taken from the whole, where some tokenizers would put a space before a text that
    stands alone; only where a token would reach over the border is it tokenized by itself.

    Args:
        tokenizer: the model's.
        prompt: token ids of the prompt.
        said: the text that follows it.
        whole: token ids of both texts, tokenized as one.
    """
    if reaches_over(prompt, whole):
        return text_ids(tokenizer, said)
    return whole[len(prompt) :]


def reaches_over(prompt: Sequence[int], whole: Sequence[int]) -> bool:
    """Whether a token of the whole holds the end of the prompt and the head of what follows."""
    return list(whole[: len(prompt)]) != list(prompt)


def _ended(
    name: str, answer: Sequence[int], tokenizer: Any, ends: Sequence[int]
) -> tuple[int, ...]:
    """An answer without the white space behind the token that ends it."""
    last = next((at for at in reversed(range(len(answer))) if answer[at] in ends), None)
    behind = answer if last is None else answer[last + 1 :]
    if last is None or str(tokenizer.decode(behind)).strip():
        shown = str(tokenizer.decode(answer[-_AROUND:]))
        known = ", ".join(tokenizer.convert_ids_to_tokens(list(ends)))
        raise TrainingError(
            f"sample {name}: the chat template ends the answer with {shown!r} and not with a token "
            f"that ends an answer of this model ({known}), so the model would learn not to stop: "
            "mend the template, or eos_token in tokenizer_config.json"
        )
    return tuple(answer[: last + 1])
