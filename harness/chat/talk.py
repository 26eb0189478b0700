"""A conversation line by line, with one run or several side by side.

Each speaker has a history of its own, with its own answers. A line that begins with `/` is a
command. Where stdin is no terminal, its lines are asked one after the other, so that a script can
talk as well.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import click

from harness.chat.speakers import Speaker
from harness.core import Message
from harness.models.trying import TemplateFailure
from harness.store.streams import say, tell
from harness.text.display import harmless

HELP = "/reset forgets what was said, /exit ends; Ctrl-C ends an answer"
_PROMPT = "> "


@dataclass(slots=True)
class Talk:
    """Who speaks, and what each has heard and said.

    Args:
        speakers: at least one.
        system: what stands before every conversation; nothing where empty.
    """

    speakers: Sequence[Speaker]
    system: str = ""
    _histories: list[list[Message]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what was said."""
        self._histories = [[] for _ in self.speakers]

    def history(self, place: int) -> tuple[Message, ...]:
        """What the speaker of that place has heard and said."""
        return tuple(self._histories[place])

    def ask(self, question: str) -> None:
        """Have everyone answer, in turn."""
        for speaker, history in zip(self.speakers, self._histories, strict=True):
            self._turn(speaker, history, Message("user", question))

    def _turn(self, speaker: Speaker, history: list[Message], question: Message) -> None:
        """One answer; a question that cannot be asked is told and forgotten."""
        label = f"{harmless(speaker.name)}: " if len(self.speakers) > 1 else ""
        try:
            dropped = self._shorten(speaker, history, question)
            if dropped:
                tell(f"{label}the first {dropped} questions no longer fit, and are forgotten")
            _write(label)
            answer = speaker.answer([*self._before(), *history, question], _piece)
        except TemplateFailure as failure:
            tell(f"{label}{failure}")
            return
        except KeyboardInterrupt:
            say("")
            return
        say("")
        history += [question, Message("assistant", answer)]

    def _shorten(self, speaker: Speaker, history: list[Message], question: Message) -> int:
        """Forget the oldest exchanges until there is room for an answer; return how many."""
        dropped = 0
        while history and not speaker.fits([*self._before(), *history, question]):
            del history[:2]
            dropped += 1
        return dropped

    def _before(self) -> list[Message]:
        return [Message("system", self.system)] if self.system else []


def talk(conversation: Talk) -> None:
    """Ask what is typed, or what stands in stdin, until it ends."""
    if sys.stdin.isatty():
        tell(HELP)
    for line in _lines():
        said = line.strip()
        if said in ("/exit", "/quit"):
            return
        if said == "/reset":
            conversation.reset()
            tell("forgotten")
        elif said.startswith("/"):
            tell(f"{harmless(said)}: no such command: {HELP}")
        elif said:
            conversation.ask(said)


def _lines() -> Iterator[str]:
    if not sys.stdin.isatty():
        for raw in sys.stdin.buffer:
            yield raw.decode("utf-8", errors="replace")
        return
    while True:
        try:
            yield input(_PROMPT)
        except EOFError:
            say("")
            return


def _piece(text: str) -> None:
    _write(harmless(text))


def _write(text: str) -> None:
    """Print without a line end, at once."""
    click.echo(text, nl=False)
    sys.stdout.flush()
