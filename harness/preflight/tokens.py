"""The tokens of a base: where answers end, what pads and begins a row, which were never trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.models.ends import GENERATION, turn_end
from harness.models.folder import weight_files
from harness.models.settings import read_object
from harness.models.tensors import check_safetensors
from harness.preflight.problem import Problem, error, listed, note, warning
from harness.preflight.rows import TAIL, Row
from harness.text.display import shown

# What the table of token embeddings is called, by architecture.
_EMBEDDINGS = (
    "embed_tokens.weight", "wte.weight", "tok_embeddings.weight", "word_embeddings.weight",
    "embed_in.weight",
)  # fmt: skip
# Layers that hold it, as targets of LoRA.
EMBEDDING_TARGETS = frozenset({"embed_tokens", "wte", "tok_embeddings", "word_embeddings"})
_ROUND_TRIPS = 200


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a base says of its tokens.

    Args:
        folder: of the base.
        tokenizer: transformers'.
        ends: every token that ends an answer, as all engines know them.
        rows: rows of the embedding table, `None` where config.json does not say.
    """

    folder: Path
    tokenizer: Any
    ends: tuple[int, ...]
    rows: int | None

    @property
    def specials(self) -> dict[str, int]:
        """The special tokens by text."""
        known: Mapping[int, Any] = self.tokenizer.added_tokens_decoder
        return {str(token): number for number, token in known.items() if token.special}

    def name(self, token: int) -> str:
        """A token as people write it."""
        return repr(str(self.tokenizer.convert_ids_to_tokens(token)))


def embedding_rows(config: Mapping[str, Any]) -> int | None:
    """How many tokens a model has embeddings for."""
    text = config.get("text_config")
    found = (text if isinstance(text, dict) else config).get("vocab_size")
    return found if isinstance(found, int) else None


def check_tokens(tokens: Tokens, rows: Sequence[Row], max_length: int) -> Iterator[Problem]:
    """All of this file that needs no weights."""
    yield from check_vocabulary(tokens)
    yield from check_ends(tokens)
    yield from check_ends_taught(tokens, rows, max_length)
    yield from check_beginning(tokens, rows)
    yield from check_round_trip(tokens, rows)


def check_vocabulary(tokens: Tokens) -> Iterator[Problem]:
    """Tokens for which the model has no embedding."""
    if tokens.rows is None:
        return
    beyond = sorted(n for n in tokens.tokenizer.added_tokens_decoder if n >= tokens.rows)
    if beyond:
        yield error(
            "token-without-embedding",
            f"the tokenizer knows {listed(map(tokens.name, beyond))}, number {beyond[0]:,} and on, "
            f"and the weights have {tokens.rows:,} rows",
            "take the tokenizer of these weights, or a base whose embeddings were resized",
        )
    out = sorted(n for n in tokens.ends if n >= tokens.rows)
    if out:
        yield error(
            "end-out-of-vocabulary",
            f"{GENERATION} ends answers with token {out[0]:,}, and the weights have "
            f"{tokens.rows:,} rows",
            "take the generation_config.json that came with the weights",
        )


def check_ends(tokens: Tokens) -> Iterator[Problem]:
    """The end of a turn in the template, the tokenizer and the generation settings; padding."""
    tokenizer = tokens.tokenizer
    closing, end = turn_end(tokenizer), int(tokenizer.eos_token_id)
    listed_ends = _listed(tokens.folder)
    if closing is not None and closing not in {end, *listed_ends}:
        yield warning(
            "end-known-to-template-alone",
            f"the chat template closes an answer with {tokens.name(closing)}; the tokenizer ends "
            f"with {tokens.name(end)}, and {GENERATION} does not list the other: Podium stops at "
            "both, another engine that serves the model runs on",
            f"write eos_token_id: {[*sorted({end, *listed_ends}), closing]} in {GENERATION}",
        )
    if tokenizer.pad_token_id is None:
        yield note("no-pad-token", f"the tokenizer names no padding; {tokens.name(end)} pads")
    elif tokenizer.pad_token_id in tokens.ends:
        yield note(
            "pad-ends",
            f"{tokens.name(tokenizer.pad_token_id)} pads rows and ends answers: it is masked by "
            "place here, and a trainer that masks it by value would never teach a model to stop",
        )


def _listed(folder: Path) -> set[int]:
    """The end tokens of the generation settings."""
    path = folder / GENERATION
    found = read_object(path).get("eos_token_id") if path.is_file() else None
    return {n for n in (found if isinstance(found, list) else [found]) if isinstance(n, int)}


def check_ends_taught(tokens: Tokens, rows: Sequence[Row], max_length: int) -> Iterator[Problem]:
    """Rows that do not end: what is learned of them never stops."""
    whole = [row for row in rows if row.needed <= max_length]
    open_ = [row for row in whole if not set(row.ids[-TAIL:]) & set(tokens.ends)]
    if open_:
        yield error(
            "no-end",
            f"{len(open_):,} of {len(whole):,} rows close with no end token: {open_[0].id} ends in "
            f"‘{shown(open_[0].whole[-30:])}’",
            f"the chat template must write an end token, such as "
            f"{tokens.name(tokens.tokenizer.eos_token_id)}, behind the assistant's turn",
            count=len(open_),
        )


def check_beginning(tokens: Tokens, rows: Sequence[Row]) -> Iterator[Problem]:
    """A beginning that stands twice, or that the tokenizer wants and the template leaves out."""
    first = tokens.tokenizer.bos_token_id
    if first is None or not rows:
        return
    twice = [row for row in rows if row.ids[:2] == (first, first)]
    if twice:
        yield error(
            "bos-twice",
            f"{len(twice):,} of {len(rows):,} rows begin with {tokens.name(first)} twice",
            "take it out of the chat template once", count=len(twice),
        )  # fmt: skip
    by_itself = list(tokens.tokenizer("a").input_ids)[:1] == [first]
    without = [row for row in rows if row.ids[:1] != (first,)]
    if by_itself and without:
        yield warning(
            "bos-missing",
            f"the tokenizer begins every text with {tokens.name(first)}, and the chat template "
            f"leaves it out of {len(without):,} of {len(rows):,} rows",
            "begin the chat template with {{ bos_token }}", count=len(without),
        )  # fmt: skip


def check_round_trip(tokens: Tokens, rows: Sequence[Row]) -> Iterator[Problem]:
    """Answers that the tokenizer cannot give back."""
    tokenizer = tokens.tokenizer
    answers = {row.answer: row.id for row in rows[:_ROUND_TRIPS]}
    lost = []
    for answer, name in answers.items():
        ids = tokenizer(answer, add_special_tokens=False).input_ids
        back = tokenizer.decode(ids, clean_up_tokenization_spaces=False)
        if back.split() != answer.split():
            lost.append((name, answer, back))
    if lost:
        name, answer, back = lost[0]
        yield error(
            "tokenizer-loses-text",
            f"{len(lost):,} of {len(answers):,} answers come out of the tokenizer otherwise: of "
            f"{name} ‘{shown(answer, 30)}’ becomes ‘{shown(back, 30)}’",
            "take the tokenizer that came with the weights, or a base that knows this script",
            count=len(lost),
        )


def check_untrained(
    tokens: Tokens, rows: Sequence[Row], targets: str | Sequence[str]
) -> Iterator[Problem]:
    """Added tokens that rows use, and whose embeddings nobody has trained: zero, or all alike."""
    if not isinstance(targets, str) and EMBEDDING_TARGETS & set(targets):
        return
    added = sorted(tokens.tokenizer.added_tokens_decoder)
    used = {token for row in rows for token in row.ids} & set(added)
    table = embeddings(tokens.folder, [n for n in added if tokens.rows is None or n < tokens.rows])
    zero = sorted(n for n in used if n in table and not any(table[n]))
    alike = sorted(
        n
        for n in used
        if n in table and any(table[n]) and any(table[n] == table[m] for m in table if m != n)
    )
    for found, what in ((zero, "are all zero"), (alike, "are equal to another token's")):
        if found:
            yield warning(
                "untrained-token",
                f"rows use {listed(map(tokens.name, found))}, whose embeddings {what}: no one has "
                "trained them",
                "take the chat model that was trained with these tokens, or add embed_tokens to "
                "finetune.targets",
                field="finetune.targets",
            )


def embeddings(folder: Path, numbers: Sequence[int]) -> dict[int, bytes]:
    """The embeddings of some tokens as they lie in the weights; empty where no table is found."""
    for path in weight_files(folder):
        for name, tensor in check_safetensors(path).items():
            if name.endswith(_EMBEDDINGS) and len(tensor.shape) == 2 and tensor.shape[0]:
                width = (tensor.end - tensor.begin) // tensor.shape[0]
                with path.open("rb") as file:
                    found = {}
                    for number in numbers:
                        file.seek(tensor.begin + number * width)
                        found[number] = file.read(width)
                    return found
    return {}
