"""The nouns of Podium on one page. All are frozen; `Spec`, the sixth, lives in `harness.spec`.

Suite    one benchmark: its samples, families, scoring profile and version
Sample   one question with its gold answer
Model    anything that answers questions
Output   one answer
Score    one judgement of one answer
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from harness.tables.table import Table

Kind = Literal["text", "number", "time", "date", "duration", "set", "none", "choice", "free"]
Split = Literal["train", "test"]
# Which phrasings a test is asked in: those to develop on, or those kept for reporting.
Wordings = Literal["test", "report"]
Role = Literal["system", "user", "assistant"]
# What the correctness of an answer is where a suite says nothing else: the checker decides.
CORRECTNESS = "correctness of an answer"
# Whose response times ART pays for: those of right answers, as far as they are right, or all.
Paid = Literal["correct", "all"]
# What a profile's band of response times is in: seconds, or multiples of a reference model's time.
Timed = Literal["absolute", "relative"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Gold:
    """The right answer, typed.

    `value` by kind: text a string; number a float; time `HH:MM`; date `YYYY-MM-DD`; duration
    minutes as a float; set a tuple of strings; none `None`, for "there is none"; choice the letter
    of the right option. An answer of kind free is judged by its suite alone: a string or a tuple
    of strings, any of which would do; `None` where nobody knows it: the question is asked, and its
    answers are not scored.
    """

    kind: Kind
    value: str | float | tuple[str, ...] | None

    @property
    def is_open(self) -> bool:
        """Whether nobody knows the right answer."""
        return self.kind == "free" and self.value is None


@dataclass(frozen=True, slots=True)
class Domain:
    """What a value can be: tells a wrong station from a word, and an alias from a wrong answer.

    `aliases` maps another spelling to the value that it stands for.
    """

    values: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the answers that a model is to choose among by how likely it finds the whole.

    Either `messages`, a conversation that ends in the answer, or `text`, the plain text of it all.
    Where there is a `context`, plain text as well, only `text` behind it is scored: the sum over
    its tokens, and no mean. An empty one is the model's token for the beginning of a text.
    """

    label: str
    messages: tuple[Message, ...] = ()
    text: str = ""
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One question. `row` and `template` are the clusters that the statistics resample.

    `named` are the values that the question names, such as a train and a delay: any other wording
    of it must name them too. Where there are `candidates` nothing is generated: the label of the
    likeliest is the answer. `prompt` is plain text that a model goes on from, without its chat
    template, instead of `messages`. An answer ends before the first of the `stop` strings, those
    of `generate` in the spec among them. It is of at most `max_tokens` tokens where the sample
    says so, else of as many as `generate` does. `draw` counts the answers that are drawn to one
    question, from 0 on: each is drawn anew.
    """

    id: str
    messages: tuple[Message, ...]
    gold: Gold
    reference: str
    family: str
    row: str
    template: str
    split: Split
    domain: str = ""
    named: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    prompt: str | None = None
    stop: tuple[str, ...] = ()
    max_tokens: int | None = None
    draw: int = 0

    @property
    def question(self) -> str:
        """The last user turn: what the checker may find repeated in an answer."""
        return next(m.content for m in reversed(self.messages) if m.role == "user")


@dataclass(frozen=True, slots=True)
class Output:
    """One answer, or the reason why there is none. Times are seconds.

    `perplexity` holds, where a sample has candidates, the mean negative log-likelihood of a token
    of each, in nats, by label: the least is the answer. Where they have a context it is
    `loglikelihood`, the sum over the tokens behind it, in nats, the greatest being the answer; of
    the labels in `greedy` each of those tokens is the likeliest one in its place. `reasoning` is
    what a model thought before it answered, kept apart: it is never the answer, and counts as
    length. `others` are further answers that were drawn to the same question.
    """

    sample_id: str
    text: str = ""
    finish_reason: Literal["stop", "length", "error"] = "stop"
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    e2e_s: float | None = None
    ttft_s: float | None = None
    error: str | None = None
    perplexity: Mapping[str, float] | None = None
    reasoning: str | None = None
    loglikelihood: Mapping[str, float] | None = None
    greedy: tuple[str, ...] = ()
    others: tuple[Output, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether no answer came; what it would have said counts as nothing said."""
        return self.error is not None or self.finish_reason == "error"


class Arrival(NamedTuple):
    """A question that comes by itself, `due_s` seconds after the first moment."""

    due_s: float
    sample: Sample


@dataclass(frozen=True, slots=True)
class Score:
    """One judgement. `value` is `None` where nothing could be judged, never 0 in silence.

    `found` is what the answer was read to say.
    """

    sample_id: str
    metric: str
    value: float | None
    note: str = ""
    found: tuple[str, ...] = ()


class Model(Protocol):
    """Anything that answers: teacher, student, judge, fake."""

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        """Yield one output a sample, in the order of the samples, as soon as each is there.

        Samples are drawn from `samples` as they are needed, so that there may be any number.
        """
        ...


@dataclass(frozen=True, slots=True)
class Profile:
    """What a score means: weights, the response-time band, and the name of both together.

    `t_full` and `t_zero` are seconds: full marks up to the first, none from the second; where
    `times` is `relative` they are multiples of what a reference model took for the question.
    `means` says what the correctness of one answer is, for the formula under every table. `art`
    says whose times earn: those of right answers, or, for a score that pays for speed by itself,
    all.
    """

    id: str
    weights: Mapping[str, float]
    t_full: float
    t_zero: float
    means: str = CORRECTNESS
    art: Paid = "correct"
    times: Timed = "absolute"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the user's data that they should know: which rule, where, and what exactly.

    `where` names the file and the line or row. `lost` tells a row that is left out for it. `count`
    is more than one where a finding stands for several that are not told one by one. `field` is
    the one that it is about, such as `output` or `messages[2].content`, where it is about one.
    """

    rule: str
    where: str
    detail: str = ""
    lost: bool = False
    count: int = 1
    field: str = ""


class Refusal(NamedTuple):
    """Why a row cannot be taught: a reason to count by, and what exactly."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """One benchmark, ready to be asked.

    `findings` is what was noticed in the user's files. `watched` are questions that are answered
    again and again while a model is trained, for a person to read; those of `probe` are judged as
    well, so none of them is ever reported. `wordings` are those that `test` is asked in, `None`
    where its questions have no phrasings. `held_out` are the questions that may
    not be taught, those that are not asked this time too; where it is empty they are `test`.
    `table` is what the questions are about, where it is one, and `frames` are polite words around a
    question, which stands where they say `{question}`; those that ship where empty. `novel` is the
    text in which a teacher is to find dialogue. `known` is what judging needs beside the samples.
    The last two are JSON objects.
    """

    name: str
    version: str
    families: Mapping[str, str]
    train: tuple[Sample, ...]
    test: tuple[Sample, ...]
    profile: Profile
    domains: Mapping[str, Domain] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    watched: tuple[Sample, ...] = ()
    probe: tuple[Sample, ...] = ()
    wordings: Wordings | None = None
    held_out: tuple[Sample, ...] = ()
    table: Table | None = None
    frames: tuple[str, ...] = ()
    novel: Mapping[str, Any] | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
