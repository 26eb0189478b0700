"""Qwen2.5, Qwen3 and InternLM2.5 as small random models: trained, merged and served alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.config.sections import Finetune, Runtime
from harness.core import Message, Output
from harness.finetune.train import Data, finetune
from harness.models import EngineRequest, open_engine
from harness.models.chat import conversation_ids, load_tokenizer, prompt_ids
from harness.models.ends import end_tokens, turn_end
from harness.models.merge import merge
from harness.store.files import read_json, write_jsonl
from tests.conftest import sample
from tests.harness.models.families import FAMILIES, make_family
from tests.podium import ok

TRAINS = Path(__file__).parents[2] / "bench" / "real_models" / "trains.csv"

RECIPE = Finetune(
    rank=32,
    alpha=64,
    lr=5e-3,
    epochs=40,
    batch_size=8,
    max_length=128,
    watch=0,
    schedule="constant",
)
WORDINGS = ("{n}次几点开？", "从哪里始发：{n}", "{n}的候车厅？", "{n}晚点吗")
ANSWERS = ("八点。", "始发站是南京站。", "三楼候车厅", "不晚点，\n正点到达")
ASKED = tuple(
    replace(sample(number, wording), reference=answer)
    for number, (wording, answer) in enumerate(zip(WORDINGS, ANSWERS, strict=True))
)


@pytest.fixture(scope="module", params=FAMILIES)
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_family(request.param, tmp_path_factory.mktemp("family"))


def rows() -> Iterator[dict[str, Any]]:
    for asked in ASKED:
        question, answer = asked.messages[0].content, asked.reference
        yield {
            "id": asked.id,
            "messages": [
                {"role": "user", "content": question},
                {"role": "assistant", "content": answer},
            ],
        }


@pytest.fixture(scope="module")
def merged(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("tuned")
    write_jsonl(work / "train.jsonl", rows())
    data = Data(work / "train.jsonl", work / "watched.jsonl")
    write_jsonl(data.watched, [])
    finetune(RECIPE, Runtime(), base, data, "family", work)
    merge(base, work / "adapter", work / "merged")
    return work / "merged"


def answers(engine: str, folder: Path) -> list[Output]:
    request = EngineRequest(engine, folder, max_length=256, max_tokens=40, dtype="float32")
    with open_engine(request) as opened:
        return list(opened.model().generate(ASKED))


def test_a_prompt_begins_the_conversation_that_is_learned(base: Path) -> None:
    tokenizer = load_tokenizer(base)
    asked = ASKED[0]
    prompt = prompt_ids(tokenizer, asked)
    whole = conversation_ids(tokenizer, [*asked.messages, Message("assistant", asked.reference)])
    assert whole[: len(prompt)] == prompt
    answer = tokenizer.decode(whole[len(prompt) :])
    assert answer.startswith(asked.reference)  # nothing stands between, as a block of thought
    end = turn_end(tokenizer)
    assert [token for token in whole[len(prompt) :] if token == end] == [end]
    assert len(end_tokens(base, tokenizer)) == 2
    assert end in end_tokens(base, tokenizer)


@pytest.mark.real
def test_both_engines_serve_what_was_trained(merged: Path) -> None:
    ours, theirs = answers("hf", merged), answers("vllm", merged)
    assert [o.finish_reason for o in ours] == [o.finish_reason for o in theirs]
    assert sum(a.text == b.text for a, b in zip(ours, theirs, strict=True)) >= len(ASKED) - 1
    learned = [o.text == asked.reference for o, asked in zip(ours, ASKED, strict=True)]
    assert sum(learned) >= len(ASKED) // 2
    assert [o.finish_reason for o in ours].count("stop") >= sum(learned)


SPEC = {
    "name": "family",
    "suite": {"name": "timetable", "table": str(TRAINS), "families": ["lookup"]},
    "distill": {"teacher": "template", "phrasings": 2},
    "generate": {"max_tokens": 40},
    "latency": None,
    "finetune": {
        "rank": 32, "alpha": 64, "lr": 5e-3, "epochs": 12, "batch_size": 8, "max_length": 160,
        "schedule": "constant", "watch": 0,
    },
}  # fmt: skip


@pytest.mark.real
def test_parity_passes_on_the_way_from_a_table_to_a_board(base: Path, tmp_path: Path) -> None:
    model = {"base": str(base), "engine": "vllm", "dtype": "float32", "max_length": 256}
    (tmp_path / "spec.yaml").write_text(yaml.safe_dump({**SPEC, "model": model}), "utf-8")
    assert "family" in ok("run", "spec.yaml", cwd=tmp_path)
    (file,) = (tmp_path / "runs" / "stages").glob("parity-*/parity.json")
    found = read_json(file)
    assert found["verdict"] == "pass", found["said"]
    assert found["effect"] > 1  # nats a token: the training changed what it says
