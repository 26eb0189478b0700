"""Training rows as a model would see them, and what is wrong with them.

A row is rendered twice through the model's own chat template: its prompt as serving renders it, and
the whole conversation as training does. What lies behind the prompt is what is learned, in the
tokens that `harness.finetune.trainable` makes of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from harness.core import Sample
from harness.finetune.trainable import Cut, behind, reaches_over, said_after
from harness.models.chat import prompt_ids, rendered
from harness.models.trying import TemplateFailure
from harness.preflight.problem import Problem, error, note, warning
from harness.text.display import shown

# More rows are drawn from evenly: what holds for so many holds for all.
MOST_ROWS = 20_000
_QUOTED = 40
TAIL = 4  # tokens at the end of a row among which its end token must be
#: What the chat template is told of questions where a spec says nothing more.
USUAL: Mapping[str, Any] = MappingProxyType({})
# Up to this share of answers may outlast what serving lets a model say.
_FEW = 0.01


@dataclass(frozen=True, slots=True)
class Row:
    """A rendered row.

    Args:
        id: of the row.
        turns: what is said, the answer last.
        prompt: the text up to where the answer begins, as serving renders it.
        whole: the text of the whole conversation.
        prompt_ids: tokens of `prompt`.
        ids: tokens of the row as it is trained: those of `prompt`, then those of what follows.
        needed: how many of them must be kept, up to and with the one that ends the answer.
        merged: whether `whole`, tokenized as one text, has a token that reaches over the border.
    """

    id: str
    turns: tuple[Mapping[str, str], ...]
    prompt: str
    whole: str
    prompt_ids: tuple[int, ...]
    ids: tuple[int, ...]
    needed: int
    merged: bool = False

    @property
    def answer(self) -> str:
        """What is to be learned."""
        return self.turns[-1]["content"]

    @property
    def starts_as_served(self) -> bool:
        """Whether the prompt stands unchanged at the head of the whole."""
        return self.whole.startswith(self.prompt)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question as it is asked.

    Args:
        id: of the question.
        tokens: how many it takes.
        most: most tokens of its answer, where it has a limit of its own.
    """

    id: str
    tokens: int
    most: int | None = None

    def answered_in(self, max_tokens: int) -> int:
        """Most tokens of its answer, where `max_tokens` holds for those without a limit."""
        return max_tokens if self.most is None else self.most


@dataclass(frozen=True, slots=True)
class Refused:
    """A conversation that the chat template cannot render: which one, and why."""

    id: str
    why: str


def drawn(rows: Sequence[Any], most: int = MOST_ROWS) -> list[Any]:
    """At most so many rows, evenly from all of them."""
    if len(rows) <= most:
        return list(rows)
    return [rows[place * len(rows) // most] for place in range(most)]


def render_rows(
    rows: Iterable[Mapping[str, Any]], tokenizer: Any, ends: Sequence[int]
) -> tuple[list[Row], list[Refused]]:
    """Render training rows.

    Args:
        rows: each with its id, and messages that end in the answer.
        tokenizer: of the base.
        ends: the tokens that end an answer.

    Returns:
        What could be rendered, and what could not.
    """
    texts: list[tuple[str, tuple[Mapping[str, str], ...], str, str]] = []
    refused: list[Refused] = []
    for row in rows:
        said = tuple(row["messages"])
        try:
            prompt = rendered(tokenizer, said[:-1], to_answer=True, enable_thinking=False)
            whole = rendered(tokenizer, said, to_answer=False, enable_thinking=False)
        except TemplateFailure as failure:
            refused.append(Refused(str(row["id"]), str(failure)))
        else:
            follows = said_after(prompt, whole)
            texts.append(
                (str(row["id"]), said, prompt, whole if follows is None else prompt + follows)
            )
    prompts = _ids(tokenizer, [prompt for *_, prompt, _ in texts])
    wholes = _ids(tokenizer, [whole for *_, whole in texts])
    known = set(ends)
    made = zip(texts, prompts, wholes, strict=True)
    return [_as_trained(text, asked, ids, tokenizer, known) for text, asked, ids in made], refused


def _as_trained(
    text: tuple[str, tuple[Mapping[str, str], ...], str, str], prompt_ids: tuple[int, ...],
    whole_ids: tuple[int, ...], tokenizer: Any, ends: Collection[int],
) -> Row:  # fmt: skip
    """A row of its texts, in the tokens that are trained.

    Where the conversation begins with another prompt than is served nothing of it is trained, so
    its tokens stay as they are.
    """
    *_, prompt, whole = text
    if not whole.startswith(prompt):
        return Row(*text, prompt_ids, whole_ids, _needed(whole_ids, ends))
    answer = behind(tokenizer, prompt_ids, whole[len(prompt) :], whole_ids)
    ids = (*prompt_ids, *answer)
    merged = reaches_over(prompt_ids, whole_ids)
    return Row(*text, prompt_ids, ids, _needed(ids, ends), merged)


def _needed(ids: Sequence[int], ends: Collection[int]) -> int:
    """Tokens up to and with the last that ends an answer; all where none of the last few does."""
    tail = range(len(ids) - 1, max(-1, len(ids) - 1 - TAIL), -1)
    return next((place + 1 for place in tail if ids[place] in ends), len(ids))


def render_prompts(
    samples: Iterable[Sample], tokenizer: Any, variables: Mapping[str, Any] = USUAL
) -> tuple[list[Prompt], list[Refused]]:
    """Render questions as engines ask them; those with candidates are scored, not generated.

    Args:
        samples: the questions.
        tokenizer: of the base.
        variables: what the chat template is told beyond the usual.

    Returns:
        What could be rendered, and what could not.
    """
    made: list[Prompt] = []
    refused: list[Refused] = []
    for sample in samples:
        if sample.candidates:
            continue
        try:
            ids = prompt_ids(tokenizer, sample, **variables)
        except TemplateFailure as failure:
            refused.append(Refused(sample.id, str(failure)))
        else:
            made.append(Prompt(sample.id, len(ids), sample.max_tokens))
    return made, refused


def _ids(tokenizer: Any, texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Token ids of texts that hold their special tokens already, all at once."""
    if not texts:
        return []
    return list(map(tuple, tokenizer(list(texts), add_special_tokens=False).input_ids))


# --- what is wrong with them ----------------------------------------------------------------------


def check_refused(
    refused: Sequence[Refused], total: int, what: str = "training rows"
) -> Iterator[Problem]:
    """Conversations that the template cannot render."""
    if refused:
        first = refused[0]
        yield error(
            "template-raises",
            f"the chat template renders {len(refused):,} of {total:,} {what} not at all, such as "
            f"{first.id}: {first.why}",
            "take a base whose template knows these roles, or leave the turns out of the data",
            count=len(refused),
        )


def check_lengths(rows: Sequence[Row], max_length: int, cut: Cut = "refuse") -> Iterator[Problem]:
    """Rows that `finetune.max_length` cuts, and those of which it leaves nothing to learn.

    Args:
        rows: as rendered.
        max_length: tokens of a row that are trained.
        cut: what the recipe makes of rows that lose their end.
    """
    if not rows:
        yield error(
            "no-rows", "no training row is there", "look at `podium data stats` of the data"
        )
        return
    longest = max(rows, key=lambda row: row.needed)
    nothing = [row for row in rows if len(row.prompt_ids) >= max_length and row.answer.strip()]
    torn = [row for row in rows if len(row.prompt_ids) < max_length < row.needed]
    would_do = f"set finetune.max_length to {longest.needed} or more"
    if nothing and cut != "drop":
        yield error(
            "nothing-trained",
            f"{len(nothing):,} of {len(rows):,} rows have no trainable token: the prompt of "
            f"{nothing[0].id} alone takes {len(nothing[0].prompt_ids)} of {max_length} tokens",
            would_do, field="finetune.max_length", count=len(nothing),
        )  # fmt: skip
    if torn:
        tell = {"refuse": error, "keep": warning, "drop": note}[cut]
        yield tell(
            "answer-cut",
            f"{len(torn):,} of {len(rows):,} rows lose the end of their answer, and their end "
            f"token, at {max_length} tokens; the longest, {longest.id}, takes {longest.needed}",
            would_do, field="finetune.max_length", count=len(torn),
        )  # fmt: skip


def check_positions(
    rows: Sequence[Row], positions: int | None, max_length: int
) -> Iterator[Problem]:
    """Rows longer than the model has positions for."""
    if positions is None or max_length <= positions:
        return
    long = [row for row in rows if row.needed > positions]
    if long:
        yield error(
            "past-positions",
            f"{len(long):,} of {len(rows):,} rows are longer than the model's {positions:,} "
            "positions",
            f"lower finetune.max_length to {positions} and shorten these rows",
            field="finetune.max_length", count=len(long),
        )  # fmt: skip


def check_answers(
    rows: Sequence[Row], specials: Sequence[str], ends: Sequence[str]
) -> Iterator[Problem]:
    """Answers that are empty, or hold what the tokenizer takes for a token of its own.

    Args:
        rows: as rendered.
        specials: the special tokens, as text.
        ends: those of them that end an answer.
    """
    empty = [row for row in rows if not row.answer.strip()]
    if empty:
        yield error(
            "answer-empty",
            f"{len(empty):,} of {len(rows):,} rows have an empty answer, such as {empty[0].id}",
            "leave them out of the data: they teach a model to say nothing", count=len(empty),
        )  # fmt: skip
    yield from _holding(rows, ends, "answer-holds-end", "which teaches a model to stop there")
    others = [token for token in specials if token not in ends]
    yield from _holding(rows, others, "answer-holds-special", "which no reader ever sees")


def _holding(rows: Sequence[Row], tokens: Sequence[str], rule: str, why: str) -> Iterator[Problem]:
    found = [(row, token) for row in rows for token in tokens if token in row.answer]
    if found:
        row, token = found[0]
        yield error(
            rule,
            f"{len({r.id for r, _ in found}):,} of {len(rows):,} answers hold a special token, "
            f"such as {token!r} in {row.id}, {why}",
            "take it out of the answers (`podium data validate` names every row)",
            count=len(found),
        )


def check_questions(rows: Sequence[Row], specials: Sequence[str]) -> Iterator[Problem]:
    """Questions that hold special tokens, with which they could speak as somebody else."""
    found = [
        (row, token)
        for row in rows
        for token in specials
        if any(token in turn["content"] for turn in row.turns[:-1])
    ]
    if found:
        row, token = found[0]
        yield warning(
            "question-holds-special",
            f"{len({r.id for r, _ in found}):,} of {len(rows):,} questions hold a special token, "
            f"such as {token!r} in {row.id}",
            "take it out: the tokenizer takes the text for the token", count=len(found),
        )  # fmt: skip


def check_prompts(prompts: Sequence[Prompt], max_length: int, max_tokens: int) -> Iterator[Problem]:
    """Questions that leave no room for an answer.

    Args:
        prompts: as rendered.
        max_length: most tokens of question and answer together.
        max_tokens: most tokens of an answer whose question has no limit of its own.
    """
    needed = {p: p.tokens + p.answered_in(max_tokens) for p in prompts}
    long = [prompt for prompt in prompts if needed[prompt] > max_length]
    if not long:
        return
    worst = max(long, key=lambda prompt: needed[prompt])
    lower = "" if worst.most is not None else ", or lower generate.max_tokens"
    yield error(
        "prompt-too-long",
        f"{len(long):,} of {len(prompts):,} questions leave no room for their answer in "
        f"{max_length} tokens; the longest, {worst.id}, takes {worst.tokens} and its answer may "
        f"take {worst.answered_in(max_tokens)}",
        f"set model.max_length to {needed[worst]} or more{lower}",
        field="model.max_length", count=len(long),
    )  # fmt: skip


def check_room(
    rows: Sequence[Row], prompts: Sequence[Prompt], max_tokens: int
) -> Iterator[Problem]:
    """Answers that are taught longer than serving lets a model say.

    Args:
        rows: what is taught.
        prompts: what is asked; the most that one of them lets a model say counts.
        max_tokens: most tokens of an answer whose question has no limit of its own.
    """
    most = max((prompt.answered_in(max_tokens) for prompt in prompts), default=max_tokens)
    answers = [row.needed - len(row.prompt_ids) for row in rows]
    long = [length for length in answers if length > most]
    if not long:
        return
    tell = warning if len(long) > _FEW * len(rows) else note
    detail = (
        f"{len(long):,} of {len(rows):,} taught answers are longer than the {most} tokens that "
        f"an answer may take; the longest takes {max(long)}"
    )
    if prompts and all(prompt.most is not None for prompt in prompts):
        change, field = "teach shorter answers: the suite itself says how long one may be", ""
    else:
        change = f"set generate.max_tokens to {max(long)} or more, or teach shorter answers"
        field = "generate.max_tokens"
    yield tell("answer-outlasts-serving", detail, change, field=field, count=len(long))


def check_as_said(rows: Sequence[Row]) -> Iterator[Problem]:
    """Turns that the template leaves out, and answers that it rewrites."""
    yield from _left_out(rows)
    learned = [(row, row.whole[_common(row.prompt, row.whole) :]) for row in rows]
    rewritten = [(row, text) for row, text in learned if row.answer.strip() not in text]
    if rewritten:
        row, text = rewritten[0]
        yield error(
            "answer-rewritten",
            f"the chat template rewrites {len(rewritten):,} of {len(rows):,} answers: of {row.id} "
            f"{_short(row.answer)} becomes {_short(text)}",
            "mend the assistant's turn in the base's chat template: it must hold the content as it "
            "is",
            count=len(rewritten),
        )
    yield from _preceded(learned)
    trimmed = [r for r, text in learned if r.answer not in text and r.answer.strip() in text]
    if trimmed:
        yield note(
            "answer-trimmed",
            f"the chat template trims blanks off {len(trimmed):,} of {len(rows):,} answers, such "
            f"as {trimmed[0].id}",
        )


def _preceded(learned: Sequence[tuple[Row, str]]) -> Iterator[Problem]:
    """What a template writes between the prompt as served and the answer: a model must learn it."""
    found = [
        (row, before)
        for row, text in learned
        if row.starts_as_served and (answer := row.answer.strip())
        if (before := text.partition(answer)[0]).strip()
    ]
    if found:
        _, before = found[0]
        yield warning(
            "written-before-answer",
            f"before {len(found):,} of {len(learned):,} answers the chat template writes "
            f"{_short(before)}, which serving does not: the model learns to write it",
            "end the prompt of the chat template where the answer begins (add_generation_prompt)",
            count=len(found),
        )


def _left_out(rows: Sequence[Row]) -> Iterator[Problem]:
    for role in ("system", "user"):
        lost = [
            row
            for row in rows
            for turn in row.turns[:-1]
            if turn["role"] == role and turn["content"].strip() not in row.prompt
        ]
        if lost:
            yield error(
                "turn-left-out",
                f"the chat template leaves the {role}'s turn out of {len(lost):,} of {len(rows):,} "
                f"rows, such as {lost[0].id}",
                f"put what the {role} says into the question, or take a base whose template has "
                "that role",
                count=len(lost),
            )


def check_prefix(rows: Sequence[Row]) -> Iterator[Problem]:
    """Prompts that are served otherwise than they are trained, or share a token with an answer."""
    merged = [row for row in rows if row.merged]
    if merged:
        yield note(
            "tokens-merge",
            f"the first characters of {len(merged):,} of {len(rows):,} answers, such as of "
            f"{merged[0].id}, would be one token with the end of the prompt; they are trained as "
            "they are served, as tokens of their own",
            count=len(merged),
        )
    other = [row for row in rows if not row.starts_as_served]
    if not other:
        return
    row = other[0]
    at = _common(row.prompt, row.whole)
    yield error(
        "prompt-differs",
        f"the chat template renders {len(other):,} of {len(rows):,} prompts otherwise once an "
        f"answer follows: {row.id} is served as {_short(row.prompt[at:])} and trained as "
        f"{_short(row.whole[at:])}",
        "mend the chat template: what it writes before the answer (a default system prompt, a "
        "think block, a header) must not depend on add_generation_prompt",
        count=len(other),
    )


def _common(first: str, second: str) -> int:
    """How many characters two texts share at their heads."""
    if second.startswith(first):
        return len(first)
    for place, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return place
    return min(len(first), len(second))


def _short(text: str) -> str:
    return f"‘{shown(text, _QUOTED)}’"
