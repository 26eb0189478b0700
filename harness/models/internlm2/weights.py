"""Weights from InternLM2's names and layout to Llama's, byte for byte.

`wqkv` holds, for each head of keys, the rows of its heads of queries, then those of the key, then
those of the value: (keys · (queries per key + 2) · size of a head, hidden). Rows of a safetensors
file lie one after the other, so that cutting it apart is copying ranges of bytes: no number is
computed, and no more than a few megabytes are in memory.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from harness.errors import InputError
from harness.models.folder import WEIGHTS, weight_files
from harness.models.internlm2.names import ATTENTION, COMPUTED, FUSED, HEAD, LAYER, OUTSIDE
from harness.models.internlm2.settings import Heads
from harness.models.tensors import Tensor, check_safetensors
from harness.store.files import replacing, storing

_OF_LAYER = re.compile(r"(model\.layers\.\d{1,6})\.(.+)\.(weight|bias)")
_CHUNK = 2**22  # bytes copied at once
_ALIGNED = 8  # the header's length is a multiple of it, so that tensors lie at even addresses


@dataclass(frozen=True, slots=True)
class _Piece:
    """A tensor to be written: its type and shape, and where its bytes are read, in order."""

    dtype: str
    shape: tuple[int, ...]
    file: Path
    ranges: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(end - begin for begin, end in self.ranges)

    @property
    def width(self) -> int:
        """Bytes of one number."""
        return self.size // max(1, math.prod(self.shape))


def convert_weights(source: Path, heads: Heads, out: Path, *, tied: bool) -> None:
    """Write `model.safetensors` with Llama's names.

    Args:
        source: an InternLM2 folder that was checked.
        heads: how its attention is laid out.
        out: the folder to write to.
        tied: whether the output layer is the embedding, so that none is written.

    Raises:
        InputError: a tensor is not InternLM2's, or has another shape than its settings say.
        StoreError: the disk refuses.
    """
    pieces: dict[str, _Piece] = {}
    for file in weight_files(source):
        for name, tensor in check_safetensors(file).items():
            if not (tied and name == HEAD):
                pieces |= _pieces(file, name, tensor, heads)
    # The widest numbers first, so that each lies at a multiple of its own width.
    _write(out / WEIGHTS, dict(sorted(pieces.items(), key=lambda item: (-item[1].width, item[0]))))


def _pieces(file: Path, name: str, tensor: Tensor, heads: Heads) -> dict[str, _Piece]:
    """What becomes of one tensor; nothing of what engines compute themselves."""
    whole = _Piece(tensor.dtype, tensor.shape, file, ((tensor.begin, tensor.end),))
    if name in OUTSIDE:
        return {OUTSIDE[name]: whole}
    if name.endswith(COMPUTED):
        return {}
    found = _OF_LAYER.fullmatch(name)
    if found and found[2] in LAYER:
        return {f"{found[1]}.{LAYER[found[2]]}.{found[3]}": whole}
    if found and found[2] == FUSED:
        cut = _cut(file, name, tensor, heads)
        return {f"{found[1]}.self_attn.{part}.{found[3]}": piece for part, piece in cut.items()}
    raise InputError(f"{file}: {name} is no tensor of InternLM2, so it is not known what it does")


def _cut(file: Path, name: str, tensor: Tensor, heads: Heads) -> dict[str, _Piece]:
    """Queries, keys and values out of the one matrix, or the one bias, that holds them."""
    rows = (heads.queries + 2 * heads.keys) * heads.size
    if not tensor.shape or tensor.shape[0] != rows:
        raise InputError(f"{file}: {name} has the shape {list(tensor.shape)}, not {rows} rows")
    head = (tensor.end - tensor.begin) // rows * heads.size  # bytes of one head's rows
    group = head * (heads.per_key + 2)
    starts = [tensor.begin + number * group for number in range(heads.keys)]
    places = {
        "q_proj": (0, heads.per_key),
        "k_proj": (heads.per_key, heads.per_key + 1),
        "v_proj": (heads.per_key + 1, heads.per_key + 2),
    }
    cut = {}
    for part in ATTENTION:
        first, last = places[part]
        ranges = tuple((start + first * head, start + last * head) for start in starts)
        shape = ((last - first) * heads.keys * heads.size, *tensor.shape[1:])
        cut[part] = _Piece(tensor.dtype, shape, file, ranges)
    return cut


def _write(path: Path, pieces: Mapping[str, _Piece]) -> None:
    """A safetensors file: the length of its header, the header, then the tensors' bytes."""
    header = _header(pieces)
    with storing(path), replacing(path) as out:
        out.write(struct.pack("<Q", len(header)) + header)
        for file, ranges in _by_file(list(pieces.values())):
            with file.open("rb") as read:
                for begin, end in ranges:
                    _copy(read, begin, end, out)


def _header(pieces: Mapping[str, _Piece]) -> bytes:
    entries: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, piece in pieces.items():
        entries[name] = {
            "dtype": piece.dtype, "shape": list(piece.shape), "data_offsets": [at, at + piece.size],
        }  # fmt: skip
        at += piece.size
    text = json.dumps(entries, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % _ALIGNED)


def _by_file(pieces: Sequence[_Piece]) -> Iterator[tuple[Path, list[tuple[int, int]]]]:
    """The ranges to copy, in order, those of one file that follow each other together."""
    ranges: list[tuple[int, int]] = []
    for number, piece in enumerate(pieces):
        ranges += piece.ranges
        if number + 1 == len(pieces) or pieces[number + 1].file != piece.file:
            yield piece.file, ranges
            ranges = []


def _copy(read: BinaryIO, begin: int, end: int, out: BinaryIO) -> None:
    read.seek(begin)
    left = end - begin
    while left > 0:
        data = read.read(min(_CHUNK, left))
        if not data:
            raise InputError(f"{read.name}: cut short while it was read")
        out.write(data)
        left -= len(data)
