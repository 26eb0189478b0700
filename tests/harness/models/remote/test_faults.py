"""What providers do wrong: mended, given up one by one, or told in one sentence."""

import itertools
import time
from contextlib import closing
from pathlib import Path

import pytest

from harness.config.sections import Budget
from harness.errors import PodiumError, RunError, StoreError, UsageError
from harness.models.api import open_api
from harness.models.budget import Meter
from harness.models.response_cache import Responses
from tests.conftest import sample
from tests.harness.models.remote.asking import PAYER, ask, drawing, texts, threads, whom
from tests.teacher_server import teacher

KEY = "sk-0123456789abcdef/+=quite-secret"


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
            outputs = ask(server, responses, 12)
            times = server.counts().times
        assert [output.text for output in outputs] == texts(12)
        gaps = [b - a for at in times.values() for a, b in itertools.pairwise(at)]
        assert len(gaps) >= 3
        # A date is whole seconds: the wait may be up to one shorter than meant.
        assert min(gaps) >= 1

    def test_a_wait_that_nobody_waits_for(self, responses: Responses) -> None:
        with teacher(marked={"K1003": 429}, retry_after="86400", latency_s=0.02) as server:
            outputs = ask(server, responses, 12)
        assert [output.error is None for output in outputs] == [n != 3 for n in range(12)]
        assert "asks to wait 86,400 s" in (outputs[3].error or "")

    def test_an_answer_that_hangs_is_asked_for_again(self, responses: Responses) -> None:
        with teacher(latency_s=0.01, hang=0.1) as server:
            outputs = ask(server, responses, 60, timeout_s=0.5)
        assert [output.text for output in outputs] == texts(60)

    def test_a_random_refusal_with_a_wait_holds_up_no_other(self, responses: Responses) -> None:
        with teacher(marked={"K1003": 429}, retry_after="600") as server:
            asked = whom(server.address, concurrency=8)
            with (
                open_api(*asked, responses, Meter(Budget()), PAYER) as model,
                drawing(model.generate(sample(n) for n in range(200))),
            ):
                while len(server.counts().answered) < 199:
                    time.sleep(0.02)
                assert server.counts().statuses["429"] == 1
                model.close()

    def test_a_server_that_is_full_is_asked_for_what_it_bears(self, tmp_path: Path) -> None:
        refused = []
        for attempt in range(3):  # what else the machine does only ever adds refusals
            with (
                teacher(saturate=3, latency_s=0.1) as server,
                closing(Responses(tmp_path / f"{attempt}.sqlite")) as responses,
            ):
                outputs = ask(server, responses, 300, concurrency=32)
                refused.append(server.counts().statuses["429"])
            assert [output.text for output in outputs] == texts(300)
            if refused[-1] < 30:
                break
        assert min(refused) < 30, refused

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

    def test_a_server_that_never_answers(self, responses: Responses) -> None:
        with teacher(hang=1.0) as server:
            with pytest.raises(RunError, match=r"gives no answer within 0\.2 s"):
                ask(server, responses, 50, timeout_s=0.2)
            assert sum(server.counts().received.values()) < 30

    def test_a_server_that_only_fails(self, responses: Responses) -> None:
        with teacher(status=500) as server:
            with pytest.raises(RunError, match="500"):
                ask(server, responses, 200, tries=3)
            assert sum(server.counts().received.values()) < 40

    def test_a_server_that_stops_working(self, responses: Responses) -> None:
        with teacher(latency_s=0.01) as server:
            asked = whom(server.address, concurrency=4)
            with open_api(*asked, responses, Meter(Budget()), PAYER, 2) as model:
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
