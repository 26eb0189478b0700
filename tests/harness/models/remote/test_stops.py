"""However it ends, what was paid for is kept."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.config.sections import Budget
from harness.core import Sample
from harness.models.api import open_api
from harness.models.budget import Meter
from harness.models.response_cache import Responses
from tests.conftest import sample
from tests.harness.models.remote.asking import PAYER, texts, threads, whom
from tests.podium import environment, heed_ctrl_c
from tests.teacher_server import Server, teacher


class TestStops:
    """However it ends, what was paid for is kept."""

    def run(self, server: Server, path: Path, number: int = 300) -> subprocess.Popen[str]:
        asker = "tests.harness.models.remote.asking"
        words = [sys.executable, "-m", asker, server.address, str(path), str(number), "8"]
        return subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
            preexec_fn=heed_ctrl_c,  # noqa: PLW1509 - these tests have no other thread
        )  # fmt: skip

    def wait_for(self, server: Server, calls: int) -> None:
        while sum(server.counts().received.values()) < calls:
            time.sleep(0.005)

    def test_ctrl_c_repeats_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "responses.sqlite"
        with teacher(latency_s=0.1) as server:
            for calls in (20, 90):
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

    def test_a_second_ctrl_c_waits_for_nothing(self, tmp_path: Path) -> None:
        with teacher(latency_s=3600.0) as server:
            process = self.run(server, tmp_path / "responses.sqlite")
            self.wait_for(server, 8)
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            assert "8 answers are still under way" in process.stderr.readline()
            process.send_signal(signal.SIGINT)
            process.communicate()
        assert process.returncode != 0

    def test_a_kill_repeats_only_what_was_under_way(self, tmp_path: Path) -> None:
        path = tmp_path / "responses.sqlite"
        draw = random.Random(5)
        kills = 3
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
            asked = whom(server.address, concurrency=4)
            with open_api(*asked, responses, Meter(Budget()), PAYER) as model:
                outputs = model.generate(sample(n) for n in range(100))
                next(outputs)
                outputs.close()
                counts = server.counts()
                assert counts.received == counts.answered
                assert responses.spent(PAYER).calls == sum(counts.received.values())
            assert server.counts().received == counts.received
        assert threads() == []

    def test_an_error_of_the_source_ends_it(self, responses: Responses) -> None:
        with teacher(latency_s=0.2) as server:

            def source() -> Iterator[Sample]:
                yield sample(0)
                self.wait_for(server, 1)
                raise ValueError("no more")

            asked = whom(server.address, concurrency=4)
            with (
                pytest.raises(ValueError, match="no more"),
                open_api(*asked, responses, Meter(Budget()), PAYER) as model,
            ):
                list(model.generate(source()))
        assert responses.spent(PAYER).calls == 1
        assert threads() == []
