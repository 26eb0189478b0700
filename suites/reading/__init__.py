"""Single-choice questions on passages, Chinese and English: a passage in, four questions out.

Origin: the 2024 competition on building question banks for reading comprehension with a language
model. Its data are two workbooks with the columns 阅读文本, 选项 and 答案, typed and scanned by
many hands; `parse_row` reads them as a person would. A question as it is taught:

    1. 文中“慢读”指的是
    A. 逐句细读
    B. 只读开头
    C. 大声朗读
    D. 边读边写
    答案：A

The workbooks beside this file are the project's own; see `data/make.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.benchmark import Benchmark
from harness.core import Finding, Gold, Message, Output, Profile, Refusal, Sample, Split, Suite
from harness.data.split import assign
from harness.errors import SpecError
from harness.rows.opening import check_files
from suites.reading.collect import Collected, Passage, collect
from suites.reading.quiz import FAMILIES, Language, ask, render

if TYPE_CHECKING:
    from harness.judges.judge import Judge
    from harness.metrics.measure import Graded

HERE = Path(__file__).parent
LEAST_ROWS = 150  # what the competition's platform takes at least
TOO_FEW = "too few rows"
_CHINESE, _ENGLISH = HERE / "data" / "chinese.xlsx", HERE / "data" / "english.xlsx"
_MOST_QUESTIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a spec may say under `suite:`, besides `name`.

    Args:
        chinese: the workbook of Chinese passages.
        english: that of English ones. Where neither is given, this folder's own are read.
        passages: more passages, without questions, txt or a table: a teacher may answer them.
        questions: how many questions a prompt asks for.
        test_share: share of the passages of each language kept for the test; 0 keeps none, for
            an export.
        seed: draws the test passages.
    """

    chinese: Path | None = None
    english: Path | None = None
    passages: Path | None = None
    questions: int = 4
    test_share: float = 0.2
    seed: int = 0


def check(options: Options) -> None:
    """Check options before anything runs; what the files hold is read by `build`.

    Raises:
        SpecError: an option cannot be; the sentence begins with its name.
    """
    if not 1 <= options.questions <= _MOST_QUESTIONS:
        raise SpecError(f"questions: must be 1 to {_MOST_QUESTIONS}, not {options.questions}")
    if not 0 <= options.test_share < 1:
        raise SpecError(f"test_share: must be at least 0 and below 1, not {options.test_share:g}")
    check_files(inputs(options))


def inputs(options: Options) -> dict[str, Path]:
    """The files whose contents decide the questions."""
    files = {"chinese": options.chinese, "english": options.english}
    if options.chinese is None and options.english is None:
        files = {"chinese": _CHINESE, "english": _ENGLISH}
    files["passages"] = options.passages
    return {name: path for name, path in files.items() if path is not None}


def build(options: Options) -> Suite:
    """Read the workbooks.

    Raises:
        InputError: a file cannot be read, or lacks a column.
    """
    collected = _collect(options)
    parts = _parts(collected.passages, options)
    samples = [
        _sample(passage, parts[passage.id], options.questions) for passage in collected.passages
    ]
    train = tuple(sample for sample in samples if sample.split == "train")
    families = {language: FAMILIES[language] for language in FAMILIES}
    return Suite(
        name="reading",
        version="1",
        families={name: means for name, means in families.items() if _asks(samples, name)},
        train=train,
        test=tuple(sample for sample in samples if sample.split == "test"),
        profile=profile(options),
        findings=(*collected.findings, *_too_few(train, options)),
        known={"taught": _taught(collected.passages, parts)},
    )


def grade(
    options: Options,
    suite: Suite,
    outputs: Sequence[Output],
    judge: Judge | None,
) -> Graded:
    """Judge all answers of a run; see `rubric` for what they are worth.

    Args:
        options: of the suite.
        suite: what was asked; it knows the training questions, to tell copies of them.
        outputs: what was answered, in the same order.
        judge: says what is answerable and unique; rules do where it is `None`.
    """
    from suites.reading.grading import grade_all

    return grade_all(suite.test, outputs, judge, suite.known["taught"], options.questions)


def accept(
    options: Options,
    sample: Sample,
    question: str,  # noqa: ARG001 - the passage is the sample's, whatever it is asked with
    answer: str,
) -> Refusal | None:
    """Why questions that a teacher wrote cannot be taught."""
    from suites.reading.grading import refusal

    return refusal(sample, answer, options.questions)


def export_rows(suite: Suite) -> Iterator[dict[str, str]]:
    """Yield the training rows as the competition's platform takes them, none twice.

    There may be fewer than `LEAST_ROWS`; the suite's findings say so.
    """
    seen: set[tuple[str, str]] = set()
    for sample in suite.train:
        row = (sample.question, sample.reference)
        if sample.reference and row not in seen:
            seen.add(row)
            yield {"input": sample.question, "target": sample.reference}


def _taught(passages: Sequence[Passage], parts: Mapping[str, Split]) -> dict[str, list[str]]:
    """Stems of the training questions, as they are compared, each with its passages."""
    from suites.reading.parse_questions import same

    stems: dict[str, dict[str, None]] = {}
    for passage in passages:
        if parts[passage.id] == "train":
            for question in passage.questions:
                stems.setdefault(same(question.stem), {})[passage.text] = None
    return {stem: list(found) for stem, found in stems.items()}


def _collect(options: Options) -> Collected:
    files = inputs(options)
    names: dict[Language, str] = {"zh": "chinese", "en": "english"}
    workbooks = {language: files[name] for language, name in names.items() if name in files}
    return collect(workbooks, options.passages, options.questions)


def _parts(passages: Sequence[Passage], options: Options) -> dict[str, Split]:
    """The part of each passage by its id; one without questions is there to be taught."""
    parts: dict[str, Split] = {passage.id: "train" for passage in passages}
    shares = {"train": 1 - options.test_share, "test": options.test_share}
    if not options.test_share:
        return parts
    for language in FAMILIES:
        asked = [one for one in passages if one.language == language and one.questions]
        drawn = assign([one.key for one in asked], shares, seed=options.seed, grouped=True)
        for one, part in zip(asked, drawn, strict=True):
            parts[one.id] = "test" if part == "test" else "train"
    return parts


def _sample(passage: Passage, part: Split, count: int) -> Sample:
    reference = render(passage.questions, passage.language)
    return Sample(
        id=passage.id,
        messages=(Message("user", ask(passage.text, passage.language, count)),),
        gold=Gold("free", reference),
        reference=reference,
        family=passage.language,
        row=passage.id,
        template=passage.id,
        split=part,
    )


def _asks(samples: Sequence[Sample], family: str) -> bool:
    return any(sample.family == family for sample in samples)


def profile(options: Options) -> Profile:
    """What the score means, for as many questions as a prompt asks for."""
    asked = options.questions
    return Profile(
        id="reading-2024/2" if asked == 4 else f"reading-2024/2-{asked}-questions",
        weights={"AS": 0.4, "ART": 0.3, "AE": 0.3},
        t_full=2.0,
        t_zero=60.0,
        means=f"the share of the {asked} questions asked for that have the form, are in the "
        "passage's language, answerable from it and unlike each other, times 0.7 + 0.3 of the "
        "share of demanded aspects that they ask about. Without a judge, answerable means that "
        "the passage's words bear the key out",
    )


def _too_few(train: Sequence[Sample], options: Options) -> Iterator[Finding]:
    rows = len({(sample.question, sample.reference) for sample in train if sample.reference})
    if rows < LEAST_ROWS:
        detail = (
            f"{rows} distinct training rows, and the competition's platform takes no fewer than "
            f"{LEAST_ROWS}; none is repeated to get there"
        )
        yield Finding(TOO_FEW, ", ".join(path.name for path in inputs(options).values()), detail)


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
    needs="two workbooks of passages with questions: 训练集-语文.xlsx, 训练集-英语.xlsx",
    example="所谓“静观”，是指先看清再动手。有位教师认为，急躁往往误事。",
)
