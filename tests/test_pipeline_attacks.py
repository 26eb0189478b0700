"""A model that does not answer what it cannot, through the stages that answer, time and score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import Latency, ScoreSection
from harness.core import Model, Output, Sample
from harness.metrics.summary import grade
from harness.models import Engine
from harness.scoring.score_files import suite_spec
from harness.spec import chosen_suite
from harness.stages.infer import infer
from harness.stages.latency import rows_file, write_session
from harness.stages.questions import make_questions
from harness.stages.score import Session, score
from harness.store.codec import read_samples
from harness.store.files import read_json, read_jsonl, write_json
from harness.timing.session import Opener, time_session
from reports.leaderboard import Leaderboard, build

Row = dict[str, Any]
PARTS = ("AS", "ART", "AE")
SESSION = {"id": "one", "started": "2025-01-01T00:00:00+00:00"}


@dataclass(frozen=True)
class Half(Engine):
    """An engine and its model: right on half of the questions, and `otherwise` on the others.

    Args:
        otherwise: what becomes of an answer that is wrong.
        slow: seconds that it takes, told and not waited for.
        untimed: whether it tells no time where it is slow.
    """

    otherwise: Callable[[Output], Output]
    slow: float = 3.0
    untimed: bool = False

    def __enter__(self) -> Half:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def model(self, adapter: Path | None = None) -> Model:  # noqa: ARG002 - as engines are
        return self

    def reset_cache(self) -> None:
        return None

    def signature(self) -> dict[str, str]:
        return {"engine": "half", "device": "none", "mode": "none"}

    def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
        for sample in samples:
            number = sum(map(ord, sample.id))
            took = self.slow if number % 3 == 0 else 0.2
            told = None if self.untimed and took == self.slow else took
            output = Output(sample.id, sample.reference, output_tokens=9, e2e_s=told, ttft_s=0.1)
            if number % 2:
                output = self.otherwise(replace(output, text="我不知道。"))
            yield output


def wrong(output: Output) -> Output:
    return output


def failing(output: Output) -> Output:
    return Output(output.sample_id, finish_reason="error", error="connection reset")


FAILURES: Mapping[str, Callable[[Output], Output]] = {
    "requests fail": failing,
    "requests fail at once": lambda output: replace(failing(output), e2e_s=1e-6),
    "requests fail without a word": lambda output: replace(output, finish_reason="error"),
    "answers are empty": lambda output: replace(output, text="", e2e_s=1e-6, ttft_s=None),
    "answers are dots": lambda output: replace(output, text="……"),
    "answers are thoughts": lambda output: replace(output, text="<think>……"),
    "answers are cut": lambda output: replace(output, finish_reason="length"),
    "answers have no time": lambda output: replace(output, e2e_s=None, ttft_s=None),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spec = suite_spec("timetable", ["test_limit=60"])
    folder = tmp_path_factory.mktemp("pipeline") / "questions"
    folder.mkdir()
    make_questions(chosen_suite(spec), folder)
    return folder


def went(engine: Half, asked: Path, folder: Path, timing: Half | None = None) -> Row:
    """The score of a model, from the stages infer, latency and score; `timing` is what was timed.

    The folder is a run folder, as far as a board reads it.
    """
    stages = [folder / name for name in ("infer", "latency", "score")]
    for stage in stages:
        stage.mkdir(parents=True)
    infer(lambda: (engine, engine.signature()), asked, "half", stages[0])
    samples = list(read_samples(asked / "test.jsonl"))
    section = Latency(questions=40, replicates=4, warmup=1)
    timed = time_session(
        section, {"half": Opener(lambda: timing or engine)}, samples, together=True
    )
    write_session(timed, SESSION, stages[1])
    spec = suite_spec("timetable", ["test_limit=60"])
    rows = Session(list(read_jsonl(stages[1] / rows_file("half"))))
    score(ScoreSection(), partial(grade, chosen_suite(spec)), asked, stages[0], rows, stages[2])
    found: Row = read_json(stages[2] / "score.json")
    described = {
        "name": folder.name, "suite": "timetable", "suite_version": "1", "model": {},
        "finetune": None, "created": "2025-01-01",
        "signature": {"engine": engine.signature(), "session": SESSION},
    }  # fmt: skip
    write_json(folder / "summary.json", {**described, **found})
    for stage, name in ((stages[0], "predictions"), (stages[2], "scores")):
        (folder / f"{name}.jsonl").write_bytes((stage / f"{name}.jsonl").read_bytes())
    return found


@pytest.mark.parametrize("name", FAILURES)
def test_in_the_pipeline_nothing_rises(name: str, asked: Path, tmp_path: Path) -> None:
    fair = went(Half(wrong), asked, tmp_path / "fair")
    found = went(Half(FAILURES[name]), asked, tmp_path / "attack")
    assert 30 < fair["parts"]["AS"]["value"] < 70
    assert fair["times"] == {"chosen": 40, "timed": 40, "void": None}
    for part in PARTS:
        if found["parts"][part] is not None:
            assert found["parts"][part]["value"] <= fair["parts"][part]["value"], part
    over = found["total"]["weights"]
    same = sum(weight * fair["parts"][part]["value"] for part, weight in over.items())
    assert found["total"]["value"] <= same + 0.01
    assert found["unscored"] == 0
    went(Half(wrong, slow=2.9), asked, tmp_path / "rival")
    board = build([tmp_path / run for run in ("rival", "attack")])
    assert place_of("attack", board) == 2 or tied(board)


def place_of(name: str, board: Leaderboard) -> int:
    return next(entry.place for entry in board.entries if entry.label == name)


def tied(board: Leaderboard) -> bool:
    return all(entry.rank == (1, 2) for entry in board.entries)


def test_where_slow_answers_tell_no_time_none_counts(asked: Path, tmp_path: Path) -> None:
    found = went(Half(wrong, untimed=True), asked, tmp_path / "run")
    assert found["parts"]["ART"] is None
    assert found["times"]["chosen"] == 40
    assert (
        "of 40 questions chosen for timing have an answer without a time" in found["times"]["void"]
    )


def test_what_fails_only_while_it_is_timed_earns_no_time(asked: Path, tmp_path: Path) -> None:
    fair = went(Half(wrong), asked, tmp_path / "fair")
    found = went(Half(wrong), asked, tmp_path / "attack", timing=Half(failing))
    assert found["parts"]["AS"] == fair["parts"]["AS"]
    assert found["parts"]["ART"]["value"] <= fair["parts"]["ART"]["value"]
    assert found["times"]["void"] is None


def test_one_replicate_in_two_that_fails_earns_no_time(asked: Path, tmp_path: Path) -> None:
    class Moody(Half):
        """Fails every second time that it is asked a question."""

        def generate(self, samples: Iterable[Sample]) -> Iterator[Output]:
            for output in super().generate(samples):
                asked_before[output.sample_id] += 1
                odd = asked_before[output.sample_id] % 2
                yield output if odd else failing(output)

    asked_before: Counter[str] = Counter()
    found = went(Half(wrong), asked, tmp_path / "run", timing=Moody(wrong))
    assert found["parts"]["ART"]["value"] == 0
    assert found["times"] == {"chosen": 40, "timed": 40, "void": None}
