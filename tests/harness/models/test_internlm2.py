"""InternLM2 as Llama: the same logits, the same tokens, no code run, nothing guessed."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.core import Message, Sample
from harness.errors import InputError, SpecError
from harness.experiment.plan import plan
from harness.experiment.recipe import prepare
from harness.models.chat import load_tokenizer, prompt_ids
from harness.models.ends import end_tokens
from harness.models.internlm2.names import llama_names
from harness.models.internlm2.tokenizer import PROBES, check_equal, parse
from harness.models.loading import check_model, check_network, load_network
from harness.models.native import comes_with_code, model_digest, native_folder
from harness.models.targets import check_targets
from harness.pipeline import run
from harness.spec import Spec, load_specs
from harness.store.store import Store
from tests.conftest import sample
from tests.harness.models.folders import change, copy
from tests.harness.models.internlm2s import HEADS, LAYERS, SIZE, make_internlm2, sentencepiece_model
from tests.podium import write_spec


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_internlm2(tmp_path_factory.mktemp("internlm2") / "chat")


@pytest.fixture(scope="module")
def native(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return native_folder(source, tmp_path_factory.mktemp("runs"))


@pytest.fixture
def own(source: Path, tmp_path: Path) -> Path:
    """A copy for one test alone."""
    return Path(shutil.copytree(source, tmp_path / "own"))


def read_weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return {n: t for path in folder.glob("*.safetensors") for n, t in load_file(path).items()}


# --- the network ---------------------------------------------------------------------------------


def reference(folder: Path, ids: list[int]) -> Any:
    """Logits (tokens, vocabulary) of an InternLM2, as its description says, head by head.

    Pre-norm blocks with root-mean-square norms; rotary positions that turn the first half of a head
    against the second; `wqkv` holds for each head of keys its heads of queries, the key and the
    value; a gated unit `w2(silu(w1 x) * w3 x)`. No code is shared with the conversion.
    """
    import torch

    config = json.loads((folder / "config.json").read_text("utf-8"))
    keys, eps = config["num_key_value_heads"], config["rms_norm_eps"]
    shared, count = HEADS // keys, len(ids)
    tensors = read_weights(folder)

    def norm(x: Any, name: str) -> Any:
        return x / torch.sqrt((x * x).mean(-1, keepdim=True) + eps) * tensors[f"{name}.weight"]

    def linear(x: Any, name: str) -> Any:
        return x @ tensors[f"{name}.weight"].T + tensors.get(f"{name}.bias", 0.0)

    speeds = config["rope_theta"] ** (-torch.arange(0, SIZE, 2, dtype=torch.float64) / SIZE)
    angles = torch.arange(count, dtype=torch.float64)[:, None] * speeds
    turn = torch.polar(torch.ones_like(angles), angles).to(torch.complex64)

    def turned(head: Any) -> Any:
        spun = torch.complex(head[:, : SIZE // 2], head[:, SIZE // 2 :]) * turn
        return torch.cat([spun.real, spun.imag], dim=-1)

    x = tensors["model.tok_embeddings.weight"][ids]
    for number in range(LAYERS):
        at = f"model.layers.{number}"
        fused = linear(norm(x, f"{at}.attention_norm"), f"{at}.attention.wqkv")
        columns = fused.split(SIZE, dim=-1)
        answers = []
        for head in range(HEADS):
            group, place = divmod(head, shared)
            first = group * (shared + 2)
            query = turned(columns[first + place])
            key, value = turned(columns[first + shared]), columns[first + shared + 1]
            scores = query @ key.T / math.sqrt(SIZE)
            later = torch.ones(count, count, dtype=torch.bool).triu(1)
            answers.append(scores.masked_fill(later, -math.inf).softmax(-1) @ value)
        x = x + linear(torch.cat(answers, dim=-1), f"{at}.attention.wo")
        h = norm(x, f"{at}.ffn_norm")
        gate = torch.nn.functional.silu(linear(h, f"{at}.feed_forward.w1"))
        x = x + linear(gate * linear(h, f"{at}.feed_forward.w3"), f"{at}.feed_forward.w2")
    return linear(norm(x, "model.norm"), "output")


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("keys", [1, 2, 4])
def test_logits_are_those_of_the_description(keys: int, bias: bool, tmp_path: Path) -> None:
    import torch

    source = make_internlm2(tmp_path / "chat", keys=keys, bias=bias, seed=keys)
    native = native_folder(source, tmp_path / "runs")
    check_model(native)
    check_network(native)
    ids = torch.randint(3, 600, (48,), generator=torch.Generator().manual_seed(7)).tolist()
    with torch.no_grad():
        ours = load_network(native, torch.float32)(input_ids=torch.tensor([ids])).logits[0]
        theirs = reference(source, ids)
    assert theirs.std() > 0.5  # else anything would be near
    assert (ours - theirs).abs().max() < 1e-5
    assert (ours.argmax(-1) == theirs.argmax(-1)).all()


def test_a_tied_head_and_linear_positions_are_kept(tmp_path: Path) -> None:
    tied = {"tie_word_embeddings": True, "rope_scaling": {"type": "linear", "factor": 4.0}}
    source = make_internlm2(tmp_path / "chat", settings=tied)
    native = native_folder(source, tmp_path / "runs")
    check_network(native)
    assert "lm_head.weight" not in read_weights(native)
    config = json.loads((native / "config.json").read_text("utf-8"))
    assert config["rope_parameters"] == {
        "rope_theta": 1000000, "rope_type": "linear", "factor": 4.0,
    }  # fmt: skip


def test_bits_and_types_stay(own: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    for path in own.glob("*.safetensors"):
        save_file({n: t.to(torch.bfloat16) for n, t in load_file(path).items()}, path)
    theirs, ours = read_weights(own), read_weights(native_folder(own, tmp_path / "runs"))
    assert {tensor.dtype for tensor in ours.values()} == {torch.bfloat16}
    assert sum(t.numel() for t in ours.values()) == sum(t.numel() for t in theirs.values())
    name = "model.layers.1.attention.wqkv.weight"
    key = theirs[name].reshape(2, 4, SIZE, -1)[1, 2]  # of the second group, behind two queries
    assert torch.equal(ours["model.layers.1.self_attn.k_proj.weight"][SIZE:], key)


@pytest.mark.real
def test_vllms_own_internlm2_says_the_same(source: Path, native: Path, tmp_path: Path) -> None:
    """vLLM computes InternLM2 from the fused weights itself, once transformers reads the sizes."""
    import torch

    others = shutil.ignore_patterns("*.py", "tokenizer*")
    fused = Path(shutil.copytree(source, tmp_path / "fused", ignore=others))
    change(fused / "config.json", model_type="llama", auto_map=..., rope_scaling=...)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(native / name, fused / name)
    asked = [prompt_ids(load_tokenizer(native), sample(number)) for number in range(3)]
    network = load_network(native, torch.float32)
    for prompt, (tokens, logs) in zip(asked, greedy_by_vllm(fused, asked), strict=True):
        with torch.no_grad():
            logits = network(input_ids=torch.tensor([[*prompt, *tokens]])).logits[0]
        ours = logits.log_softmax(-1)[len(prompt) - 1 : -1]
        assert ours.argmax(-1).tolist() == tokens
        assert (ours.max(-1).values - torch.tensor(logs)).abs().max() < 1e-4


def greedy_by_vllm(folder: Path, prompts: list[list[int]]) -> list[tuple[list[int], list[float]]]:
    """The tokens that vLLM's InternLM2 chooses, and the logarithms of their probabilities."""
    from vllm import LLM, SamplingParams

    llm = LLM(
        model=str(folder), dtype="float32", max_model_len=256, max_num_seqs=4, enforce_eager=True,
        generation_config="vllm", trust_remote_code=False, load_format="safetensors", seed=0,
    )  # fmt: skip
    try:
        (architecture,) = llm.llm_engine.model_config.architectures
        assert architecture == "InternLM2ForCausalLM"
        settings = SamplingParams(temperature=0, max_tokens=12, logprobs=1, ignore_eos=True)
        found = [r.outputs[0] for r in llm.generate(prompts, settings, use_tqdm=False)]
    finally:
        llm.llm_engine.engine_core.shutdown()
    return [
        (list(o.token_ids), [p[t].logprob for t, p in zip(o.token_ids, o.logprobs, strict=True)])
        for o in found
    ]


# --- the tokenizer -------------------------------------------------------------------------------

TEXTS = (
    *PROBES, "G1234次 07:05", "哪 些 列 车", "  two  spaces", "trailing ", "\t\ttabs", "\n\n\n",
    "\r\n", "二十三点零五分", "𝒜𝓑 mixed 中文abc123", "＜｜im_end｜＞", "a\u0301", "<0x0A>", "▁",
    "▁▁a", "\x00\x1f",
)  # fmt: skip


@pytest.mark.parametrize("space_before", [False, True])
def test_tokens_are_those_of_sentencepiece(space_before: bool, tmp_path: Path) -> None:
    import sentencepiece

    source = make_internlm2(tmp_path / "chat", space_before=space_before)
    tokenizer = load_tokenizer(native_folder(source, tmp_path / "runs"))
    model = sentencepiece.SentencePieceProcessor(model_proto=sentencepiece_model(space_before))
    for text in TEXTS:
        ids = tokenizer(text, add_special_tokens=False).input_ids
        assert ids == model.encode(text), text
        shown = tokenizer.decode(ids)
        assert shown.lstrip(" ") == text.replace("▁", " ").lstrip(" "), text


def test_tokens_of_the_whole_corpus(native: Path) -> None:
    import itertools

    import sentencepiece

    from baselines.tiny_corpus import conversations

    tokenizer = load_tokenizer(native)
    model = sentencepiece.SentencePieceProcessor(model_proto=sentencepiece_model())
    for turns in itertools.islice(conversations(5), 300):
        text = "\n".join(f"{turn.question} {turn.answer}" for turn in turns)
        assert tokenizer(text, add_special_tokens=False).input_ids == model.encode(text)


def test_a_conversation_is_framed_by_special_tokens(native: Path) -> None:
    tokenizer = load_tokenizer(native)
    start, end = (tokenizer.convert_tokens_to_ids(t) for t in ("<|im_start|>", "<|im_end|>"))
    asked = Sample(**{**_fields(sample(1)), "messages": (Message("user", "几点</s>？"),)})
    ids = prompt_ids(tokenizer, asked)
    assert (ids[0], ids[1], ids.count(start), ids.count(end)) == (1, start, 2, 1)
    assert tokenizer.eos_token_id == 2
    assert tokenizer("几点").input_ids[0] == 1  # a text by itself begins with <s>
    assert end_tokens(native, tokenizer) == (2, end)
    assert start == end + 1 == len(tokenizer) - 1


def _fields(of: Sample) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__slots__}


def test_a_tokenizer_that_disagrees_is_refused(native: Path) -> None:
    import sentencepiece
    from tokenizers import Tokenizer

    ours = Tokenizer.from_file(str(native / "tokenizer.json"))
    other = sentencepiece.SentencePieceProcessor(model_proto=sentencepiece_model(True))
    with pytest.raises(InputError, match="otherwise than sentencepiece"):
        check_equal(native, other, ours)


# --- what a user meets ---------------------------------------------------------------------------


def test_it_is_converted_once_and_found_again(
    source: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "podium")
    first = native_folder(source, tmp_path / "runs")
    assert sum("converting InternLM2" in line for line in caplog.messages) == 1
    assert any("dynamic rope_scaling is left out: up to 512" in line for line in caplog.messages)
    assert native_folder(source, tmp_path / "runs") == first
    assert sum("converting InternLM2" in line for line in caplog.messages) == 1
    about = json.loads((first.parent / "meta.json").read_text("utf-8"))
    assert about["inputs"]["from"] == "internlm2"
    assert len(about["inputs"]["source"]) == 64
    assert not list(first.glob("*.py"))
    settings = json.loads((first / "tokenizer_config.json").read_text("utf-8"))
    assert "auto_map" not in settings


def test_other_weights_are_another_model(own: Path, source: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "runs")
    assert model_digest(own, store) == model_digest(source, store)
    change(own / "config.json", rope_theta=10000)
    assert model_digest(own, store) != model_digest(source, store)
    assert not (tmp_path / "runs" / "stages").exists()  # nothing is converted for a digest
    assert native_folder(own, tmp_path / "runs") != native_folder(source, tmp_path / "runs")


def test_any_other_folder_is_itself(tmp_path: Path) -> None:
    folder = copy(tmp_path / "tiny")
    assert not comes_with_code(folder)
    assert native_folder(folder, tmp_path / "runs") == folder
    assert native_folder(tmp_path / "none", tmp_path / "runs") == tmp_path / "none"
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("asked", ["wqkv", "wo", "w1", "w2", "w3"])
def test_its_own_names_of_layers_are_translated(native: Path, asked: str) -> None:
    network = load_network(native, "auto")
    names = llama_names(asked)
    check_targets(list(names), network)
    with pytest.raises(InputError, match=rf"InternLM2 .* Llama, where that is \[{names[0]}"):
        check_targets([asked], network)


def spec_of(base: Path, folder: Path, **finetune: Any) -> list[Spec]:
    """Two entries over a base: as it is, and tuned for a moment."""
    path = write_spec(
        folder,
        {
            "name": "intern",
            "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "test_limit": 4},
            "model": {"base": str(base), "engine": "hf", "dtype": "float32", "max_length": 512},
            "distill": {"samples": 40}, "generate": {"max_tokens": 8}, "latency": None,
            "entries": [{"name": "untuned"}, {"name": "lora", "finetune": finetune}],
            "runtime": {"runs": str(folder / "runs")},
        },
    )  # fmt: skip
    return load_specs(path)


def test_a_spec_with_its_names_of_layers_is_refused_before_anything_runs(
    source: Path, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match=r"intern-lora: finetune.targets: 'wqkv'.*\[q_proj, k_proj"):
        prepare(spec_of(source, tmp_path, targets=["wqkv"]))
    assert not (tmp_path / "runs" / "stages").exists()


@pytest.mark.real
def test_a_spec_names_it_as_it_was_downloaded(source: Path, tmp_path: Path) -> None:
    specs = spec_of(source, tmp_path, rank=4, epochs=1, batch_size=20, targets=["q_proj", "o_proj"])
    assert {step["state"] for step in plan(specs)} == {"will run"}
    assert not (tmp_path / "runs" / "stages").exists()  # a plan converts nothing
    folders = run(specs)
    assert [folder.name for folder in folders] == ["intern-untuned", "intern-lora"]
    assert len(list((tmp_path / "runs" / "stages").glob("convert-*"))) == 1
    shown = json.loads((folders[1] / "summary.json").read_text("utf-8"))
    assert shown["model"]["base"] == "chat"
    assert str(source) in (folders[1] / "spec.yaml").read_text("utf-8")


def reshape(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    for path in folder.glob("*.safetensors"):
        tensors = load_file(path)
        save_file({n: t[:-1] if "wqkv" in n else t for n, t in tensors.items()}, path)


def rename(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    index = json.loads((folder / "model.safetensors.index.json").read_text("utf-8"))
    index["weight_map"] = {
        name.replace("ffn_norm", "moe_norm"): file for name, file in index["weight_map"].items()
    }
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    for path in folder.glob("*.safetensors"):
        tensors = load_file(path)
        save_file({n.replace("ffn_norm", "moe_norm"): t for n, t in tensors.items()}, path)


def settings_of(**values: Any) -> Callable[[Path], None]:
    return lambda folder: change(folder / "config.json", **values)


def unused(folder: Path, name: str) -> None:
    """Have sentencepiece not use a piece; a placeholder that nothing makes is no matter."""
    path = folder / "tokenizer.model"
    proto = parse(path.read_bytes())
    next(piece for piece in proto.pieces if piece.piece == name).type = 5
    path.write_bytes(proto.SerializeToString())


def test_placeholders_may_be_unused(own: Path, tmp_path: Path) -> None:
    unused(own, "[UNUSED_TOKEN_0]")
    tokenizer = load_tokenizer(native_folder(own, tmp_path / "runs"))
    assert tokenizer.convert_tokens_to_ids("<|plugin|>") == len(tokenizer) - 6


def added_as(number: str, content: str) -> Callable[[Path], None]:
    added = {number: {"content": content}}
    return lambda folder: change(folder / "tokenizer_config.json", added_tokens_decoder=added)


ODD: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "reward model": (
        settings_of(architectures=["InternLM2ForRewardModel"]), "only InternLM2ForCausalLM",
    ),
    "other activation": (settings_of(hidden_act="gelu"), "hidden_act must be silu"),
    "yarn": (settings_of(rope_scaling={"type": "yarn", "factor": 2}), "rope_scaling 'yarn'"),
    "quantised": (settings_of(quantization_config={"bits": 4}), "quantised"),
    "heads": (settings_of(num_attention_heads=3), "do not go into each other"),
    "no size": (settings_of(hidden_size=...), "hidden_size is missing"),
    "fused shape": (reshape, "has the shape"),
    "unknown tensor": (rename, "moe_norm.weight is no tensor of InternLM2"),
    "no sentencepiece": (lambda f: (f / "tokenizer.model").unlink(), "tokenizer"),
    "broken sentencepiece": (
        lambda f: (f / "tokenizer.model").write_bytes(b"nothing"), "sentencepiece cannot read it",
    ),
    "unused": (lambda f: unused(f, "候车厅"), "joins pieces that it does not use"),
    "named twice": (added_as("5", "</s>"), "two tokens have one name"),
    "a gap": (added_as("5000", "x"), "leaves a gap"),
    "no number": (added_as("five", "x"), "damaged at five"),
    "pickled": (
        lambda f: [p.rename(p.with_suffix(".bin")) for p in f.glob("*.safetensors")], "safetensors",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_not_known_is_one_sentence_and_leaves_nothing(
    name: str, own: Path, tmp_path: Path
) -> None:
    break_it, said = ODD[name]
    break_it(own)
    with pytest.raises(InputError, match=said) as caught:
        native_folder(own, tmp_path / "runs")
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "runs" / "stages").glob("convert-*"))
