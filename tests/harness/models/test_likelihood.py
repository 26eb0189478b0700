"""Samples with candidates: every engine chooses, and those with weights agree on the scores."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from harness.core import Candidate, Gold, Message, Output, Sample
from harness.models import Engine, EngineRequest, LocalModel, hf, open_engine
from harness.models.chat import conversation_ids, load_tokenizer
from harness.models.likelihood import candidate_ids, likeliest, mean_loss, unscorable
from harness.store.codec import output_from, output_to, sample_from, sample_to
from harness.store.files import write_jsonl
from tests.conftest import sample
from tests.harness.models.adapters import make_adapter

REAL = ("hf", "vllm")
LENGTH = 320
# Two engines add in another order.
CLOSE = 2e-4


def choice(number: int, question: str = "K{n}次列车几点开车？") -> Sample:
    """Three conversations, of different lengths, that end in an answer each."""
    asked = sample(number, question)
    endings = {
        "甲": f"{number}点。",
        "乙": "没有这趟车。",
        "丙": f"K{1000 + number}次停运，请改乘。",
    }
    candidates = tuple(
        Candidate(label, (*asked.messages, Message("assistant", ending)))
        for label, ending in endings.items()
    )
    return replace(asked, id=f"c{number}", gold=Gold("choice", "乙"), candidates=candidates)


def plain(number: int) -> Sample:
    """Two plain texts, the first the longer."""
    asked = sample(number)
    texts = {"1": f"第{number}站是东站，车在这里停五分钟。", "0": "车不停。"}
    candidates = tuple(Candidate(label, text=text) for label, text in texts.items())
    return replace(asked, id=f"p{number}", gold=Gold("choice", "0"), candidates=candidates)


MIXED = [choice(0), sample(1), plain(2), choice(3), sample(4), sample(5), plain(6)]


@pytest.fixture(scope="module")
def adapter(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_adapter(tiny_base, tmp_path_factory.mktemp("adapters") / "a", 1)


@pytest.fixture(scope="module")
def engines(tiny_base: Path, adapter: Path) -> Iterator[Mapping[str, Engine]]:
    """Both engines with weights, started once."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                open_engine(
                    EngineRequest(
                        engine=name, base=tiny_base, adapters=(adapter,), max_lora_rank=8,
                        dtype="float32", max_length=LENGTH, max_tokens=12, batch=8,
                    )
                )
            )
            for name in REAL
        }  # fmt: skip


def scores(outputs: Sequence[Output]) -> list[dict[str, float]]:
    return [dict(output.perplexity) for output in outputs if output.perplexity is not None]


def near(one: Sequence[Mapping[str, float]], other: Sequence[Mapping[str, float]]) -> bool:
    return len(one) == len(other) and all(
        a == pytest.approx(b, abs=CLOSE) for a, b in zip(one, other, strict=True)
    )


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
class TestReal:
    """What both engines must keep."""

    def test_a_mixed_batch_keeps_its_order_and_each_its_kind(
        self, name: str, engines: Mapping[str, Engine]
    ) -> None:
        model = engines[name].model()
        outputs = list(model.generate(MIXED))
        assert [output.sample_id for output in outputs] == [asked.id for asked in MIXED]
        for asked, output in zip(MIXED, outputs, strict=True):
            assert output.error is None
            if asked.candidates:
                assert output.perplexity is not None
                assert list(output.perplexity) == [c.label for c in asked.candidates]
                assert output.text == min(output.perplexity, key=output.perplexity.__getitem__)
                assert output.output_tokens is None
            else:
                assert output.perplexity is None
        alone = model.generate([asked for asked in MIXED if not asked.candidates])
        assert [o.text for o in alone] == [o.text for o in outputs if o.perplexity is None]

    def test_every_token_after_the_first_has_a_likelihood(
        self, name: str, engines: Mapping[str, Engine]
    ) -> None:
        model = cast("LocalModel", engines[name].model())
        rows = [[5, 6, 7, 8, 9], [10, 11], list(range(20, 60))]
        found = model.logprobs(rows)
        assert [len(told) for told in found] == [4, 1, 39]
        assert all(told < 0 for row in found for told in row)
        alone = [model.logprobs([row])[0] for row in rows]
        assert [pytest.approx(row, abs=CLOSE) for row in alone] == found
        assert model.logprobs([]) == []

    def test_a_score_does_not_depend_on_its_neighbours(
        self, name: str, engines: Mapping[str, Engine]
    ) -> None:
        model = engines[name].model()
        asked = [choice(n) for n in range(20)] + [plain(n) for n in range(20)]
        together = scores(list(model.generate(asked)))
        apart = scores([next(iter(model.generate([one]))) for one in asked])
        assert near(together, apart)

    def test_the_same_is_scored_the_same_again(
        self, name: str, engines: Mapping[str, Engine]
    ) -> None:
        model = engines[name].model()
        long = choice(7, "请问K{n}次列车" + "从东站" * 60 + "几点开车？")
        first, second = (scores(list(model.generate([long]))) for _ in range(2))
        assert len(first) == 1
        assert near(first, second)

    def test_an_adapter_changes_scores_and_leaves_the_base_alone(
        self, name: str, engines: Mapping[str, Engine], adapter: Path
    ) -> None:
        models = [engines[name].model(a) for a in (None, adapter, None)]
        base, tuned, again = (scores(list(model.generate(MIXED))) for model in models)
        assert near(base, again)
        assert not near(base, tuned)

    def test_a_lone_sample_is_timed_and_counts_all_candidates(
        self, name: str, engines: Mapping[str, Engine], tiny_base: Path
    ) -> None:
        (output,) = engines[name].model().generate([choice(1)])
        tokenizer = load_tokenizer(tiny_base)
        rows = [candidate_ids(tokenizer, candidate) for candidate in choice(1).candidates]
        assert output.prompt_tokens == sum(map(len, rows))
        assert output.e2e_s is not None
        assert 0 < output.e2e_s < 60
        assert output.ttft_s is None
        assert all(o.e2e_s is None for o in engines[name].model().generate(MIXED))

    def test_what_cannot_be_scored_is_an_error_of_that_sample(
        self, name: str, engines: Mapping[str, Engine]
    ) -> None:
        endless = replace(choice(1), candidates=(Candidate("甲", text="车" * 400),))
        empty = replace(
            choice(2), candidates=(Candidate("甲", text=""), Candidate("乙", text="好"))
        )
        outputs = list(engines[name].model().generate([endless, choice(0), empty, sample(3)]))
        assert [output.error is None for output in outputs] == [False, True, False, True]
        assert "no room" in str(outputs[0].error)
        assert "'甲' has no two tokens" in str(outputs[2].error)

    def test_one_token_less_than_the_limit_has_room(
        self, name: str, engines: Mapping[str, Engine], tiny_base: Path
    ) -> None:
        tokenizer = load_tokenizer(tiny_base)
        texts = ["1" * n for n in range(2, 2 * LENGTH)]
        fitting = {len(tokenizer(text).input_ids): text for text in texts}
        cases = [
            replace(choice(0), id=str(n), candidates=(Candidate("甲", text=fitting[n]),))
            for n in (2, LENGTH - 1, LENGTH)
        ]
        outputs = list(engines[name].model().generate(cases))
        assert [output.error is None for output in outputs] == [True, True, False]

    def test_an_answer_that_nobody_waits_for_leaves_nothing_behind(
        self, name: str, engines: Mapping[str, Engine]
    ) -> None:
        model = engines[name].model()
        whole = [(o.sample_id, o.text) for o in model.generate(MIXED)]
        started = iter(model.generate(list(reversed(MIXED))))
        next(started)
        del started
        assert [(o.sample_id, o.text) for o in model.generate(MIXED)] == whole


@pytest.mark.real
def test_both_engines_give_the_same_scores(engines: Mapping[str, Engine], adapter: Path) -> None:
    asked = [s for s in MIXED if s.candidates]
    for part in (None, adapter):
        one, other = (list(engines[name].model(part).generate(asked)) for name in REAL)
        assert len(scores(one)) == len(asked)
        assert near(scores(one), scores(other))
        assert [o.prompt_tokens for o in one] == [o.prompt_tokens for o in other]


@pytest.mark.real
@pytest.mark.parametrize("tuned", [False, True])
def test_scores_are_those_of_plain_torch(
    tuned: bool, engines: Mapping[str, Engine], tiny_base: Path, adapter: Path
) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    network = AutoModelForCausalLM.from_pretrained(tiny_base, dtype=torch.float32).eval()
    if tuned:
        network = PeftModel.from_pretrained(network, adapter).eval()
    tokenizer = load_tokenizer(tiny_base)
    expected = []
    for asked in (choice(0), plain(2)):
        by_label = {}
        for candidate in asked.candidates:
            turns = [{"role": m.role, "content": m.content} for m in candidate.messages]
            text = tokenizer.apply_chat_template(turns, tokenize=False) if turns else candidate.text
            ids = torch.tensor([tokenizer(text).input_ids])
            with torch.no_grad():
                probabilities = torch.softmax(network(ids).logits[0].double(), -1)
            losses = [
                -math.log(float(probabilities[i, int(token)])) for i, token in enumerate(ids[0][1:])
            ]
            by_label[candidate.label] = sum(losses) / ids.shape[1]
        expected.append(by_label)
    model = engines["hf"].model(adapter if tuned else None)
    assert near(scores(list(model.generate([choice(0), plain(2)]))), expected)


@pytest.mark.real
def test_a_pass_takes_as_many_rows_as_fit(
    engines: Mapping[str, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = engines["hf"].model()
    expected = scores(list(model.generate(MIXED)))
    monkeypatch.setattr(hf, "_LOGITS", 1)
    assert near(scores(list(model.generate(MIXED))), expected)


def test_a_score_is_divided_by_all_tokens() -> None:
    assert mean_loss([-1.0, -2.0]) == 1.0
    assert mean_loss([-math.log(4)]) == pytest.approx(math.log(2))


def test_the_first_of_equals_is_the_answer() -> None:
    output = likeliest(choice(0), [2.0, 1.5, 1.5], 30, None)
    assert output.text == "乙"
    assert output.perplexity == {"甲": 2.0, "乙": 1.5, "丙": 1.5}
    assert output.prompt_tokens == 30


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_a_score_that_is_no_number_is_an_error(wrong: float) -> None:
    output = likeliest(choice(0), [1.0, wrong, 2.0], 30, None)
    assert output.error is not None
    assert output.perplexity is None
    assert output.text == ""


def test_labels_that_come_twice_are_an_error() -> None:
    twice = replace(choice(0), candidates=(Candidate("甲", text="一"), Candidate("甲", text="二")))
    refused = unscorable(twice, [[1, 2], [1, 3]], LENGTH)
    assert refused is not None
    assert "two candidates are labelled '甲'" in str(refused.error)


def test_a_conversation_is_scored_whole(tiny_base: Path) -> None:
    tokenizer = load_tokenizer(tiny_base)
    messages = (Message("user", "几点？"), Message("assistant", "七点。"))
    text = tokenizer.decode(conversation_ids(tokenizer, messages))
    assert text == "<|im_start|>user\n几点？<|im_end|>\n<|im_start|>assistant\n七点。<|im_end|>\n"
    assert candidate_ids(tokenizer, Candidate("甲", text="几点？")) == tokenizer("几点？").input_ids


def test_candidates_and_scores_survive_the_disk() -> None:
    for asked in (choice(0), plain(1)):
        assert sample_from(sample_to(asked)) == asked
    output = likeliest(choice(0), [2.0, 1.5, 1.75], 30, 0.25)
    assert output_from(output_to(output)) == output


def fake(skill: float, asked: Sequence[Sample]) -> list[Output]:
    with open_engine(EngineRequest(engine="fake", skill=skill)) as engine:
        return list(engine.model().generate(asked))


def test_the_fake_model_chooses_right_at_its_skill() -> None:
    asked = [choice(n) for n in range(200)]
    assert {output.text for output in fake(1.0, asked)} == {"乙"}
    assert {output.text for output in fake(0.0, asked)} == {"甲", "丙"}
    assert 60 < sum(output.text == "乙" for output in fake(0.5, asked)) < 140


def test_the_fake_model_scores_its_choice_least() -> None:
    for output in fake(0.5, [choice(n) for n in range(20)]):
        assert output.perplexity is not None
        assert output.text == min(output.perplexity, key=output.perplexity.__getitem__)


def test_the_fake_model_chooses_where_no_candidate_is_right_or_none_is_wrong() -> None:
    unlabelled = replace(choice(0), gold=Gold("choice", "丁"))
    only = replace(choice(0), candidates=(Candidate("乙", text="好。"),))
    assert fake(1.0, [unlabelled])[0].text in {"甲", "乙", "丙"}
    assert fake(0.0, [only])[0].text == "乙"


def test_the_floor_takes_the_most_frequent_label(tmp_path: Path) -> None:
    training = tmp_path / "train.jsonl"
    values = ["丙", "丙", "甲", "没有。", "没有。", "没有。"]
    write_jsonl(training, [{"family": "lookup", "value": value} for value in values])
    untold = (Candidate("戊", text="好。"), Candidate("己", text="坏。"))
    strange = replace(choice(1), candidates=untold)
    worded = replace(choice(1), candidates=(*untold, Candidate("2", text=" 没有。")))
    with open_engine(EngineRequest(engine="floor", training=training)) as engine:
        outputs = list(engine.model().generate([choice(0), sample(0), strange, worded]))
    # Where training tells of no candidate it is the first: blind choice.
    assert [output.text for output in outputs] == ["丙", "没有。", "戊", "2"]
