"""What an experiment would train on and ask: from the store, or made without asking anybody."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.teachers import TemplateTeacher
from harness.core import Sample
from harness.curate.decontaminate import Leaks
from harness.curate.rows import read_rows
from harness.curate.training_set import make_dataset
from harness.distill.distillation import Teaching, distill, plan_distillation
from harness.distill.replayed import read_replay
from harness.errors import PodiumError, RunError
from harness.experiment.experiment import Experiment
from harness.experiment.plan import questions_of
from harness.experiment.teachers import open_teacher
from harness.models.template import TemplateModel
from harness.preflight.leaks import held_out
from harness.preflight.problem import Problem, error, note
from harness.preflight.rows import MOST_ROWS, drawn
from harness.spec import Spec, chosen_suite
from harness.store.codec import of_texts, read_held_out, read_samples
from harness.store.files import read_jsonl

# Rows that have been through the data set's own search for leaks are searched again as a sample.
_SEARCHED = 500


@dataclass(frozen=True, slots=True)
class Material:
    """What an experiment trains on and asks.

    Args:
        asked: the questions of the test.
        rows: training rows (id, messages); none where nothing is trained.
        total: how many there are, where `rows` are drawn from more.
        taught: the questions of training rows, to be searched for leaks.
        known: the test, as they are held against it; `None` where nothing is trained.
        told: what could not be looked at, and why.
    """

    asked: tuple[Sample, ...]
    rows: tuple[dict[str, Any], ...] = ()
    total: int = 0
    taught: tuple[Sample, ...] = ()
    known: Leaks | None = None
    told: tuple[Problem, ...] = ()


def read_material(experiment: Experiment) -> Material:
    """Find or make the questions and the training rows of an experiment.

    Raises:
        PodiumError: the suite's files, or what the spec asks of them, are wrong.
    """
    with questions_of(experiment) as questions:
        asked = tuple(drawn(list(read_samples(questions / "test.jsonl"))))
        if experiment.spec.finetune is None:
            return Material(asked)
        return _trained(experiment, questions, asked)


def _trained(experiment: Experiment, questions: Path, asked: tuple[Sample, ...]) -> Material:
    spec = experiment.spec
    with tempfile.TemporaryDirectory() as folder:
        found = _data(experiment, questions, Path(folder))
        if isinstance(found, Problem):
            return Material(asked, told=(found,))
        dataset, distilled, told = found
        rows = list(read_jsonl(dataset / "train.jsonl"))
        names = {str(row["id"]) for row in rows}
        added = dataset / "augmented.jsonl"
        sources = [distilled / "accepted.jsonl", *([added] if added.is_file() else [])]
        taught = [
            row.sample for path in sources for row in read_rows(path) if row.sample.id in names
        ]
        most = MOST_ROWS if spec.dataset.leak is None else _SEARCHED
        known = held_out(read_held_out(questions), spec.dataset.leak, texts=of_texts(questions))
        return Material(
            asked, tuple(drawn(rows)), len(rows), tuple(drawn(taught, most)), known, told
        )


def _data(
    experiment: Experiment, questions: Path, work: Path
) -> tuple[Path, Path, tuple[Problem, ...]] | Problem:
    """Folders of the data set and of the distilled rows behind it, and what to say of them."""
    spec = experiment.spec
    dataset, distilled = experiment.find("dataset"), experiment.find("distill")
    if dataset is not None and distilled is not None:
        return dataset, distilled, ()
    told: tuple[Problem, ...] = ()
    try:
        if distilled is None:
            distilled = work / "distilled"
            distilled.mkdir()
            told = _distil(experiment, questions, distilled)
        dataset = work / "dataset"
        dataset.mkdir()
        make_dataset(spec.dataset, distilled, questions, dataset, read_replay(spec.replay_path))
    except RunError as refused:
        return error("data", str(refused), "correct distill or dataset in the spec")
    except PodiumError as refused:
        return _unseen(spec, str(refused))
    return dataset, distilled, told


def _distil(experiment: Experiment, questions: Path, work: Path) -> tuple[Problem, ...]:
    """Rows as the suite's templates word them, also where a teacher would be asked."""
    spec = experiment.spec
    section = spec.distill.model_copy(update={"prompt": None})
    told: tuple[Problem, ...] = ()
    if spec.distill.asks:
        section = section.model_copy(
            update={"teacher": TemplateTeacher(), "way": "reword", "samples": None, "quotas": {}}
        )
        told = (_unseen(spec, "the rows below are in the suite's own words"),)
    plan = plan_distillation(
        section, spec.dataset.leak, None, questions, chosen_suite(spec).accepting()
    )
    opened = open_teacher(experiment) if not spec.distill.asks else _template()
    distill(plan, lambda: opened, experiment.label, work)
    return told


@contextmanager
def _template() -> Iterator[Teaching]:
    yield Teaching(TemplateModel(), "template")


def _unseen(spec: Spec, why: str) -> Problem:
    """What a teacher that has not been asked would write is not known."""
    return note(
        "teacher-not-asked",
        f"what the teacher ({spec.distill.teacher.engine}) would write was not looked at: lengths, "
        f"empty answers and leaks of its rows are not known ({why})",
        "podium run SPEC --until dataset asks it; check again afterwards",
    )
