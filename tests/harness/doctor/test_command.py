import json
from pathlib import Path

import pytest

from tests.podium import ok, podium


def test_it_says_what_there_is(tmp_path: Path) -> None:
    told = ok("doctor", cwd=tmp_path)
    assert "fine-tuning, engine hf" in told
    assert "Machine" in told


def test_scripts_get_the_same_with_counts(tmp_path: Path) -> None:
    told = json.loads(ok("doctor", "--json", cwd=tmp_path))
    assert sum(told["summary"].values()) == len(told["found"])
    assert told["summary"]["broken"] == 0


@pytest.mark.real
def test_each_engine_answers(tmp_path: Path) -> None:
    told = json.loads(ok("doctor", "--try", "--json", cwd=tmp_path))
    tried = {line["name"]: line["level"] for line in told["found"] if line["group"] == "Engines"}
    assert tried == {"hf": "ok", "vllm": "ok"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_the_command(tmp_path: Path, shell: str) -> None:
    assert "_PODIUM_COMPLETE" in ok("completion", shell, cwd=tmp_path)


def test_another_shell_is_refused(tmp_path: Path) -> None:
    done = podium("completion", "tcsh", cwd=tmp_path)
    assert done.returncode == 2
    assert "tcsh" in done.stderr
