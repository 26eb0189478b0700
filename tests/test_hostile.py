"""A finished store on disks that refuse, with files that were damaged, printed where nobody reads.

Whatever happens: the right result, or one sentence that names the file; never a traceback.
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness import cli
from harness.experiment.leaderboard import leaderboard
from harness.pipeline import run
from harness.spec import load_specs
from tests.harness.children import start, wait
from tests.podium import command, environment, ok, write_spec

pytestmark = pytest.mark.forks

SPEC = {
    "name": "g",
    "suite": {"name": "timetable", "table": "builtin:board-24.xlsx", "families": ["dwell"]},
    "distill": {"phrasings": 1},
    "latency": None,
    "entries": [
        {"name": "floor", "model": {"base": None, "engine": "floor"}},
        {"name": "fake", "model": {"base": None, "engine": "fake"}},
    ],
}
IN_A_SPACE = ["unshare", "--mount"]
MAY_MOUNT = (
    subprocess.run([*IN_A_SPACE, "true"], capture_output=True, check=False).returncode == 0
    if shutil.which("unshare")
    else False
)
mounts = pytest.mark.skipif(not MAY_MOUNT, reason="this process may not mount disks")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a spec and its finished store."""
    folder = tmp_path_factory.mktemp("finished")
    specs = load_specs(
        write_spec(folder, SPEC), [f"runtime.runs={json.dumps(str(folder / 'runs'))}"]
    )
    folders = run(specs)  # in this process, so that its forks have everything imported
    leaderboard(folder / "runs", folders, folder / "runs" / "g", 120)
    ok("run", "spec.yaml", cwd=folder)
    return folder


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    """One of its own to spoil; links between files stay links."""
    folder = tmp_path / "copy"
    subprocess.run(["cp", "-a", str(finished), str(folder)], check=True)
    return folder


def sentence(result: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """The one line that a refusal is."""
    lines = [line for line in result.stderr.splitlines() if line.startswith("podium: ")]
    assert "Traceback" not in result.stderr, result.stderr
    assert result.returncode == code, (result.returncode, result.stderr)
    assert len(lines) == 1, result.stderr
    return lines[0]


def shell(text: str, cwd: Path, space: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a line of shell; `podium` in it is Podium; with `space`, its mounts end with it."""
    line = text.replace("podium", " ".join(map(shlex.quote, command())))
    start = [*IN_A_SPACE, "bash", "-c", line] if space else ["bash", "-c", line]
    return subprocess.run(
        start, cwd=cwd, env=environment(), capture_output=True, text=True, check=False
    )


def inside(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a fork of this process, which has everything imported: much sooner."""
    out, err = cwd / ".stdout", cwd / ".stderr"

    def child() -> None:
        os.chdir(cwd)
        for number, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC), number)
        sys.stdout, sys.stderr = (open(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))  # noqa: SIM115
        logging.getLogger().handlers.clear()
        sys.argv = ["podium", *arguments]
        try:
            cli.main()
        except SystemExit as ended:
            sys.stdout.flush()
            os._exit(int(ended.code or 0))

    code = wait(start(child))
    said = [path.read_text(encoding="utf-8") for path in (out, err)]
    return subprocess.CompletedProcess(arguments, code, *said)


READ_ONLY = "mount --bind runs runs && mount -o remount,ro,bind runs && "


# --- a disk that is read-only --------------------------------------------------------------------


@mounts
@pytest.mark.parametrize(
    "line",
    ["podium run spec.yaml", "podium run spec.yaml --json", "podium plan spec.yaml",
     "podium report runs/g-fake runs/g-floor --out new", "podium run spec.yaml --out new",
     "podium plan spec.yaml --set distill.phrasings=2", "podium run spec.yaml --until infer"],
)  # fmt: skip
def test_a_finished_store_that_is_read_only_still_answers(copy: Path, line: str) -> None:
    writable = inside(*shlex.split(line)[1:], cwd=copy)
    result = shell(READ_ONLY + line, copy, space=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout == writable.stdout


def remove_board(runs: Path) -> None:
    shutil.rmtree(runs / "g")


def remove_run_folder(runs: Path) -> None:
    shutil.rmtree(runs / "g-fake")


def change_summary(runs: Path) -> None:
    (runs / "g-fake" / "summary.json").write_text("{}", encoding="utf-8")


def add_a_link(runs: Path) -> None:
    (runs / "g-fake" / "stages" / "old").symlink_to("nowhere")


def add_a_leftover(runs: Path) -> None:
    shutil.copy(runs / "g-floor" / "suite.json", runs / "g-fake" / "loss.json")


def remove_a_copy(runs: Path) -> None:
    (runs / "g-fake" / "scores.jsonl").unlink()


def damage_a_stage(runs: Path) -> None:
    next((runs / "stages").glob("score-*/meta.json")).write_text("{", encoding="utf-8")


TO_WRITE: Mapping[str, Callable[[Path], object]] = {
    "the board is gone": remove_board,
    "a run folder is gone": remove_run_folder,
    "a summary was changed": change_summary,
    "a link is left over": add_a_link,
    "a file is left over": add_a_leftover,
    "a copy is gone": remove_a_copy,
    "a stage is damaged": damage_a_stage,
}


@mounts
@pytest.mark.parametrize("name", TO_WRITE)
def test_what_a_read_only_store_lacks_is_one_sentence(copy: Path, name: str) -> None:
    TO_WRITE[name](copy / "runs")
    result = shell(READ_ONLY + "podium run spec.yaml", copy, space=True)
    assert sentence(result).endswith("cannot be written: read-only file system")
    assert inside("run", "spec.yaml", cwd=copy).returncode == 0


# --- a disk that is full, or in the way ----------------------------------------------------------


@mounts
@pytest.mark.parametrize("size", [4, 64])
@pytest.mark.parametrize("where", ["--out new/b", "--runs new/runs", "report"])
def test_a_full_disk_is_one_sentence(copy: Path, size: int, where: str) -> None:
    mount = f"mkdir -p new && mount -t tmpfs -o size={size}k,nr_inodes=12 none new && "
    line = "podium run spec.yaml " + where
    if where == "report":
        line = "podium report runs/g-fake runs/g-floor --out new"
    result = shell(mount + line, copy, space=True)
    assert sentence(result).endswith("cannot be written: no space left on device")


@pytest.mark.parametrize(
    "blocked",
    ["runs/g", "runs/g-fake", "runs/g-fake/stages", "runs/g-floor", "runs/stages"],
)
def test_a_file_where_a_folder_must_be(copy: Path, blocked: str) -> None:
    path = copy / blocked
    if path.exists():
        shutil.rmtree(path)
    path.write_text("mine", encoding="utf-8")
    assert blocked.rpartition("/")[2] in sentence(inside("run", "spec.yaml", cwd=copy))
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["scores.jsonl", "summary.json", "stages/infer", "stages/other"])
def test_a_folder_where_a_file_must_be(copy: Path, name: str) -> None:
    path = copy / "runs" / "g-fake" / name
    path.unlink(missing_ok=True)
    (path / "mine").mkdir(parents=True)
    assert name.rpartition("/")[2] in sentence(inside("run", "spec.yaml", cwd=copy))
    assert (path / "mine").is_dir()


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs another user")
@pytest.mark.parametrize(
    ("closed", "mode"),
    [("runs", 0o000), ("runs/g", 0o555), ("runs/g-fake", 0o444), ("runs/stages", 0o555), (".", 0)],
)
def test_folders_that_one_may_not_enter(copy: Path, closed: str, mode: int) -> None:
    (copy / "runs" / "g-fake" / "stages" / "old").symlink_to("nowhere")
    (copy / "runs" / "g" / "leaderboard.md").unlink()
    for parent in copy.parents:
        if parent != Path("/tmp"):  # noqa: S108 - where the test's own folders end
            parent.chmod(parent.stat().st_mode | 0o755) if parent.name != "" else None
    subprocess.run(["chown", "-R", "65534:65534", str(copy)], check=True)
    (copy / closed).chmod(mode)
    other = "setpriv --reuid=65534 --regid=65534 --clear-groups "
    if shell(other + "podium --version", copy.parent).returncode != 0:
        pytest.skip("another user cannot start Python here")
    result = shell(f"{other} podium run {copy}/spec.yaml --runs {copy}/runs", copy.parent)
    assert "Traceback" not in result.stderr, result.stderr
    if result.returncode != 0 and "Error: Invalid value" not in result.stderr:  # click's own words
        sentence(result, result.returncode)


# --- stdout that is full, closed or not read -----------------------------------------------------

SAID = ["podium plan spec.yaml", "podium run spec.yaml --json", "podium schema", "podium --help",
        "podium data stats rows.json", "podium data convert rows.json b.csv"]  # fmt: skip


@pytest.mark.parametrize("line", SAID)
def test_nobody_reads_on(finished: Path, line: str) -> None:
    rest = "| true" if len(line) % 2 else "| head -c 1 >/dev/null"
    rows = [{"instruction": f"{n}", "output": "x" * 9999} for n in range(40)]
    (finished / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    result = shell(f"{line} {rest}; echo code ${{PIPESTATUS[0]}}", finished)
    code = 1 if "--help" in line else 0  # click prints help by itself, and ends so
    assert result.stdout.splitlines()[-1] == f"code {code}"
    assert "Traceback" not in result.stderr
    assert "Exception" not in result.stderr
    assert "podium: " not in result.stderr


@pytest.mark.parametrize("line", SAID)
def test_a_disk_that_is_full_of_results(finished: Path, line: str) -> None:
    (finished / "rows.json").write_text('[{"instruction": "a", "output": "b"}]', encoding="utf-8")
    result = shell(f"{line} >/dev/full", finished)
    expected = "podium: the results cannot be printed: no space left on device"
    assert sentence(result) == expected


@pytest.mark.parametrize(
    "rest", [">&-", "2>&-", "<&-", ">&- 2>&- <&-", "2>/dev/full", "2>&1 | true"]
)
def test_streams_that_are_closed(copy: Path, rest: str) -> None:
    shutil.rmtree(copy / "runs")
    result = shell(f"podium run spec.yaml {rest}; echo code ${{PIPESTATUS[0]}}", copy)
    assert result.stdout.splitlines()[-1] == "code 0", result.stderr
    assert "Traceback" not in result.stderr
    # Nothing that was meant for a terminal lies in a file.
    assert inside("run", "spec.yaml", cwd=copy).stdout.startswith("rank")
    assert sum(path.name.startswith(".") for path in (copy / "runs" / "stages").iterdir()) == 0


def test_a_terminal_without_the_letters(finished: Path) -> None:
    result = shell("PYTHONIOENCODING=ascii podium run spec.yaml", finished)
    assert result.returncode == 0, result.stderr


# --- files that were damaged ---------------------------------------------------------------------

DAMAGES: Mapping[str, bytes] = {
    "empty": b"",
    "cut": b'{"stage": "sco',
    "null": b"null",
    "a list": b"[]",
    "a number": b"7",
    "an object": b"{}",
    "an object of odd things": b'{"pid": "x", "files": 3, "/": {"file": 1}, "inputs": []}',
    "binary": bytes(range(256)),
    "deep": b"[" * 4000,
    "zeros": bytes(4096),
    "half a surrogate": b'{"files": {"\\ud800": {}, "\\u0000": {}}}',
    "not finite": b'{"created": NaN}',
}


@pytest.mark.parametrize("first", [0, 6])
def test_damaged_meta_is_made_anew(copy: Path, first: int) -> None:
    before = inside("run", "spec.yaml", cwd=copy).stdout
    metas = sorted((copy / "runs" / "stages").glob("*/meta.json"))
    for meta, damage in zip(metas, list(DAMAGES.values())[first:], strict=False):
        meta.write_bytes(damage)
    planned = inside("plan", "spec.yaml", cwd=copy)
    assert planned.returncode == 0, planned.stderr
    result = inside("run", "spec.yaml", cwd=copy)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == before


@pytest.mark.parametrize(
    "files", [{}, {"a\0b": {}}, {"\ud800": {}}, {"../../spec.yaml": 3}, {"": {}}]
)
def test_meta_that_names_odd_files_is_damaged(copy: Path, files: Mapping[str, object]) -> None:
    for path in (copy / "runs" / "stages").glob("score-*/meta.json"):
        meta = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**meta, "files": files}), encoding="utf-8")
    result = inside("run", "spec.yaml", cwd=copy)
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("set aside as") == 2


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_digests_are_computed_again(copy: Path, name: str) -> None:
    path = copy / "runs" / "digests.json"
    path.write_bytes(DAMAGES[name])
    result = inside("plan", "spec.yaml", "--json", cwd=copy)
    assert result.returncode == 0, result.stderr
    assert {step["state"] for step in json.loads(result.stdout)} == {"cached"}
    assert isinstance(json.loads(path.read_text(encoding="utf-8")), dict)


@pytest.mark.parametrize(
    "entry", [{}, {"sha256": 5}, {"sha256": "x"}, {"sha256": "0" * 63}, {"sha256": None}]
)
def test_digests_without_a_digest_are_computed_again(
    copy: Path, entry: Mapping[str, object]
) -> None:
    path = copy / "runs" / "digests.json"
    known = json.loads(path.read_text(encoding="utf-8"))
    spoilt = {name: {"file": value["file"], **entry} for name, value in known.items()}
    path.write_text(json.dumps(spoilt), encoding="utf-8")
    result = inside("plan", "spec.yaml", "--json", cwd=copy)
    assert result.returncode == 0, result.stderr
    assert {step["state"] for step in json.loads(result.stdout)} == {"cached"}


@pytest.mark.parametrize("first", [0, 6])
def test_damaged_locks_are_free(copy: Path, first: int) -> None:
    stages = copy / "runs" / "stages"
    folders = sorted(stages.iterdir())
    for folder, damage in zip(folders, list(DAMAGES.values())[first:], strict=False):
        (stages / f".{folder.name}.lock").write_bytes(damage)
        shutil.rmtree(folder)
    result = inside("run", "spec.yaml", cwd=copy)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "odd",
    ["digests.json", "g-fake/summary.json", "g-fake/spec.yaml", "g/leaderboard.json",
     "stages/score", "stages/infer"],
)  # fmt: skip
def test_a_disk_that_fails_to_read(copy: Path, odd: str) -> None:
    """Reading a process's memory at 0 fails as a broken disk does."""
    path = copy / "runs" / odd
    if odd.startswith("stages/"):
        path = next((copy / "runs" / "stages").glob(f"{path.name}-*")) / "meta.json"
    path.unlink()
    path.symlink_to("/proc/self/mem")
    for verb in ("plan", "run", "run"):
        result = inside(verb, "spec.yaml", cwd=copy)
        assert "Traceback" not in result.stderr, result.stderr
        if result.returncode:
            assert path.name in sentence(result, result.returncode)
