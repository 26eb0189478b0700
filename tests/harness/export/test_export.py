"""A run for elsewhere: each form is whole, loads, and says what made it."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from safetensors.torch import load_file

from harness.config.sections import Finetune
from harness.errors import InputError, RunError, UsageError
from harness.export.card import card, licence
from harness.export.export import export
from harness.export.finished import Finished, open_tuned
from harness.export.targets import TARGETS
from harness.export.trainers import template_of
from harness.models.folder import check_model_folder
from harness.parity.tokens import effect
from harness.store.digests import digest_file
from harness.store.processes import partial_beside
from tests.harness.export.folders import FINETUNE, ROWS, run
from tests.harness.models.internlm2s import make_internlm2
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


# A value of each field that no recipe has by itself, in a recipe that may have it.
UNUSUAL: dict[str, Any] = {
    "method": "qlora", "bits": 8, "dora": True, "rslora": True, "lr": 5e-4, "schedule": "cosine",
    "warmup": 0.1, "epochs": 5, "batch_size": 4, "accumulate": 2, "packing": True,
    "max_length": 64, "cut": "drop", "weight_decay": 0.1, "optimizer": "paged_adamw_8bit",
    "dtype": "float16", "attn": "eager", "gradient_checkpointing": True, "watch": 1, "probe": 8,
    "keep": "best", "early_stop": 3, "seed": 7,
}  # fmt: skip
# What the adapter's own configuration says, which is written and not the spec's.
OF_ADAPTER = {"rank", "alpha", "dropout", "targets"}


def config(text: str) -> dict[str, Any]:
    """The values of a config for XTuner, whose packages need not be installed: calls as mappings.

    A class is its name, `torch.float16` a text.
    """
    body = ast.parse(text).body
    named = {
        alias.name.partition(".")[0]: _Named(alias.name)
        for node in body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    kept = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    module = ast.Module(kept, type_ignores=[])
    found: dict[str, Any] = dict(named)
    exec(compile(module, "config.py", "exec"), found)  # noqa: S102 - our own template
    return {name: value for name, value in found.items() if name not in {*named, "__builtins__"}}


class _Named(str):
    """A name that is imported, and those under it."""

    def __getattr__(self, name: str) -> _Named:
        if name.startswith("_"):
            raise AttributeError(name)
        return _Named(f"{self}.{name}")


@pytest.fixture(scope="module")
def config_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Finished], Any]:
    """Writes a run for a trainer and reads what it is to train by."""

    def written(form: str, found: Finished) -> Any:
        out = tmp_path_factory.mktemp("out")
        TARGETS[form].write(found, out)
        if form == "llamafactory":
            return yaml.safe_load((out / "train.yaml").read_text("utf-8"))
        return config((out / "config.py").read_text("utf-8"))

    return written


def varied(found: Finished, **finetune: Any) -> Finished:
    """The same run with another recipe, whatever was trained."""
    section = Finetune.model_validate({**FINETUNE, **finetune})
    return replace(found, spec=found.spec.model_copy(update={"finetune": section}))


def test_each_field_of_a_recipe_has_an_unusual_value() -> None:
    assert {*UNUSUAL, *OF_ADAPTER, "from_"} == {*Finetune.model_fields}


@pytest.mark.parametrize("form", ["llamafactory", "xtuner"])
@pytest.mark.parametrize("field", UNUSUAL)
def test_no_field_of_a_recipe_is_left_out_in_silence(
    form: str, field: str, tuned: Path, config_of: Callable[[str, Finished], Any]
) -> None:
    usual = open_tuned(tuned)
    other = varied(usual, **{field: UNUSUAL[field]})
    said = [line for line in TARGETS[form].use(other) if line.startswith(f"- `{field}: ")]
    recipes = [config_of(form, one) for one in (usual, other)]
    assert recipes[0] != recipes[1] or said
    assert config_of(form, usual) == recipes[0]
    assert not [line for line in TARGETS[form].use(usual) if line.startswith(f"- `{field}: ")] or (
        field == "dtype"
    )


@pytest.mark.parametrize(
    ("said", "factory", "held"),
    [
        ({}, {}, None),
        (
            {"method": "qlora"},
            {
                "quantization_bit": 4, "quantization_type": "nf4", "double_quantization": True
            },
            {
                "type": "BitsAndBytesConfig", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4",
                "bnb_4bit_use_double_quant": True, "bnb_4bit_compute_dtype": "torch.bfloat16",
            },
        ),
        (
            {"bits": 8}, {"quantization_bit": 8},
            {"type": "BitsAndBytesConfig", "load_in_8bit": True},
        ),
        (
            {"method": "qlora", "bits": 8}, {"quantization_bit": 8},
            {"type": "BitsAndBytesConfig", "load_in_8bit": True},
        ),
    ],
)  # fmt: skip
def test_the_bits_of_a_base_are_said_to_every_trainer_and_in_the_card(
    said: dict[str, Any], factory: dict[str, Any], held: Any, tuned: Path,
    config_of: Callable[[str, Finished], Any],
) -> None:  # fmt: skip
    found = varied(open_tuned(tuned), **said)
    recipe = config_of("llamafactory", found)
    kept = ("quantization_bit", "quantization_type", "double_quantization")
    assert {name: recipe[name] for name in kept if name in recipe} == factory
    assert config_of("xtuner", found)["model"]["llm"]["quantization_config"] == held
    for target in TARGETS.values():
        text = card(found, target)
        bits = factory.get("quantization_bit")
        assert ("full precision" in text) is (bits is not None)
        assert bits is None or f"held in {bits} bits while" in text


@pytest.mark.parametrize(
    ("dtype", "halves", "wrapper"),
    [
        ("auto", (True, False), "AmpOptimWrapper"),
        ("bfloat16", (True, False), "AmpOptimWrapper"),
        ("float16", (False, True), "AmpOptimWrapper"),
        ("float32", (False, False), "OptimWrapper"),
    ],
)
def test_other_trainers_compute_in_what_the_recipe_says(
    dtype: str, halves: tuple[bool, bool], wrapper: str, tuned: Path,
    config_of: Callable[[str, Finished], Any],
) -> None:  # fmt: skip
    found = varied(open_tuned(tuned), dtype=dtype)
    recipe = config_of("llamafactory", found)
    assert (recipe["bf16"], recipe["fp16"]) == halves
    written = config_of("xtuner", found)
    name = "bfloat16" if dtype == "auto" else dtype
    assert written["model"]["llm"]["torch_dtype"] == f"torch.{name}"
    assert written["optim_wrapper"]["type"] == wrapper
    assert written["optim_wrapper"].get("dtype", "float32") == name
    assert ("written as bfloat16" in card(found, TARGETS["xtuner"])) is (dtype == "auto")


def test_kind_and_optimizer_of_an_adapter_go_along(
    tuned: Path, config_of: Callable[[str, Finished], Any]
) -> None:
    found = varied(open_tuned(tuned), dora=True, rslora=True, optimizer="adamw_8bit")
    recipe = config_of("llamafactory", found)
    assert (recipe["use_dora"], recipe["use_rslora"], recipe["optim"]) == (True, True, "adamw_8bit")
    written = config_of("xtuner", found)
    lora = written["model"]["lora"]
    assert (lora["use_dora"], lora["use_rslora"]) == (True, True)
    assert written["optim_wrapper"]["optimizer"]["type"] == "AdamW8bit"
    plain = config_of("xtuner", open_tuned(tuned))  # older peft knows neither
    assert not [name for name in plain["model"]["lora"] if name.startswith("use_")]


def test_an_earlier_adapter_is_gone_on_from_or_refused(tmp_path: Path) -> None:
    folder = run(tmp_path / "further", {**FINETUNE, "from": str(tmp_path / "earlier")})
    export(folder, "llamafactory", tmp_path / "a")
    recipe = yaml.safe_load((tmp_path / "a" / "train.yaml").read_text("utf-8"))
    assert recipe["adapter_name_or_path"] == str(tmp_path / "earlier")
    with pytest.raises(InputError, match="goes on from no adapter of peft's: export to llama"):
        export(folder, "xtuner", tmp_path / "b")


def test_internlm2_is_asked_by_its_own_template_and_keeps_its_licence(tmp_path: Path) -> None:
    """What it is converted to is a Llama model, with neither card nor licence."""
    source = make_internlm2(tmp_path / "internlm2")
    (source / "README.md").write_text("---\nlicense: other\n---\n", "utf-8")
    found = open_tuned(run(tmp_path / "runs" / "mine", FINETUNE, base=str(source)))
    assert read(found.base / "config.json")["model_type"] == "llama"
    assert template_of(found) == "internlm2_chat"
    text = card(found, TARGETS["xtuner"])
    assert "- licence: other\n" in text
    assert "\nlicense: other\n" in text
    assert "template `internlm2_chat`" in text


@pytest.mark.parametrize(
    ("kind", "template", "name"),
    [
        ("llama", "<|start_header_id|>user", "llama3_chat"),
        ("llama", "<|im_start|>user", "internlm2_chat"),
        ("llama", "[INST]", "default"),
        ("llama", None, "default"),
        ("qwen3", "<|im_start|>user", "qwen_chat"),
        ("phi3", "<|user|>", "default"),
    ],
)
def test_a_template_is_that_of_the_base(
    kind: str, template: str | None, name: str, tuned: Path, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": kind}), "utf-8")
    if template is not None:
        (tmp_path / "chat_template.jinja").write_text(template, "utf-8")
    found = open_tuned(tuned)
    model = found.spec.model.model_copy(update={"base": str(tmp_path)})
    assert template_of(replace(found, spec=found.spec.model_copy(update={"model": model}))) == name


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
