"""A bank of planted faults: each breaks one thing of what a person could hand to `podium check`."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, ModelSection
from harness.core import Sample
from harness.finetune.head import IGNORED
from harness.finetune.memory import GIB
from harness.preflight import machine as machines
from harness.preflight.dry_step import Batch, check_masks
from harness.preflight.leaks import check_leaks, held_out
from harness.preflight.machine import Machine
from harness.preflight.network import skeleton
from harness.preflight.problem import Problem
from harness.preflight.rows import Row
from harness.preflight.tokens import check_round_trip
from tests.harness.models.adapters import make_adapter
from tests.harness.models.folders import TINY, WEIGHTS, Weights, change, reweigh, write_weights
from tests.harness.preflight.bench import (
    Bench,
    add_tokens,
    chatml,
    question,
    random_model,
    row,
    tiny,
    token_numbers,
    trl_template,
)

Planted = list[Problem]
TEXT_END, TURN_END = "<|endoftext|>", "<|im_end|>"
SYSTEM = "你是列车时刻表助手。"
EACH = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# No other training with these numbers: a card of 2018, and one that has room for everything.
T4 = Machine((7, 5), False, True, 16 * GIB, 500 * GIB)
LARGE = Machine((9, 0), True, True, 80 * GIB, 500 * GIB, flash_attention=True)


@dataclass(frozen=True)
class Fault:
    """A planted fault: the rule that must find it, how it is planted, and words of the finding."""

    name: str
    rule: str
    plant: Callable[[Path], Planted]
    said: str = ""


# --- chat templates -------------------------------------------------------------------------------


def templated(template: str, **changes: Any) -> Callable[[Path], Planted]:
    """The tiny base with another chat template."""
    return lambda at: Bench(tiny(at / "base", template), **changes).problems()


def rewriting(how: str) -> str:
    """A template that writes answers in a way of its own."""
    said = "{% if m.role == 'assistant' %}{{ " + how + " }}{% else %}{{ m.content }}{% endif %}"
    return EACH.replace("{{ m.content }}", said)


def with_system() -> list[dict[str, Any]]:
    return [row(n, system=SYSTEM) for n in range(12)]


def two_turns() -> list[dict[str, Any]]:
    rows = [row(n) for n in range(12)]
    for one in rows:
        one["messages"][:0] = [
            {"role": "user", "content": "你好，我想问车次。"},
            {"role": "assistant", "content": "请说。"},
        ]
    return rows


LAST_ALONE = EACH.replace("in messages", "in messages[-2:]")
NO_SYSTEM = EACH.replace("in messages", "in messages if m.role != 'system'")
REFUSES_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
)
REFUSES_ANSWERS = "{% if messages[-1].role == 'assistant' %}{{ 1 / 0 }}{% endif %}"
SERVED_SYSTEM = "{% if add_generation_prompt %}<|im_start|>system\n你是助手<|im_end|>\n{% endif %}"
TRAINED_SYSTEM = SERVED_SYSTEM.replace("if add", "if not add")
THOUGHT = EACH.replace(
    "{{ m.content }}",
    "{% if m.role == 'assistant' %}<think>\n\n</think>\n\n{% endif %}{{ m.content }}",
)
COUNTED = "{{ messages | length }}" + EACH


def thinking_answers(at: Path) -> Planted:
    rows = [row(n, answer=f"<think>想一想</think>07:{n:02d}开车。") for n in range(12)]
    base = random_model("qwen3", at / "base")
    return Bench(base, rows=rows, model={"max_length": 512}).problems()


def llama(at: Path, template: Callable[[str], str]) -> Planted:
    base = random_model("llama", at / "base")
    path = base / "chat_template.jinja"
    path.write_text(template(path.read_text("utf-8")), "utf-8")
    return Bench(base, model={"max_length": 512}).problems()


def without_bos(at: Path) -> Planted:
    base = random_model("llama", at / "base")
    path, number = base / "tokenizer.json", token_numbers(base)["<|begin_of_text|>"]
    beginning = {"SpecialToken": {"id": "<|begin_of_text|>", "type_id": 0}}
    tokens = {
        "<|begin_of_text|>": {
            "id": "<|begin_of_text|>", "ids": [number], "tokens": ["<|begin_of_text|>"]
        }
    }  # fmt: skip
    single = [beginning, {"Sequence": {"id": "A", "type_id": 0}}]
    pair = [*single, {"Sequence": {"id": "B", "type_id": 1}}]
    change(
        path,
        post_processor={
            "type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": tokens,
        },
    )  # fmt: skip
    template = trl_template("llama3").replace("{% set content = bos_token + content %}", "")
    (base / "chat_template.jinja").write_text(template, "utf-8")
    return Bench(base, model={"max_length": 512}).problems()


TEMPLATES = (
    Fault("raises on a system turn", "template-raises",
          templated(REFUSES_SYSTEM + EACH, rows=with_system()), "no system"),
    Fault("raises on a system turn of a question", "template-raises",
          templated(REFUSES_SYSTEM + EACH, asked=[question(1, system=SYSTEM)]), "questions"),
    Fault("raises once an answer follows", "template-raises", templated(REFUSES_ANSWERS + EACH)),
    Fault("leaves the system out", "turn-left-out", templated(NO_SYSTEM, rows=with_system())),
    Fault("renders the last turns alone", "turn-left-out", templated(LAST_ALONE, rows=two_turns())),
    Fault("leaves the question out", "base", templated("<|im_start|>你好<|im_end|>"),
          "leaves the question out"),
    Fault("cannot render a question", "base", templated("{{ messages[7].content }}"),
          "cannot render"),
    Fault("cuts answers", "answer-rewritten",
          templated(rewriting("m.content[:12]"))),
    Fault("rewrites answers", "answer-rewritten",
          templated(rewriting("m.content | replace('次', '')"))),
    Fault("takes thoughts out of answers", "answer-rewritten", thinking_answers),
    Fault("writes no end", "no-end",
          templated(EACH.replace("<|im_end|>\n{% endfor", "\n{% endfor"))),
    Fault("writes the end of questions alone", "no-end",
          templated(EACH.replace("<|im_end|>\n{% endfor",
                                 "{% if m.role == 'user' %}<|im_end|>{% endif %}\n{% endfor"))),
    Fault("a system prompt in serving alone", "prompt-differs", templated(SERVED_SYSTEM + EACH)),
    Fault("a system prompt in training alone", "prompt-differs", templated(TRAINED_SYSTEM + EACH)),
    Fault("counts the turns", "prompt-differs", templated(COUNTED)),
    Fault("another header in serving", "prompt-differs",
          templated(EACH.replace("|>assistant\n{% endif", "|>助手\n{% endif"))),
    Fault("a think block in training alone", "written-before-answer", templated(THOUGHT)),
    Fault("no header in serving", "written-before-answer",
          templated(EACH.replace("<|im_start|>assistant\n{% endif", "{% endif"))),
    Fault("begins twice", "bos-twice", lambda at: llama(at, lambda t: "{{ bos_token }}" + t)),
    Fault("leaves the beginning out", "bos-missing", without_bos),
)  # fmt: skip


# --- tokenizers and ends --------------------------------------------------------------------------


def ends(at: Path, generation: Any, **settings: Any) -> Planted:
    base = tiny(at / "base", **settings)
    path = base / "generation_config.json"
    if generation is None:
        path.unlink()
    else:
        change(path, eos_token_id=generation)
    return Bench(base).problems()


def no_template(at: Path) -> Planted:
    base = tiny(at / "base")
    (base / "chat_template.jinja").unlink()
    return Bench(base).problems()


def more_tokens(at: Path) -> Planted:
    """Tokens were added, and the embeddings never resized."""
    base = tiny(at / "base")
    add_tokens(base, ["<|train|>", "<|hall|>"])
    return Bench(base).problems()


def new_tokens(at: Path, rows_of: Callable[[bytes, int], bytes]) -> Planted:
    """Tokens were added and the embeddings resized, but not trained; every row uses them."""
    base = tiny(at / "base")
    add_tokens(base, ["<|train|>", "<|hall|>"])
    name = "model.embed_tokens.weight"

    def grown(weights: Weights) -> Weights:
        dtype, (count, width), data = weights[name]
        size = len(data) // count
        return {**weights, name: (dtype, [count + 2, width], data + rows_of(data, size))}

    reweigh(base, grown)
    change(base / "config.json", vocab_size=2050)
    template = chatml().replace("{% for", "<|train|><|hall|>{% for", 1)
    (base / "chat_template.jinja").write_text(template, "utf-8")
    return Bench(base).problems()


def lossy(at: Path) -> Planted:
    """A tokenizer that knows small letters alone, as many for English do."""
    from tokenizers.normalizers import Lowercase

    case = Bench(tiny(at / "base")).case()
    case.base.tokens.tokenizer.backend_tokenizer.normalizer = Lowercase()
    return list(check_round_trip(case.base.tokens, case.rendered.rows))


def foreign_tokenizer(at: Path) -> Planted:
    """As many words, numbered otherwise: another model's."""
    base = tiny(at / "base")
    path = base / "tokenizer.json"
    tree = json.loads(path.read_text("utf-8"))
    words, special = tree["model"]["vocab"], set(token_numbers(base).values())
    names = [word for word, number in words.items() if number not in special]
    numbers = [words[name] for name in names]
    random.Random(0).shuffle(numbers)
    words.update(zip(names, numbers, strict=True))
    path.write_text(json.dumps(tree, ensure_ascii=False), "utf-8")
    return Bench(base, dry=True).problems()


TOKENS = (
    Fault("turn end that only the template knows", "end-known-to-template-alone",
          lambda at: ends(at, 0, eos_token=TEXT_END), "eos_token_id: [0, 2]"),
    Fault("no generation settings", "end-known-to-template-alone",
          lambda at: ends(at, None, eos_token=TEXT_END)),
    Fault("an end out of the vocabulary", "end-out-of-vocabulary",
          lambda at: ends(at, [2, 151645])),
    Fault("no end token", "base", lambda at: ends(at, 2, eos_token=None), "no eos_token"),
    Fault("no chat template", "base", no_template, "no chat template"),
    Fault("tokens beyond the embeddings", "token-without-embedding", more_tokens),
    Fault("new tokens of zero", "untrained-token",
          lambda at: new_tokens(at, lambda _, size: bytes(2 * size)), "zero"),
    Fault("new tokens all alike", "untrained-token",
          lambda at: new_tokens(at, lambda data, size: 2 * data[50 * size : 51 * size]), "equal"),
    Fault("a tokenizer that loses text", "tokenizer-loses-text", lossy),
    Fault("another model's tokenizer", "rows-are-noise", foreign_tokenizer),
)  # fmt: skip


# --- masks ----------------------------------------------------------------------------------------


def masked(make: Callable[[Row], Sequence[int]], **settings: Any) -> Callable[[Path], Planted]:
    """What a trainer would learn of the tiny base's rows, were it to mask them so."""

    def plant(at: Path) -> Planted:
        case = Bench(tiny(at / "base", **settings)).case()
        rows = case.rendered.rows[:4]
        batch = [Batch(one.ids, tuple(make(one))) for one in rows]
        return list(check_masks(rows, batch, case.base.tokens.ends))

    return plant


def learned(one: Row, start: int, end: int | None = None) -> list[int]:
    """Labels that learn the tokens from `start` up to `end`."""
    stop = len(one.ids) if end is None else end
    return [t if start <= at < stop else IGNORED for at, t in enumerate(one.ids)]


def padding_masked(at: Path) -> Planted:
    """Padding is the end token, and a collator masks it by value, as transformers' does."""
    from transformers import DataCollatorForLanguageModeling

    case = Bench(tiny(at / "base", pad_token=TURN_END)).case()
    rows = case.rendered.rows[:4]
    collate = DataCollatorForLanguageModeling(case.base.tokens.tokenizer, mlm=False)
    made = collate([{"input_ids": list(one.ids)} for one in rows])
    batch = []
    for one, labels in zip(rows, made["labels"].tolist(), strict=True):
        kept = [IGNORED if n < len(one.prompt_ids) else labels[n] for n in range(len(one.ids))]
        batch.append(Batch(one.ids, tuple(kept)))
    return list(check_masks(rows, batch, case.base.tokens.ends))


def thought_learned(at: Path) -> Planted:
    """Qwen3's empty think block is learned, although serving supplies it."""
    case = Bench(random_model("qwen3", at / "base"), model={"max_length": 512}).case()
    block = case.base.tokens.tokenizer("<think>\n\n</think>\n\n").input_ids
    rows = case.rendered.rows[:4]
    batch = [Batch(r.ids, tuple(learned(r, len(r.prompt_ids) - len(block)))) for r in rows]
    return list(check_masks(rows, batch, case.base.tokens.ends))


def other_tokens(at: Path) -> Planted:
    case = Bench(tiny(at / "base")).case()
    rows = case.rendered.rows[:2]
    batch = [Batch((0, *r.ids), (IGNORED, *learned(r, len(r.prompt_ids)))) for r in rows]
    return list(check_masks(rows, batch, case.base.tokens.ends))


MASKS = (
    Fault("everything is learned", "prompt-in-loss", masked(lambda r: r.ids)),
    Fault("a think block is learned", "prompt-in-loss", thought_learned),
    Fault("nothing is learned", "nothing-trained", masked(lambda r: learned(r, len(r.ids)))),
    Fault("the answer's head is masked", "answer-masked",
          masked(lambda r: learned(r, len(r.prompt_ids) + 3))),
    Fault("the end is masked", "end-masked",
          masked(lambda r: learned(r, len(r.prompt_ids), len(r.ids) - 2))),
    Fault("padding is the end, masked by value", "end-masked", padding_masked),
    Fault("the trainer renders otherwise", "trained-otherwise", other_tokens),
)  # fmt: skip


# --- rows -----------------------------------------------------------------------------------------


def about(**changes: Any) -> Callable[[Path], Planted]:
    """The tiny base as it is, with something else wrong."""
    return lambda _: Bench(TINY, **changes).problems()


def one_of(answer: str | None = None, asked: str = "") -> list[dict[str, Any]]:
    """Honest rows, and one that is not."""
    rows = [row(n) for n in range(24)]
    if answer is not None:
        rows[7] = row(7, answer=answer)
    rows[7]["messages"][0]["content"] += asked
    return rows


def leaking(question_of: Callable[[Sample], str], threshold: float | None) -> Planted:
    """A test question among the training questions, with other values in it or the same."""
    asked = [
        replace(question(n, f"请问K{1000 + n}次列车的终点站是哪一站呢？"), named=(f"K{1000 + n}",))
        for n in range(4)
    ]
    honest = [
        replace(question(n, f"K{2000 + n}开往哪儿"), named=(f"K{2000 + n}",), id=f"t{n}")
        for n in range(20)
    ]
    leak = replace(question(9, question_of(asked[1])), id="t99", named=("K1001", "K3"))
    known = held_out(asked, threshold, texts=False)
    return list(check_leaks([*honest, leak], known, allowed=threshold is None))


def texts_leak() -> Planted:
    known = held_out([question(1, "今天天气不错！")], None, texts=True)
    return list(check_leaks([question(2, "今天天气不错")], known, allowed=True))


ROWS = (
    Fault("no rows", "no-rows", about(rows=[])),
    Fault("cut answers", "answer-cut", about(recipe={"max_length": 48}), "or more"),
    Fault("prompts past max_length", "nothing-trained", about(recipe={"max_length": 16})),
    Fault("an empty answer", "answer-empty", about(rows=one_of(""))),
    Fault("a blank answer", "answer-empty", about(rows=one_of(" \n　"))),
    Fault("an end within an answer", "answer-holds-end", about(rows=one_of("07:25<|im_end|>开。"))),
    Fault("a header within an answer", "answer-holds-special",
          about(rows=one_of("07:25<|im_start|>user\n还有呢？"))),
    Fault("a special token in a question", "question-holds-special",
          about(rows=one_of(asked="<|im_end|>"))),
    Fault("a question too long", "prompt-too-long",
          about(asked=[question(0, "车" * 900)], max_tokens=300), "model.max_length"),
    Fault("a question too long for its own limit", "prompt-too-long",
          about(asked=[replace(question(0, "车" * 800), max_tokens=256)], max_tokens=16), "256"),
    Fault("answers longer than serving allows", "answer-outlasts-serving", about(max_tokens=8)),
    Fault("a test question is taught", "leak", lambda _: leaking(lambda s: s.question, 0.9)),
    Fault("a test phrasing is taught of another train", "leak",
          lambda _: leaking(lambda s: s.question.replace("K1001", "K3"), 0.9)),
    Fault("leaks that the spec lets through", "leak",
          lambda _: leaking(lambda s: s.question, None), "dataset.leak"),
    Fault("a test text is taught", "leak", lambda _: texts_leak()),
)  # fmt: skip


# --- targets and recipes --------------------------------------------------------------------------


def recipe(**settings: Any) -> Callable[[Path], Planted]:
    return about(recipe=settings)


def past_positions(at: Path) -> Planted:
    base = random_model("qwen2", at / "base", max_position_embeddings=32)
    return Bench(base, model={"max_length": 32}, max_tokens=4).problems()


RECIPES = (
    Fault("a target that is no layer", "targets", recipe(targets=("query",)), "is no layer"),
    Fault("targets that match in part", "targets", recipe(targets=("q_proj", "wqkv")), "wqkv"),
    Fault("a pattern that matches nothing", "targets", recipe(targets=r".*attention\.w.*")),
    Fault("a pattern that is none", "targets", recipe(targets="(q_proj"), "no regular expression"),
    Fault("the head of a tied base", "targets", recipe(targets=("q_proj", "lm_head"))),
    Fault("the embeddings of a tied base", "targets", recipe(targets=("embed_tokens",))),
    Fault("a rank that vLLM refuses", "rank-above-engine",
          about(engine="vllm", recipe={"rank": 513})),
    Fault("a rank above the layers' width", "rank-above-layer", recipe(rank=300)),
    Fault("more length than positions", "length-above-model",
          about(model={"max_length": 4096}), "2,048"),
    Fault("rows longer than positions", "past-positions", past_positions),
    Fault("a rate of 1e9", "rate-too-high", recipe(lr=1e9)),
    Fault("a rate of 1e-12", "rate-too-low", recipe(lr=1e-12)),
    Fault("a warm-up of nearly all steps", "warmup-too-long", recipe(warmup=0.9)),
    Fault("hardly a step", "few-steps", recipe(epochs=0.2)),
    Fault("a batch of more rows than there are", "batch-above-rows", recipe(batch_size=512)),
    Fault("dropout of nearly everything", "dropout-too-high", recipe(dropout=0.9)),
)  # fmt: skip


# --- weights and adapters -------------------------------------------------------------------------


def weighed(edit: Callable[[Weights], Weights], **changes: Any) -> Callable[[Path], Planted]:
    """The tiny base with other weights."""
    return lambda at: Bench(reweigh(tiny(at / "base"), edit), **changes).problems()


def zeroed(part: str) -> Callable[[Weights], Weights]:
    """Every tensor whose name holds `part`, of zeros."""
    return lambda weights: {
        name: (dtype, shape, bytes(len(data)) if part in name else data)
        for name, (dtype, shape, data) in weights.items()
    }


def not_finite(weights: Weights) -> Weights:
    name = "model.layers.2.mlp.up_proj.weight"
    dtype, shape, data = weights[name]
    return {**weights, name: (dtype, shape, b"\xc0\x7f" + data[2:])}


def configured(**settings: Any) -> Callable[[Path], Planted]:
    def plant(at: Path) -> Planted:
        base = tiny(at / "base")
        change(base / "config.json", **settings)
        return Bench(base).problems()

    return plant


def pickled(at: Path) -> Planted:
    base = tiny(at / "base")
    (base / WEIGHTS).rename(base / "pytorch_model.bin")
    return Bench(base).problems()


def adapter(base: Path, at: Path, edit: Callable[[Path], object] = lambda _: None) -> Path:
    """An adapter of a base, made or broken by `edit`."""
    folder = make_adapter(base, at, 0)
    edit(folder)
    return folder


def adapted(edit: Callable[[Path], object]) -> Callable[[Path], Planted]:
    """The tiny base with a broken adapter."""

    def plant(at: Path) -> Planted:
        return Bench(TINY, adapter=adapter(TINY, at / "adapter", edit)).problems()

    return plant


def of_another(at: Path, **changes: Any) -> Planted:
    """An adapter of a base of another shape."""
    other = random_model("qwen2", at / "tiny-qwen2", **changes)
    return Bench(TINY, adapter=adapter(other, at / "adapter")).problems()


def tensors(edit: Callable[[str, bytes], bytes]) -> Callable[[Path], object]:
    """Change the numbers of an adapter."""

    def change_all(folder: Path) -> None:
        import torch
        from safetensors.torch import load_file

        path = folder / "adapter_model.safetensors"
        found: dict[str, torch.Tensor] = load_file(path)
        write_weights(
            path,
            {name: ("F32", list(t.shape), edit(name, t.float().numpy().tobytes()))
             for name, t in found.items()},
        )  # fmt: skip

    return change_all


def names_other(folder: Path) -> None:
    change(folder / "adapter_config.json", base_model_name_or_path="/models/Qwen2.5-1.5B-Instruct")


WEIGHED = (
    Fault("weights that are no numbers", "base", weighed(not_finite), "not finite"),
    Fault("a layer of zeros", "zero-layer", weighed(zeroed("layers.3.mlp.down_proj"))),
    Fault("a head of attention behind zeros", "no-gradient",
          weighed(zeroed("layers.1.self_attn.o_proj"), recipe={"targets": ("v_proj",)}, dry=True),
          "layers.1.self_attn.v_proj"),
    Fault("weights without a layer", "base",
          weighed(lambda w: {n: t for n, t in w.items() if ".layers.4." not in n}), "layer 4"),
    Fault("pickled weights", "base", pickled, "pickle"),
    Fault("an unknown architecture", "base", configured(model_type="qwen9"), "architecture"),
    Fault("heads that do not divide", "base",
          configured(num_attention_heads=3, num_key_value_heads=0), "num_key_value_heads"),
    Fault("an adapter of a wider base", "adapter-of-other-base", of_another),
    Fault("an adapter of a deeper base", "adapter-of-other-base",
          lambda at: of_another(at, num_hidden_layers=8, hidden_size=256, intermediate_size=768,
                                num_attention_heads=4, num_key_value_heads=2, head_dim=64)),
    Fault("an adapter of a base of another name", "adapter-names-other-base", adapted(names_other)),
    Fault("an adapter of zeros", "adapter-dead",
          adapted(tensors(lambda n, d: bytes(len(d)) if "lora_B" in n else d)), "42 of 42"),
    Fault("one dead module in an adapter", "adapter-dead",
          adapted(tensors(lambda n, d: bytes(len(d)) if "2.mlp.up_proj.lora_B" in n else d)),
          "1 of 42"),
    Fault("an adapter that is no number", "adapter-broken",
          adapted(tensors(lambda n, d: b"\0\0\xc0\x7f" + d[4:] if "0.mlp.up_proj" in n else d))),
    Fault("an adapter without weights", "adapter-broken",
          adapted(lambda folder: (folder / "adapter_model.safetensors").unlink())),
)  # fmt: skip


# --- machines -------------------------------------------------------------------------------------


def on(machine: Machine, model: Any = "auto", **settings: Any) -> Planted:
    """What a machine makes of a recipe."""
    section = Finetune(**settings)
    network = skeleton(TINY)
    asked = ModelSection.model_validate({"dtype": model})
    return [
        *machines.check_dtypes(section, asked, machine),
        *machines.check_packages(section, machine),
        *machines.check_space(section, TINY, network, machine),
        *machines.check_memory(section, TINY, [400], machine),
    ]


MACHINES = (
    Fault("bfloat16 on an old card", "bfloat16-unsupported", lambda _: on(T4, "bfloat16")),
    Fault("training in bfloat16 on an old card", "bfloat16-emulated",
          lambda _: on(T4, dtype="bfloat16")),
    Fault("no bitsandbytes", "bitsandbytes-missing",
          lambda _: on(replace(LARGE, bitsandbytes=False), method="qlora")),
    Fault("no bitsandbytes for its optimizer", "bitsandbytes-missing",
          lambda _: on(replace(LARGE, bitsandbytes=False), optimizer="adamw_8bit"), "adamw_8bit"),
    Fault("no bitsandbytes for its paged optimizer", "bitsandbytes-missing",
          lambda _: on(replace(LARGE, bitsandbytes=False), optimizer="paged_adamw_8bit"),
          "finetune.optimizer"),
    Fault("no FlashAttention", "flash-attention-missing",
          lambda _: on(replace(LARGE, flash_attention=False), attn="flash"), "finetune.attn"),
    Fault("FlashAttention on an old card", "flash-attention-unsupported",
          lambda _: on(replace(T4, flash_attention=True), attn="flash")),
    Fault("FlashAttention without a GPU", "flash-attention-unsupported",
          lambda _: on(replace(LARGE, capability=None), attn="flash")),
    Fault("FlashAttention in float32", "flash-attention-unsupported",
          lambda _: on(LARGE, attn="flash", dtype="float32"), "float32"),
    Fault("DoRA over 8 bits without a GPU", "dora-8bit-unsupported",
          lambda _: on(replace(LARGE, capability=None), dora=True, bits=8), "finetune.dora"),
    Fault("training in float16 without a GPU", "float16-unsupported",
          lambda _: on(replace(LARGE, capability=None), dtype="float16")),
    Fault("a full disk", "disk-full", lambda _: on(replace(LARGE, disk=2**20))),
    Fault("weights above the memory", "memory-too-small",
          lambda _: on(replace(LARGE, memory=2**20))),
    Fault("a batch above the memory", "memory-tight",
          lambda _: on(replace(LARGE, memory=2**30), batch_size=4096)),
)  # fmt: skip

FAULTS = (*TEMPLATES, *TOKENS, *MASKS, *ROWS, *RECIPES, *WEIGHED, *MACHINES)
