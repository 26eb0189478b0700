import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.errors import InputError
from harness.store.files import read_json, write_json, write_text
from harness.store.store import Store, stage_key
from tests.harness.toy import INPUTS, KEY, contents, never, toy, tree


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


# --- a run that goes well ------------------------------------------------------------------------


def test_looking_creates_nothing(store: Store) -> None:
    assert store.find("infer", KEY) is None
    assert store.why("infer", INPUTS) == ["never run"]
    assert not store.root.exists()


def test_a_finished_stage_is_plain_files_and_a_meta_that_lists_them(store: Store) -> None:
    folder = store.make("infer", INPUTS, toy)
    assert folder == store.root / "stages" / f"infer-{KEY}"
    assert os.listdir(store.stages) == [folder.name]
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) == [
        "adapter",
        "adapter/weights.txt",
        "meta.json",
        "rows.jsonl",
    ]
    meta = read_json(folder / "meta.json")
    assert list(meta) == [
        "stage", "key", "inputs", "version", "files", "created", "seconds",
    ]  # fmt: skip
    assert (meta["stage"], meta["key"], meta["inputs"]) == ("infer", KEY, INPUTS)
    # printf 'w%.0s' $(seq 100) | sha256sum
    assert meta["files"]["adapter/weights.txt"] == {
        "sha256": "6ff1386a6f0d444e2af43e9a9e1cdc1394709fc87b5c2a625e16041fec2b1131",
        "bytes": 100,
    }
    assert meta["seconds"] >= 0
    assert store.find("infer", KEY) == folder
    assert store.verify("infer", KEY) == []
    assert store.why("infer", INPUTS) == []


def test_a_rerun_does_and_touches_nothing(store: Store) -> None:
    folder = store.make("infer", INPUTS, toy)
    before = tree(store.root)
    again = Store(store.root)
    assert again.make("infer", dict(reversed(INPUTS.items())), never) == folder
    assert tree(store.root) == before


def test_another_input_is_another_folder(store: Store) -> None:
    one = store.make("infer", INPUTS, toy)
    two = store.make("infer", {**INPUTS, "seed": 1}, toy)
    three = store.make("score", INPUTS, toy)
    assert len({one, two, three}) == 3


def test_the_key_is_stable() -> None:
    assert stage_key({"b": 1, "a": 2}) == stage_key({"a": 2, "b": 1})
    # By hand: printf '{"a":2,"b":1}' | sha256sum | cut -c1-16
    assert stage_key({"b": 1, "a": 2}) == "d3626ac30a87e6f7"


def test_inputs_that_are_no_json_are_a_mistake_in_the_code(store: Store) -> None:
    with pytest.raises(TypeError):
        store.make("infer", {"folder": Path("/x")}, never)
    for stage in ("../x", "", "In fer"):
        with pytest.raises(ValueError, match="no stage can be called"):
            store.find(stage, KEY)


def test_why_names_the_fields_that_differ_from_the_most_similar_run(store: Store) -> None:
    store.make("infer", {"lora": {"rank": 8, "alpha": 8}, "seed": 1}, toy)
    store.make("infer", {"lora": {"rank": 4, "alpha": 16}, "seed": 0}, toy)
    store.make("infer-other", {"lora": {"rank": 16, "alpha": 16}, "seed": 1}, toy)
    assert store.why("infer", {"lora": {"rank": 16, "alpha": 16}, "seed": 0}) == [
        "lora.rank: 4 → 16"
    ]
    assert store.why("infer", {"lora": {"rank": 8, "alpha": 9}, "seed": 1}) == ["lora.alpha: 8 → 9"]
    assert store.why("infer", {"lora": {"rank": 8, "alpha": 8}, "seed": 1}) == []


def test_digest_is_remembered_beside_the_stages(store: Store, tmp_path: Path) -> None:
    write_text(tmp_path / "m" / "a.json", "1")
    write_text(tmp_path / "m" / "b.txt", "1")
    first = store.digest(tmp_path / "m", ["*.json"])
    write_text(tmp_path / "m" / "b.txt", "2")
    assert store.digest(tmp_path / "m", ["*.json"]) == first != store.digest(tmp_path / "m")


# --- damage --------------------------------------------------------------------------------------


def cut(folder: Path) -> None:
    os.truncate(folder / "adapter" / "weights.txt", 50)


def edit(folder: Path) -> None:
    (folder / "rows.jsonl").write_bytes((folder / "rows.jsonl").read_bytes().replace(b"1", b"2"))


def remove(folder: Path) -> None:
    (folder / "rows.jsonl").unlink()


def remove_meta(folder: Path) -> None:
    (folder / "meta.json").unlink()


def tear_meta(folder: Path) -> None:
    os.truncate(folder / "meta.json", 100)


def edit_inputs(folder: Path) -> None:
    meta = read_json(folder / "meta.json")
    write_json(folder / "meta.json", {**meta, "inputs": {**meta["inputs"], "seed": 7}})


def forget_hash(folder: Path) -> None:
    meta = read_json(folder / "meta.json")
    write_json(folder / "meta.json", {**meta, "files": {"rows.jsonl": {}}})


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (cut, "adapter/weights.txt has 50 bytes instead of 100"),
        (edit, "rows.jsonl was changed"),
        (remove, "rows.jsonl is missing"),
        (remove_meta, "meta.json is missing or unreadable"),
        (tear_meta, "meta.json is missing or unreadable"),
        (edit_inputs, "meta.json was edited"),
        (forget_hash, "meta.json does not say what rows.jsonl holds"),
    ],
)
def test_a_damaged_stage_is_set_aside_and_made_anew(
    store: Store, caplog: pytest.LogCaptureFixture, damage: Any, reason: str
) -> None:
    folder = store.make("infer", INPUTS, toy)
    sound = contents(folder)
    for number in (1, 2):
        damage(folder)
        assert store.verify("infer", KEY) != []
        with caplog.at_level(logging.WARNING, "podium"):
            assert store.find("infer", KEY) is None
        assert reason in caplog.text
        assert (store.stages / f".infer-{KEY}.damaged-{number}").is_dir()
        assert store.make("infer", INPUTS, toy) == folder
        assert contents(folder) == sound
        caplog.clear()


def test_a_folder_copied_under_another_name_is_not_believed(store: Store) -> None:
    folder = store.make("infer", INPUTS, toy)
    folder.rename(folder.with_name(f"score-{KEY}"))
    assert store.find("score", KEY) is None


def test_a_big_file_is_hashed_by_verify_only(store: Store) -> None:
    def build(work: Path) -> None:
        (work / "weights.bin").write_bytes(b"\0" * (8 * 2**20 + 1))

    folder = store.make("finetune", INPUTS, build)
    with (folder / "weights.bin").open("r+b") as file:
        file.write(b"\1")
    assert store.find("finetune", KEY) == folder
    assert store.verify("finetune", KEY) == ["weights.bin was changed: its hash differs"]


def test_a_missing_input_is_named(store: Store) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        store.digest(store.root / "missing")


def test_importing_is_quick_and_light() -> None:
    code = "import harness.store.store, sys, json; print(json.dumps(sorted(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=True,
        text=True,
    )
    loaded = {name.partition(".")[0] for name in json.loads(result.stdout)}
    assert loaded - {"harness"} <= {*sys.stdlib_module_names, "__mp_main__"} | site_modules()


def site_modules() -> set[str]:
    """What any Python here loads at start, such as the hooks of editable installs."""
    code = "import sys; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    return {name.partition(".")[0] for name in result.stdout.split()}
