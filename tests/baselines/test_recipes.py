"""The recipes that ship: every one is a spec that can be planned, and says what the docs say."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.experiment.forecasts import KNOWN
from harness.experiment.plan import plan, table
from harness.finetune.memory import shape_of
from harness.spec import BASELINES, Spec, find_spec, load_specs
from tests.harness.models import folders

RECIPES = sorted(path.stem for path in (BASELINES / "recipes").glob("*.yaml"))
# Exponents of "LoRA Without Regret", by family; see docs/recipes.md.
EXPONENTS = {"qwen2": 0.0775, "qwen3": 0.0775, "internlm2": 0.781}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole model folder with positions enough for any recipe."""
    at = folders.copy(tmp_path_factory.mktemp("fake") / "base")
    folders.change(at / "config.json", max_position_embeddings=32768)
    return at


def specs(name: str, *changes: str) -> list[Spec]:
    return load_specs(Path(name), changes)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_found_by_its_name_and_planned(name: str, base: Path, tmp_path: Path) -> None:
    assert find_spec(Path(name)) == BASELINES / "recipes" / f"{name}.yaml"
    loaded = specs(name, f"model.base={base}", f"runtime.runs={tmp_path / 'runs'}")
    steps = plan(loaded)
    trained = [step for step in steps if "training" in step]
    assert len(trained) == sum(spec.finetune is not None for spec in loaded)
    for step in trained:
        assert 0 < step["training"]["memory"]["peak"] < 80
    assert "largest batch: 16 GB" in table(steps)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_names_models_of_a_hub_with_their_revisions(name: str) -> None:
    for spec in specs(name):
        (of_hub,) = spec.hub_models.values()
        assert of_hub.short in KNOWN
        assert str(of_hub) == spec.model.base


@pytest.mark.parametrize("name", RECIPES)
def test_what_is_recommended_follows_the_published_rules(name: str) -> None:
    for spec in specs(name):
        section = spec.finetune
        if section is None or not spec.name.endswith("recommended"):
            continue
        config = KNOWN[spec.hub_models["model", "base"].short]
        shape = shape_of(config)
        assert shape is not None
        rate = 5e-4 * (2000 / shape.hidden) ** EXPONENTS[config["model_type"]]
        assert section.lr == pytest.approx(rate, rel=0.03)
        assert section.targets == "all-linear"
        assert 16 <= section.rank <= 32
        assert section.rows_at_once * section.accumulate <= 32


def test_the_tutorials_settings_are_as_published() -> None:
    found = {spec.name: spec.finetune for name in RECIPES for spec in specs(name)}

    def says(name: str, **values: object) -> None:
        section = found[name]
        assert section is not None
        assert {key: getattr(section, key) for key in values} == values

    says("style-qwen2.5-1.5b-tutorial", base_bits=8, rank=64, alpha=128, max_length=256)
    says("ruozhiba-internlm2.5-1.8b-xtuner", base_bits=4, rank=64, alpha=16)
    says("reading-qwen3-8b-rate-8e-5", lr=8e-5, epochs=17)
    says("reading-qwen3-8b-rate-6e-5", lr=6e-5, epochs=17)
    for base in ("qwen3-8b", "qwen2.5-1.5b", "internlm2.5-1.8b"):
        says(f"timetable-{base}-platform", lr=1e-4, epochs=3, rank=8, alpha=16)
