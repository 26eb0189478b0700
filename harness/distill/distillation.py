"""Training rows from a teacher, each checked against the answer that the program computed.

Requests go out in rounds: the first asks for as many rows as are wanted, each further one for what
was rejected, so that no more is paid for than is needed. Replies are remembered by whoever answers
(`harness.models.response_cache`), so a stage that was killed runs through what it has and goes on.
"""

from __future__ import annotations

import hashlib
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.config.sections import Distill
from harness.core import Message, Model, Output, Refusal, Sample
from harness.distill.open import open_judges, open_tally, open_way
from harness.distill.request import Proposal, Request, Way, asked_line
from harness.distill.tally import Tally
from harness.distill.verify.verifier import Judges
from harness.distill.ways.conversations import Accept
from harness.errors import RunError, SpecError, did_you_mean
from harness.progress import Bar, bar
from harness.store.codec import sample_to
from harness.store.files import write_json
from harness.store.jsonl import JsonlWriter
from harness.tables.questions import say

log = logging.getLogger("podium")

MORE = "more than asked for"
# Of a reply that a row was rejected from, this much is kept beside it.
_LONGEST_RAW = 20_000


@dataclass(frozen=True, slots=True)
class Teaching:
    """A started teacher.

    Args:
        model: what is asked.
        name: what it is called.
        words: what it has cost so far, for a progress bar; empty where it costs nothing.
        cost: the same as numbers, `None` where it costs nothing.
    """

    model: Model
    name: str
    words: Callable[[], str] = str
    cost: Callable[[], Mapping[str, float] | None] = lambda: None


OpenTeacher = Callable[[], AbstractContextManager[Teaching]]


@dataclass(frozen=True, slots=True)
class Distillation:
    """One distillation: what is asked, how much is wanted, what is accepted."""

    way: Way
    tally: Tally
    verifier: Judges


def plan_distillation(
    section: Distill,
    leak: float | None,
    prompt: Path | None,
    questions: Path,
    accept: Accept | None = None,
) -> Distillation:
    """Prepare a distillation of the questions of a `questions` stage.

    Args:
        section: the spec's.
        leak: how alike a wording may be to a test phrasing; `None` lets all through.
        prompt: the prompt file, where it is one's own.
        questions: folder of the questions stage.
        accept: what a suite over texts says to an answer that is not its own.

    Raises:
        SpecError: the prompt file is missing or wrong.
    """
    way = open_way(section, prompt, questions)
    judges = open_judges(section, leak, questions, accept)
    return Distillation(way, open_tally(section, way), judges)


def distill(plan: Distillation, open_teacher: OpenTeacher, label: str, work: Path) -> None:
    """Write `accepted.jsonl`, `rejected.jsonl` and `distill.json`.

    Args:
        plan: what the teacher is asked, how many rows are wanted, and what is accepted.
        open_teacher: starts the teacher; called only once it is sure that there is enough to ask.
        label: what the progress bar says.
        work: the stage's folder.

    Raises:
        RunError: fewer rows than `samples` were accepted, or none at all; or the teacher's budget
            is used up.
    """
    tally = plan.tally
    _check_enough(tally)
    with (
        JsonlWriter(work / "accepted.jsonl") as accepted,
        JsonlWriter(work / "rejected.jsonl") as rejected,
        open_teacher() as teacher,
        bar(label, total=tally.goal) as shown,
    ):
        for row, refused in _rows(plan, teacher):
            (accepted if refused is None else rejected).write(row)
            if refused is None:
                shown.advance()
            _show(shown, tally, teacher)
            if tally.hopeless:
                break
        summary = {"teacher": teacher.name, **tally.summary(), "cost": teacher.cost()}
    write_json(work / "distill.json", summary)
    log.info("distill: %s", tally.sentence())
    _check_all(tally)


def _rows(plan: Distillation, teacher: Teaching) -> Iterator[tuple[dict[str, Any], Refusal | None]]:
    """Every row that came of it, counted, with the reason where it is not taught."""
    tally = plan.tally
    for request, output, proposal in _rounds(plan.way, tally, teacher.model):
        refused = _judged(plan.verifier, proposal)
        if refused is None and not tally.wants(proposal.sample.family):
            refused = Refusal(MORE)
        row = {**_row(proposal), **_provenance(teacher, request, output)}
        if refused is None:
            tally.accept(proposal.sample.family, proposal.answer)
        else:
            row |= _refusal(request, proposal, output, refused)
            if refused.reason == MORE:
                tally.surplus += 1
            else:
                tally.reject(proposal.sample.family, row)
                if warning := tally.warning:
                    log.warning("distill: %s", warning)
                plan.way.hand_back(proposal)
        yield row, refused


def _rounds(way: Way, tally: Tally, teacher: Model) -> Iterator[tuple[Request, Output, Proposal]]:
    """What every reply proposes, round after round, until enough is accepted or nothing is left."""
    while wanted := tally.lacking():
        under_way: deque[Request] = deque()
        replies = 0
        for output in teacher.generate(_noted(way.requests(wanted), under_way)):
            request = under_way.popleft()
            replies += 1
            tally.replied(output)
            for proposal in way.read(request, output):
                yield request, output, proposal
        tally.move_on(way.left)
        if not replies:
            return


def _noted(requests: Iterable[Request], under_way: deque[Request]) -> Iterator[Sample]:
    """The samples of requests, each request kept until its reply is there."""
    for request in requests:
        under_way.append(request)
        yield request.sample


def _judged(verifier: Judges, proposal: Proposal) -> Refusal | None:
    if proposal.refused is not None:
        return proposal.refused
    return verifier.judge(proposal.sample, proposal.question, proposal.answer)


def _row(proposal: Proposal) -> dict[str, Any]:
    """An accepted row: the sample as it is now worded, with its answer."""
    sample = proposal.sample
    if proposal.question:
        turn = Message("user", proposal.question)
        sample = replace(sample, messages=(*sample.messages[:-1], turn))
    return {**sample_to(sample), "answer": proposal.answer}


def _provenance(teacher: Teaching, request: Request, output: Output) -> dict[str, Any]:
    """Who said it, to which request, at what cost; `of` is how many rows share that cost."""
    prompt = "\n".join(message.content for message in request.sample.messages)
    tokens = {"prompt_tokens": output.prompt_tokens, "output_tokens": output.output_tokens}
    return {
        "teacher": teacher.name,
        "request": request.sample.id,
        "prompt": hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        "usage": {**tokens, "of": request.size},
    }


def _refusal(
    request: Request, proposal: Proposal, output: Output, refused: Refusal
) -> dict[str, Any]:
    # A reply that proposes nothing at all stands for the request, which is no question.
    of_question = proposal.sample is not request.sample
    return {
        "question": asked_line(
            proposal.question or (proposal.sample.question if of_question else "")
        ),
        "expected": say(proposal.sample.gold) if of_question else "",
        "reason": refused.reason,
        "detail": refused.detail,
        "raw": output.text[:_LONGEST_RAW],
    }


def _show(shown: Bar, tally: Tally, teacher: Teaching) -> None:
    if shown.due():
        told = teacher.words()
        shown.note(f"{tally.rejected.total():,} rejected{', ' if told else ''}{told}")


def _check_enough(tally: Tally) -> None:
    """Refuse before anything is paid what can only fail in the end."""
    for family in tally.section.quotas:
        if family not in tally.there:
            known = did_you_mean(family, tally.there)
            raise SpecError(f"distill.quotas: no questions of a family {family!r}{known}")
    there = sum(tally.there.values())
    if there < tally.goal:
        raise RunError(
            f"distill.samples asks for {tally.goal:,} rows, and the suite has {there:,} training "
            "questions: ask for fewer, or give it more"
        )
    for family, wanted in tally.wanted.items():
        if wanted > tally.there.get(family, 0):
            raise RunError(
                f"distill.quotas.{family} asks for {wanted:,} rows, and the suite has "
                f"{tally.there.get(family, 0):,} training questions of that family"
            )


def _check_all(tally: Tally) -> None:
    first = "" if tally.count else f" Most: {tally.advice()}"
    if tally.section.samples is not None and tally.count != tally.section.samples:
        lacking = ", ".join(f"{family} lacks {n:,}" for family, n in tally.lacking().items())
        stopped = f"; stopped after {tally.in_vain:,} in a row" if tally.hopeless else ""
        raise RunError(
            f"distill.samples asks for {tally.section.samples:,} rows: {tally.sentence()}"
            f"{'; ' if lacking else ''}{lacking}{stopped}. What was answered is kept: lower "
            f"samples, raise attempts, change the prompt, or ask another teacher.{first}"
        )
    if not tally.count:
        raise RunError(f"distill: no row was accepted: {tally.sentence()}.{first}")
