"""What starting costs: no heavy package for help, for an import, or for a plan."""

import subprocess
import sys

import pytest

from harness.benchmark import suite_names

HEAVY = (
    "torch", "transformers", "peft", "trl", "vllm", "bitsandbytes", "ray", "optuna", "matplotlib",
    "pandas", "datasets", "openpyxl", "jinja2", "lm_eval",
    "harness.checker.check",  # hundreds of patterns, which take a second
)  # fmt: skip


def loaded_by(statement: str) -> set[str]:
    probe = f"import sys\n{statement}\nprint(*sys.modules, sep='\\n')"
    result = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True
    )
    return set(result.stdout.split()) & set(HEAVY)


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_by("import harness") == set()


def test_the_command_line_and_the_spec_load_nothing_heavy() -> None:
    modules = "harness.cli, harness.pipeline, harness.spec, harness.experiment.plan"
    statement = f"import {modules}, suites.timetable"
    assert loaded_by(statement) == set()


@pytest.mark.parametrize("suite", suite_names())
def test_a_suite_is_found_without_what_only_building_and_judging_need(suite: str) -> None:
    assert loaded_by(f"import suites.{suite}") == set()


def test_the_probe_would_notice() -> None:
    assert loaded_by("import jinja2") == {"jinja2"}


def test_help_names_every_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "harness", "--help"], capture_output=True, text=True, check=True
    )
    for command in ("init", "run", "plan", "score", "report", "suites", "schema"):
        assert f"\n  {command} " in result.stdout
