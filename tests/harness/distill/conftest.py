"""The questions of both boards, as the `questions` stage writes them."""

from pathlib import Path

import pytest

from harness.stages.questions import write_questions
from suites import timetable


def board(name: str, folder: Path) -> Path:
    options = timetable.Options(table=timetable.HERE / "tables" / name)
    suite, table = timetable.build(options), timetable.read_table(options)
    write_questions(suite, table, timetable.frames(options), folder)
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return board("board-24.xlsx", tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return board("board-220.xlsx", tmp_path_factory.mktemp("large"))
