"""The key goes to one host only, and comes back in nothing."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from harness.errors import PodiumError
from harness.models.response_cache import Responses
from tests.harness.models.remote.asking import ask, texts
from tests.teacher_server import teacher

KEY = "sk-0123456789abcdef/+=quite-secret"


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
