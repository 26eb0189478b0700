"""Replies of a persona to what people say to it, in its own manner.

Origin: the tutorials that tune a chat model on the lines of one figure of a drama, an Alpaca file
with `instruction`, `output`, and sometimes `system` and `history`. A cue and a reference:

    今晚还开船吗？    月上来了就不开了，客人明早来，小满给您留个靠窗的位子。

The exchanges and the tale beside this file are the project's own, and so is the persona; see
`data/make.py`.
"""

from __future__ import annotations

from harness.benchmark import Benchmark
from harness.core import Refusal, Sample
from harness.metrics.reply_faults import said
from suites.roleplay.character import character_of
from suites.roleplay.grading import grade, references_of
from suites.roleplay.options import HERE, Options, check, inputs
from suites.roleplay.questions import build, export_rows, profile


def accept(options: Options, sample: Sample, question: str, answer: str) -> Refusal | None:
    """Why a reply that a teacher gives cannot be taught."""
    references = references_of(sample)
    character = character_of(options.out_of_character, references)
    words = said(answer)
    problem = character.fault(words, question, references)
    return None if problem is None else Refusal(f"reply {problem}", words[:80])


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
    needs="replies of a persona as Alpaca, such as huanhuan.json, and maybe a novel",
    example="小满，一辈子都撑船吗？",
)
