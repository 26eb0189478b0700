"""What a teacher behind an address makes of a prompt: right words, and wrong ones in a tenth.

Which questions it gets wrong depends on the prompt alone, so a test can say what it must have been.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

Messages = list[dict[str, str]]


def right(messages: Messages) -> str:
    """Every question in other words, every answer as it is."""
    return _fenced([_reworded(item) for item in asked(messages)])


def wrong_in_a_tenth(messages: Messages) -> str:
    """The same, but a tenth of the questions is answered wrongly."""
    items = [_reworded(item) for item in asked(messages)]
    return _fenced([_spoilt(item) if is_wrong(item["id"], messages) else item for item in items])


def asked(messages: Messages) -> list[dict[str, Any]]:
    """The questions of a prompt."""
    lines = messages[-1]["content"].splitlines()
    return [json.loads(line) for line in lines if line.startswith('{"id": ')]


def is_wrong(number: int, messages: Messages) -> bool:
    """Whether a question of a prompt is answered wrongly."""
    return _drawn(number, messages) % 10 == 0


def _drawn(number: int, messages: Messages) -> int:
    text = f"{number} {messages[-1]['content']}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


def _reworded(item: dict[str, Any]) -> dict[str, Any]:
    question = item["question"].removeprefix("请问")
    return {"id": item["id"], "question": f"劳驾，{question}", "answer": item.get("answer", "")}


def _spoilt(item: dict[str, Any]) -> dict[str, Any]:
    """A wrong answer in a way that depends on the question."""
    answer = item["answer"]
    ways = (
        "",
        "没有。" if "没有" not in answer else "12:34。",
        "我不知道。",
        "数据不完整",
        re.sub(r"[0-9](?=[^0-9]*$)", lambda m: str((int(m[0]) + 3) % 10), answer) + "或者没有",
    )
    return {**item, "answer": ways[len(item["question"]) % len(ways)]}


def _fenced(items: list[dict[str, Any]]) -> str:
    return f"好的：\n```json\n{json.dumps(items, ensure_ascii=False)}\n```"
