"""ShareGPT: `conversations`, a list of turns with `from` and `value`, and maybe a `system`."""

from __future__ import annotations

from functools import partial

from harness.data.formats import talk
from harness.data.formats.format import Fields, Format
from harness.data.formats.talk import Tags

TAGS = Tags(
    name="sharegpt",
    turns="conversations",
    role="from",
    content="value",
    roles={
        "system": "system",
        "user": "human",
        "assistant": "gpt",
        "observation": "observation",
        "function_call": "function_call",
    },
    other={},
    loss=False,
    calls=False,
)


def _fits(fields: Fields) -> bool:
    return isinstance(fields.get(TAGS.turns), list)


FORMAT = Format(
    "sharegpt",
    "conversations: from, value",
    _fits,
    partial(talk.read, tags=TAGS),
    partial(talk.write, tags=TAGS),
    partial(talk.loses, tags=TAGS),
)
