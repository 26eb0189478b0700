"""Specs that name models by a hub: pinned and fetched first, and never asked for again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from harness.errors import InputError, SpecError
from harness.experiment.models import fetch_models, known_models, missing_models
from harness.experiment.plan import plan, table
from harness.spec import BASELINES, Spec, dump, load_specs
from tests.hub_server import HubServer, Repo, folder_files, hub

OLD, NEW = "a" * 40, "b" * 40
TEXT = """
name: small
suite: {name: timetable, table: "builtin:board-24.xlsx", families: [dwell], test_limit: 4}
distill: {samples: 8}
model: {base: "hf:tiny/qwen2", engine: hf, dtype: float32}
finetune: {rank: 4, epochs: 1, batch_size: 8, watch: 0}
latency: null
"""
# The process itself may open no socket, neither to ask nor to resolve a name. The one that fetches
# is another.
WITHOUT_SOCKETS = """
import sys
def refuse(event, arguments):
    inet = event == "socket.connect" and isinstance(arguments[1], tuple)
    if inet or event in ("socket.getaddrinfo", "socket.gethostbyname"):
        raise RuntimeError(f"{event} {arguments}")
sys.addaudithook(refuse)
from harness.cli import main
sys.argv = ["podium", *sys.argv[1:]]
main()
"""


@pytest.fixture
def server() -> Iterator[HubServer]:
    files = folder_files(BASELINES / "tiny-qwen2")
    other = {**files, "generation_config.json": b'{"eos_token_id": 0}'}
    repo = Repo({OLD: {**files, "modeling_x.py": b"raise SystemExit"}, NEW: other}, {"main": OLD})
    with hub({"tiny/qwen2": repo}) as up:
        yield up


@pytest.fixture
def cache(server: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of somebody who uses that hub."""
    for name, value in server.variables(tmp_path / "cache").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    return tmp_path / "cache"


def specs(folder: Path, *changes: str) -> list[Spec]:
    path = folder / "small.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return load_specs(path, (f"runtime.runs={folder / 'runs'}", *changes))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("model.base=hf:qwen2", "model.base"),
        ("distill.teacher={engine: hf, model: 'ms:a/b@'}", "distill.teacher.model"),
    ],
)
def test_a_name_that_is_none_is_refused_with_its_field(
    change: str, field: str, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match=f"{field}: "):
        specs(tmp_path, change)


def test_a_plan_says_what_a_run_would_fetch_and_fetches_nothing(
    server: HubServer, cache: Path, tmp_path: Path
) -> None:
    steps = plan(specs(tmp_path))
    assert steps[0]["fetches"] == ["hf:tiny/qwen2@main"]
    assert "hf:tiny/qwen2@main is not on this machine: a run fetches it first" in table(steps)
    assert {step["state"] for step in steps} == {"will run"}
    assert server.calls == []
    assert not cache.exists()


@pytest.mark.usefixtures("cache")
def test_names_are_pinned_wherever_a_spec_has_one(tmp_path: Path) -> None:
    teacher = "distill.teacher={engine: hf, model: hf:tiny/qwen2}"
    asked = specs(tmp_path, teacher)
    assert [str(name) for name in missing_models(asked)] == ["hf:tiny/qwen2@main"]
    (pinned,) = fetch_models(asked)
    commit = f"hf:tiny/qwen2@{OLD}"
    assert pinned.model.base == commit
    assert pinned.local_models["distill", "teacher", "model"] == commit
    assert pinned.base_path == pinned.teacher_path
    assert pinned.base_path is not None
    assert pinned.base_path.name == OLD
    assert yaml.safe_load(dump(pinned))["model"]["base"] == commit
    assert known_models(asked) == [pinned]
    assert missing_models(asked) == []


@pytest.mark.usefixtures("cache")
def test_data_alone_needs_no_base(server: HubServer, tmp_path: Path) -> None:
    (same,) = fetch_models(specs(tmp_path), until="dataset")
    assert same.model.base == "hf:tiny/qwen2"
    assert server.calls == []


@pytest.mark.usefixtures("cache")
def test_a_file_that_is_not_what_the_hub_lists_is_refused(
    server: HubServer, tmp_path: Path
) -> None:
    server.wrong.add("model.safetensors")
    with pytest.raises(InputError, match=r"is not the model\.safetensors that the hub lists"):
        fetch_models(specs(tmp_path))


@pytest.mark.real
@pytest.mark.usefixtures("cache")
def test_after_the_fetching_no_socket_is_opened(server: HubServer, tmp_path: Path) -> None:
    (spec,) = specs(tmp_path)
    command = [sys.executable, "-c", WITHOUT_SOCKETS, "run", "small.yaml", "--until", "finetune"]

    def run(*more: str) -> str:
        ended = subprocess.run(
            [*command, *more], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stderr

    assert f"hf:tiny/qwen2@main is hf:tiny/qwen2@{OLD}" in run()
    (trained,) = (tmp_path / "runs" / "stages").glob("finetune-*")
    assert (trained / "adapter" / "adapter_model.safetensors").is_file()
    asked = len(server.calls)
    adapter = json.loads((trained / "adapter" / "adapter_config.json").read_text("utf-8"))
    assert adapter["base_model_name_or_path"].endswith(OLD)
    # A commit that is here is never asked about, and what it made is found by its content.
    assert "finetune" not in run("--set", f"model.base=hf:tiny/qwen2@{OLD}")
    assert len(server.calls) == asked
    assert known_models([spec])[0].model.base == f"hf:tiny/qwen2@{OLD}"
    steps = plan(specs(tmp_path, "finetune.rank=8"))
    (training,) = (step["training"] for step in steps if "training" in step)
    assert (training["steps"], training["tokens"]) == (1, 8 * 512)
    assert training["seconds"] >= 0
    assert "at the rate of the last training" in table(steps)
