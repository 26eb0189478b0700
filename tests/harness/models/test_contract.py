"""One contract for everything that answers, run on every engine there is."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from harness.config.engines import ENGINES
from harness.core import Arrival, Candidate, Gold, Message, Sample
from harness.errors import InputError, MissingDependency
from harness.models import (
    Address,
    Engine,
    EngineRequest,
    LocalModel,
    lora_rank_step,
    open_engine,
    resolve_engine,
)
from harness.models.chat import prompt_ids
from harness.models.decoding import Decoding, drawn
from harness.models.server import ServerEngine
from harness.models.trying import TemplateFailure
from harness.store.files import write_jsonl
from tests.conftest import sample
from tests.harness.models.adapters import make_adapter

REAL = ("hf", "vllm", "server")
# Engines that make tokens of a question in this process, so that it takes their time.
TOKENIZING = ("hf", "vllm")
ASKED = ("api",)
# Engines that answer many questions at once, so that they can be timed under load.
SERVING = ("vllm", "server", "api")
# What ends an answer is the address's own matter; this one was told nothing but what it serves.
EXTRA = {"chat_template_kwargs": {"enable_thinking": False}}
KEY = "PODIUM_TEST_SERVER_KEY"


@pytest.fixture(scope="module")
def adapters(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("adapters")
    return make_adapter(tiny_base, folder / "a" / "adapter", 1), make_adapter(
        tiny_base, folder / "b" / "adapter", 2
    )


@pytest.fixture(scope="module")
def opened(
    tiny_base: Path, adapters: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Engine]]:
    """Each engine is started once, when it is first asked for: vLLM takes its time."""
    training = tmp_path_factory.mktemp("training") / "train.jsonl"
    rows = [{"family": "lookup", "value": v} for v in ("甲。", "乙。", "乙。")]
    write_jsonl(training, rows)
    with ExitStack() as stack:

        @cache
        def started(name: str) -> Engine:
            address = None
            if name in ASKED:  # the address of the server that Podium has started
                up = cast("ServerEngine", started("server")).standing()
                os.environ[KEY] = up.key
                kept = tmp_path_factory.mktemp("kept") / "responses.sqlite3"
                address = Address(f"http://127.0.0.1:{up.port}/v1", "base", KEY, EXTRA,
                                  responses=kept, remembers=False)  # fmt: skip
            request = EngineRequest(
                engine=name, base=tiny_base, adapters=adapters, max_lora_rank=8, dtype="float32",
                max_length=256, max_tokens=12, batch=8, skill=0.5, training=training,
                address=address,
            )  # fmt: skip
            return stack.enter_context(open_engine(request))

        yield started


@pytest.fixture(scope="module", params=sorted(ENGINES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def engine(name: str, opened: Callable[[str], Engine]) -> Engine:
    return opened(name)


def turn(number: int) -> str:
    """The prompt that the chat template makes of a question."""
    question = sample(number).question
    return f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"


def continued(*candidates: Candidate) -> Sample:
    """A question that is answered by what goes on likeliest."""
    return replace(
        sample(0), id=candidates[0].text, gold=Gold("choice", "0"), candidates=candidates
    )


def test_one_output_a_sample_in_order(engine: Engine, samples: Sequence[Sample]) -> None:
    outputs = list(engine.model().generate(samples))
    assert [output.sample_id for output in outputs] == [s.id for s in samples]
    assert all(output.error is None and output.output_tokens for output in outputs)


def test_nothing_asked_is_nothing_answered(engine: Engine) -> None:
    assert list(engine.model().generate([])) == []


def test_a_question_longer_than_the_context_is_its_own_error(
    name: str, engine: Engine, samples: Sequence[Sample]
) -> None:
    if name not in REAL:
        pytest.skip("nothing here counts tokens")
    written = replace(sample(0), id="long", messages=(Message("user", "很长的问题。" * 999),))
    scored = continued(Candidate("0", text="长" * 999), Candidate("1", text="b"))
    asked = [samples[0], written, scored, samples[1]]
    outputs = list(engine.model().generate(asked))
    assert [output.sample_id for output in outputs] == [one.id for one in asked]
    assert [output.error is None for output in outputs] == [True, False, False, True]
    assert "256" in str(outputs[1].error)


@pytest.mark.parametrize("temperature", [1.5])
def test_every_draw_of_a_question_is_another_and_can_be_repeated(
    name: str, engine: Engine, samples: Sequence[Sample], temperature: float
) -> None:
    if name not in TOKENIZING:
        pytest.skip("draws are of engines that hold the weights; others: test_address")
    kept, local = engine.request, cast("Any", engine)  # type: ignore[attr-defined] # of both
    local.request = replace(kept, decoding=Decoding(temperature=temperature, seed=3))
    try:
        said = [
            [output.text for output in engine.model().generate(list(drawn(samples, 4)))]
            for _ in range(2)
        ]
    finally:
        local.request = kept
    assert said[0] == said[1]
    texts = [tuple(said[0][at :: len(samples)]) for at in range(len(samples))]
    assert all(len(set(drawn_of)) > 1 for drawn_of in texts)


def test_an_answer_does_not_depend_on_its_neighbours(
    engine: Engine, samples: Sequence[Sample]
) -> None:
    together = [output.text for output in engine.model().generate(samples)]
    apart = [next(iter(engine.model().generate([s]))).text for s in samples]
    assert together == apart


def test_a_lone_sample_is_timed(engine: Engine, samples: Sequence[Sample]) -> None:
    (output,) = engine.model().generate(samples[:1])
    assert output.e2e_s is not None
    assert output.ttft_s is not None
    assert 0 <= output.ttft_s <= output.e2e_s < 60


def test_template_and_tokenizer_are_part_of_the_time(
    engine: Engine, samples: Sequence[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = type(engine).__module__
    if not module.endswith(TOKENIZING):
        pytest.skip("it tokenizes nothing here")

    def slow(tokenizer: Any, sample: Sample) -> list[int]:
        time.sleep(0.25)
        return prompt_ids(tokenizer, sample)

    monkeypatch.setattr("harness.models.chat.prompt_ids", slow)
    (output,) = engine.model().generate(samples[:1])
    assert output.ttft_s is not None
    assert output.e2e_s is not None
    assert 0.25 <= output.ttft_s <= output.e2e_s


def test_a_question_that_the_template_refuses_is_an_error_of_that_sample(
    engine: Engine, samples: Sequence[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = type(engine).__module__
    if not module.endswith(REAL):
        pytest.skip("it has no template")

    def refusing(tokenizer: Any, sample: Sample) -> list[int]:
        if sample.id == samples[1].id:
            raise TemplateFailure("line 3: no")
        return prompt_ids(tokenizer, sample)

    monkeypatch.setattr("harness.models.chat.prompt_ids", refusing)
    first, second, third = engine.model().generate(samples[:3])
    assert (first.error, second.error, third.error) == (None, "line 3: no", None)
    assert second.finish_reason == "error"


def test_the_cache_can_be_reset(engine: Engine, samples: Sequence[Sample]) -> None:
    before = [output.text for output in engine.model().generate(samples)]
    engine.reset_cache()
    assert [output.text for output in engine.model().generate(samples)] == before


def test_questions_that_come_by_themselves_are_timed_from_when_they_were_due(
    name: str, engine: Engine, samples: Sequence[Sample]
) -> None:
    # The first was due long ago, the last is due in a while: neither holds up the other.
    arrivals = [Arrival(due, s) for due, s in zip((-2.0, 0.0, 0.5), samples, strict=False)]
    outputs = engine.open_loop(engine.model(), arrivals)
    if name not in SERVING:
        assert outputs is None
        return
    assert outputs is not None
    assert [output.sample_id for output in outputs] == [s.id for s in samples[:3]]
    early, middle, late = outputs
    assert all(
        o.ttft_s is not None and o.e2e_s is not None and o.ttft_s <= o.e2e_s for o in outputs
    )
    assert min(early.ttft_s or 0.0, (early.e2e_s or 0.0) - (middle.e2e_s or 0.0)) > 1.0
    assert (late.e2e_s or 9.0) < (early.e2e_s or 0.0) - 1.0
    alone = [next(iter(engine.model().generate([s]))).text for s in samples[:3]]
    assert [output.text for output in outputs] == alone


def test_a_signature_names_engine_device_and_mode(engine: Engine) -> None:
    assert {"engine", "device", "mode"} <= set(engine.signature())


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
class TestReal:
    """What only engines with weights must keep."""

    def test_adapters_change_answers_and_leave_the_base_alone(
        self,
        name: str,
        opened: Callable[[str], Engine],
        adapters: tuple[Path, Path],
        samples: Sequence[Sample],
    ) -> None:
        models = [opened(name).model(a) for a in (None, *adapters, None)]
        base, first, second, again = (
            [output.text for output in model.generate(samples)] for model in models
        )
        assert base == again
        assert base != first
        assert first != second

    def test_a_queue_changes_no_answer(
        self,
        name: str,
        opened: Callable[[str], Engine],
        adapters: tuple[Path, Path],
        samples: Sequence[Sample],
    ) -> None:
        engine = opened(name)
        asked = {adapter: tuple(samples) for adapter in (None, *adapters)}
        apart = [[o.text for o in engine.model(a).generate(s)] for a, s in asked.items()]
        if not engine.queues:
            with pytest.raises(ValueError, match="no queue"):
                engine.begin(None, samples)
            return
        for adapter, given in asked.items():
            engine.begin(adapter, given)
        together = [[o.text for o in engine.model(a).generate(s)] for a, s in asked.items()]
        assert together == apart

    def test_a_queue_that_is_not_asked_for_is_forgotten(
        self,
        name: str,
        opened: Callable[[str], Engine],
        adapters: tuple[Path, Path],
        samples: Sequence[Sample],
    ) -> None:
        engine = opened(name)
        if not engine.queues:
            return
        engine.begin(adapters[0], samples)
        engine.begin(adapters[1], samples)
        some = [output.sample_id for output in engine.model(adapters[0]).generate(samples[1:])]
        assert some == [sample.id for sample in samples[1:]]
        for output in engine.model(adapters[1]).generate(samples):
            assert output.sample_id == samples[0].id
            break
        engine.reset_cache()  # which it refuses while anything is under way

    def test_a_prompt_without_room_is_an_error_of_that_sample(
        self, name: str, opened: Callable[[str], Engine], samples: Sequence[Sample]
    ) -> None:
        long = replace(sample(9), messages=(Message("user", "车" * 400),))
        first, second = opened(name).model().generate([long, samples[0]])
        assert first.error is not None
        assert "no room" in first.error
        assert second.error is None

    def test_an_answer_that_does_not_end_is_cut_and_says_so(
        self,
        name: str,
        opened: Callable[[str], Engine],
        adapters: tuple[Path, Path],
        samples: Sequence[Sample],
    ) -> None:
        answers = list(opened(name).model(adapters[0]).generate(samples))
        cut = [answer for answer in answers if answer.finish_reason == "length"]
        assert cut
        assert all(answer.output_tokens == 12 for answer in cut)
        assert all((answer.output_tokens or 0) <= 12 for answer in answers)

    def test_nothing_to_score_is_an_error_of_that_sample(
        self, name: str, opened: Callable[[str], Engine]
    ) -> None:
        asked = [
            continued(Candidate("0", text="", context="问：")),
            continued(Candidate("0", text="好", context=" \n")),
            continued(Candidate("0", text="好", context="")),
            continued(Candidate("0", text="好", context="问：")),
        ]
        empty, blank, begun, fine = opened(name).model().generate(asked)
        assert "is empty: there is nothing to score" in str(empty.error)
        assert "is nothing but white space" in str(blank.error)
        for output in (begun, fine):
            assert output.error is None
            assert (output.loglikelihood or {})["0"] < 0
            assert output.perplexity is None

    def test_a_folder_that_is_no_model_is_refused(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no such model folder"):
            open_engine(EngineRequest(engine=name, base=tmp_path / "none"))


@pytest.mark.real
def test_the_same_base_agrees_across_engines_and_the_address(
    opened: Callable[[str], Engine], samples: Sequence[Sample]
) -> None:
    texts = [
        [(output.text, output.finish_reason, output.output_tokens) for output in answers]
        for answers in (opened(name).model().generate(samples) for name in (*REAL, *ASKED))
    ]
    assert all(found == texts[0] for found in texts)


@pytest.mark.real
def test_what_a_sample_says_of_its_prompt_and_its_end_holds_on_all_of_them(
    opened: Callable[[str], Engine], samples: Sequence[Sample]
) -> None:
    plain = replace(samples[0], prompt=turn(0))
    asked = [
        samples[0],
        plain,
        replace(plain, stop=("没有", "次")),
        replace(samples[1], stop=("次",)),
        replace(plain, max_tokens=3),
        replace(plain, prompt=turn(0) + "K1000", stop=("<|im_end|>",)),
    ]
    asked = [replace(one, id=f"q{n}") for n, one in enumerate(asked)]
    each = [
        [(output.text, output.finish_reason, output.error) for output in answers]
        for answers in (opened(name).model().generate(asked) for name in (*REAL, *ASKED))
    ]
    assert all(found == each[0] for found in each)
    chat, same, cut, chat_cut, short, _ = each[0]
    assert same == chat
    assert cut == (chat[0].partition("次")[0], "stop", None)
    assert len(cut[0]) < len(chat[0])
    assert "次" not in chat_cut[0]
    assert chat[0].startswith(short[0])
    assert short[1] == "length"


@pytest.mark.real
def test_engines_with_weights_agree_on_how_likely_a_text_goes_on(
    opened: Callable[[str], Engine],
) -> None:
    (said,) = opened("hf").model().generate([replace(sample(0), max_tokens=4)])
    texts = (said.text, "没有这趟车。", "K1000次停运")
    asked = continued(*(
        Candidate(str(n), text=text, context=turn(0)) for n, text in enumerate(texts)
    ))  # fmt: skip
    each = [next(iter(opened(name).model().generate([asked]))) for name in REAL]
    for output in each:
        assert output.text == "0"
        assert output.greedy == ("0",)
        assert output.loglikelihood == pytest.approx(each[0].loglikelihood, abs=1e-3)


@pytest.mark.real
def test_an_engine_with_weights_says_how_likely_it_finds_tokens(
    opened: Callable[[str], Engine],
) -> None:
    rows = [list(range(20, 30)), [21, 22]]
    found = [cast("LocalModel", opened(name).model()).logprobs(rows) for name in REAL]
    for scores in found[1:]:
        for ours, theirs in zip(found[0], scores, strict=True):
            assert theirs == pytest.approx(ours, abs=1e-3)


@pytest.mark.real
def test_the_same_adapters_agree_across_engines(
    opened: Callable[[str], Engine], adapters: tuple[Path, Path], samples: Sequence[Sample]
) -> None:
    models = [opened(name).model(adapters[0]) for name in REAL]
    texts = [[output.text for output in model.generate(samples)] for model in models]
    assert all(found == texts[0] for found in texts)


def test_auto_takes_vllm_where_it_is_installed() -> None:
    assert resolve_engine("auto") == "vllm"


def test_an_engine_that_is_not_installed_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.models.installed", lambda _: False)
    with pytest.raises(MissingDependency, match=r"pip install 'podium-harness\[vllm\]'"):
        resolve_engine("vllm")


def test_rank_limits_are_those_that_vllm_accepts() -> None:
    assert lora_rank_step([]) == 0
    assert lora_rank_step([3, 8]) == 8
    assert lora_rank_step([9]) == 16
    assert lora_rank_step([400]) == 512
