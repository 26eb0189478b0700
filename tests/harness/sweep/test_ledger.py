"""The ledger: whose study it is, and what becomes of it when its database does not answer."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path

import pytest

from harness.errors import InputError, RunError
from harness.sweep.ledger import FILE, FORMAT, open_ledger
from harness.sweep.request import Request
from tests.harness.sweep.sweeping import request


def in_a_folder(folder: Path) -> Request:
    asked = request(trials=2)
    runtime = asked.spec.runtime.model_copy(update={"runs": folder})
    return dataclasses.replace(asked, spec=asked.spec.model_copy(update={"runtime": runtime}))


def test_a_study_of_another_version_is_refused(tmp_path: Path) -> None:
    asked = in_a_folder(tmp_path)
    kept = open_ledger(asked)
    kept.study.set_user_attr("podium", {"format": FORMAT + 1, "identity": asked.identity})
    with pytest.raises(InputError, match=r"another version of podium sweep \(format 2"):
        open_ledger(asked)


def test_a_study_that_somebody_else_made_is_refused(tmp_path: Path) -> None:
    asked = in_a_folder(tmp_path)
    kept = open_ledger(asked)
    kept.claim("batch")
    kept.study.set_user_attr("podium", None)
    with pytest.raises(InputError, match="was not made by podium sweep"):
        open_ledger(asked)


def test_tables_of_another_optuna_are_refused(tmp_path: Path) -> None:
    asked = in_a_folder(tmp_path)
    open_ledger(asked)
    with sqlite3.connect(asked.folder / FILE) as database:
        database.execute("UPDATE alembic_version SET version_num = 'v99.0.0.a'")
    with pytest.raises(InputError, match="made by another version of Optuna"):
        open_ledger(asked)


def test_a_database_that_goes_away_is_one_line(tmp_path: Path) -> None:
    asked = in_a_folder(tmp_path)
    kept = open_ledger(asked)
    number = kept.claim("batch")
    with sqlite3.connect(asked.folder / FILE) as database:
        database.execute("DROP TABLE trial_user_attributes")
    with pytest.raises(RunError, match=r"the database refuses: .* run the same") as no:
        kept.choose(number, {"finetune.lr": 1e-3}, asked)
    assert "\n" not in str(no.value)
