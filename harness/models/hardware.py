"""What machine this is: the part of a signature that absolute times depend on."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_NVIDIA = Path("/proc/driver/nvidia")


def device_name() -> str:
    """The GPU's name, or the processor's with the threads that torch uses."""
    import torch

    if torch.cuda.is_available():
        return str(torch.cuda.get_device_name())
    return f"{processor()} x{torch.get_num_threads()}"


def processor() -> str:
    """The processor's name, as the kernel tells it."""
    if not _CPUINFO.is_file():
        return "cpu"
    lines = _CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "cpu")


def machine() -> dict[str, str | None]:
    """Processor and its cores, GPU and its driver, as the kernel tells them; no name of the host.

    `gpu` and `driver` are `None` where there is no NVIDIA GPU, or the kernel does not show it.
    """
    found = sorted(path.read_text(errors="replace") for path in _NVIDIA.glob("gpus/*/information"))
    gpus = [name for text in found for name in re.findall(r"^Model:\s*(.+?)\s*$", text, re.M)]
    version = _NVIDIA / "version"
    told = version.read_text(errors="replace") if version.is_file() else ""
    driver = re.search(r"NVRM version:.*?\s(\d+\.[\d.]+)", told)
    return {
        "machine": f"{processor()} x{os.cpu_count()}",
        "gpu": ", ".join(gpus) or None,
        "driver": driver[1] if driver else None,
    }


def load_average() -> float | None:
    """Load average of the last minute as a share of the cores; `None` where it is not told."""
    try:
        return round(os.getloadavg()[0] / (os.cpu_count() or 1), 2)
    except OSError:
        return None


def fastest_dtype() -> str:
    """What this machine computes fastest in: `bfloat16`, `float16` or `float32`."""
    import torch

    has_gpu = torch.cuda.is_available()
    flags = _CPUINFO.read_text(encoding="utf-8", errors="replace") if _CPUINFO.is_file() else ""
    return fastest_of(torch.cuda.get_device_capability() if has_gpu else None, flags)


def bfloat16_is_fast() -> bool:
    """Whether this machine computes fastest in bfloat16."""
    return fastest_dtype() == "bfloat16"


def fastest_of(capability: tuple[int, int] | None, flags: str) -> str:
    """What a machine computes fastest in.

    GPUs before compute capability 8 (T4, V100) emulate bfloat16, which torch calls supported too.

    Args:
        capability: of the GPU; `None` where there is none.
        flags: of the processor.
    """
    if capability is not None:
        return "bfloat16" if capability[0] >= 8 else "float16"
    return "bfloat16" if "avx512_bf16" in flags or "amx_bf16" in flags else "float32"


def release_memory() -> None:
    """Give back what a model took that nobody holds any more: another engine needs it."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


@contextmanager
def collected_later() -> Iterator[None]:
    """Have whatever asks for a walk of the collector meanwhile do without.

    An engine that starts or ends asks for several, each over all that it has imported.
    `release_memory` follows the end.
    """
    collect = gc.collect
    gc.collect = lambda *_, **__: 0
    try:
        yield
    finally:
        gc.collect = collect


@contextmanager
def unfrozen() -> Iterator[None]:
    """Have whatever would set all that is there aside for good, or back, leave it where it is.

    vLLM does the first as it starts and the second as it ends. So its engine would be there for
    good, or every later walk of the collector would go over all that was imported.
    """
    freeze, unfreeze = gc.freeze, gc.unfreeze
    gc.freeze = gc.unfreeze = lambda: None
    try:
        yield
    finally:
        gc.freeze, gc.unfreeze = freeze, unfreeze


def fits_together(folders: Sequence[Path]) -> bool:
    """Whether models of these folders' weights can share the memory: at most a quarter of it.

    The rest is for their caches, activations and everything else.
    """
    weights = sum(path.stat().st_size for f in folders for path in f.glob("*.safetensors"))
    return weights * 4 <= memory_bytes()


def free_bytes() -> int:
    """Bytes of the GPU's memory that nobody holds, or of the machine's without one."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[0])
    return min(_available(Path("/proc/meminfo")), _left_of_group(Path("/sys/fs/cgroup")))


def _available(meminfo: Path) -> int:
    """What Linux could give without swapping; all there is where it does not say."""
    try:
        lines = meminfo.read_text("ascii").splitlines()
    except (OSError, ValueError):
        return memory_bytes()
    found = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    return next((int(kib) * 1024 for kib in found), memory_bytes())


def _left_of_group(group: Path) -> int:
    """What a container's limit leaves (cgroup v2); all of the machine's where it has none."""
    try:
        most, held = (int((group / f"memory.{name}").read_text()) for name in ("max", "current"))
    except (OSError, ValueError):  # `max` stands for no limit
        return memory_bytes()
    return max(0, most - held)


def memory_bytes() -> int:
    """Bytes of the GPU's memory, or of the machine's without one."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.get_device_properties(0).total_memory)
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
