"""Nothing honest is blamed: recipes, bases, rows and the specs that ship."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.preflight.check import check
from harness.preflight.problem import Problem, is_bad
from harness.spec import BASELINES, load_specs
from tests.harness.models.folders import TINY, shard
from tests.harness.preflight.bench import (
    FAMILIES,
    Bench,
    merging,
    question,
    random_model,
    row,
    tiny,
)
from tests.harness.preflight.faults import LARGE, adapter, on, two_turns, with_system

REAL = os.environ.get("PODIUM_REAL_MODELS")
FOLDERS = sorted(p for p in Path(REAL).iterdir() if p.is_dir()) if REAL else []
SHORT = {"max_length": 512}
Planted = Callable[[Path], Bench]


def recipe(**settings: Any) -> Planted:
    return lambda _: Bench(TINY, recipe=settings, dry=True)


def of(family: str, **changes: Any) -> Planted:
    """A random model of a family, with its own template."""
    settings = changes.pop("settings", {})
    fields = {"model": SHORT, "dry": True, **changes}
    return lambda at: Bench(random_model(family, at / family, **settings), **fields)


def sharded(at: Path) -> Bench:
    base = tiny(at / "base")
    shard(base)
    return Bench(base)


def with_adapter(at: Path) -> Bench:
    return Bench(TINY, adapter=adapter(TINY, at / "adapter"))


def padded_by_its_end(at: Path) -> Bench:
    return Bench(tiny(at / "base", pad_token="<|im_end|>"), dry=True)  # noqa: S106 - a token


def without_settings(at: Path) -> Bench:
    base = tiny(at / "base")
    (base / "generation_config.json").unlink()
    return Bench(base)


HONEST: dict[str, Planted] = {
    "as it ships": recipe(),
    "rank 1": recipe(rank=1),
    "rank 64": recipe(rank=64, alpha=128),
    "attention alone": recipe(targets=("q_proj", "v_proj")),
    "a pattern": recipe(targets=r".*layers\.[0-2]\.mlp\.(up|down)_proj"),
    "one layer": recipe(targets=("model.layers.0.mlp.up_proj",)),
    "4 bits": recipe(method="qlora"),
    "the tiny base's rate": recipe(lr=3e-3, epochs=1.75, schedule="cosine", warmup=0.0),
    "all of the base": recipe(method="full"),
    "short rows": recipe(max_length=96),
    "long rows": recipe(max_length=2048),
    "some dropout": recipe(dropout=0.1, accumulate=2),
    "vLLM": lambda _: Bench(TINY, engine="vllm", recipe={"rank": 128}),
    "system turns": lambda _: Bench(TINY, rows=with_system(), dry=True),
    "two questions": lambda _: Bench(TINY, rows=two_turns(), dry=True),
    "short answers": lambda _: Bench(TINY, rows=[row(n, f"{n}站台") for n in range(24)], dry=True),
    "blanks around answers": of("gemma", rows=[row(n, f" 07:{n:02d} \n") for n in range(24)]),
    "a long question with a small limit of its own": lambda _: Bench(
        TINY, asked=[replace(question(0, "车" * 900), max_tokens=32)], max_tokens=512
    ),
    "prompt and answer share a token": merging,
    "long questions": lambda _: Bench(TINY, asked=[question(0, "车" * 300)]),
    "shards": sharded,
    "an adapter": with_adapter,
    "padded by its end": padded_by_its_end,
    "no generation settings": without_settings,
    **{family: of(family) for family in FAMILIES},
    "an untied head": of("llama", settings={"tie_word_embeddings": False}),
    "thinking model, system turns": of("qwen3", rows=with_system()),
    "thinking model, two questions": of("qwen3", rows=two_turns()),
}  # fmt: skip


def bad(found: list[Problem]) -> list[tuple[str, str]]:
    return [(p.rule, p.finding.detail) for p in found if is_bad(p)]


def test_nothing_honest_is_blamed(tmp_path: Path) -> None:
    assert len(HONEST) >= 20
    places = {name: tmp_path / str(number) for number, name in enumerate(HONEST)}
    blamed = {name: bad(make(places[name]).problems()) for name, make in HONEST.items()}
    assert {name: found for name, found in blamed.items() if found} == {}


def test_a_large_machine_is_large_enough() -> None:
    assert bad(on(LARGE, "bfloat16", method="qlora", dtype="bfloat16", batch_size=64)) == []
    assert bad(on(replace(LARGE, capability=None, fast_bfloat16=False), dtype="bfloat16")) == []
    assert bad(on(LARGE, optimizer="paged_adamw_8bit", attn="flash", dtype="float16")) == []
    bare = replace(LARGE, bitsandbytes=False, flash_attention=False)
    assert bad(on(bare, attn="sdpa")) == []


@pytest.mark.parametrize("path", sorted(BASELINES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_specs_that_ship_are_in_order(path: Path, tmp_path: Path) -> None:
    changes = [f"runtime.runs={tmp_path}"]
    if path.stem == "quickstart":
        changes.append("distill.phrasings=4")  # all of them take half a minute to make
    specs = load_specs(path, changes)
    found = check(specs)
    assert bad(list(found.problems)) == []
    tried = any(p.rule == "gradients" for p in found.problems)
    trained = [spec for spec in specs if spec.finetune is not None]
    assert tried == bool(trained)
    assert len(found.shown) == min(len(trained), 1)


@pytest.mark.skipif(not FOLDERS, reason="PODIUM_REAL_MODELS names no folder of models")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_real_model_has_no_error(folder: Path) -> None:
    found = Bench(folder, dry=True).problems()
    assert [(p.rule, p.finding.detail) for p in found if p.level == "error"] == []
