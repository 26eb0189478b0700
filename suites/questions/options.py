"""What a spec may say of this suite, whether it can be, and what its score means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from harness.core import Profile
from harness.errors import SpecError, did_you_mean
from harness.question_files.columns import FIELDS, MORE_ANSWERS, Columns, letters_of
from harness.rows.opening import check_files

if TYPE_CHECKING:
    from harness.question_files.reading import Taking

HERE = Path(__file__).parent
# What judges answers of kind free: a metric, or a judge alone.
Measured = Literal["rouge_l", "rouge_1", "rouge_2", "chrf", "exact", "contains", "regex", "judge"]
METRICS: tuple[str, ...] = get_args(Measured)
_WEIGHTS: Mapping[str, float] = {"AS": 0.4, "ART": 0.3, "AE": 0.3}
_CHECKED = "what the answer checker finds, by the kind of the right answer"
_MEANS: Mapping[str, str] = {
    "rouge_l": "ROUGE-L F1 with it",
    "rouge_1": "ROUGE-1 F1 with it",
    "rouge_2": "ROUGE-2 F1 with it",
    "chrf": "chrF2 with it",
    "exact": "1 where it is the same text",
    "contains": "1 where it stands in the answer",
    "regex": "1 where it is found in the answer as a regular expression",
    "judge": "the judge's mark, from 0 to 1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a spec may say under `suite:`, besides `name`.

    Args:
        data: the questions; jsonl, json, csv, tsv, xlsx or parquet.
        train: a second file, whose rows are taught and not asked; those of `data` whose `split`
            says so are taught as well.
        columns: which column of the files holds which field, such as {question: 问题, answer: 答案,
            A: 选项A}; where it is empty they are found by their names.
        sheet: of a workbook; where `None`, the first that holds a table.
        metric: what judges answers of kind free: rouge_l, rouge_1, rouge_2, chrf, exact, contains,
            regex, or judge; where a judge is named under `score`, it judges them, and a metric
            stands beside.
        system: a system text before every question that has none.
        instruction: a line behind every question, such as 只回答选项的字母。
    """

    data: Path = HERE / "data" / "general.jsonl"
    train: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    metric: Measured | None = None
    system: str = ""
    instruction: str = ""

    def taking(self, prefix: str = "") -> Taking:
        """How a file is to be read; `prefix` stands before its ids."""
        from harness.question_files.reading import Taking  # with the checker: a rerun does without

        return Taking(
            columns=_columns(self.columns) if self.columns else None,
            sheet=self.sheet,
            system=self.system,
            instruction=self.instruction,
            prefix=prefix,
        )


_LETTERS = tuple(letters_of(26))


def _columns(named: Mapping[str, str]) -> Columns:
    fields = {name: column for name, column in named.items() if name not in _LETTERS}
    return Columns(fields, {name: named[name] for name in sorted(named) if name in _LETTERS})


def check(options: Options) -> None:
    """Check options before anything runs; see `Benchmark.check`."""
    check_files(inputs(options))
    for name in options.columns:
        if name not in (*FIELDS, *MORE_ANSWERS, *_LETTERS):
            hint = did_you_mean(name, FIELDS)
            raise SpecError(f"columns.{name}: is no field of a question{hint}")
    columns = _columns(options.columns)
    if options.columns and not columns.asks:
        raise SpecError("columns: name the column that asks: question or messages")
    letters = tuple(columns.options)
    if letters != _LETTERS[: len(letters)]:
        raise SpecError(f"columns: options go from A on without a gap, not {', '.join(letters)}")


def inputs(options: Options) -> dict[str, Path]:
    """The files whose contents decide the questions."""
    files = {"data": options.data}
    return files if options.train is None else {**files, "train": options.train}


def wants_judge(options: Options) -> bool:
    """Whether nobody but a judge can score its free answers."""
    return options.metric == "judge"


def profile(options: Options) -> Profile:
    """What the score means: what free answers are measured by is part of its name."""
    if options.metric is None:
        return Profile("questions/1", _WEIGHTS, 0.5, 8.0)
    means = f"{_CHECKED}; of a free answer {_MEANS[options.metric]}" + (
        "" if wants_judge(options) else ", or a judge's mark where one is named"
    )
    return Profile(f"questions-{options.metric}/1", _WEIGHTS, 0.5, 8.0, means=means)
