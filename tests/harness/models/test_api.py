"""The client against a real server: nothing lost, nothing paid twice, in order, politely."""

import itertools
import json
import logging
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.budget import BudgetSpent, Meter, Spent
from harness.core import Message, Output, Sample
from harness.errors import PodiumError, RunError, StoreError, UsageError
from harness.models.api import ApiSettings, open_api
from harness.responses import Responses
from harness.sections import Budget
from tests.conftest import sample
from tests.harness.models.asker import PAYER
from tests.podium import environment
from tests.teacher_server import Server, teacher

KEY = "sk-0123456789abcdef/+=quite-secret"


@pytest.fixture
def responses(tmp_path: Path) -> Iterator[Responses]:
    opened = Responses(tmp_path / "responses.sqlite")
    yield opened
    opened.close()


def ask(
    server: Server | str,
    responses: Responses,
    number: int = 5,
    budget: Budget | None = None,
    **settings: Any,
) -> list[Output]:
    """The outputs for so many samples, in a session of its own."""
    address = server if isinstance(server, str) else server.address
    settings = {"model": "m", "concurrency": 8, "timeout_s": 10.0, **settings}
    meter = Meter(budget or Budget(), responses.spent(PAYER))
    with open_api(ApiSettings(address, **settings), responses, meter, PAYER) as model:
        return list(model.generate(sample(n) for n in range(number)))


def texts(number: int) -> list[str]:
    """What the server answers to so many samples."""
    return [f"answer to {sample(n).question}" for n in range(number)]


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("teacher-")]


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
            settings = ApiSettings(server.address, "m")
            with open_api(settings, responses, Meter(Budget()), PAYER) as model:
                (output,) = model.generate([replace(sample(0), messages=turns)])
        sent = json.loads(output.text)["messages"]
        assert [(m["role"], m["content"]) for m in sent] == [(t.role, t.content) for t in turns]

    @pytest.mark.parametrize("name", ["messages", "stream"])
    def test_some_fields_cannot_be_replaced(self, responses: Responses, name: str) -> None:
        with pytest.raises(UsageError, match=f"extra.{name}"):
            ask("http://127.0.0.1:1", responses, extra={name: [1]})

    @pytest.mark.parametrize(
        ("message", "text"),
        [
            ({"content": None, "reasoning_content": "hm"}, ""),
            ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab"),
            ({"content": "a \ud83d b"}, "a ? b"),
            ({}, ""),
        ],
    )
    def test_content_in_every_shape(
        self, responses: Responses, message: dict[str, Any], text: str
    ) -> None:
        with teacher(message={"role": "assistant", **message}, finish_reason="length") as server:
            (output,) = ask(server, responses, 1)
        assert (output.text, output.finish_reason, output.error) == (text, "length", None)

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
        assert again[:20] == first
        assert sum(counts.received.values()) == 30
        assert set(counts.received.values()) == {1}

    def test_equal_samples_are_asked_each(self, responses: Responses) -> None:
        with teacher() as server:
            settings = ApiSettings(server.address, "m")
            for _ in range(2):
                meter = Meter(Budget(), responses.spent(PAYER))
                with open_api(settings, responses, meter, PAYER) as model:
                    outputs = list(model.generate([sample(0)] * 3))
            assert len(outputs) == 3
            assert list(server.counts().received.values()) == [1, 1, 1]

    def test_nothing_asked_starts_nothing(self, responses: Responses) -> None:
        assert ask("http://127.0.0.1:1", responses, 0) == []

    def test_two_rounds_share_connections(self, responses: Responses) -> None:
        with teacher(latency_s=0.01) as server:
            settings = ApiSettings(server.address, "m", concurrency=4)
            with open_api(settings, responses, Meter(Budget()), PAYER) as model:
                for start in (0, 40):
                    list(model.generate(sample(n) for n in range(start, start + 40)))
                assert len(threads()) <= 4
            # One more asks for the counts.
            assert server.counts().connections <= 5
        assert threads() == []


class TestFaults:
    def test_faults_lose_and_double_nothing(self, responses: Responses) -> None:
        with teacher(refuse=0.1, crash=0.1, reset=0.05, cut=0.05, latency_s=0.01) as server:
            outputs = ask(server, responses, 400)
            counts = server.counts()
        assert [output.text for output in outputs] == texts(400)
        assert counts.answered == dict.fromkeys(counts.received, 1)
        assert len(counts.received) == 400
        # What was cut was paid for, too.
        assert responses.spent(PAYER).calls == 400 + counts.statuses["cut"]

    @pytest.mark.parametrize("status", [400, 413, 422])
    def test_a_wrong_sample_among_right_ones_is_its_own_error(
        self, responses: Responses, status: int
    ) -> None:
        with teacher(marked={"K1003": status}, latency_s=0.02) as server:
            outputs = ask(server, responses, 12)
        assert [output.error is None for output in outputs] == [n != 3 for n in range(12)]
        assert str(status) in (outputs[3].error or "")
        assert outputs[3].finish_reason == "error"

    def test_a_sample_that_always_fails_is_given_up(self, responses: Responses) -> None:
        with teacher(marked={"K1003": 500}) as server:
            outputs = ask(server, responses, 12, tries=3)
            received = server.counts().received
        assert [output.error is None for output in outputs] == [n != 3 for n in range(12)]
        assert "failed 3 times" in (outputs[3].error or "")
        assert sorted(received.values()) == [1] * 11 + [3]

    @pytest.mark.parametrize("value", ["1", "http-date"])
    def test_the_wait_that_is_asked_for_is_kept(self, responses: Responses, value: str) -> None:
        with teacher(refuse=0.3, retry_after=value, seed=1) as server:
            outputs = ask(server, responses, 20)
            times = server.counts().times
        assert [output.text for output in outputs] == texts(20)
        gaps = [b - a for at in times.values() for a, b in itertools.pairwise(at)]
        assert len(gaps) >= 3
        # A date is whole seconds: the wait may be up to one shorter than meant.
        assert min(gaps) >= 1

    def test_a_random_refusal_with_a_wait_holds_up_no_other(self, responses: Responses) -> None:
        with teacher(marked={"K1003": 429}, retry_after="2") as server:
            settings = ApiSettings(server.address, "m", concurrency=8, tries=2)
            with open_api(settings, responses, Meter(Budget()), PAYER) as model:
                outputs = model.generate(sample(n) for n in range(200))
                asker = threading.Thread(target=list, args=(outputs,))
                asker.start()
                while len(server.counts().answered) < 199:
                    time.sleep(0.02)
                # Not yet for the second time.
                assert server.counts().statuses["429"] == 1
                asker.join()

    def test_a_server_that_is_full_is_asked_for_what_it_bears(self, responses: Responses) -> None:
        with teacher(saturate=3, latency_s=0.02) as server:
            outputs = ask(server, responses, 600, concurrency=32)
            statuses = server.counts().statuses
        assert [output.text for output in outputs] == texts(600)
        assert statuses["429"] < 60

    def test_a_limit_on_the_rate_stops_nothing(self, responses: Responses) -> None:
        with teacher(rate=100.0, burst=20.0) as server:
            outputs = ask(server, responses, 250, concurrency=16)
        assert [output.text for output in outputs] == texts(250)


class TestEnds:
    """When no attempt can help, one sentence says why."""

    @pytest.mark.parametrize(
        ("status", "kind", "said"),
        [
            (401, UsageError, "the key in TEACHER_KEY is refused: 127.0.0.1:.* answers 401"),
            (403, UsageError, "the key in TEACHER_KEY is refused"),
            (402, RunError, "no balance left"),
            (404, UsageError, "no such model or address"),
            (405, UsageError, "the request is refused"),
            (400, UsageError, "no request is accepted"),
        ],
    )
    def test_what_no_retry_can_mend(
        self,
        responses: Responses,
        monkeypatch: pytest.MonkeyPatch,
        status: int,
        kind: type[PodiumError],
        said: str,
    ) -> None:
        monkeypatch.setenv("TEACHER_KEY", KEY)
        with teacher(status=status) as server:
            with pytest.raises(kind, match=said) as caught:
                ask(server, responses, 100, key_env="TEACHER_KEY")
            received = sum(server.counts().received.values())
        assert "\n" not in str(caught.value)
        assert received <= 32
        assert threads() == []

    def test_an_empty_account(self, responses: Responses) -> None:
        body = {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}
        with (
            teacher(status=429, body=body) as server,
            pytest.raises(RunError, match="no balance left"),
        ):
            ask(server, responses, 3)

    def test_nobody_there(self, responses: Responses) -> None:
        with pytest.raises(RunError, match=r"127\.0\.0\.1:1 cannot be reached: Connection refused"):
            ask("http://127.0.0.1:1/v1", responses, 50)

    def test_a_host_that_does_not_exist(self, responses: Responses) -> None:
        with pytest.raises(RunError, match=r"no-such-host\.invalid cannot be reached"):
            ask("http://no-such-host.invalid/v1", responses, 50)

    def test_a_server_that_only_fails(self, responses: Responses) -> None:
        with teacher(status=500) as server:
            with pytest.raises(RunError, match="500"):
                ask(server, responses, 200, tries=3)
            assert sum(server.counts().received.values()) < 40

    def test_a_server_that_stops_working(self, responses: Responses) -> None:
        with teacher(latency_s=0.01) as server:
            settings = ApiSettings(server.address, "m", concurrency=4, tries=2)
            with open_api(settings, responses, Meter(Budget()), PAYER) as model:
                outputs = model.generate(sample(n) for n in range(5000))
                for _ in range(20):
                    next(outputs)
                server.process.kill()
                with pytest.raises(RunError, match=r"cannot be reached.*run again to go on"):
                    list(outputs)

    def test_a_redirect_is_not_followed(
        self, responses: Responses, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TEACHER_KEY", KEY)
        with teacher() as other, teacher(status=302, location=other.address) as server:
            with pytest.raises(UsageError, match="a redirect"):
                ask(server, responses, 3, key_env="TEACHER_KEY")
            assert other.counts().received == {}

    def test_a_key_that_is_not_set(
        self, responses: Responses, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("TEACHER_KEY", raising=False)
        with pytest.raises(UsageError, match="TEACHER_KEY holds no key"):
            ask("http://127.0.0.1:1", responses, key_env="TEACHER_KEY")

    def test_a_file_of_replies_that_is_damaged(self, tmp_path: Path) -> None:
        path = tmp_path / "responses.sqlite"
        path.write_bytes(b"no database" * 1000)
        with teacher() as server, pytest.raises(StoreError, match="move the file away"):
            ask(server, Responses(path), 3)
        assert threads() == []

    def test_a_disk_that_takes_no_more(self, tmp_path: Path) -> None:
        folder = tmp_path / "file"
        folder.write_text("")
        with teacher() as server, pytest.raises(StoreError, match="replies cannot be kept"):
            ask(server, Responses(folder / "responses.sqlite"), 3)


class TestKey:
    @pytest.mark.parametrize(
        "behaviour",
        [
            {"status": 401, "echo": "error"},
            {"status": 500, "echo": "error"},
            {"status": 400, "echo": "error"},
            {"marked": {"K1001": 400}, "echo": "error"},
            {"echo": "answer"},
            {"echo": "escaped"},
        ],
    )
    def test_it_is_nowhere(
        self,
        tmp_path: Path,
        responses: Responses,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
        behaviour: dict[str, Any],
    ) -> None:
        monkeypatch.setenv("TEACHER_KEY", KEY)
        caplog.set_level(logging.DEBUG)
        said = ""
        with teacher(**behaviour) as server:
            try:
                outputs = ask(server, responses, 4, key_env="TEACHER_KEY", tries=2)
                said = repr(outputs)
            except PodiumError as error:
                said = repr(error) + repr(error.__context__) + repr(error.__cause__)
        responses.close()
        said += caplog.text + "".join(capfd.readouterr())
        said += "".join(p.read_bytes().decode("latin-1") for p in tmp_path.rglob("*"))
        assert "[key]" in said
        for spelling in (KEY, json.dumps(KEY)[1:-1], KEY.replace("/", "\\/"), "quite-secret"):
            assert spelling not in said

    def test_a_netrc_file_does_not_replace_it(
        self, tmp_path: Path, responses: Responses, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login someone password else\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("TEACHER_KEY", KEY)
        with teacher(expect=f"Bearer {KEY}") as server:
            assert [output.text for output in ask(server, responses, 2, key_env="TEACHER_KEY")]

    def test_a_proxy_is_not_asked_for_this_machine(
        self, responses: Responses, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        monkeypatch.delenv("no_proxy", raising=False)
        with teacher() as server:
            assert [output.text for output in ask(server, responses, 2)] == texts(2)

    def test_a_proxy_is_asked_for_others(
        self, responses: Responses, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with teacher() as server:
            monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
            monkeypatch.delenv("no_proxy", raising=False)
            assert [o.text for o in ask("http://teacher.example/v1", responses, 2)] == texts(2)


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
        settings = ApiSettings(server.address, "m", concurrency=8)
        with open_api(settings, responses, meter, PAYER) as model:
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
            settings = ApiSettings(server.address, "m", concurrency=8)
            with open_api(settings, responses, Meter(budget), PAYER) as model:
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
            settings = ApiSettings(server.address, "m", concurrency=2)
            with open_api(settings, responses, Meter(Budget()), PAYER) as model:
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
            settings = ApiSettings(server.address, "m", concurrency=2)
            with open_api(settings, responses, Meter(Budget()), PAYER) as model:
                outputs = model.generate(source())
                waiter = threading.Thread(target=next, args=(outputs,), daemon=True)
                waiter.start()
                before = 0
                while (now := len(server.counts().answered)) < 1000 or now > before:
                    before = now
                    time.sleep(0.2)
                assert now == 1023
                assert drawn == 1024
                model.close()


class TestStops:
    """However it ends, what was paid for is kept."""

    def run(self, server: Server, path: Path, number: int = 300) -> subprocess.Popen[str]:
        words = [sys.executable, "-m", "tests.harness.models.asker", server.address, str(path),
                 str(number), "8"]  # fmt: skip
        return subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
        )

    def wait_for(self, server: Server, calls: int) -> None:
        while sum(server.counts().received.values()) < calls:
            time.sleep(0.005)

    def test_ctrl_c_repeats_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "responses.sqlite"
        with teacher(latency_s=0.1) as server:
            for calls in (20, 60, 110):
                process = self.run(server, path)
                self.wait_for(server, calls)
                process.send_signal(signal.SIGINT)
                _, told = process.communicate()
                assert "KeyboardInterrupt" in told
            before = server.counts()
            assert before.answered == before.received
            out, _ = self.run(server, path).communicate()
            received = server.counts().received
        assert [json.loads(line)[1] for line in out.splitlines()] == texts(300)
        assert list(received.values()) == [1] * 300

    def test_a_kill_repeats_only_what_was_under_way(self, tmp_path: Path) -> None:
        path = tmp_path / "responses.sqlite"
        draw = random.Random(5)
        kills = 5
        with teacher(latency_s=0.05, crash=0.05) as server:
            for _ in range(kills):
                calls = sum(server.counts().received.values())
                process = self.run(server, path)
                self.wait_for(server, calls + 8 + draw.randrange(40))
                process.send_signal(signal.SIGKILL)
                process.communicate()
                time.sleep(0.1)
                kept = self.kept(path)
                before = server.counts().answered
                self.check_nothing_kept_is_asked(server, path, kept, before)
            out, _ = self.run(server, path).communicate()
            counts = server.counts()
        assert [json.loads(line)[1] for line in out.splitlines()] == texts(300)
        repeats = sum(counts.answered.values()) - 300
        assert repeats <= kills * 8

    def kept(self, path: Path) -> set[str]:
        import sqlite3

        connection = sqlite3.connect(path)
        found = {row[0] for row in connection.execute("select digest from responses")}
        connection.close()
        return found

    def check_nothing_kept_is_asked(
        self, server: Server, path: Path, kept: set[str], before: dict[str, int]
    ) -> None:
        """Go on for a moment: what is kept stays as often asked as it was."""
        process = self.run(server, path)
        self.wait_for(server, sum(server.counts().received.values()) + 4)
        process.send_signal(signal.SIGINT)
        process.communicate()
        after = server.counts().answered
        assert kept
        assert {key: after[key] for key in kept} == {key: before[key] for key in kept}

    def test_a_generator_that_is_closed_keeps_what_was_under_way(
        self, responses: Responses
    ) -> None:
        with teacher(latency_s=0.1) as server:
            settings = ApiSettings(server.address, "m", concurrency=4)
            with open_api(settings, responses, Meter(Budget()), PAYER) as model:
                outputs = model.generate(sample(n) for n in range(100))
                next(outputs)
                outputs.close()
                counts = server.counts()
                assert counts.received == counts.answered
                assert responses.spent(PAYER).calls == sum(counts.received.values())
            assert server.counts().received == counts.received
        assert threads() == []

    def test_an_error_of_the_source_ends_it(self, responses: Responses) -> None:
        def source() -> Iterator[Sample]:
            yield sample(0)
            raise ValueError("no more")

        with teacher(latency_s=0.05) as server:
            settings = ApiSettings(server.address, "m", concurrency=4)
            with (
                pytest.raises(ValueError, match="no more"),
                open_api(settings, responses, Meter(Budget()), PAYER) as model,
            ):
                list(model.generate(source()))
        assert responses.spent(PAYER).calls == 1
        assert threads() == []
