import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harness.data.commands import data
from harness.data.formats import FORMATS
from harness.errors import InputError
from tests.harness.data.made import notebook_rows, roleplay_rows, write_array, write_lines

FOLDER = Path(__file__).parent / "cases/validate"


def _run(*arguments: object) -> Result:
    """What a command prints and how it ends; a user's mistake is raised, as `cli.main` takes it."""
    return CliRunner().invoke(data, [str(argument) for argument in arguments])


def _json(result: Result) -> Any:
    return json.loads(result.stdout)


def test_validate_a_fine_file(tmp_path: Path) -> None:
    path = write_array(tmp_path / "roleplay.json", roleplay_rows())
    result = _run("validate", path)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"{path}: alpaca, 3,729 rows"
    assert "duplicate pairs: 112 (rows equal to an earlier row in every turn)" in lines
    assert any(
        line.startswith("repeated instructions with different replies: 238") for line in lines
    )
    assert sum(line.startswith("note  ") for line in lines) == 21
    assert lines[-1] == "fine: no row would be lost or trained wrongly; 350 to know of"


def test_validate_says_all_of_it_to_scripts(tmp_path: Path) -> None:
    result = _run("validate", write_array(tmp_path / "a.json", roleplay_rows()), "--json")
    told = _json(result)
    assert result.exit_code == 0
    assert told["fine"] is True
    assert told["counts"] == {"note": {"duplicate": 112, "conflicting replies": 238}}
    assert len(told["faults"]) == 350
    assert told["faults"][0].keys() == {"rule", "where", "field", "detail", "harm"}
    assert told["repeats"]["repeated_instructions"] == 238


@pytest.mark.parametrize("options", [(), ("--json",), ("--repair",), ("--for", "xtuner")])
def test_validate_ends_in_1_where_rows_are_lost(options: tuple[str, ...]) -> None:
    assert _run("validate", FOLDER / "platform.jsonl", *options).exit_code == 1


def test_validate_for_a_trainer(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", notebook_rows())
    assert _run("validate", path, "--for", "xfyun").exit_code == 0
    result = _run("validate", path, "--for", "llamafactory")
    assert result.exit_code == 1
    assert f"fails  {path}:1: missing input: no row has 'input'" in result.stdout
    lengths = _run("validate", path, "--for", "xtuner", "--max-length", "20", "--json")
    assert "over length" in _json(lengths)["counts"]["note"]
    unknown = _run("validate", path, "--for", "trl")
    assert unknown.exit_code == 2
    assert "llamafactory" in unknown.stderr


def test_split(tmp_path: Path) -> None:
    path, out = write_array(tmp_path / "a.json", roleplay_rows()), tmp_path / "out"
    result = _run("split", path, "--to", "train=0.8, test=0.1,val=0.1", "--out", out)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1].split()[:4] == ["train", "2,983", "80.0%", "2,510"]
    assert sorted(path.name for path in out.iterdir()) == ["test.json", "train.json", "val.json"]
    left = _run("split", path, "--to", "train=0.7,test=0.3", "--out", out)
    assert isinstance(left.exception, InputError)
    assert "val.json: is no part of this split, and lies beside parts of an" in str(left.exception)
    again = ("split", path, "--to", "train=0.7,test=0.3", "--out", tmp_path / "again")
    told = _json(_run(*again, "--ungrouped", "--in-order", "--json"))
    assert [part["rows"] for part in told["parts"]] == [2610, 1119]
    assert told["parts"][0]["leaked"] is None
    assert told["parts"][1]["leaked"] > 0
    assert (told["seed"], told["grouped"], told["by"]) == (None, False, "question")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--to", "train"), "must be a part and its share, such as train=0.8"),
        (("--to", "train=x"), "must be a part and its share"),
        (("--to", "=1"), "must be a part and its share"),
        (("--to", "a=0.5,a=0.5"), "'a' stands there twice"),
        (("--to", "a=1", "--in-order", "--seed", "0"), "takes no --seed"),
        ((), "Missing option '--to'"),
    ],
)
def test_split_options_that_cannot_be(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", notebook_rows())
    result = _run("split", path, "--out", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert said in result.stderr


def test_split_shuffles_with_seed_1_unless_told(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", notebook_rows())
    seeds = []
    for options in ((), ("--seed", "0"), ("--in-order",)):
        shares = ("--to", "train=0.9,test=0.1", "--out", tmp_path / "out", "--json")
        seeds.append(_json(_run("split", path, *shares, *options))["seed"])
    assert seeds == [1, 0, None]


def test_stats(tmp_path: Path) -> None:
    path = write_array(tmp_path / "a.json", roleplay_rows())
    result = _run("stats", path)
    assert result.exit_code == 0
    assert "language: zh 3,729 (100%)" in result.stdout
    told = _json(_run("stats", path, "--json", "--format", "alpaca"))
    assert (told["rows"], told["repeats"]["duplicate_pairs"]) == (3729, 112)
    assert told["path"] == str(path)


def test_convert(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", notebook_rows())
    target = tmp_path / "b.json"
    result = _run("convert", path, target, "--to", "alpaca")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == f"{target}: 660 of 660 rows, qa to alpaca"
    assert json.loads(target.read_text(encoding="utf-8"))[0].keys() >= {"instruction", "input"}
    told = _json(_run("convert", path, target, "--to", "alpaca", "--json"))
    assert (told["read"], told["written"]) == (660, 660)
    registered = _run("convert", path, target, "--to", "alpaca", "--dataset", "trains")
    assert registered.exit_code == 0
    assert "trains" in json.loads((tmp_path / "dataset_info.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", ["validate", "stats"])
def test_a_missing_file_is_the_users_mistake(tmp_path: Path, command: str) -> None:
    result = _run(command, tmp_path / "nowhere.jsonl")
    assert isinstance(result.exception, InputError)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from harness.data.commands import data; "
        "heavy = {'pandas', 'pyarrow', 'numpy', 'openpyxl', 'rapidfuzz', 'tqdm'}; "
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_help_names_every_format() -> None:
    text = " ".join(_run("validate", "--help").stdout.split())
    assert all(name in text for name in FORMATS)
