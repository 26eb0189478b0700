"""vLLM's own server as a teacher: a tiny model taught to answer in JSON, asked over HTTP."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.config.sections import Distill, Finetune, Runtime
from harness.config.teachers import FakeTeacher
from harness.distill.open import open_way
from harness.finetune.train import Data, finetune
from harness.models.merge import merge
from harness.store.files import read_json, read_jsonl, write_jsonl
from tests.podium import ok, write_spec

pytestmark = pytest.mark.real

KEY = "served-teacher-key-1"
BOARD = """车次,站台,检票口
K420,1,1A
G653,2,2B
Z152,3,3A
D218,4,4B
T231,5,5A
K773/2,1,6B
C229,2,7A
7001,3,8B
"""
SUITE = """
name: board
version: "1"
profile: {id: board/1, weights: {AS: 0.4, ART: 0.3, AE: 0.3}, t_full: 0.5, t_zero: 8.0}
key: 车次
columns:
  - {name: 车次, kind: text}
  - {name: 站台, kind: number}
  - {name: 检票口, kind: text}
families:
  lookup:
    title: 单字段查询
    programs:
      - id: lookup.platform
        op: lookup
        column: 站台
        reference: "{key}次停靠{value}站台。"
        train: ["{key}次列车停靠几站台？", "{key}的站台是几号？", "列车{key}在几站台？"]
        test: ["我想知道{key}次列车停在哪个站台。", "上{key}要到几号站台？"]
      - id: lookup.gate
        op: lookup
        column: 检票口
        reference: "{key}次在{value}检票口检票。"
        train: ["{key}次列车的检票口是哪个？", "{key}在几号口检票？", "列车{key}在哪里检票？"]
        test: ["我想知道{key}次列车应在哪个检票口检票。", "{key}开始检票了，我该去哪个口？"]
"""
SAMPLES = 20


def spec(teacher: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "served",
        "suite": {"name": "table", "table": "board.csv", "definition": "board.suite.yaml"},
        "model": {"base": None, "engine": "floor"},
        "distill": {
            "way": "answer", "prompt": "teacher.txt", "per_request": 1, "samples": SAMPLES,
            "teacher": teacher,
        },
    }  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A board, its suite file, and a prompt that is the question alone."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "board.csv").write_text(BOARD, encoding="utf-8")
    (folder / "board.suite.yaml").write_text(SUITE, encoding="utf-8")
    (folder / "teacher.txt").write_text("$items", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def taught(folder: Path, tiny_base: Path) -> Path:
    """The tiny base, tuned to answer such prompts in JSON: mostly rightly."""
    write_spec(folder, spec({"engine": "fake"}))
    ok("run", "spec.yaml", "--until", "questions", cwd=folder)
    (questions,) = (folder / "runs" / "stages").glob("questions-*")
    section = Distill(way="answer", per_request=1, teacher=FakeTeacher(engine="fake"))
    way = open_way(section, folder / "teacher.txt", questions)
    rows = [
        {
            "id": request.sample.id,
            "family": "lookup",
            "value": request.sample.reference,
            "messages": [
                {"role": "user", "content": request.sample.question},
                {"role": "assistant", "content": request.sample.reference},
            ],
        }
        for request in way.requests(way.there)
    ]
    data, work = folder / "data", folder / "work"
    write_jsonl(data / "train.jsonl", rows)
    work.mkdir()
    recipe = Finetune(rank=32, alpha=32, lr=3e-3, epochs=20, batch_size=16, max_length=128)
    both = Data(data / "train.jsonl", data / "watched.jsonl")
    finetune(recipe, Runtime(), tiny_base, both, "teacher", work)
    merge(tiny_base, work / "adapter", folder / "merged")
    return folder / "merged"


@pytest.fixture(scope="module")
def served(taught: Path) -> Iterator[str]:
    """The address of vLLM's OpenAI-compatible server on that model."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", str(taught),
        "--served-model-name", "teacher", "--host", "127.0.0.1", "--port", str(port),
        "--api-key", KEY, "--max-model-len", "256", "--dtype", "float32", "--enforce-eager",
    ]  # fmt: skip
    environment = {**os.environ, "VLLM_CPU_KVCACHE_SPACE": "1"}
    log = taught / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(words, env=environment, stdout=out, stderr=out)
        try:
            wait_until_up(server, port, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            server.wait(timeout=60)


def wait_until_up(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the server answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(600):
        assert server.poll() is None, log.read_text(errors="replace")[-2000:]
        try:
            with opener.open(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(log.read_text(errors="replace")[-2000:])


def test_a_served_model_teaches_end_to_end(
    folder: Path, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVED_KEY", KEY)
    asked = {"engine": "api", "address": served, "model": "teacher", "key_env": "SERVED_KEY"}
    write_spec(folder, spec({**asked, "temperature": 0, "max_tokens": 40}))
    ok("run", "spec.yaml", cwd=folder)
    run = folder / "runs" / "served"
    summary = read_json(run / "distill.json")
    assert summary["accepted"] == SAMPLES
    assert summary["cost"]["calls"] == SAMPLES + summary["rejected"]
    assert summary["cost"]["output_tokens"] > 0
    accepted = list(read_jsonl(run / "stages" / "distill" / "accepted.jsonl"))
    gates = dict(line.split(",")[::2] for line in BOARD.splitlines()[1:])
    for row in accepted:
        if row["template"].startswith("lookup.gate"):
            assert gates[row["row"]] in row["answer"]
    assert (run / "leaderboard.html").exists()
    for path in (folder / "runs").rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_the_same_model_teaches_from_its_folder(folder: Path, taught: Path) -> None:
    local = {"engine": "vllm", "model": str(taught), "dtype": "float32"}
    write_spec(folder, spec({**local, "max_tokens": 40, "max_length": 256}), "local.yaml")
    ok("run", "local.yaml", "--until", "dataset", cwd=folder)
    again = ok("run", "local.yaml", "--until", "dataset", "--set", "distill.seed=0", cwd=folder)
    assert again == ""
    found = [
        read_json(path) for path in (folder / "runs" / "stages").glob("distill-*/distill.json")
    ]
    assert any(summary["teacher"].startswith("vllm") for summary in found)
    assert all(summary["accepted"] == SAMPLES for summary in found)
