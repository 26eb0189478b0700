"""A wheel built from the repository runs from an empty folder."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel unpacked, as pip would."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, *build], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(site: Path, cwd: Path, *arguments: str) -> str:
    # -P and an empty PATH entry keep the repository itself out of sight.
    begin = "from harness.__main__ import main; main()"
    probe = f"import sys; sys.path.insert(0, {str(site)!r}); {begin}"
    result = subprocess.run(
        [sys.executable, "-P", "-c", probe, *arguments],
        cwd=cwd, env={"PATH": "", "PYTHONSAFEPATH": "1"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_it_holds_the_base_the_boards_and_the_templates(site: Path) -> None:
    for path in (
        "baselines/quickstart.yaml", "baselines/tiny-qwen2/model.safetensors",
        "suites/timetable/suite.yaml", "suites/timetable/tables/board-24.xlsx",
        "baselines/results/seeds.json",
    ):  # fmt: skip
        assert (site / path).is_file(), path
    assert list((site / "reports" / "templates").iterdir())


def test_it_says_what_it_is_and_brings_its_licence(site: Path) -> None:
    (about,) = site.glob("*.dist-info")
    told = (about / "METADATA").read_text("utf-8")
    for line in ("License-Expression: Apache-2.0", "License-File: LICENSE", "Name: podium-harness"):
        assert f"\n{line}\n" in told, line
    assert (about / "licenses" / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text(
        "utf-8"
    )


def test_it_is_the_wheel_that_runs(site: Path, tmp_path: Path) -> None:
    probe = (
        f"import sys; sys.path.insert(0, {str(site)!r}); import harness; print(harness.__file__)"
    )
    told = subprocess.run(
        [sys.executable, "-P", "-c", probe],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith(str(site))


def test_it_plans_the_quickstart_in_an_empty_folder(site: Path, tmp_path: Path) -> None:
    steps = json.loads(run(site, tmp_path, "plan", "quickstart", "--json"))
    assert {step["experiment"] for step in steps} >= {"quickstart-floor", "quickstart-lora-r32"}


def test_it_runs_to_a_leaderboard_in_an_empty_folder(site: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "model: {base: null, engine: fake, skill: 0.8}\nsuite: {name: timetable, test_limit: 9}\n",
        encoding="utf-8",
    )
    assert "mine" in run(site, tmp_path, "run", "mine.yaml")
    assert (tmp_path / "runs" / "mine" / "leaderboard.html").is_file()
