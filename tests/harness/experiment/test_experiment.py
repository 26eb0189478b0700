"""Keys of an experiment's stages: what moves which, and what moves none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.experiment.experiment import Experiment
from harness.experiment.recipe import prepare
from harness.models.ends import GENERATION
from harness.spec import BASELINES, dump, load_specs
from harness.store.files import write_jsonl, write_text
from tests.harness.models.folders import change, copy

TEXT = "suite: {name: timetable, test_limit: 4}\nmodel: {engine: floor}\nfinetune: null\n"


def experiment(folder: Path, *changes: str, until: str = "score") -> Experiment:
    path = folder / "spec.yaml"
    path.write_text(TEXT, encoding="utf-8")
    runs = f"runtime.runs={folder / 'runs'}"
    (recipe,) = prepare(load_specs(path, (runs, *changes)), until)
    return recipe.first


def keys(of: Experiment) -> dict[str, str]:
    return {stage: of.key(stage) for stage in of.stages}


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ("suite.test_limit=5", {"questions", "distill", "dataset", "infer", "score"}),
        ("suite.wordings=test", {"questions", "infer", "score"}),
        ("distill.phrasings=3", {"distill", "dataset", "infer", "score"}),
        ("dataset.shuffle_seed=9", {"dataset", "infer", "score"}),
        ("generate.max_tokens=9", {"infer", "score"}),
        ("score.weights.AS=0.5", {"score"}),
        ("runtime.batch=2", set()),
        ("name=other", set()),
    ],
)
def test_a_change_moves_its_own_stage_and_those_below(
    tmp_path: Path, change: str, moved: set[str]
) -> None:
    before, after = keys(experiment(tmp_path)), keys(experiment(tmp_path, change))
    assert {stage for stage in before if before[stage] != after[stage]} == moved


def test_an_experiment_has_the_stages_that_it_needs(tmp_path: Path) -> None:
    assert experiment(tmp_path).stages == ("questions", "distill", "dataset", "infer", "score")
    asked = experiment(tmp_path, "model.engine=fake")
    assert asked.stages == ("questions", "infer", "score")
    taught = experiment(tmp_path, "model.engine=fake", until="dataset")
    assert taught.stages == ("questions", "distill", "dataset", "infer", "score")


def test_a_key_does_not_depend_on_where_the_store_lies(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert keys(experiment(tmp_path / "a")) == keys(experiment(tmp_path / "b"))


# A spec that names folders beside it: two models that teach and judge, and one that is timed along.
BESIDE = """
suite: {name: timetable, test_limit: 4}
distill: {teacher: {engine: hf, model: models/tiny}, prompt: reword.txt}
dataset: {replay: {file: talk.jsonl}}
model: {base: models/tiny, engine: hf}
finetune: {rank: 8}
latency: {reference: models/tiny}
score: {judge: {engine: hf, model: models/tiny}}
"""


def test_a_dump_has_the_keys_of_its_spec_wherever_it_lies(tmp_path: Path, tiny_base: Path) -> None:
    """So that what was run is found, and nothing is done again for the name of a folder."""
    folder = tmp_path / "a"
    shutil.copytree(tiny_base, folder / "models" / "tiny")
    prompts = BASELINES.parent / "harness" / "distill" / "prompts"
    shutil.copy(prompts / "reword.txt", folder / "reword.txt")
    talk = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
    write_jsonl(folder / "talk.jsonl", [{"messages": talk}])
    write_text(folder / "spec.yaml", BESIDE)
    runs = f"runtime.runs={tmp_path / 'runs'}"
    specs = load_specs(folder / "spec.yaml", [runs])
    write_text(tmp_path / "b" / "best.yaml", dump(specs[0]))
    (here,), (there,) = prepare(specs), prepare(load_specs(tmp_path / "b" / "best.yaml"))
    assert keys(there.first) == keys(here.first)
    assert {"distill", "finetune", "latency", "score"} <= set(here.first.stages)


def test_a_key_tells_of_a_base_whose_own_settings_once_changed_its_answers(tmp_path: Path) -> None:
    plain, bent = copy(tmp_path / "plain"), copy(tmp_path / "bent")
    change(bent / GENERATION, repetition_penalty=1.1)
    tuned = "finetune={rank: 4}"

    def marked(base: Path, engine: str, *more: str) -> set[str]:
        of = experiment(tmp_path, f"model.base={base}", f"model.engine={engine}", *more)
        return {stage for stage in of.stages if "generation" in of.inputs(stage)}

    assert marked(plain, "hf", tuned) == set()
    assert marked(bent, "hf") == {"infer"}
    assert marked(bent, "hf", tuned, "parity={}") == {"finetune", "infer", "parity"}
    assert marked(bent, "vllm") == set()
    assert marked(bent, "vllm", tuned, "finetune.watch=0", "parity={}") == {"parity"}
    judged = f"score.judge={{engine: hf, model: {bent}}}"
    assert marked(plain, "vllm", judged) == {"score"}
    taught = f"distill.teacher={{engine: hf, model: {bent}}}"
    assert marked(plain, "vllm", tuned, "distill.way=reword", taught) == {"distill"}
    beside = f"latency={{reference: {bent}}}"
    assert marked(plain, "hf", beside) == {"latency"}
    assert marked(plain, "vllm", beside) == set()
