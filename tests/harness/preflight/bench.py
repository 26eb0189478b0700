"""Bases, rows and cases for the checks: whole ones, to be broken in one place."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from harness.config.sections import Finetune, ModelSection
from harness.core import Gold, Message, Sample
from harness.errors import PodiumError
from harness.models.chat import load_tokenizer
from harness.preflight.check import Case, check_early, inspect, open_base, render, step
from harness.preflight.problem import Problem, error
from tests.harness.models.folders import TINY, change, copy

CITIES = ("西安", "兰州", "成都", "郑州", "武汉", "宝鸡", "天水", "汉中")


def row(number: int, answer: str | None = None, system: str | None = None) -> dict[str, Any]:
    """A training row about a made-up train."""
    city = CITIES[number % len(CITIES)]
    said = (
        f"K{1000 + number}次列车开往{city}，07:{number % 60:02d}开车。"
        if answer is None
        else answer
    )
    turns = [] if system is None else [{"role": "system", "content": system}]
    asked = {"role": "user", "content": f"请问K{1000 + number}次列车开往哪里，几点开车？"}
    return {
        "id": f"t{number}",
        "messages": [*turns, asked, {"role": "assistant", "content": said}],
    }


def question(number: int, text: str | None = None, system: str | None = None) -> Sample:
    """A question of the test."""
    asked = f"K{1000 + number}次去哪儿？" if text is None else text
    turns = () if system is None else (Message("system", system),)
    return Sample(
        id=f"q{number}", messages=(*turns, Message("user", asked)), gold=Gold("text", "西安"),
        reference="西安", family="lookup", row=str(number), template="t0", split="test",
    )  # fmt: skip


@dataclass
class Bench:
    """What is checked, as a spec would say it; a fault changes one thing of it."""

    base: Path
    rows: list[dict[str, Any]] = field(default_factory=lambda: [row(n) for n in range(24)])
    asked: list[Sample] = field(default_factory=lambda: [question(n) for n in range(8)])
    recipe: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    max_tokens: int = 64
    engine: str = "hf"
    adapter: Path | None = None
    dry: bool = False

    def case(self) -> Case:
        """Everything opened and rendered."""
        base = open_base(self.base)
        section = Finetune(**{"batch_size": 4, **self.recipe})
        return Case(
            base, ModelSection(base=str(self.base), **self.model), self.engine, self.max_tokens,
            render(base, self.rows, self.asked), section, len(self.rows), self.adapter,
        )  # fmt: skip

    def problems(self) -> list[Problem]:
        """What the checks say."""
        try:
            case = self.case()
        except PodiumError as refused:
            return [error("base", str(refused), "correct what it names")]
        section = case.section
        assert section is not None
        found = [*check_early(section, case.model, case.engine, case.base), *inspect(case)]
        dry = step(section, case) if self.dry else ()
        return [*found, *dry]


def tiny(at: Path, template: str | None = None, **settings: Any) -> Path:
    """A copy of the tiny base, with another template or tokenizer settings."""
    folder = copy(at)
    if template is not None:
        (folder / "chat_template.jinja").write_text(template, "utf-8")
    if settings:
        change(folder / "tokenizer_config.json", **settings)
    return folder


def trl_template(name: str) -> str:
    """A chat template that TRL ships, as its model's authors wrote it."""
    return files("trl").joinpath("chat_templates", f"{name}.jinja").read_text("utf-8")


#: Names that each family's template needs of a tokenizer, besides what the tiny base's has.
FAMILIES: Mapping[str, tuple[str, dict[str, Any], Sequence[str]]] = {
    "qwen2": ("qwen2_5", {}, ()),
    "qwen3": ("qwen3", {}, ("<think>", "</think>")),
    "llama": (
        "llama3",
        {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"},
        ("<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>"),
    ),
    "gemma": (
        "gemma",
        {"bos_token": "<bos>", "eos_token": "<eos>"},
        ("<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>"),
    ),
}
_ROOM = 16  # rows of the embedding table for added tokens


def random_model(family: str, at: Path, **changes: Any) -> Path:
    """A random model of a real configuration class, with its family's own template and tokens."""
    template, settings, added = FAMILIES[family]
    at.mkdir(parents=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(TINY / name, at / name)
    add_tokens(at, added)
    change(at / "tokenizer_config.json", **settings)
    (at / "chat_template.jinja").write_text(trl_template(template), "utf-8")
    numbers = token_numbers(at)
    end = settings.get("eos_token", "<|im_end|>")
    ends = [numbers[end], *([numbers["<end_of_turn>"]] if family == "gemma" else [])]
    (at / "generation_config.json").write_text(json.dumps({"eos_token_id": ends}), "utf-8")
    _save(family, at, changes)
    return at


def _save(family: str, at: Path, changes: Mapping[str, Any]) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    shape = {
        "vocab_size": 2048 + _ROOM, "hidden_size": 64, "intermediate_size": 96,
        "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32,
        "max_position_embeddings": 512, "tie_word_embeddings": True,
        "bos_token_id": None, "eos_token_id": None, "pad_token_id": None,
    }  # fmt: skip
    config = AutoConfig.for_model(family, **{**shape, **changes})
    torch.manual_seed(0)
    network = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    network.save_pretrained(at / "saved")
    for name in ("config.json", "model.safetensors"):
        (at / "saved" / name).rename(at / name)
    shutil.rmtree(at / "saved")


def add_tokens(folder: Path, added: Sequence[str]) -> None:
    """Give a tokenizer special tokens behind its vocabulary."""
    path = folder / "tokenizer.json"
    tree = json.loads(path.read_text("utf-8"))
    free = itertools.count(max([*tree["model"]["vocab"].values(), *_numbers(tree).values()]) + 1)
    tree["added_tokens"] += [
        {"id": next(free), "content": text, "single_word": False, "lstrip": False,
         "rstrip": False, "normalized": False, "special": True}
        for text in added
    ]  # fmt: skip
    path.write_text(json.dumps(tree, ensure_ascii=False), "utf-8")


def token_numbers(folder: Path) -> dict[str, int]:
    """The added tokens of a folder by text."""
    return _numbers(json.loads((folder / "tokenizer.json").read_text("utf-8")))


def _numbers(tree: Mapping[str, Any]) -> dict[str, int]:
    return {token["content"]: token["id"] for token in tree["added_tokens"]}


def merging(at: Path) -> Bench:
    """A prompt that ends in half of a token, whose other half each answer begins with."""
    words = json.loads((TINY / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    tokenizer = load_tokenizer(TINY)
    texts = (tokenizer.decode([number]) for number in words.values())
    pair = next(t for t in texts if len(t) == 2 and "\u4e00" <= t[0] <= t[1] <= "\u9fff")
    template = (
        "{% for m in messages %}{% if m.role == 'user' %}<|im_start|>user\n{{ m.content }}"
        "<|im_end|>\n{% else %}" + pair[0] + "{{ m.content }}<|im_end|>{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}" + pair[0] + "{% endif %}"
    )
    rows = [row(n, answer=f"{pair[1]}，07:{n:02d}开车。") for n in range(12)]
    return Bench(tiny(at / "base", template), rows=rows, dry=True)


@cache
def chatml() -> str:
    """The tiny base's own template."""
    return (TINY / "chat_template.jinja").read_text("utf-8")
