"""JSON out of what a teacher wrote: thinking, fences and broken JSON end here.

Items are matched by their id, never by their place: a teacher that leaves one out would otherwise
shift every answer after it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Item = dict[str, Any]

_FENCE = re.compile(r"```[ \t]*[A-Za-z0-9]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
# Two objects side by side, on one line or on two, without the comma between them.
_SIDE_BY_SIDE = re.compile(r"\}\s*,?\s*\{")
# A value that stands bare after its key: 07:51, 11分钟, K4547/6, 1,234.
_BARE = re.compile(
    r"""((?:"[^"\n]*"|'[^'\n]*')\s*[:：]\s*)(?!["'\[{\s])([^"\n\]}]*?)(?=\s*(?:,\s*["'}\]]|[}\]\n]|\Z))"""
)
_ID = re.compile(r"\A[A-Za-z#第]*\s*([0-9]+)\s*[.、)题号]*")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "编号", "序号", "index", "no", "number"),
    "question": ("question", "q", "instruction", "introduction", "query", "input", "问题", "提问"),
    "answer": ("answer", "a", "output", "response", "reply", "target", "答案", "回答"),
}
_CANONICAL = {alias: name for name, aliases in _NAMES.items() for alias in aliases}
# Names long enough to be recognised when misspelt.
_MISSPELT = ("question", "answer", "instruction", "output")
_CLOSE_ENOUGH = 0.8


def read_items(text: str) -> list[Item] | None:
    """Read the objects of a reply, fields under their usual names (`id`, `question`, `answer`).

    Returns:
        The objects in their order; `None` where there is no JSON at all.
    """
    items = [item for value in read_values(text) for item in _objects(value)]
    return [_renamed(item) for item in items] if items else None


def read_values(text: str) -> list[Any]:
    """Read the JSON of a reply as it stands: one value a fenced block, one where none is fenced.

    Returns:
        The values, `None` among them for what is no JSON; nothing where the thinking never ended.
    """
    body = without_thinking(text)
    if body is None:
        return []
    fenced = [part for part in _FENCE.findall(body) if part.strip()]
    return [_parse(part) for part in fenced or [body]]


def without_thinking(text: str) -> str | None:
    """What follows the last `</think>`; `None` where the thinking never ended."""
    _, ended, after = text.rpartition("</think>")
    if ended:
        return after
    return None if "<think>" in text else text


def by_id(items: list[Item]) -> dict[int, list[Item]]:
    """The items under the numbers of their ids; those without one are left out."""
    found: dict[int, list[Item]] = {}
    for item in items:
        number = item_id(item)
        if number is not None and item not in found.get(number, []):
            found.setdefault(number, []).append(item)
    return found


def item_id(item: Item) -> int | None:
    """The number in an item's id: 3, "3", "Q3" and "3." are one."""
    match = _ID.fullmatch(str(item.get("id", "")).strip())
    return int(match[1]) if match else None


def said(value: object) -> str:
    """A field as text: a list is joined, a number written plainly, nothing is empty."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "、".join(said(part) for part in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()


def _parse(text: str) -> Any:
    """Valid JSON as it is; anything else repaired. Nested beyond reason it is nothing."""
    try:
        return json.loads(text)
    except RecursionError:
        return None
    except ValueError:
        pass
    import json_repair

    start = min((i for i in (text.find("{"), text.find("[")) if i >= 0), default=-1)
    if start < 0:
        return None
    joined = _SIDE_BY_SIDE.sub("},{", _BARE.sub(_quoted, text[start:]))
    try:
        return json_repair.loads(joined if joined.startswith("[") else f"[{joined}]")
    except (RecursionError, ValueError):  # it raises either for what nests too deep
        return None


def _quoted(match: re.Match[str]) -> str:
    """A bare value in quotation marks, unless JSON can read it as it stands."""
    key, value = match[1], match[2].strip()
    if value in ("None", "null", "True", "False", "true", "false", ""):
        return match[0]
    try:
        json.loads(value)
    except ValueError:
        return key + json.dumps(value, ensure_ascii=False)
    return match[0]


def _objects(parsed: Any) -> Iterator[Item]:
    """The objects that carry items, however deep the teacher wrapped them."""
    if isinstance(parsed, list):
        for part in parsed:
            yield from _objects(part)
    elif isinstance(parsed, dict):
        inner = [v for v in parsed.values() if isinstance(v, list) and _holds_objects(v)]
        if inner and not _canonical_names(parsed):
            yield from _objects(inner)
        elif parsed and all(str(key).strip().isdigit() for key in parsed):
            yield from (_numbered(key, value) for key, value in parsed.items())
        else:
            yield parsed


def _holds_objects(values: list[Any]) -> bool:
    return any(isinstance(value, dict) for value in values)


def _numbered(key: object, value: object) -> Item:
    """`{"1": ...}`, the id as the key."""
    return {"id": key, **value} if isinstance(value, dict) else {"id": key, "answer": value}


def _canonical_names(item: Mapping[Any, Any]) -> set[str]:
    return {_CANONICAL[k] for key in item if (k := str(key).strip().lower()) in _CANONICAL}


def _renamed(item: Mapping[Any, Any]) -> Item:
    """Fields under their usual names; a misspelt one under the nearest, others as they are."""
    import difflib

    renamed: Item = {}
    for key, value in item.items():
        name = str(key).strip()
        canonical = _CANONICAL.get(name.lower())
        if canonical is None:
            near = difflib.get_close_matches(name.lower(), _MISSPELT, 1, _CLOSE_ENOUGH)
            canonical = _CANONICAL[near[0]] if near else name
        renamed.setdefault(canonical, value)
    return renamed
