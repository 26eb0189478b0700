"""What is learned of a row: exactly what is said after the prompt that an engine is asked."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from harness.core import Gold, Message, Sample
from harness.errors import TrainingError
from harness.finetune.trainable import Learned, check_trainable, cut_problem, learn, lengths
from harness.models.chat import load_tokenizer, prompt_ids
from harness.models.ends import end_tokens
from tests.harness.models.folders import TINY, copy

EACH = "{% for m in messages %}{{ m.content }}|{% endfor %}"
ANSWER = "07:25开。"
EMPTY_THINK = "<think>\n\n</think>\n\n"


def row(
    question: str = "K1次列车几点开车？", answer: str = ANSWER, name: str = "q1"
) -> dict[str, Any]:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"id": name, "messages": turns}


def shipped(name: str) -> str:
    """A chat template that TRL ships."""
    found = importlib.util.find_spec("trl")
    assert found is not None
    assert found.origin is not None
    return (Path(found.origin).parent / "chat_templates" / f"{name}.jinja").read_text("utf-8")


def with_template(folder: Path, template: str) -> tuple[Any, tuple[int, ...]]:
    """The tiny base's tokenizer with another chat template, and what ends its answers."""
    model = copy(folder / "model")
    (model / "chat_template.jinja").write_text(template, "utf-8")
    tokenizer = load_tokenizer(model)
    return tokenizer, end_tokens(model, tokenizer)


def asked(one: dict[str, Any]) -> Sample:
    """The question of a row, as an engine is asked it."""
    turns = tuple(Message(turn["role"], turn["content"]) for turn in one["messages"][:-1])
    return Sample(one["id"], turns, Gold("text", ANSWER), ANSWER, "f", "r", "t", "test")


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return load_tokenizer(TINY)


@pytest.fixture(scope="module")
def ends(tokenizer: Any) -> tuple[int, ...]:
    return end_tokens(TINY, tokenizer)


@pytest.mark.parametrize("template", ["qwen2_5", "qwen3", "qwen3_instruct_2507", "qwen3_5_nothink"])
@pytest.mark.parametrize("system", [(), ({"role": "system", "content": "你是助手。"},)])
def test_a_row_is_its_served_prompt_then_its_answer_then_the_end_of_the_turn(
    template: str, system: tuple[dict[str, str], ...], tmp_path: Path
) -> None:
    tokenizer, ends = with_template(tmp_path, shipped(template))
    one = row()
    one["messages"] = [*system, *one["messages"]]
    found = learn(one, tokenizer, ends)
    assert list(found.prompt) == prompt_ids(tokenizer, asked(one))
    assert tokenizer.decode(found.answer) == f"{ANSWER}<|im_end|>"
    assert (EMPTY_THINK in tokenizer.decode(found.prompt)) is (template in _THINKING)


_THINKING = ("qwen3", "qwen3_5_nothink")
_TIMES = {"short": 1, "long": 4, "longer": 5}


def test_an_empty_think_block_that_only_the_prompt_has_stays_in_the_prompt(tmp_path: Path) -> None:
    template = (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n\n</think>\n\n{% endif %}"
    )
    tokenizer, ends = with_template(tmp_path, template)
    found = learn(row(), tokenizer, ends)
    assert tokenizer.decode(found.prompt).endswith(f"assistant\n{EMPTY_THINK}")
    assert tokenizer.decode(found.answer) == f"{ANSWER}<|im_end|>"


def test_an_answer_that_thinks_is_refused_where_models_are_asked_not_to(tmp_path: Path) -> None:
    tokenizer, ends = with_template(tmp_path, shipped("qwen3"))
    with pytest.raises(TrainingError, match="sample q1: its answer holds thinking"):
        learn(row(answer="<think>\n先看表。\n</think>\n\n07:25开。"), tokenizer, ends)


def test_the_last_turn_alone_is_learned(tokenizer: Any, ends: tuple[int, ...]) -> None:
    one = row()
    one["messages"] = [*row(answer="你好。")["messages"], *one["messages"]]
    found = learn(one, tokenizer, ends)
    assert "你好。" in tokenizer.decode(found.prompt)
    assert tokenizer.decode(found.answer) == f"{ANSWER}<|im_end|>"


@pytest.mark.parametrize(
    ("rows", "length", "said"),
    [
        ([], 512, "no sample is left to train on"),
        ([row(answer=" ")], 512, "no trainable token: its answer is empty"),
        ([row()], 8, "no trainable token: its prompt takes"),
        ([row(), row(question="车" * 600)], 512, "no trainable token: its prompt takes"),
    ],
)
def test_rows_that_teach_nothing_are_refused(
    tokenizer: Any, ends: tuple[int, ...], rows: list[dict[str, Any]], length: int, said: str
) -> None:
    with pytest.raises(TrainingError, match=said):
        check_trainable(rows, tokenizer, ends, length)


def test_rows_that_lose_their_end_are_counted_and_refused(
    tokenizer: Any, ends: tuple[int, ...]
) -> None:
    rows = [row(name=name, answer=ANSWER * times) for name, times in _TIMES.items()]
    whole = [learn(one, tokenizer, ends) for one in rows]
    bound = len(whole[1]) - 1  # its end token alone is lost
    with pytest.raises(TrainingError) as told:
        check_trainable(rows, tokenizer, ends, bound)
    said = str(told.value)
    assert "2 of 3 rows, sample long first" in said
    assert f"finetune.max_length={bound}" in said
    assert f"{len(whole[2])} holds all of them" in said
    assert check_trainable(rows, tokenizer, ends, len(whole[2]))[0] == whole
    kept, found = check_trainable(rows, tokenizer, ends, bound, "keep")
    assert [len(one) for one in kept] == [len(whole[0]), bound, bound]
    assert (found.cut, found.silent, found.longest) == (("long", "longer"), (), len(whole[2]))
    left, found = check_trainable(rows, tokenizer, ends, bound, "drop")
    assert (left, found.cut) == (whole[:1], ("long", "longer"))


def test_lengths_are_told_apart_by_what_is_lost() -> None:
    rows = [
        Learned(name, (1,) * prompt, (2,) * 3) for name, prompt in (("a", 2), ("b", 4), ("c", 5))
    ]
    found = lengths(rows, 5)
    assert (found.cut, found.silent, found.longest) == (("b", "c"), ("c",), 8)
    assert cut_problem(lengths(rows, 8)) is None


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (EACH + "\n{% if messages | length > 1 %}{{ raise_exception('one turn') }}{% endif %}",
         r"sample q1: .*jinja:2: the chat template cannot render it: one turn"),
        (EACH + "{% if messages | length > 1 %}{{ messages[1].a.b }}{% endif %}", "UndefinedError"),
        (EACH + "{% if messages | length > 1 %}{{ 1 / 0 }}{% endif %}", "ZeroDivisionError"),
        (EACH + "{% if messages | length > 1 %}{{ 1 + 'a' }}{% endif %}", "TypeError"),
        ("{{ messages | length }}" + EACH, "renders the prompt differently once an answer follows"),
        (EACH, r"ends the answer with '.*\|' and not with a token that ends"),
        (EACH.replace("|{%", "<|im_end|>!{%"), r"ends the answer with '.*!' and not with a token"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_trained_on_names_the_sample(
    template: str, said: str, tmp_path: Path
) -> None:
    tokenizer, ends = with_template(tmp_path, template)
    with pytest.raises(TrainingError, match=said):
        check_trainable([row()], tokenizer, ends, 512)
