"""A run for elsewhere: each form is whole, loads, and says what made it."""

from __future__ import annotations

import ast
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from safetensors.torch import load_file

from harness.errors import InputError, RunError, UsageError
from harness.export.card import card, licence
from harness.export.export import export
from harness.export.finished import open_tuned
from harness.export.targets import TARGETS
from harness.models.folder import check_model_folder
from harness.parity.tokens import effect
from harness.store.digests import digest_file
from harness.store.processes import partial_beside
from tests.harness.export.folders import FINETUNE, ROWS, run
from tests.harness.parity.made import TINY, probe, scores


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("runs") / "mine-r8", FINETUNE)


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("form", TARGETS)
def test_every_form_has_a_card_and_a_ledger_of_all_its_files(
    form: str, tuned: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    names = export(tuned, form, out)
    ledger = read(out / "ledger.json")
    assert set(names) == {*ledger["digests"]["files"], "ledger.json"}
    for name, digest in ledger["digests"]["files"].items():
        assert digest == digest_file(out / name)
    assert ledger["form"] == form
    assert ledger["seeds"]["finetune"] == 0
    assert ledger["spec"]["finetune"]["rank"] == 8
    assert ledger["packages"]["torch"]
    assert ledger["stages"]["finetune"]["inputs"] == {"seed": 0}
    base = ledger["digests"]["base"]["model.safetensors"]
    assert base == digest_file(TINY / "model.safetensors")
    said = (out / "README.md").read_text("utf-8")
    for words in (
        "tiny-qwen2",
        "90.5 [87.0, 93.0]",
        "licence: apache-2.0",
        "Parity: pass",
        "| rank | 8",
    ):
        assert words in said
    assert said.startswith("---\nbase_model: tiny-qwen2\nlicense: apache-2.0\n")
    front = yaml.safe_load(said.split("---\n")[1])
    assert front["tags"] == ["podium", "lora"]
    assert not list(tmp_path.glob(".*"))


@pytest.mark.real
def test_merged_weights_load_by_themselves_and_answer_as_the_adapter(
    tuned: Path, tmp_path: Path
) -> None:
    export(tuned, "merged", tmp_path / "out")
    check_model_folder(tmp_path / "out")
    rows = probe(4)
    merged = scores(rows, tmp_path / "out")
    own = scores(rows, TINY, tuned / "stages" / "finetune" / "adapter")
    assert effect(scores(rows), own, merged).share < 0.1
    for name in ("tokenizer.json", "chat_template.jinja", "generation_config.json"):
        assert (tmp_path / "out" / name).read_bytes() == (TINY / name).read_bytes()


def test_gguf_ready_is_in_sixteen_bits_with_the_template_in_both_places(
    tuned: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    export(tuned, "gguf-ready", out)
    assert read(out / "config.json")["dtype"] in ("bfloat16", "float16")
    template = read(out / "tokenizer_config.json")["chat_template"]
    assert template == (out / "chat_template.jinja").read_text("utf-8")
    assert "convert_hf_to_gguf.py" in (out / "README.md").read_text("utf-8")


def test_llamafactory_gets_data_and_recipe(tuned: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(tuned, "llamafactory", out)
    recipe = yaml.safe_load((out / "train.yaml").read_text("utf-8"))
    assert recipe["lora_rank"] == 8
    assert recipe["lora_alpha"] == 16
    assert recipe["learning_rate"] == 3e-3
    assert recipe["num_train_epochs"] == 2
    assert recipe["lora_target"].split(",") == sorted(
        ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    )
    assert "template" not in recipe
    assert "quantization_bit" not in recipe
    entry = read(out / "dataset_info.json")[recipe["dataset"]]
    assert entry["formatting"] == "sharegpt"
    rows = read(out / entry["file_name"])
    said = [[turn["value"] for turn in row["conversations"]] for row in rows]
    assert said == [[turn["content"] for turn in row["messages"]] for row in ROWS]
    assert set(rows[0]) == {"conversations"}


def test_whole_weights_are_exported_as_they_are(tmp_path: Path) -> None:
    whole = run(tmp_path / "mine-full", {**FINETUNE, "method": "full"})
    export(whole, "merged", tmp_path / "merged")
    model = whole / "stages" / "finetune" / "model"
    mine, theirs = (load_file(at / "model.safetensors") for at in (tmp_path / "merged", model))
    assert all(bool((mine[name] == theirs[name]).all()) for name in mine | theirs)
    ledger = read(tmp_path / "merged" / "ledger.json")
    assert ledger["digests"]["model"]["model.safetensors"] == digest_file(
        model / "model.safetensors"
    )
    export(whole, "llamafactory", tmp_path / "factory")
    recipe = yaml.safe_load((tmp_path / "factory" / "train.yaml").read_text("utf-8"))
    assert recipe["finetuning_type"] == "full"
    assert not [name for name in recipe if name.startswith("lora")]
    with pytest.raises(InputError, match="full: Podium writes LoRA alone for XTuner"):
        export(whole, "xtuner", tmp_path / "xtuner")


def test_a_base_in_four_bits_is_said_to_every_trainer(tmp_path: Path) -> None:
    folder = run(tmp_path / "q", {**FINETUNE, "method": "qlora"})
    export(folder, "llamafactory", tmp_path / "a")
    recipe = yaml.safe_load((tmp_path / "a" / "train.yaml").read_text("utf-8"))
    assert (recipe["quantization_bit"], recipe["quantization_type"]) == (4, "nf4")
    assert "full precision" in (tmp_path / "a" / "README.md").read_text("utf-8")
    export(folder, "xtuner", tmp_path / "b")
    assert "four_bits if True else None" in (tmp_path / "b" / "config.py").read_text("utf-8")


def test_xtuner_gets_its_own_form_and_a_config_that_is_python(tuned: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(tuned, "xtuner", out)
    text = (out / "config.py").read_text("utf-8")
    ast.parse(text)
    for words in ("r=8", "lora_alpha=16", "lr=0.003", "epochs = 2", "PROMPT_TEMPLATE.qwen_chat"):
        assert words in text
    rows = read(out / "data.json")
    assert rows[0] == {"conversation": [{"input": "K0次几点开？", "output": "K0次07:00开车。"}]}


def test_a_part_of_an_epoch_is_nothing_for_xtuner(tmp_path: Path) -> None:
    folder = run(tmp_path / "half", {**FINETUNE, "epochs": 0.5})
    with pytest.raises(InputError, match="whole epochs"):
        export(folder, "xtuner", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_platform_gets_two_fields_a_row(tuned: Path, tmp_path: Path) -> None:
    export(tuned, "xfyun", tmp_path / "out")
    lines = (tmp_path / "out" / "train.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0]) == {"instruction": "K0次几点开？", "output": "K0次07:00开车。"}
    assert len(lines) == len(ROWS)


def test_what_fails_half_way_leaves_nothing(tuned: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(tuned, broken)
    weights = broken / "stages" / "finetune" / "adapter" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises((InputError, RunError)):
        export(broken, "merged", tmp_path / "out" / "deep")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_a_killed_export_left_is_removed(tuned: Path, tmp_path: Path) -> None:
    mine = partial_beside(tmp_path / "out")
    machine, pid, started, rest = mine.name.strip(".").split("_", 3)
    dead = tmp_path / f".{machine}_{pid}_{int(started) + 1}_{rest}"
    dead.mkdir()
    (dead / "model.safetensors").write_bytes(b"half")
    alive = tmp_path / mine.name
    alive.mkdir()
    export(tuned, "xfyun", tmp_path / "out")
    assert not dead.exists()
    assert alive.exists()


def test_a_folder_that_holds_something_is_left_alone(tuned: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="name another folder"):
        export(tuned, "xfyun", tmp_path)
    (tmp_path / "empty").mkdir()
    assert "train.jsonl" in export(tuned, "xfyun", tmp_path / "empty")


def test_an_unknown_form_is_told_with_the_nearest(tuned: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'xtuner'"):
        export(tuned, "xtunr", tmp_path / "out")


def test_what_was_not_tuned_cannot_be_exported(tmp_path: Path) -> None:
    untuned = run(tmp_path / "untuned", None)
    with pytest.raises(InputError, match="was not fine-tuned"):
        export(untuned, "merged", tmp_path / "out")
    with pytest.raises(InputError, match="no finished run"):
        export(tmp_path, "merged", tmp_path / "out")
    floor = run(tmp_path / "floor", None, engine="floor")
    with pytest.raises(InputError, match="has no weights"):
        export(floor, "merged", tmp_path / "out")


def test_a_card_names_the_base_as_people_know_it(tuned: Path, tmp_path: Path) -> None:
    """The folder of a hub's model bears a commit, and a converted one the name of a stage."""
    found = open_tuned(tuned)
    elsewhere = replace(found, base=tmp_path / ("c0ffee" * 7)[:40])
    assert "- model: tiny-qwen2\n" in card(elsewhere, TARGETS["merged"])
    model = found.spec.model.model_copy(update={"base": f"ms:Qwen/Qwen2.5-1.5B@{'a' * 40}"})
    of_hub = replace(elsewhere, spec=found.spec.model_copy(update={"model": model}))
    said = card(of_hub, TARGETS["merged"])
    assert said.startswith("---\nbase_model: Qwen/Qwen2.5-1.5B\n")
    assert "- model: Qwen/Qwen2.5-1.5B\n" in said


def test_a_licence_is_taken_from_the_base(tmp_path: Path) -> None:
    assert licence(tmp_path).startswith("unknown")
    (tmp_path / "LICENSE").write_text("MIT", "utf-8")
    assert licence(tmp_path) == "see LICENSE of the base"
    (tmp_path / "README.md").write_text("---\nlicense: 'apache-2.0'\n---\n# <b>x</b>", "utf-8")
    assert licence(tmp_path) == "apache-2.0"
