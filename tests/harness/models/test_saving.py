"""Whatever package meets a disk that refuses, one sentence names the file and the reason."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.errors import RunError, StoreError, TrainingError
from harness.models.foreign import told
from harness.models.saving import BROKE_OFF, Saving
from tests.harness.children import child_says, limit_file_size

pytestmark = pytest.mark.forks


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (Exception("No space left on device (os error 28)"), "no space left on device"),
        (
            RuntimeError("Error while serializing: I/O error: Input/output error (os error 5)"),
            "input/output error",
        ),
        (ValueError("Read-only file system (os error 30)"), "read-only file system"),
        (RuntimeError("PytorchStreamWriter failed writing file data/0"), BROKE_OFF),
        (
            RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 64 vs 0"),
            BROKE_OFF,
        ),
        (OSError(errno.EIO, "Input/output error"), "input/output error"),
        (OSError(errno.EFBIG, "File too large"), "file too large"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), "disk quota exceeded"),
    ],
)
def test_what_packages_say_of_a_disk(error: Exception, why: str) -> None:
    with pytest.raises(StoreError) as caught, told("it failed", TrainingError), Saving(Path("a/b")):
        raise error
    assert str(caught.value) == f"a/b: cannot be written: {why}"


def test_the_file_that_the_system_names_is_named() -> None:
    with pytest.raises(StoreError, match=r"^a/b/c: cannot be written: no space"), Saving(Path("a")):
        raise OSError(errno.ENOSPC, "No space left on device", "a/b/c")


def test_what_comes_after_such_an_error_is_told_by_it() -> None:
    def fail() -> None:
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError:
            raise RuntimeError("unexpected pos 64 vs 0") from None

    with (
        pytest.raises(StoreError, match=r"^a: cannot be written: no space left"),
        Saving(Path("a")),
    ):
        fail()


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("No such file or directory (os error 2)"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "x"),
        ValueError("the rank is 28"),
        RunError("said already"),
        KeyboardInterrupt(),
    ],
)
def test_anything_else_passes(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught, Saving(Path("a")):
        raise error
    assert caught.value is error


# --- the packages themselves ---------------------------------------------------------------------


def weights(folder: Path) -> None:
    import torch
    from safetensors.torch import save_file

    save_file({"a": torch.zeros(200_000)}, folder / "model.safetensors")


def states(folder: Path) -> None:
    import torch

    torch.save({"a": torch.zeros(200_000)}, folder / "optimizer.pt")


def words(folder: Path) -> None:
    from tokenizers import Tokenizer

    from harness.spec import BASELINES

    shipped = Tokenizer.from_file(str(BASELINES / "tiny-qwen2" / "tokenizer.json"))
    shipped.save(str(folder / "tokenizer.json"))


WRITERS = [weights, states, words]


@pytest.mark.real
@pytest.mark.parametrize("write", WRITERS)
def test_a_limit_on_files_is_one_sentence(write: Callable[[Path], None], tmp_path: Path) -> None:
    def child() -> str:
        limit_file_size(60_000)
        with pytest.raises(StoreError) as caught, told("no", TrainingError), Saving(tmp_path):
            write(tmp_path)
        return str(caught.value)

    said = child_says(child)
    assert said.startswith(f"{tmp_path}: cannot be written: ")
    assert said.endswith(("file too large", BROKE_OFF))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 64 KiB, where this process may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("may not mount a disk; the tests with a limit on file size stand in")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.real
@pytest.mark.parametrize("write", WRITERS)
def test_a_full_disk_is_one_sentence(write: Callable[[Path], None], small_disk: Path) -> None:
    with (
        pytest.raises(StoreError, match=rf"^{small_disk}: cannot be written: "),
        told("no", TrainingError),
        Saving(small_disk),
    ):
        write(small_disk)
