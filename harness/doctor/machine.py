"""What this machine has, as the kernel tells it: read without loading torch."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.doctor.line import Line
from harness.models.hardware import fastest_of, machine

GROUP = "Machine"
GIB = 2**30
_CPUINFO, _MEMINFO, _SHARED = Path("/proc/cpuinfo"), Path("/proc/meminfo"), Path("/dev/shm")  # noqa: S108 - read only
# vLLM moves tensors between its processes there.
_LEAST_SHARED = 1 * GIB
# Merged weights of a 1.5 B model, its adapters and checkpoints.
_LEAST_DISK = 10 * GIB
# Instruction sets that decide how fast a processor computes, slowest first.
_SETS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")
_MIRRORS = ("HF_ENDPOINT", "HF_HOME", "HF_HUB_OFFLINE", "MODELSCOPE_CACHE")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides what can be run.

    Args:
        processor: its name and its cores.
        sets: which of the instruction sets that matter it has.
        gpus: names of NVIDIA GPUs.
        driver: of the GPUs; `None` without one.
        memory, free: bytes of the machine's memory.
        shared: bytes of the memory that processes share; `None` where there is no such thing.
        disk: bytes that are free where runs are written.
        writable: whether runs can be written there.
    """

    processor: str
    sets: tuple[str, ...]
    gpus: str
    driver: str | None
    memory: int
    free: int
    shared: int | None
    disk: int
    writable: bool


def this_machine(runs: Path) -> Machine:
    """The machine that Podium runs on.

    Args:
        runs: where runs are written; it need not be there yet.
    """
    there = next(p for p in (runs.absolute(), *runs.absolute().parents) if p.exists())
    told = machine()
    flags = _read(_CPUINFO).split()
    sizes = dict(re.findall(r"^(\w+):\s+(\d+) kB$", _read(_MEMINFO), re.M))
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        processor=str(told["machine"]),
        sets=tuple(name for name in _SETS if name in flags),
        gpus=told["gpu"] or "",
        driver=told["driver"],
        memory=total,
        free=int(sizes["MemAvailable"]) * 1024 if "MemAvailable" in sizes else total,
        shared=shutil.disk_usage(_SHARED).total if _SHARED.is_dir() else None,
        disk=shutil.disk_usage(there).free,
        writable=os.access(there, os.W_OK),
    )


def check_machine(found: Machine, runs: Path, variables: Mapping[str, str]) -> Iterator[Line]:
    """A line for each part of the machine, and for variables that change what is fetched.

    Args:
        found: the machine.
        runs: where runs are written.
        variables: of the environment.
    """
    version = ".".join(map(str, sys.version_info[:3]))
    yield Line("ok", GROUP, "python", version)
    yield _processor(found)
    yield _gpu(found)
    yield Line("ok", GROUP, "memory", f"{_gib(found.memory)}, of which {_gib(found.free)} are free")
    if found.shared is not None and found.shared < _LEAST_SHARED:
        yield Line(
            "note", GROUP, "shared memory", f"{_gib(found.shared)} in {_SHARED}",
            "start the container with --shm-size 8g or --ipc host if vLLM ends with a bus error",
        )  # fmt: skip
    yield _disk(found, runs)
    yield from _network(variables)


def _processor(found: Machine) -> Line:
    fastest = fastest_of(None, " ".join(found.sets))
    computes = f"computes fastest in {fastest}"
    return Line(
        "ok", GROUP, "processor", f"{found.processor} ({', '.join(found.sets)}), {computes}"
    )


def _gpu(found: Machine) -> Line:
    if found.gpus:
        return Line("ok", GROUP, "GPU", f"{found.gpus}, driver {found.driver or 'unknown'}")
    detail = "no NVIDIA GPU: models of a billion parameters and more train very slowly"
    return Line("note", GROUP, "GPU", detail)


def _disk(found: Machine, runs: Path) -> Line:
    detail = f"{_gib(found.disk)} are free for {runs}"
    if not found.writable:
        return Line(
            "broken", GROUP, "runs", f"{runs} cannot be written", "podium run --runs FOLDER"
        )
    if found.disk < _LEAST_DISK:
        return Line("note", GROUP, "runs", detail, "name a larger disk: podium run --runs FOLDER")
    return Line("ok", GROUP, "runs", detail)


def _network(variables: Mapping[str, str]) -> Iterator[Line]:
    """Variables by their names; a proxy's value may hold a password, so none is shown."""
    hubs = [name for name in _MIRRORS if variables.get(name)]
    if hubs:
        yield Line("note", GROUP, "hubs", f"{', '.join(hubs)} set: models are fetched by them")
    lower = {name.lower(): value for name, value in variables.items()}
    proxies = [name for name in _PROXIES if lower.get(name)]
    if proxies and "127.0.0.1" not in lower.get("no_proxy", ""):
        yield Line(
            "note", GROUP, "proxy", f"{', '.join(proxies)} set, and 127.0.0.1 is not in no_proxy",
            "export no_proxy=127.0.0.1,localhost if a server on this machine does not answer",
        )  # fmt: skip


def _gib(size: int) -> str:
    return f"{size / GIB:.1f} GiB"


def _read(path: Path) -> str:
    return path.read_text("utf-8", errors="replace") if path.is_file() else ""
