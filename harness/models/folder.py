"""A model folder: what must be in it before any engine is started, and what must not."""

from __future__ import annotations

import json
import struct
from pathlib import Path

from harness.errors import InputError

# What an engine reads of a model folder; a card or a licence beside it decides nothing.
MODEL_FILES = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model", "*.tiktoken")
PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")
HEADER_LIMIT = 100 * 2**20


def check_model_folder(folder: Path) -> None:
    """Refuse a folder that is no model, or that would run a stranger's code.

    Weights load from safetensors only; pickles, Python files and `auto_map` are refused.

    Raises:
        InputError: one sentence saying what is missing or refused.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such model folder")
    config = folder / "config.json"
    if not config.is_file():
        raise InputError(f"{folder}: not a model folder: config.json is missing")
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        pickled = [p.name for p in sorted(folder.iterdir()) if p.suffix in PICKLES]
        found = f" ({', '.join(pickled)} is refused: a pickle can run code)" if pickled else ""
        raise InputError(f"{folder}: no weights: *.safetensors is missing{found}")
    for path in weights:
        check_safetensors(path)
    code = sorted(path.name for path in folder.glob("*.py"))
    if code:
        raise InputError(f"{folder}: holds code ({code[0]}), which is never run: remove it")
    _check_config(config)


def _check_config(path: Path) -> None:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(f"{path}: not valid JSON") from error
    if not isinstance(config, dict) or "architectures" not in config:
        raise InputError(f"{path}: names no architecture")
    if "auto_map" in config:
        raise InputError(f"{path}: auto_map asks for remote code, which is never run")


def check_safetensors(path: Path) -> None:
    """Read a safetensors header and check that its tensors lie inside the file.

    Raises:
        InputError: the header is cut, too large, no JSON, or points outside the file.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
        if not 2 <= length <= min(HEADER_LIMIT, size - 8):
            raise InputError(f"{path}: not a safetensors file, or cut short")
        try:
            header = json.loads(file.read(length))
        except ValueError as error:
            raise InputError(f"{path}: its safetensors header is damaged") from error
    spans = [v["data_offsets"] for k, v in header.items() if k != "__metadata__"]
    if any(not 0 <= begin <= end <= size - 8 - length for begin, end in spans):
        raise InputError(f"{path}: cut short: a tensor lies outside the file")
