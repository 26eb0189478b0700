"""Names that would block or dirty the store, or be no folder on another machine."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from harness.config.names import name_problem
from harness.errors import SpecError
from harness.spec import load_specs

TAKEN = [
    "stages", "Stages", "STAGES", "nightly", "Nightly",
    "digests.json", "Digests.JSON", "digests.json.old",
    "responses.sqlite3", "responses.sqlite3-wal", "responses.sqlite3-shm",
    "responses.sqlite3-journal", "con", "CON", "con.txt", "prn", "aux", "AUX.yaml", "nul", "com1",
    "lpt9", "LPT1.log",
]  # fmt: skip
UNSAFE = [
    ".", "..", "...", "a.", "a..", "", " ", "a b", "-a", "_a", ".a", "a/b", "/a", "a\\b", "a\0b",
    "a\x01b", "a\tb", "a\nb", "a\x1b[31mb", "a\x7f", "a\u202eb", "a\u200bb", "\ufeffa", "a:b", "a*",
    "a?", "é", "x" * 101, "x" * 300, "车" * 80, "\ud800",
]  # fmt: skip
FREE = ["a", "2025", "lora-0.5", "stage", "my-stages", "console", "com", "com10", "conv", "nulls",
        "digests", "my-digests.json", "车站", "x" * 100, "A_b.c-d", "1e-4"]  # fmt: skip


@pytest.mark.parametrize("name", TAKEN + UNSAFE)
def test_a_name_that_cannot_be(name: str) -> None:
    said = name_problem(name)
    assert said
    assert said.isprintable()
    assert len(said) < 200


@pytest.mark.parametrize("name", FREE)
def test_a_name_that_can_be(name: str) -> None:
    assert name_problem(name) == ""


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("where", ["alone", "entry", "together", "set"])
def test_nothing_is_called_what_is_taken(tmp_path: Path, name: str, where: str) -> None:
    tree: dict[str, object] = {"name": name} if where in ("alone", "together") else {"name": "x"}
    if where != "alone":
        tree["entries"] = [{"name": name if where == "entry" else "a"}]
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(tree), encoding="utf-8")
    changes = [f"name={name}"] if where == "set" else []
    with pytest.raises(SpecError, match=r"name: '.*: choose another name") as caught:
        load_specs(path, changes)
    assert str(caught.value).startswith("--set name=" if where == "set" else f"{path}:")


@pytest.mark.parametrize("name", [name for name in UNSAFE if name not in ("", "\ud800")])
def test_an_unsafe_name_is_one_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump({"name": name}), encoding="utf-8")
    with pytest.raises(SpecError, match=r"run folder|folder's name") as caught:
        load_specs(path)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < len(str(path)) + 220


@pytest.mark.parametrize("name", ["a", "2025", "console"])
def test_free_names_are_free_for_entries(tmp_path: Path, name: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump({"name": "x", "entries": [{"name": name}]}), encoding="utf-8")
    assert [spec.name for spec in load_specs(path)] == [f"x-{name}"]
