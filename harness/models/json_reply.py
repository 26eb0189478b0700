"""JSON out of what a teacher wrote: thinking, fences and broken JSON end here.

Items are matched by their id, never by their place: a teacher that leaves one out would otherwise
shift every answer after it.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from harness.models.wild_json import decode_wild, decoder, tamed

Item = dict[str, Any]

_THOUGHT = re.compile(r"</(?:think|thinking|thought)>")
_THINKS = re.compile(r"<(?:think|thinking|thought)>")
_FENCE = re.compile(r"```[ \t]*[A-Za-z0-9]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
# Two objects side by side, on one line or on two, without the comma between them.
_SIDE_BY_SIDE = re.compile(r"\}\s*+(?:,\s*+)?\{")
# What stands behind a key up to the line's end or a bracket: it may be bare, as 07:51 or 11分钟.
_VALUE = re.compile(
    r"""((?:"[^"\n]*"|'[^'\n]*')\s*+[:：]\s*+)(?!["'\[{])([^"'\n\[{\]}]++)(?=["'\]}\n]|\Z)"""
)
_START = re.compile(r"[{\[]")
# Behind a bracket of JSON; behind one of prose, as in [注1] or {表}, stands something else.
_BEHIND = re.compile(r"""\s*+["'“‘{\[\]}0-9-]""")
_ID = re.compile(r"\A[A-Za-z#第问题编号_\s]*([0-9]{1,18})\s*[.、)）题号:：]*")
# Lines as a list of mappings has them in YAML.
_YAML = re.compile(r"^[ \t]*(?:-[ \t]+)?[\w\u4e00-\u9fff]{1,30}[ \t]*:(?:[ \t]|$)", re.MULTILINE)
# What is repaired: no reply of use is longer, or nested deeper, and a repair takes its time.
_LONGEST_REPAIR = 65_536
_DEEPEST = 40
_MOST_STARTS = 1000
# How often JSON may hold itself as a string, and wrappers stand in one another.
_MOST_WRAPPERS = 4
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
    found = (item for value in read_values(text) for item in _objects(value))
    items = [item for item in found if not _is_deep(item, 0)]
    return [_renamed(item) for item in items] if items else None


def read_values(text: str) -> list[Any]:
    """Read the JSON of a reply as it stands: one value a fenced block, one where none is fenced.

    Returns:
        The values, `None` among them for what is no JSON; nothing where the thinking never ended.
    """
    body = without_thinking(text)
    if body is None:
        return []
    if _valid(body) is None:
        fenced = [_parse(part) for part in _FENCE.findall(body) if part.strip()]
        if any(isinstance(value, list | dict) for value in fenced):
            return fenced
    return [_parse(body)]


def without_thinking(text: str) -> str | None:
    """What follows the last `</think>`; `None` where the thinking never ended."""
    ends = [found.end() for found in _THOUGHT.finditer(text)]
    if ends:
        return text[ends[-1] :]
    return None if _THINKS.search(text) else text


def is_yaml(text: str) -> bool:
    """Whether a text that is no JSON is YAML: most of its lines name a field."""
    fenced = _FENCE.findall(text)
    lines = [line for line in (fenced[0] if fenced else text).splitlines() if line.strip()]
    named = sum(bool(_YAML.match(line)) for line in lines)
    return named >= 2 and 2 * named > len(lines)


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
    """Valid JSON as it is, also behind prose or as a string of itself; anything else repaired.

    Nested beyond reason, or too long to be repaired, it is nothing.
    """
    value = _valid(text)
    if value is not None:
        return _unwrapped(value)
    values, start, whole = _embedded(text)
    if values and whole:
        return values if len(values) > 1 else values[0]
    if start < 0:
        return None
    escaped = _unescaped(text[start:])
    return _repaired(text[start:]) if escaped is None else escaped


def _valid(text: str) -> Any:
    """The value of a text; `None` where it is no JSON."""
    try:
        return decode_wild(text)
    except ValueError:
        return None


def _unwrapped(value: Any) -> Any:
    """What a string of JSON holds, however often over; any other value as it is."""
    for _ in range(_MOST_WRAPPERS):
        inner = _valid(value) if isinstance(value, str) and _START.search(value) else None
        if inner is None:
            break
        value = inner
    return value


def _embedded(text: str) -> tuple[list[Any], int, bool]:
    """The valid lists and objects within a text, where JSON begins, and whether all of it is valid.

    A bracket of prose begins none; where there is no other, JSON may begin with the first of them.
    """
    values: list[Any] = []
    starts: list[int] = []
    decode = decoder().raw_decode
    found = first = _START.search(text)
    for _ in range(_MOST_STARTS):
        if found is None:
            break
        try:
            value, at = decode(text, found.start())
        except (ValueError, RecursionError):
            if _BEHIND.match(text, found.end()):
                return values, (starts or [found.start()])[0], False
            at = found.end()
        else:
            values.append(value)
            starts.append(found.start())
        found = _START.search(text, at)
    start = starts[0] if starts else -1 if first is None else first.start()
    return values, start, True


def _unescaped(text: str) -> Any:
    """JSON whose every quotation mark is escaped, as in a string that lost its own."""
    if '\\"' not in text[:100]:
        return None
    whole = text[: max(text.rfind("]"), text.rfind("}")) + 1]
    value = _unwrapped(_valid(f'"{whole}"'))
    return value if isinstance(value, list | dict) else None


def _repaired(text: str) -> Any:
    if len(text) > _LONGEST_REPAIR or _depth(text) > _DEEPEST:
        return None
    import json_repair

    joined = _SIDE_BY_SIDE.sub("},{", _VALUE.sub(_quoted, text))
    try:
        return tamed(json_repair.loads(joined if joined.startswith("[") else f"[{joined}]"))
    except (RecursionError, ValueError):  # it raises either for what nests too deep
        return None


def _depth(text: str) -> int:
    """How deep brackets nest at most, those in texts counted too."""
    deepest = depth = 0
    for found in re.finditer(r"[{}\[\]]", text):
        depth = depth + 1 if found[0] in "{[" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _quoted(match: re.Match[str]) -> str:
    """What stands behind a key, in quotation marks unless JSON can read it as it stands."""
    value = match[2].rstrip()
    another_follows = match.string[match.end() : match.end() + 1] in ("'", '"')
    if another_follows and not value.endswith(","):
        return match[0]
    value = value.removesuffix(",").rstrip()
    if value in ("None", "null", "True", "False", "true", "false", ""):
        return match[0]
    if _valid(value) is not None:
        return match[0]
    return match[1] + json.dumps(value, ensure_ascii=False) + match[2][len(value) :]


def _objects(parsed: Any, depth: int = 0) -> Iterator[Item]:
    """The objects that carry items, however deep the teacher wrapped them."""
    parsed = _unwrapped(parsed)
    if depth > _DEEPEST:
        return
    if isinstance(parsed, list):
        for part in parsed:
            yield from _objects(part, depth + 1)
    elif isinstance(parsed, dict) and parsed:
        if all(_ID.fullmatch(str(key).strip()) for key in parsed):
            for key, value in parsed.items():
                yield from _numbered(key, value)
        elif inner := _wrapped(parsed):
            yield from _objects(inner, depth + 1)
        else:
            yield parsed


def _wrapped(parsed: Mapping[Any, Any]) -> list[Any]:
    """The values of an object that hold items; none where it is an item itself."""
    if len(parsed) > 1 and not _canonical_names(parsed) <= {"id"}:
        return []
    values = map(_unwrapped, parsed.values())
    return [value for value in values if _holds_items(value)]


def _is_deep(value: Any, depth: int) -> bool:
    """Whether a value nests beyond reason: nothing that is written could hold it."""
    inner = value.values() if isinstance(value, dict) else value
    nests = isinstance(value, dict | list)
    return nests and (depth >= _DEEPEST or any(_is_deep(part, depth + 1) for part in inner))


def _holds_items(value: Any, depth: int = 0) -> bool:
    if isinstance(value, list):
        return any(isinstance(_unwrapped(part), dict) for part in value)
    if not isinstance(value, dict) or not value or depth > _MOST_WRAPPERS:
        return False
    if {"id"} < _canonical_names(value):
        return True
    numbered = all(_ID.fullmatch(str(key).strip()) for key in value)
    return numbered or any(_holds_items(_unwrapped(inner), depth + 1) for inner in value.values())


def _numbered(key: object, value: Any) -> Iterator[Item]:
    """`{"1": ...}`, the id as the key."""
    value = _unwrapped(value)
    parts = value if isinstance(value, list) and _holds_items(value) else [value]
    for part in parts:
        yield {"id": key, **part} if isinstance(part, dict) else {"id": key, "answer": part}


def _canonical_names(item: Mapping[Any, Any]) -> set[str]:
    return {_CANONICAL[k] for key in item if (k := str(key).strip().lower()) in _CANONICAL}


def _renamed(item: Mapping[Any, Any]) -> Item:
    """Fields under their usual names; a misspelt one under the nearest, others as they are."""
    renamed: Item = {}
    for key, value in item.items():
        name = str(key).strip()
        canonical = _CANONICAL.get(name.lower())
        if canonical is None:
            near = difflib.get_close_matches(name.lower(), _MISSPELT, 1, _CLOSE_ENOUGH)
            canonical = _CANONICAL[near[0]] if near else name
        renamed.setdefault(canonical, value)
    return renamed
