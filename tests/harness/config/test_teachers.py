"""The forms of teachers and judges: what each may say, and how it counts towards a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from harness.config.engines import TEACHING
from harness.config.explain import explain
from harness.config.sections import Distill, ModelSection, Runtime, ScoreSection
from harness.config.teachers import (
    JUDGES,
    TEACHERS,
    ApiTeacher,
    FakeTeacher,
    LocalTeacher,
    in_key,
)
from harness.models import EngineRequest, engine_request
from harness.spec import load_specs

# What keys have held from the first version on: a change here makes all teachers ask again.
UNSAID: Mapping[str, Any] = {
    "model": None, "address": None, "key_env": None, "temperature": 0.7, "max_tokens": 1024,
    "max_length": 4096, "dtype": "auto", "skill": 1.0, "extra": {},
}  # fmt: skip
SAID: tuple[Mapping[str, Any], ...] = (
    {"engine": "template"},
    {"engine": "api", "model": "m", "address": "http://h/v1", "extra": {"a": 1}, "max_tokens": 9},
    {"engine": "auto", "model": "m"},
    {"engine": "hf", "model": "m", "dtype": "float32", "max_length": 2000},
    {"engine": "fake", "skill": 0.5},
)


def read(said: object) -> Distill:
    return Distill.model_validate({"teacher": said})


def complaint(said: object, name: str = "teacher") -> str:
    kind, tree = Distill if name == "teacher" else ScoreSection, {name: said}
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(tree)
    where, problem = explain(caught.value, tree, kind)
    return f"{'.'.join(map(str, where))}: {problem}"


@pytest.mark.parametrize("said", SAID)
def test_a_key_holds_what_a_form_leaves_unsaid(said: Mapping[str, Any]) -> None:
    assert read(said).in_key()["teacher"] == {**UNSAID, **said}
    if said["engine"] == "template":
        return
    judged = ScoreSection.model_validate({"judge": said}).in_key()["judge"]
    assert judged == {**UNSAID, "temperature": 0.0, **said}


@pytest.mark.parametrize("said", SAID)
def test_a_spec_may_say_all_that_a_key_holds(said: Mapping[str, Any]) -> None:
    teacher = read(said).teacher
    assert read(in_key(TEACHERS, teacher)).teacher == teacher == read(teacher).teacher
    if said["engine"] != "template":
        judge = ScoreSection.model_validate({"judge": said}).judge
        assert judge is not None
        again = ScoreSection.model_validate({"judge": in_key(JUDGES, judge)})
        assert again.judge == judge


@pytest.mark.parametrize("name", TEACHING)
def test_a_field_of_another_engine_is_refused_by_name(name: str) -> None:
    whole = {**UNSAID, "engine": name, "model": "m", "address": "http://h/v1"}
    foreign = {"key_env": "A_KEY", "temperature": 0.1, "max_length": 99, "skill": 0.2}
    (form,) = (form for form in TEACHERS if name in str(form.model_fields["engine"].annotation))
    own = {key: value for key, value in whole.items() if key in form.model_fields}
    for field in foreign.keys() - form.model_fields.keys():
        said = complaint({**own, field: foreign[field]})
        assert said.startswith(f"teacher.{field}: means nothing to engine {name}: it belongs to ")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (
            {"engine": "fake", "model": "m"},
            "teacher.model: means nothing to engine fake: it belongs to api, auto, vllm, "
            "server, hf",
        ),
        (
            {"model": "m"},
            "teacher.model: means nothing to engine template: it belongs to api, auto, vllm, "
            "server, hf",
        ),
        ({"engine": "api", "modell": "m"}, "teacher.modell: unknown key (did you mean 'model'?)"),
        ({"engine": "apii"}, "teacher.engine: 'apii' is no choice (did you mean 'api'?)"),
        (
            {"engine": 7},
            "teacher.engine: 7 is no choice (known: api, auto, fake, hf, server, template, vllm)",
        ),
        (7, "teacher: must be a mapping of fields, not 7"),
        (None, "teacher: must be a mapping of fields"),
        (
            {"engine": "hf", "model": None},
            "teacher: engine hf needs a model: a folder, or builtin:tiny-qwen2",
        ),
        ({"engine": "api", "model": "m"}, "teacher: engine api needs an address and a model"),
        ({"engine": "hf", "model": ""}, "teacher.model: must not be empty"),
        ({"way": 2}, "teacher.way: unknown key (known: address, dtype, engine, extra, key_env, "
         "max_length, max_tokens, model, skill, temperature)"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_field(said: object, problem: str) -> None:
    assert complaint(said) == problem


def test_another_engine_laid_over_drops_what_only_the_one_below_can_use(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        "distill:\n"
        "  teacher: {engine: api, model: m, address: http://h/v1, key_env: K, max_tokens: 9}\n"
        "entries:\n"
        "  - {name: a}\n"
        "  - {name: b, distill: {teacher: {engine: hf, dtype: float32}}}\n",
        encoding="utf-8",
    )
    first, second = (spec.distill.teacher for spec in load_specs(path))
    assert isinstance(first, ApiTeacher)
    assert second == LocalTeacher(engine="hf", model="m", dtype="float32", max_tokens=9)
    for spec in load_specs(path, ["distill.teacher.engine=fake", "distill.teacher.skill=0.5"]):
        assert spec.distill.teacher == FakeTeacher(engine="fake", skill=0.5)


def test_a_judge_is_greedy_and_knows_more_than_references() -> None:
    api = {"engine": "api", "model": "m", "address": "http://h/v1"}
    judge = ScoreSection.model_validate({"judge": api}).judge
    assert isinstance(judge, ApiTeacher)
    assert judge.temperature == 0
    assert complaint("template", "judge") == (
        "judge: engine template knows references only: it cannot judge"
    )


def test_one_request_for_a_model_and_for_whom_it_asks() -> None:
    run = Runtime(batch=3, memory_gib=2.0, gpu_share=0.5)
    shared = EngineRequest("fake", batch=3, memory_gib=2.0, gpu_share=0.5)
    loaded = replace(shared, engine="hf", dtype="float32", max_length=99)
    model = ModelSection(engine="hf", dtype="float32", max_length=99, skill=0.5)
    local = LocalTeacher(engine="hf", model="m", dtype="float32", max_length=99, max_tokens=7)
    assert engine_request("hf", model, None, run) == replace(loaded, skill=0.5)
    assert engine_request("hf", local, None, run) == replace(loaded, max_tokens=7)
    fake = engine_request("fake", FakeTeacher(engine="fake", skill=0.5), None, run)
    assert fake == replace(shared, skill=0.5)
