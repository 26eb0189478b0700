"""A model folder is whole, its own and harmless, or refused in one sentence before any engine."""

from __future__ import annotations

import json
import os
import shutil
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from harness.models.adapter import check_adapter
from harness.models.folder import check_model_folder, weight_files
from harness.models.loading import check_model
from harness.models.tensors import check_finite
from harness.store.store import Store
from tests.harness.models.folders import (
    INDEX,
    TINY,
    WEIGHTS,
    Weights,
    change,
    copy,
    reweigh,
    shard,
    weights,
    write_weights,
)

Break = Callable[[Path], object]
NORM = "model.norm.weight"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy(tmp_path / "model")


def refusal(folder: Path) -> str:
    """The sentence that refuses a folder and all its numbers."""
    with pytest.raises(InputError) as caught:
        check_model(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def without(*parts: str) -> Break:
    """Take the tensors away whose names hold a part."""

    def edit(tensors: Weights) -> Weights:
        return {n: t for n, t in tensors.items() if not any(part in n for part in parts)}

    return lambda folder: reweigh(folder, edit)


def filled(name: str, number: bytes, at: int = 0) -> Break:
    """Put one number into a tensor."""

    def edit(tensors: Weights) -> Weights:
        dtype, shape, data = tensors[name]
        start = at * len(number)
        data = data[:start] + number + data[start + len(number) :]
        return {**tensors, name: (dtype, shape, data)}

    return lambda folder: reweigh(folder, edit)


def as_floats(dtype: str, code: str, value: float) -> Break:
    """A tensor of another type with one number in it."""

    def edit(tensors: Weights) -> Weights:
        return {**tensors, NORM: (dtype, [2], struct.pack(f"<2{code}", 1.0, value))}

    return lambda folder: reweigh(folder, edit)


def both(first: Break, second: Break) -> Break:
    return lambda folder: [edit(folder) for edit in (first, second)]


def as_folder(name: str) -> Break:
    """A folder where a file should be."""

    def edit(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return edit


def link_to(name: str, target: str) -> Break:
    def edit(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return edit


BF16 = {"nan": b"\xc0\x7f", "minus nan": b"\xc0\xff", "inf": b"\x80\x7f", "-inf": b"\x80\xff"}

BROKEN_WEIGHTS: Mapping[str, tuple[Break, str]] = {
    "no tensors": (lambda f: write_weights(f / WEIGHTS, {}), "holds no tensors"),
    "only a norm": (without("layers", "embed"), ""),
    "a layer missing": (without("layers.3."), "nothing of layer 3 of 6"),
    "the last missing": (without("layers.5."), "nothing of layer 5 of 6"),
    "two missing": (without("layers.0.", "layers.4."), "nothing of layer 0, 4 of 6"),
    "five missing": (without(*(f"layers.{n}." for n in range(1, 6))), "1, 2, 3 and 2 more of 6"),
    "more layers promised": (
        lambda f: change(f / "config.json", num_hidden_layers=8), "nothing of layer 6, 7 of 8",
    ),
    "nan": (filled(NORM, BF16["nan"]), f"{NORM} holds numbers that are not finite"),
    "minus nan": (filled(NORM, BF16["minus nan"], 255), "not finite"),
    "inf": (filled("model.embed_tokens.weight", BF16["inf"], 400_000), "not finite"),
    "-inf": (filled("model.layers.5.mlp.up_proj.weight", BF16["-inf"], 7), "not finite"),
    "float32": (as_floats("F32", "f", float("nan")), "not finite"),
    "float16": (as_floats("F16", "e", float("-inf")), "not finite"),
    "float64": (as_floats("F64", "d", float("inf")), "not finite"),
    "all nan": (
        lambda f: reweigh(
            f, lambda ts: {n: (d, s, BF16["nan"] * (len(b) // 2)) for n, (d, s, b) in ts.items()}
        ),
        "and 71 more holds numbers",
    ),
    "cut short": (
        both(
            lambda f: write_weights(f / WEIGHTS, weights()),
            lambda f: os.truncate(f / WEIGHTS, 9_000_000),
        ),
        "cut short",
    ),
    "empty file": (lambda f: rewrite(f / WEIGHTS, b""), "not a safetensors file"),
    "header is a list": (lambda f: rewrite(f / WEIGHTS, headed([])), "header is damaged"),
    "entry is a list": (lambda f: rewrite(f / WEIGHTS, headed({"a": [1]})), "damaged at a"),
    "entry without place": (
        lambda f: rewrite(f / WEIGHTS, headed({"a": {"dtype": "F32", "shape": []}})),
        "damaged at a",
    ),
    "places are text": (
        lambda f: rewrite(
            f / WEIGHTS, headed({"a": {"dtype": "F32", "shape": [1], "data_offsets": ["0", "4"]}})
        ),
        "damaged at a",
    ),
    "smaller than its shape": (
        lambda f: rewrite(
            f / WEIGHTS, headed({"a": {"dtype": "F32", "shape": [9], "data_offsets": [0, 4]}})
        ),
        "damaged at a",
    ),
    "header nested deep": (
        lambda f: rewrite(f / WEIGHTS, struct.pack("<Q", 200_000) + b"[" * 200_000), "damaged",
    ),
    "a folder": (as_folder(WEIGHTS), ""),
}  # fmt: skip


def headed(header: Any) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(8)


def rewrite(path: Path, data: bytes) -> None:
    path.unlink()  # it is one file with the tiny base's
    path.write_bytes(data)


@pytest.mark.parametrize("name", BROKEN_WEIGHTS)
def test_weights_that_are_not_there_are_refused(name: str, folder: Path) -> None:
    break_it, said = BROKEN_WEIGHTS[name]
    break_it(folder)
    if name == "only a norm":  # no layer is named, so the loader's report decides
        check_model_folder(folder)
        return
    assert said in refusal(folder)


def test_finite_weights_pass_in_every_type(folder: Path) -> None:
    largest = {"F16": ("e", 65504.0), "F32": ("f", 3.4e38), "F64": ("d", -1.7e308)}
    for dtype, (code, value) in largest.items():
        as_floats(dtype, code, value)(folder)
        check_finite(folder / WEIGHTS)
    integers = ("I64", [1], b"\xff" * 8)
    write_weights(folder / WEIGHTS, {"ids": integers, "codes": ("U8", [8], b"\x7f" * 8)})
    check_finite(folder / WEIGHTS)


def test_the_numbers_of_a_file_are_read_once_in_all_runs(folder: Path, tmp_path: Path) -> None:
    read: list[Path] = []
    for _ in range(2):
        Store(tmp_path / "runs").once("finite", TINY / WEIGHTS, read.append)
    assert len(read) == 1
    changed = reweigh(folder, lambda tensors: tensors) / WEIGHTS
    for _ in range(2):  # younger than a tick of its clock, so it could change unseen
        Store(tmp_path / "runs").once("finite", changed, read.append)
    assert len(read) == 3


def outside(folder: Path) -> Path:
    """A file beside the model folder."""
    other = folder.parent / "other.safetensors"
    write_weights(other, weights())
    return other


def index(folder: Path, files: Mapping[str, Any] | Any) -> None:
    (folder / INDEX).write_text(json.dumps({"weight_map": files}), "utf-8")


def all_in(folder: Path, name: str) -> None:
    """An index that says that all tensors lie in one file."""
    outside(folder)
    (folder / WEIGHTS).unlink()
    index(folder, dict.fromkeys(weights(), name))


def linked(name: str) -> Break:
    """Make a file of the folder a link to one beside it."""

    def edit(folder: Path) -> None:
        other = folder.parent / f"other-{name}"
        shutil.move(folder / name, other)
        (folder / name).symlink_to(other)

    return edit


def split_and(edit: Callable[[Path, dict[str, str]], object]) -> Break:
    return lambda folder: edit(folder, shard(folder))


LEADS_OUT: Mapping[str, tuple[Break, str]] = {
    "index up": (lambda f: all_in(f, "../other.safetensors"), "outside the folder"),
    "index absolute": (
        lambda f: all_in(f, str(f.parent / "other.safetensors")), "outside the folder",
    ),
    "index in and out": (lambda f: all_in(f, "x/../../other.safetensors"), "outside the folder"),
    "index of one tensor": (
        split_and(lambda f, files: index(f, {**files, NORM: "../other.safetensors"})),
        "outside the folder",
    ),
    "index hidden": (lambda f: all_in(f, ".hidden.safetensors"), "outside the folder"),
    "index of a pickle": (lambda f: all_in(f, "pytorch_model.bin"), "no safetensors file"),
    "index of one pickle": (
        split_and(lambda f, files: index(f, {**files, NORM: "pytorch_model.bin"})),
        "no safetensors file",
    ),
    "index of text": (lambda f: all_in(f, "model.SAFETENSORS"), "no safetensors file"),
    "index of a number": (lambda f: index(f, {"a": 1}), "outside the folder"),
    "index of nothing": (lambda f: index(f, {}), "names no tensors"),
    "index is a list": (lambda f: (f / INDEX).write_text("[]"), "must be a JSON object"),
    "index map is a list": (lambda f: index(f, ["a"]), "names no tensors"),
    "index of a lost file": (
        split_and(lambda f, _: (f / "model-00002-of-00002.safetensors").unlink()), "is missing",
    ),
    "index of a lost tensor": (
        split_and(lambda f, files: index(f, {**files, "more": files[NORM]})), "more is not in",
    ),
    "index and one file": (
        split_and(lambda f, _: write_weights(f / WEIGHTS, weights())), "would not read the same",
    ),
    "shards without index": (split_and(lambda f, _: (f / INDEX).unlink()), "is missing"),
    "a second file": (
        lambda f: write_weights(f / "more.safetensors", weights()), "would not read the same",
    ),
    "weights linked": (linked(WEIGHTS), "leads out of the model folder"),
    "config linked": (linked("config.json"), "leads out"),
    "template linked": (linked("chat_template.jinja"), "leads out"),
    "tokenizer linked": (linked("tokenizer.json"), "leads out"),
    "linked to nothing": (
        link_to(WEIGHTS, "none"), "leads nowhere",
    ),
    "linked in a circle": (
        both(link_to("merges.txt", "vocab.txt"), link_to("vocab.txt", "merges.txt")),
        "leads nowhere",
    ),
    "folder linked": (
        both(lambda f: copy(f.parent / "more"), link_to("chat", "../more")), "leads out",
    ),
    "another name in the config": (
        lambda f: change(f / "config.json", transformers_weights="../other.safetensors"),
        "transformers_weights",
    ),
    "an adapter beside": (
        lambda f: (f / "adapter_config.json").write_text("[]"), "holds an adapter",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEADS_OUT)
def test_what_leads_out_of_the_folder_is_refused(name: str, folder: Path) -> None:
    break_it, said = LEADS_OUT[name]
    break_it(folder)
    assert said in refusal(folder)


def test_shards_with_an_index_pass_and_count_in_the_digest(folder: Path, tmp_path: Path) -> None:
    from harness.models.folder import MODEL_FILES

    shard(folder)
    check_model_folder(folder)
    assert [path.name[:11] for path in weight_files(folder)] == ["model-00001", "model-00002"]
    store = Store(tmp_path / "runs")
    before = store.digest(folder, MODEL_FILES)
    filled(NORM, BF16["inf"])(copy(tmp_path / "changed"))
    name = "model-00002-of-00002.safetensors"
    data = bytearray((folder / name).read_bytes())
    data[-1] ^= 1
    (folder / name).write_bytes(data)
    assert store.digest(folder, MODEL_FILES) != before


def test_the_cache_of_a_hub_passes_where_its_links_stay_in_it(folder: Path) -> None:
    cache = folder.parent / "models--a--b"
    snapshot = cache / "snapshots" / "0123"
    snapshot.mkdir(parents=True)
    (cache / "blobs").mkdir()
    for number, path in enumerate(sorted(folder.iterdir())):
        path.rename(cache / "blobs" / f"{number:064}")
        (snapshot / path.name).symlink_to(f"../../blobs/{number:064}")
    check_model_folder(snapshot)
    (snapshot / "config.json").unlink()
    (snapshot / "config.json").symlink_to(copy(folder.parent / "strange") / "config.json")
    assert "leads out" in refusal(snapshot)


def test_a_folder_may_be_reached_by_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").symlink_to(folder)
    check_model_folder(tmp_path / "mine")


def config(**values: Any) -> Break:
    return lambda folder: change(folder / "config.json", **values)


def beside(name: str, **values: Any) -> Break:
    return lambda folder: change(folder / f"{name}.json", **values)


def text(name: str, content: str) -> Break:
    return lambda folder: (folder / name).write_text(content, "utf-8")


ODD: Mapping[str, tuple[Break, str]] = {
    "config list": (text("config.json", "[]"), "config.json: must be a JSON object, not a list"),
    "config null": (text("config.json", "null"), "must be a JSON object, not null"),
    "config text": (text("config.json", '"qwen2"'), 'must be a JSON object, not "qwen2"'),
    "config number": (text("config.json", "7"), "must be a JSON object, not 7"),
    "config empty": (text("config.json", ""), "config.json: not valid JSON"),
    "config nested deep": (text("config.json", "[" * 100_000), "config.json: not valid JSON"),
    "config not UTF-8": (lambda f: (f / "config.json").write_bytes(b"\xff\xfe{"), "not valid JSON"),
    "config {}": (text("config.json", "{}"), "names no architecture"),
    "config folder": (
        as_folder("config.json"), "config.json is",
    ),
    "architectures null": (config(architectures=None), "names no architecture"),
    "architectures empty": (config(architectures=[]), "names no architecture"),
    "architectures text": (config(architectures="Qwen2ForCausalLM"), "must be a list of names"),
    "architectures numbers": (config(architectures=[1]), "must be a list of names"),
    "no model_type": (config(model_type=...), "model_type must be text, such as qwen2, not null"),
    "model_type list": (config(model_type=["qwen2"]), "model_type must be text"),
    "model_type empty": (config(model_type=""), "model_type must be text"),
    "hidden_size text": (config(hidden_size="256"), 'hidden_size must be a whole number from 1'),
    "layers float": (config(num_hidden_layers=6.5), "num_hidden_layers must be a whole number"),
    "layers true": (config(num_hidden_layers=True), "not true"),
    "layers negative": (config(num_hidden_layers=-6), "not -6"),
    "heads zero": (config(num_attention_heads=0), "num_attention_heads must be"),
    "vocabulary huge": (config(vocab_size=10**15), "vocab_size must be"),
    "sizes in a list of text": (config(intermediate_size=["768"]), "intermediate_size must be"),
    "text_config odd": (config(text_config={"hidden_size": {}}), "text_config.hidden_size must be"),
    "eos text": (config(eos_token_id={}), "eos_token_id must be a token's number"),
    "eos list of text": (config(eos_token_id=["2"]), "eos_token_id must be a token's number"),
    "dtype odd": (config(dtype="float7"), "dtype must be one of"),
    "dtype number": (config(dtype=16), "dtype must be one of"),
    "torch_dtype odd": (config(torch_dtype="torch.complex"), "torch_dtype must be one of"),
    "generation list": (text("generation_config.json", "[1]"), "generation_config.json: must be"),
    "generation null": (text("generation_config.json", "null"), "must be a JSON object, not null"),
    "generation broken": (text("generation_config.json", "{"), "not valid JSON"),
    "generation eos": (beside("generation_config", eos_token_id={}), "eos_token_id must be"),
    "generation temperature": (
        beside("generation_config", temperature="hot"), "temperature must be a number",
    ),
    "generation length": (beside("generation_config", max_new_tokens=[9]), "max_new_tokens must"),
    "tokenizer settings list": (text("tokenizer_config.json", "[]"), "tokenizer_config.json: must"),
    "tokenizer settings null": (text("tokenizer_config.json", "null"), "not null"),
    "tokenizer class": (beside("tokenizer_config", tokenizer_class=7), "tokenizer_class must be"),
    "tokenizer length": (beside("tokenizer_config", model_max_length="x"), "model_max_length must"),
    "tokenizer eos": (beside("tokenizer_config", eos_token=2), "eos_token must be text"),
    "template number": (beside("tokenizer_config", chat_template=1), "chat_template must be text"),
    "template object": (beside("tokenizer_config", chat_template={}), "chat_template must be text"),
    "template list": (beside("tokenizer_config", chat_template=["a"]), "a name and a template"),
    "template file": (text("chat_template.json", "{}"), "chat_template must be text"),
    "tokens list": (text("special_tokens_map.json", "[]"), "special_tokens_map.json: must be"),
    "added list": (text("added_tokens.json", "[]"), "added_tokens.json: must be"),
    "tokenizer null": (text("tokenizer.json", "null"), "tokenizer.json: must be a JSON object"),
    "tokenizer model": (beside("tokenizer", model=None), "model must be a JSON object, not null"),
    "vocabulary empty": (
        beside("tokenizer", model={"type": "BPE", "vocab": {}, "merges": []}), "empty vocabulary",
    ),
    "vocabulary number": (beside("tokenizer", model={"vocab": 3}), "empty vocabulary"),
    "vocab.json empty": (text("vocab.json", "{}"), "empty vocabulary"),
    "no tokenizer": (lambda f: (f / "tokenizer.json").unlink(), "tokenizer.json is missing"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_setting_is_one_sentence(name: str, folder: Path) -> None:
    break_it, said = ODD[name]
    break_it(folder)
    assert said in refusal(folder)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("internlm2", "Podium converts it"),
        ("qwen", "Qwen1.5"),
        ("chatglm", "-hf"),
        ("phi3", "transformers knows phi3 without it"),
        ("qwen2", "transformers knows qwen2 without it"),
        ("mymodel", "convert the weights to an architecture"),
        (None, "convert the weights to an architecture"),
        (["internlm2"], "convert the weights to an architecture"),
    ],
)
def test_a_model_with_code_is_refused_with_what_to_do(
    kind: object, said: str, folder: Path
) -> None:
    (folder / "modeling_own.py").write_text("raise SystemExit", "utf-8")
    own = {"AutoModelForCausalLM": "modeling_own.Own"}
    change(folder / "config.json", model_type=kind, auto_map=own)
    told = refusal(folder)
    assert "remote code, which is never run" in told
    assert said in told


def test_code_without_auto_map_is_refused_as_well(folder: Path) -> None:
    (folder / "modeling_own.py").write_text("raise SystemExit", "utf-8")
    assert "holds code (modeling_own.py)" in refusal(folder)


ADAPTER = {"peft_type": "LORA", "r": 8, "target_modules": ["q_proj"]}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("[]", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ("{", "not valid JSON"),
        ("{}", "peft_type must be LORA"),
        (json.dumps({**ADAPTER, "peft_type": "IA3"}), "peft_type must be LORA"),
        (json.dumps({**ADAPTER, "r": "8"}), "r, the rank"),
        (json.dumps({**ADAPTER, "r": 0}), "r, the rank"),
        (json.dumps({**ADAPTER, "r": True}), "r, the rank"),
        (json.dumps({**ADAPTER, "target_modules": []}), "names no layers"),
        (json.dumps({**ADAPTER, "auto_mapping": {"parent_library": "os"}}), "never run"),
    ],
)
def test_an_odd_adapter_is_one_sentence(config: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text(config, "utf-8")
    write_weights(tmp_path / "adapter_model.safetensors", {"a": ("BF16", [1], b"\x00\x00")})
    with pytest.raises(InputError, match=said):
        check_adapter(tmp_path)


def test_an_adapter_is_whole_and_finite(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"adapter_config\.json is missing"):
        check_adapter(tmp_path)
    (tmp_path / "adapter_config.json").write_text(json.dumps(ADAPTER), "utf-8")
    with pytest.raises(InputError, match=r"adapter_model\.safetensors is missing"):
        check_adapter(tmp_path)
    at = tmp_path / "adapter_model.safetensors"
    write_weights(at, {"a": ("F32", [1], struct.pack("<f", 1.0))})
    check_adapter(tmp_path)
    write_weights(at, {"a": ("F32", [1], struct.pack("<f", float("nan")))})
    with pytest.raises(InputError, match="not finite"):
        check_adapter(tmp_path)
