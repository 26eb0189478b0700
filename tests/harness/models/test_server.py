"""vLLM's server as Podium starts it: killed in the middle, it is started again, once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from harness.errors import RunError
from harness.models import EngineRequest, open_engine
from harness.models.server import ServerEngine, arguments, environment
from tests.conftest import sample

pytestmark = pytest.mark.real


def test_no_answer_is_lost_or_doubled_where_the_server_is_killed(tiny_base: Path) -> None:
    asked = [sample(n) for n in range(60)]
    request = EngineRequest(
        "server", tiny_base, dtype="float32", max_length=256, max_tokens=24, batch=4
    )
    with open_engine(request) as engine:
        server = cast("ServerEngine", engine)
        before = [output.text for output in server.model().generate(asked)]
        first = server.standing()
        found = []
        for number, output in enumerate(server.model().generate(asked)):
            found.append(output)
            if number == 3:
                os.killpg(first.process.pid, signal.SIGKILL)
        assert [output.sample_id for output in found] == [one.id for one in asked]
        assert [output.error for output in found] == [None] * len(asked)
        assert [output.text for output in found] == before
        second = server.standing()
        assert second is not first
        os.killpg(second.process.pid, signal.SIGKILL)
        with pytest.raises(RunError, match="died twice"):
            list(server.model().generate(asked))
    assert second.process.poll() is not None


def test_the_key_stands_in_no_process_list(tiny_base: Path) -> None:
    request = EngineRequest("server", tiny_base, engine_args={"kv_cache_dtype": "auto"})
    told = arguments(request, 4321)
    assert told[told.index("--host") + 1] == "127.0.0.1"
    assert told[told.index("--kv-cache-dtype") + 1] == "auto"
    assert "--no-trust-remote-code" in told
    assert not any("secret" in word for word in told)
    assert environment("secret")["VLLM_API_KEY"] == "secret"


@pytest.fixture(autouse=True)
def _no_developers_mode(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("VLLM_SERVER_DEV_MODE", "1")
    yield
    assert "VLLM_SERVER_DEV_MODE" not in environment("k")
