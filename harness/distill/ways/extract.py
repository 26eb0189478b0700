"""Way `extract`: the teacher finds who says what in a novel; rows are the persona's replies.

Each line must stand in the piece that the teacher was shown, be said and not told, and belong to a
speaker who is named there. Lines of all pieces come together by their place in the text, so that
an exchange over a piece's end is whole, and what two pieces share is one.
"""

from __future__ import annotations

import logging
import random
import re
import string
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.config.sections import Distill
from harness.core import Gold, Message, Output, Refusal, Sample
from harness.distill.candidates import spread
from harness.distill.dialogue.chunks import Chunk, cut
from harness.distill.dialogue.exchanges import Exchange, Scenes, exchanges, turns
from harness.distill.dialogue.locate import Line, Located, known_lines, names_one, within
from harness.distill.dialogue.novel import Story, cue_key
from harness.distill.dialogue.speeches import find_speeches
from harness.distill.request import (
    CUT_OFF,
    EMPTY,
    NO_REPLY,
    UNREADABLE,
    YAML,
    Proposal,
    Request,
    ideal_reply,
    no_reply,
    prompt_sample,
    unread,
)
from harness.distill.verify.verifier import DUPLICATE, NO_QUESTION, TEST_PHRASING
from harness.errors import InputError
from harness.models.json_reply import Item, read_items, said, without_thinking
from harness.models.no_answer import ADVICE
from harness.text.digest_set import Seen, digest
from harness.text.normalize import fold, informative

log = logging.getLogger("podium")

SINGLE, DIALOGUE = "single", "dialogue"
NO_WORDS = "reply has no words"
ECHO = "reply repeats the cue"
# One exchange with what is told around it takes about so many characters of a novel.
CHARACTERS = 150
# A reply that came to nothing as a whole: smaller pieces may do better.
_WHOLE = (NO_REPLY, UNREADABLE, YAML, EMPTY, CUT_OFF, *ADVICE)
_SPEAKERS = ("speaker", "说话人", "人物", "角色", "role", "name", "character")
_LINES = ("line", "台词", "对白", "dialogue", "text", "content", "words", "answer")
_NOTHING = re.compile(r"\[\s*\]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of the text that may be asked about, and how often it was."""

    chunk: Chunk
    tries: int = 0


class Extract:
    """A piece of the text a request, of about `per_request` exchanges.

    Args:
        story: the text, and whose replies are wanted.
        section: how many rows, how many a request, how often.
        prompt: what the teacher is told, with `$text` and `$persona`.

    Raises:
        InputError: the text never names the persona.
    """

    def __init__(self, story: Story, section: Distill, prompt: string.Template) -> None:
        self._story = story
        self._section = section
        self._prompt = prompt
        self._size = section.per_request * CHARACTERS
        self._speeches = find_speeches(story.text, story.names)
        self._scenes = Scenes(story, self._speeches)
        self._lines: dict[int, Line] = {}
        self._order: list[int] = []
        self._given: set[int] = set()
        self._made = 0
        self._asked: dict[str, _Piece] = {}
        pieces = [_Piece(c) for c in cut(story.text, Chunk(0, len(story.text)), self._size)]
        self._waiting = [piece for piece in pieces if self._names_persona(piece.chunk)]
        self._skipped = len(pieces) - len(self._waiting)
        if not self._waiting:
            raise InputError(
                f"{story.where}: never names {' or '.join(story.names)}; suite.aliases says what "
                "else the text calls them"
            )
        if section.samples is not None:
            random.Random(section.seed).shuffle(self._waiting)
        self._there = self._count()

    def _names_persona(self, chunk: Chunk) -> bool:
        return names_one(self._story.text[chunk.start : chunk.end], self._story.names)

    def _count(self) -> dict[str, int]:
        """As many rows as there are speeches that could be the persona's, by family."""
        story = self._story
        lines = turns(list(known_lines(story, self._speeches)), self._scenes)
        found = list(exchanges(lines, story, self._scenes))
        dialogues = sum(bool(exchange.history) for exchange in found)
        others = sum(s.told and s.speaker not in story.names for s in self._speeches)
        # A text without quotation marks tells nothing: then the requests are the measure.
        open_ = len(self._speeches) - others
        most = max(
            open_, len(found), 0 if open_ else len(self._waiting) * self._section.per_request
        )
        single = len(found) - dialogues
        spare = spread(most - len(found), {SINGLE: most, DIALOGUE: most})
        return {SINGLE: single + spare[SINGLE], DIALOGUE: dialogues + spare[DIALOGUE]}

    @property
    def there(self) -> Mapping[str, int]:
        """Rows that the text could hold at most; only a teacher can tell how many it does."""
        return self._there

    @property
    def left(self) -> Mapping[str, int]:
        """As many of each family as the pieces that are left could bring."""
        return {family: count if self._waiting else 0 for family, count in self._there.items()}

    def requests(self, wanted: Mapping[str, int]) -> Iterator[Request]:
        """Requests for pieces that could give so many rows; for all where no number is asked."""
        if self._skipped:
            log.info(
                "extract: %d pieces of %s name no %s and are not asked about",
                self._skipped, self._story.where, self._story.persona,
            )  # fmt: skip
            self._skipped = 0
        whole = self._section.samples is None
        lacking = sum(wanted.values())
        for _ in range(len(self._waiting)):
            if lacking <= 0 and not whole:
                return
            request = self._request(self._waiting.pop(0))
            lacking -= request.size
            yield request

    def _request(self, piece: _Piece) -> Request:
        story, chunk = self._story, piece.chunk
        lines = known_lines(story, within(self._speeches, chunk))
        shown = story.text[chunk.start : chunk.end]
        named = [line for line in lines if not line.speaker or self._is_named(line.speaker, shown)]
        ideal = ideal_reply([{"speaker": line.speaker, "line": line.words} for line in named])
        prompt = self._prompt.safe_substitute(text=shown.strip("\n"), persona=self._called())
        name = f"extract-{self._made}"
        self._made += 1
        self._asked[name] = piece
        size = max(1, sum(line.speaker == story.persona for line in named))
        return Request(prompt_sample(name, prompt, ideal if named else "[]"), (), size)

    def _is_named(self, speaker: str, text: str) -> bool:
        own = speaker == self._story.persona
        return names_one(text, self._story.names if own else (speaker,))

    def _called(self) -> str:
        """The persona with all their names."""
        others = "、".join(self._story.aliases)
        return f"{self._story.persona}（也称{others}）" if others else self._story.persona

    def read(self, request: Request, output: Output) -> Iterator[Proposal]:
        """One proposal an exchange that is now whole, and one a line that is refused."""
        piece = self._asked[request.sample.id]
        items, refused = _items(output)
        if refused is not None:
            yield Proposal(-1, request.sample, refused=refused)
        located = Located(self._story, piece.chunk, self._speeches)
        for item in items:
            speaker, line = _field(item, _SPEAKERS), _field(item, _LINES)
            found = located.prove(speaker, line)
            if isinstance(found, Line):
                self._keep(found)
            else:
                yield Proposal(-1, request.sample, answer=line, refused=found)
        yield from self._rows(piece.chunk)

    def _keep(self, line: Line) -> None:
        """Remember a line; of two reports of one the first stays, unless it named nobody."""
        before = self._lines.get(line.start)
        if before is None:
            insort(self._order, line.start)
        if before is None or not before.speaker:
            self._lines[line.start] = line

    def _rows(self, chunk: Chunk) -> Iterator[Proposal]:
        """The exchanges around a piece that nobody was given yet."""
        first = bisect_left(self._order, chunk.start - 2 * self._size)
        last = bisect_left(self._order, chunk.end + self._size)
        lines = [self._lines[start] for start in self._order[first:last]]
        for exchange in exchanges(turns(lines, self._scenes), self._story, self._scenes):
            if exchange.reply.start not in self._given:
                self._given.add(exchange.reply.start)
                yield self._proposal(exchange, chunk)

    def _proposal(self, exchange: Exchange, chunk: Chunk) -> Proposal:
        cue, reply = exchange.cue, exchange.reply
        system = self._story.system
        messages = [] if system is None else [Message("system", system)]
        for earlier, answer in exchange.history:
            messages += [Message("user", earlier.words), Message("assistant", answer.words)]
        messages.append(Message("user", cue.words))
        sample = Sample(
            id=f"extract/{cue.start}-{reply.end}", messages=tuple(messages),
            gold=Gold("free", reply.words), reference=reply.words,
            family=DIALOGUE if exchange.history else SINGLE, row=cue_key(cue.words),
            template=f"extract/{chunk.start}-{chunk.end}", split="train",
        )  # fmt: skip
        return Proposal(-1, sample, cue.words, reply.words)

    def hand_back(self, proposal: Proposal) -> None:
        """Ask about a piece again, in halves: after a reply of no use, or where rows lack."""
        piece = self._asked.get(proposal.sample.id)
        reason = proposal.refused.reason if proposal.refused is not None else ""
        useless = reason in _WHOLE
        if piece is None or not (useless or self._section.samples is not None):
            return
        del self._asked[proposal.sample.id]
        if piece.tries + 1 >= self._section.attempts:
            return
        chunk = piece.chunk
        halves = cut(self._story.text, chunk, max(1, -(-(chunk.end - chunk.start) * 3 // 5)))
        self._waiting += [
            _Piece(half, piece.tries + 1) for half in halves if self._names_persona(half)
        ]


class Spoken:
    """Judges rows from a novel one after the other, and remembers those that it accepted.

    That a line is said, and by whom, `Extract` has proved before.

    Args:
        test: the test samples; drawn once. No row may have a cue that one of them ends in.
    """

    def __init__(self, test: Iterable[Sample]) -> None:
        self._test = {cue_key(sample.question): sample.id for sample in test}
        self._said = Seen()

    def judge(self, sample: Sample, question: str, answer: str) -> Refusal | None:
        """Why a row cannot be taught, or `None` once it is accepted.

        Another reply to a cue that was accepted before is no contradiction.
        """
        asked, replied = fold(question), fold(answer)
        if not asked:
            return Refusal(NO_QUESTION)
        if not informative(replied):
            return Refusal(NO_WORDS, answer)
        if informative(asked) == informative(replied):
            return Refusal(ECHO, answer)
        known = self._test.get(cue_key(question))
        if known is not None:
            return Refusal(TEST_PHRASING, known)
        before = (fold(message.content) for message in sample.messages[:-1])
        row = "\n\0".join((*before, asked, replied))
        return None if self._said.add(digest(row)) else Refusal(DUPLICATE)


def _items(output: Output) -> tuple[list[Item], Refusal | None]:
    """The items of a reply, and why it is not whole; a reply may well find nothing said."""
    if output.error is not None:
        return [], no_reply(output.error)
    body = without_thinking(output.text)
    cut_off = output.finish_reason == "length"
    items = [] if body is None else read_items(body) or []
    lines = [item for item in items if any(name in item for name in (*_SPEAKERS, *_LINES))]
    if cut_off and lines:
        return lines[:-1], Refusal(CUT_OFF)
    if lines or (not cut_off and body is not None and _NOTHING.search(body)):
        return lines, None
    return [], unread(output)


def _field(item: Item, names: Iterable[str]) -> str:
    return next((said(item[name]) for name in names if name in item), "")
