"""Where answers end, on a base whose turns end with another token than its tokenizer's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.core import Output, Sample
from harness.models import EngineRequest, open_engine
from harness.models.chat import load_tokenizer
from harness.models.decoding import Decoding
from harness.models.ends import (
    at_stop,
    cut_at_end,
    cut_at_stop,
    end_tokens,
    special_stops,
    stops,
    turn_end,
)
from tests.conftest import sample

TURN_END, ENDOFTEXT = 2, 0


@pytest.fixture(scope="module")
def two_ends(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny base as Gemma is: the template closes a turn with `<|im_end|>`, no eos knows it.

    Nor does that token count as special, so that a text could show it.
    """
    folder = tmp_path_factory.mktemp("two") / "base"
    shutil.copytree(tiny_base, folder)
    change(folder / "tokenizer_config.json", {"eos_token": "<|endoftext|>"})
    change(folder / "generation_config.json", {"eos_token_id": ENDOFTEXT})
    change(folder / "config.json", {"eos_token_id": ENDOFTEXT})
    tokens = json.loads((folder / "tokenizer.json").read_text("utf-8"))["added_tokens"]
    tokens[TURN_END]["special"] = False
    change(folder / "tokenizer.json", {"added_tokens": tokens})
    return folder


def change(path: Path, fields: Mapping[str, Any]) -> None:
    settings = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**settings, **fields}), "utf-8")


def with_template(base: Path, out: Path, template: str) -> Any:
    """The tokenizer of a copy of the base with another chat template."""
    shutil.copytree(base, out)
    (out / "chat_template.jinja").write_text(template, "utf-8")
    return load_tokenizer(out)


def test_all_three_sources_are_read(two_ends: Path, tmp_path: Path) -> None:
    assert end_tokens(two_ends, load_tokenizer(two_ends)) == (ENDOFTEXT, TURN_END)
    folder = tmp_path / "listed"
    shutil.copytree(two_ends, folder)
    change(folder / "generation_config.json", {"eos_token_id": [7, 9]})
    assert end_tokens(folder, load_tokenizer(folder)) == (ENDOFTEXT, TURN_END, 7, 9)
    (folder / "generation_config.json").unlink()
    assert end_tokens(folder, load_tokenizer(folder)) == (ENDOFTEXT, TURN_END)


@pytest.mark.parametrize(
    ("tail", "end"),
    [
        ("<|im_end|>", TURN_END),
        ("\n<|im_end|>\n", TURN_END),
        ("", None),
        ("\n", None),
        ("。下一句", None),
        ("{{ eos_token }}", TURN_END),
    ],
)
def test_what_closes_a_turn(tiny_base: Path, tmp_path: Path, tail: str, end: int | None) -> None:
    template = "{% for m in messages %}{{ m['role'] }}:{{ m['content'] }}" + tail + "{% endfor %}"
    assert turn_end(with_template(tiny_base, tmp_path / "base", template)) == end


@pytest.mark.parametrize(
    "template",
    [
        "{% for m in messages %}{% if m['role'] != 'user' %}{{ raise_exception('no') }}"
        "{% endif %}{{ m['content'] }}{% endfor %}",
        "{{ messages[0]['content'] }}<|im_end|>",
    ],
)
def test_a_template_that_renders_questions_alone(
    tiny_base: Path, tmp_path: Path, template: str
) -> None:
    assert turn_end(with_template(tiny_base, tmp_path / "base", template)) is None


def test_an_answer_ends_with_the_first_of_them() -> None:
    assert cut_at_end([5, 6, 2, 0, 0], (0, 2)) == ([5, 6, 2], True)
    assert cut_at_end([5, 6], (0, 2)) == ([5, 6], False)
    assert cut_at_end([], (0, 2)) == ([], False)


def test_an_answer_is_cut_at_its_stop_strings_one_after_the_other() -> None:
    assert cut_at_stop("七点。八点", ("八", "。")) == ("七点", True)
    assert cut_at_stop("abXc", ("bX", "abX")) == ("a", True)
    assert cut_at_stop("七点", ("。",)) == ("七点", False)
    refused = Output("q", "no 。 such", "error", error="no")
    assert at_stop(refused, ("。",)) == refused
    assert at_stop(Output("q", "七。八", "length"), ("。",)) == Output("q", "七", "stop")


def test_stop_strings_are_those_of_the_spec_and_of_the_sample() -> None:
    asked = replace(sample(0), stop=("", "次", "。"))
    assert stops(asked, Decoding(stop=("。", "车"))) == ("。", "车", "次")


def test_a_stop_string_that_no_text_shows_is_known_by_its_token(
    tiny_base: Path, two_ends: Path
) -> None:
    strings = ("<|im_end|>", "</s>", "次", "<|endoftext|>")
    assert special_stops(load_tokenizer(tiny_base), strings) == (TURN_END, ENDOFTEXT)
    assert special_stops(load_tokenizer(two_ends), strings) == (ENDOFTEXT,)


def answers(engine: str, base: Path, asked: Sequence[Sample]) -> list[tuple[Any, ...]]:
    request = EngineRequest(
        engine=engine, base=base, max_length=256, max_tokens=40, dtype="float32"
    )
    with open_engine(request) as opened:
        outputs = list(opened.model().generate(asked))
    return [(o.text, o.finish_reason, o.output_tokens) for o in outputs]


@pytest.mark.real
def test_both_engines_end_where_the_turn_does(two_ends: Path, tiny_base: Path) -> None:
    asked = [sample(n) for n in range(4)]
    expected = answers("hf", tiny_base, asked)
    assert {reason for _, reason, _ in expected} == {"stop"}
    assert answers("hf", two_ends, asked) == expected
    assert answers("vllm", two_ends, asked) == expected
