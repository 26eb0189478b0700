"""Models fetched from a hub on this machine that answers as the real ones do."""

from __future__ import annotations

import errno
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import InputError, RunError, StoreError
from harness.hub.cache import find, repo_folder
from harness.hub.fetch import fetch
from harness.hub.names import HubName, hub_name
from harness.hub.troubles import Hub, check_room, on_disk
from tests.hub_server import HubServer, Repo, hub, offline_variables

OLD, NEW = "a" * 40, "b" * 40
BIG = "model.safetensors"
KEPT = {"config.json": b"{}", "tokenizer.json": b"{1}", "chat_template.jinja": b"x", BIG: bytes(9)}
LEFT = {
    "pytorch_model.bin": b"p", "modeling.py": b"import os", "README.md": b"#",
    "onnx/config.json": b"{}", "consolidated.safetensors": b"again",
}  # fmt: skip
_ASK = "from huggingface_hub import constants; print(constants.HF_HUB_CACHE)"
HUBS = pytest.mark.parametrize("kind", ["hf", "ms"])


@pytest.fixture
def server() -> Iterator[HubServer]:
    branches = {"main": OLD, "master": OLD}
    repos = {
        "some/model": Repo({OLD: KEPT | LEFT, NEW: KEPT | {BIG: b"new"}}, dict(branches)),
        "some/large": Repo({OLD: KEPT | {BIG: b"0123456789" * 2_400_000}}, dict(branches)),
        "some/gated": Repo({OLD: KEPT}, dict(branches), gated=True),
        "some/pickle": Repo({OLD: {"config.json": b"{}", "model.bin": b"p"}}, dict(branches)),
    }
    with hub(repos) as up:
        yield up


def named(kind: str, rest: str) -> HubName:
    found = hub_name(f"{kind}:{rest}")
    assert found is not None
    return found


@HUBS
def test_what_a_model_needs_is_fetched_and_nothing_else(
    kind: str, server: HubServer, tmp_path: Path
) -> None:
    copy = fetch(named(kind, "some/model"), server.variables(tmp_path))
    assert {p.name: p.read_bytes() for p in copy.folder.iterdir()} == KEPT
    assert copy.name == named(kind, f"some/model@{OLD}")
    assert server.sent.keys() == KEPT.keys()


@HUBS
def test_a_commit_that_is_here_is_not_asked_about(
    kind: str, server: HubServer, tmp_path: Path
) -> None:
    variables = server.variables(tmp_path)
    first = fetch(named(kind, f"some/model@{OLD}"), variables)
    asked = len(server.calls)
    assert fetch(named(kind, f"some/model@{OLD}"), variables) == first
    assert len(server.calls) == asked


@HUBS
def test_a_branch_that_moved_is_told(
    kind: str, server: HubServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    variables = server.variables(tmp_path)
    with caplog.at_level(logging.INFO, "podium"):
        fetch(named(kind, "some/model"), variables)
        assert "name that, and it never moves" in caplog.text
        assert "moved" not in caplog.text
        server.repos["some/model"].branches.update(main=NEW, master=NEW)
        copy = fetch(named(kind, "some/model"), variables)
    assert f"moved from {OLD[:12]} to {NEW[:12]}" in caplog.text
    assert (copy.folder / BIG).read_bytes() == b"new"
    kept = find(named(kind, f"some/model@{OLD}"), variables)
    assert kept is not None
    assert (kept.folder / BIG).read_bytes() == KEPT[BIG]


@HUBS
@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        ("no/model", "knows no model no/model: check its name there"),
        ("some/model@gone", "has no revision 'gone'"),
        (f"some/model@{'c' * 40}", "has no revision 'ccc"),
        ("some/gated", "accept its terms there, and set"),
        ("some/pickle", "holds no *.safetensors"),
    ],
)
def test_what_a_hub_does_not_have_is_one_sentence(
    kind: str, rest: str, sentence: str, server: HubServer, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as told:
        fetch(named(kind, rest), server.variables(tmp_path))
    assert sentence in str(told.value)
    assert "\n" not in str(told.value)


@HUBS
def test_a_token_opens_what_is_gated(kind: str, server: HubServer, tmp_path: Path) -> None:
    variables = server.variables(tmp_path)
    variable = {"hf": "HF_TOKEN", "ms": "MODELSCOPE_API_TOKEN"}[kind]
    fetch(named(kind, "some/gated"), {**variables, variable: "let-me-in"})


@HUBS
def test_a_download_that_broke_off_keeps_what_is_whole(
    kind: str, server: HubServer, tmp_path: Path
) -> None:
    name, variables = named(kind, "some/large"), server.variables(tmp_path)
    files = server.repos["some/large"].commits[OLD]
    server.cut[BIG] = [21_500_000, *[0] * 20]  # more often than either client tries
    with pytest.raises(RunError, match="run again, what is whole is kept"):
        fetch(name, variables)
    assert find(name, variables) is None
    assert find(name.at(OLD), variables) is None
    server.cut.clear()
    copy = fetch(name, variables)
    assert (copy.folder / BIG).read_bytes() == files[BIG]
    small = {path: len(data) for path, data in files.items() if path != BIG}
    assert {path: server.sent[path] for path in small} == small
    if kind == "ms":  # which goes on within a file as well
        assert server.sent[BIG] < len(files[BIG]) * 1.1


@HUBS
def test_a_line_that_breaks_once_is_taken_up_again(
    kind: str, server: HubServer, tmp_path: Path
) -> None:
    server.cut[BIG] = [12_500_000]
    copy = fetch(named(kind, "some/large"), server.variables(tmp_path))
    assert (copy.folder / BIG).read_bytes() == server.repos["some/large"].commits[OLD][BIG]


def test_modelscope_keeps_no_file_that_is_not_what_it_lists(
    server: HubServer, tmp_path: Path
) -> None:
    name, variables = named("ms", "some/large"), server.variables(tmp_path)
    server.wrong.add(BIG)
    with pytest.raises(RunError, match=f"{BIG} is not what it lists"):
        fetch(name, variables)
    server.wrong.clear()
    assert fetch(name, variables).folder.is_dir()


@HUBS
def test_a_hub_that_is_down_is_told_unless_a_copy_is_here(
    kind: str, server: HubServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name, variables = named(kind, "some/model"), server.variables(tmp_path)
    mirror = {"hf": "HF_ENDPOINT", "ms": "MODELSCOPE_DOMAIN"}[kind]
    with pytest.raises(RunError, match=f"cannot be reached .* set {mirror} to a mirror"):
        fetch(name, offline_variables(variables))
    copy = fetch(name, variables)
    assert fetch(name, offline_variables(variables)) == copy
    assert f"taking the copy that is here, {copy.name}" in caplog.text
    server.broken = 503
    assert fetch(name, variables) == copy
    assert "it answers 503" in caplog.text


def test_where_the_user_wants_no_network_the_copy_is_taken(
    server: HubServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name, variables = named("hf", "some/model"), server.variables(tmp_path)
    copy = fetch(name, variables)
    asked = len(server.calls)
    assert fetch(name, {**variables, "HF_HUB_OFFLINE": "1"}) == copy
    assert len(server.calls) == asked
    assert "HF_HUB_OFFLINE is set" in caplog.text


@HUBS
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_half_a_copy_is_none(kind: str, damage: str, server: HubServer, tmp_path: Path) -> None:
    name, variables = named(kind, f"some/model@{OLD}"), server.variables(tmp_path)
    file = (fetch(name, variables).folder / BIG).resolve()
    if damage == "cut":
        file.write_bytes(b"12")
    else:
        file.unlink()
    assert find(name, variables) is None


def test_a_copy_of_another_tool_without_a_list_is_found_where_it_is_whole(tmp_path: Path) -> None:
    name, variables = named("hf", "some/model"), {"HF_HUB_CACHE": str(tmp_path)}
    home = repo_folder(name, variables)
    folder = home / "snapshots" / OLD
    folder.mkdir(parents=True)
    (home / "refs").mkdir()
    (home / "refs/main").write_text(OLD)
    (folder / "config.json").write_text("{}")
    assert find(name, variables) is None
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "model-1.safetensors").write_bytes(b"1")
    assert find(name, variables) is None
    (folder / "model-2.safetensors").write_bytes(b"2")
    found = find(name, variables)
    assert found is not None
    assert found.name == name.at(OLD)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"HF_HOME": "/data/hf"},
        {"HF_HUB_CACHE": "~/hub", "HF_HOME": "/data/hf"},
        {"HUGGINGFACE_HUB_CACHE": "/data/$HERE/old", "HERE": "there", "HOME": "/home/me"},
        {"XDG_CACHE_HOME": "/data/cache"},
    ],
)
def test_copies_are_looked_for_where_the_hubs_own_client_keeps_them(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"HOME": "/home/me", "PATH": "/bin", **variables}
    told = subprocess.run(
        [sys.executable, "-P", "-c", _ASK],
        env=environment, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    for key in ("HOME", "HERE"):
        monkeypatch.setenv(key, environment.get(key, ""))
    name = named("hf", "some/model")
    assert repo_folder(name, environment) == Path(told) / "models--some--model"


def test_a_disk_without_room_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    kept = Hub("https://hub", "HF_TOKEN", "HF_ENDPOINT", "HF_HOME")
    check_room(named("hf", "o/m"), kept, tmp_path / "not/there", 10)
    with pytest.raises(StoreError, match=r"takes 931322574.6 GiB .* set HF_HOME to a folder"):
        check_room(named("hf", "o/m"), kept, tmp_path / "not/there", 10**18)


def test_a_disk_that_fills_up_meanwhile_is_told(tmp_path: Path) -> None:
    kept = Hub("https://hub", "HF_TOKEN", "HF_ENDPOINT", "HF_HOME")
    full = pytest.raises(StoreError, match="no space left on device")
    with full, on_disk(named("hf", "o/m"), kept, tmp_path), Path("/dev/full").open("wb") as file:
        file.write(b"1")
    with pytest.raises(FileNotFoundError), on_disk(named("hf", "o/m"), kept, tmp_path):
        raise FileNotFoundError(errno.ENOENT, "not here")
