"""A stranger's chat template takes bounded time and memory, and fails in one sentence."""

from __future__ import annotations

import importlib.util
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.core import Message
from harness.errors import InputError
from harness.models.chat import load_tokenizer, prompt_ids, rendered, turns
from harness.models.trying import TemplateFailure, try_template, try_tokenizer
from tests.conftest import sample
from tests.harness.models.folders import TINY, change, copy

GOOD = (TINY / "chat_template.jinja").read_text("utf-8")
EACH = "{% for m in messages %}{{ m.content }}{% endfor %}"
FOR = "{% for a in range(99999) %}"
GROW = "{% set ns = namespace(x=['ab']) %}{% for a in range(60) %}"

NO_BOUNDS: Mapping[str, str] = {
    "loop in loops": FOR * 3 + "{% endfor %}" * 3 + EACH,
    "macro that calls itself twice": "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}"
    "{% endmacro %}{{ f(60) }}" + EACH,
    "doubling": GROW + "{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}" + EACH,
    "doubling text": GROW + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}" + EACH,
    "lists in lists": GROW + "{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}" + EACH,
    "times": "{{ 'x' * 10**10 }}" + EACH,
    "padding": "{{ 'x'.ljust(10**10) }}" + EACH,
    "format": "{{ '%9999999999d' % 1 }}" + EACH,
    "joined": "{{ ('x' * 1000000).join('y' * 100000) }}" + EACH,
    "many words": "{{ lipsum(n=10000000) }}" + EACH,
    "long": "{{ 'x' * 5000000 }}" + EACH,
    "only of long talks": EACH + "{% if messages | length > 3 %}{{ 'x' * 10**10 }}{% endif %}",
    "only with a system": EACH + "{% if messages[0].role == 'system' %}" + FOR * 2
    + "{% for b in range(9) %}{% endfor %}" + "{% endfor %}" * 2 + "{% endif %}",
    "only of whole talks": EACH + "{% if not add_generation_prompt %}{{ 'x' * 10**10 }}{% endif %}",
    "only of long turns": EACH
    + "{% if messages[0].content | length > 999 %}{{ 'x' * 10**10 }}{% endif %}",
}  # fmt: skip

FAILS: Mapping[str, tuple[str, str]] = {
    "cut off": ("a\n{% for m in messages %}", "jinja:2: the chat template cannot render a "),
    "filter": ("\n\n{{ messages | nosuch }}", "jinja:3: "),
    "test": ("{% if 1 is nosuch %}{% endif %}", "jinja:1: "),
    "tag": ("{% nosuch %}", "jinja:1: "),
    "undefined": ("\n{{ nosuch.a.b }}", "jinja:2: the chat template cannot render a question: Und"),
    "type": (EACH + "\n{{ messages[0].content + 1 }}", "jinja:2: "),
    "raised": ("\n{{ raise_exception('not\nso') }}", ": not so"),
    "attribute": ("{{ ''.__class__.__mro__ }}", "SecurityError"),
    "zero": (EACH + "{{ 1 / 0 }}", "ZeroDivisionError"),
    "index": ("{{ messages[7].content.x }}", "UndefinedError"),
    "value": ("{{ '{:d}'.format('x') }}", "ValueError"),
    "for ever": ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "RecursionError"),
    "nested deep": ("{% for a in messages %}" * 25 + "{% endfor %}" * 25, "SyntaxError"),
    "brackets": ("{{" + "(" * 5000 + "1" + ")" * 5000 + "}}", "RecursionError"),
    "include": ("{% include 'other' %}", "jinja:1: "),
    "says nothing": ("{# nothing #}", "leaves the question out"),
    "says hello": ("hello", "leaves the question out"),
    "only the role": ("{% for m in messages %}{{ m.role }}{% endfor %}", "leaves the question out"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_BOUNDS)
def test_a_template_without_bounds_is_refused_in_time(name: str) -> None:
    began = time.monotonic()
    with pytest.raises(TemplateFailure) as caught:
        try_template(TINY, NO_BOUNDS[name], {})
    said = str(caught.value)
    assert any(w in said for w in ("no bounds", "MB of memory", "characters of a short talk")), said
    assert "\n" not in said
    assert time.monotonic() - began < 150  # the bound is on the processor's seconds


@pytest.mark.parametrize("name", FAILS)
def test_a_template_that_fails_names_file_and_line(name: str) -> None:
    template, said = FAILS[name]
    with pytest.raises(TemplateFailure) as caught:
        try_template(TINY, template, {})
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(TINY / "chat_template.jinja"))
    assert "\n" not in str(caught.value)


def test_a_template_that_refuses_some_conversations_passes() -> None:
    try_template(TINY, "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}"
                 "{% endif %}" + EACH, {})  # fmt: skip
    try_template(TINY, "{% generation %}" + EACH + "{% endgeneration %}{{ bos_token }}",
                 {"bos_token": "<s>"})  # fmt: skip


TEXT = ("qwen2_5", "qwen3", "llama3", "gemma", "gemma3", "glm4moe", "deepseekv3", "phi3")
OF_PICTURES = ("idefics3", "llava_next")  # they read lists of parts, and drop a text


@pytest.mark.parametrize("name", [*TEXT, *OF_PICTURES])
def test_templates_of_real_models(name: str) -> None:
    spec = importlib.util.find_spec("trl")
    if spec is None or spec.origin is None:
        pytest.skip("trl, which ships them, is not installed")
    shipped = Path(spec.origin).parent / "chat_templates" / f"{name}.jinja"
    tokens = {"bos_token": "<s>", "eos_token": "</s>"}
    if name in TEXT:
        try_template(TINY, shipped.read_text("utf-8"), tokens)
        return
    with pytest.raises(TemplateFailure, match="leaves the question out"):
        try_template(TINY, shipped.read_text("utf-8"), tokens)


def test_it_is_tried_once_and_then_as_fast_as_before() -> None:
    tokenizer = load_tokenizer(TINY)
    began = time.monotonic()
    for _ in range(50):
        try_template(TINY, GOOD, {})
        try_tokenizer(TINY / "tokenizer.json")
    assert time.monotonic() - began < 5
    one = sample(1)
    direct = tokenizer.apply_chat_template(
        turns(one.messages), add_generation_prompt=True, tokenize=True, return_dict=False
    )
    assert prompt_ids(tokenizer, one) == list(direct)


def test_a_question_that_a_template_refuses_is_told_with_its_line(tmp_path: Path) -> None:
    folder = copy(tmp_path / "model")
    refusing = "\n{% if 'K1' not in messages[0].content %}\n{{ raise_exception('no train') }}"
    (folder / "chat_template.jinja").write_text(refusing + "{% endif %}" + EACH, "utf-8")
    tokenizer = load_tokenizer(folder)
    assert prompt_ids(tokenizer, sample(1))
    other = replace(sample(2), messages=(Message("user", "几点？"),))
    with pytest.raises(TemplateFailure, match=r"jinja:3: the chat template cannot .*: no train"):
        prompt_ids(tokenizer, other)


def test_a_question_that_a_template_blows_up_is_refused(tmp_path: Path) -> None:
    folder = copy(tmp_path / "model")
    growing = EACH + "{% if '炸' in messages[0].content %}{{ 'x' * 3000000 }}{% endif %}"
    (folder / "chat_template.jinja").write_text(growing, "utf-8")
    tokenizer = load_tokenizer(folder)
    with pytest.raises(TemplateFailure, match="makes 3,000,001 characters of it"):
        rendered(tokenizer, [{"role": "user", "content": "炸"}], to_answer=True)


TOKENIZERS: Mapping[str, Any] = {
    "not even that": {"model": {"type": "BPE", "vocab": {"a": 0}}},
    "unknown model": {"model": {"type": "Nosuch", "vocab": {"a": 0}}},
    "unknown splitter": {"pre_tokenizer": {"type": "Nosuch"}},
    "unknown decoder": {"decoder": 7},
    "merges of nothing": {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["x y"]}},
    "added tokens odd": {"added_tokens": [7]},
    "one word": {
        "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}, "pre_tokenizer": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_broken_tokenizer_is_one_sentence(name: str, tmp_path: Path) -> None:
    shutil.copy(TINY / "tokenizer.json", tmp_path)
    change(tmp_path / "tokenizer.json", **TOKENIZERS[name])
    with pytest.raises(InputError) as caught:
        try_tokenizer(tmp_path / "tokenizer.json")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "tokenizer.json"))


@pytest.mark.parametrize(
    ("file", "values", "said"),
    [
        ("config.json", {"vocab_size": 1000}, "it belongs to another model"),
        ("tokenizer_config.json", {"eos_token": None}, "names no eos_token"),
        ("tokenizer_config.json", {"added_tokens_decoder": {"x": 1}}, "cannot be read"),
        ("tokenizer_config.json", {"extra_special_tokens": 7}, "cannot be read"),
        ("special_tokens_map.json", {"eos_token": {"content": 7}}, "cannot be read"),
    ],
)
def test_a_tokenizer_of_another_model_is_refused(
    file: str, values: dict[str, Any], said: str, tmp_path: Path
) -> None:
    folder = copy(tmp_path / "model")
    if not (folder / file).exists():
        (folder / file).write_text("{}", "utf-8")
    change(folder / file, **values)
    with pytest.raises(InputError, match=said):
        load_tokenizer(folder)


def test_a_folder_without_a_template_cannot_be_asked(tmp_path: Path) -> None:
    folder = copy(tmp_path / "model")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(InputError, match="no chat template"):
        load_tokenizer(folder)
    named = [{"name": "tool_use", "template": EACH}]
    change(folder / "tokenizer_config.json", chat_template=named)
    with pytest.raises(InputError, match="no chat template"):
        load_tokenizer(folder)
    change(folder / "tokenizer_config.json", chat_template=json.loads('"{{ nosuch.a }}"'))
    with pytest.raises(TemplateFailure, match=r"tokenizer_config\.json:1: "):
        load_tokenizer(folder)
