"""`podium init` for a file of questions: what was taken for what, and a spec that asks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.benchmark import find_benchmark
from harness.errors import InputError, RunError
from harness.findings import by_rule, few
from harness.question_files.reading import QuestionFile, Taking, read_file
from harness.question_files.rows import holds_questions
from harness.starter.init import Request, check_free, relative, spec_name
from harness.starter.question_spec import Asking, asking, question_spec
from harness.store.files import write_text
from harness.text.display import shown

# Files that no table of things is kept in.
_NO_TABLES = (".jsonl", ".json", ".parquet")


@dataclass(frozen=True, slots=True)
class StartedQuestions:
    """What was understood of a file of questions, and the spec that was written.

    `columns` are those that count, by what they hold; `kinds` counts the right answers of each
    kind, open where there is none.
    """

    spec: Path
    columns: Mapping[str, str]
    kinds: Mapping[str, int]
    train: int
    dev: int
    test: int
    example: str
    notes: tuple[str, ...]


def is_of_questions(request: Request) -> bool:
    """Tell whether a file holds questions, and no table of things.

    A table that cannot be read is left to who reads tables, and says why.
    """
    if request.table.suffix.lower() in _NO_TABLES:
        return True
    if request.key:
        return False
    try:
        return holds_questions(request.table, request.sheet)
    except InputError:
        return False


def start_questions(request: Request) -> StartedQuestions:
    """Write a spec that asks a file of questions.

    Raises:
        InputError: it cannot be used; one sentence says why and what to do.
        UsageError: the name cannot be, or a file is there already.
    """
    name = spec_name(request)
    out = request.out if request.out is not None else request.table.parent
    spec = out / f"{name}.yaml"
    check_free(out, (spec,), force=request.force)
    file = read_file(request.table, Taking(sheet=request.sheet))
    sheet = request.sheet if request.sheet is not None else file.sheet or None
    said = asking(file, relative(request.table, out), sheet)
    _check_built(request, sheet, file, said)
    write_text(spec, question_spec(name, file, said))
    asked = file.test if file.test else file.dev
    kinds = Counter("open" if s.gold.is_open else s.gold.kind for s in file.samples)
    return StartedQuestions(
        spec, file.columns.taken(), dict(kinds.most_common()), len(file.train),
        len(file.dev) if file.test else 0, len(asked), asked[0].messages[-1].content,
        tuple(_notes(file)),
    )  # fmt: skip


def _check_built(request: Request, sheet: str | None, file: QuestionFile, said: Asking) -> None:
    """Build the suite as the spec will: what it cannot do is said before anything is written."""
    benchmark = find_benchmark("questions")
    metric = said.options.get("metric")
    columns = file.columns.taken()
    options = benchmark.options(data=request.table, sheet=sheet, columns=columns, metric=metric)
    benchmark.check(options)
    if len(benchmark.build(options).test) != (len(file.test) or len(file.dev)):
        raise RunError(f"{request.table}: would be asked otherwise than was meant; not written")


def _notes(file: QuestionFile) -> Iterator[str]:
    yield from by_rule(few(file.findings))
    if not file.train:
        yield "no row is marked for training, so nothing is taught"
    if any(sample.gold.kind == "free" and not sample.gold.is_open for sample in file.samples):
        yield "answers in prose are measured by ROUGE-L, a floor, not the truth: see suite.metric"


# --- printing ------------------------------------------------------------------------------------


def as_json(started: StartedQuestions) -> dict[str, Any]:
    """What was understood and written, for scripts."""
    return {
        "spec": str(started.spec), "columns": dict(started.columns), "kinds": dict(started.kinds),
        "train": started.train, "dev": started.dev, "test": started.test,
        "example": started.example, "notes": list(started.notes),
        "next": f"podium run {started.spec}",
    }  # fmt: skip


def as_text(started: StartedQuestions) -> str:
    """What was understood and written, a sentence a line."""
    return "\n".join(_lines(started))


def _lines(started: StartedQuestions) -> Iterator[str]:
    yield f"a file of questions: {', '.join(_taken(started.columns))}"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in started.kinds.items())
    dev = f", {started.dev:,} to develop on" if started.dev else ""
    yield f"{started.test:,} to ask{dev}, {started.train:,} to teach; right answers: {kinds}"
    yield f"the first: {shown(' / '.join(started.example.splitlines()), 90)}"
    if started.notes:
        yield ""
        yield from (f"note: {note}" for note in started.notes)
    yield ""
    yield f"{started.spec}  the experiment: edit it as you like"
    yield f"next: podium run {started.spec}"


def _taken(columns: Mapping[str, str]) -> Iterator[str]:
    """Which column was taken for what; a column of its own name is told by that alone."""
    for field, column in columns.items():
        what = f"option {field}" if len(field) == 1 else field
        yield what if column == what else f"{what} from {shown(column)}"
