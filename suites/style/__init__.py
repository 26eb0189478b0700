"""Replies to small talk in a chosen style, gentle or sharp, with the style on the first line.

Origin: the tutorial that teaches a small chat model to reply in 温柔 or 毒舌, from a csv of `user`,
`style` and `assistant`. A user line and a reference:

    唉，赶车迟到了    温柔
                      辛苦啦，赶车迟到了真让人心疼，先坐下一班，我陪着你呢😊

The rows beside this file are the project's own; see `data/make.py`.
"""

from __future__ import annotations

from harness.benchmark import Benchmark
from harness.core import Output, Refusal, Sample
from suites.style.grading import NO_STYLE, grade, read_reply
from suites.style.options import HERE, Options, check, inputs
from suites.style.questions import build, export_rows, profile


def accept(
    options: Options,
    sample: Sample,
    question: str,  # noqa: ARG001 - the user line is the sample's
    answer: str,
) -> Refusal | None:
    """Why a reply that a teacher gives cannot be taught."""
    reply = read_reply(options, sample, Output(sample.id, answer))
    if reply.style is None:
        return Refusal(f"reply {NO_STYLE}", answer[:80])
    if reply.wanted is not None and reply.style != reply.wanted:
        return Refusal("reply names another style", reply.style)
    return None if reply.fault is None else Refusal(f"reply: {reply.fault}", answer[:80])


BENCHMARK = Benchmark(
    options=Options,
    home=HERE,
    check=check,
    inputs=inputs,
    profile=profile,
    build=build,
    grade=grade,
    accept=accept,
    export=export_rows,
    needs="a csv of user, style and assistant",
    example="唉，和同桌吵架了",
)
