"""Exchanges to samples: a cue and what was said before it, with every reply that would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from harness.core import Finding, Gold, Profile, Sample, Suite
from harness.data.conversation import Conversation, Turn
from harness.data.formats import FORMATS
from harness.data.repeats import Repeats
from harness.data.samples import Place, read_items, to_conversation, to_sample
from harness.data.split import assign
from harness.distill.dialogue.novel import Story, cue_key, read_text, story_to
from harness.errors import InputError
from harness.findings import few, why
from harness.text.normalize import same_question
from suites.roleplay.character import character_of
from suites.roleplay.options import Options

VERSION = "1"
SINGLE, DIALOGUE = "single", "dialogue"
FAMILIES = {SINGLE: "one cue, one reply", DIALOGUE: "a cue with earlier turns before it"}
READS = ("alpaca", "qa", "sharegpt", "messages", "xtuner", "pairs")
# Replies that an answer is held against; more of one cue are told and left aside.
REFERENCES = 20

PROFILE = Profile(
    id="roleplay-2024/2",
    weights={"AS": 0.4, "ART": 0.3, "AE": 0.3},
    t_full=0.5,
    t_zero=8.0,
    means=(
        "likeness of a reply to the nearest of the persona's (ROUGE-L by characters), or a judge's "
        "mark for consistency with the persona; 0 where it is out of character, empty or in circles"
    ),
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One record that can be taught: where it stands, its number in the file from 1, its turns."""

    where: str
    number: int
    conversation: Conversation

    @property
    def cue(self) -> str:
        """What the user says last."""
        return self.conversation.turns[-2].content

    @property
    def reply(self) -> str:
        """What the persona answers."""
        return self.conversation.turns[-1].content

    @property
    def context(self) -> tuple[str, ...]:
        """What two exchanges share that can be answered alike; the system turn is no part of it."""
        turns = self.conversation.turns[:-1]
        return tuple(same_question(turn.content) for turn in turns if turn.role != "system")


def profile(_: Options) -> Profile:
    """What the score means, whatever the options."""
    return PROFILE


def build(options: Options) -> Suite:
    """Read the exchanges and split them by cue.

    Raises:
        InputError: the file is wrong, or does not make two parts.
    """
    items = read_items(options.data, READS)
    exchanges = [
        Exchange(item.where, number, _with_system(item.conversation, options.system))
        for number, item in enumerate(items.items, start=1)
        if item.conversation is not None
    ]
    keys = [cue_key(exchange.cue) for exchange in exchanges]
    shares = {"train": 1 - options.test_share, "test": options.test_share}
    parts = assign(keys, shares, seed=options.seed, grouped=True)
    taught = [e for e, part in zip(exchanges, parts, strict=True) if part == "train"]
    asked = [e for e, part in zip(exchanges, parts, strict=True) if part == "test"]
    if not (taught and asked):
        raise InputError(
            f"{options.data}: {len(exchanges)} exchanges with {len(set(keys))} cues do not make a "
            f"part to teach and one to ask{why(items.findings)}"
        )
    found = [*items.findings, *_noticed(options, exchanges), *_shown(taught, asked)]
    return Suite(
        name="roleplay",
        version=VERSION,
        families=FAMILIES,
        train=tuple(_sample(exchange, (exchange.reply,), "train") for exchange in taught),
        test=tuple(_questions(asked)),
        profile=PROFILE,
        findings=few([*found, *_novel_findings(options)]),
        novel=_novel(options),
    )


def _novel(options: Options) -> dict[str, Any] | None:
    """The text that dialogue is found in; `None` where there is none."""
    if options.novel is None:
        return None
    text, _ = read_text(options.novel)
    named = (options.persona.strip(), tuple(alias.strip() for alias in options.aliases))
    return story_to(Story(options.novel.name, text, *named, options.system))


def export_rows(suite: Suite) -> Iterator[dict[str, Any]]:
    """Yield the training rows as the tutorial's platform takes them: Alpaca, all fields in each."""
    empty = {"instruction": "", "input": "", "output": "", "system": "", "history": []}
    for sample in suite.train:
        yield empty | FORMATS["alpaca"].write(to_conversation(sample))


def _with_system(conversation: Conversation, system: str | None) -> Conversation:
    if system is None or conversation.turns[0].role == "system":
        return conversation
    return replace(conversation, turns=(Turn("system", system), *conversation.turns))


def _questions(asked: Sequence[Exchange]) -> Iterator[Sample]:
    """One sample for all exchanges that a model is shown alike, with all their replies."""
    replies: dict[tuple[str, ...], list[str]] = {}
    for exchange in asked:
        replies.setdefault(exchange.context, []).append(exchange.reply)
    seen: set[tuple[str, ...]] = set()
    for exchange in asked:
        if exchange.context not in seen:
            seen.add(exchange.context)
            several = dict.fromkeys(replies[exchange.context])
            yield _sample(exchange, tuple(several)[:REFERENCES], "test")


def _sample(
    exchange: Exchange, replies: tuple[str, ...], split: Literal["train", "test"]
) -> Sample:
    before = [turn for turn in exchange.conversation.turns[:-2] if turn.role != "system"]
    place = Place(
        f"roleplay/{exchange.number}", DIALOGUE if before else SINGLE, cue_key(exchange.cue), split
    )
    return replace(to_sample(exchange.conversation, place), gold=Gold("free", replies))


def _noticed(options: Options, exchanges: Sequence[Exchange]) -> Iterator[Finding]:
    """What is said twice, replies that are out of character, cues with too many replies."""
    repeats = Repeats()
    for exchange in exchanges:
        repeats.add(exchange.where, exchange.conversation)
    yield from repeats.findings()
    character = character_of(options.out_of_character, (e.reply for e in exchanges))
    several: dict[tuple[str, ...], set[str]] = {}
    for exchange in exchanges:
        problem = character.fault(exchange.reply, exchange.cue, ())
        if problem is not None:
            yield Finding("reply out of character", exchange.where, problem)
        known = several.setdefault(exchange.context, set())
        known.add(exchange.reply)
        if len(known) == REFERENCES + 1:
            detail = f"answers are held against the first {REFERENCES} replies to its cue"
            yield Finding("many replies", exchange.where, detail)


def _shown(taught: Sequence[Exchange], asked: Sequence[Exchange]) -> Iterator[Finding]:
    """Exchanges of the test that stand in what was said before a taught one."""
    test = {same_question(exchange.cue) for exchange in asked}
    for exchange in taught:
        turns = exchange.conversation.turns[:-2]
        if any(turn.role == "user" and same_question(turn.content) in test for turn in turns):
            yield Finding("test cue in a history", exchange.where, "taught as an earlier turn")


def _novel_findings(options: Options) -> Iterator[Finding]:
    if options.novel is None:
        return
    _, encoding = read_text(options.novel)
    if encoding != "utf-8":
        yield Finding("encoding", str(options.novel), f"read as {encoding}, not UTF-8")
