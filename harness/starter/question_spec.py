"""The spec that asks a file of questions, as YAML that a person edits."""

from __future__ import annotations

import math
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.core import Sample
from harness.question_files.reading import QuestionFile
from harness.starter.files import one_line, quoted, rounded
from harness.text.language import language_of_all

_SPEC = Path(__file__).with_name("questions.yaml.template")
# Positions of the embedded base.
_MOST_TOKENS = 2048
# A character that the embedded base never saw is three of its tokens.
_PER_CHARACTER = 3
_LEAST_ANSWER, _MOST_ANSWER, _LETTER = 64, 512, 32
_TIMED = 20
_EPOCHS_OF_ROWS = 2000
_LEAST_EPOCHS, _MOST_EPOCHS = 3, 20
_LETTERS_ONLY = {
    "zh": "只回答正确选项的字母。",
    "en": "Answer with the letter of the right option only.",
}
_FREE = (
    "of answers in prose; or chrf, exact, contains, regex, or judge with a model under score.judge"
)
_FLOOR = """\
  - name: floor # the most frequent answer: what any model must beat
    model: {base: null, engine: floor}
"""
_LORA = """\
  - name: lora
    finetune:
      rank: 32
      alpha: 32
      lr: 3.0e-3 # about 1.0e-4 for a real model
      epochs: {epochs}
      batch_size: 32
      max_length: {window}
"""
_OTHER = """\
  # - name: mine # another model on the same questions
  #   model: {base: path/to/Qwen2.5-1.5B-Instruct, dtype: bfloat16}
  # - name: platform # a deployed model; docs/engines.md
  #   model: {engine: api, base_url: https://your.provider/v1, model: its-name, key_env: ITS_KEY}"""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a spec says of a file.

    Args:
        options: of the suite, by name, as YAML.
        comments: what stands behind an option, by its name.
    """

    options: Mapping[str, str]
    comments: Mapping[str, str]


def asking(file: QuestionFile, data: str, sheet: str | None) -> Asking:
    """The options with which a file is asked.

    Args:
        file: what it holds.
        data: its path, relative to the spec.
        sheet: of a workbook, where one was named or one alone of several was read.
    """
    options = {"data": quoted(data)}
    if sheet is not None:
        options["sheet"] = quoted(sheet)
    pairs = (f"{name}: {quoted(column)}" for name, column in file.columns.taken().items())
    options["columns"] = f"{{{', '.join(pairs)}}}"
    if holds(file, "free"):
        options["metric"] = "rouge_l"
    if holds(file, "choice"):
        options["instruction"] = quoted(_LETTERS_ONLY[_language(file.samples)])
    comments = {
        "columns": "what holds what",
        "metric": _FREE,
        "instruction": "stands behind every question",
    }
    return Asking(options, {name: comments[name] for name in options if name in comments})


def holds(file: QuestionFile, kind: str) -> bool:
    """Whether most scored answers, or for prose any, are of a kind."""
    known = [sample for sample in file.samples if not sample.gold.is_open]
    of_kind = sum(sample.gold.kind == kind for sample in known)
    return of_kind > 0 if kind == "free" else 2 * of_kind > len(known)


def _language(samples: Sequence[Sample]) -> str:
    return "en" if language_of_all(sample.question for sample in samples) == "en" else "zh"


def question_spec(name: str, file: QuestionFile, said: Asking) -> str:
    """The spec.

    Args:
        name: of the leaderboard.
        file: what is asked.
        said: the options of the suite.
    """
    most = _answer_tokens(file)
    template = string.Template(_SPEC.read_text(encoding="utf-8"))
    return template.substitute(
        file=one_line(name),
        name=quoted(name),
        options="".join(_option_lines(said)),
        hints="".join(_hints(file)),
        taught="distill: {teacher: template} # the right answers are taught as they are\n\n"
        if file.train
        else "",
        window=_window(file, most),
        max_tokens=most,
        timed=min(_TIMED, len(file.test) or len(file.dev)),
        entries="".join(_entries(file)),
    )


def _option_lines(said: Asking) -> Iterator[str]:
    for name, value in said.options.items():
        comment = f" # {said.comments[name]}" if name in said.comments else ""
        yield f"  {name}: {value}{comment}\n"


def _hints(file: QuestionFile) -> Iterator[str]:
    if not file.train:
        yield "  # train: more.xlsx # rows to teach; a column split of train and test works too\n"
    if all(sample.messages[0].role != "system" for sample in file.samples):
        yield "  # system: a system text before every question\n"


def _entries(file: QuestionFile) -> Iterator[str]:
    if file.train:
        yield _FLOOR
    yield "  - name: untuned\n"
    if file.train:
        longest = max(
            _tokens(sample) + _PER_CHARACTER * len(sample.reference) for sample in file.train
        )
        window = min(_MOST_TOKENS, rounded(longest + 32))
        epochs = math.ceil(_EPOCHS_OF_ROWS / len(file.train))
        yield _LORA.format(epochs=max(_LEAST_EPOCHS, min(_MOST_EPOCHS, epochs)), window=window)
    yield _OTHER


def _tokens(sample: Sample) -> int:
    """About how many tokens of the embedded base a prompt takes at most."""
    return _PER_CHARACTER * sum(len(message.content) for message in sample.messages)


def _answer_tokens(file: QuestionFile) -> int:
    """Room for the longest right answer, and for some words around it."""
    longest = max((len(sample.reference) for sample in file.samples), default=0)
    if holds(file, "choice") and longest <= 1:
        return _LETTER
    return max(_LEAST_ANSWER, min(_MOST_ANSWER, rounded(_PER_CHARACTER * longest)))


def _window(file: QuestionFile, most: int) -> int:
    longest = max(_tokens(sample) for sample in file.samples)
    return min(_MOST_TOKENS, max(1024, rounded(longest + most + 64)))
