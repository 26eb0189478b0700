"""The questions of both boards, as the `questions` stage writes them."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.config.sections import Distill
from harness.stages.questions import write_questions
from harness.tables import benchmark
from suites import timetable


def board(name: str, folder: Path) -> Path:
    """As many wordings of each question as are taught where a spec says nothing else."""
    options = timetable.Options(table=timetable.HERE / "tables" / name)
    suite = benchmark.build(options)
    most = Distill().phrasings or 0
    taught = [s for s in suite.train if int(s.template.rpartition("-")[2]) < most]
    suite = replace(suite, train=tuple(taught))
    write_questions(suite, folder)
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return board("board-24.xlsx", tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return board("board-220.xlsx", tmp_path_factory.mktemp("large"))
