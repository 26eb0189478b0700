"""What a run folder shows, and what it no longer does."""

from __future__ import annotations

from pathlib import Path

from harness.experiment.recipe import prepare
from harness.experiment.run_folder import publish
from harness.pipeline import run
from harness.spec import Spec, load_specs
from harness.store.files import read_json
from tests.harness.toy import tree


def specs(folder: Path, model: str = "{engine: fake}") -> list[Spec]:
    path = folder / "spec.yaml"
    path.write_text(
        f"name: one\nsuite: {{name: timetable, test_limit: 4}}\nmodel: {model}\nfinetune: null\n"
        f"runtime: {{runs: {folder / 'runs'}}}\n",
        encoding="utf-8",
    )
    return load_specs(path)


def test_publishing_again_touches_nothing(tmp_path: Path) -> None:
    (folder,) = run(specs(tmp_path))
    before = tree(folder)
    (recipe,) = prepare(specs(tmp_path))
    assert publish(recipe) == folder
    assert tree(folder) == before


def test_what_another_recipe_of_the_name_no_longer_has_is_gone(tmp_path: Path) -> None:
    (folder,) = run(specs(tmp_path, "{engine: floor}"))
    shown = {"dataset.json", "distill.json", "rejected.jsonl"}
    assert shown <= {path.name for path in folder.iterdir()}
    assert {path.name for path in (folder / "stages").iterdir()} >= {"distill", "dataset"}
    (again,) = run(specs(tmp_path))
    assert again == folder
    assert not shown & {path.name for path in folder.iterdir()}
    assert {path.name for path in (folder / "stages").iterdir()} == {"questions", "infer", "score"}


def test_a_file_that_was_spoilt_is_shown_as_the_store_has_it(tmp_path: Path) -> None:
    (folder,) = run(specs(tmp_path))
    whole = (folder / "summary.json").read_bytes()
    (folder / "summary.json").write_text("{}", encoding="utf-8")
    (folder / "spec.yaml").unlink()
    (recipe,) = prepare(specs(tmp_path))
    publish(recipe)
    assert (folder / "summary.json").read_bytes() == whole
    assert (folder / "spec.yaml").is_file()


def test_the_summary_names_every_stage_by_its_key(tmp_path: Path) -> None:
    (folder,) = run(specs(tmp_path))
    (recipe,) = prepare(specs(tmp_path))
    assert read_json(folder / "summary.json")["stages"] == recipe.keys
    for stage, made in recipe.folders.items():
        assert (folder / "stages" / stage).resolve() == made.resolve()
