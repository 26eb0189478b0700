"""How two sets of inputs differ, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_WIDTH = 40


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return one line a field that differs, such as `lora.rank: 8 → 16`, in the order of `new`."""
    return list(_walk(old, new, ""))


def _walk(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for key in [*new, *(key for key in old if key not in new)]:
        path = prefix + key
        if key not in old:
            yield f"{path}: nothing → {_clip(_text(new[key]), 0)}"
        elif key not in new:
            yield f"{path}: {_clip(_text(old[key]), 0)} → nothing"
        elif isinstance(old[key], Mapping) and isinstance(new[key], Mapping):
            yield from _walk(old[key], new[key], f"{path}.")
        else:
            before, after = _text(old[key]), _text(new[key])
            if before != after:
                start = _first_difference(before, after)
                yield f"{path}: {_clip(before, start)} → {_clip(after, start)}"


def _text(value: Any) -> str:
    """JSON tells 1 from 1.0 and from "1", as the key does."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _clip(text: str, at: int) -> str:
    """Show the part of a long value around the place where it differs."""
    if len(text) <= _WIDTH:
        return text
    start = max(0, min(at - _WIDTH // 4, len(text) - _WIDTH))
    end = start + _WIDTH
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
