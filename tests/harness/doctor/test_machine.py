from dataclasses import replace
from pathlib import Path

from harness.doctor.line import Line
from harness.doctor.machine import GIB, Machine, check_machine, this_machine

ROOMY = Machine(
    processor="AMD EPYC x2", sets=("avx2",), gpus="", driver=None, memory=24 * GIB, free=20 * GIB,
    shared=8 * GIB, disk=100 * GIB, writable=True,
)  # fmt: skip


def lines(machine: Machine, **variables: str) -> dict[str, Line]:
    return {line.name: line for line in check_machine(machine, Path("runs"), variables)}


def test_this_machine_is_read(tmp_path: Path) -> None:
    found = this_machine(tmp_path / "not" / "there")
    assert found.memory > found.free > 0
    assert found.disk > 0
    assert found.writable


def test_number_types_follow_the_instruction_sets() -> None:
    assert "float32" in lines(ROOMY)["processor"].detail
    fast = replace(ROOMY, sets=("avx2", "avx512f", "avx512_bf16"))
    assert "bfloat16" in lines(fast)["processor"].detail


def test_a_gpu_is_named_and_its_lack_is_told() -> None:
    assert lines(ROOMY)["GPU"].level == "note"
    found = lines(replace(ROOMY, gpus="NVIDIA L4", driver="580.1"))["GPU"]
    assert (found.level, found.detail) == ("ok", "NVIDIA L4, driver 580.1")


def test_a_small_or_closed_disk_is_told_with_what_to_do() -> None:
    assert lines(replace(ROOMY, disk=2 * GIB))["runs"].level == "note"
    closed = lines(replace(ROOMY, writable=False))["runs"]
    assert (closed.level, closed.change) == ("broken", "podium run --runs FOLDER")


def test_little_shared_memory_is_told() -> None:
    assert "shared memory" not in lines(ROOMY)
    assert "--shm-size" in lines(replace(ROOMY, shared=64 * 2**20))["shared memory"].change


def test_a_proxy_that_would_catch_this_machine_is_told_without_its_password() -> None:
    found = lines(ROOMY, HTTP_PROXY="http://me:secret@proxy:8080")["proxy"]
    assert "secret" not in found.detail + found.change
    assert "proxy" not in lines(ROOMY, HTTP_PROXY="http://p", NO_PROXY="127.0.0.1,localhost")
    assert "hubs" in lines(ROOMY, HF_ENDPOINT="https://mirror")
