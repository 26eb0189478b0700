"""Weights as safetensors keeps them: a header of names, types and places, then the numbers."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from harness.errors import InputError

HEADER_LIMIT = 100 * 2**20
# Bytes of one number; what is packed below a byte has no entry.
_BYTES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1, "F8_E4M3FNUZ": 1,
    "F8_E5M2FNUZ": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4, "U32": 4, "F32": 4,
    "F64": 8, "I64": 8, "U64": 8, "C64": 8,
}  # fmt: skip
# Unsigned type of a float's bits, and the least of them, sign aside, that is no finite number.
_ENDLESS = {
    "F16": ("<u2", 0x7C00),
    "BF16": ("<u2", 0x7F80),
    "F32": ("<u4", 0x7F800000),
    "F64": ("<u8", 0x7FF0000000000000),
    "F8_E5M2": ("u1", 0x7C),
    "F8_E4M3": ("u1", 0x7F),
}
_CHUNK = 2**18  # bytes at once: small enough for a processor's cache


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies: its type, its shape, and its bytes counted from the file's start."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def check_safetensors(path: Path) -> dict[str, Tensor]:
    """Read a safetensors header and check that its tensors lie inside the file.

    Returns:
        The tensors by name.

    Raises:
        InputError: it has none, or its header is cut, too large, no JSON, or points outside.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length, header = _header(path, file, size)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
    if not entries:
        raise InputError(f"{path}: holds no tensors")
    tensors = {name: _tensor(path, name, entry, 8 + length) for name, entry in entries.items()}
    if any(tensor.end > size for tensor in tensors.values()):
        raise InputError(f"{path}: cut short: a tensor lies outside the file")
    return tensors


def _header(path: Path, file: BinaryIO, size: int) -> tuple[int, dict[str, Any]]:
    head = file.read(8)
    length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
    if not 2 <= length <= min(HEADER_LIMIT, size - 8):
        raise InputError(f"{path}: not a safetensors file, or cut short")
    try:
        header = json.loads(file.read(length))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: its safetensors header is damaged") from error
    if not isinstance(header, dict):
        raise InputError(f"{path}: its safetensors header is damaged")
    return length, header


def _tensor(path: Path, name: str, entry: Any, start: int) -> Tensor:
    """One entry of a header, its numbers checked."""
    entry = entry if isinstance(entry, dict) else {}
    dtype, shape, places = (entry.get(key) for key in ("dtype", "shape", "data_offsets"))
    numbers = [*_whole(shape), *_whole(places)]
    if not isinstance(dtype, str) or -1 in numbers or len(_whole(places)) != 2:
        raise InputError(f"{path}: its safetensors header is damaged at {name}")
    begin, end = _whole(places)
    width = _BYTES.get(dtype)
    if end < begin or (width is not None and end - begin != width * math.prod(_whole(shape))):
        raise InputError(f"{path}: its safetensors header is damaged at {name}")
    return Tensor(dtype, tuple(_whole(shape)), start + begin, start + end)


def _whole(value: Any) -> list[int]:
    """The whole numbers of a list; -1 for what is none."""
    items = value if isinstance(value, list) else [None]
    return [v if isinstance(v, int) and not isinstance(v, bool) and v >= 0 else -1 for v in items]


def check_finite(path: Path) -> None:
    """Read a safetensors file once and refuse weights that are no numbers.

    Within a process a file that has not changed is read once only.

    Raises:
        InputError: a tensor holds NaN or an infinity.
    """
    status = path.stat()
    _check_finite(path, (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))


@lru_cache(maxsize=256)
def _check_finite(path: Path, signature: tuple[int, ...]) -> None:  # noqa: ARG001 - a key
    broken = list(_broken(path, check_safetensors(path)))
    if broken:
        more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
        raise InputError(
            f"{path}: {', '.join(broken[:3])}{more} holds numbers that are not finite (NaN or "
            "infinite): these weights can answer nothing"
        )


def _broken(path: Path, tensors: Mapping[str, Tensor]) -> Iterator[str]:
    """Names of the tensors that hold what is no finite number, in the order of the file."""
    with path.open("rb") as file:
        for name, tensor in sorted(tensors.items(), key=lambda item: item[1].begin):
            if tensor.dtype in _ENDLESS and _is_endless(file, tensor):
                yield name


def _is_endless(file: BinaryIO, tensor: Tensor) -> bool:
    import numpy as np

    kind, least = _ENDLESS[tensor.dtype]
    bits = np.dtype(kind)
    sign = bits.type(2 ** (8 * bits.itemsize - 1) - 1)  # all bits but the sign
    read = np.empty(_CHUNK // bits.itemsize, dtype=bits)
    unsigned = np.empty_like(read)
    file.seek(tensor.begin)
    left = (tensor.end - tensor.begin) // bits.itemsize
    while left > 0:
        count = min(len(read), left)
        if file.readinto(read[:count]) != count * bits.itemsize:  # type: ignore[attr-defined]
            raise InputError(f"{file.name}: cut short while it was read")
        np.bitwise_and(read[:count], sign, out=unsigned[:count])
        if int(unsigned[:count].max()) >= least:
            return True
        left -= count
    return False
