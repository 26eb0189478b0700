"""The model: answers in order, each paid for once, within budget and memory."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from harness.config.sections import Budget
from harness.core import Message, Output, Sample
from harness.models.api import open_api
from harness.models.budget import BudgetSpent, Meter, Spent
from harness.models.response_cache import Responses
from tests.conftest import sample
from tests.harness.models.remote.asking import PAYER, ask, drawing, texts, threads, whom
from tests.teacher_server import Server, teacher


@pytest.fixture
def responses(tmp_path: Path) -> Iterator[Responses]:
    opened = Responses(tmp_path / "responses.sqlite")
    yield opened
    opened.close()


class TestAnswers:
    def test_order_is_kept_whatever_comes_first(self, responses: Responses) -> None:
        with teacher(latency_s=0.01, jitter=0.9) as server:
            outputs = ask(server, responses, 200)
        assert [output.sample_id for output in outputs] == [f"q{n}" for n in range(200)]
        assert [output.text for output in outputs] == texts(200)
        assert outputs[0].prompt_tokens == len(sample(0).question)
        assert outputs[0].output_tokens == len(outputs[0].text)

    def test_the_request_is_what_the_settings_say(self, responses: Responses) -> None:
        extra = {"top_p": 0.5, "max_tokens": None, "max_completion_tokens": 7, "temperature": 0}
        with teacher(mirror=True) as server:
            (output,) = ask(server, responses, 1, extra=extra)
        assert json.loads(output.text) == {
            "model": "m",
            "messages": [{"role": "user", "content": sample(0).question}],
            "temperature": 0,
            "top_p": 0.5,
            "max_completion_tokens": 7,
        }

    def test_a_conversation_goes_out_whole(self, responses: Responses) -> None:
        turns = (Message("system", "s"), Message("user", "a"), Message("assistant", "b"),
                 Message("user", "c"))  # fmt: skip
        with teacher(mirror=True) as server:
            asked = whom(server.address)
            with open_api(*asked, responses, Meter(Budget()), PAYER) as model:
                (output,) = model.generate([replace(sample(0), messages=turns)])
        sent = json.loads(output.text)["messages"]
        assert [(m["role"], m["content"]) for m in sent] == [(t.role, t.content) for t in turns]

    @pytest.mark.parametrize("name", ["messages", "stream"])
    def test_some_fields_cannot_be_replaced(self, name: str) -> None:
        with pytest.raises(ValidationError, match=f"{name}: is not yours to set"):
            whom("http://127.0.0.1:1", extra={name: [1]})

    @pytest.mark.parametrize(
        ("message", "text"),
        [
            ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab"),
            ({"content": "a \ud83d b"}, "a ? b"),
        ],
    )
    def test_content_in_every_shape(
        self, responses: Responses, message: dict[str, Any], text: str
    ) -> None:
        with teacher(message={"role": "assistant", **message}, finish_reason="length") as server:
            (output,) = ask(server, responses, 1)
        assert (output.text, output.finish_reason, output.error) == (text, "length", None)

    def test_ends_that_are_more_than_addresses_take_hold_all_the_same(
        self, responses: Responses
    ) -> None:
        ends = [f"|{number}" for number in range(6)]
        with teacher(mirror=True) as server:
            (sent,) = ask(server, responses, 1, extra={"stop": ends})
        assert json.loads(sent.text)["stop"] == ends[:4]
        message = {"role": "assistant", "content": "a|5b|4"}
        with teacher(message=message, finish_reason="length") as server:
            (output,) = ask(server, responses, 1, extra={"stop": ends})
        assert (output.text, output.finish_reason) == ("a", "stop")

    @pytest.mark.parametrize("message", [{"content": None, "reasoning_content": "hm"}, {}])
    def test_an_answer_that_ends_in_thought_says_so(
        self, responses: Responses, message: dict[str, Any]
    ) -> None:
        with teacher(message={"role": "assistant", **message}, finish_reason="length") as server:
            (output,) = ask(server, responses, 1)
        assert output.finish_reason == "error"
        assert "thought only" in str(output.error)

    def test_usage_that_is_not_told_counts_as_the_most_it_can_be(
        self, responses: Responses
    ) -> None:
        with teacher(usage=False) as server:
            (output,) = ask(server, responses, 1, max_tokens=50)
        assert (output.prompt_tokens, output.output_tokens) == (None, None)
        assert responses.spent(PAYER) == Spent(1, len(sample(0).question), 50)

    def test_what_was_answered_is_not_asked_again(self, responses: Responses) -> None:
        with teacher() as server:
            first = ask(server, responses, 20)
            again = ask(server, responses, 30)
            counts = server.counts()
        kept = [replace(output, e2e_s=None) for output in first]  # what was kept takes no time
        assert again[:20] == kept
        assert sum(counts.received.values()) == 30
        assert set(counts.received.values()) == {1}

    def test_equal_samples_are_asked_each(self, responses: Responses) -> None:
        with teacher() as server:
            for _ in range(2):
                meter = Meter(Budget(), responses.spent(PAYER))
                asked = whom(server.address)
                with open_api(*asked, responses, meter, PAYER) as model:
                    outputs = list(model.generate([sample(0)] * 3))
            assert len(outputs) == 3
            assert list(server.counts().received.values()) == [1, 1, 1]

    def test_nothing_asked_starts_nothing(self, responses: Responses) -> None:
        assert ask("http://127.0.0.1:1", responses, 0) == []

    def test_two_rounds_share_connections(self, responses: Responses) -> None:
        with teacher(latency_s=0.01) as server:
            asked = whom(server.address, concurrency=4)
            with open_api(*asked, responses, Meter(Budget()), PAYER) as model:
                for start in (0, 40):
                    list(model.generate(sample(n) for n in range(start, start + 40)))
                assert len(threads()) <= 4
            # One more asks for the counts.
            assert server.counts().connections <= 5
        assert threads() == []


class TestBudget:
    def test_it_stops_hands_out_what_there_is_and_goes_on(self, responses: Responses) -> None:
        with teacher(latency_s=0.01) as server:
            for calls in (25, 60):
                outputs: list[Output] = []
                with pytest.raises(BudgetSpent, match=r"runtime\.budget\.calls"):
                    self.collect(server, responses, Budget(calls=calls), outputs)
                assert [output.text for output in outputs] == texts(calls)
                assert responses.spent(PAYER).calls == calls
            assert len(ask(server, responses, 100, Budget(calls=100))) == 100
            assert list(server.counts().received.values()) == [1] * 100

    def collect(
        self, server: Server, responses: Responses, budget: Budget, outputs: list[Output]
    ) -> None:
        meter = Meter(budget, responses.spent(PAYER))
        asked = whom(server.address, concurrency=8)
        with open_api(*asked, responses, meter, PAYER) as model:
            outputs.extend(model.generate(sample(n) for n in range(100)))

    def test_tokens_are_never_passed(self, responses: Responses) -> None:
        with teacher(latency_s=0.01) as server, pytest.raises(BudgetSpent):
            ask(server, responses, 100, Budget(tokens=1000), max_tokens=100)
        spent = responses.spent(PAYER)
        assert 800 < spent.tokens <= 1000

    def test_what_is_kept_costs_nothing(self, responses: Responses) -> None:
        with teacher() as server:
            ask(server, responses, 10)
            assert len(ask(server, responses, 10, Budget(calls=1))) == 10

    def test_it_is_told_in_words(self, responses: Responses) -> None:
        budget = Budget(prompt_price=1.0, output_price=2.0)
        with teacher(saturate=2, latency_s=0.02) as server:
            asked = whom(server.address, concurrency=8)
            with open_api(*asked, responses, Meter(budget), PAYER) as model:
                list(model.generate(sample(n) for n in range(60)))
                words = model.words()
            refused = server.counts().statuses["429"]
        tokens = responses.spent(PAYER).tokens
        assert words.startswith(f"60 calls, {tokens:,} tokens, 0.00")
        assert words.endswith(f"{refused} refused, limit 2")


class TestMemory:
    def test_samples_are_drawn_as_they_are_needed(self, responses: Responses) -> None:
        drawn = 0

        def source() -> Iterator[Sample]:
            nonlocal drawn
            while True:
                drawn += 1
                yield sample(drawn)

        with teacher() as server:
            asked = whom(server.address, concurrency=2)
            with open_api(*asked, responses, Meter(Budget()), PAYER) as model:
                outputs = model.generate(source())
                most = 0
                for handed, _ in enumerate(outputs, start=1):
                    most = max(most, drawn - handed)
                    if handed == 300:
                        break
                outputs.close()
        assert most <= 64
        assert threads() == []

    def test_one_that_hangs_holds_back_only_so_many(self, responses: Responses) -> None:
        drawn = 0

        def source() -> Iterator[Sample]:
            nonlocal drawn
            while True:
                drawn += 1
                yield sample(drawn)

        with teacher(marked={"K1001": 503}, retry_after="60") as server:
            asked = whom(server.address, concurrency=2)
            with (
                open_api(*asked, responses, Meter(Budget()), PAYER) as model,
                drawing(model.generate(source())),
            ):
                before = 0
                while (now := len(server.counts().answered)) < 1000 or now > before:
                    before = now
                    time.sleep(0.5)
                assert now == 1023
                assert drawn == 1024
                model.close()
