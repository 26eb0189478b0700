"""No key stands in a spec, and no sentence about one shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.config.teachers import ApiTeacher
from harness.errors import SpecError
from harness.spec import load_specs
from harness.store.files import write_json, write_text
from harness.store.secret import note_variables, scrubbed

KEY = "sk-4fZq9+/Tr0ub1e=R7w2"
PLAIN = "anything-at-all-77"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEACHER_KEY", KEY)
    monkeypatch.setenv("JUDGE_KEY", PLAIN)


def refused(folder: Path, *changes: str, spec: dict[str, Any] | None = None, **more: Any) -> str:
    """What is printed of the sentence with which a spec is refused."""
    asked = {"engine": "api", "address": "http://h/v1", "model": "m", "key_env": "TEACHER_KEY"}
    judge = {**asked, "key_env": "JUDGE_KEY"}
    tree = {"name": "t", "distill": {"teacher": {**asked, **more}}, "score": {"judge": judge}}
    path = folder / "spec.yaml"
    path.write_text(yaml.safe_dump({**tree, **(spec or {})}), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_specs(path, changes)
    return scrubbed(str(caught.value))


@pytest.mark.parametrize("key", [KEY, PLAIN])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("extra", {"user": "{}"}),
        ("extra", {"a": [{"b": "Bearer {}"}]}),
        ("extra", {"{}": 1}),
        ("extra", {"headers": {"X-Api-Key": "{}"}}),
        ("model", "{}"),
        ("model", "at {}"),
        ("address", "http://h/{}/v1"),
        ("address", "http://u:{}@h/v1"),
        ("address", "http://{}@h/v1"),
        ("address", "http://h/v1?key={}"),
        ("address", "http://h/v1#{}"),
        ("temperature", "{}"),
        ("engine", "{}"),
        ("key_env", "{}"),
    ],
)
def test_a_key_in_a_spec(tmp_path: Path, field: str, value: Any, key: str) -> None:
    filled = yaml.safe_load(yaml.safe_dump(value).replace("{}", key))
    said = refused(tmp_path, **{field: filled})
    assert "distill.teacher." in said
    assert key not in said
    assert "4fZq9" not in said


@pytest.mark.parametrize(
    "change",
    [
        "distill.teacher.address=http://u:{}@h/v1",
        "distill.teacher.address=u:{}@h/v1",
        "distill.teacher.address=//{}@h",
        "distill.teacher.address=http://h/v1?key={}",
        "score.judge.address=https://u:{}@h/v1",
        "distill.teacher.extra.x={}",
        "distill.teacher.extra={{x: [{}",
        "distill.teacher.model={}",
        "distill.teacher.api_key={}",
        "distill.teacher.temperature={}",
        "name={}",
        "{}",
    ],
)
@pytest.mark.parametrize("key", [KEY, PLAIN])
def test_a_key_in_a_change(tmp_path: Path, change: str, key: str) -> None:
    said = refused(tmp_path, change.format(key))
    assert "--set" in said
    assert key not in said


def test_an_address_with_a_password_that_looks_like_nothing(tmp_path: Path) -> None:
    for address in ("http://u:hunter2@h/v1", "u:hunter2@h", "http://h/v1?token=hunter2"):
        said = refused(tmp_path, f"distill.teacher.address={address}")
        assert "distill.teacher.address: must" in said
        assert "hunter2" not in said


def test_a_key_of_nobody_in_whom_it_asks(tmp_path: Path) -> None:
    other = "sk-proj-0123456789abcdefABCDEF"
    assert "holds a key" in refused(tmp_path, extra={"user": other})
    assert "holds a key" in refused(tmp_path, model=other)
    assert "holds a key" in refused(tmp_path, spec={"name": other})


def test_what_a_local_server_takes_for_a_key_may_stand_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEACHER_KEY", "ollama")
    asked = {"engine": "api", "address": "http://ollama:11434/v1", "model": "ollama/qwen3",
             "key_env": "TEACHER_KEY"}  # fmt: skip
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump({"distill": {"teacher": asked}}), encoding="utf-8")
    (spec,) = load_specs(path)
    assert isinstance(spec.distill.teacher, ApiTeacher)
    assert spec.distill.teacher.model == "ollama/qwen3"


def test_no_file_gets_a_key(tmp_path: Path) -> None:
    note_variables({"key_env": "TEACHER_KEY"})
    write_text(tmp_path / "a.yaml", f"x: {KEY}\n")
    write_json(tmp_path / "b.json", {"x": [KEY], KEY: 1})
    assert (tmp_path / "a.yaml").read_text() == "x: [key]\n"
    assert KEY not in (tmp_path / "b.json").read_text()
    assert "[key]" in (tmp_path / "b.json").read_text()
