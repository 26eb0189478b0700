"""`podium bench` against real servers whose delays are known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from harness.bench.bench import noticed
from harness.bench.entries import How, read_entry
from harness.cli import podium
from harness.config.sections import Latency
from harness.errors import InputError, PodiumError, RunError, SpecError, UsageError
from harness.metrics.latency import medians
from harness.pipeline import run as pipeline
from harness.spec import load_specs
from harness.timing.session import time_session
from tests.conftest import sample
from tests.delayed_server import delayed_server
from tests.gateway_server import Answer, gateway, json_reply, raw_reply
from tests.harness.export.folders import FINETUNE
from tests.harness.export.folders import run as finished
from tests.podium import write_spec

HERE = How("auto", "auto", 8, 256, "", None, Path())
FEW = ["--count", "6", "--load", "2"]


def run(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(podium, ["bench", *arguments, *FEW, "--json"])
    assert result.exit_code == code or type(result.exception).__name__ == "Inconclusive", result
    return json.loads(result.stdout)


def test_a_slower_address_is_called_slower(tmp_path: Path) -> None:
    quick, slow = ["--first", "0.02", "--tokens", "4"], ["--first", "0.04", "--tokens", "4"]
    with delayed_server(*quick) as one, delayed_server(*slow) as other:
        found = run(one, other, "--out", str(tmp_path))
    first, second = found["entries"]
    assert second["relative"]["call"] == "slower"
    assert 0.02 <= first["latency"]["ttft_p50_s"] < 0.04 <= second["latency"]["ttft_p50_s"]
    assert first["latency"]["tokens_p50"] == 4
    assert [level["load"] for level in first["loaded"]] == [2.0]
    assert found["unique_prompts"]
    assert found["same_lengths"]
    assert not any("started once" in line for line in found["noticed"])
    page = (tmp_path / "bench.html").read_text()
    assert page.count("<figure>") == 2
    assert "慢：耗时是其" in page


def test_an_engine_that_starts_here_says_that_another_start_may_differ() -> None:
    entry = {
        "name": "mine", "engine": {"engine": "vllm", "device": "cpu"}, "waves": [0.1, 0.1],
        "doubt": None, "failed": 0, "loaded": [],
    }  # fmt: skip
    load = {"disturbed": None, "others": None, "steal": None}
    told = noticed({"entries": [entry], "load": load, "unique_prompts": False})
    assert [note.key for note in told] == ["bench_once"]


def test_a_run_that_asked_an_address_is_timed_there(tmp_path: Path) -> None:
    with delayed_server("--first", "0.01", "--tokens", "4") as address:
        spec = {
            "name": "remote",
            "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "test_limit": 8},
            "model": {"engine": "api", "base_url": address, "model": "plus:0.02"},
            "latency": None,
        }  # fmt: skip
        path = write_spec(tmp_path, spec)
        (folder,) = pipeline(load_specs(path, [f"runtime.runs={json.dumps(str(tmp_path))}"]))
        found = run(address, str(folder))
    first, second = found["entries"]
    assert second["name"] == "remote"
    # Asked for the run's model, which the server lists nowhere.
    assert second["latency"]["ttft_p50_s"] >= 0.03 > first["latency"]["ttft_p50_s"]


def test_a_prefix_cache_is_missed_by_unique_prompts(tmp_path: Path) -> None:
    """What an address keeps of earlier prompts moves no median."""
    section = Latency(questions=12, replicates=4, warmup=2, load=0)
    samples = [sample(number) for number in range(14)]
    with delayed_server("--first", "0.02", "--each", "0.001", "--cache") as address:
        entry = read_entry(address, replace(HERE, scratch=tmp_path))
        timed = time_session(section, {"a": entry.opener}, samples, together=True)
    times = medians(timed.rows["a"], "ttft_s").values()
    assert min(times) >= 0.02
    assert timed.about["unique_prompts"]


def test_a_server_that_is_asked_more_than_it_can_is_saturated() -> None:
    with delayed_server("--first", "0.02", "--saturate", "1") as address:
        result = CliRunner().invoke(
            podium, ["bench", address, "--count", "24", "--load", "4", "--json"]
        )
    found = json.loads(result.stdout)
    (level,) = found["entries"][0]["loaded"]
    assert level["saturated"]
    assert level["queue_p50_s"] > 0.02
    assert any("saturated" in line for line in found["noticed"])


@pytest.mark.parametrize("url", ["http://", "http://u:secret@x/v1", "http://x/v1?key=secret"])
def test_what_is_no_address_is_said_without_what_it_may_hold(url: str) -> None:
    with pytest.raises(InputError, match="an address among the entries must") as told:
        read_entry(url, HERE)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (json_reply({"data": []}), InputError, "lists no models: name one with --model"),
        (json_reply({"data": [{"name": 1}, 2]}), InputError, "lists no models"),
        (raw_reply(b"<html>log in</html>"), InputError, "lists no models"),
        (json_reply({"error": {"message": "who?"}}, "401 No"), UsageError, "without a key"),
        (json_reply({"error": {"message": "oh"}}, "500 No"), RunError, "answers 500"),
    ],
)
def test_an_address_that_lists_no_model_is_said(
    answer: Answer, kind: type[PodiumError], said: str, tmp_path: Path
) -> None:
    with gateway(answer) as server, pytest.raises(kind, match=said):
        read_entry(server.address, replace(HERE, scratch=tmp_path)).opener.start()


def test_an_address_where_nobody_is_is_said(tmp_path: Path) -> None:
    entry = read_entry("http://127.0.0.1:9/v1", replace(HERE, scratch=tmp_path))
    with pytest.raises(RunError, match="cannot be reached"):
        entry.opener.start()


def test_what_is_nothing_that_can_be_timed_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(podium, ["bench", str(tmp_path)])
    assert isinstance(result.exception, InputError)
    assert "is no model, adapter or run folder" in str(result.exception)


FULL = {**FINETUNE, "method": "full"}


@pytest.mark.parametrize("finetune", [None, FINETUNE, FULL])
def test_a_run_is_timed_with_the_weights_that_it_has(
    tmp_path: Path, finetune: dict[str, Any] | None, tiny_base: Path
) -> None:
    folder = finished(tmp_path / "mine", finetune)
    entry = read_entry(str(folder), replace(HERE, engine="hf", scratch=tmp_path))
    trained = folder / "stages" / "finetune"
    assert entry.weights == (trained / "model" if finetune is FULL else tiny_base)
    with entry.opener.start() as engine:
        shown = list(engine.model().generate([sample(number) for number in range(3)]))
    place = {None: str(tiny_base), "lora": str(trained / "adapter"), "full": str(trained / "model")}
    method = None if finetune is None else finetune.get("method", "lora")
    direct = read_entry(place[method], replace(HERE, engine="hf", scratch=tmp_path / "direct"))
    with direct.opener.start() as engine:
        right = list(engine.model().generate([sample(number) for number in range(3)]))
    assert [one.text for one in shown] == [one.text for one in right]


def entries(folder: Path, *names: str) -> Path:
    """A spec of several entries, none of which was run yet."""
    spec = {"name": "exp", "runtime": {"runs": str(folder / "runs")}}
    return write_spec(folder, {**spec, "entries": [{"name": name} for name in names]})


@pytest.mark.parametrize("name", ["lora", "small-lora", "a-b", "b"])
def test_an_entry_is_the_one_of_exactly_that_name(tmp_path: Path, name: str) -> None:
    path = entries(tmp_path, "small-lora", "lora", "a-b", "b")
    with pytest.raises(InputError, match=f"/exp-{name}: is not there yet: podium run"):
        read_entry(f"{path}:{name}", HERE)


@pytest.mark.parametrize("name", ["ora", "exp-lora", "lora-"])
def test_an_entry_that_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    path = entries(tmp_path, "small-lora", "lora")
    with pytest.raises(SpecError, match=rf"no entry '{name}' \(did you mean 'lora'\?\)"):
        read_entry(f"{path}:{name}", HERE)
