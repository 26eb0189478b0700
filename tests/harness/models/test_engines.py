"""The table of engines: one more costs a file and a line."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import get_args

import pytest

from harness import models
from harness.config import sections
from harness.config.engines import ANSWERING, ENGINES, TEACHING, EngineKind
from harness.config.teachers import TEACHERS
from harness.core import Sample
from harness.errors import MissingDependency

TOY = """
from contextlib import contextmanager

from harness.core import Output


class Echo:
    def model(self, adapter=None):
        return self

    def generate(self, samples):
        return (Output(sample.id, sample.question) for sample in samples)


@contextmanager
def open_engine(request):
    yield Echo()
"""


def test_a_spec_may_name_what_stands_in_the_table() -> None:
    assert get_args(sections.Engine) == ANSWERING == (
        "auto", "vllm", "server", "hf", "floor", "fake", "api",
    )  # fmt: skip
    named = [get_args(form.model_fields["engine"].annotation) for form in TEACHERS]
    assert tuple(itertools.chain(*named)) == TEACHING
    assert "floor" not in TEACHING


@pytest.mark.parametrize("name", ENGINES)
def test_each_lies_where_the_table_says(name: str) -> None:
    found = importlib.util.find_spec(ENGINES[name].module)
    assert found is not None
    assert found.origin is not None
    assert "def open_engine" in Path(found.origin).read_text(encoding="utf-8")
    assert bool(models.engine_version(name)) is bool(ENGINES[name].package)


def test_a_new_engine_costs_a_file_and_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: Sequence[Sample]
) -> None:
    (tmp_path / "toy_engine.py").write_text(TOY, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    table = {**ENGINES, "echo": EngineKind(module="toy_engine", needs_base=False)}
    monkeypatch.setattr(models, "ENGINES", MappingProxyType(table))
    with models.open_engine(models.EngineRequest("echo")) as engine:
        texts = [output.text for output in engine.model().generate(samples)]
    assert texts == [sample.question for sample in samples]
    sys.modules.pop("toy_engine")


def test_an_engine_that_is_not_installed_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = EngineKind(module="x", package="no_such_package", extra="train")
    monkeypatch.setattr(models, "ENGINES", {**ENGINES, "x": kind})
    with pytest.raises(MissingDependency, match=r"pip install 'podium-harness\[train\]'"):
        models.resolve_engine("x")
    assert models.engine_version("x") == ""
